//! The first pull of everything into an empty vault.

use anyhow::{Result, ensure};

use super::Bench;
use super::corpus::Corpus;
use super::measure;
use super::replication::{self, Asked, BATCHES, Sides};
use super::report::Report;
use super::server::{self, Database, Server};
use super::vault::{self, Vault};

const LINE: &str = "pull";
const ASKED: Asked = Asked {
    over_default: 2.5,
    over_1000: 1.6,
    half_the_memory: true,
};

pub(crate) fn run(bench: &Bench, report: &mut Report) -> Result<()> {
    let corpus = bench.synced_corpus()?;
    let server = Server::start()?;
    let database = server.create_database()?;
    let loaded = database.load(&corpus.file)?;
    ensure!(
        loaded == corpus.documents(),
        "the server took {loaded} documents"
    );
    let sides = rounds(bench, &corpus, &database)?;
    database.drop_from_server()?;
    replication::report(LINE, &server.name, &corpus, &sides, &ASKED, report);
    Ok(())
}

/// Everybody pulls everything in turns.
pub(crate) fn rounds(bench: &Bench, corpus: &Corpus, database: &Database) -> Result<Sides> {
    // Whoever comes first would pay for the server's cold caches.
    database.read_floor()?;
    let mut sides = Sides::default();
    for _ in 0..bench.runs() {
        sides.floor_seconds.push(database.read_floor()?);
        let (cost, indexing) = sheaf(bench, corpus, database)?;
        sides.searchable_seconds.push(cost.seconds + indexing);
        sides.sheaf.push(cost);
        for batch in BATCHES {
            let folder = bench.folder.join("pouchdb");
            vault::clear(&folder)?;
            std::fs::create_dir_all(&folder)?;
            let mut pouchdb = server::node("bench-pouchdb.mjs");
            pouchdb.args(["pull", &database.url, batch]).arg(&folder);
            let cost = replication::pouchdb_cost(&measure::run(&mut pouchdb)?, corpus)?;
            sides.pouchdb(batch).push(cost);
        }
    }
    Ok(sides)
}

/// What the pull cost, and the seconds a search then takes that waits until every note is in the index.
fn sheaf(bench: &Bench, corpus: &Corpus, database: &Database) -> Result<(measure::Cost, f64)> {
    let vault = Vault::create(bench.folder.join("pulled"))?;
    vault.sheaf(&["sync", "set", "couchdb", &database.url])?;
    let ran = vault.sheaf(&["sync", "now"])?;
    let moved = replication::sheaf_moved(&ran, "pulled")?;
    ensure!(
        moved >= corpus.documents() as u64,
        "sheaf pulled {moved} of {} documents",
        corpus.documents()
    );
    let search = vault.sheaf(&["search", "harvest"])?;
    let answer: serde_json::Value = serde_json::from_str(&search.stdout)?;
    ensure!(
        answer["notSearched"] == 0,
        "not everything could be searched: {answer}"
    );
    Ok((ran.cost, search.cost.seconds))
}
