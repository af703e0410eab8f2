//! A CouchDB that misbehaves on request: just enough of one in memory, and a script that may
//! answer any request instead of it. Speaks HTTP by hand, so that it can also stop speaking.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: String,
    /// Below the database, without the query: `_changes`.
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: String,
    pub(crate) body: Value,
    pub(crate) length: usize,
}

#[derive(Debug, Clone)]
pub(crate) enum Reply {
    Json(u16, Value),
    /// With a content type of its own and further headers.
    Text(u16, &'static str, String),
    /// The proper head for a longer body, this much of it, and the connection ends.
    CutAfter(String),
    /// The connection ends without a word.
    Reset,
    /// Nothing, ever.
    Silence,
}

/// Answers in place of the database, or `None` to let it answer. Also told how often this method
/// and path were asked before.
pub(crate) type Script = dyn Fn(&Asked, usize) -> Option<Reply> + Send + Sync;

#[derive(Default)]
pub(crate) struct Store {
    /// All leaves of each document, the winner first, and the position of its last change.
    pub(crate) docs: BTreeMap<String, (u64, Vec<Value>)>,
    pub(crate) local: BTreeMap<String, Value>,
    pub(crate) seq: u64,
}

impl Store {
    pub(crate) fn put(&mut self, doc: Value) {
        let id = doc["_id"].as_str().unwrap().to_owned();
        self.seq += 1;
        let parents: Vec<String> = doc["_revisions"]["ids"]
            .as_array()
            .into_iter()
            .flatten()
            .skip(1)
            .map(|hash| hash.as_str().unwrap().to_owned())
            .collect();
        let entry = self.docs.entry(id).or_default();
        entry.0 = self.seq;
        entry.1.retain(|leaf| {
            let rev = leaf["_rev"].as_str().unwrap();
            *leaf != doc
                && !parents
                    .iter()
                    .any(|hash| rev.ends_with(&format!("-{hash}")))
        });
        entry.1.insert(0, doc);
    }
}

#[derive(Clone)]
pub(crate) struct Fake {
    pub(crate) url: String,
    pub(crate) store: Arc<Mutex<Store>>,
    pub(crate) asked: Arc<Mutex<Vec<Asked>>>,
    changed: Arc<tokio::sync::Notify>,
}

impl Fake {
    pub(crate) async fn start(
        script: impl Fn(&Asked, usize) -> Option<Reply> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let fake = Self {
            url: format!(
                "http://anna:secret@{}/notes",
                listener.local_addr().unwrap()
            ),
            store: Arc::default(),
            asked: Arc::default(),
            changed: Arc::default(),
        };
        let script: Arc<Script> = Arc::new(script);
        let accepting = fake.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (fake, script) = (accepting.clone(), script.clone());
                tokio::spawn(async move { fake.serve(stream, &*script).await });
            }
        });
        fake
    }

    /// Well-behaved.
    pub(crate) async fn plain() -> Self {
        Self::start(|_, _| None).await
    }

    pub(crate) fn put(&self, doc: Value) {
        self.store.lock().unwrap().put(doc);
        self.changed.notify_waiters();
    }

    pub(crate) fn note(&self, name: &str, rev: &str) {
        self.put(json!({ "_id": format!("note:{name}"), "_rev": rev, "title": name, "body": rev }));
    }

    pub(crate) fn winner(&self, id: &str) -> Option<Value> {
        self.store
            .lock()
            .unwrap()
            .docs
            .get(id)
            .map(|(_, leaves)| leaves[0].clone())
    }

    pub(crate) fn count(&self, method: &str, path: &str) -> usize {
        let asked = self.asked.lock().unwrap();
        asked
            .iter()
            .filter(|asked| asked.method == method && asked.path == path)
            .count()
    }

    async fn serve(&self, mut stream: TcpStream, script: &Script) {
        while let Some(asked) = read(&mut stream).await {
            let before = self.count(&asked.method, &asked.path);
            self.asked.lock().unwrap().push(asked.clone());
            let reply = match script(&asked, before) {
                Some(reply) => reply,
                None => self.answer(&asked).await,
            };
            let text = match reply {
                Reply::Json(status, value) => {
                    let body = value.to_string();
                    head(status, "application/json", body.len()) + &body
                }
                Reply::Text(status, headers, body) => head(status, headers, body.len()) + &body,
                Reply::CutAfter(body) => {
                    let text = head(200, "application/json", body.len() + 100) + &body;
                    let _ = stream.write_all(text.as_bytes()).await;
                    return;
                }
                Reply::Reset => return,
                Reply::Silence => std::future::pending().await,
            };
            if stream.write_all(text.as_bytes()).await.is_err() {
                return;
            }
        }
    }

    async fn answer(&self, asked: &Asked) -> Reply {
        let not_found = || Reply::Json(404, json!({ "error": "not_found", "reason": "missing" }));
        match (asked.method.as_str(), asked.path.as_str()) {
            ("GET", "") => {
                let store = self.store.lock().unwrap();
                Reply::Json(
                    200,
                    json!({
                        "doc_count": store.docs.len(), "doc_del_count": 0, "instance_start_time": "0",
                        "update_seq": store.seq,
                    }),
                )
            }
            ("GET", path) if path.starts_with("_local/") => {
                let found = self.store.lock().unwrap().local.get(path).cloned();
                found.map_or_else(not_found, |doc| Reply::Json(200, doc))
            }
            ("PUT", path) if path.starts_with("_local/") => {
                let mut doc = asked.body.clone();
                doc["_rev"] = "0-1".into();
                self.store
                    .lock()
                    .unwrap()
                    .local
                    .insert(path.to_owned(), doc);
                Reply::Json(201, json!({ "ok": true, "rev": "0-1" }))
            }
            ("GET", "_changes") => self.changes(asked).await,
            ("POST", "_bulk_get") => {
                let store = self.store.lock().unwrap();
                let results: Vec<Value> = asked.body["docs"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|item| {
                        let leaves = store.docs.get(item["id"].as_str().unwrap());
                        let leaf = leaves.and_then(|(_, leaves)| {
                            leaves.iter().find(|leaf| leaf["_rev"] == item["rev"])
                        });
                        let doc = leaf.map_or_else(
                            || json!({ "error": { "error": "not_found", "reason": "missing" } }),
                            |leaf| json!({ "ok": leaf }),
                        );
                        json!({ "id": item["id"], "docs": [doc] })
                    })
                    .collect();
                Reply::Json(200, json!({ "results": results }))
            }
            ("POST", "_revs_diff") => {
                let store = self.store.lock().unwrap();
                let missing: serde_json::Map<String, Value> = asked
                    .body
                    .as_object()
                    .unwrap()
                    .iter()
                    .filter(|(id, revs)| {
                        let leaves = store.docs.get(*id);
                        !leaves
                            .is_some_and(|(_, leaves)| leaves.iter().any(|l| l["_rev"] == revs[0]))
                    })
                    .map(|(id, revs)| (id.clone(), json!({ "missing": revs })))
                    .collect();
                Reply::Json(200, missing.into())
            }
            ("POST", "_bulk_docs") => {
                for doc in asked.body["docs"].as_array().unwrap() {
                    self.put(doc.clone());
                }
                Reply::Json(201, json!([]))
            }
            ("GET", id) => {
                let store = self.store.lock().unwrap();
                let Some((_, leaves)) = store.docs.get(id) else {
                    return not_found();
                };
                let leaves: Vec<Value> = leaves.iter().map(|leaf| json!({ "ok": leaf })).collect();
                Reply::Json(200, leaves.into())
            }
            _ => Reply::Json(405, json!({ "error": "method_not_allowed", "reason": "" })),
        }
    }

    async fn changes(&self, asked: &Asked) -> Reply {
        let parameter = |name: &str| {
            asked
                .query
                .split('&')
                .find_map(|pair| pair.strip_prefix(&format!("{name}=")))
        };
        let since: u64 = parameter("since").unwrap().parse().unwrap();
        let limit: usize = parameter("limit").unwrap().parse().unwrap();
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            let page = self.page(since, limit, asked.query.contains("include_docs=true"));
            let nothing = page["results"].as_array().unwrap().is_empty();
            if nothing && asked.query.contains("feed=longpoll") {
                changed.await;
                continue;
            }
            return Reply::Json(200, page);
        }
    }

    fn page(&self, since: u64, limit: usize, documents: bool) -> Value {
        let store = self.store.lock().unwrap();
        let mut rows: Vec<(u64, &String, &Vec<Value>)> = store
            .docs
            .iter()
            .map(|(id, (seq, leaves))| (*seq, id, leaves))
            .collect();
        rows.retain(|(seq, ..)| *seq > since);
        rows.sort_by_key(|(seq, ..)| *seq);
        let pending = rows.len().saturating_sub(limit);
        rows.truncate(limit);
        let last = rows.last().map_or(store.seq, |(seq, ..)| *seq);
        let results: Vec<Value> = rows
            .iter()
            .map(|(seq, id, leaves)| {
                let revs: Vec<Value> = leaves.iter().map(|l| json!({ "rev": l["_rev"] })).collect();
                let mut row = json!({ "seq": seq, "id": id, "changes": revs });
                if leaves[0]["_deleted"] == true {
                    row["deleted"] = true.into();
                }
                if documents {
                    row["doc"] = leaves[0].clone();
                }
                row
            })
            .collect();
        json!({ "results": results, "last_seq": last, "pending": pending })
    }
}

fn head(status: u16, content_type: &str, length: usize) -> String {
    format!(
        "HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n"
    )
}

async fn read(stream: &mut TcpStream) -> Option<Asked> {
    let mut buffer = Vec::new();
    let end = loop {
        if let Some(at) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(&mut buffer).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(buffer[..end].to_vec()).unwrap();
    let length: usize = head
        .lines()
        .find_map(|line| {
            line.to_ascii_lowercase()
                .strip_prefix("content-length:")
                .map(str::to_owned)
        })
        .map_or(0, |value| value.trim().parse().unwrap());
    while buffer.len() < end + length {
        if stream.read_buf(&mut buffer).await.ok()? == 0 {
            return None;
        }
    }
    let mut words = head.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    Some(Asked {
        method,
        path: path
            .trim_start_matches("/notes")
            .trim_start_matches('/')
            .to_owned(),
        query: query.to_owned(),
        headers: head.clone(),
        body: serde_json::from_slice(&buffer[end..]).unwrap_or(Value::Null),
        length,
    })
}
