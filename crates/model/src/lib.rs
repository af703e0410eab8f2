//! The data model: notes, notebooks, tags, attachments, their ids and revisions.
//!
//! A document is kept as the JSON object it arrived as ([`Body`]); the typed views ([`Note`],
//! [`Notebook`], [`Tag`], [`File`]) read it with defaults, and edits are written into the object
//! field by field. That is how fields that this version has never heard of survive every round
//! trip (`inkdrop-model` sets no `additionalProperties: false`).
//!
//! Pure: no clock, no randomness, no I/O. What needs an instant or entropy takes it as an argument.

mod document;
mod id;
mod note;
mod notebook;
mod revision;
mod tag;
mod time;
mod validity;

pub mod file;

pub use document::{Attachment, Body, Kind};
pub use file::File;
pub use id::{DocId, IdError, new_doc_id};
pub use note::{Location, Note, NotePatch, Share, Status};
pub use notebook::{DEFAULT_NOTEBOOK_ID, MAX_ICON_CHARS, Notebook, NotebookIcon, default_notebook};
pub use revision::{Revision, RevisionError, mint, winner_order};
pub use tag::{Tag, TagColor};
pub use time::Millis;
pub use validity::{Invalid, MAX_BODY_CHARS, MAX_TITLE_CHARS, check};
