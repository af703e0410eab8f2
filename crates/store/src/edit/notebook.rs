//! Notebooks: a tree that stays one.

use std::collections::BTreeSet;

use sheaf_model::{
    Body, DEFAULT_NOTEBOOK_ID, DocId, Kind, Millis, Notebook, NotebookIcon, check, new_doc_id,
};

use crate::{
    IdBytes, NotebookError, NotebookRow, StoreError,
    edit::{Manner, note},
    heads::{find_document, read_head, stored_id},
    txn::Txn,
};

pub(crate) fn create(
    txn: &mut Txn<'_>,
    name: &str,
    parent: Option<DocId>,
    random: IdBytes,
    now: Millis,
) -> Result<NotebookRow, NotebookError> {
    let id = new_doc_id(Kind::Notebook, random);
    if let Some(parent) = &parent {
        live(txn, parent)?;
    }
    let notebook = Notebook {
        name: name.trim().to_owned(),
        parent,
        order: None,
        updated_at: now,
        created_at: now,
    };
    let mut body = Body::new();
    notebook.write(&mut body);
    check(&id, &body)?;
    txn.create_document(&id, &body, false, now)?;
    let row = crate::sidebar::notebook_rows(txn.sql)?
        .into_iter()
        .find(|row| row.id == id);
    Ok(row.ok_or(StoreError::NotFound(id))?)
}

pub(crate) fn rename(
    txn: &mut Txn<'_>,
    id: &DocId,
    name: &str,
    now: Millis,
) -> Result<(), NotebookError> {
    change(txn, id, now, |notebook| {
        name.trim().clone_into(&mut notebook.name);
    })
}

pub(crate) fn set_icon(
    txn: &mut Txn<'_>,
    id: &DocId,
    icon: Option<&NotebookIcon>,
    now: Millis,
) -> Result<(), NotebookError> {
    change_document(txn, id, now, |_, body| NotebookIcon::write(icon, body))
}

pub(crate) fn move_below(
    txn: &mut Txn<'_>,
    id: &DocId,
    parent: Option<DocId>,
    now: Millis,
) -> Result<(), NotebookError> {
    live(txn, id)?;
    if let Some(parent) = &parent {
        live(txn, parent)?;
        if with_those_inside(txn, id)?.contains(parent) {
            return Err(NotebookError::Cycle);
        }
    }
    change(txn, id, now, |notebook| notebook.parent = parent)
}

/// Room between two neighbours, so that most moves write one notebook.
const STEP: i64 = 1_024;

/// To a place of its own: below `parent`, in front of `before` or at the end. Neighbours get a place
/// too when they have none.
pub(crate) fn arrange(
    txn: &mut Txn<'_>,
    id: &DocId,
    parent: Option<DocId>,
    before: Option<&DocId>,
    now: Millis,
) -> Result<(), NotebookError> {
    live(txn, id)?;
    if let Some(parent) = &parent {
        live(txn, parent)?;
        if with_those_inside(txn, id)?.contains(parent) {
            return Err(NotebookError::Cycle);
        }
    }
    let all = crate::sidebar::stored_notebooks(txn.sql)?;
    let shown = crate::sidebar::notebook_rows(txn.sql)?;
    // As they are shown: a parent that does not exist is the root.
    let is_neighbour = |other: &DocId| {
        other != id
            && shown
                .iter()
                .any(|row| row.id == *other && row.parent == parent)
    };
    let neighbours: Vec<(&DocId, Option<i64>)> = all
        .iter()
        .filter(|book| is_neighbour(&book.id))
        .map(|book| (&book.id, book.order))
        .collect();
    let at = before
        .and_then(|before| neighbours.iter().position(|(other, _)| *other == before))
        .unwrap_or(neighbours.len());
    let low = at.checked_sub(1).map(|last| neighbours[last].1);
    let high = neighbours.get(at).map(|(_, order)| *order);
    let between = match (low, high) {
        (None, None) => Some(STEP),
        (Some(Some(low)), None) => low.checked_add(STEP),
        (None, Some(Some(high))) => high.checked_sub(STEP),
        (Some(Some(low)), Some(Some(high))) if high.saturating_sub(low) > 1 => {
            Some(low + (high - low) / 2)
        }
        _ => None,
    };
    if let Some(order) = between {
        return change(txn, id, now, |notebook| {
            notebook.parent = parent;
            notebook.order = Some(order);
        });
    }
    let mut order: Vec<DocId> = neighbours.iter().map(|(id, _)| (*id).clone()).collect();
    order.insert(at, id.clone());
    for (place, book) in (1..).zip(&order) {
        change(txn, book, now, |notebook| {
            if book == id {
                notebook.parent.clone_from(&parent);
            }
            notebook.order = Some(place * STEP);
        })?;
    }
    Ok(())
}

