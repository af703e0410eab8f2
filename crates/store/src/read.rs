//! One note: its row and its text.

use rusqlite::{Connection, OptionalExtension, params};
use sheaf_model::{DocId, Location, Note, Status};

use crate::{
    NoteDetail, NoteRow, StoreError, Version,
    counts::{TEMPLATE, TRASH},
    heads::{DocKey, document_id, find_document, read_head, stored_id},
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
    let mut statement = sql.prepare_cached(
        "SELECT documents.id, title, excerpt, shown_in, status, pinned, conflicted, updated_at,
                created_at, tasks, checked_tasks, version
         FROM notes JOIN documents USING (doc) WHERE doc = ?1",
    )?;
    let found = statement.query_row(params![doc], |row| {
        let place: i64 = row.get(3)?;
        let id: String = row.get(0)?;
        let status = Status::ALL.get(usize::from(row.get::<_, u8>(4)?)).copied();
        let status = status.unwrap_or_default();
        let partial = NoteRow {
            id: DocId::parse(&id).map_err(|error| {
                rusqlite::Error::FromSqlConversionFailure(
                    0,
                    rusqlite::types::Type::Text,
                    error.into(),
                )
            })?,
            title: row.get(1)?,
            title_hits: Vec::new(),
            excerpt: row.get(2)?,
            excerpt_hits: Vec::new(),
            place: Location::Trash,
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
        Ok((partial, place, Version(row.get(11)?)))
    });
    let Some((mut note, place, version)) = found.optional()? else {
        return Ok(None);
    };
    note.place = match place {
        TRASH => Location::Trash,
        TEMPLATE => Location::Template,
        notebook => Location::Notebook(document_id(sql, notebook)?),
    };
    note.tags = tags(sql, doc)?;
    note.held_back = held::of_document(sql, doc)?;
    Ok(Some((note, version)))
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
