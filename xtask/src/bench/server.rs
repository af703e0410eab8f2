//! The CouchDB that both sides replicate with: the one named by `COUCHDB_TEST_URL`, else an npm peer in memory.
//!
//! Both sides talk to the same process and the same database. Which server it was stands in the report, because a
//! server written in JavaScript takes a larger share of the time than Apache CouchDB does.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result};
use serde_json::Value;

use super::measure;
use crate::{paths, process};

const REAL: &str = "COUCHDB_TEST_URL";
const PEER: &str = "minimum-couch.mjs";

pub(crate) struct Server {
    pub(crate) name: String,
    /// With credentials, without a slash at its end.
    root: String,
    child: Option<Child>,
}

/// A database of its own; dropped from the server by [`Database::drop_from_server`].
pub(crate) struct Database {
    pub(crate) url: String,
}

impl Server {
    pub(crate) fn start() -> Result<Self> {
        match std::env::var(REAL) {
            Ok(root) => {
                let root = root.trim_end_matches('/').to_owned();
                let answer = ask("name", &root, None)?;
                let name = answer["name"].as_str().unwrap_or("CouchDB").to_owned();
                Ok(Self {
                    name,
                    root,
                    child: None,
                })
            }
            Err(_) => Self::start_peer(),
        }
    }

    fn start_peer() -> Result<Self> {
        let mut child = node(PEER)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start the CouchDB peer")?;
        let output = child.stdout.take().context("the peer has no output")?;
        let mut line = String::new();
        BufReader::new(output)
            .read_line(&mut line)
            .context("cannot read from the CouchDB peer")?;
        let ready: Value =
            serde_json::from_str(&line).context("the CouchDB peer did not say where it listens")?;
        Ok(Self {
            name: ready["name"].as_str().unwrap_or(PEER).to_owned(),
            root: format!("http://127.0.0.1:{}", ready["port"]),
            child: Some(child),
        })
    }

    pub(crate) fn create_database(&self) -> Result<Database> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let url = format!("{}/sheaf-bench-{}-{number}", self.root, std::process::id());
        ask("create", &url, None)?;
        Ok(Database { url })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            child.kill().ok();
            child.wait().ok();
        }
    }
}

impl Database {
    /// Writes the documents of a corpus into it, and answers how many it then has.
    pub(crate) fn load(&self, corpus: &Path) -> Result<usize> {
        documents(&ask("load", &self.url, Some(corpus))?)
    }

    /// The same, each document with so many revisions behind it.
    pub(crate) fn load_with_histories(&self, corpus: &Path, revisions: usize) -> Result<usize> {
        let mut command = node("bench-database.mjs");
        command.args(["deepen", &self.url]).arg(corpus);
        documents(&answer(
            &measure::run(command.arg(revisions.to_string()))?.stdout,
        )?)
    }

    /// `host:port` of its server.
    pub(crate) fn authority(&self) -> Result<String> {
        Ok(self.parts()?.1.to_owned())
    }

    /// Its URL by way of another authority.
    pub(crate) fn through(&self, authority: &str) -> Result<String> {
        let (before, _, after) = self.parts()?;
        Ok(format!("{before}{authority}/{after}"))
    }

    fn parts(&self) -> Result<(&str, &str, &str)> {
        let start = self.url.find("://").context("no scheme")? + 3;
        let (rest, path) = self.url[start..].split_once('/').context("no database")?;
        let host = rest.rfind('@').map_or(0, |at| at + 1);
        Ok((&self.url[..start + host], &rest[host..], path))
    }

    pub(crate) fn documents(&self) -> Result<usize> {
        documents(&ask("count", &self.url, None)?)
    }

    /// Seconds to read everything and throw it away: no client can be faster with this server.
    pub(crate) fn read_floor(&self) -> Result<f64> {
        seconds(&ask("read", &self.url, None)?)
    }

    /// Seconds to write a file so many times, and to read all of that.
    pub(crate) fn file_floors(&self, file: &Path, times: usize) -> Result<(f64, f64)> {
        let times = times.to_string();
        let mut command = node("bench-database.mjs");
        command.args(["files", &self.url]).arg(file).arg(times);
        let answer = answer(&measure::run(&mut command)?.stdout)?;
        let seconds = |name: &str| answer[name].as_f64().context("no time was measured");
        Ok((seconds("writing")?, seconds("reading")?))
    }

    /// Seconds to write everything in the largest batches that are ready beforehand.
    pub(crate) fn write_floor(&self, corpus: &Path) -> Result<f64> {
        seconds(&ask("write", &self.url, Some(corpus))?)
    }

    pub(crate) fn drop_from_server(self) -> Result<()> {
        ask("drop", &self.url, None).map(drop)
    }
}

/// A script of the peers' folder, to be run by Node.
pub(crate) fn node(script: &str) -> Command {
    let mut node = process::command("node");
    node.arg(paths::peers().join(script));
    node
}

/// The one JSON line that a script of the peers' folder prints.
pub(crate) fn answer(printed: &str) -> Result<Value> {
    let line = printed.lines().last().unwrap_or_default();
    serde_json::from_str(line).with_context(|| format!("expected a line of JSON, got {line:?}"))
}

fn ask(action: &str, url: &str, file: Option<&Path>) -> Result<Value> {
    let mut command = node("bench-database.mjs");
    command.args([action, url]).args(file);
    answer(&measure::run(&mut command)?.stdout)
}

fn documents(answer: &Value) -> Result<usize> {
    let count = answer["documents"]
        .as_u64()
        .context("no count of documents")?;
    usize::try_from(count).context("more documents than memory")
}

fn seconds(answer: &Value) -> Result<f64> {
    answer["seconds"].as_f64().context("no time was measured")
}
