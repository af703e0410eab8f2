//! The built program, run as a person or a script runs it, each test in a home of its own.

#![allow(clippy::unwrap_used)]

mod history;
mod notes;
mod program;
mod running;
mod sync;
