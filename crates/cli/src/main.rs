//! `sheaf`: the engine without a window. This file only carries: parse, open, run, tell, exit.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod args;
mod commands;
mod door;
mod failure;
mod input;
mod messages;
mod names;
mod print;
mod status;

use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;

use crate::args::{Options, words_last};
use crate::failure::Failure;

fn main() -> ExitCode {
    let options = match Options::try_parse_from(words_last(std::env::args_os())) {
        Ok(options) => options,
        Err(error) => return wrong_usage(&error),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return tell(&Failure::Output(error), options.json),
    };
    let outcome = runtime.block_on(commands::run(&options));
    // A keyring that never answers must not keep the program from ending.
    runtime.shutdown_background();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => tell(&failure, options.json),
    }
}

fn tell(failure: &Failure, json: bool) -> ExitCode {
    if let Some(text) = failure.text(json) {
        print::warn(text.trim_end());
    }
    ExitCode::from(failure.exit_code())
}

/// Help and version are answers; everything else is the parser's own, good message, or its first
/// line as JSON for programs.
fn wrong_usage(error: &clap::Error) -> ExitCode {
    let asks_for_json = std::env::args_os().any(|argument| argument == "--json");
    let is_answer = matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    );
    if asks_for_json && !is_answer {
        let text = error.to_string();
        let first = text.lines().next().unwrap_or_default();
        let first = first.trim_start_matches("error: ").trim_end_matches(':');
        return tell(&Failure::Usage(format!("{first}.")), true);
    }
    // Nothing to be done about a closed terminal.
    let _ = error.print();
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}
