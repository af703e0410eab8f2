//! The store's operations, each a line from the caller to the writer or a reader.

use std::sync::Arc;

use rusqlite::Connection;
use serde_json::Value;
use sheaf_model::{DocId, Millis, NotebookIcon, Status, TagColor};
use sheaf_sync::{HeldBack, RemoteId};
use tokio::sync::{broadcast, oneshot};

use crate::{
    AttachmentRow, Changed, HeldBackDocument, Leaf, ListNotes, Mentions, NewAttachment, NewNote,
    NoteDetail, NoteEdit, NotePage, NoteRow, NotebookError, NotebookRow, Origin, Sidebar,
    StoreError, TagError, TagRow, UpdateOutcome, Verified, Version, attachment,
    blobs::Blobs,
    edit, garbage, held,
    later::Unindexed,
    list,
    lock::DirectoryLock,
    read,
    readers::Readers,
    replica, settings, sidebar,
    txn::{Core, Txn},
    verify,
    writer::{Step, Writer},
};

/// Twelve random bytes, the entropy of a new id.
pub type IdBytes = [u8; 12];

/// The notes on this computer. Cheap to clone; the last clone closes the file. Its methods need a
/// tokio runtime.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

/// The writer is dropped, and so has stopped, before the lock is released.
pub(crate) struct Inner {
    /// `None`: opened for reading.
    pub(crate) writer: Option<Writer>,
    pub(crate) readers: Arc<Readers>,
    pub(crate) blobs: Arc<Blobs>,
    pub(crate) unindexed: Arc<Unindexed>,
    pub(crate) listeners: broadcast::Sender<Changed>,
    pub(crate) _lock: Option<DirectoryLock>,
}

/// Reading.
impl Store {
    pub async fn list_notes(&self, list: ListNotes) -> Result<NotePage, StoreError> {
        if !list.search.is_empty() {
            self.index_before_a_search().await?;
        }
        self.read(move |sql| list::list(sql, &list)).await
    }

    /// Notes by a few letters of their titles; nothing typed: the ones changed last.
    pub async fn find_titles(&self, typed: String, limit: u32) -> Result<Vec<NoteRow>, StoreError> {
        self.read(move |sql| list::find_titles(sql, &typed, limit as usize))
            .await
    }

    /// Which notes link to a note or name it.
    pub async fn mentions(&self, id: DocId) -> Result<Mentions, StoreError> {
        self.read(move |sql| list::mentions(sql, &id)).await
    }

    pub async fn get_note(&self, id: DocId) -> Result<NoteDetail, StoreError> {
        self.read(move |sql| read::note(sql, &id)).await
    }

    pub async fn sidebar(&self) -> Result<Sidebar, StoreError> {
        self.read(sidebar::sidebar).await
    }

    /// All live leaves, the shown one first. One leaf: no conflict.
    pub async fn conflict_leaves(&self, id: DocId) -> Result<Vec<Leaf>, StoreError> {
        self.read(move |sql| edit::leaves(sql, &id)).await
    }

    /// What changes from now on. A receiver that lags behind reads everything anew.
    pub fn changes(&self) -> broadcast::Receiver<Changed> {
        self.inner.listeners.subscribe()
    }

    /// Checks everything. Takes seconds on a large store.
    pub async fn verify(&self) -> Result<Verified, StoreError> {
        let blobs = Arc::clone(&self.inner.blobs);
        self.read(move |sql| verify::verify(sql, &blobs)).await
    }
}

/// Notes. An answer to a change is given when the change is on the disk.
impl Store {
    pub async fn create_note(
        &self,
        note: NewNote,
        random: IdBytes,
        now: Millis,
    ) -> Result<NoteDetail, StoreError> {
        self.edit(move |txn| edit::create(txn, note, random, now))
            .await
    }

    pub async fn update_note(
        &self,
        id: DocId,
        base: Version,
        edit: NoteEdit,
        now: Millis,
    ) -> Result<UpdateOutcome, StoreError> {
        self.edit(move |txn| edit::update(txn, &id, base, edit, now))
            .await
    }

    /// Links that say `from` say `to`, after the note `id` got that title. Answers the notes that
    /// changed.
    pub async fn relink(
        &self,
        id: DocId,
        from: String,
        to: String,
        now: Millis,
    ) -> Result<Vec<DocId>, StoreError> {
        self.edit(move |txn| edit::relink(txn, &id, &from, &to, now))
            .await
    }

    pub async fn duplicate_note(
        &self,
        id: DocId,
        random: IdBytes,
        now: Millis,
    ) -> Result<NoteDetail, StoreError> {
        self.edit(move |txn| edit::duplicate(txn, &id, random, now))
            .await
    }

