//! One note: its row and its text.

use rusqlite::{Connection, OptionalExtension, params, types::ValueRef};
use sheaf_model::{DocId, Location, Note, Status};

use crate::{
    NoteDetail, NoteRow, StoreError, Version,
    counts::{TEMPLATE, TRASH},
    heads::{DocKey, find_document, read_head, stored_id},
    held,
};

pub(crate) fn note(sql: &Connection, id: &DocId) -> Result<NoteDetail, StoreError> {
    let missing = || StoreError::NotFound(id.clone());
    let document = find_document(sql, id)?.ok_or_else(missing)?;
    let (row, version) = row(sql, document.doc)?.ok_or_else(missing)?;
    let (_, head) = read_head(sql, id)?;
    Ok(NoteDetail {
        row,
        body: Note::read(&head.body).body,
        version,
    })
}

/// The list row of a note, without hits.
pub(crate) fn row(sql: &Connection, doc: DocKey) -> Result<Option<(NoteRow, Version)>, StoreError> {
    let found = row_and(sql, doc, "NULL", |_| Ok(()))?;
    Ok(found.map(|(row, version, ())| (row, version)))
}

/// The list row of a note, without hits, and what `read` makes of its JSON.
pub(crate) fn row_and_json<T>(
    sql: &Connection,
    doc: DocKey,
    read: impl FnOnce(&str) -> serde_json::Result<T>,
) -> Result<Option<(NoteRow, T)>, StoreError> {
    let json = "(SELECT body FROM revisions WHERE node = documents.head)";
    let found = row_and(sql, doc, json, |value| Ok(read(value.as_str()?)))?;
    let Some((row, _, answer)) = found else {
        return Ok(None);
    };
    Ok(Some((row, answer?)))
}

/// `more` is one more column, for `read`.
fn row_and<T>(
    sql: &Connection,
    doc: DocKey,
    more: &str,
    read: impl FnOnce(ValueRef<'_>) -> rusqlite::Result<T>,
) -> Result<Option<(NoteRow, Version, T)>, StoreError> {
    let mut statement = sql.prepare_cached(&format!(
        "SELECT documents.id, title, excerpt, shown_in, status, pinned, conflicted, updated_at,
                created_at, tasks, checked_tasks, version, place.id,
                EXISTS (SELECT 1 FROM note_tags WHERE note_tags.note = notes.doc),
                EXISTS (SELECT 1 FROM held_back WHERE held_back.doc = notes.doc), {more}
         FROM notes JOIN documents ON documents.doc = notes.doc
              LEFT JOIN documents AS place ON place.doc = notes.shown_in
         WHERE notes.doc = ?1"
    ))?;
    let found = statement.query_row(params![doc], |row| {
        let parsed = |at: usize| {
            DocId::parse(row.get_ref(at)?.as_str()?).map_err(|error| {
                rusqlite::Error::FromSqlConversionFailure(
                    at,
                    rusqlite::types::Type::Text,
                    error.into(),
                )
            })
        };
        let status = Status::ALL.get(usize::from(row.get::<_, u8>(4)?)).copied();
        let status = status.unwrap_or_default();
        let partial = NoteRow {
            id: parsed(0)?,
            title: row.get(1)?,
            title_hits: Vec::new(),
            excerpt: row.get(2)?,
            excerpt_hits: Vec::new(),
            place: match row.get(3)? {
                TRASH => Location::Trash,
                TEMPLATE => Location::Template,
                _ => Location::Notebook(parsed(12)?),
            },
            tags: Vec::new(),
            status,
            pinned: row.get(5)?,
            conflicted: row.get(6)?,
            updated_at: row.get(7)?,
            created_at: row.get(8)?,
            tasks: row.get(9)?,
            checked_tasks: row.get(10)?,
            held_back: None,
        };
        let (tagged, held): (bool, bool) = (row.get(13)?, row.get(14)?);
        let more = read(row.get_ref(15)?)?;
        Ok((partial, Version(row.get(11)?), tagged, held, more))
    });
    let Some((mut note, version, tagged, held, more)) = found.optional()? else {
        return Ok(None);
    };
    if tagged {
        note.tags = tags(sql, doc)?;
    }
    if held {
        note.held_back = held::of_document(sql, doc)?;
    }
    Ok(Some((note, version, more)))
}

/// Tags that exist, in the note's order.
fn tags(sql: &Connection, doc: DocKey) -> Result<Vec<DocId>, StoreError> {
    let mut statement = sql.prepare_cached(
        "SELECT documents.id FROM note_tags
         JOIN tags ON tags.doc = note_tags.tag
         JOIN documents ON documents.doc = tags.doc
         WHERE note_tags.note = ?1 ORDER BY note_tags.position",
    )?;
    let rows = statement.query_map([doc], |row| row.get::<_, String>(0))?;
    let ids: Vec<String> = rows.collect::<Result<_, _>>()?;
    ids.iter().map(|id| stored_id(id)).collect()
}
