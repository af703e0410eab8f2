//! `sheaf-server`, built as it is shipped, on each of its storages: how fast it answers, what it takes.
//!
//! Calls come from a few devices at once, each with an account and a connection of its own, over loopback and without
//! TLS. Both storages wait for the disk at every commit, as they are shipped.

mod calls;
mod listeners;
mod storage;

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use anyhow::{Context, Result, bail};
use serde::Serialize;

use super::Bench;
use super::figure::{Figure, Target};
use super::report::Report;
use super::vault;
use crate::process;
use calls::{Device, Load, Times};
use storage::Storage;

const LINE: &str = "server";
/// Devices that call at once.
const DEVICES: usize = 8;
const LISTENERS: usize = 1_000;
/// What an empty server may take, in megabytes.
const IDLE_MB: f64 = 30.0;
/// How long a listener may wait, in seconds.
const HEARD: f64 = 1.0;

#[derive(Serialize)]
struct Run {
    storage: &'static str,
    load: Load,
    calls: usize,
    seconds: f64,
    times: Times,
}

pub(crate) fn run(bench: &Bench, report: &mut Report) -> Result<()> {
    build(bench)?;
    // Each listener is an open file, here as well.
    rlimit::increase_nofile_limit(u64::MAX).context("cannot open as many files as listeners")?;
    report.note(
        LINE,
        &format!("{DEVICES} devices, each with its own account and connection; every commit is flushed to disk"),
    );
    let folder = bench.folder.join("server");
    let mut runs = Vec::new();
    for storage in Storage::all(&folder, report)? {
        measure(bench, &storage, report, &mut runs)?;
    }
    report.raw(LINE, &runs);
    Ok(())
}

/// The server as it is shipped.
pub(super) fn build(bench: &Bench) -> Result<()> {
    if !bench.build {
        return Ok(());
    }
    let mut build = process::cargo();
    let package = ["--package", "sheaf-server"];
    process::run(build.args(["build", "--release", "--locked"]).args(package))
}

fn measure(
    bench: &Bench,
    storage: &Storage,
    report: &mut Report,
    runs: &mut Vec<Run>,
) -> Result<()> {
    let name = storage.name();
    let server = Server::start(storage)?;
    let mut alone = |what: String, unit, value, target| {
        report.add(Figure::alone(
            LINE,
            format!("{name}: {what}"),
            unit,
            value,
            target,
        ));
    };
    if let Some(mb) = server.resident_mb() {
        alone(
            "memory before the first request".to_owned(),
            "MB",
            mb,
            Target::AtMost(IDLE_MB),
        );
    }
    let mut devices = (0..DEVICES)
        .map(|number| Device::register(&server.url, &format!("device-{number}@example.org")))
        .collect::<Result<Vec<_>>>()?;
    let calls = |load: Load| {
        if bench.quick {
            load.calls() / 10
        } else {
            load.calls()
        }
    };
    for load in Load::ALL {
        // Statements are prepared and caches filled before anything counts.
        calls::run(&mut devices, load, DEVICES)?;
        let (times, seconds) = calls::run(&mut devices, load, calls(load))?;
        let per_second = times.count() as f64 / seconds;
        let what = load.name();
        alone(
            format!("{what}, calls"),
            "calls/s",
            per_second,
            Target::Context,
        );
        if load.items() > 0 {
            let items = per_second * load.items() as f64;
            alone(format!("{what}, items"), "items/s", items, Target::Context);
        }
        for (percent, ms) in times.percentiles() {
            alone(
                format!("{what}, {percent} of calls within"),
                "ms",
                ms,
                Target::Context,
            );
        }
        runs.push(Run {
            storage: name,
            load,
            calls: times.count(),
            seconds,
            times,
        });
    }
    if let Some(mb) = server.resident_mb() {
        alone(
            "memory after that load".to_owned(),
            "MB",
            mb,
            Target::Context,
        );
    }
    // Anew, so that what the load left behind does not count as the listeners'.
    drop(server);
    let server = Server::start(storage)?;
    for device in &mut devices {
        device.moves_to(&server.url);
    }
    let heard = listeners::connect(&server.url, &devices, LISTENERS)?;
    if let Some(mb) = server.resident_mb() {
        alone(
            format!("memory with {LISTENERS} listeners"),
            "MB",
            mb,
            Target::Context,
        );
    }
    let seconds = heard.after_one_save(&mut devices)?;
    alone(
        format!(
            "a save until all {} listeners of its account heard",
            LISTENERS / DEVICES
        ),
        "s",
        seconds,
        Target::AtMost(HEARD),
    );
    if storage.takes_several_nodes() {
        let other = Server::start(storage)?;
        for device in &mut devices {
            device.moves_to(&other.url);
        }
        let heard = listeners::connect(&server.url, &devices, DEVICES)?;
        let seconds = heard.after_one_save(&mut devices)?;
        alone(
            "a save on one node until a listener on another heard".to_owned(),
            "s",
            seconds,
            Target::AtMost(HEARD),
        );
    }
    drop(server);
    let items = devices.iter().map(Device::saved).sum::<usize>();
    let stored = storage.bytes()? as f64 / items as f64;
    report.add(Figure::against(
        LINE,
        format!("{name}: bytes stored per item"),
        "bytes",
        stored,
        ("content and key of an item", calls::PAYLOAD as f64),
        Target::Context,
    ));
    Ok(())
}

/// A running server; it is told to stop, and waited for, when dropped.
pub(crate) struct Server {
    child: Child,
    pub(super) url: String,
}

impl Server {
    fn start(storage: &Storage) -> Result<Self> {
        Self::on(storage.url(), storage.folder())
    }

    /// On a database, with a folder for whatever else it keeps.
    pub(super) fn on(database: &str, folder: &Path) -> Result<Self> {
        let mut command = process::command(vault::release("sheaf-server"));
        command
            .args(["--listen", "127.0.0.1:0", "--registration", "open"])
            .env("SHEAF_SERVER_LOG", "warn")
            .env("SHEAF_SERVER_DATABASE", database)
            .env("SHEAF_SERVER_DATA_DIR", folder)
            .stdout(Stdio::piped());
        let mut child = command.spawn().context("cannot start sheaf-server")?;
        let output = child.stdout.take().context("the server has no output")?;
        let mut address = None;
        for line in BufReader::new(output).lines() {
            let line = line.context("the server's greeting cannot be read")?;
            if let Some((_, url)) = line.split_once("Type this into Sheaf, Preferences, Sync:") {
                address = Some(url.trim().to_owned());
            }
            if line.contains("Registration is") {
                break;
            }
        }
        match address {
            Some(url) => Ok(Self { child, url }),
            None => bail!("the server ended instead of saying where it listens"),
        }
    }

    /// What is in memory, as Linux counts it; elsewhere nobody is asked.
    fn resident_mb(&self) -> Option<f64> {
        let status = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(Path::new(&status)).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))?;
        let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        Some(kib / 1024.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let id = self.child.id().to_string();
        // Stopping, it brings its database to rest; where there are no signals it is ended.
        if !process::succeeds(process::command("kill").args(["-TERM", &id])) {
            self.child.kill().ok();
        }
        self.child.wait().ok();
    }
}
