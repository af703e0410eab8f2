//! Behaviour of the whole store through its public interface.

mod notes;
mod support;
