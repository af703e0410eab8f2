//! Reading former versions.

use rusqlite::{Connection, OptionalExtension, Row, params};
use sheaf_model::{Body, DocId, Note};

use super::{DeletedNote, NoteHistory, NoteVersion, SnapshotId, SnapshotReason, word_bag::WordBag};
use crate::{
    LeafId, StoreError,
    heads::{find_document, read_node, stored_id},
};

/// A version with its document put together again.
#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub(crate) leaf: Option<LeafId>,
    pub(crate) document: Body,
}

struct Stored {
    version: NoteVersion,
    text: String,
}

/// The newest first, also of a deleted note.
pub(crate) fn of(sql: &Connection, id: &DocId) -> Result<NoteHistory, StoreError> {
    let mut select = sql.prepare_cached(
        "SELECT snapshot, reason, kept_at, edited_at, rest ->> '$.title', texts.body
         FROM snapshots JOIN texts USING (text) WHERE id = ?1 ORDER BY snapshot DESC",
    )?;
    let rows = select.query_map([id.as_str()], |row| {
        Ok(Stored {
            version: NoteVersion {
                snapshot: Some(SnapshotId(row.get(0)?)),
                reason: SnapshotReason::parse(row.get_ref(1)?.as_str()?),
                kept_at: row.get(2)?,
                edited_at: row.get(3)?,
                title: row.get::<_, Option<String>>(4)?.unwrap_or_default(),
                words: 0,
                added: 0,
                removed: 0,
            },
            text: row.get(5)?,
        })
    })?;
    let mut stored: Vec<Stored> = rows.collect::<Result<_, _>>()?;
    let current = current(sql, id)?;
    let is_live = current.is_some();
    if let Some(current) = current {
        stored.insert(0, current);
    }
    let counts = counted(&stored);
    let mut versions: Vec<NoteVersion> = stored
        .into_iter()
        .zip(counts)
        .map(|(stored, (words, added, removed))| NoteVersion {
            words,
            added,
            removed,
            ..stored.version
        })
        .collect();
    let current = is_live.then(|| versions.remove(0));
    Ok(NoteHistory { current, versions })
}

fn current(sql: &Connection, id: &DocId) -> Result<Option<Stored>, StoreError> {
    let Some(head) = find_document(sql, id)?.and_then(|row| row.head) else {
        return Ok(None);
    };
    let note = Note::read(&read_node(sql, head)?.body);
    Ok(Some(Stored {
        version: NoteVersion {
            snapshot: None,
            reason: SnapshotReason::Edited,
            kept_at: note.updated_at,
            edited_at: note.updated_at,
            title: note.title,
            words: 0,
            added: 0,
            removed: 0,
        },
        text: note.body,
    }))
}

/// Words, and how many more and fewer than in the next older one. The oldest came from nothing.
fn counted(versions: &[Stored]) -> Vec<(u32, u32, u32)> {
    let mut newer: Option<WordBag<'_>> = None;
    let mut counts = Vec::with_capacity(versions.len());
    for version in versions {
        let bag = WordBag::of(&version.version.title, &version.text);
        if let Some(newer) = &newer {
            counts.push((newer.count(), newer.beyond(&bag), bag.beyond(newer)));
        }
        newer = Some(bag);
    }
    if let Some(oldest) = newer {
        counts.push((oldest.count(), oldest.count(), 0));
    }
    counts
}

pub(crate) fn version(
    sql: &Connection,
    id: &DocId,
    snapshot: SnapshotId,
) -> Result<Version, StoreError> {
    let mut find = sql.prepare_cached(
        "SELECT leaf, rest, texts.body FROM snapshots JOIN texts USING (text)
         WHERE id = ?1 AND snapshot = ?2",
    )?;
    let found = find
        .query_row(params![id.as_str(), snapshot.0], parts)
        .optional()?;
    assembled(found.ok_or(StoreError::UnknownVersion)?)
}

/// The sides of a decision, the one that was shown first.
pub(crate) fn sides(
    sql: &Connection,
    id: &DocId,
    decision: i64,
) -> Result<Vec<Version>, StoreError> {
    let mut select = sql.prepare_cached(
        "SELECT leaf, rest, texts.body FROM snapshots JOIN texts USING (text)
         WHERE id = ?1 AND decision = ?2 ORDER BY snapshot",
    )?;
    let rows = select.query_map(params![id.as_str(), decision], parts)?;
    let rows: Vec<Parts> = rows.collect::<Result<_, _>>()?;
    rows.into_iter().map(assembled).collect()
}

struct Parts {
    leaf: Option<String>,
    rest: String,
    text: String,
}

fn parts(row: &Row<'_>) -> rusqlite::Result<Parts> {
    Ok(Parts {
        leaf: row.get(0)?,
        rest: row.get(1)?,
        text: row.get(2)?,
    })
}

fn assembled(parts: Parts) -> Result<Version, StoreError> {
    let mut document: Body = serde_json::from_str(&parts.rest)?;
    document.insert("body".into(), parts.text.into());
    Ok(Version {
        leaf: parts.leaf.map(|leaf| leaf.parse()).transpose()?,
        document,
    })
}

/// Notes that a deletion from elsewhere took away and that did not come back, the newest first.
pub(crate) fn deleted(sql: &Connection) -> Result<Vec<DeletedNote>, StoreError> {
    let mut select = sql.prepare_cached(
        "SELECT id, max(snapshot), kept_at, rest ->> '$.title', substr(texts.body, 1, ?1)
         FROM snapshots JOIN texts USING (text)
         WHERE reason = 'deleted'
           AND NOT EXISTS (SELECT 1 FROM documents
                           WHERE documents.id = snapshots.id AND head IS NOT NULL)
         GROUP BY id ORDER BY max(snapshot) DESC",
    )?;
    let mut rows = select.query([EXCERPT_SOURCE])?;
    let mut notes = Vec::new();
    while let Some(row) = rows.next()? {
        notes.push(DeletedNote {
            id: stored_id(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)?,
            snapshot: SnapshotId(row.get(1)?),
            deleted_at: row.get(2)?,
            title: row.get::<_, Option<String>>(3)?.unwrap_or_default(),
            excerpt: sheaf_markdown::plain_text(&row.get::<_, String>(4)?, EXCERPT_CHARS),
        });
    }
    Ok(notes)
}

const EXCERPT_SOURCE: i64 = 800;
const EXCERPT_CHARS: usize = 200;

/// Bytes of the texts of all versions.
pub(crate) fn bytes(sql: &Connection) -> Result<i64, StoreError> {
    let mut read = sql.prepare_cached("SELECT bytes FROM history_size")?;
    Ok(read.query_row([], |row| row.get(0))?)
}