    /// Bulk actions answer how many notes they changed; ids that name no note are passed over.
    pub async fn move_notes(
        &self,
        ids: Vec<DocId>,
        notebook: DocId,
        now: Millis,
    ) -> Result<u32, StoreError> {
        self.edit(move |txn| edit::move_to(txn, &ids, notebook, now))
            .await
    }

    pub async fn set_status(
        &self,
        ids: Vec<DocId>,
        status: Status,
        now: Millis,
    ) -> Result<u32, StoreError> {
        self.edit(move |txn| edit::set_status(txn, &ids, status, now))
            .await
    }

    pub async fn set_pinned(
        &self,
        ids: Vec<DocId>,
        pinned: bool,
        now: Millis,
    ) -> Result<u32, StoreError> {
        self.edit(move |txn| edit::set_pinned(txn, &ids, pinned, now))
            .await
    }

    pub async fn change_tags(
        &self,
        ids: Vec<DocId>,
        add: Vec<DocId>,
        remove: Vec<DocId>,
        now: Millis,
    ) -> Result<u32, StoreError> {
        self.edit(move |txn| edit::change_tags(txn, &ids, &add, &remove, now))
            .await
    }

    pub async fn trash_notes(&self, ids: Vec<DocId>, now: Millis) -> Result<u32, StoreError> {
        self.edit(move |txn| edit::trash(txn, &ids, now)).await
    }

    /// `notebook: None`: where each note was before, or the default notebook.
    pub async fn restore_notes(
        &self,
        ids: Vec<DocId>,
        notebook: Option<DocId>,
        now: Millis,
    ) -> Result<u32, StoreError> {
        self.edit(move |txn| edit::restore(txn, &ids, notebook, now))
            .await
    }

    /// Deletes notes for good; only those in the trash.
    pub async fn delete_notes(&self, ids: Vec<DocId>) -> Result<u32, StoreError> {
        self.edit(move |txn| edit::delete_all(txn, &ids)).await
    }

    pub async fn empty_trash(&self) -> Result<u32, StoreError> {
        self.edit(|txn| {
            let ids = edit::in_trash(txn)?;
            edit::delete_all(txn, &ids)
        })
        .await
    }

    /// Deletes for good what nobody touched in the trash since `before`. Answers how many notes.
    pub async fn expire_trash(&self, before: Millis) -> Result<u32, StoreError> {
        self.edit(move |txn| {
            let ids = edit::in_trash_since(txn, before)?;
            edit::delete_all(txn, &ids)
        })
        .await
    }

    /// A copy of a note among the templates.
    pub async fn make_template(
        &self,
        id: DocId,
        random: IdBytes,
        now: Millis,
    ) -> Result<NoteDetail, StoreError> {
        self.edit(move |txn| edit::make_template(txn, &id, random, now))
            .await
    }
}

/// Notebooks and tags.
impl Store {
    pub async fn create_notebook(
        &self,
        name: String,
        parent: Option<DocId>,
        random: IdBytes,
        now: Millis,
    ) -> Result<NotebookRow, NotebookError> {
        self.edit(move |txn| edit::create_notebook(txn, &name, parent, random, now))
            .await
    }

    pub async fn rename_notebook(
        &self,
        id: DocId,
        name: String,
        now: Millis,
    ) -> Result<(), NotebookError> {
        self.edit(move |txn| edit::rename_notebook(txn, &id, &name, now))
            .await
    }

    /// `icon: None`: as notebooks without one look.
    pub async fn set_notebook_icon(
        &self,
        id: DocId,
        icon: Option<NotebookIcon>,
        now: Millis,
    ) -> Result<(), NotebookError> {
        self.edit(move |txn| edit::set_notebook_icon(txn, &id, icon.as_ref(), now))
            .await
    }

    /// `parent: None`: to the root.
    pub async fn move_notebook(
        &self,
        id: DocId,
        parent: Option<DocId>,
        now: Millis,
    ) -> Result<(), NotebookError> {
        self.edit(move |txn| edit::move_below(txn, &id, parent, now))
            .await
    }

    /// To a place of its own below `parent`: in front of `before`, or last.
    pub async fn arrange_notebook(
        &self,
        id: DocId,
        parent: Option<DocId>,
        before: Option<DocId>,
        now: Millis,
    ) -> Result<(), NotebookError> {
        self.edit(move |txn| edit::arrange_notebook(txn, &id, parent, before.as_ref(), now))
            .await
    }

