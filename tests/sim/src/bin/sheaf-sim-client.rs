//! One round of one installation as a program of its own, which dies where it is told to: the tests kill it at every
//! boundary between two steps. It says each step before it is passed.

use std::process::ExitCode;

#[cfg(unix)]
fn main() -> ExitCode {
    sheaf_sim::client::main()
}

/// Killing is told in the words of Unix.
#[cfg(not(unix))]
fn main() -> ExitCode {
    ExitCode::FAILURE
}
