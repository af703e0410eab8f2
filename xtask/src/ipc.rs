//! TypeScript for the command table: written by `cargo xtask ipc`, compared by `cargo xtask check`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::{paths, process};

fn checked_in() -> PathBuf {
    paths::ui().join("src/ipc/generated.ts")
}

pub(crate) fn write() -> Result<()> {
    generate(&checked_in())
}

/// Fails when the checked-in file is not what the table gives today.
pub(crate) fn is_current() -> Result<()> {
    let fresh = paths::target().join("generated.ts");
    generate(&fresh)?;
    if read(&fresh)? != read(&checked_in())? {
        bail!(
            "ui/src/ipc/generated.ts is out of date: run `cargo xtask ipc` and commit the result"
        );
    }
    Ok(())
}

fn generate(file: &Path) -> Result<()> {
    let arguments = [
        "run",
        "--quiet",
        "--package",
        "sheaf-ipc",
        "--bin",
        "sheaf-ipc-ts",
        "--",
    ];
    process::run(process::cargo().args(arguments).arg(file))
}

fn read(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}
