//! Time: former versions of a note, what a deletion took away, and decisions over conflicts.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{NoteDetail, NoteStatus, Place};

/// Why a version was put aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum VersionReason {
    /// What was there before an editing session.
    Edited,
    /// What was there before an edit from elsewhere arrived.
    Arrived,
    /// What was typed here before it was put together with an edit from elsewhere.
    Merged,
    /// One side of a conflict, as it was before the decision.
    Decided,
    /// What was there before another version was restored, or a conflict opened again.
    Restored,
    /// A deletion arrived.
    Deleted,
}

/// One former version of a note, without its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NoteVersion {
    /// Names this version. Opaque.
    pub snapshot: String,
    pub reason: VersionReason,
    /// When it was put aside.
    #[ts(type = "number")]
    pub kept_at: i64,
    /// When its text was written, by the clock of the computer that wrote it.
    #[ts(type = "number")]
    pub edited_at: i64,
    pub title: String,
    pub words: u32,
    /// Words it has that the version before it has not, and the other way round. A word that only
    /// moved counts as neither.
    pub added: u32,
    pub removed: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NoteHistory {
    pub id: String,
    /// What the note says now, told as a version (its `snapshot` is empty). `null`: deleted.
    pub current: Option<NoteVersion>,
    /// The newest first.
    pub versions: Vec<NoteVersion>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotRef {
    pub id: String,
    pub snapshot: String,
}

/// What a note says, or said: everything a difference is shown of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NoteContent {
    pub title: String,
    pub body: String,
    pub place: Place,
    pub tags: Vec<String>,
    pub status: NoteStatus,
    pub pinned: bool,
    #[ts(type = "number")]
    pub updated_at: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RestoreSnapshot {
    pub id: String,
    pub snapshot: String,
    /// `true`: as a new note beside this one. `false`: as the next edit of this note, which also
    /// brings back a deleted one.
    pub as_copy: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Restored {
    pub note: NoteDetail,
    /// The version that was replaced, for an undo. `null`: nothing was.
    pub replaced: Option<String>,
}

/// A note that a deletion from elsewhere took away, and whose last text is still here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DeletedNote {
    pub id: String,
    /// The version that holds its last text.
    pub snapshot: String,
    pub title: String,
    pub excerpt: String,
    #[ts(type = "number")]
    pub deleted_at: i64,
}

/// One live leaf of a conflicted note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Leaf {
    /// Revision id, or `draft` for an edit that was never offered to a remote.
    pub revision: String,
    /// The one shown in lists and the editor.
    pub winner: bool,
    /// Written on this computer.
    pub mine: bool,
    #[serde(flatten)]
    pub content: NoteContent,
    /// Where this version and the one shown in lists parted. `null`: that is not known any more,
    /// or this is the one shown.
    pub base: Option<NoteContent>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct ResolveConflict {
    pub id: String,
    /// The leaves that were seen. When others have arrived since, the answer is stale.
    pub leaves: Vec<String>,
    /// Those of them that stay open beside the decision.
    pub keep_open: Vec<String>,
    /// What the note says from now on.
    pub title: String,
    pub body: String,
    /// Without these, what the rules of merging make of the leaves.
    #[ts(optional)]
    pub notebook: Option<String>,
    #[ts(optional)]
    pub tags: Option<Vec<String>>,
    #[ts(optional)]
    pub status: Option<NoteStatus>,
    #[ts(optional)]
    pub pinned: Option<bool>,
}

/// The answer to a decision. It is given only when the decision is durable on disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "outcome", rename_all = "camelCase")]
pub enum ConflictOutcome {
    Decided {
        decision: Decision,
    },
    /// Another version arrived or one changed. Nothing was written.
    Stale {
        current: Box<NoteDetail>,
    },
}

/// A decision that can be taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    pub id: String,
    /// Opaque.
    pub decision: String,
}

/// How to decide many conflicts at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ConflictRule {
    /// What was written on this computer.
    Mine,
    /// What was written last, by the clocks of the computers that wrote.
    Newest,
    /// Only what can be put together without losing a word; the others stay.
    Provable,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ResolveConflicts {
    pub ids: Vec<String>,
    pub rule: ConflictRule,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ResolvedConflicts {
    pub decisions: Vec<Decision>,
    /// Notes whose versions stay for a person to decide.
    pub left: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Decisions {
    pub decisions: Vec<Decision>,
}
