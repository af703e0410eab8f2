//! Notes in SQLite: schema, migrations, revision trees, journal, search, attachments.
//!
//! One file, one writer thread, a few readers. An edit is acknowledged only when it is committed
//! with `synchronous=FULL`: note, search row, counts and journal entry in one transaction. The
//! wall clock and randomness are passed in. Nothing here knows a network, a window or a person.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod activity;
mod attachment;
mod backup;
mod blobs;
mod changes;
mod checkpoint;
mod connection;
mod counts;
mod edit;
mod error;
mod first;
mod garbage;
mod heads;
mod held;
mod history;
mod later;
mod list;
mod lock;
mod merge_base;
mod note;
mod open;
mod organise;
mod private_files;
mod read;
mod readers;
mod replica;
mod rescue;
mod schema;
mod settings;
mod shown;
mod sidebar;
#[cfg(feature = "simulation")]
mod simulation;
mod slice;
mod spare;
mod store;
mod stored_tree;
mod tidy;
mod tree;
mod txn;
mod verify;
mod words;
mod writer;

#[cfg(test)]
mod tests;

pub use activity::{ActivityEntry, ActivityKind, ActivityPage, ActivitySession, ListActivity};
pub use attachment::{AttachmentRow, NewAttachment};
pub use backup::database_path;
pub use changes::{ChangeKind, Changed, ChangedNote, Origin};
pub use error::{ErrorClass, NotebookError, StoreError, TagError};
pub use history::{DeletedNote, NoteHistory, NoteVersion, SnapshotId, SnapshotReason};
pub use note::{
    ConflictChoice, ConflictOutcome, ConflictRule, Decision, HeldBack, HeldBackDocument, Leaf,
    LeafId, ListNotes, Mentions, NewNote, NoteDetail, NoteEdit, NotePage, NoteRow,
    ResolvedConflicts, Scope, Sort, SortKey, Span, UpdateOutcome, Version,
};
pub use open::{OpenError, Options, set_aside};
pub use organise::{NotebookRow, Sidebar, TagRow};
pub use rescue::{Rescued, rescue};
#[cfg(feature = "simulation")]
pub use simulation::Simulated;
pub use store::{IdBytes, Store};
pub use verify::{Problem, Verified};
