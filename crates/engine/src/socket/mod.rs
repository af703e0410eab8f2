//! The running app's side door: the command line sends it the commands of the ipc table as JSON
//! lines over a socket in the data directory that only this account can open.
//!
//! One request at a time per connection:
//! `{"command":"get_note","request":{"id":"note:…"}}` is answered with `{"ok":…}` or
//! `{"error":{"code":…}}`. The command [`EVENTS`] turns the connection into a stream of
//! `{"event":…}` lines.
//!
//! Unix only. Elsewhere [`serve`] and [`Client::connect`] answer [`SocketError::Unsupported`].

#[cfg(unix)]
mod client;
#[cfg(unix)]
mod frame;
#[cfg(unix)]
mod server;

#[cfg(not(unix))]
mod absent;

use std::{io, path::PathBuf};

#[cfg(unix)]
use serde::{Deserialize, Serialize};
#[cfg(unix)]
use serde_json::Value;
#[cfg(unix)]
use sheaf_ipc::{ApiError, Event};

#[cfg(not(unix))]
pub use absent::Client;
#[cfg(not(unix))]
pub(crate) use absent::{Serving, serve};
#[cfg(unix)]
pub use client::Client;
#[cfg(unix)]
pub(crate) use server::{Serving, serve};

/// Turns a connection into a stream of events.
#[cfg(unix)]
pub(crate) const EVENTS: &str = "events";

/// Not of the table: it is the command line's alone.
#[cfg(unix)]
pub(crate) const VERIFY: &str = "verify";

/// Hands over what a second start wants ([`crate::Visit`]); only a Sheaf with a window takes it.
#[cfg(unix)]
pub(crate) const VISIT: &str = "visit";

/// The socket's name inside the data directory.
#[cfg(unix)]
pub(crate) const NAME: &str = "sheaf.sock";

#[derive(Debug, thiserror::Error)]
pub enum SocketError {
    /// Nobody listens: no app runs on this data directory.
    #[error("no running Sheaf answers at {}", path.display())]
    NobodyThere { path: PathBuf, source: io::Error },
    #[error("the socket {} cannot be opened", path.display())]
    Bind { path: PathBuf, source: io::Error },
    #[error("the connection to the running Sheaf broke")]
    Broken(#[from] io::Error),
    #[error("a message of more than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("the running Sheaf answered something else than expected")]
    Format(#[from] serde_json::Error),
    #[error("talking to a running Sheaf is not possible on this system yet")]
    Unsupported,
}

#[cfg(unix)]
#[derive(Serialize, Deserialize)]
struct Request {
    command: String,
    #[serde(default)]
    request: Value,
}

#[cfg(unix)]
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Reply {
    Ok(Value),
    Error(ApiError),
    Event(Event),
}
