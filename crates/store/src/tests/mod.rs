//! Behaviour of the whole store through its public interface.

mod activity;
mod attachments;
mod conflicts;
mod conformance;
mod deletions;
mod files;
mod finding;
mod history;
mod ingest;
mod later;
mod notes;
mod offers;
mod organising;
mod random;
mod replacing;
mod schema;
mod search;
pub(crate) mod support;
