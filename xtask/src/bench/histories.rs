//! The first pull of notes that were saved hundreds of times, as an app that saves by itself makes them.

use anyhow::{Result, ensure};

use super::Bench;
use super::pull;
use super::replication::{self, Asked};
use super::report::Report;
use super::server::Server;

const LINE: &str = "histories";
const NOTES: usize = 2_000;
const REVISIONS: usize = 500;
const ASKED: Asked = Asked {
    over_default: 2.5,
    over_1000: 1.6,
    half_the_memory: true,
};

pub(crate) fn run(bench: &Bench, report: &mut Report) -> Result<()> {
    let corpus = bench.corpus(NOTES)?;
    let server = Server::start()?;
    let database = server.create_database()?;
    let loaded = database.load_with_histories(&corpus.file, REVISIONS)?;
    ensure!(
        loaded == corpus.documents(),
        "the server took {loaded} documents"
    );
    let sides = pull::rounds(bench, &corpus, &database)?;
    database.drop_from_server()?;
    report.note(LINE, &format!("{REVISIONS} revisions of each"));
    replication::report(LINE, &server.name, &corpus, &sides, &ASKED, report);
    Ok(())
}
