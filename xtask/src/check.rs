//! The quick checks: no test runs here, so it takes seconds when warm.

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
    let mut clippy = process::cargo();
    clippy.args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "--deny",
        "warnings",
    ]);
    let mut lint = process::npm(&paths::ui());
    lint.args(["run", "check"]);
    vec![
        Step::program("format", format),
        Step::function("layers", layers::run),
        Step::function("generated files", ipc::is_current),
        Step::program("clippy", clippy),
        Step::program("ui lint", lint),
    ]
}
