//! Opening the store, and what to do when it cannot be opened.

use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

use rusqlite::Connection;
use sheaf_model::Millis;
use tokio::sync::broadcast;

use crate::{
    Changed, ErrorClass, Origin, Store, backup,
    blobs::Blobs,
    checkpoint::Checkpointer,
    connection::{self, DATABASE},
    error::sqlite_class,
    first,
    lock::DirectoryLock,
    private_files,
    readers::Readers,
    schema,
    store::Inner,
    txn::Core,
    writer::Edits,
    writer::Writer,
};

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
    /// Another process, or another store of this one, writes here.
    #[error("the notes are open for writing elsewhere")]
    Locked,
    #[error("the disk is full")]
    DiskFull,
    /// The file is damaged; see [`set_aside`] and [`crate::rescue`].
    #[error("the note database is damaged")]
    Corrupt(#[source] rusqlite::Error),
    /// The file is something else. See [`set_aside`].
    #[error("the file is not a database")]
    NotADatabase,
    /// Opened for reading, and there is no database yet, or it has to be brought up to date.
    #[error("there is no note database of this version")]
    Missing,
    #[error("the note database could not be opened")]
    Sqlite(#[source] rusqlite::Error),
    #[error("the note database could not be brought up to date")]
    Migration(#[source] rusqlite_migration::Error),
    #[error("the data directory could not be used")]
    Io(#[source] io::Error),
}

/// How many transactions a listener may lag behind before it has to read everything anew.
const REMEMBERED_CHANGES: usize = 256;

/// Who does the work.
#[derive(Clone, Copy)]
pub(crate) enum Threads {
    Own,
    #[cfg(feature = "simulation")]
    Caller(crate::Simulated),
}

impl Store {
    /// Opens the store in `dir` for reading and writing, creating both when missing. Holds an
    /// exclusive lock until the last clone is dropped.
    pub fn open(dir: &Path, options: Options) -> Result<Self, OpenError> {
        Self::open_with(dir, options, Threads::Own)
    }

    pub(crate) fn open_with(
        dir: &Path,
        options: Options,
        threads: Threads,
    ) -> Result<Self, OpenError> {
        private_files::create_dir(dir)?;
        let lock = DirectoryLock::acquire(dir)?.ok_or(OpenError::Locked)?;
        let path = dir.join(DATABASE);
        private_files::open_or_create(&path)?;
        expect_database(&path)?;
        let mut connection = connection::writer(dir).map_err(OpenError::from_sqlite)?;
        let found = refuse_newer(&connection)?;
        // Nought: a file that was made just now.
        if (1..schema::VERSION).contains(&found) {
            backup::before_migration(&connection, found, (options.clock)())?;
        }
        schema::migrations()
            .to_latest(&mut connection)
            .map_err(OpenError::from_migration)?;
        let blobs = Arc::new(Blobs::at(dir));
        blobs.prepare()?;
        let (listeners, _) = broadcast::channel(REMEMBERED_CHANGES);
        let edits = Arc::<Edits>::default();
        let checkpointer = match threads {
            Threads::Own => Checkpointer::start(dir, Arc::clone(&edits))?,
            #[cfg(feature = "simulation")]
            Threads::Caller(_) => Checkpointer::idle(),
        };
        let mut core = Core::new(
            connection,
            options.clock,
            Arc::clone(&blobs),
            listeners.clone(),
            checkpointer,
            edits,
        )
        .map_err(OpenError::from_sqlite)?;
        core.write(Origin::Local, first::begin)?;
        let unindexed = core.unindexed();
        let reader = connection::reader(dir).map_err(OpenError::from_sqlite)?;
        let readers = Readers::new(dir.to_owned(), reader);
        let (readers, writer) = match threads {
            Threads::Own => (readers, Writer::start(core)?),
            #[cfg(feature = "simulation")]
            Threads::Caller(how) => {
                core.documents_per_slice = Some(how.documents_per_slice);
                let mut readers = readers;
                readers.at_once = true;
                (readers, Writer::at_once(core))
            }
        };
        let readers = Arc::new(readers);
        Ok(Self::from_inner(Inner {
            writer: Some(writer),
            readers,
            blobs,
            unindexed,
            listeners,
            _lock: Some(lock),
        }))
    }

    /// Opens the store beside a process that writes. Every write answers
    /// [`crate::StoreError::ReadOnly`].
    pub fn open_read_only(dir: &Path) -> Result<Self, OpenError> {
        let path = dir.join(DATABASE);
        if !path.is_file() {
            return Err(OpenError::Missing);
        }
        expect_database(&path)?;
        let reader = connection::reader(dir).map_err(OpenError::from_sqlite)?;
        if refuse_newer(&reader)? < schema::VERSION {
            return Err(OpenError::Missing);
        }
        let (listeners, _) = broadcast::channel::<Changed>(REMEMBERED_CHANGES);
        let readers = Arc::new(Readers::new(dir.to_owned(), reader));
        let blobs = Arc::new(Blobs::at(dir));
        Ok(Self::from_inner(Inner {
            writer: None,
            readers,
            blobs,
            unindexed: Arc::default(),
            listeners,
            _lock: None,
        }))
    }
}

/// Renames a damaged database so that a new one can be made; `label` tells several apart. Answers
/// where it is now. Nothing is deleted, attachments stay where they are.
pub fn set_aside(dir: &Path, label: &str) -> Result<PathBuf, OpenError> {
    let _lock = DirectoryLock::acquire(dir)?.ok_or(OpenError::Locked)?;
    let aside = format!("notes-damaged-{label}.db");
    if dir.join(&aside).exists() {
        return Err(OpenError::Io(io::ErrorKind::AlreadyExists.into()));
    }
    // The log belongs to the database and goes first: a new database must never find it.
    for suffix in ["-wal", "-shm", ""] {
        match fs::rename(
            dir.join(format!("{DATABASE}{suffix}")),
            dir.join(format!("{aside}{suffix}")),
        ) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            renamed => renamed?,
        }
    }
    private_files::sync_dir(dir)?;
    Ok(dir.join(aside))
}

/// SQLite would take a short file of another kind for an empty database.
fn expect_database(path: &Path) -> Result<(), OpenError> {
    const MAGIC: &[u8; 16] = b"SQLite format 3\0";
    let mut beginning = Vec::new();
    fs::File::open(path)?.take(16).read_to_end(&mut beginning)?;
    if beginning.is_empty() || beginning == MAGIC {
        Ok(())
    } else {
        Err(OpenError::NotADatabase)
    }
}

fn refuse_newer(connection: &Connection) -> Result<u32, OpenError> {
    let found: u32 = connection
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .map_err(OpenError::from_sqlite)?;
    let known = schema::VERSION;
    if found > known {
        Err(OpenError::Newer { found, known })
    } else {
        Ok(found)
    }
}

impl OpenError {
    pub(crate) fn from_sqlite(error: rusqlite::Error) -> Self {
        match sqlite_class(&error) {
            ErrorClass::Busy => Self::Locked,
            ErrorClass::DiskFull => Self::DiskFull,
            ErrorClass::Corrupt
                if error.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase) =>
            {
                Self::NotADatabase
            }
            ErrorClass::Corrupt => Self::Corrupt(error),
            _ => Self::Sqlite(error),
        }
    }

    fn from_migration(error: rusqlite_migration::Error) -> Self {
        match error {
            rusqlite_migration::Error::RusqliteError { err, .. }
                if sqlite_class(&err) != ErrorClass::Bug =>
            {
                Self::from_sqlite(err)
            }
            other => Self::Migration(other),
        }
    }
}

impl From<io::Error> for OpenError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::Io(error),
        }
    }
}

impl From<crate::StoreError> for OpenError {
    fn from(error: crate::StoreError) -> Self {
        match error {
            crate::StoreError::Sqlite(error) => Self::from_sqlite(error),
            crate::StoreError::Io(error) => Self::from(error),
            other => Self::Io(io::Error::other(other)),
        }
    }
}
