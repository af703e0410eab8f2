//! What people do at any installation, whatever it syncs with: looking for a note, writing, attaching. What is acknowledged
//! goes into the ledger.

use std::cell::RefCell;

use sheaf_model::{DocId, Millis};
use sheaf_store::{
    ListNotes, NewAttachment, NewNote, NoteDetail, NoteEdit, Scope, Store, StoreError,
    UpdateOutcome,
};

use crate::{
    random::Random,
    world::{
        deeds::{Failed, whole},
        device::Surroundings,
        ledger::Ledger,
        text::{appended, new_text, word},
    },
};

/// An installation, as the person in front of it knows it.
pub trait Desk {
    fn name(&self) -> &'static str;
    fn store(&self) -> Store;
    fn surroundings(&self) -> &Surroundings;
}

/// How one world's people differ from another's.
pub(crate) struct Habits {
    /// People write in what they wrote in last: so many notes get most of the edits.
    pub(crate) few: usize,
    /// What they attach.
    pub(crate) content_types: &'static [&'static str],
}

pub(crate) async fn ids_in(desk: &impl Desk, scope: Scope) -> Result<Vec<DocId>, StoreError> {
    let list = ListNotes {
        scope,
        limit: 10_000,
        ..ListNotes::default()
    };
    let page = desk.store().list_notes(list).await?;
    let mut ids: Vec<DocId> = page.rows.into_iter().map(|row| row.id).collect();
    ids.sort();
    Ok(ids)
}

/// All notes in view, the trash included, in the order of their ids.
pub(crate) async fn notes(desk: &impl Desk) -> Result<Vec<DocId>, StoreError> {
    let mut ids = ids_in(desk, Scope::All).await?;
    ids.extend(ids_in(desk, Scope::Trash).await?);
    ids.sort();
    Ok(ids)
}

pub(crate) async fn any_note(
    desk: &impl Desk,
    habits: &Habits,
    random: &mut Random,
) -> Result<Option<NoteDetail>, Failed> {
    let ids = notes(desk).await?;
    let few = &ids[..ids.len().min(habits.few)];
    let ids = if random.one_in(3) { &ids[..] } else { few };
    pick(desk, ids, random).await
}

pub(crate) async fn note_in(
    desk: &impl Desk,
    scope: Scope,
    random: &mut Random,
) -> Result<Option<NoteDetail>, Failed> {
    let ids = ids_in(desk, scope).await?;
    pick(desk, &ids, random).await
}

async fn pick(
    desk: &impl Desk,
    ids: &[DocId],
    random: &mut Random,
) -> Result<Option<NoteDetail>, Failed> {
    if ids.is_empty() {
        return Ok(None);
    }
    let id = random.pick(ids).clone();
    Ok(Some(desk.store().get_note(id).await?))
}

pub(crate) async fn any_notebook(
    desk: &impl Desk,
    random: &mut Random,
) -> Result<Option<DocId>, Failed> {
    let notebooks = desk.store().sidebar().await?.notebooks;
    let mut ids: Vec<DocId> = notebooks.into_iter().map(|row| row.id).collect();
    ids.sort();
    Ok((!ids.is_empty()).then(|| random.pick(&ids).clone()))
}

pub(crate) async fn save(
    desk: &impl Desk,
    ledger: &RefCell<Ledger>,
    note: &NoteDetail,
    edit: NoteEdit,
    now: Millis,
) -> Result<(), Failed> {
    let before = whole(&note.row.title, &note.body);
    let after = whole(
        edit.title.as_ref().unwrap_or(&note.row.title),
        edit.body.as_ref().unwrap_or(&note.body),
    );
    let id = note.row.id.clone();
    let outcome = desk
        .store()
        .update_note(id.clone(), note.version, edit, now)
        .await?;
    if matches!(outcome, UpdateOutcome::Saved { .. }) {
        ledger
            .borrow_mut()
            .wrote(id.as_str(), desk.name(), &before, &after);
    }
    Ok(())
}

pub(crate) fn titled(title: String) -> NoteEdit {
    NoteEdit {
        title: Some(title),
        body: None,
    }
}

pub(crate) fn written(body: String) -> NoteEdit {
    NoteEdit {
        title: None,
        body: Some(body),
    }
}

pub(crate) async fn create(
    desk: &impl Desk,
    ledger: &RefCell<Ledger>,
    random: &mut Random,
    now: Millis,
) -> Result<(), Failed> {
    let (title, text) = {
        let mut ledger = ledger.borrow_mut();
        (ledger.token(), ledger.token())
    };
    let notebook = if random.one_in(2) {
        any_notebook(desk, random).await?
    } else {
        None
    };
    let note = NewNote {
        notebook,
        title: format!("Note {}", word(title)),
        body: new_text(random, text),
        ..NewNote::default()
    };
    let text = whole(&note.title, &note.body);
    let id = desk.surroundings().id_bytes();
    let made = desk.store().create_note(note, id, now).await?;
    ledger
        .borrow_mut()
        .wrote(made.row.id.as_str(), desk.name(), "", &text);
    Ok(())
}

pub(crate) async fn attach(
    desk: &impl Desk,
    ledger: &RefCell<Ledger>,
    habits: &Habits,
    random: &mut Random,
    now: Millis,
) -> Result<(), Failed> {
    let Some(note) = any_note(desk, habits, random).await? else {
        return Ok(());
    };
    let length = *random.weighted(&[(3, 0), (3, 1), (3, 700), (3, 5000), (1, 70_000)]);
    let bytes: Vec<u8> = (0..length).map(|_| random.number() as u8).collect();
    let content_type = *random.pick(habits.content_types);
    let attachment = NewAttachment {
        name: "picture".into(),
        content_type: content_type.into(),
        bytes: bytes.clone(),
    };
    let id = desk.surroundings().id_bytes();
    let row = desk.store().add_attachment(attachment, id, now).await?;
    let token = {
        let mut ledger = ledger.borrow_mut();
        ledger.attached(row.id.as_str(), bytes);
        ledger.token()
    };
    let body = appended(&note.body, token) + &format!("![]({})\n", row.id);
    save(desk, ledger, &note, written(body), now).await
}
