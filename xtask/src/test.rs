//! Everything CI runs, in the order in which it is cheapest to learn that something is wrong.
//!
//! One target directory serves every step: what two steps compile with the same features is compiled
//! once, and what differs lies side by side under another hash.

use std::ffi::OsString;
use std::process::Command;

use anyhow::{Context, Result};

use crate::run::EMBED_UI;
use crate::step::{self, Step};
use crate::{check, paths, process, setup, sim};

pub(crate) fn run() -> Result<()> {
    setup::for_testing()?;
    let mut steps = check::steps();
    steps.extend([rust(), ui_unit(), ui_build(), ui_browser()?]);
    if !cfg!(windows) {
        // Windows refuses to load test programs linked to Tauri: they lack the manifest that the app itself has.
        steps.push(shell());
    }
    steps.extend([
        build("build sheaf", "sheaf-cli", &[]),
        build("build server", "sheaf-server", &[]),
        build("build window", "sheaf-desktop", &EMBED_UI),
    ]);
    if cfg!(target_os = "linux") {
        // The suites bring a screen and a keyring of their own, as only Linux lets them.
        steps.push(end_to_end()?);
        steps.extend(sim::steps());
    }
    step::run_all(steps)
}

/// Everything but the shell, which needs GTK, and the end-to-end suites, which need what is built below.
fn rust() -> Step {
    let mut tests = process::cargo();
    tests.args(["test", "--workspace", "--locked", "--no-fail-fast"]);
    tests.args(["--exclude", "sheaf-desktop", "--exclude", "sheaf-tests"]);
    // It plants mutants: what is compiled together with it has places for them.
    tests.args(["--exclude", "sheaf-sim"]);
    Step::program("rust tests", tests)
}

fn ui_unit() -> Step {
    Step::program("ui unit tests", npm("test"))
}

fn ui_build() -> Step {
    Step::program("ui build", npm("build")).needed()
}

fn ui_browser() -> Result<Step> {
    let mut npm = npm("test:browser");
    npm.env("CHROMIUM", setup::browser()?);
    Ok(Step::program("ui browser tests", npm))
}

fn npm(script: &str) -> Command {
    let mut npm = process::npm(&paths::ui());
    npm.args(["run", script]);
    npm
}

fn shell() -> Step {
    let mut tests = process::cargo();
    tests.args(["test", "--package", "sheaf-desktop", "--lib", "--locked"]);
    Step::program("shell tests", tests)
}

fn build(name: &'static str, package: &str, features: &[&str]) -> Step {
    let mut build = process::cargo();
    build
        .args(["build", "--package", package, "--locked"])
        .args(features);
    Step::program(name, build).needed()
}

/// The suites find the programs they drive in their environment.
fn end_to_end() -> Result<Step> {
    let mut tests = process::cargo();
    tests
        .args([
            "test",
            "--package",
            "sheaf-tests",
            "--locked",
            "--no-fail-fast",
        ])
        .env("SHEAF_BIN", paths::built("sheaf"))
        .env("SHEAF_SERVER_BIN", paths::built("sheaf-server"))
        .env("SHEAF_DESKTOP_BIN", paths::built("sheaf-desktop"))
        .env("PATH", path_with_tools()?);
    Ok(Step::program("end-to-end tests", tests))
}

fn path_with_tools() -> Result<OsString> {
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    let folders =
        std::iter::once(paths::tools().join("bin")).chain(std::env::split_paths(&inherited));
    std::env::join_paths(folders).context("the target directory's name has a path separator")
}
