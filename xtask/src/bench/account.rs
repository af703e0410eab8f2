//! The first sync of an account's encrypted notes: Sheaf, the published clients of both generations, and the floor,
//! which is opening every item on all cores plus writing every note into SQLite and its index.
//!
//! Sheaf is timed from the start of its process until every note can be found by its words; signing in is no part of
//! it. The others are timed only while they sync, and keep what they get in memory.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::Serialize;
use serde_json::Value;

use super::Bench;
use super::corpus::Corpus;
use super::figure::{Figure, Target};
use super::hosted::{self, Server};
use super::measure::{self, median};
use super::report::Report;
use super::server;
use super::vault::{self, Vault};
use crate::{paths, process};

const LINE: &str = "hosted";
const PASSWORD: &str = "correct horse battery";

/// A generation of the protocol: an account of it, the published client that reads it, and what was measured.
#[derive(Serialize)]
struct Generation {
    name: &'static str,
    client: &'static str,
    version: &'static str,
    sheaf_seconds: Vec<f64>,
    client_seconds: Vec<f64>,
    floor_seconds: Vec<f64>,
    upload_seconds: f64,
}

impl Generation {
    fn all() -> [Self; 2] {
        let new = |name, client, version| Self {
            name,
            client,
            version,
            sheaf_seconds: Vec::new(),
            client_seconds: Vec::new(),
            floor_seconds: Vec::new(),
            upload_seconds: 0.0,
        };
        [
            new("newer", "@standardnotes/snjs", "004"),
            new("older", "standard-file-js", "003"),
        ]
    }

    fn email(&self) -> String {
        format!("{}@example.org", self.name)
    }

    fn peer(&self, action: &str, url: &str) -> Result<Value> {
        let mut node = process::command("node");
        node.current_dir(paths::hosted_peers())
            .args(["bench.mjs", self.name, action, url])
            .args([&self.email(), PASSWORD]);
        server::answer(&measure::run(&mut node)?.stdout)
    }

    /// Signs a vault in, or makes the account with it.
    fn enter(&self, vault: &Vault, url: &str, more: &[&str]) -> Result<()> {
        let file = vault.folder.join("password");
        std::fs::write(&file, PASSWORD).context("cannot write a password for the benchmark")?;
        let (email, file) = (self.email(), file.display().to_string());
        let mut arguments = vec!["sync", "set", "server", url, "--email", &email];
        arguments.extend_from_slice(&["--password-file", &file]);
        arguments.extend_from_slice(more);
        vault.sheaf(&arguments)?;
        Ok(())
    }

