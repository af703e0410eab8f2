//! The port between a replication and the notes on this computer.
//!
//! The invariants an implementation keeps (and the conformance suite checks):
//!
//! * A checkpoint moves in the same transaction as the data it vouches for, never before.
//! * Ingesting a batch again changes nothing: same revision, same row.
//! * [`Replica::outgoing`] mints the revision of an unsent head and marks it *offered* durably
//!   before answering. What was offered is never squashed, re-minted or altered.
//! * Bytes before pointers: a revision is ingested only after the blobs it names are durable.

use std::{fmt, future::Future};

use serde::{Deserialize, Serialize};
use sheaf_model::{Attachment, Body, DocId, Revision};

use crate::HeldBack;

/// What we sync with, as a key into local state: stable over a change of password, different for
/// another origin, path or database. Made by whoever configures the remote.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RemoteId(pub String);

/// A remote's position, opaque: CouchDB's are strings, its relatives' are numbers. Never compared
/// for order (clusters repeat and rewind).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seq(pub serde_json::Value);

/// Position in the local journal; grows with every change of a document's leaves or draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct LocalSeq(pub u64);

/// How far a remote is known, in both directions.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Everything up to here was pulled. `None`: nothing yet.
    pub pulled: Option<Seq>,
    /// Every local change up to here was acknowledged or refused for good.
    pub pushed: LocalSeq,
}

/// What a remote said about itself when it was first met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Random, written by this device into a `_local` document of its own at the remote. `None`
    /// when the remote may not be written to.
    pub marker: Option<String>,
    /// `instance_start_time` of the database, unless it is `"0"` (CouchDB before 3.3, and pouch).
    pub instance: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct RemoteState {
    /// `None`: never synced with.
    pub identity: Option<Identity>,
    pub checkpoint: Checkpoint,
}

/// A row of a changes feed: a document and its leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedLeaves {
    pub id: DocId,
    pub leaves: Vec<Revision>,
}

/// Leaves of a document that this replica does not hold, as leaves or as ancestors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingLeaves {
    pub id: DocId,
    pub missing: Vec<Revision>,
    /// Whether nothing at all is known about the document: its history need not be asked for.
    pub new_document: bool,
}

/// Lower-case hexadecimal SHA-256 of an attachment's bytes: its address in the blob store.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BlobId(pub String);

/// Bytes that are durable locally.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobRef {
    pub id: BlobId,
    pub length: u64,
    /// Lower-case hexadecimal MD5 of the raw bytes.
    pub md5: String,
}

/// A blob that is being written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct UploadId(pub u64);

