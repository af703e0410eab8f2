//! A saved edit, from the call to the engine until it is on the disk and in the search index.

use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

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
/// As large as what a slice of a pull writes, and as often as its commits come.
const APPENDED: usize = 128 << 10;
const APPENDS: usize = 100;
const PAUSE: Duration = Duration::from_millis(2);

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
///
/// One pull leaves time for some sixty edits, of which the slowest would be the 99th percentile: those of all runs are
/// taken together. Beside it what the disk takes by itself in the same minutes, for an edit cannot be quicker.
fn while_pulling(bench: &Bench, report: &mut Report) -> Result<()> {
    let remote = bench.synced_corpus()?;
    let own = Vault::create(bench.folder.join("own"))?.fill(&bench.small_corpus()?)?;
    let server = Server::start()?;
    let mut runs = Vec::new();
    let mut disk = Vec::new();
    for _ in 0..bench.runs() {
        let database = server.create_database()?;
        database.load(&remote.file)?;
        let vault = own.copy_to(bench.folder.join("saving"))?;
        vault.sheaf(&["sync", "set", "couchdb", &database.url])?;
        machine::settle()?;
        disk.extend(synced_appends(&bench.folder)?);
        machine::settle()?;
        let ran = vault::run_engine("save", &vault, &[Path::new("pull")])?;
        ensure!(
            ran["pulled"].as_u64() >= Some(remote.notes as u64),
            "not everything was pulled: {ran}"
        );
        runs.push(ran);
        database.drop_from_server()?;
    }
    let saves = all_of(&runs)?;
    report.note(
        LINE,
        &format!(
            "{} saves 2 ms apart in {} pulls of {} documents from {}",
            saves.len(),
            runs.len(),
            remote.documents(),
            server.name
        ),
    );
    report.add(Figure::against(
        LINE,
        "saved edit during a pull, p99",
        "ms",
        percentile(&saves, 0.99)?,
        (
            "the disk alone, 128 KiB appended and synced",
            percentile(&disk, 0.99)?,
        ),
        Target::AtMost(WORST_MS),
    ));
    report.add(Figure::against(
        LINE,
        "saved edit during a pull, p50",
        "ms",
        percentile(&saves, 0.5)?,
        (
            "the disk alone, 128 KiB appended and synced",
            percentile(&disk, 0.5)?,
        ),
        Target::Context,
    ));
    report.raw("save, during a pull", &runs);
    report.raw("the disk alone", &disk);
    Ok(())
}

/// Milliseconds for each of [`APPENDS`] writes that are as large as a slice of a pull and made durable as a commit is.
fn synced_appends(folder: &Path) -> Result<Vec<f64>> {
    let path = folder.join("appended");
    let mut file = std::fs::File::create(&path)?;
    let written = vec![0x5a; APPENDED];
    let mut times = Vec::with_capacity(APPENDS);
    for _ in 0..APPENDS {
        let started = Instant::now();
        file.write_all(&written)?;
        file.sync_all()?;
        times.push(started.elapsed().as_secs_f64() * 1e3);
        std::thread::sleep(PAUSE);
    }
    std::fs::remove_file(&path)?;
    Ok(times)
}

/// Milliseconds of every edit of every run.
fn all_of(runs: &[Value]) -> Result<Vec<f64>> {
    let mut all = Vec::new();
    for run in runs {
        let each = run["each"].as_array().context("a run names no edit")?;
        all.extend(each.iter().filter_map(Value::as_f64).map(|us| us / 1000.0));
    }
    Ok(all)
}

fn percentile(times: &[f64], part: f64) -> Result<f64> {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    let at = (times.len() as f64 * part) as usize;
    times.get(at).copied().context("nothing was measured")
}

/// From the microseconds that the programs print.
fn milliseconds<'a>(runs: impl Iterator<Item = &'a Value>, part: &str) -> Result<f64> {
    let times: Option<Vec<f64>> = runs.map(|run| run[part].as_f64()).collect();
    let times = times.with_context(|| format!("a run has no {part}"))?;
    Ok(median(times) / 1000.0)
}
