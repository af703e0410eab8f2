//! Notes.

use rusqlite::{OptionalExtension, params};
use sheaf_markdown::count_tasks;
use sheaf_model::{
    DEFAULT_NOTEBOOK_ID, DocId, Kind, Location, Millis, Note, NotePatch, Share, Status,
    default_notebook, new_doc_id,
};

use sheaf_sync::mutant::{Mutant, planted};

use crate::{
    IdBytes, NewNote, NoteDetail, NoteEdit, SnapshotReason, StoreError, UpdateOutcome, Version,
    edit::Manner,
    heads::{document_id, find_document, read_head, stored_id},
    read,
    txn::Txn,
};

pub(crate) fn create(
    txn: &mut Txn<'_>,
    new: NewNote,
    random: IdBytes,
    now: Millis,
) -> Result<NoteDetail, StoreError> {
    let notebook = home_for(txn, new.notebook, now)?;
    let (all, checked) = count_tasks(&new.body);
    let is_empty = new.title.is_empty() && new.body.is_empty();
    let note = Note {
        title: new.title,
        body: new.body,
        location: Location::Notebook(notebook),
        tags: new.tags,
        status: new.status,
        share: Share::Private,
        pinned: false,
        updated_at: now,
        created_at: now,
        timestamp: now,
        num_of_tasks: all,
        num_of_checked_tasks: checked,
    };
    let id = new_doc_id(Kind::Note, random);
    txn.create_document(&id, &note.to_body(), new.local_only || is_empty, now)?;
    read::note(txn.sql, &id)
}

/// The notebook a note goes to: the one that is named, else the default one.
pub(crate) fn home_for(
    txn: &mut Txn<'_>,
    notebook: Option<DocId>,
    now: Millis,
) -> Result<DocId, StoreError> {
    match notebook {
        Some(id) => live_notebook(txn, id),
        None => default_notebook_brought_back(txn, now),
    }
}

pub(crate) fn duplicate(
    txn: &mut Txn<'_>,
    id: &DocId,
    random: IdBytes,
    now: Millis,
) -> Result<NoteDetail, StoreError> {
    let (_, head) = read_head(txn.sql, id)?;
    let note = Note::read(&head.body);
    let notebook = match note.location {
        Location::Notebook(notebook) => live_notebook(txn, notebook).ok(),
        Location::Trash | Location::Template => None,
    };
    let copy = NewNote {
        notebook,
        title: note.title,
        body: note.body,
        tags: note.tags,
        status: note.status,
        local_only: false,
    };
    create(txn, copy, random, now)
}

/// A copy among the templates. Where it came from is of no matter to it.
pub(crate) fn make_template(
    txn: &mut Txn<'_>,
    id: &DocId,
    random: IdBytes,
    now: Millis,
) -> Result<NoteDetail, StoreError> {
    let (_, head) = read_head(txn.sql, id)?;
    let note = Note {
        location: Location::Template,
        share: Share::Private,
        pinned: false,
        updated_at: now,
        created_at: now,
        timestamp: now,
        ..Note::read(&head.body)
    };
    let id = new_doc_id(Kind::Note, random);
    txn.create_document(&id, &note.to_body(), false, now)?;
    read::note(txn.sql, &id)
}

pub(crate) fn update(
    txn: &mut Txn<'_>,
    id: &DocId,
    base: Version,
    edit: NoteEdit,
    now: Millis,
) -> Result<UpdateOutcome, StoreError> {
    let (row, head) = read_head(txn.sql, id)?;
    let stale = version(txn, row.doc)? != Some(base.0);
    if stale && !planted(Mutant::StaleEditOverwrites) {
        return Ok(UpdateOutcome::Stale {
            current: Box::new(read::note(txn.sql, id)?),
        });
    }
    let old = Note::read(&head.body);
    let title = edit.title.filter(|title| *title != old.title);
    let text = edit.body.filter(|text| *text != old.body);
    if title.is_none() && text.is_none() {
        return Ok(UpdateOutcome::Saved { version: base });
    }
    txn.keep_session(id, &head.body, SnapshotReason::Edited, now)?;
    let tasks = text.as_deref().map(count_tasks);
    let mut body = head.body.clone();
    NotePatch {
        title,
        body: text,
        tasks,
        updated_at: Some(now),
        timestamp: Some(now),
        ..NotePatch::default()
    }
    .apply(&mut body);
    let manner = Manner {
        now,
        text_changed: true,
        stays_local: false,
    };
    let seq = txn.edit_document(id, &row, &head, body, manner)?;
    Ok(UpdateOutcome::Saved {
        version: Version(seq),
    })
}

