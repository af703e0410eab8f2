//! A server far away: what a round costs that finds nothing new, and the first pull when every question takes a tenth
//! of a second to be answered.

use anyhow::{Result, ensure};
use serde::Serialize;

use super::Bench;
use super::figure::{Figure, Target};
use super::measure::{self, median};
use super::relay::Relay;
use super::replication;
use super::report::Report;
use super::server::{self, Server};
use super::vault::{self, Vault};

const LINE: &str = "distance";
/// There and back.
const FAR: u64 = 100;
/// They are short, and their difference counts: what one of them spends by chance would be a round trip.
const IDLE_ROUNDS: usize = 5;
/// PouchDB asks for so many documents at once where somebody tuned it for such a line: fewer questions, at the price of
/// memory.
const TUNED: &str = "5000";

#[derive(Debug, Default, Serialize)]
struct Runs {
    sheaf_seconds: Vec<f64>,
    pouchdb_default_seconds: Vec<f64>,
    pouchdb_tuned_seconds: Vec<f64>,
    idle_requests: Vec<f64>,
    idle_near_seconds: Vec<f64>,
    idle_far_seconds: Vec<f64>,
}

pub(crate) fn run(bench: &Bench, report: &mut Report) -> Result<()> {
    let corpus = bench.synced_corpus()?;
    let server = Server::start()?;
    let database = server.create_database()?;
    database.load(&corpus.file)?;
    let relay = Relay::to(&database.authority()?)?;
    let url = database.through(&relay.authority)?;
    let mut runs = Runs::default();
    // One round of each is enough for what is dominated by waiting.
    for _ in 0..bench.runs().min(3) {
        relay.set_round_trip(0);
        let vault = Vault::create(bench.folder.join("far"))?;
        vault.sheaf(&["sync", "set", "couchdb", &url])?;
        relay.set_round_trip(FAR);
        let ran = vault.sheaf(&["sync", "now"])?;
        ensure!(
            replication::sheaf_moved(&ran, "pulled")? >= corpus.documents() as u64,
            "not everything was pulled"
        );
        runs.sheaf_seconds.push(ran.cost.seconds);
        relay.set_round_trip(0);
        // The default notebook travels; from here on nothing is new.
        vault.sheaf(&["sync", "now"])?;
        for _ in 0..IDLE_ROUNDS {
            relay.set_round_trip(0);
            relay.take_requests();
            let near = vault.sheaf(&["sync", "now"])?;
            runs.idle_requests.push(relay.take_requests() as f64);
            runs.idle_near_seconds.push(near.cost.seconds);
            relay.set_round_trip(FAR);
            let far = vault.sheaf(&["sync", "now"])?;
            runs.idle_far_seconds.push(far.cost.seconds);
        }
        for batch in ["default", TUNED] {
            let folder = bench.folder.join("pouchdb");
            vault::clear(&folder)?;
            std::fs::create_dir_all(&folder)?;
            let mut pouchdb = server::node("bench-pouchdb.mjs");
            pouchdb.args(["pull", &url, batch]).arg(&folder);
            let cost = replication::pouchdb_cost(&measure::run(&mut pouchdb)?, &corpus)?;
            let seconds = match batch {
                TUNED => &mut runs.pouchdb_tuned_seconds,
                _ => &mut runs.pouchdb_default_seconds,
            };
            seconds.push(cost.seconds);
        }
    }
    drop(relay);
    database.drop_from_server()?;
    tell(&server.name, corpus.documents(), &runs, report);
    Ok(())
}

fn tell(server: &str, documents: usize, runs: &Runs, report: &mut Report) {
    let middle = |seconds: &[f64]| median(seconds.iter().copied());
    report.note(
        LINE,
        &format!("{documents} documents, a round trip of {FAR} ms, through {server}"),
    );
    let rate = |seconds: &[f64]| documents as f64 / middle(seconds);
    for (name, seconds, factor) in [
        (
            "PouchDB 9 on leveldb, default batch",
            &runs.pouchdb_default_seconds,
            12.0,
        ),
        (
            "PouchDB 9 on leveldb, batch 5000",
            &runs.pouchdb_tuned_seconds,
            2.0,
        ),
    ] {
        report.add(Figure::against(
            LINE,
            "documents a second of a first pull",
            "docs/s",
            rate(&runs.sheaf_seconds),
            (name, rate(seconds)),
            Target::RatioAtLeast(factor),
        ));
    }
    report.add(Figure::alone(
        LINE,
        "requests of a round that finds nothing new",
        "requests",
        middle(&runs.idle_requests),
        Target::AtMost(9.0),
    ));
    // What the distance adds, in round trips: what the same round costs nearby is not the line's doing.
    let added = middle(&runs.idle_far_seconds) - middle(&runs.idle_near_seconds);
    report.add(Figure::alone(
        LINE,
        "round trips that it waits for",
        "round trips",
        added * 1000.0 / FAR as f64,
        Target::AtMost(2.0),
    ));
    report.raw(LINE, runs);
}
