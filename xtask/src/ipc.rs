//! What is generated from our crates: TypeScript for the command table, the sentences of the diagnosis
//! and its page of the manual. Written by `cargo xtask ipc`, compared by `cargo xtask check`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::{paths, process};

fn checked_in() -> PathBuf {
    paths::ui().join("src/ipc/generated.ts")
}

pub(crate) fn write() -> Result<()> {
    generate(&checked_in())?;
    diagnosis(&page(), &sentences())
}

fn page() -> PathBuf {
    paths::root().join("docs/diagnosis.md")
}

fn sentences() -> PathBuf {
    paths::ui().join("src/text/diagnosis.generated.ts")
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
    // The page keeps its introduction, so the fresh one begins as a copy.
    let (fresh_page, fresh_sentences) = (
        paths::target().join("diagnosis.md"),
        paths::target().join("diagnosis.generated.ts"),
    );
    std::fs::copy(page(), &fresh_page).context("docs/diagnosis.md cannot be read")?;
    diagnosis(&fresh_page, &fresh_sentences)?;
    if read(&fresh_page)? != read(&page())? || read(&fresh_sentences)? != read(&sentences())? {
        bail!(
            "docs/diagnosis.md or ui/src/text/diagnosis.generated.ts is out of date: run \
             `cargo xtask ipc` and commit the result"
        );
    }
    Ok(())
}

fn diagnosis(page: &Path, sentences: &Path) -> Result<()> {
    let arguments = [
        "run",
        "--quiet",
        "--package",
        "sheaf-diagnosis",
        "--bin",
        "sheaf-diagnosis-texts",
        "--",
    ];
    process::run(process::cargo().args(arguments).arg(page).arg(sentences))
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
