//! A saved edit, from the call to the engine until it is on the disk and in the search index.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::Bench;
use super::figure::{Figure, Target};
use super::machine;
use super::measure::median;
use super::report::Report;
use super::server::Server;
use super::vault::{self, Vault};

const LINE: &str = "save";
const OVER_FLOOR: f64 = 3.0;
/// One frame at 60 Hz.
const WORST_MS: f64 = 16.0;
const SAVES: &str = "2000";

pub(crate) fn run(bench: &Bench, report: &mut Report) -> Result<()> {
    quiet(bench, report)?;
    while_pulling(bench, report)
}

/// Nothing else happens: what revisions, journal and counts cost over bare SQL.
fn quiet(bench: &Bench, report: &mut Report) -> Result<()> {
    let corpus = bench.synced_corpus()?;
    let filled = Vault::create(bench.folder.join("saved"))?.fill(&corpus)?;
    let saves = Path::new(SAVES);
    let mut runs: Vec<(Value, Value)> = Vec::new();
    for _ in 0..bench.runs() {
        let folder = bench.folder.join("floor-save");
        vault::clear(&folder)?;
        std::fs::create_dir_all(&folder)?;
        let file = folder.join("notes.sqlite");
        machine::settle()?;
        let floor = vault::run_floor("floor_save", &[&corpus.file, &file, saves])?;
        let vault = filled.copy_to(bench.folder.join("saving"))?;
        machine::settle()?;
        let ours = vault::run_engine("save", &vault, &[saves])?;
        runs.push((ours, floor));
    }
    report.note(
        LINE,
        &format!("in a vault of {} notes, synchronous = FULL", corpus.notes),
    );
    for (part, target) in [
        ("p50", Target::RatioAtMost(OVER_FLOOR)),
        ("p99", Target::Context),
    ] {
        let ours = milliseconds(runs.iter().map(|run| &run.0), part)?;
        let floor = milliseconds(runs.iter().map(|run| &run.1), part)?;
        let what = format!("saved edit, {part}");
        report.add(Figure::against(
            LINE,
            what,
            "ms",
            ours,
            ("bare SQL with its FTS row", floor),
            target,
        ));
    }
    report.raw("save, quiet", &runs);
    Ok(())
}

/// Somebody types while a second device's notes come in.
fn while_pulling(bench: &Bench, report: &mut Report) -> Result<()> {
    let remote = bench.synced_corpus()?;
    let own = Vault::create(bench.folder.join("own"))?.fill(&bench.small_corpus()?)?;
    let server = Server::start()?;
    let mut runs = Vec::new();
    for _ in 0..bench.runs() {
        let database = server.create_database()?;
        database.load(&remote.file)?;
        let vault = own.copy_to(bench.folder.join("saving"))?;
        vault.sheaf(&["sync", "set", "couchdb", &database.url])?;
        machine::settle()?;
        let ran = vault::run_engine("save", &vault, &[Path::new("pull")])?;
        ensure!(
            ran["pulled"].as_u64() >= Some(remote.notes as u64),
            "not everything was pulled: {ran}"
        );
        runs.push(ran);
        database.drop_from_server()?;
    }
    let saves = median(runs.iter().filter_map(|run| run["saves"].as_f64()));
    report.note(
        LINE,
        &format!(
            "{saves:.0} saves 2 ms apart while {} documents are pulled from {}",
            remote.documents(),
            server.name
        ),
    );
    report.add(Figure::alone(
        LINE,
        "saved edit during a pull, p99",
        "ms",
        milliseconds(runs.iter(), "p99")?,
        Target::AtMost(WORST_MS),
    ));
    let p50 = milliseconds(runs.iter(), "p50")?;
    report.add(Figure::alone(
        LINE,
        "saved edit during a pull, p50",
        "ms",
        p50,
        Target::Context,
    ));
    report.raw("save, during a pull", &runs);
    Ok(())
}

/// From the microseconds that the programs print.
fn milliseconds<'a>(runs: impl Iterator<Item = &'a Value>, part: &str) -> Result<f64> {
    let times: Option<Vec<f64>> = runs.map(|run| run[part].as_f64()).collect();
    let times = times.with_context(|| format!("a run has no {part}"))?;
    Ok(median(times) / 1000.0)
}
