//! The engine as its callers see it, in a directory of its own.

#![allow(clippy::unwrap_used)]

mod commands;
mod history;
mod pictures;
mod secrets;
mod server;
#[cfg(unix)]
mod socket;
mod support;
mod sync;
