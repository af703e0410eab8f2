//! The command line as a person and a script meet it.

mod crash;
mod errors;
mod finding;
