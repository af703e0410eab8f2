//! Notes in SQLite: schema, migrations, revision trees, journal, search, attachments.
//!
//! One file, one writer thread, a few readers. An edit is acknowledged only when it is committed
//! with `synchronous=FULL`: note, search row, counts and journal entry in one transaction. The
//! clock and randomness are passed in. Nothing here knows a network, a window or a person.

#![cfg_attr(test, allow(clippy::unwrap_used))]
#![allow(clippy::unimplemented)]

mod attachment;
mod changes;
mod error;
mod note;
mod open;
mod organise;
mod store;
mod verify;

pub use attachment::{AttachmentRow, NewAttachment};
pub use changes::{ChangeKind, Changed, ChangedNote, Origin};
pub use error::{ErrorClass, NotebookError, StoreError, TagError};
pub use note::{
    HeldBack, HeldBackDocument, Leaf, LeafId, ListNotes, NewNote, NoteDetail, NoteEdit, NotePage,
    NoteRow, Scope, Sort, SortKey, Span, UpdateOutcome, Version,
};
pub use open::{OpenError, Options, Rescued, rescue, set_aside};
pub use organise::{NotebookRow, Sidebar, TagRow};
pub use store::{IdBytes, Store};
pub use verify::{Problem, Verified};
