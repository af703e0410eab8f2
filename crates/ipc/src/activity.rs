//! What sync did, session by session and document by document: a log that stays on this computer.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{ErrorCode, HeldBack};

/// What became of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ActivityKind {
    Pulled,
    Pushed,
    Merged,
    Conflict,
    /// It does not travel; `reason` says why.
    Quarantined,
    /// The person wants to hear no more of it.
    Skipped,
}

/// Which part of the log.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct ListActivity {
    /// Empty: all.
    pub kinds: Vec<ActivityKind>,
    /// Words of a title or name; empty: all.
    pub search: String,
    /// One document.
    pub id: Option<String>,
    /// Sessions older than this one.
    #[ts(type = "number | null")]
    pub before: Option<i64>,
    /// Sessions, at most.
    pub limit: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Activity {
    /// The newest first.
    pub sessions: Vec<ActivitySession>,
    /// There are older ones.
    pub more: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ActivitySession {
    /// Grows with every session.
    #[ts(type = "number")]
    pub session: i64,
    /// `host:6984/my-notes`, or the account and its server.
    pub remote: String,
    #[ts(type = "number")]
    pub began: i64,
    #[ts(type = "number")]
    pub last: i64,
    pub counts: ActivityCounts,
    /// What ended it; `null`: nothing did.
    pub trouble: Option<ErrorCode>,
    /// How often that happened in a row, with nothing in between.
    pub tries: u32,
    /// The newest first.
    pub entries: Vec<ActivityEntry>,
    /// How many more were counted than are listed.
    pub unlisted: u32,
}

/// Documents by what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ActivityCounts {
    pub pulled: u32,
    pub pushed: u32,
    pub merged: u32,
    pub conflicts: u32,
    pub quarantined: u32,
    pub skipped: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ActivityEntry {
    pub kind: ActivityKind,
    pub id: String,
    /// Title of the note, name of the notebook, tag or attachment, as it is now; `null`: unknown.
    pub name: Option<String>,
    /// It is here and can be opened.
    pub here: bool,
    #[ts(type = "number")]
    pub at: i64,
    /// In this session.
    pub times: u32,
    /// What travelled was a deletion.
    pub deleted: bool,
    pub reason: Option<HeldBack>,
}
