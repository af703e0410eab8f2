//! The deterministic simulation and what stands beside it: kills, full disks, the stories of other programs' losses, and
//! the same devices in front of real servers.

use std::process::Command;

use anyhow::Result;
use clap::Args;

use crate::process;
use crate::step::{self, Step};

#[derive(Args)]
pub(crate) struct Options {
    /// How many seeds to run
    #[arg(long)]
    seeds: Option<u64>,
    /// The first of them
    #[arg(long)]
    first: Option<u64>,
    /// This seed alone, with everything that happens
    #[arg(long, conflicts_with_all = ["seeds", "first"])]
    seed: Option<u64>,
    /// Only these actions of the seed, as a failure prints them
    #[arg(long, requires = "seed")]
    only: Option<String>,
    /// In front of an encrypted account at the real `sheaf-server` instead of a model of CouchDB
    #[arg(long, conflicts_with_all = ["mutant", "only_mutants", "without_mutants"])]
    hosted: bool,
    /// With this mutant of the engine planted
    #[arg(long)]
    mutant: Option<String>,
    /// In the weather in which the hunt looks for that mutant
    #[arg(long, requires = "mutant")]
    aimed: bool,
    /// Leave out the hunt for planted mutants
    #[arg(long)]
    without_mutants: bool,
    /// Instead of the hunt, each mutant only meets the seed that is known to catch it, as in CI
    #[arg(long, conflicts_with_all = ["without_mutants", "only_mutants", "mutant", "hosted"])]
    known_mutants: bool,
    /// Nothing but the hunt for planted mutants
    #[arg(long, conflicts_with_all = ["seeds", "first", "seed", "without_mutants"])]
    only_mutants: bool,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let mut simulation = if options.hosted { accounts() } else { seeds() };
    let mut add = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            simulation.args([name, &value]);
        }
    };
    let text = |number: Option<u64>| number.map(|number| number.to_string());
    add("--seeds", text(options.seeds));
    add("--first", text(options.first));
    add("--seed", text(options.seed));
    add("--only", options.only.clone());
    add("--mutant", options.mutant.clone());
    if options.aimed {
        simulation.arg("--aimed");
    }
    if options.without_mutants {
        simulation.arg("--without-mutants");
    }
    if options.known_mutants {
        simulation.arg("--known-mutants");
    }
    if options.only_mutants {
        simulation.arg("--only-mutants");
    }
    if options.seed.is_some() {
        return process::run(&mut simulation);
    }
    let mut steps = vec![Step::program("simulation", simulation)];
    if options.only_mutants {
        let mut told = cargo();
        told.args(["--test", "stories", "--", "a_story_ends_badly"]);
        steps.push(Step::program(
            "simulation: mutants that stories are about",
            told,
        ));
    }
    step::run_all(steps)
}

/// What CI runs. Optimised: unoptimised it would take the better part of an hour.
pub(crate) fn steps() -> Vec<Step> {
    // All of these pass, and each mutant meets the seed that is known to catch it: docs/decisions/0040-simulation.md has
    // the numbers. To look for other seeds is a command of its own, `cargo xtask sim --only-mutants`.
    let mut simulation = seeds();
    simulation.args(["--seeds", "5000", "--known-mutants"]);
    // Most of their time goes into deriving keys from passwords.
    let mut account = accounts();
    account.args(["--seeds", "60"]);
    let mut around = cargo();
    around.args(["--lib", "--test", "stories", "--test", "hazards"]);
    around.args(["--test", "servers", "--no-fail-fast"]);
    vec![
        Step::program("simulation", simulation),
        Step::program("simulation of an account", account),
        Step::program("simulation: kills, stories, servers", around),
    ]
}

fn cargo() -> Command {
    let mut tests = process::cargo();
    tests.args([
        "test",
        "--package",
        "sheaf-sim",
        "--profile",
        "sim",
        "--locked",
    ]);
    tests
}

fn accounts() -> Command {
    let mut tests = cargo();
    tests.args(["--test", "hosted", "--"]);
    tests
}

fn seeds() -> Command {
    let mut tests = cargo();
    tests.args(["--test", "sim", "--"]);
    tests
}