    /// With the notebooks inside it. Answers how many notes went to the trash.
    pub async fn delete_notebook(&self, id: DocId, now: Millis) -> Result<u32, NotebookError> {
        self.edit(move |txn| edit::delete_notebook(txn, &id, now))
            .await
    }

    /// A new tag, or the one that already has this name.
    pub async fn create_tag(
        &self,
        name: String,
        color: TagColor,
        random: IdBytes,
        now: Millis,
    ) -> Result<TagRow, TagError> {
        self.edit(move |txn| edit::create_tag(txn, &name, color, random, now))
            .await
    }

    pub async fn rename_tag(&self, id: DocId, name: String, now: Millis) -> Result<(), TagError> {
        self.edit(move |txn| edit::rename_tag(txn, &id, &name, now))
            .await
    }

    pub async fn set_tag_color(
        &self,
        id: DocId,
        color: TagColor,
        now: Millis,
    ) -> Result<(), TagError> {
        self.edit(move |txn| edit::set_color(txn, &id, color, now))
            .await
    }

    /// Answers how many notes it was taken off.
    pub async fn delete_tag(&self, id: DocId, now: Millis) -> Result<u32, TagError> {
        self.edit(move |txn| edit::delete_tag(txn, &id, now)).await
    }
}

/// Attachments.
impl Store {
    pub async fn add_attachment(
        &self,
        attachment: NewAttachment,
        random: IdBytes,
        now: Millis,
    ) -> Result<AttachmentRow, StoreError> {
        let NewAttachment {
            name,
            content_type,
            bytes,
        } = attachment;
        let blob = self.blobs(move |blobs| blobs.add(&bytes)).await?;
        self.edit(move |txn| attachment::create(txn, name, content_type, blob, random, now))
            .await
    }

    pub async fn attachment(&self, id: DocId) -> Result<AttachmentRow, StoreError> {
        self.read(move |sql| attachment::read(sql, &id)).await
    }

    pub async fn read_attachment(&self, id: DocId) -> Result<Vec<u8>, StoreError> {
        let (blob, length) = self.read(move |sql| attachment::blob(sql, &id)).await?;
        self.blobs(move |blobs| blobs.read(&blob, 0, usize::try_from(length).unwrap_or(usize::MAX)))
            .await
    }

    /// The attachments a note's text refers to and that exist.
    pub async fn attachments_of(&self, note: DocId) -> Result<Vec<AttachmentRow>, StoreError> {
        self.read(move |sql| attachment::of_note(sql, &note)).await
    }

    /// Deletes all former versions, for somebody who leaves this computer. Live notes stay.
    pub async fn forget_snapshots(&self) -> Result<(), StoreError> {
        self.edit(|txn| {
            txn.sql.execute("DELETE FROM snapshots", [])?;
            Ok::<_, StoreError>(())
        })
        .await
    }

    /// Deletes bytes that no document has named for `wait` milliseconds. Answers how many files
    /// went. Runs where documents are written, so none can begin to name them.
    pub async fn collect_garbage(&self, now: Millis, wait: Millis) -> Result<u32, StoreError> {
        self.edit(move |txn| garbage::collect(txn, now, wait)).await
    }
}

/// Settings, remotes, and what stays here.
impl Store {
    pub async fn setting(&self, key: &str) -> Result<Option<Value>, StoreError> {
        let key = key.to_owned();
        self.read(move |sql| settings::get(sql, &key)).await
    }

    pub async fn put_setting(&self, key: &str, value: Value) -> Result<(), StoreError> {
        let key = key.to_owned();
        self.edit(move |txn| settings::put(txn, &key, &value)).await
    }

    /// How a remote is reached, as its configurer wrote it (never with a password).
    pub async fn remote_config(&self, remote: &RemoteId) -> Result<Option<Value>, StoreError> {
        let remote = remote.clone();
        self.read(move |sql| replica::config(sql, &remote)).await
    }

    pub async fn put_remote_config(
        &self,
        remote: &RemoteId,
        config: Value,
    ) -> Result<(), StoreError> {
        let remote = remote.clone();
        self.edit(move |txn| replica::put_config(txn, &remote, &config))
            .await
    }

    /// SQLite's own quick check: the first problem, in its words. Reads every page once, compares
    /// no contents; a small part of what [`Store::verify`] does.
    pub async fn quick_check(&self) -> Result<Option<String>, StoreError> {
        let found = |sql: &Connection| -> Result<String, StoreError> {
            Ok(sql.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?)
        };
        let line = self.read(move |sql| found(sql)).await?;
        Ok((line != "ok").then_some(line))
    }

