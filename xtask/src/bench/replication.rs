//! What pulling and pushing have in common: three clients, one server, rounds in which each takes its turn.
//!
//! Sheaf is timed from the start of its process to its end, PouchDB only while it replicates, so whatever a start
//! costs counts against Sheaf alone. Peak memory is that of the whole process on both sides.

use anyhow::{Result, bail, ensure};
use serde::Serialize;
use serde_json::Value;

use super::corpus::Corpus;
use super::figure::{Figure, Target};
use super::measure::{Cost, Ran, median};
use super::report::Report;
use super::server;

pub(crate) const BATCHES: [&str; 2] = ["default", "1000"];

/// One client's runs, in the order in which they were made.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Runs(Vec<Cost>);

#[derive(Debug, Default, Serialize)]
pub(crate) struct Sides {
    pub(crate) sheaf: Runs,
    pub(crate) pouchdb_default: Runs,
    pub(crate) pouchdb_1000: Runs,
    pub(crate) floor_seconds: Vec<f64>,
    /// From the start of Sheaf's pull until everything it brought can be found by its words, which PouchDB offers
    /// nothing for. Empty for a push.
    pub(crate) searchable_seconds: Vec<f64>,
}

/// The factors over PouchDB's default batch and over its batch of 1,000.
pub(crate) struct Asked {
    pub(crate) over_default: f64,
    pub(crate) over_1000: f64,
    /// Whether peak memory must be under half of PouchDB's.
    pub(crate) half_the_memory: bool,
}

impl Runs {
    pub(crate) fn push(&mut self, cost: Cost) {
        self.0.push(cost);
    }

    fn seconds(&self) -> f64 {
        median(self.0.iter().map(|cost| cost.seconds))
    }

    fn cpu_seconds(&self) -> f64 {
        median(self.0.iter().map(|cost| cost.cpu_seconds))
    }

    fn peak_mib(&self) -> f64 {
        median(self.0.iter().map(|cost| cost.peak_bytes as f64)) / f64::from(1 << 20)
    }
}

impl Sides {
    pub(crate) fn append(&mut self, mut later: Self) {
        self.sheaf.0.append(&mut later.sheaf.0);
        self.pouchdb_default.0.append(&mut later.pouchdb_default.0);
        self.pouchdb_1000.0.append(&mut later.pouchdb_1000.0);
        self.floor_seconds.append(&mut later.floor_seconds);
        self.searchable_seconds
            .append(&mut later.searchable_seconds);
    }

    pub(crate) fn pouchdb(&mut self, batch: &str) -> &mut Runs {
        if batch == BATCHES[0] {
            &mut self.pouchdb_default
        } else {
            &mut self.pouchdb_1000
        }
    }
}

/// A run of `bench-pouchdb.mjs`: its own time, checked for having moved everything.
pub(crate) fn pouchdb_cost(ran: &Ran, corpus: &Corpus) -> Result<Cost> {
    let answer = server::answer(&ran.stdout)?;
    let moved = answer["documents"].as_u64();
    let seconds = answer["seconds"].as_f64();
    let (Some(moved), Some(seconds)) = (moved, seconds) else {
        bail!("PouchDB did not say what it did: {answer}");
    };
    // Sheaf's first round adds the default notebook to the database.
    ensure!(
        moved >= corpus.documents() as u64,
        "PouchDB moved {moved} of {} documents",
        corpus.documents()
    );
    Ok(Cost {
        seconds,
        ..ran.cost
    })
}

/// `{"pulled":…}` or `{"pushed":…}` of `sheaf sync now --json`.
pub(crate) fn sheaf_moved(ran: &Ran, direction: &str) -> Result<u64> {
    let answer: Value = serde_json::from_str(&ran.stdout)?;
    answer[direction]
        .as_u64()
        .ok_or_else(|| anyhow::anyhow!("sheaf did not say what it {direction}: {answer}"))
}

pub(crate) fn report(
    line: &'static str,
    server: &str,
    corpus: &Corpus,
    sides: &Sides,
    asked: &Asked,
    report: &mut Report,
) {
    let documents = corpus.documents() as f64;
    let rate = |runs: &Runs| documents / runs.seconds();
    let floor = documents / median(sides.floor_seconds.iter().copied());
    report.note(
        line,
        &format!(
            "{} documents, {:.1} MB, through {server}",
            corpus.documents(),
            corpus.bytes as f64 / 1e6
        ),
    );
    let targets = [
        (
            "PouchDB 9 on leveldb, default batch",
            &sides.pouchdb_default,
            asked.over_default,
        ),
        (
            "PouchDB 9 on leveldb, batch 1000",
            &sides.pouchdb_1000,
            asked.over_1000,
        ),
    ];
    for (name, runs, factor) in targets {
        report.add(Figure::against(
            line,
            "documents a second",
            "docs/s",
            rate(&sides.sheaf),
            (name, rate(runs)),
            Target::RatioAtLeast(factor),
        ));
    }
    report.add(Figure::against(
        line,
        "documents a second",
        "docs/s",
        rate(&sides.sheaf),
        ("the server's raw floor", floor),
        Target::Context,
    ));
    if !sides.searchable_seconds.is_empty() {
        let searchable = documents / median(sides.searchable_seconds.iter().copied());
        report.add(Figure::against(
            line,
            "documents a second until all are found by their words",
            "docs/s",
            searchable,
            (targets[0].0, rate(targets[0].1)),
            Target::Context,
        ));
    }
    for (name, runs, _) in targets {
        let target = if asked.half_the_memory {
            Target::RatioAtMost(0.5)
        } else {
            Target::Context
        };
        let (ours, theirs) = (sides.sheaf.peak_mib(), runs.peak_mib());
        report.add(Figure::against(
            line,
            "peak memory",
            "MiB",
            ours,
            (name, theirs),
            target,
        ));
    }
    for (name, runs, _) in targets {
        let (ours, theirs) = (sides.sheaf.cpu_seconds(), runs.cpu_seconds());
        report.add(Figure::against(
            line,
            "CPU",
            "s",
            ours,
            (name, theirs),
            Target::Context,
        ));
    }
    report.raw(line, sides);
}
