//! What callers of the store do with versions and conflicts: one line each to the writer or a
//! reader.

use sheaf_model::{DocId, Millis, Note};

use super::{DeletedNote, NoteHistory, SnapshotId};
use crate::{
    ConflictChoice, ConflictOutcome, ConflictRule, Decision, IdBytes, LeafId, NoteDetail, Origin,
    ResolvedConflicts, Store, StoreError, edit, history, writer::Step,
};

/// Former versions.
impl Store {
    /// Former versions of a note, also of a deleted one.
    pub async fn history(&self, id: DocId) -> Result<NoteHistory, StoreError> {
        self.read(move |sql| history::of(sql, &id)).await
    }

    /// What a former version says.
    pub async fn version(&self, id: DocId, snapshot: SnapshotId) -> Result<Note, StoreError> {
        self.read(move |sql| Ok(Note::read(&history::version(sql, &id, snapshot)?.document)))
            .await
    }

    /// Makes a former version the next edit of its note; a deleted note comes back. Answers the
    /// version that was replaced, if one was.
    pub async fn restore_in_place(
        &self,
        id: DocId,
        snapshot: SnapshotId,
        now: Millis,
    ) -> Result<(NoteDetail, Option<SnapshotId>), StoreError> {
        self.edit(move |txn| history::restore_in_place(txn, &id, snapshot, now))
            .await
    }

    /// Makes a new note of a former version.
    pub async fn restore_copy(
        &self,
        id: DocId,
        snapshot: SnapshotId,
        random: IdBytes,
        now: Millis,
    ) -> Result<NoteDetail, StoreError> {
        self.edit(move |txn| history::restore_copy(txn, &id, snapshot, random, now))
            .await
    }

    /// Notes a deletion from elsewhere took away and whose last text is here, the newest first.
    pub async fn recently_deleted(&self) -> Result<Vec<DeletedNote>, StoreError> {
        self.read(history::deleted).await
    }

    /// Forgets the versions of deleted notes; live ones are passed over. Answers how many notes.
    pub async fn forget_deleted(&self, ids: Vec<DocId>) -> Result<u32, StoreError> {
        self.edit(move |txn| history::forget_deleted(txn, &ids))
            .await
    }

    /// Forgets versions put aside before `before`, some at a time, edits between them.
    pub async fn expire_history(&self, before: Millis) -> Result<(), StoreError> {
        self.bulk(move |core| {
            let more = core.write(Origin::Local, |txn| history::expire(txn, before))?;
            Ok((if more { Step::More } else { Step::Done }, ()))
        })
        .await
    }

    /// Bytes of the texts of all versions on the disk.
    pub async fn history_bytes(&self) -> Result<u64, StoreError> {
        self.read(|sql| Ok(history::bytes(sql)?.unsigned_abs()))
            .await
    }
}

/// Conflicts.
impl Store {
    /// Writes a decision over the leaves it closes; `Stale` when other leaves are there than seen.
    pub async fn resolve_conflict(
        &self,
        id: DocId,
        seen: Vec<LeafId>,
        choice: ConflictChoice,
        now: Millis,
    ) -> Result<ConflictOutcome, StoreError> {
        self.edit(move |txn| edit::resolve(txn, &id, &seen, choice, now))
            .await
    }

    /// Decides many conflicts in one transaction.
    pub async fn resolve_conflicts(
        &self,
        ids: Vec<DocId>,
        rule: ConflictRule,
        now: Millis,
    ) -> Result<ResolvedConflicts, StoreError> {
        self.edit(move |txn| edit::resolve_many(txn, &ids, rule, now))
            .await
    }

    /// Takes decisions back. Answers how many notes have all their versions again.
    pub async fn reopen_conflicts(
        &self,
        decisions: Vec<(DocId, Decision)>,
        now: Millis,
    ) -> Result<u32, StoreError> {
        self.edit(move |txn| edit::reopen(txn, &decisions, now))
            .await
    }
}