    /// Documents changed here that the remote has not acknowledged and that can travel.
    pub async fn waiting(&self, remote: &RemoteId) -> Result<u32, StoreError> {
        let remote = remote.clone();
        self.read(move |sql| replica::waiting(sql, &remote)).await
    }

    /// Documents that do not travel: refused by `remote` or against the rules of the schema.
    pub async fn held_back(
        &self,
        remote: Option<&RemoteId>,
    ) -> Result<Vec<HeldBackDocument>, StoreError> {
        let remote = remote.cloned();
        self.read(move |sql| {
            let key = remote
                .map(|remote| replica::find(sql, &remote))
                .transpose()?
                .flatten();
            held::list(sql, key.unwrap_or(held::EVERY_REMOTE))
        })
        .await
    }

    /// Notes in view, the trash included, without those that stay here until their first edit.
    pub async fn travelling_notes(&self) -> Result<u32, StoreError> {
        let count = "SELECT count(*) FROM notes JOIN documents USING (doc) WHERE local_only = 0";
        self.read(move |sql| Ok(sql.query_row(count, [], |row| row.get(0))?))
            .await
    }

    /// Documents of `remote` that could not be taken in, each with the moment it was first met.
    pub async fn unreadable(
        &self,
        remote: &RemoteId,
    ) -> Result<Vec<(HeldBack, Millis)>, StoreError> {
        let remote = remote.clone();
        self.read(move |sql| replica::unreadable(sql, &remote))
            .await
    }

    /// Offers what the remote refused once more. Answers how many documents.
    pub async fn retry_held_back(&self, remote: &RemoteId) -> Result<u32, StoreError> {
        let remote = remote.clone();
        self.edit(move |txn| replica::retry_refused(txn, &remote, None))
            .await
    }

    /// Offers one document once more. Answers whether the remote had refused it.
    pub async fn retry_one(&self, remote: &RemoteId, id: String) -> Result<bool, StoreError> {
        let remote = remote.clone();
        self.edit(move |txn| Ok(replica::retry_refused(txn, &remote, Some(&id))? > 0))
            .await
    }
}

/// How work reaches its thread.
impl Store {
    pub(crate) fn from_inner(inner: Inner) -> Self {
        Self {
            inner: Arc::new(inner),
        }
    }

    pub(crate) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.inner.readers.read(read).await
    }

    pub(crate) async fn edit<T, E>(
        &self,
        change: impl FnOnce(&mut Txn<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.write(Origin::Local, change).await
    }

    /// One transaction, before any bulk work that waits. It runs also when nobody waits for the
    /// answer any more.
    pub(crate) async fn write<T, E>(
        &self,
        origin: Origin,
        change: impl FnOnce(&mut Txn<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let writer = self.inner.writer.as_ref().ok_or(StoreError::ReadOnly)?;
        let (answer, answered) = oneshot::channel();
        writer.edit(Box::new(move |core: &mut Core| {
            // Nobody may be waiting any more.
            let _ = answer.send(core.write(origin, change));
        }));
        #[cfg(feature = "simulation")]
        crate::simulation::work(writer).await;
        answered.await.map_err(|_| StoreError::Closed)?
    }

    /// Work in slices, edits between them. Answers with what the last slice answered.
    /// Words wait for being indexed, and this store may do it.
    pub(crate) fn words_wait(&self) -> bool {
        self.inner.writer.is_some() && self.inner.unindexed.any()
    }

    pub(crate) async fn bulk<T: Send + 'static>(
        &self,
        mut slice: impl FnMut(&mut Core) -> Result<(Step, T), StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let writer = self.inner.writer.as_ref().ok_or(StoreError::ReadOnly)?;
        let (answer, answered) = oneshot::channel();
        let mut answer = Some(answer);
        writer.bulk(Box::new(move |core: &mut Core| {
            let result = match slice(core) {
                Ok((Step::More, _)) => return Step::More,
                Ok((Step::Done, value)) => Ok(value),
                Err(error) => Err(error),
            };
            if let Some(answer) = answer.take() {
                // Nobody may be waiting any more.
                let _ = answer.send(result);
            }
            Step::Done
        }));
        #[cfg(feature = "simulation")]
        crate::simulation::work(writer).await;
        answered.await.map_err(|_| StoreError::Closed)?
    }

    pub(crate) async fn blobs<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Blobs) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let blobs = Arc::clone(&self.inner.blobs);
        #[cfg(feature = "simulation")]
        if self.inner.readers.at_once {
            tokio::task::yield_now().await;
            return work(&blobs);
        }
        let job = tokio::task::spawn_blocking(move || work(&blobs));
        job.await.map_err(|_| StoreError::Closed)?
    }
}
