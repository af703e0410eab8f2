//! What sync did, told per session and per document: a log that people read.
//!
//! It is written where the data is written, in the same transaction, so that it can neither claim
//! what did not happen nor miss what did. It holds ids and reasons, never a title or a text; those
//! are looked up when it is shown. A first pull of thousands of documents is told by its numbers:
//! a transaction writes one row for its session, and rows for documents only while they are few.

mod read;
mod record;
mod skipped;

use sheaf_model::Millis;
use sheaf_sync::RemoteId;

use crate::{HeldBack, Origin, Store, StoreError};

pub(crate) use record::Noted;
pub(crate) use skipped::is_skipped;

/// A session that was quiet for so long is over.
const QUIET: Millis = 15 * 60 * 1000;
/// A day of steady writing is told in pieces.
const LONGEST: Millis = 6 * 60 * 60 * 1000;
/// Everyday entries of one session; what comes after them is only counted.
const EVERYDAY_ENTRIES: i64 = 200;
/// Entries of one session that want attention.
const NOTABLE_ENTRIES: i64 = 500;
const SESSIONS: i64 = 500;
const ENTRIES: i64 = 5_000;
const AGE: Millis = 90 * 24 * 60 * 60 * 1000;
/// Characters of a reason.
const REASON: usize = 400;

/// What became of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ActivityKind {
    /// A change came from the remote.
    Pulled,
    /// The remote took a change.
    Pushed,
    /// Changes of two sides were brought together.
    Merged,
    /// Two sides changed the same words; both are kept.
    Conflict,
    /// It does not travel, for a reason.
    Quarantined,
    /// The person wants to hear no more of it.
    Skipped,
}

impl ActivityKind {
    pub const ALL: [Self; 6] = [
        Self::Pulled,
        Self::Pushed,
        Self::Merged,
        Self::Conflict,
        Self::Quarantined,
        Self::Skipped,
    ];

    const fn word(self) -> &'static str {
        match self {
            Self::Pulled => "pulled",
            Self::Pushed => "pushed",
            Self::Merged => "merged",
            Self::Conflict => "conflict",
            Self::Quarantined => "quarantined",
            Self::Skipped => "skipped",
        }
    }

    fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Worth an entry however much else happened.
    const fn is_notable(self) -> bool {
        !matches!(self, Self::Pulled | Self::Pushed)
    }
}

/// Which part of the log is asked for. The default is its newest end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListActivity {
    /// Empty: all.
    pub kinds: Vec<ActivityKind>,
    /// Words of titles and names; empty: all.
    pub words: String,
    /// One document only.
    pub document: Option<String>,
    /// Sessions older than this one.
    pub before: Option<i64>,
    /// Sessions, at most.
    pub limit: u32,
}

impl ListActivity {
    fn chooses(&self) -> bool {
        !self.kinds.is_empty() || !self.words.trim().is_empty() || self.document.is_some()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ActivityPage {
    /// The newest first.
    pub sessions: Vec<ActivitySession>,
    /// There are older ones.
    pub more: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivitySession {
    pub session: i64,
    pub remote: RemoteId,
    pub began: Millis,
    pub last: Millis,
    /// Documents by what became of them, in the order of [`ActivityKind::ALL`].
    pub counts: [u32; 6],
    /// The engine's code of what ended it.
    pub trouble: Option<String>,
    /// How often that happened in a row.
    pub tries: u32,
    /// The newest first; those that were asked for.
    pub entries: Vec<ActivityEntry>,
    /// How many more documents were counted than have entries.
    pub unlisted: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityEntry {
    pub kind: ActivityKind,
    pub id: String,
    /// Title of the note or name of the notebook, tag or attachment, as it is now or was last.
    pub name: Option<String>,
    /// It is here and can be opened.
    pub here: bool,
    pub at: Millis,
    pub times: u32,
    pub deleted: bool,
    pub reason: Option<HeldBack>,
}

impl Store {
    /// The log of what sync did.
    pub async fn activity(&self, list: ListActivity) -> Result<ActivityPage, StoreError> {
        self.read(move |sql| read::list(sql, &list)).await
    }

    /// A session with `remote` ended with `trouble`, in the engine's words for it. Ends in a row
    /// with nothing done between them are told as one.
    pub async fn sync_failed(&self, remote: &RemoteId, trouble: &str) -> Result<(), StoreError> {
        let (remote, trouble) = (remote.clone(), trouble.to_owned());
        self.write(Origin::Sync, move |txn| {
            record::failed(txn, &remote, &trouble)
        })
        .await
    }

    /// What happens with `remote` from now on belongs to another session.
    pub async fn sync_rests(&self, remote: &RemoteId) -> Result<(), StoreError> {
        let remote = remote.clone();
        self.write(Origin::Sync, move |txn| record::rests(txn, &remote))
            .await
    }

    /// Documents the person wants to hear no more of, each with the reason that held then.
    pub async fn skipped(&self, remote: &RemoteId) -> Result<Vec<(String, HeldBack)>, StoreError> {
        let remote = remote.clone();
        self.read(move |sql| skipped::list(sql, &remote)).await
    }

    /// Keeps quiet about a document for as long as it is held back for this reason.
    pub async fn skip(
        &self,
        remote: &RemoteId,
        id: String,
        reason: HeldBack,
    ) -> Result<(), StoreError> {
        let remote = remote.clone();
        self.edit(move |txn| skipped::skip(txn, &remote, &id, &reason))
            .await
    }

    /// Tells of these documents again. Answers whether any was skipped.
    pub async fn unskip(&self, remote: &RemoteId, ids: Vec<String>) -> Result<bool, StoreError> {
        let remote = remote.clone();
        self.edit(move |txn| skipped::unskip(txn, &remote, &ids))
            .await
    }

    /// What a conversation keeps as it came and cannot open.
    pub(crate) async fn told_unopened(
        &self,
        remote: &RemoteId,
        unopened: Vec<sheaf_sync::HeldBack>,
    ) -> Result<(), StoreError> {
        let remote = remote.clone();
        self.write(Origin::Sync, move |txn| {
            record::unopened(txn, &remote, &unopened)
        })
        .await
    }
}
