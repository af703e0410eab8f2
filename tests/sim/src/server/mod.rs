//! A model of `CouchDB`: what the client under test talks to. It answers as 3.5 does where that was measured, and where
//! relatives of `CouchDB` differ, [`Manner`] says so.

pub mod database;
mod documents;
pub mod fault;
mod feed;
pub mod load;
pub mod tcp;
pub mod transport;
pub mod tree;
pub mod weather;
pub mod wire;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::Method;
use serde_json::{Value, json};
use tokio::sync::watch;

use self::{
    database::Database,
    wire::{Asked, Told},
};

/// How a server differs from others of its kind.
#[derive(Debug, Clone)]
pub struct Manner {
    /// `CouchDB`'s sequences are strings that differ each time; its relatives have numbers.
    pub opaque_seqs: bool,
    /// As long as they get on a cluster of many shards.
    pub long_seqs: bool,
    /// How many rows follow is said at the end of a page.
    pub counts_pending: bool,
    pub has_bulk_get: bool,
    /// A `_local` document is checked for conflicts.
    pub local_conflicts: bool,
    pub revs_limit: usize,
    /// A longer request is refused, by the server or by a proxy before it.
    pub longest_request: usize,
    /// Text attachments are kept compressed, and their digest is that of the compressed bytes.
    pub compresses: bool,
    /// Something on the way holds back what is not a whole answer.
    pub buffered: bool,
}

impl Default for Manner {
    fn default() -> Self {
        Self {
            opaque_seqs: true,
            long_seqs: false,
            counts_pending: true,
            has_bulk_get: true,
            local_conflicts: false,
            revs_limit: 1000,
            longest_request: usize::MAX,
            compresses: true,
            buffered: false,
        }
    }
}

pub struct Server {
    /// `None`: there is no such database.
    pub database: Option<Database>,
    pub manner: Manner,
    /// Documents in `_bulk_docs` and single writes, new or not.
    pub offered: u64,
    /// Requests of any kind.
    pub requests: u64,
    nonce: u64,
    changed: watch::Sender<u64>,
}

/// The server as everybody holds it.
#[derive(Clone)]
pub struct Shared(Arc<Mutex<Server>>);

impl Shared {
    pub fn new(manner: Manner) -> Self {
        Self(Arc::new(Mutex::new(Server {
            database: Some(Database::new(1)),
            manner,
            offered: 0,
            requests: 0,
            nonce: 0,
            changed: watch::Sender::new(0),
        })))
    }

    pub fn lock(&self) -> MutexGuard<'_, Server> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Server {
    pub fn database(&self) -> Option<&Database> {
        self.database.as_ref()
    }

    /// Tells those who wait on a feed.
    pub fn announce(&self) {
        let last = self.database.as_ref().map_or(0, Database::last_seq);
        self.changed.send_replace(last);
    }

    pub fn watch(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    pub fn answer(&mut self, asked: &Asked) -> Told {
        self.requests += 1;
        if asked.body.len() > self.manner.longest_request {
            return Told::page(413, "Request Entity Too Large");
        }
        let Some(database) = &mut self.database else {
            return match (asked.method.clone(), asked.path.len()) {
                (Method::PUT, 1) => {
                    self.nonce += 1;
                    self.database = Some(Database::new(1000 + self.nonce));
                    Told::json(201, &json!({ "ok": true }))
                }
                _ => Told::error(404, "not_found", "Database does not exist."),
            };
        };
        let segments: Vec<&str> = asked.path.iter().map(String::as_str).collect();
        match (asked.method.as_str(), &segments[1..]) {
            ("GET" | "HEAD", []) => {
                let (live, deleted) = database.live_and_deleted();
                Told::json(
                    200,
                    &json!({
                        "db_name": segments[0],
                        "update_seq": database.last_seq(),
                        "doc_count": live,
                        "doc_del_count": deleted,
                        "instance_start_time": database.instance.to_string(),
                    }),
                )
            }
            ("PUT", []) => Told::error(412, "file_exists", "The database could not be created."),
            ("GET", ["_local", name]) => match database.locals.get(*name) {
                Some((_, document)) => Told::json(200, document),
                None => Told::error(404, "not_found", "missing"),
            },
            ("PUT", ["_local", name]) => {
                put_local(database, name, asked, self.manner.local_conflicts)
            }
            ("GET" | "POST", ["_changes"]) => self.changes(asked),
            ("POST", ["_revs_diff"]) => self.revs_diff(asked),
            ("POST", ["_bulk_get"]) => self.bulk_get(asked),
            ("POST", ["_bulk_docs"]) => self.bulk_docs(asked),
            ("GET", [id]) => self.open_revisions(id, asked),
            ("PUT", [id]) => self.put_document(id, asked),
            ("GET", [id, name]) => self.attachment(id, name, asked),
            _ => Told::error(405, "method_not_allowed", "Only GET,HEAD,POST,PUT allowed"),
        }
    }
}

fn put_local(database: &mut Database, name: &str, asked: &Asked, conflicts: bool) -> Told {
    let Some(Value::Object(mut document)) = asked.json() else {
        return Told::error(400, "bad_request", "invalid UTF-8 JSON");
    };
    let before = database.locals.get(name).map(|(number, _)| *number);
    let named = document
        .get("_rev")
        .and_then(Value::as_str)
        .map(str::to_owned);
    if conflicts && before.map(|number| format!("0-{number}")) != named {
        return Told::error(409, "conflict", "Document update conflict.");
    }
    let number = before.unwrap_or(0) + 1;
    let rev = format!("0-{number}");
    document.insert("_id".into(), format!("_local/{name}").into());
    document.insert("_rev".into(), rev.clone().into());
    database
        .locals
        .insert(name.to_owned(), (number, Value::Object(document)));
    Told::json(
        201,
        &json!({ "ok": true, "id": format!("_local/{name}"), "rev": rev }),
    )
}
