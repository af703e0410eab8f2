//! Former versions put into force again. Always a new edit: what is there now becomes a version of
//! its own first, so a restoration can be taken back.

use sheaf_markdown::count_tasks;
use sheaf_model::{DocId, Kind, Location, Millis, Note, NotePatch};

use super::{SnapshotId, SnapshotReason, read};
use crate::{
    IdBytes, NewNote, NoteDetail, StoreError,
    edit::{Manner, create, home_for},
    heads::{find_document, read_head},
    read as notes,
    txn::Txn,
};

/// Title, text, tags, status and notebook of a version become the next edit of the note; a deleted
/// note comes back. A notebook that is gone, and the trash, move nothing. Answers the version that
/// was replaced, if one was.
pub(crate) fn restore_in_place(
    txn: &mut Txn<'_>,
    id: &DocId,
    snapshot: SnapshotId,
    now: Millis,
) -> Result<(NoteDetail, Option<SnapshotId>), StoreError> {
    let former = read::version(txn.sql, id, snapshot)?;
    let wanted = Note::read(&former.document);
    let home = match &wanted.location {
        Location::Notebook(book) if is_live(txn, book)? => Some(wanted.location.clone()),
        Location::Template => Some(Location::Template),
        _ => None,
    };
    let tasks = Some(count_tasks(&wanted.body));
    let mut patch = NotePatch {
        title: Some(wanted.title),
        body: Some(wanted.body),
        location: home,
        tags: Some(wanted.tags),
        status: Some(wanted.status),
        tasks,
        updated_at: Some(now),
        timestamp: Some(now),
        ..NotePatch::default()
    };
    let live = find_document(txn.sql, id)?.is_some_and(|row| row.head.is_some());
    let replaced = if live {
        let (row, head) = read_head(txn.sql, id)?;
        let replaced = txn.keep_version(id, &head.body, SnapshotReason::Restored, now, None)?;
        let mut body = head.body.clone();
        patch.apply(&mut body);
        let manner = Manner {
            now,
            text_changed: true,
            stays_local: false,
        };
        txn.edit_document(id, &row, &head, body, manner)?;
        Some(replaced)
    } else {
        if patch.location.is_none() {
            patch.location = Some(Location::Notebook(home_for(txn, None, now)?));
        }
        let mut body = former.document;
        sheaf_sync::merge::forget_merge_rule(&mut body);
        patch.apply(&mut body);
        txn.create_document(id, &body, false, now)?;
        None
    };
    Ok((notes::note(txn.sql, id)?, replaced))
}

/// A version as a new note, in the notebook it was in.
pub(crate) fn restore_copy(
    txn: &mut Txn<'_>,
    id: &DocId,
    snapshot: SnapshotId,
    random: IdBytes,
    now: Millis,
) -> Result<NoteDetail, StoreError> {
    let former = Note::read(&read::version(txn.sql, id, snapshot)?.document);
    let notebook = match former.location {
        Location::Notebook(book) if is_live(txn, &book)? => Some(book),
        _ => None,
    };
    let copy = NewNote {
        notebook,
        title: former.title,
        body: former.body,
        tags: former.tags,
        status: former.status,
        local_only: false,
    };
    create(txn, copy, random, now)
}

fn is_live(txn: &Txn<'_>, notebook: &DocId) -> Result<bool, StoreError> {
    let found = find_document(txn.sql, notebook)?.filter(|row| row.head.is_some());
    Ok(notebook.kind() == Kind::Notebook && found.is_some())
}
