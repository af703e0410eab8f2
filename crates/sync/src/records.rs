//! What a remote that keeps items instead of revision trees needs beyond [`Replica`]: notes of its
//! own about what it has seen there, which move in the same transaction as the data they are about.

use std::future::Future;

use sheaf_model::{Body, DocId};

use crate::{Acknowledgement, HeldBack, Incoming, Ingested, OutgoingRevision, RemoteId, Replica};

/// Something remembered about a remote under a name. What it says is the conversation's business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub key: String,
    /// JSON. `None`: forget it.
    pub value: Option<String>,
}

impl Record {
    pub fn forget(key: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            value: None,
        }
    }
}

/// A [`Replica`] that also keeps [`Record`]s. They belong to one remote, and go when its
/// checkpoint is forgotten ([`Replica::set_identity`]).
pub trait RecordReplica: Replica {
    /// Those of `keys` that are held.
    fn records(
        &self,
        remote: &RemoteId,
        keys: Vec<String>,
    ) -> impl Future<Output = Result<Vec<Record>, Self::Error>> + Send;

    /// All whose key begins with `prefix`, by key.
    fn records_with_prefix(
        &self,
        remote: &RemoteId,
        prefix: &str,
    ) -> impl Future<Output = Result<Vec<Record>, Self::Error>> + Send;

    fn put_records(
        &self,
        remote: &RemoteId,
        records: Vec<Record>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// [`Replica::ingest`]; the records change with the checkpoint, never before the data.
    fn ingest_with(
        &self,
        remote: &RemoteId,
        batch: Incoming,
        records: Vec<Record>,
    ) -> impl Future<Output = Result<Ingested, Self::Error>> + Send;

    /// [`Replica::acknowledge`] and the records in one transaction.
    fn acknowledge_with(
        &self,
        remote: &RemoteId,
        answer: Acknowledgement,
        records: Vec<Record>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Tells what of the remote is kept as it came because it cannot be opened, for the log that
    /// people read. Telling the same again changes nothing.
    fn tell_unopened(
        &self,
        _remote: &RemoteId,
        _unopened: Vec<HeldBack>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send {
        async { Ok(()) }
    }

    /// Every leaf of these documents that has a revision, deleted ones included. An edit that was
    /// not offered yet is not among them.
    fn leaves(
        &self,
        ids: Vec<DocId>,
    ) -> impl Future<Output = Result<Vec<OutgoingRevision>, Self::Error>> + Send;

    /// The remote has lost these documents: they are offered to it again.
    fn offer_again(
        &self,
        remote: &RemoteId,
        ids: Vec<DocId>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Documents as they are in view, unsent edits included; deleted ones are left out.
    fn in_view(
        &self,
        ids: Vec<DocId>,
    ) -> impl Future<Output = Result<Vec<(DocId, Body)>, Self::Error>> + Send;

    /// Local edits on top of what is in view, as a person would have made them. Documents that
    /// are not in view are left alone.
    fn amend(
        &self,
        edits: Vec<(DocId, Body)>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;
}
