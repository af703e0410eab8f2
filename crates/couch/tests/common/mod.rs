//! What the suites of this folder share: an environment with a fixed seed, databases that go away
//! again, and documents to fill them with.

#![allow(dead_code, reason = "each suite uses its part of it")]

pub(crate) mod fake;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use sheaf_couch::{Policy, Progress, Remote, Replication, Round, SyncError};
use sheaf_model::{Body, DocId, Millis};
use sheaf_net::{Client, Method, Options, Pasted, RemoteUrl};
use sheaf_sync::{Environment, RemoteId, memory::MemoryReplica};

/// Real waiting, counted time and counted randomness.
#[derive(Debug, Clone)]
pub(crate) struct Counting {
    next: Arc<AtomicU64>,
}

impl Counting {
    pub(crate) fn seeded(seed: u64) -> Self {
        Self {
            next: Arc::new(AtomicU64::new(seed)),
        }
    }
}

impl Environment for Counting {
    fn now(&self) -> Millis {
        self.next.fetch_add(1, Ordering::Relaxed) as Millis
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    fn random(&self) -> u64 {
        // splitmix64 over a counter
        let mut z = self
            .next
            .fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

pub(crate) fn client() -> Client {
    Client::new(&Options::default()).unwrap()
}

pub(crate) fn remote(url: &str) -> Remote {
    let pasted = Pasted::parse(url).unwrap();
    Remote {
        url: RemoteUrl {
            server: pasted.server,
            database: pasted.database.unwrap(),
            user: pasted.user,
            by_token: false,
        },
        password: pasted.password.map(Arc::new),
    }
}

pub(crate) fn id(text: &str) -> DocId {
    DocId::parse(text).unwrap()
}

pub(crate) fn remote_id(remote: &Remote) -> RemoteId {
    RemoteId(remote.url.place())
}

/// A device: a replica and its replication with one remote.
pub(crate) struct Device {
    pub(crate) replica: MemoryReplica,
    pub(crate) replication: Replication<Counting>,
}

impl Device {
    pub(crate) fn new(name: &str, remote: &Remote) -> Self {
        Self::with_replica(name, remote, MemoryReplica::default())
    }

    pub(crate) fn with_replica(name: &str, remote: &Remote, replica: MemoryReplica) -> Self {
        let seed = name
            .bytes()
            .fold(7, |seed: u64, byte| seed.wrapping_mul(31) + u64::from(byte));
        let replication = Replication::new(
            client(),
            remote.clone(),
            remote_id(remote),
            name,
            Counting::seeded(seed),
        );
        Self {
            replica,
            replication,
        }
    }

    pub(crate) async fn sync(&self) -> Result<Round, SyncError> {
        self.sync_with(Policy::default()).await
    }

    pub(crate) async fn sync_with(&self, policy: Policy) -> Result<Round, SyncError> {
        let quiet = |_: Progress| {};
        self.replication
            .run_once(&self.replica, policy, &quiet)
            .await
    }
}

pub(crate) fn note(title: &str, text: &str) -> Body {
    let note = json!({
        "doctype": "markdown", "bookId": "book:first", "title": title, "body": text,
        "tags": [], "status": "none", "share": "private", "pinned": false,
        "createdAt": 1, "updatedAt": 2, "numOfTasks": 0, "numOfCheckedTasks": 0,
    });
    object(note)
}

pub(crate) fn object(value: Value) -> Body {
    match value {
        Value::Object(object) => object,
        other => panic!("not an object: {other}"),
    }
}

/// A request beside the replication, as another client would make it.
pub(crate) async fn raw(
    remote: &Remote,
    method: Method,
    path: &[&str],
    body: Option<Value>,
) -> (u16, Value) {
    raw_with(remote, method, path, &[], body).await
}

pub(crate) async fn raw_with(
    remote: &Remote,
    method: Method,
    path: &[&str],
    query: &[(&str, &str)],
    body: Option<Value>,
) -> (u16, Value) {
    let mut request = client()
        .request(method, remote.url.url(path))
        .query(query.iter().copied())
        .header(sheaf_net::header::ACCEPT, "application/json");
    if let (Some(user), Some(password)) = (&remote.url.user, &remote.password) {
        request = request.basic(user, password);
    }
    if let Some(body) = body {
        let bytes = sheaf_net::Body::Bytes(body.to_string().into());
        request = request.body("application/json", bytes);
    }
    let reply = request.send().await.unwrap();
    let status = reply.status().as_u16();
    let bytes = reply.bytes(1 << 30).await.unwrap();
    (
        status,
        serde_json::from_slice(&bytes).unwrap_or(Value::Null),
    )
}
