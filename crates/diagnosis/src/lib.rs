//! Why does it not sync? Staged checks over the same network stack that sync uses, so that what
//! passes here works there. Each has a stable code, a severity, what was seen, what it means, what
//! to do, and, where Sheaf can act, a [`Fix`].
//!
//! It knows the network and CouchDB's answers; what concerns the notes (the store, the checkpoint,
//! stuck documents, keys) is handed in as [`Probes`]. It changes nothing: fixes are carried out by
//! whoever runs it, after asking. The only thing it ever writes is one `_local` document, which it
//! removes.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod check;
mod checks;
mod code;
mod context;
mod dates;
mod documents;
mod finding;
mod fix;
mod report;
mod run;
mod text;
mod wording;

pub use check::{CheckId, Depth, Group, Limit, Patience};
pub use checks::locked_notes;
pub use code::{Code, Entry};
pub use context::{Context, Kind, Subject, Target, Tuning};
pub use dates::{day, iso_day, moment};
pub use documents::{codes_table, typescript};
pub use finding::{Finding, Severity};
pub use fix::Fix;
pub use report::{Line, Report, State, Verdict};
pub use run::{Asked, Probes, plan, run};
pub use text::{Header, summary, text};
pub use wording::{bytes, finding, means, todo};
