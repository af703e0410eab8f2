//! Is the store what it says it is?

use std::collections::BTreeSet;

use rusqlite::Connection;
use sheaf_model::{Body, Note};
use sheaf_sync::BlobId;

use crate::{
    StoreError,
    blobs::Blobs,
    counts::{self, Counts},
    stored_tree::StoredTree,
};

/// What a complete check found. Sound when `problems` is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    pub notes: u32,
    /// Live documents of every kind.
    pub documents: u32,
    pub problems: Vec<Problem>,
}

/// One violated invariant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// SQLite's own integrity check, in its words.
    Integrity(String),
    /// Notes whose search row is missing, or search rows without a note.
    SearchIndex { missing: u32, surplus: u32 },
    /// A maintained count that differs from a recount; counter and key as in the schema.
    Count {
        counter: i64,
        key: i64,
        stored: i64,
        actual: i64,
    },
    /// Attachments whose bytes are not on the disk.
    BlobsMissing { blobs: u32 },
    /// Documents that show another revision than their tree says, or a note whose row disagrees
    /// with its text.
    Head { documents: u32 },
}

pub(crate) fn verify(sql: &Connection, blobs: &Blobs) -> Result<Verified, StoreError> {
    for index in ["search", "title_parts"] {
        // A query is what makes FTS5 notice that its memory of the index is out of date; the check
        // below would compare that memory with the file.
        sql.prepare(&format!("SELECT rowid FROM {index} LIMIT 1"))?
            .exists([])?;
    }
    let mut problems = integrity(sql)?;
    let count = |query: &str| Ok::<u32, StoreError>(sql.query_row(query, [], |row| row.get(0))?);
    problems.extend(search_index(sql)?);
    problems.extend(different_counts(
        &counts::stored(sql)?,
        &counts::recounted(sql)?,
    ));
    problems.extend(missing_blobs(sql, blobs)?);
    problems.extend(wrong_heads(sql)?);
    Ok(Verified {
        notes: count("SELECT count(*) FROM notes")?,
        documents: count("SELECT count(*) FROM documents WHERE head IS NOT NULL")?,
        problems,
    })
}

fn integrity(sql: &Connection) -> Result<Vec<Problem>, StoreError> {
    let mut problems = Vec::new();
    let mut check = sql.prepare("PRAGMA integrity_check")?;
    for line in check.query_map([], |row| row.get::<_, String>(0))? {
        let line = line?;
        if line != "ok" {
            problems.push(Problem::Integrity(line));
        }
    }
    let mut foreign = sql.prepare("PRAGMA foreign_key_check")?;
    let dangling = foreign.query_map([], |row| row.get::<_, String>(0))?;
    for table in dangling {
        problems.push(Problem::Integrity(format!(
            "a row of {} refers to nothing",
            table?
        )));
    }
    Ok(problems)
}

fn search_index(sql: &Connection) -> Result<Option<Problem>, StoreError> {
    let rows = |query: &str| {
        let mut statement = sql.prepare(query)?;
        let rows = statement.query_map([], |row| row.get::<_, i64>(0))?;
        Ok::<BTreeSet<i64>, StoreError>(rows.collect::<Result<_, _>>()?)
    };
    let (mut missing, mut surplus) = (0, 0);
    for (row, index) in [("search_row", "search"), ("doc", "title_parts")] {
        let wanted = rows(&format!(
            "SELECT {row} FROM notes WHERE search_row NOT IN (SELECT search_row FROM unindexed)"
        ))?;
        let present = rows(&format!("SELECT rowid FROM {index}"))?;
        missing += wanted.difference(&present).count() as u32;
        surplus += present.difference(&wanted).count() as u32;
    }
    Ok((missing + surplus > 0).then_some(Problem::SearchIndex { missing, surplus }))
}

fn different_counts(stored: &Counts, actual: &Counts) -> Vec<Problem> {
    let keys: BTreeSet<_> = stored.keys().chain(actual.keys()).collect();
    let value = |counts: &Counts, key| counts.get(key).copied().unwrap_or(0);
    keys.into_iter()
        .filter(|key| value(stored, key) != value(actual, key))
        .map(|key| Problem::Count {
            counter: key.0,
            key: key.1,
            stored: value(stored, key),
            actual: value(actual, key),
        })
        .collect()
}

fn missing_blobs(sql: &Connection, blobs: &Blobs) -> Result<Option<Problem>, StoreError> {
    let mut statement = sql.prepare("SELECT DISTINCT blob FROM attachments")?;
    let mut missing = 0;
    for blob in statement.query_map([], |row| row.get(0))? {
        missing += u32::from(!blobs.exists(&BlobId(blob?)));
    }
    Ok((missing > 0).then_some(Problem::BlobsMissing { blobs: missing }))
}

fn wrong_heads(sql: &Connection) -> Result<Option<Problem>, StoreError> {
    let mut statement = sql.prepare(
        "SELECT documents.doc, head, kind, title, updated_at, conflicted, body
         FROM documents
         LEFT JOIN notes USING (doc)
         LEFT JOIN revisions ON node = head",
    )?;
    let mut rows = statement.query([])?;
    let mut wrong = 0;
    while let Some(row) = rows.next()? {
        let stored = StoredTree::load(sql, row.get(0)?)?;
        let head: Option<i64> = row.get(1)?;
        let is_note = row.get::<_, i64>(2)? == 0;
        let title: Option<String> = row.get(3)?;
        let body: Option<String> = row.get(6)?;
        let agrees = match (is_note, title, body) {
            (true, Some(title), Some(body)) => {
                let note = Note::read(&serde_json::from_str::<Body>(&body)?);
                note.title == title
                    && Some(note.updated_at) == row.get(4)?
                    && row.get::<_, Option<bool>>(5)? == Some(stored.live_heads().len() > 1)
            }
            (true, None, None) | (false, None, _) => true,
            _ => false,
        };
        wrong += u32::from(!agrees || head != stored.shown());
    }
    Ok((wrong > 0).then_some(Problem::Head { documents: wrong }))
}
