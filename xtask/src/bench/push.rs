//! The first push of everything that was written on this computer into an empty database.

use anyhow::{Result, ensure};

use super::Bench;
use super::measure;
use super::replication::{self, Asked, BATCHES, Sides};
use super::report::Report;
use super::server::{self, Server};
use super::vault::{self, Vault};

const LINE: &str = "push";
const ASKED: Asked = Asked {
    over_default: 2.5,
    over_1000: 1.5,
    half_the_memory: false,
};

pub(crate) fn run(bench: &Bench, report: &mut Report) -> Result<()> {
    let corpus = bench.synced_corpus()?;
    let written = Vault::create(bench.folder.join("written"))?.fill(&corpus)?;
    let pouchdb_folder = bench.folder.join("pouchdb-written");
    vault::clear(&pouchdb_folder)?;
    std::fs::create_dir_all(&pouchdb_folder)?;
    let mut fill = server::node("bench-pouchdb.mjs");
    measure::run(fill.arg("fill").args([&corpus.file, &pouchdb_folder]))?;

    let server = Server::start()?;
    let mut sides = Sides::default();
    // The first round warms the server up and is not kept.
    for round in 0..=bench.runs() {
        let mut this = Sides::default();
        let database = server.create_database()?;
        this.floor_seconds.push(database.write_floor(&corpus.file)?);
        database.drop_from_server()?;
        this.sheaf.push(sheaf(bench, &server, &written)?);
        for batch in BATCHES {
            let folder = bench.folder.join("pouchdb");
            vault::clear(&folder)?;
            measure::run(
                crate::process::command("cp")
                    .arg("-R")
                    .args([&pouchdb_folder, &folder]),
            )?;
            let database = server.create_database()?;
            let mut pouchdb = server::node("bench-pouchdb.mjs");
            pouchdb.args(["push", &database.url, batch]).arg(&folder);
            let cost = replication::pouchdb_cost(&measure::run(&mut pouchdb)?, &corpus)?;
            this.pouchdb(batch).push(cost);
            database.drop_from_server()?;
        }
        if round > 0 {
            sides.append(this);
        }
    }
    replication::report(LINE, &server.name, &corpus, &sides, &ASKED, report);
    Ok(())
}

fn sheaf(bench: &Bench, server: &Server, written: &Vault) -> Result<measure::Cost> {
    let vault = written.copy_to(bench.folder.join("pushed"))?;
    let database = server.create_database()?;
    vault.sheaf(&["sync", "set", "couchdb", &database.url])?;
    let ran = vault.sheaf(&["sync", "now"])?;
    let wanted = bench.synced_corpus()?.documents();
    let arrived = database.documents()?;
    ensure!(
        arrived >= wanted,
        "{arrived} of {wanted} documents arrived at the server"
    );
    database.drop_from_server()?;
    Ok(ran.cost)
}
