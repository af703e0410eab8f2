//! Former versions of notes, kept on this computer only.
//!
//! A version is put aside before an editing session changes a text (`session`), before an edit
//! from elsewhere replaces it, and when a deletion or a decision would take it away. Versions of a
//! note share their texts; they are thinned out with age (`thinning`); all of them together stay
//! below [`MOST_BYTES`].

mod operations;
mod read;
mod restore;
mod session;
mod thinning;
mod word_bag;

use rusqlite::{Connection, OptionalExtension, params};
use sheaf_model::{Body, DocId, Kind, Millis, Note};

use crate::{LeafId, StoreError, history::thinning::Kept, txn::Txn};

pub(crate) use read::{bytes, deleted, of, sides, version};
pub(crate) use restore::{restore_copy, restore_in_place};

/// The texts of all versions together; then the oldest go, whichever note they are of.
const MOST_BYTES: i64 = 256 << 20;

/// Why a version was put aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SnapshotReason {
    /// What was there before an editing session.
    Edited,
    /// What was there before an edit from elsewhere arrived.
    Arrived,
    /// What was typed here before it was put together with an edit from elsewhere.
    Merged,
    /// One side of a conflict, as it was before the decision.
    Decided,
    /// What was there before another version was restored.
    Restored,
    /// A deletion arrived from a remote.
    Deleted,
}

impl SnapshotReason {
    const ALL: [Self; 6] = [
        Self::Edited,
        Self::Arrived,
        Self::Merged,
        Self::Decided,
        Self::Restored,
        Self::Deleted,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Edited => "edited",
            Self::Arrived => "arrived",
            Self::Merged => "merged",
            Self::Decided => "decided",
            Self::Restored => "restored",
            Self::Deleted => "deleted",
        }
    }

    fn parse(text: &str) -> Self {
        let found = Self::ALL.into_iter().find(|reason| reason.as_str() == text);
        found.unwrap_or(Self::Edited)
    }
}

/// Names one former version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SnapshotId(pub(crate) i64);

impl std::fmt::Display for SnapshotId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for SnapshotId {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        text.parse()
            .map(Self)
            .map_err(|_| StoreError::UnknownVersion)
    }
}

/// A former version without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteVersion {
    /// `None`: what the note says now.
    pub snapshot: Option<SnapshotId>,
    pub reason: SnapshotReason,
    pub kept_at: Millis,
    /// By the clock of the computer that wrote it.
    pub edited_at: Millis,
    pub title: String,
    pub words: u32,
    /// Against the version before it.
    pub added: u32,
    pub removed: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteHistory {
    /// `None`: the note is deleted.
    pub current: Option<NoteVersion>,
    /// The newest first.
    pub versions: Vec<NoteVersion>,
}

/// A note that a deletion from elsewhere took away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeletedNote {
    pub id: DocId,
    pub snapshot: SnapshotId,
    pub title: String,
    pub excerpt: String,
    pub deleted_at: Millis,
}

/// Which side of which decision a version was.
#[derive(Debug, Clone)]
pub(crate) struct Side {
    pub(crate) decision: i64,
    pub(crate) leaf: LeafId,
}

