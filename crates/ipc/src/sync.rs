//! The sync worker as people see it: one status machine for icon, panel, log and command line.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::ErrorCode;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SyncStatus {
    pub state: SyncState,
    /// `anna@host:6984/my-notes`; `null` when sync is off.
    pub remote: Option<String>,
    /// The proxy that stands in the way, `host:port`, where the state's code is one of a proxy's.
    #[serde(default)]
    pub proxy: Option<String>,
    #[ts(type = "number | null")]
    pub last_success: Option<i64>,
    /// Documents changed here that the remote has not acknowledged.
    pub waiting: u32,
    pub conflicts: u32,
    /// Documents that do not travel and were not skipped; see `list_held_back`.
    pub held_back: u32,
    /// One side is being replaced by the other; what the progress counts is that.
    #[serde(default)]
    pub replacing: Option<crate::ResetDirection>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum SyncState {
    Off,
    /// Everything is in step; live changes are watched.
    Idle,
    Connecting,
    Pushing {
        done: u32,
        total: u32,
    },
    Pulling {
        done: u32,
        total: u32,
    },
    /// In step, and conflicts wait for a decision.
    Attention,
    Offline {
        #[ts(type = "number")]
        retry_at: i64,
    },
    /// Transient trouble; tried again by itself.
    Error {
        code: ErrorCode,
        #[ts(type = "number")]
        retry_at: i64,
    },
    /// Needs a person. Nothing is tried until then.
    Blocked {
        code: ErrorCode,
        question: Option<GuardQuestion>,
    },
    Paused,
}

/// What a guard asks (design.md section 4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum GuardQuestion {
    /// The database at this address is not the one these notes were synced with.
    TargetChanged {
        local_notes: u32,
        remote_documents: u32,
    },
    /// The remote wants to delete `deletions` of `notes`.
    MassDeletion { deletions: u32, notes: u32 },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum GuardAnswer {
    /// Target changed: bring both sides together; nothing is deleted on either.
    Merge,
    /// Target changed: the database becomes what this computer has.
    ReplaceRemote,
    /// Target changed: this computer becomes what the database has.
    ReplaceHere,
    /// Mass deletion: let it happen.
    Delete,
    /// Mass deletion: keep the notes here and send them again.
    Keep,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AnswerGuard {
    pub answer: GuardAnswer,
}

/// What one complete round of *Sync now* did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SyncRound {
    pub pulled: u32,
    pub pushed: u32,
    pub conflicts: u32,
    pub held_back: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HeldBackItem {
    pub id: String,
    /// Title of the note, name of the notebook, tag or attachment.
    pub name: String,
    pub reason: crate::HeldBack,
    #[ts(type = "number")]
    pub since: i64,
    /// Trying it once more may help; what breaks a rule has to be changed first.
    #[serde(default)]
    pub retryable: bool,
    /// The person wants to hear no more of it while this is the reason.
    #[serde(default)]
    pub skipped: bool,
}
