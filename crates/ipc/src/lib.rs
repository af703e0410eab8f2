//! The contract between the engine and whatever drives it: the window, the command line over its
//! socket, and the tests. Request and response types, error codes, and **one table** of commands
//! and events ([`COMMANDS`], [`Api`], [`Event`]) from which the router, the window's permissions
//! and the TypeScript in `ui/src/ipc/generated.ts` come.
//!
//! These types are not the model: they say what a screen needs. No 64-bit integer crosses (JSON
//! readers in browsers lose them): times are milliseconds as a number, ids and versions strings.
//! Events carry what changed, not the data; whoever listens reads it again through one path.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod activity;
mod diagnosis;
mod error;
mod event;
mod guards;
mod history;
mod hosted;
mod items_file;
mod note;
mod organise;
mod preferences;
mod proxy;
mod remote;
mod setup;
mod shell;
mod sync;
mod table;
pub mod typescript;
mod vault;
mod writing;

pub use activity::*;
pub use diagnosis::*;
pub use error::{ApiError, ErrorCode};
pub use event::{ChangeKind, ChangedNote, Event, Origin};
pub use guards::*;
pub use history::*;
pub use hosted::*;
pub use items_file::*;
pub use note::*;
pub use organise::*;
pub use preferences::*;
pub use proxy::*;
pub use remote::*;
pub use setup::*;
pub use shell::*;
pub use sync::*;
pub use table::{Api, COMMANDS, SHELL_COMMANDS, Shell, dispatch, dispatch_shell};
pub use vault::*;
pub use writing::*;
