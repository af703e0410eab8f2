//! Time: former versions, decisions over conflicts, and how long versions are kept.

use sheaf_ipc::{
    ApiError, ConflictOutcome, Decisions, NoteContent, NoteHistory, NoteRef, ResolveConflict,
    ResolveConflicts, ResolvedConflicts, RestoreSnapshot, Restored, SnapshotRef, Touched,
};
use sheaf_model::{DocId, Millis};
use sheaf_store::{SnapshotId, Store, StoreError};

use crate::{
    Engine, config,
    convert::{self, ids, note_id, store_error},
};

const DAY: Millis = 24 * 60 * 60 * 1000;

impl Engine {
    pub(crate) async fn resolve(
        &self,
        request: ResolveConflict,
    ) -> Result<ConflictOutcome, ApiError> {
        let id = note_id(&request.id)?;
        let (seen, choice) = convert::choice(request)?;
        let outcome = self
            .store()
            .resolve_conflict(id.clone(), seen, choice, self.now())
            .await
            .map_err(store_error)?;
        Ok(convert::conflict_outcome(id.into(), outcome))
    }

    pub(crate) async fn resolve_many(
        &self,
        request: ResolveConflicts,
    ) -> Result<ResolvedConflicts, ApiError> {
        let ids = ids(&request.ids, note_id)?;
        let rule = convert::conflict_rule(request.rule);
        let resolved = self
            .store()
            .resolve_conflicts(ids, rule, self.now())
            .await
            .map_err(store_error)?;
        let decisions = resolved.decisions.into_iter();
        Ok(ResolvedConflicts {
            decisions: decisions
                .map(|(id, made)| convert::decision(id.into(), made))
                .collect(),
            left: resolved.left.into_iter().map(DocId::into).collect(),
        })
    }

    pub(crate) async fn reopen(&self, request: Decisions) -> Result<Touched, ApiError> {
        let decisions = request.decisions.iter().map(convert::decision_from);
        let decisions = decisions.collect::<Result<_, _>>()?;
        let notes = self.store().reopen_conflicts(decisions, self.now()).await;
        let notes = notes.map_err(store_error)?;
        Ok(Touched { notes })
    }

    pub(crate) async fn versions(&self, request: NoteRef) -> Result<NoteHistory, ApiError> {
        let id = note_id(&request.id)?;
        let history = self.store().history(id).await.map_err(store_error)?;
        Ok(convert::history(request.id, history))
    }

    pub(crate) async fn version(&self, request: SnapshotRef) -> Result<NoteContent, ApiError> {
        let (id, snapshot) = (note_id(&request.id)?, snapshot(&request.snapshot)?);
        let note = self.store().version(id, snapshot).await;
        note.map(convert::content).map_err(store_error)
    }

    pub(crate) async fn restore(&self, request: RestoreSnapshot) -> Result<Restored, ApiError> {
        let (id, snapshot) = (note_id(&request.id)?, snapshot(&request.snapshot)?);
        let (note, replaced) = if request.as_copy {
            let new = self.surroundings().id();
            let copy = self
                .store()
                .restore_copy(id, snapshot, new, self.now())
                .await;
            (copy.map_err(store_error)?, None)
        } else {
            let restored = self
                .store()
                .restore_in_place(id, snapshot, self.now())
                .await;
            restored.map_err(store_error)?
        };
        Ok(Restored {
            note: convert::note_detail(note),
            replaced: replaced.map(|version| version.to_string()),
        })
    }

    pub(crate) async fn expire_history(&self, days: u16) -> Result<(), ApiError> {
        expire(self.store(), days, self.now())
            .await
            .map_err(store_error)
    }
}

fn snapshot(text: &str) -> Result<SnapshotId, ApiError> {
    text.parse().map_err(store_error)
}

/// Forgets what is older than the preference says.
pub(crate) async fn expire_by_preference(store: Store, now: Millis) {
    let expired = async {
        let days = config::preferences(&store).await?.history_days;
        expire(&store, days, now).await
    };
    if let Err(error) = expired.await {
        tracing::warn!(error = convert::chain(&error), "old versions stay");
    }
}

/// 0 days: nothing is ever too old.
async fn expire(store: &Store, days: u16, now: Millis) -> Result<(), StoreError> {
    if days == 0 {
        return Ok(());
    }
    store.expire_history(now - Millis::from(days) * DAY).await
}