#[derive(Debug, Clone, PartialEq)]
pub struct IncomingRevision {
    pub id: DocId,
    pub revision: Revision,
    /// Parent first. Empty when the history was not asked for; then the revision stands alone
    /// and is joined to its tree when a later one names it.
    pub ancestors: Vec<Revision>,
    pub deleted: bool,
    pub body: Body,
    pub attachments: Vec<IncomingAttachment>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct IncomingAttachment {
    /// `md5` is of the raw bytes, computed here, whatever digest the remote claims.
    pub meta: Attachment,
    pub blob: BlobId,
}

/// What to do with deletions that arrive for live notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeletionPolicy {
    /// Hide the notes (their last text stays as a snapshot).
    Apply,
    /// Take in the deletion and put a new local edit with the old text on top of it.
    Revive,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Incoming {
    pub revisions: Vec<IncomingRevision>,
    /// What cannot be taken in. Kept with the data, so that it stays known after the checkpoint
    /// has passed it.
    pub unreadable: Vec<HeldBack>,
    /// Moves in the same transaction. `None`: more of the same page follows.
    pub pulled: Option<Seq>,
    pub deletions: DeletionPolicy,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ingested {
    /// Revisions that were new.
    pub new: u32,
    /// Documents with more than one live leaf after this batch and none or one before.
    pub conflicts: u32,
    /// Conflicts merged away while ingesting; the merge is in the journal like any local edit.
    pub merged: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub documents: usize,
    /// Soft: a batch ends with the revision that crosses it.
    pub bytes: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub struct OutgoingRevision {
    pub id: DocId,
    pub revision: Revision,
    /// Parent first, as many as are held locally, at most 50.
    pub ancestors: Vec<Revision>,
    pub deleted: bool,
    pub body: Body,
    pub attachments: Vec<OutgoingAttachment>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingAttachment {
    pub meta: Attachment,
    pub blob: BlobId,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    pub revisions: Vec<OutgoingRevision>,
    /// Becomes the pushed checkpoint once everything in `revisions` is answered for.
    pub through: LocalSeq,
    /// Documents with changes after `through`.
    pub remaining: u32,
}

/// What [`Replica::joining`] found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Joining {
    /// Leaves there that follow another leaf there, with the history that says so: to be sent once more.
    pub again: Vec<OutgoingRevision>,
    /// Something was put into the journal: tombstones of leaves there that another one there follows, for those who will
    /// not be given the history that says it; leaves that the remote has forgotten.
    pub in_journal: bool,
}

/// A revision the remote will not take, or the shared schema does not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub id: DocId,
    pub revision: Revision,
    /// The remote's own words (redacted by the caller), for the person.
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Acknowledgement {
    pub accepted: Vec<(DocId, Revision)>,
    /// What the remote had already: as good as accepted, and not told as sent.
    pub had: Vec<(DocId, Revision)>,
    /// Kept out of later batches until the document changes or the person asks to retry.
    pub refused: Vec<Refusal>,
    pub pushed: Option<LocalSeq>,
}

/// The notes on this computer, as a replication sees them.
pub trait Replica: Send + Sync {
    type Error: std::error::Error + Send + Sync + 'static;

    fn remote_state(
        &self,
        remote: &RemoteId,
    ) -> impl Future<Output = Result<RemoteState, Self::Error>> + Send;

    /// Remembers who the remote is. With `forget_checkpoint` both directions start again from
    /// nothing in the same transaction (after the person chose to merge with another database).
    fn set_identity(
        &self,
        remote: &RemoteId,
        identity: Identity,
        forget_checkpoint: bool,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Back to an earlier checkpoint of this remote, for one that may have forgotten what came later: what was pulled
    /// since is asked for again, and what it has acknowledged or sent since is offered to it again. `to` is one that
    /// was reached before; of a later one the replica would wrongly believe that it has everything.
    fn go_back(
        &self,
        remote: &RemoteId,
        to: Checkpoint,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Which of the announced leaves are not held. Documents entirely known are left out.
    fn missing(
        &self,
        rows: Vec<ChangedLeaves>,
    ) -> impl Future<Output = Result<Vec<MissingLeaves>, Self::Error>> + Send;

    /// What is known here, and not there, about how the leaves of a remote belong together; `rows` were taken in.
    ///
    /// Of leaves that it holds side by side some may follow another: whoever sent them there did not know it, and the
    /// remote takes them for a conflict. And a remote that cuts histories may have forgotten what became of a leaf that it
    /// had, and that stands here still.
    fn joining(
        &self,
        remote: &RemoteId,
        rows: Vec<ChangedLeaves>,
    ) -> impl Future<Output = Result<Joining, Self::Error>> + Send;

    /// What this remote announced and could not be taken in ([`Incoming::unreadable`]).
    fn left_out(
        &self,
        remote: &RemoteId,
    ) -> impl Future<Output = Result<Vec<HeldBack>, Self::Error>> + Send;

    /// How many live notes would vanish from view if `deleted` documents were deleted.
    fn live_notes_among(
        &self,
        deleted: Vec<DocId>,
    ) -> impl Future<Output = Result<u32, Self::Error>> + Send;

    /// All notes in view, the trash included.
    fn live_notes(&self) -> impl Future<Output = Result<u32, Self::Error>> + Send;

    fn ingest(
        &self,
        remote: &RemoteId,
        batch: Incoming,
    ) -> impl Future<Output = Result<Ingested, Self::Error>> + Send;

    /// The next local changes this remote has not acknowledged, in journal order.
    fn outgoing(
        &self,
        remote: &RemoteId,
        after: LocalSeq,
        limits: Limits,
    ) -> impl Future<Output = Result<Outgoing, Self::Error>> + Send;

    fn acknowledge(
        &self,
        remote: &RemoteId,
        answer: Acknowledgement,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;

    fn begin_blob(&self) -> impl Future<Output = Result<UploadId, Self::Error>> + Send;

    fn append_blob(
        &self,
        upload: UploadId,
        chunk: Vec<u8>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Makes the bytes durable and answers what they are. An upload that is never finished is
    /// swept at the next start.
    fn finish_blob(
        &self,
        upload: UploadId,
    ) -> impl Future<Output = Result<BlobRef, Self::Error>> + Send;

    fn abandon_blob(
        &self,
        upload: UploadId,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// At most `len` bytes from `offset`; empty at the end.
    fn read_blob(
        &self,
        blob: &BlobId,
        offset: u64,
        len: usize,
    ) -> impl Future<Output = Result<Vec<u8>, Self::Error>> + Send;
}

impl fmt::Display for RemoteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
