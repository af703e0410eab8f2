//! Former versions and conflicts.

use sheaf_ipc as ipc;
use sheaf_ipc::ApiError;
use sheaf_model::{DocId, Note};
use sheaf_store as store;

use super::{
    ids,
    note::{note_detail, place, status, status_from},
    note_id, notebook_id, store_error, tag_id,
};

pub(crate) fn content(note: Note) -> ipc::NoteContent {
    ipc::NoteContent {
        title: note.title,
        body: note.body,
        place: place(note.location),
        tags: note.tags.into_iter().map(DocId::into).collect(),
        status: status(note.status),
        pinned: note.pinned,
        updated_at: note.updated_at,
    }
}

pub(crate) fn leaf(leaf: store::Leaf) -> ipc::Leaf {
    ipc::Leaf {
        revision: leaf.id.to_string(),
        winner: leaf.winner,
        mine: leaf.mine,
        content: content(leaf.note),
        base: leaf.base.map(content),
    }
}

/// The leaves that were seen, and what was decided about them.
pub(crate) fn choice(
    request: ipc::ResolveConflict,
) -> Result<(Vec<store::LeafId>, store::ConflictChoice), ApiError> {
    let choice = store::ConflictChoice {
        keep_open: leaf_ids(&request.keep_open)?,
        title: request.title,
        body: request.body,
        notebook: request.notebook.as_deref().map(notebook_id).transpose()?,
        tags: request.tags.map(|tags| ids(&tags, tag_id)).transpose()?,
        status: request.status.map(status_from),
        pinned: request.pinned,
    };
    Ok((leaf_ids(&request.leaves)?, choice))
}

fn leaf_ids(texts: &[String]) -> Result<Vec<store::LeafId>, ApiError> {
    let leaves = texts.iter().map(|text| text.parse().map_err(store_error));
    leaves.collect()
}

pub(crate) fn conflict_outcome(
    id: String,
    outcome: store::ConflictOutcome,
) -> ipc::ConflictOutcome {
    match outcome {
        store::ConflictOutcome::Decided(made) => ipc::ConflictOutcome::Decided {
            decision: decision(id, made),
        },
        store::ConflictOutcome::Stale { current } => ipc::ConflictOutcome::Stale {
            current: Box::new(note_detail(*current)),
        },
    }
}

pub(crate) fn decision(id: String, made: store::Decision) -> ipc::Decision {
    ipc::Decision {
        id,
        decision: made.to_string(),
    }
}

pub(crate) fn decision_from(
    decision: &ipc::Decision,
) -> Result<(DocId, store::Decision), ApiError> {
    let made = decision.decision.parse().map_err(store_error)?;
    Ok((note_id(&decision.id)?, made))
}

pub(crate) fn conflict_rule(rule: ipc::ConflictRule) -> store::ConflictRule {
    match rule {
        ipc::ConflictRule::Mine => store::ConflictRule::Mine,
        ipc::ConflictRule::Newest => store::ConflictRule::Newest,
        ipc::ConflictRule::Provable => store::ConflictRule::Provable,
    }
}

pub(crate) fn history(id: String, history: store::NoteHistory) -> ipc::NoteHistory {
    ipc::NoteHistory {
        id,
        current: history.current.map(version),
        versions: history.versions.into_iter().map(version).collect(),
    }
}

fn version(version: store::NoteVersion) -> ipc::NoteVersion {
    let snapshot = version.snapshot.map(|snapshot| snapshot.to_string());
    ipc::NoteVersion {
        snapshot: snapshot.unwrap_or_default(),
        reason: match version.reason {
            store::SnapshotReason::Edited => ipc::VersionReason::Edited,
            store::SnapshotReason::Arrived => ipc::VersionReason::Arrived,
            store::SnapshotReason::Merged => ipc::VersionReason::Merged,
            store::SnapshotReason::Decided => ipc::VersionReason::Decided,
            store::SnapshotReason::Restored => ipc::VersionReason::Restored,
            store::SnapshotReason::Deleted => ipc::VersionReason::Deleted,
        },
        kept_at: version.kept_at,
        edited_at: version.edited_at,
        title: version.title,
        words: version.words,
        added: version.added,
        removed: version.removed,
    }
}

pub(crate) fn deleted_note(note: store::DeletedNote) -> ipc::DeletedNote {
    ipc::DeletedNote {
        id: note.id.into(),
        snapshot: note.snapshot.to_string(),
        title: note.title,
        excerpt: note.excerpt,
        deleted_at: note.deleted_at,
    }
}
