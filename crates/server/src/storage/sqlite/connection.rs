//! Connections: one thread that writes, a few that read.

use std::{
    path::Path,
    sync::{Mutex, PoisonError, mpsc},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::{M, Migrations};
use tokio::sync::{Semaphore, oneshot};

use crate::storage::StorageError;

const SCHEMA: &[M<'_>] = &[M::up(include_str!("0001_accounts_and_items.sql"))];

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// Ends its thread when dropped.
pub(super) struct Writer(mpsc::Sender<Job>);

impl Writer {
    pub(super) fn start(mut connection: Connection) -> Self {
        let (jobs, queue) = mpsc::channel::<Job>();
        std::thread::spawn(move || {
            for job in queue {
                job(&mut connection);
            }
        });
        Self(jobs)
    }

    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, StorageError> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            // Nobody listens when the request was cancelled; the work is done all the same.
            let _ = answer.send(work(connection));
        });
        self.0.send(job).map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
}

fn gone() -> StorageError {
    StorageError::Failed("the writing thread has ended".into())
}

/// Reading connections, handed out one at a time.
pub(super) struct Readers {
    idle: Mutex<Vec<Connection>>,
    free: Semaphore,
}

impl Readers {
    pub(super) fn new(connections: Vec<Connection>) -> Self {
        Self {
            free: Semaphore::new(connections.len()),
            idle: Mutex::new(connections),
        }
    }
}

impl Readers {
    pub(super) async fn run<T: Send + 'static>(
        self: &std::sync::Arc<Self>,
        work: impl FnOnce(&Connection) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, StorageError> {
        let permit = self
            .free
            .acquire()
            .await
            .map_err(|error| StorageError::Failed(error.into()))?;
        let pool = std::sync::Arc::clone(self);
        let done = tokio::task::spawn_blocking(move || {
            let taken = pool
                .idle
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .pop();
            let connection = taken.ok_or_else(gone)?;
            let result = work(&connection);
            pool.idle
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(connection);
            result
        })
        .await;
        drop(permit);
        done.map_err(|error| StorageError::Failed(error.into()))?
    }
}

pub(super) fn open_writer(path: &Path) -> Result<Connection, StorageError> {
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    configure(&connection)?;
    Migrations::from_slice(SCHEMA)
        .to_latest(&mut connection)
        .map_err(|error| StorageError::Failed(error.into()))?;
    Ok(connection)
}

pub(super) fn open_reader(path: &Path) -> Result<Connection, StorageError> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_timeout(Duration::from_secs(10))?;
    configure(&connection)?;
    Ok(connection)
}

fn configure(connection: &Connection) -> Result<(), StorageError> {
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// `VACUUM INTO`: consistent, compact, and refuses to overwrite.
pub(super) fn backup(from: &Path, to: &Path) -> Result<(), StorageError> {
    let connection = open_reader(from)?;
    let to = to
        .to_str()
        .ok_or_else(|| StorageError::Failed("the path is not UTF-8".into()))?;
    connection.execute("VACUUM INTO ?1", [to])?;
    Ok(())
}
