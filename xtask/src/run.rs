//! From a fresh checkout to an open window.

use anyhow::Result;

use crate::{paths, process, setup};

/// The feature that embeds the built UI; without it the app looks for Vite's development server.
pub(crate) const EMBED_UI: [&str; 2] = ["--features", "custom-protocol"];

pub(crate) fn run(release: bool, arguments: &[String]) -> Result<()> {
    setup::for_running()?;
    process::run(process::npm(&paths::ui()).args(["run", "build"]))?;
    let mut app = process::cargo();
    app.args(["run", "--package", "sheaf-desktop", "--locked"])
        .args(EMBED_UI);
    if release {
        app.arg("--release");
    }
    process::run(app.arg("--").args(arguments))
}
