//! Between the store's types and those of the ipc table. Free functions, because both sides belong
//! to other crates; no decisions beyond what a field is called.

mod error;
mod history;
mod note;
mod organise;

use sheaf_ipc::{ApiError, ErrorCode};
use sheaf_model::{DocId, Kind};

pub(crate) use error::{chain, notebook_error, secret_error, store_code, store_error, tag_error};
pub(crate) use history::{
    choice, conflict_outcome, conflict_rule, content, decision, decision_from, deleted_note,
    history, leaf,
};
pub(crate) use note::{
    held_back as reason_of_store, held_back_item, held_back_to_store as reason_to_store,
    list_notes, mentions, note_detail, note_page, status_from, summary, unreadable_item,
    update_outcome,
};
pub(crate) use organise::{color_from, notebook_icon, notebook_row, sidebar, tag_row};

/// An id of one of `kinds`. What is no id at all cannot name anything either.
pub(crate) fn id(text: &str, kinds: &[Kind]) -> Result<DocId, ApiError> {
    let unknown = || ApiError::new(ErrorCode::NotFound);
    let id = DocId::parse(text).map_err(|_| unknown())?;
    if kinds.contains(&id.kind()) {
        Ok(id)
    } else {
        Err(unknown())
    }
}

pub(crate) fn note_id(text: &str) -> Result<DocId, ApiError> {
    id(text, &[Kind::Note])
}

pub(crate) fn notebook_id(text: &str) -> Result<DocId, ApiError> {
    id(text, &[Kind::Notebook])
}

pub(crate) fn tag_id(text: &str) -> Result<DocId, ApiError> {
    id(text, &[Kind::Tag])
}

pub(crate) fn ids<'a>(
    texts: impl IntoIterator<Item = &'a String>,
    read: impl Fn(&str) -> Result<DocId, ApiError>,
) -> Result<Vec<DocId>, ApiError> {
    texts.into_iter().map(|text| read(text)).collect()
}
