//! A store in a temporary directory, and revisions as a remote would send them.

use std::sync::Arc;

use serde_json::json;
use sheaf_model::{Body, DocId, Kind, Millis, Revision, mint, new_doc_id};
use sheaf_sync::{
    Acknowledgement, DeletionPolicy, Incoming, IncomingRevision, Ingested, Limits, LocalSeq,
    Outgoing, RemoteId, Replica,
};

use crate::{
    ListNotes, NewNote, NoteDetail, NoteEdit, Options, Scope, Sort, Store, UpdateOutcome, Verified,
};

pub(crate) const NOW: Millis = 1_700_000_000_000;

pub(crate) struct Home {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) store: Store,
    next_id: std::sync::atomic::AtomicU64,
}

impl Home {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path(), options()).unwrap();
        Self {
            dir,
            store,
            next_id: std::sync::atomic::AtomicU64::new(0),
        }
    }

    /// Closes the store and opens it again.
    pub(crate) fn reopened(self) -> Self {
        let Self {
            dir,
            store,
            next_id,
        } = self;
        drop(store);
        let store = Store::open(dir.path(), options()).unwrap();
        Self {
            dir,
            store,
            next_id,
        }
    }

    pub(crate) fn random(&self) -> [u8; 12] {
        let next = 1 + self
            .next_id
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let mut bytes = [0; 12];
        for (place, byte) in bytes.iter_mut().enumerate() {
            *byte = (next >> (6 * place).min(63)) as u8 & 63;
        }
        bytes
    }

    pub(crate) async fn create(&self, title: &str, body: &str) -> NoteDetail {
        let note = NewNote {
            title: title.into(),
            body: body.into(),
            ..NewNote::default()
        };
        self.store
            .create_note(note, self.random(), NOW)
            .await
            .unwrap()
    }

    /// Saves a text on top of what is there.
    pub(crate) async fn write(&self, id: &DocId, body: &str) {
        let version = self.store.get_note(id.clone()).await.unwrap().version;
        let edit = NoteEdit {
            title: None,
            body: Some(body.into()),
        };
        let outcome = self
            .store
            .update_note(id.clone(), version, edit, NOW + 1)
            .await
            .unwrap();
        assert!(matches!(outcome, UpdateOutcome::Saved { .. }));
    }

    pub(crate) async fn body(&self, id: &DocId) -> String {
        self.store.get_note(id.clone()).await.unwrap().body
    }

    pub(crate) async fn titles(&self, scope: Scope, search: &str) -> Vec<String> {
        let list = ListNotes {
            scope,
            search: search.into(),
            sort: Sort::default(),
            limit: 100,
            ..ListNotes::default()
        };
        let page = self.store.list_notes(list).await.unwrap();
        page.rows.into_iter().map(|row| row.title).collect()
    }

    pub(crate) async fn ingest(&self, revisions: Vec<IncomingRevision>) -> Ingested {
        self.ingest_with(revisions, DeletionPolicy::Apply).await
    }

    pub(crate) async fn ingest_with(
        &self,
        revisions: Vec<IncomingRevision>,
        deletions: DeletionPolicy,
    ) -> Ingested {
        let batch = Incoming {
            unreadable: Vec::new(),
            revisions,
            pulled: None,
            deletions,
        };
        self.store.ingest(&remote(), batch).await.unwrap()
    }

    pub(crate) async fn outgoing(&self) -> Outgoing {
        self.outgoing_to(&remote()).await
    }

    pub(crate) async fn outgoing_to(&self, remote: &RemoteId) -> Outgoing {
        let after = self
            .store
            .remote_state(remote)
            .await
            .unwrap()
            .checkpoint
            .pushed;
        self.outgoing_after(remote, after).await
    }

    pub(crate) async fn outgoing_after(&self, remote: &RemoteId, after: LocalSeq) -> Outgoing {
        let limits = Limits {
            documents: 100,
            bytes: 1 << 20,
        };
        self.store.outgoing(remote, after, limits).await.unwrap()
    }

    /// Offers everything to the remote, which takes it. Answers what went.
    pub(crate) async fn push(&self) -> Outgoing {
        let outgoing = self.outgoing().await;
        let accepted = outgoing
            .revisions
            .iter()
            .map(|sent| (sent.id.clone(), sent.revision.clone()))
            .collect();
        let pushed = Some(outgoing.through);
        let answer = Acknowledgement {
            accepted,
            pushed,
            ..Acknowledgement::default()
        };
        self.store.acknowledge(&remote(), answer).await.unwrap();
        outgoing
    }

    pub(crate) async fn assert_sound(&self) -> Verified {
        let verified = self.store.verify().await.unwrap();
        assert_eq!(verified.problems, [], "invariants");
        verified
    }
}

pub(crate) fn options() -> Options {
    Options {
        clock: Arc::new(|| NOW),
    }
}

pub(crate) fn remote() -> RemoteId {
    RemoteId("couchdb:one".into())
}

pub(crate) fn note_id(number: u8) -> DocId {
    new_doc_id(Kind::Note, [number; 12])
}

pub(crate) fn id(text: &str) -> DocId {
    DocId::parse(text).unwrap()
}

pub(crate) fn note_body(title: &str, text: &str) -> Body {
    object(json!({
        "doctype": "markdown", "title": title, "body": text, "bookId": "book:first", "tags": [],
        "status": "none", "share": "private", "pinned": false, "updatedAt": NOW, "createdAt": NOW,
        "timestamp": NOW, "numOfTasks": 0, "numOfCheckedTasks": 0,
    }))
}

pub(crate) fn object(value: serde_json::Value) -> Body {
    match value {
        serde_json::Value::Object(body) => body,
        other => panic!("not an object: {other}"),
    }
}

/// A revision as another device would mint it.
pub(crate) fn incoming(
    id: &DocId,
    ancestors: &[Revision],
    deleted: bool,
    body: Body,
) -> IncomingRevision {
    IncomingRevision {
        id: id.clone(),
        revision: mint(ancestors.first(), deleted, &body, &[]),
        ancestors: ancestors.to_vec(),
        deleted,
        body,
        attachments: Vec::new(),
    }
}

/// `incoming`'s revision followed by its ancestors: the history of its child.
pub(crate) fn history(of: &IncomingRevision) -> Vec<Revision> {
    std::iter::once(&of.revision)
        .chain(&of.ancestors)
        .cloned()
        .collect()
}

pub(crate) fn tombstone(of: &IncomingRevision) -> IncomingRevision {
    incoming(&of.id, &history(of), true, Body::new())
}
