//! The quick checks: no test runs here, so it takes seconds when warm.

use std::process::Command;

use anyhow::Result;

use crate::step::{self, Step};
use crate::{ipc, layers, paths, process, setup};

pub(crate) fn run() -> Result<()> {
    setup::for_checking()?;
    step::run_all(steps())
}

pub(crate) fn steps() -> Vec<Step> {
    let mut format = process::cargo();
    format.args(["fmt", "--all", "--check"]);
    // The simulation plants mutants in what is compiled together with it: the product is linted without.
    let product = clippy(&["--workspace", "--exclude", "sheaf-sim"]);
    let simulation = clippy(&["--package", "sheaf-sim"]);
    let mut lint = process::npm(&paths::ui());
    lint.args(["run", "check"]);
    vec![
        Step::program("format", format),
        Step::function("layers", layers::run),
        Step::function("generated files", ipc::is_current),
        Step::program("clippy", product),
        Step::program("clippy, simulation", simulation),
        Step::program("ui lint", lint),
    ]
}

fn clippy(packages: &[&str]) -> Command {
    let mut clippy = process::cargo();
    clippy.arg("clippy").args(packages);
    clippy.args(["--all-targets", "--locked", "--", "--deny", "warnings"]);
    clippy
}