impl Txn<'_> {
    /// Called before the text of a note changes: puts aside what it says when the change begins an
    /// editing session.
    pub(crate) fn keep_session(
        &mut self,
        id: &DocId,
        before: &Body,
        reason: SnapshotReason,
        now: Millis,
    ) -> Result<(), StoreError> {
        let note = Note::read(before);
        if note.title.is_empty() && note.body.is_empty() {
            return Ok(());
        }
        let before_it = session::Before {
            created: note.created_at,
            last_edit: note.updated_at,
            last_kept: last_kept(self.sql, id)?,
        };
        if session::begins(before_it, now) {
            self.keep_version(id, before, reason, now, None)?;
        }
        Ok(())
    }

    /// Puts a version aside. What the newest version says already is not kept once more.
    pub(crate) fn keep_version(
        &mut self,
        id: &DocId,
        document: &Body,
        reason: SnapshotReason,
        now: Millis,
        side: Option<&Side>,
    ) -> Result<SnapshotId, StoreError> {
        let mut rest = document.clone();
        let text = rest.shift_remove("body");
        let text = text.as_ref().and_then(|text| text.as_str()).unwrap_or("");
        let rest = serde_json::to_string(&rest)?;
        let shared = self.shared_text(id, text)?;
        if let Some(shared) = shared
            && side.is_none()
            && reason != SnapshotReason::Deleted
            && let Some(newest) = newest_if_same(self.sql, id, shared, &rest)?
        {
            return Ok(newest);
        }
        let text = match shared {
            Some(text) => text,
            None => self
                .sql
                .prepare_cached("INSERT INTO texts (bytes, body) VALUES (?1, ?2)")?
                .insert(params![text.len() as i64, text])?,
        };
        let mut insert = self.sql.prepare_cached(
            "INSERT INTO snapshots (id, kept_at, edited_at, reason, text, rest, decision, leaf)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?;
        let snapshot = insert.insert(params![
            id.as_str(),
            now,
            Note::read(document).updated_at,
            reason.as_str(),
            text,
            rest,
            side.map(|side| side.decision),
            side.map(|side| side.leaf.to_string()),
        ])?;
        self.thin_out(id, now)?;
        self.stay_small(snapshot)?;
        Ok(SnapshotId(snapshot))
    }

    fn shared_text(&self, id: &DocId, text: &str) -> Result<Option<i64>, StoreError> {
        let mut find = self.sql.prepare_cached(
            "SELECT text FROM snapshots JOIN texts USING (text)
             WHERE id = ?1 AND bytes = ?2 AND texts.body = ?3 LIMIT 1",
        )?;
        let key = params![id.as_str(), text.len() as i64, text];
        Ok(find.query_row(key, |row| row.get(0)).optional()?)
    }

    fn thin_out(&self, id: &DocId, now: Millis) -> Result<(), StoreError> {
        let mut select = self.sql.prepare_cached(
            "SELECT snapshot, kept_at, reason IN ('decided', 'deleted') FROM snapshots
             WHERE id = ?1 ORDER BY snapshot DESC",
        )?;
        let versions = select.query_map([id.as_str()], |row| {
            Ok(Kept {
                snapshot: row.get(0)?,
                at: row.get(1)?,
                lasting: row.get(2)?,
            })
        })?;
        let versions: Vec<Kept> = versions.collect::<Result<_, _>>()?;
        for snapshot in thinning::surplus(&versions, now) {
            forget(self.sql, snapshot)?;
        }
        Ok(())
    }

    fn stay_small(&self, newest: i64) -> Result<(), StoreError> {
        while bytes(self.sql)? > MOST_BYTES {
            let mut oldest = self
                .sql
                .prepare_cached("SELECT min(snapshot) FROM snapshots")?;
            let oldest: i64 = oldest.query_row([], |row| row.get(0))?;
            if oldest == newest {
                return Ok(());
            }
            forget(self.sql, oldest)?;
        }
        Ok(())
    }

    /// Forgets every version of a note. Answers how many there were.
    pub(crate) fn forget_versions(&mut self, id: &DocId) -> Result<usize, StoreError> {
        let mut delete = self
            .sql
            .prepare_cached("DELETE FROM snapshots WHERE id = ?1")?;
        Ok(delete.execute([id.as_str()])?)
    }
}

/// Forgets some of the versions put aside before `before`. Answers whether there may be more.
pub(crate) fn expire(txn: &Txn<'_>, before: Millis) -> Result<bool, StoreError> {
    const AT_ONCE: usize = 200;
    let mut delete = txn.sql.prepare_cached(
        "DELETE FROM snapshots WHERE snapshot IN
             (SELECT snapshot FROM snapshots WHERE kept_at < ?1 LIMIT ?2)",
    )?;
    Ok(delete.execute(params![before, AT_ONCE as i64])? == AT_ONCE)
}

/// Forgets the versions of those of the notes that are deleted.
pub(crate) fn forget_deleted(txn: &mut Txn<'_>, ids: &[DocId]) -> Result<u32, StoreError> {
    let mut forgotten = 0;
    for id in ids.iter().filter(|id| id.kind() == Kind::Note) {
        let row = crate::heads::find_document(txn.sql, id)?;
        if row.is_some_and(|row| row.head.is_some()) {
            continue;
        }
        forgotten += u32::from(txn.forget_versions(id)? > 0);
    }
    if forgotten > 0 {
        txn.sidebar_changed();
    }
    Ok(forgotten)
}

fn forget(sql: &Connection, snapshot: i64) -> Result<(), StoreError> {
    sql.prepare_cached("DELETE FROM snapshots WHERE snapshot = ?1")?
        .execute([snapshot])?;
    Ok(())
}

fn last_kept(sql: &Connection, id: &DocId) -> Result<Option<Millis>, StoreError> {
    let mut find = sql.prepare_cached(
        "SELECT kept_at FROM snapshots WHERE id = ?1 ORDER BY snapshot DESC LIMIT 1",
    )?;
    Ok(find.query_row([id.as_str()], |row| row.get(0)).optional()?)
}

fn newest_if_same(
    sql: &Connection,
    id: &DocId,
    text: i64,
    rest: &str,
) -> Result<Option<SnapshotId>, StoreError> {
    let mut find = sql.prepare_cached(
        "SELECT snapshot, text, rest FROM snapshots WHERE id = ?1 ORDER BY snapshot DESC LIMIT 1",
    )?;
    let newest = find.query_row([id.as_str()], |row| {
        let same = row.get::<_, i64>(1)? == text && row.get_ref(2)?.as_str()? == rest;
        Ok(same.then_some(SnapshotId(row.get(0)?)))
    });
    Ok(newest.optional()?.flatten())
}
