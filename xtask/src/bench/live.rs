//! An edit on one device until it is in the store of another, both in step with one server on this computer. Somebody
//! writes something after a pause; what follows within seconds is sent together.
//!
//! Sheaf is timed from the start of the command that writes, its process included, to the event that tells of the note on
//! the other device; PouchDB from its `put` to the change on the other database, in one process.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::Serialize;
use serde_json::Value;

use super::Bench;
use super::figure::{Figure, Target};
use super::measure::{self, median};
use super::report::Report;
use super::server::{self, Server};
use super::vault::{self, Vault};

const LINE: &str = "live";
/// Between two edits, so that each is the first after a silence (the worker's `pulse.rs`).
const PAUSE: Duration = Duration::from_secs(6);
/// Longer than anything that is still called live.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug, Default, Serialize)]
struct Runs {
    sheaf_seconds: Vec<f64>,
    pouchdb_seconds: Vec<f64>,
}

/// A device in step, and what it tells.
struct Watch {
    child: Child,
    lines: Receiver<(Instant, String)>,
}

pub(crate) fn run(bench: &Bench, report: &mut Report) -> Result<()> {
    let edits = bench.runs() * 2;
    let server = Server::start()?;
    let database = server.create_database()?;
    let mut runs = Runs::default();
    let [here, there] = ["live-here", "live-there"].map(|name| -> Result<Vault> {
        let vault = Vault::create(bench.folder.join(name))?;
        vault.sheaf(&["sync", "set", "couchdb", &database.url])?;
        vault.sheaf(&["sync", "now"])?;
        Ok(vault)
    });
    let (here, there) = (here?, there?);
    let writing = Watch::of(&here)?;
    let reading = Watch::of(&there)?;
    writing.until(|line| line["status"]["state"]["kind"] == "idle")?;
    reading.until(|line| line["status"]["state"]["kind"] == "idle")?;
    for number in 0..edits {
        // No line of the watch says that time has passed.
        std::thread::sleep(PAUSE);
        let begun = Instant::now();
        let title = format!("Live {number}");
        let ran = here.sheaf(&["note", "new", "--title", &title])?;
        let note: Value = serde_json::from_str(&ran.stdout)?;
        let id = note["id"].as_str().context("a note has an id")?;
        let arrived = reading.until(|line| tells_of(line, id))?;
        let seconds = arrived.saturating_duration_since(begun).as_secs_f64();
        runs.sheaf_seconds.push(seconds);
    }
    drop((writing, reading));
    let folder = bench.folder.join("pouchdb");
    vault::clear(&folder)?;
    std::fs::create_dir_all(&folder)?;
    let mut pouchdb = server::node("bench-pouchdb.mjs");
    pouchdb
        .args(["live", &database.url, &edits.to_string()])
        .arg(&folder);
    let answer = server::answer(&measure::run(&mut pouchdb)?.stdout)?;
    let told = answer["seconds"].as_array().context("no times")?;
    runs.pouchdb_seconds = told.iter().filter_map(Value::as_f64).collect();
    database.drop_from_server()?;
    report.note(LINE, &format!("{edits} new notes, through {}", server.name));
    let middle = |seconds: &[f64]| median(seconds.iter().copied()) * 1000.0;
    let (ours, theirs) = (middle(&runs.sheaf_seconds), middle(&runs.pouchdb_seconds));
    report.add(Figure::alone(
        LINE,
        "from one device's edit to another's store",
        "ms",
        ours,
        Target::AtMost(100.0),
    ));
    report.add(Figure::against(
        LINE,
        "from one device's edit to another's store",
        "ms",
        ours,
        ("PouchDB 9 live", theirs),
        Target::Context,
    ));
    report.raw(LINE, &runs);
    Ok(())
}

fn tells_of(line: &Value, id: &str) -> bool {
    line["type"] == "notesChanged" && line.to_string().contains(id)
}

impl Watch {
    fn of(vault: &Vault) -> Result<Self> {
        let mut child = vault
            .command(&["sync", "watch"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start `sheaf sync watch`")?;
        let output = child.stdout.take().context("it has no output")?;
        let (tell, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if tell.send((Instant::now(), line)).is_err() {
                    return;
                }
            }
        });
        Ok(Self { child, lines })
    }

    /// When the first line came that is wanted.
    fn until(&self, wanted: impl Fn(&Value) -> bool) -> Result<Instant> {
        loop {
            let Ok((at, line)) = self.lines.recv_timeout(PATIENCE) else {
                bail!("the watch tells nothing of it");
            };
            if serde_json::from_str(&line).is_ok_and(|line| wanted(&line)) {
                return Ok(at);
            }
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