fn version(txn: &Txn<'_>, doc: i64) -> Result<Option<i64>, StoreError> {
    let mut statement = txn
        .sql
        .prepare_cached("SELECT version FROM notes WHERE doc = ?1")?;
    Ok(statement.query_row([doc], |row| row.get(0)).optional()?)
}

/// Changes notes without touching their text. `change` answers `None` where there is nothing to do.
fn reorganise(
    txn: &mut Txn<'_>,
    ids: &[DocId],
    now: Millis,
    stays_local: bool,
    mut change: impl FnMut(&mut Txn<'_>, i64, &Note) -> Result<Option<NotePatch>, StoreError>,
) -> Result<u32, StoreError> {
    let mut touched = 0;
    for id in ids.iter().filter(|id| id.kind() == Kind::Note) {
        let (row, head) = match read_head(txn.sql, id) {
            Ok(found) => found,
            Err(StoreError::NotFound(_)) => continue,
            Err(error) => return Err(error),
        };
        let Some(patch) = change(txn, row.doc, &Note::read(&head.body))? else {
            continue;
        };
        let mut body = head.body.clone();
        NotePatch {
            timestamp: Some(now),
            ..patch
        }
        .apply(&mut body);
        let manner = Manner {
            now,
            text_changed: false,
            stays_local,
        };
        txn.edit_document(id, &row, &head, body, manner)?;
        touched += 1;
    }
    Ok(touched)
}

pub(crate) fn move_to(
    txn: &mut Txn<'_>,
    ids: &[DocId],
    notebook: DocId,
    now: Millis,
) -> Result<u32, StoreError> {
    let notebook = live_notebook(txn, notebook)?;
    let place = Location::Notebook(notebook);
    reorganise(txn, ids, now, false, |txn, doc, note| {
        if note.location == place {
            return Ok(None);
        }
        forget_former_place(txn, doc)?;
        Ok(Some(NotePatch {
            location: Some(place.clone()),
            ..NotePatch::default()
        }))
    })
}

pub(crate) fn set_status(
    txn: &mut Txn<'_>,
    ids: &[DocId],
    status: Status,
    now: Millis,
) -> Result<u32, StoreError> {
    reorganise(txn, ids, now, false, |_, _, note| {
        let patch = NotePatch {
            status: Some(status),
            ..NotePatch::default()
        };
        Ok((note.status != status).then_some(patch))
    })
}

pub(crate) fn set_pinned(
    txn: &mut Txn<'_>,
    ids: &[DocId],
    pinned: bool,
    now: Millis,
) -> Result<u32, StoreError> {
    reorganise(txn, ids, now, false, |_, _, note| {
        let patch = NotePatch {
            pinned: Some(pinned),
            ..NotePatch::default()
        };
        Ok((note.pinned != pinned).then_some(patch))
    })
}

pub(crate) fn change_tags(
    txn: &mut Txn<'_>,
    ids: &[DocId],
    add: &[DocId],
    remove: &[DocId],
    now: Millis,
) -> Result<u32, StoreError> {
    for tag in add {
        read_head(txn.sql, tag)?;
    }
    reorganise(txn, ids, now, false, |_, _, note| {
        let mut tags: Vec<DocId> = note
            .tags
            .iter()
            .filter(|tag| !remove.contains(tag))
            .cloned()
            .collect();
        for tag in add {
            if !tags.contains(tag) {
                tags.push(tag.clone());
            }
        }
        let changed = tags != note.tags;
        Ok(changed.then(|| NotePatch {
            tags: Some(tags),
            ..NotePatch::default()
        }))
    })
}

pub(crate) fn trash(txn: &mut Txn<'_>, ids: &[DocId], now: Millis) -> Result<u32, StoreError> {
    reorganise(txn, ids, now, true, |txn, doc, note| {
        if note.location == Location::Trash {
            return Ok(None);
        }
        if let Location::Notebook(notebook) = &note.location {
            let key = txn.intern(notebook)?;
            txn.sql
                .prepare_cached("INSERT OR REPLACE INTO trashed_from VALUES (?1, ?2)")?
                .execute([doc, key])?;
        }
        Ok(Some(NotePatch {
            location: Some(Location::Trash),
            ..NotePatch::default()
        }))
    })
}

pub(crate) fn restore(
    txn: &mut Txn<'_>,
    ids: &[DocId],
    notebook: Option<DocId>,
    now: Millis,
) -> Result<u32, StoreError> {
    let wished = notebook.map(|id| live_notebook(txn, id)).transpose()?;
    reorganise(txn, ids, now, true, |txn, doc, note| {
        if note.location != Location::Trash {
            return Ok(None);
        }
        let former = if wished.is_some() {
            wished.clone()
        } else {
            former_place(txn, doc)?
        };
        let home = match former {
            Some(home) => home,
            None => default_notebook_brought_back(txn, now)?,
        };
        forget_former_place(txn, doc)?;
        Ok(Some(NotePatch {
            location: Some(Location::Notebook(home)),
            ..NotePatch::default()
        }))
    })
}

/// The live notebook a note in the trash came from, when that is known.
fn former_place(txn: &Txn<'_>, doc: i64) -> Result<Option<DocId>, StoreError> {
    let mut find = txn.sql.prepare_cached(
        "SELECT documents.id FROM trashed_from
         JOIN notebooks ON notebooks.doc = trashed_from.notebook
         JOIN documents ON documents.doc = notebooks.doc
         WHERE trashed_from.doc = ?1",
    )?;
    let id: Option<String> = find.query_row([doc], |row| row.get(0)).optional()?;
    id.as_deref().map(stored_id).transpose()
}

fn forget_former_place(txn: &Txn<'_>, doc: i64) -> Result<(), StoreError> {
    txn.sql
        .prepare_cached("DELETE FROM trashed_from WHERE doc = ?1")?
        .execute([doc])?;
    Ok(())
}

/// Deletes those of the notes that are in the trash.
pub(crate) fn delete_all(txn: &mut Txn<'_>, ids: &[DocId]) -> Result<u32, StoreError> {
    let mut deleted = 0;
    for id in ids {
        let mut find = txn.sql.prepare_cached(
            "SELECT 1 FROM notes JOIN documents USING (doc) WHERE id = ?1 AND trashed = 1",
        )?;
        if find.exists(params![id.as_str()])? {
            txn.delete_document(id)?;
            // Who deletes for good means the versions too.
            txn.forget_versions(id)?;
            deleted += 1;
        }
    }
    Ok(deleted)
}

/// Notes in the trash that nobody touched since `before`: moving them there was the last thing.
pub(crate) fn in_trash_since(txn: &Txn<'_>, before: Millis) -> Result<Vec<DocId>, StoreError> {
    let mut old = Vec::new();
    for id in in_trash(txn)? {
        let (_, head) = read_head(txn.sql, &id)?;
        let note = Note::read(&head.body);
        if note.timestamp.max(note.updated_at) < before {
            old.push(id);
        }
    }
    Ok(old)
}

pub(crate) fn in_trash(txn: &Txn<'_>) -> Result<Vec<DocId>, StoreError> {
    let mut statement = txn
        .sql
        .prepare_cached("SELECT doc FROM notes WHERE trashed = 1")?;
    let docs: Vec<i64> = statement
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    docs.into_iter()
        .map(|doc| document_id(txn.sql, doc))
        .collect()
}

fn live_notebook(txn: &Txn<'_>, id: DocId) -> Result<DocId, StoreError> {
    let found = find_document(txn.sql, &id)?.filter(|row| row.head.is_some());
    if id.kind() == Kind::Notebook && found.is_some() {
        Ok(id)
    } else {
        Err(StoreError::NotFound(id))
    }
}

/// Another device may have deleted the default notebook; a note that needs it brings it back.
fn default_notebook_brought_back(txn: &mut Txn<'_>, now: Millis) -> Result<DocId, StoreError> {
    let id = DocId::parse(DEFAULT_NOTEBOOK_ID).map_err(|_| StoreError::StoredValue)?;
    let found = find_document(txn.sql, &id)?.filter(|row| row.head.is_some());
    if found.is_none() {
        let (_, _, body) = default_notebook();
        txn.create_document(&id, &body, false, now)?;
    }
    Ok(id)
}
