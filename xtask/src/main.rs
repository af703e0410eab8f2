//! The one door to the repository: `cargo xtask <command>`.
//!
//! Everything a person or CI does here has a command below, and each command does its own set-up, so
//! a fresh checkout needs only Rust and Node. Nothing in the product depends on this package.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool talks on its standard output"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "tools are the edge: they read the environment, and benchmarks wait for a calm machine"
)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod bench;
mod bundle;
mod check;
mod icons;
mod ipc;
mod layers;
mod paths;
mod process;
mod run;
mod setup;
mod sim;
mod step;
mod tally;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Build, run and check Sheaf")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Set up this machine, build everything and open the window
    Run {
        /// Build with optimisations
        #[arg(long)]
        release: bool,
        /// Arguments for the app, after `--`
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Everything CI runs: checks, unit, browser and end-to-end tests
    Test,
    /// The deterministic simulation: any number of seeds, or one of them with its story
    Sim(sim::Options),
    /// Formatting, lints, layers, generated files, UI lint
    Check,
    /// Fail when a crate depends on one that is not below it
    Layers,
    /// Write `ui/src/ipc/generated.ts` from the command table
    Ipc,
    /// Draw every icon again from `icons/logo.svg`
    Icons,
    /// Measure Sheaf beside its peers and the physical floor; writes `target/bench.json`
    Bench(bench::Options),
    /// Build the installers for this system
    Bundle {
        /// Arguments for `tauri build`, after `--`
        #[arg(last = true)]
        arguments: Vec<String>,
    },
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Run { release, arguments } => run::run(release, &arguments),
        Command::Test => test::run(),
        Command::Sim(options) => sim::run(&options),
        Command::Check => check::run(),
        Command::Layers => layers::run(),
        Command::Ipc => ipc::write(),
        Command::Icons => icons::run(),
        Command::Bench(options) => bench::run(&options),
        Command::Bundle { arguments } => bundle::run(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
