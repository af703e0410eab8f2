//! The store's operations.

use sheaf_model::{DocId, Millis, Status, TagColor};
use sheaf_sync::{
    Acknowledgement, BlobId, BlobRef, ChangedLeaves, Identity, Incoming, Ingested, Limits,
    LocalSeq, MissingLeaves, Outgoing, RemoteId, RemoteState, Replica, UploadId,
};

use crate::{
    AttachmentRow, Changed, HeldBackDocument, Leaf, LeafId, ListNotes, NewAttachment, NewNote,
    NoteDetail, NoteEdit, NotePage, NotebookError, NotebookRow, Sidebar, StoreError, TagError,
    TagRow, UpdateOutcome, Version, verify::Verified,
};

/// Twelve random bytes, the entropy of a new id.
pub type IdBytes = [u8; 12];

/// The notes on this computer. Cheap to clone; the last clone closes the file.
#[derive(Clone)]
pub struct Store {}

/// Reading.
impl Store {
    pub async fn list_notes(&self, _list: ListNotes) -> Result<NotePage, StoreError> {
        unimplemented!()
    }
    pub async fn get_note(&self, _id: DocId) -> Result<NoteDetail, StoreError> {
        unimplemented!()
    }
    pub async fn sidebar(&self) -> Result<Sidebar, StoreError> {
        unimplemented!()
    }
    /// All live leaves, the winner first. One leaf: no conflict.
    pub async fn conflict_leaves(&self, _id: DocId) -> Result<Vec<Leaf>, StoreError> {
        unimplemented!()
    }
    /// What changes from now on. A receiver that lags behind reads everything anew.
    pub fn changes(&self) -> tokio::sync::broadcast::Receiver<Changed> {
        unimplemented!()
    }
}

/// Notes.
impl Store {
    pub async fn create_note(
        &self,
        _note: NewNote,
        _random: IdBytes,
        _now: Millis,
    ) -> Result<NoteDetail, StoreError> {
        unimplemented!()
    }
    pub async fn update_note(
        &self,
        _id: DocId,
        _base: Version,
        _edit: NoteEdit,
        _now: Millis,
    ) -> Result<UpdateOutcome, StoreError> {
        unimplemented!()
    }
    pub async fn duplicate_note(
        &self,
        _id: DocId,
        _random: IdBytes,
        _now: Millis,
    ) -> Result<NoteDetail, StoreError> {
        unimplemented!()
    }
    /// Bulk actions answer how many notes they changed; ids that name no note are passed over.
    pub async fn move_notes(
        &self,
        _ids: Vec<DocId>,
        _notebook: DocId,
        _now: Millis,
    ) -> Result<u32, StoreError> {
        unimplemented!()
    }
    pub async fn set_status(
        &self,
        _ids: Vec<DocId>,
        _status: Status,
        _now: Millis,
    ) -> Result<u32, StoreError> {
        unimplemented!()
    }
    pub async fn set_pinned(
        &self,
        _ids: Vec<DocId>,
        _pinned: bool,
        _now: Millis,
    ) -> Result<u32, StoreError> {
        unimplemented!()
    }
    pub async fn change_tags(
        &self,
        _ids: Vec<DocId>,
        _add: Vec<DocId>,
        _remove: Vec<DocId>,
        _now: Millis,
    ) -> Result<u32, StoreError> {
        unimplemented!()
    }
    pub async fn trash_notes(&self, _ids: Vec<DocId>, _now: Millis) -> Result<u32, StoreError> {
        unimplemented!()
    }
    /// `notebook: None`: where each note was before, or the default notebook.
    pub async fn restore_notes(
        &self,
        _ids: Vec<DocId>,
        _notebook: Option<DocId>,
        _now: Millis,
    ) -> Result<u32, StoreError> {
        unimplemented!()
    }
    /// Deletes notes for good; only those in the trash.
    pub async fn delete_notes(&self, _ids: Vec<DocId>, _now: Millis) -> Result<u32, StoreError> {
        unimplemented!()
    }
    pub async fn empty_trash(&self, _now: Millis) -> Result<u32, StoreError> {
        unimplemented!()
    }
    /// Writes the decision over the leaves it was made on; `Stale` when others have arrived.
    pub async fn resolve_conflict(
        &self,
        _id: DocId,
        _leaves: Vec<LeafId>,
        _title: String,
        _body: String,
        _now: Millis,
    ) -> Result<UpdateOutcome, StoreError> {
        unimplemented!()
    }
}

/// Notebooks and tags.
impl Store {
    pub async fn create_notebook(
        &self,
        _name: String,
        _parent: Option<DocId>,
        _random: IdBytes,
        _now: Millis,
    ) -> Result<NotebookRow, NotebookError> {
        unimplemented!()
    }
    pub async fn rename_notebook(
        &self,
        _id: DocId,
        _name: String,
        _now: Millis,
    ) -> Result<(), NotebookError> {
        unimplemented!()
    }
    pub async fn move_notebook(
        &self,
        _id: DocId,
        _parent: Option<DocId>,
        _now: Millis,
    ) -> Result<(), NotebookError> {
        unimplemented!()
    }
    /// Answers how many notes went to the trash.
    pub async fn delete_notebook(&self, _id: DocId, _now: Millis) -> Result<u32, NotebookError> {
        unimplemented!()
    }
    /// A new tag, or the one that already has this name.
    pub async fn create_tag(
        &self,
        _name: String,
        _color: TagColor,
        _random: IdBytes,
        _now: Millis,
    ) -> Result<TagRow, TagError> {
        unimplemented!()
    }
    pub async fn rename_tag(
        &self,
        _id: DocId,
        _name: String,
        _now: Millis,
    ) -> Result<(), TagError> {
        unimplemented!()
    }
    pub async fn set_tag_color(
        &self,
        _id: DocId,
        _color: TagColor,
        _now: Millis,
    ) -> Result<(), TagError> {
        unimplemented!()
    }
    /// Answers how many notes it was taken off.
    pub async fn delete_tag(&self, _id: DocId, _now: Millis) -> Result<u32, TagError> {
        unimplemented!()
    }
}

