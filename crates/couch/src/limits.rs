//! How much the server, and whatever stands before it, takes at once.
//!
//! What a server says about itself only its administrators may read, and a proxy says nothing; so a
//! request is made larger step by step, with a body that means nothing and is written nowhere.

use std::ops::ControlFlow;

use sheaf_net::{Body, Client, Method, NetClass, Stage};

use crate::{
    Answer, Remote, SyncError,
    database::{self, Database},
};

const READ_SETTING: &str = "GET _config";
const TRY: &str = "POST _revs_diff";
/// A note of the largest size there is; a photograph. A proxy that nobody configured stops at 1 MiB.
const STEPS: [u64; 2] = [2 << 20, 9 << 20];

/// In bytes. `None`: not told, or not found out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Limits {
    pub max_document: Option<u64>,
    pub max_request: Option<u64>,
    pub max_attachment: Option<u64>,
    /// A body of this size went through.
    pub takes: Option<u64>,
    /// A body of this size was refused, or broke the connection.
    pub refuses: Option<u64>,
}

/// Asks and tries. At most some 11 MB are sent; nothing is changed.
pub async fn limits(client: &Client, remote: &Remote) -> Result<Limits, SyncError> {
    let database = Database::new(client.clone(), remote.clone());
    let mut limits = Limits {
        max_document: setting(&database, "couchdb", "max_document_size").await,
        max_request: setting(&database, "chttpd", "max_http_request_size").await,
        max_attachment: setting(&database, "couchdb", "max_attachment_size").await,
        ..Limits::default()
    };
    for bytes in STEPS {
        match tried(database_takes(&database, bytes).await)? {
            ControlFlow::Continue(()) => limits.takes = Some(bytes),
            ControlFlow::Break(()) => {
                limits.refuses = Some(bytes);
                break;
            }
        }
    }
    Ok(limits)
}

async fn setting(database: &Database, section: &str, key: &str) -> Option<u64> {
    let path = ["_node", "_local", "_config", section, key];
    let request = database.server_request(Method::GET, &path);
    let text: String = database.json(READ_SETTING, request).await.ok()?;
    text.trim().parse().ok()
}

async fn database_takes(database: &Database, bytes: u64) -> Result<(), SyncError> {
    // An empty question with much white space behind it.
    let mut body = vec![b' '; usize::try_from(bytes).unwrap_or(usize::MAX)];
    body[..2].copy_from_slice(b"{}");
    let request = database
        .request(Method::POST, &["_revs_diff"])
        .body(database::JSON, Body::Bytes(body.into()));
    database.open(TRY, request).await.map(drop)
}

fn tried(outcome: Result<(), SyncError>) -> Result<ControlFlow<()>, SyncError> {
    match outcome {
        Ok(()) => Ok(ControlFlow::Continue(())),
        Err(SyncError::Answer(Answer { status: 413, .. })) => Ok(ControlFlow::Break(())),
        // How a server that has read enough often says so.
        Err(SyncError::Net(error))
            if error.class == NetClass::Reset && error.stage == Stage::Exchange =>
        {
            Ok(ControlFlow::Break(()))
        }
        Err(other) => Err(other),
    }
}