    fn way_in(&self) -> &'static [&'static str] {
        if self.version == "003" {
            &["--older"]
        } else {
            &[]
        }
    }

    /// The account, with all notes of the corpus in it.
    fn fill(&mut self, source: &Vault, url: &str) -> Result<()> {
        let more: &[&str] = if self.version == "003" {
            self.peer("register", url)?;
            self.way_in()
        } else {
            &["--sign-up"]
        };
        self.enter(source, url, more)?;
        self.upload_seconds = source.sheaf(&["sync", "now"])?.cost.seconds;
        Ok(())
    }

    fn one_turn(&mut self, bench: &Bench, corpus: &Corpus, url: &str) -> Result<()> {
        let vault = Vault::create(bench.folder.join("account"))?;
        self.enter(&vault, url, self.way_in())?;
        let pulled = vault.sheaf(&["sync", "now"])?;
        let search = vault.sheaf(&["search", "harvest"])?;
        let found: Value = serde_json::from_str(&search.stdout)?;
        ensure!(
            found["notSearched"] == 0,
            "not everything is found: {found}"
        );
        let page = vault.sheaf(&["note", "list", "--limit", "1"])?;
        let page: Value = serde_json::from_str(&page.stdout)?;
        ensure!(
            page["total"] == corpus.notes as u64,
            "sheaf has {} of {} notes",
            page["total"],
            corpus.notes
        );
        self.sheaf_seconds
            .push(pulled.cost.seconds + search.cost.seconds);

        let answer = self.peer("pull", url)?;
        ensure!(
            answer["notes"] == corpus.notes as u64,
            "{} has {} of {} notes",
            self.client,
            answer["notes"],
            corpus.notes
        );
        self.client_seconds.push(number(&answer, "seconds")?);

        let version = Path::new(self.version);
        let opened = vault::run_floor("floor_open", &[&corpus.file, version])?;
        let file = bench.folder.join("account-floor.db");
        for ending in ["", "-wal", "-shm"] {
            let mut file = file.clone().into_os_string();
            file.push(ending);
            // What an earlier run left; usually nothing.
            let _ = std::fs::remove_file(file);
        }
        let stored = vault::run_floor("floor_save", &[&corpus.file, &file, Path::new("0")])?;
        self.floor_seconds
            .push(number(&opened, "seconds")? + number(&stored, "fillSeconds")?);
        Ok(())
    }

    fn report(&self, corpus: &Corpus, report: &mut Report) {
        let notes = corpus.notes as f64;
        let rate = |seconds: &[f64]| notes / median(seconds.iter().copied());
        let (ours, theirs) = (rate(&self.sheaf_seconds), rate(&self.client_seconds));
        let what = format!("first sync of an account of {}", self.version);
        report.add(Figure::against(
            LINE,
            &what,
            "notes/s",
            ours,
            (self.client, theirs),
            Target::RatioAtLeast(8.0),
        ));
        report.add(Figure::against(
            LINE,
            format!("{what}, seconds"),
            "s",
            notes / ours,
            (
                "opening and storing alone",
                notes / rate(&self.floor_seconds),
            ),
            Target::RatioAtMost(1.5),
        ));
        report.add(Figure::alone(
            LINE,
            format!("first upload to an account of {}", self.version),
            "notes/s",
            notes / self.upload_seconds,
            Target::Context,
        ));
    }
}

pub(crate) fn run(bench: &Bench, report: &mut Report) -> Result<()> {
    hosted::build(bench)?;
    let corpus = bench.synced_corpus()?;
    let folder = bench.folder.join("account-server");
    vault::clear(&folder)?;
    std::fs::create_dir_all(&folder).context("cannot create the server's folder")?;
    report.note(
        LINE,
        &format!(
            "{} notes, {:.1} MB, sheaf-server on SQLite",
            corpus.notes,
            corpus.bytes as f64 / 1e6
        ),
    );
    let server = Server::on("sqlite", &folder)?;
    let source = Vault::create(bench.folder.join("account-source"))?.fill(&corpus)?;
    let mut generations = Generation::all();
    for generation in &mut generations {
        let source = source.copy_to(bench.folder.join("account-copy"))?;
        generation.fill(&source, &server.url)?;
        // Whoever comes first would pay for the server's cold caches.
        generation.peer("pull", &server.url)?;
        for _ in 0..bench.runs() {
            generation.one_turn(bench, &corpus, &server.url)?;
        }
        generation.report(&corpus, report);
    }
    drop(server);
    let items = (corpus.notes * generations.len()) as f64;
    let stored = bytes_below(&folder)? as f64 / items;
    let plain = corpus.bytes as f64 / corpus.notes as f64;
    let sealed = vault::run_floor("floor_open", &[&corpus.file, Path::new("004")])?;
    report.add(Figure::against(
        LINE,
        "bytes stored per note",
        "bytes",
        stored,
        ("its text alone, encrypted", number(&sealed, "bytes")?),
        Target::Context,
    ));
    report.add(Figure::against(
        LINE,
        "bytes stored per note",
        "bytes",
        stored,
        ("the document itself", plain),
        Target::Context,
    ));
    report.raw(LINE, &generations);
    Ok(())
}

fn number(answer: &Value, key: &str) -> Result<f64> {
    let number = answer[key].as_f64();
    number.with_context(|| format!("no {key} in {answer}"))
}

/// All files of a folder.
fn bytes_below(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder).context("cannot look into the server's folder")? {
        bytes += entry?.metadata()?.len();
    }
    Ok(bytes)
}