/// Attachments.
impl Store {
    pub async fn add_attachment(
        &self,
        _attachment: NewAttachment,
        _random: IdBytes,
        _now: Millis,
    ) -> Result<AttachmentRow, StoreError> {
        unimplemented!()
    }
    pub async fn attachment(&self, _id: DocId) -> Result<AttachmentRow, StoreError> {
        unimplemented!()
    }
    pub async fn read_attachment(&self, _id: DocId) -> Result<Vec<u8>, StoreError> {
        unimplemented!()
    }
    /// The attachments a note's text refers to and that exist.
    pub async fn attachments_of(&self, _note: DocId) -> Result<Vec<AttachmentRow>, StoreError> {
        unimplemented!()
    }
    /// Deletes bytes that no document names and that were last written before `before`. Answers
    /// how many files went.
    pub async fn collect_garbage(&self, _before: Millis) -> Result<u32, StoreError> {
        unimplemented!()
    }
}

/// Settings and remotes.
impl Store {
    pub async fn setting(&self, _key: &str) -> Result<Option<serde_json::Value>, StoreError> {
        unimplemented!()
    }
    pub async fn put_setting(
        &self,
        _key: &str,
        _value: serde_json::Value,
    ) -> Result<(), StoreError> {
        unimplemented!()
    }
    /// How a remote is reached, as the engine wrote it (never with a password).
    pub async fn remote_config(
        &self,
        _remote: &RemoteId,
    ) -> Result<Option<serde_json::Value>, StoreError> {
        unimplemented!()
    }
    pub async fn put_remote_config(
        &self,
        _remote: &RemoteId,
        _config: serde_json::Value,
    ) -> Result<(), StoreError> {
        unimplemented!()
    }
    /// Documents changed here that the remote has not acknowledged and that can travel.
    pub async fn waiting(&self, _remote: &RemoteId) -> Result<u32, StoreError> {
        unimplemented!()
    }
    /// Documents that do not travel: refused by `remote` or against the rules of the schema.
    pub async fn held_back(
        &self,
        _remote: Option<&RemoteId>,
    ) -> Result<Vec<HeldBackDocument>, StoreError> {
        unimplemented!()
    }
    /// Offers what the remote refused once more. Answers how many documents.
    pub async fn retry_held_back(&self, _remote: &RemoteId) -> Result<u32, StoreError> {
        unimplemented!()
    }
    pub async fn verify(&self) -> Result<Verified, StoreError> {
        unimplemented!()
    }
}

#[allow(clippy::unused_async_trait_impl)]
impl Replica for Store {
    type Error = StoreError;

    async fn remote_state(&self, _remote: &RemoteId) -> Result<RemoteState, StoreError> {
        unimplemented!()
    }
    async fn set_identity(
        &self,
        _remote: &RemoteId,
        _identity: Identity,
        _forget: bool,
    ) -> Result<(), StoreError> {
        unimplemented!()
    }
    async fn missing(&self, _rows: Vec<ChangedLeaves>) -> Result<Vec<MissingLeaves>, StoreError> {
        unimplemented!()
    }
    async fn live_notes_among(&self, _deleted: Vec<DocId>) -> Result<u32, StoreError> {
        unimplemented!()
    }
    async fn live_notes(&self) -> Result<u32, StoreError> {
        unimplemented!()
    }
    async fn ingest(&self, _remote: &RemoteId, _batch: Incoming) -> Result<Ingested, StoreError> {
        unimplemented!()
    }
    async fn outgoing(
        &self,
        _remote: &RemoteId,
        _after: LocalSeq,
        _limits: Limits,
    ) -> Result<Outgoing, StoreError> {
        unimplemented!()
    }
    async fn acknowledge(
        &self,
        _remote: &RemoteId,
        _answer: Acknowledgement,
    ) -> Result<(), StoreError> {
        unimplemented!()
    }
    async fn begin_blob(&self) -> Result<UploadId, StoreError> {
        unimplemented!()
    }
    async fn append_blob(&self, _upload: UploadId, _chunk: Vec<u8>) -> Result<(), StoreError> {
        unimplemented!()
    }
    async fn finish_blob(&self, _upload: UploadId) -> Result<BlobRef, StoreError> {
        unimplemented!()
    }
    async fn abandon_blob(&self, _upload: UploadId) -> Result<(), StoreError> {
        unimplemented!()
    }
    async fn read_blob(
        &self,
        _blob: &BlobId,
        _offset: u64,
        _len: usize,
    ) -> Result<Vec<u8>, StoreError> {
        unimplemented!()
    }
}