/// The notebook and all inside it go; their notes go to the trash. Answers how many notes did.
pub(crate) fn delete(txn: &mut Txn<'_>, id: &DocId, now: Millis) -> Result<u32, NotebookError> {
    live(txn, id)?;
    let going = with_those_inside(txn, id)?;
    if going.iter().any(|id| id.as_str() == DEFAULT_NOTEBOOK_ID) {
        return Err(NotebookError::Default);
    }
    let mut trashed = 0;
    for notebook in &going {
        trashed += note::trash(txn, &notes_in(txn, notebook)?, now)?;
        txn.delete_document(notebook)?;
    }
    Ok(trashed)
}

fn change(
    txn: &mut Txn<'_>,
    id: &DocId,
    now: Millis,
    edit: impl FnOnce(&mut Notebook),
) -> Result<(), NotebookError> {
    change_document(txn, id, now, |notebook, _| edit(notebook))
}

fn change_document(
    txn: &mut Txn<'_>,
    id: &DocId,
    now: Millis,
    edit: impl FnOnce(&mut Notebook, &mut Body),
) -> Result<(), NotebookError> {
    live(txn, id)?;
    let (row, head) = read_head(txn.sql, id)?;
    let mut notebook = Notebook::read(&head.body);
    let mut body = head.body.clone();
    edit(&mut notebook, &mut body);
    notebook.updated_at = now;
    notebook.write(&mut body);
    check(id, &body)?;
    txn.edit_document(
        id,
        &row,
        &head,
        body,
        Manner {
            now,
            text_changed: false,
            stays_local: false,
        },
    )?;
    Ok(())
}

fn live(txn: &Txn<'_>, id: &DocId) -> Result<(), StoreError> {
    let found = find_document(txn.sql, id)?.filter(|row| row.head.is_some());
    if id.kind() == Kind::Notebook && found.is_some() {
        Ok(())
    } else {
        Err(StoreError::NotFound(id.clone()))
    }
}

/// Stored parents may close a cycle: whoever was seen is not followed again.
fn with_those_inside(txn: &Txn<'_>, id: &DocId) -> Result<BTreeSet<DocId>, StoreError> {
    let mut inside = BTreeSet::from([id.clone()]);
    let mut waiting = vec![id.clone()];
    let mut children = txn.sql.prepare_cached(
        "SELECT documents.id FROM notebooks JOIN documents USING (doc) WHERE parent = ?1",
    )?;
    while let Some(next) = waiting.pop() {
        let rows = children.query_map([next.as_str()], |row| row.get::<_, String>(0))?;
        for child in rows {
            let child = stored_id(&child?)?;
            if inside.insert(child.clone()) {
                waiting.push(child);
            }
        }
    }
    Ok(inside)
}

fn notes_in(txn: &Txn<'_>, notebook: &DocId) -> Result<Vec<DocId>, StoreError> {
    let mut statement = txn.sql.prepare_cached(
        "SELECT note.id FROM documents AS notebook
         JOIN notes ON notes.shown_in = notebook.doc AND notes.place = notebook.doc
         JOIN documents AS note ON note.doc = notes.doc
         WHERE notebook.id = ?1",
    )?;
    let rows = statement.query_map([notebook.as_str()], |row| row.get::<_, String>(0))?;
    let ids: Vec<String> = rows.collect::<Result<_, _>>()?;
    ids.iter().map(|id| stored_id(id)).collect()
}
