//! Opening the store, and what to do when it cannot be opened.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use sheaf_model::Millis;

use crate::{Store, StoreError};

/// What the store is given instead of reading the environment.
#[derive(Clone)]
pub struct Options {
    /// Wall-clock time for what sync records on its own: snapshots of deleted notes, since when a
    /// document is held back. Never decides an outcome.
    pub clock: Arc<dyn Fn() -> Millis + Send + Sync>,
}

#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Written by a newer version of Sheaf. Nothing was touched.
    #[error("the notes were written by a newer version (schema {found}, this one knows {known})")]
    Newer { found: u32, known: u32 },
    /// Another process writes here.
    #[error("another process has the notes open for writing")]
    Locked,
    #[error("the disk is full")]
    DiskFull,
    /// The file is damaged; see [`set_aside`] and [`rescue`].
    #[error("the note database is damaged")]
    Corrupt(#[source] rusqlite::Error),
    /// The file is something else.
    #[error("the file is not a database")]
    NotADatabase,
    /// Opened for reading, and there is no database yet.
    #[error("there is no note database")]
    Missing,
    #[error("the note database could not be opened")]
    Sqlite(#[source] rusqlite::Error),
    #[error("the note database could not be brought up to date")]
    Migration(#[source] rusqlite_migration::Error),
    #[error("the data directory could not be used")]
    Io(#[from] std::io::Error),
}

/// What [`rescue`] could read of a damaged database.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rescued {
    pub documents: u32,
    pub settings: u32,
    /// Rows that could not be read.
    pub lost: u32,
}

impl Store {
    /// Opens the store in `dir` for reading and writing, creating both when missing. Holds an
    /// exclusive lock until the last clone is dropped.
    pub fn open(_dir: &Path, _options: Options) -> Result<Self, OpenError> {
        unimplemented!()
    }

    /// Opens the store beside a process that writes. Every write answers `ReadOnly`.
    pub fn open_read_only(_dir: &Path, _options: Options) -> Result<Self, OpenError> {
        unimplemented!()
    }
}

/// Renames a damaged database so that a new one can be made; `label` tells them apart. Answers
/// where it is now. Nothing is deleted, attachments stay where they are.
pub fn set_aside(_dir: &Path, _label: &str) -> Result<PathBuf, OpenError> {
    unimplemented!()
}

/// Copies every row that can still be read from a database that was set aside into the open store.
pub async fn rescue(_store: &Store, _damaged: &Path) -> Result<Rescued, StoreError> {
    unimplemented!()
}
