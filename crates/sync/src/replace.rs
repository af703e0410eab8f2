//! Replacing one side by the other: what is here by what the remote has (*Sync from scratch*), or
//! what the remote has by what is here (*Rebuild the remote*).
//!
//! Both go on after an interruption. That one of them has begun is remembered durably; each step may
//! be done again; and nothing is taken away on a side before the other has been read to its end.

use std::future::Future;

use sheaf_model::{Body, DocId, Revision, mint};

use crate::{ChangedLeaves, HeldBack, IncomingRevision, OutgoingRevision, RemoteId, Replica, Seq};

/// Which side gives way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replacing {
    /// What is here, by what the remote has.
    Local,
    /// What the remote has, by what is here.
    Remote,
}

/// What replacing needs beyond [`Replica`].
pub trait Replaceable: Replica {
    /// Remembers that this begins and forgets both checkpoints, in one transaction; `None` gives it
    /// up, and what is left is an ordinary synchronisation from nothing. What is edited after this
    /// answered is kept whichever side gives way.
    fn begin_replacing(
        &self,
        remote: &RemoteId,
        side: Option<Replacing>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// What has begun and is not finished.
    fn replacing(
        &self,
        remote: &RemoteId,
    ) -> impl Future<Output = Result<Option<Replacing>, Self::Error>> + Send;

    /// Notes which documents have exactly these leaves, here as there; answers the others.
    fn agree(
        &self,
        remote: &RemoteId,
        rows: Vec<ChangedLeaves>,
    ) -> impl Future<Output = Result<Vec<ChangedLeaves>, Self::Error>> + Send;

    /// Puts each of these documents in the place of what is held of it. Revisions of one document
    /// follow each other. An edit made since the beginning stays, on top; the text that gives way
    /// stays as a snapshot.
    fn replace(
        &self,
        remote: &RemoteId,
        revisions: Vec<IncomingRevision>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// What is here stands against these leaves of the remote, which are not held here. Where one
    /// of them was made on top of what is here, the text goes on top of it as a new edit, to be
    /// sent like any other. Answers the live leaves that are left to be buried.
    fn overrule(
        &self,
        remote: &RemoteId,
        revisions: Vec<IncomingRevision>,
    ) -> impl Future<Output = Result<Vec<(DocId, Revision)>, Self::Error>> + Send;

    /// The end. Where the local side gave way, documents that the remote was not seen to have go
    /// out of view without a trace in the journal, the `spared` excepted; `pulled` becomes the
    /// checkpoint.
    fn finish_replacing(
        &self,
        remote: &RemoteId,
        pulled: Seq,
        spared: Vec<DocId>,
        unreadable: Vec<HeldBack>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// An empty tombstone on top of a leaf of the remote, the same from every device.
    fn burial(&self, id: &DocId, leaf: &Revision) -> OutgoingRevision {
        let body = Body::new();
        OutgoingRevision {
            id: id.clone(),
            revision: mint(Some(leaf), true, &body, &[]),
            ancestors: vec![leaf.clone()],
            deleted: true,
            body,
            attachments: Vec::new(),
        }
    }
}
