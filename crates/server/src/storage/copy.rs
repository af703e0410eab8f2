//! Copies of everything, as SQLite files: what `backup` writes and `restore` reads, whichever storage
//! is behind the server. Records travel through a short queue, so a copy never holds a whole database
//! in memory.

use std::path::Path;

use tokio::sync::mpsc;

use super::{Session, StorageError, User, UserId};
use crate::sync::Row;

/// Records wait here for the slower side.
const QUEUE: usize = 16;
/// Items of one record.
pub(super) const ITEMS: usize = 200;

/// Accounts come before what belongs to them.
pub(super) enum Record {
    Secret([u8; 32]),
    Invite(String),
    Account {
        user: User,
        counter: u64,
        bytes: u64,
    },
    Session(Session),
    Items(UserId, Vec<Row>),
}

/// One side of the queue between a database and a file.
pub(super) type Out = mpsc::Sender<Record>;
pub(super) type In = mpsc::Receiver<Record>;

pub(super) fn queue() -> (Out, In) {
    mpsc::channel(QUEUE)
}

/// The other side has failed; its own error says why.
pub(super) fn broken_off() -> StorageError {
    StorageError::Failed("the copy broke off".into())
}

/// A new file for its owner alone: it will hold password hashes. Nothing is ever overwritten.
pub(super) fn create(file: &Path) -> Result<(), StorageError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(file)
        .map(drop)
        .map_err(|error| StorageError::Failed(error.into()))
}
