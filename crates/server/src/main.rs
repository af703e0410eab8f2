//! `sheaf-server`: without arguments it starts, says where its data is and what to type into the
//! app.

#![expect(
    clippy::print_stdout,
    reason = "a command line program answers on its standard output"
)]

mod cli;
mod options;
mod serve;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let arguments = cli::Arguments::parse();
    // Each device that listens keeps a connection open; most systems allow 1,024 files until asked
    // for more. Where more is not given, accepting says so when it comes to that.
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.into()),
    };
    match runtime.block_on(cli::run(arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

#[expect(
    clippy::print_stderr,
    reason = "errors go to the terminal that started the program"
)]
fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("sheaf-server: {error:#}");
    ExitCode::FAILURE
}
