//! CouchDB replication, one file per step of the conversation: is it still the
//! same one (`identity`), what changed (`changes`), bring it here (`pull`), take ours
//! there (`push`), with bytes (`attachment`), remember how far (`checkpoint`), stay (`live`).
//!
//! It decides nothing about notes: what is kept, merged or shown is the replica's business. It
//! never deletes anything at the remote that the replica did not delete, and it never moves a
//! checkpoint past a document that is neither kept nor accounted for.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod access;
mod attachment;
mod brake;
mod bulk;
mod changes;
mod checkpoint;
mod creation;
mod database;
mod difference;
mod document;
mod error;
mod experience;
mod fetch;
mod identity;
mod limits;
mod live;
mod mobile;
mod patience;
mod pull;
mod push;
mod recognise;
mod replace;
mod replication;
mod resolve;
mod rows;
mod survey;
mod tuning;
mod vault;
mod verdict;
mod wire;

pub use access::{Access, Admitted, access, put_security, restrict, security};
pub use creation::{create_database, remove_empty_database};
pub use document::NOT_ENCRYPTED;
pub use error::{Answer, SyncError};
pub use limits::{Limits, limits};
pub use mobile::{is_ready_for_mobile, prepare_for_mobile};
pub use recognise::Recognition;
pub use replication::{Progress, Remote, Replication, Round};
pub use sheaf_sync::{Brake, ChangedTarget, HeldBack, Policy};
pub use survey::{Survey, survey};
pub use tuning::Tuning;
pub use vault::{Tally, find_lock, holds_nothing, put_lock, remove_unfinished, tally};
