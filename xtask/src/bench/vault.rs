//! A folder of notes and the programs that work on it, built with the profile that is shipped.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use super::corpus::Corpus;
use super::measure::{self, Ran};
use crate::{paths, process};

/// `crates/engine/examples/bench`.
const ENGINE: &str = "bench";

/// A data directory of `sheaf`, empty until something is put into it.
pub(crate) struct Vault {
    pub(crate) folder: PathBuf,
}

impl Vault {
    /// A new one, in place of whatever an earlier run left there.
    pub(crate) fn create(folder: PathBuf) -> Result<Self> {
        clear(&folder)?;
        std::fs::create_dir_all(&folder).context("cannot create a data directory")?;
        Ok(Self { folder })
    }

    /// Writes every note of the corpus through the engine, as a person would have.
    pub(crate) fn fill(self, corpus: &Corpus) -> Result<Self> {
        let mut fill = engine("fill", &self);
        measure::run(fill.arg(&corpus.file))?;
        Ok(self)
    }

    pub(crate) fn copy_to(&self, folder: PathBuf) -> Result<Self> {
        clear(&folder)?;
        measure::run(
            process::command("cp")
                .arg("-R")
                .args([&self.folder, &folder]),
        )?;
        Ok(Self { folder })
    }

    /// One command of `sheaf` on this folder.
    pub(crate) fn sheaf(&self, arguments: &[&str]) -> Result<Ran> {
        measure::run(&mut self.command(arguments))
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut sheaf = process::command(release("sheaf"));
        isolate(&mut sheaf, &self.folder);
        sheaf.arg("--data-dir").arg(&self.folder).arg("--json");
        sheaf.args(arguments);
        sheaf
    }
}

/// Nothing of the person's own notes, passwords or proxies takes part.
pub(crate) fn isolate(command: &mut Command, home: &Path) {
    command
        .env("HOME", home)
        .env("XDG_CONFIG_HOME", home.join("config"))
        .env("XDG_DATA_HOME", home.join("share"))
        .env("XDG_STATE_HOME", home.join("state"))
        .env("XDG_CACHE_HOME", home.join("cache"))
        .env("SHEAF_SECRET_STORE", "clear-file")
        .env("NO_PROXY", "*")
        .env_remove("DBUS_SESSION_BUS_ADDRESS");
}

/// What a bare-SQL program answers.
pub(crate) fn run_floor(name: &str, arguments: &[&Path]) -> Result<Value> {
    answer(example(name).args(arguments))
}

/// What the engine's program answers for an action on a vault.
pub(crate) fn run_engine(action: &str, vault: &Vault, arguments: &[&Path]) -> Result<Value> {
    answer(engine(action, vault).args(arguments))
}

fn engine(action: &str, vault: &Vault) -> Command {
    let mut engine = example(ENGINE);
    isolate(&mut engine, &vault.folder);
    engine.arg(action).arg(&vault.folder);
    engine
}

fn answer(command: &mut Command) -> Result<Value> {
    let ran = measure::run(command)?;
    let line = process::display(command);
    serde_json::from_str(&ran.stdout).with_context(|| format!("`{line}` printed no JSON"))
}

/// A vault that is costly to fill is kept as long as the program that filled it is the same.
pub(crate) fn filled_by_this_build(folder: PathBuf, corpus: &Corpus) -> Result<Vault> {
    let program = release(&format!("examples/{ENGINE}"));
    let built = program.metadata().and_then(|program| program.modified());
    let stamp = format!("{:?}", built.context("the engine's program is not built")?);
    let mark = folder.with_extension("stamp");
    if std::fs::read_to_string(&mark).is_ok_and(|found| found == stamp) {
        return Ok(Vault { folder });
    }
    let vault = Vault::create(folder)?.fill(corpus)?;
    std::fs::write(&mark, stamp).context("cannot mark a filled vault")?;
    Ok(vault)
}

/// In one go: packages built together share their dependencies' features, and so their builds.
pub(crate) fn build() -> Result<()> {
    let mut programs = process::cargo();
    programs.args(["build", "--release", "--locked", "--bins", "--examples"]);
    for package in [
        "sheaf-cli",
        "sheaf-crypto",
        "sheaf-engine",
        "sheaf-markdown",
        "sheaf-store",
    ] {
        programs.args(["--package", package]);
    }
    process::run(&mut programs)
}

pub(crate) fn release(name: &str) -> PathBuf {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    paths::target().join("release").join(file)
}

fn example(name: &str) -> Command {
    process::command(release(&format!("examples/{name}")))
}

pub(crate) fn clear(folder: &Path) -> Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot clear {}", folder.display()))
        }
        _ => Ok(()),
    }
}
