//! Fifty files of a megabyte, there and back again. The floor is the same bytes by plain HTTP on one connection that is kept.

use anyhow::{Context, Result, ensure};
use serde::Serialize;
use serde_json::Value;

use super::Bench;
use super::figure::{Figure, Target};
use super::measure::{Cost, median};
use super::random::Random;
use super::replication;
use super::report::Report;
use super::server::Server;
use super::vault::Vault;

const LINE: &str = "attachments";
const FILES: usize = 50;
const BYTES: usize = 1_000_000;

#[derive(Debug, Default, Serialize)]
struct Runs {
    push: Vec<Cost>,
    pull: Vec<Cost>,
    push_floor_seconds: Vec<f64>,
    pull_floor_seconds: Vec<f64>,
}

pub(crate) fn run(bench: &Bench, report: &mut Report) -> Result<()> {
    let files = if bench.quick { FILES / 10 } else { FILES };
    let written = write(bench, files)?;
    let server = Server::start()?;
    let file = bench.folder.join("attachment-0.bin");
    let mut runs = Runs::default();
    for _ in 0..bench.runs() {
        let plain = server.create_database()?;
        let floor = plain.file_floors(&file, files)?;
        runs.push_floor_seconds.push(floor.0);
        runs.pull_floor_seconds.push(floor.1);
        plain.drop_from_server()?;
        let database = server.create_database()?;
        let here = written.copy_to(bench.folder.join("attachments-here"))?;
        here.sheaf(&["sync", "set", "couchdb", &database.url])?;
        runs.push.push(here.sheaf(&["sync", "now"])?.cost);
        ensure!(
            database.documents()? > files,
            "not every attachment arrived at the server"
        );
        let there = Vault::create(bench.folder.join("attachments-there"))?;
        there.sheaf(&["sync", "set", "couchdb", &database.url])?;
        let ran = there.sheaf(&["sync", "now"])?;
        ensure!(
            replication::sheaf_moved(&ran, "pulled")? > files as u64,
            "not every attachment arrived here"
        );
        runs.pull.push(ran.cost);
        database.drop_from_server()?;
    }
    report.note(
        LINE,
        &format!("{files} files of {BYTES} bytes, through {}", server.name),
    );
    for (what, costs, floor) in [
        ("sending", &runs.push, &runs.push_floor_seconds),
        ("receiving", &runs.pull, &runs.pull_floor_seconds),
    ] {
        report.add(Figure::against(
            LINE,
            what,
            "s",
            median(costs.iter().map(|cost| cost.seconds)),
            (
                "the same bytes by plain HTTP",
                median(floor.iter().copied()),
            ),
            Target::RatioAtMost(1.5),
        ));
        let peak = median(costs.iter().map(|cost| cost.peak_bytes as f64)) / 1e6;
        report.add(Figure::alone(
            LINE,
            format!("peak memory while {what}"),
            "MB",
            peak,
            Target::AtMost(100.0),
        ));
    }
    report.raw(LINE, &runs);
    Ok(())
}

/// A vault with one note and all files at it, which no remote has seen.
fn write(bench: &Bench, files: usize) -> Result<Vault> {
    let vault = Vault::create(bench.folder.join("attachments"))?;
    let note: Value =
        serde_json::from_str(&vault.sheaf(&["note", "new", "--title", "Files"])?.stdout)?;
    let note = note["id"].as_str().context("a note has an id")?;
    let mut random = Random::new(0x0F11E);
    for number in 0..files {
        let file = bench.folder.join(format!("attachment-{number}.bin"));
        // Nothing that anybody could make smaller on the way.
        let bytes: Vec<u8> = (0..BYTES / 8)
            .flat_map(|_| random.next().to_le_bytes())
            .collect();
        std::fs::write(&file, bytes).context("cannot write a file to attach")?;
        let path = file.display().to_string();
        vault.sheaf(&["attach", "add", &path, "--note", note])?;
    }
    Ok(vault)
}
