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

const SCHEMA: &[M<'_>] = &[
    M::up(include_str!("0001_accounts_and_items.sql")),
    M::up(include_str!("0002_revoked_sessions.sql")),
];

/// Most jobs that share one transaction.
const GROUP: usize = 64;

/// One thread that writes. What waits when a transaction begins shares it, and with it the one
/// flush to the disk that makes it durable: under load a flush serves many requests, and nobody is
/// answered before it. Ends when dropped.
pub(super) struct Writer(mpsc::Sender<Box<dyn Job>>);

impl Writer {
    pub(super) fn start(mut connection: Connection) -> Self {
        let (jobs, queue) = mpsc::channel::<Box<dyn Job>>();
        std::thread::spawn(move || {
            while let Ok(first) = queue.recv() {
                let (jobs, outcome) = together(&mut connection, first, &queue);
                for job in jobs {
                    job.tell(outcome.as_ref().err());
                }
            }
        });
        Self(jobs)
    }

    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, StorageError> {
        let (answer, answered) = oneshot::channel();
        let job = Task {
            work: Some(work),
            result: None,
            answer,
        };
        self.0.send(Box::new(job)).map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
}

trait Job: Send {
    /// Works inside the group's transaction; `false`: its changes are to be undone.
    fn work(&mut self, connection: &Connection) -> bool;
    /// Answers, now that it is known whether the transaction was committed.
    fn tell(self: Box<Self>, not_committed: Option<&rusqlite::Error>);
}

struct Task<W, T> {
    work: Option<W>,
    result: Option<Result<T, StorageError>>,
    answer: oneshot::Sender<Result<T, StorageError>>,
}

impl<W, T> Job for Task<W, T>
where
    W: FnOnce(&Connection) -> Result<T, StorageError> + Send,
    T: Send,
{
    fn work(&mut self, connection: &Connection) -> bool {
        self.result = self.work.take().map(|work| work(connection));
        matches!(self.result, Some(Ok(_)))
    }

    fn tell(self: Box<Self>, not_committed: Option<&rusqlite::Error>) {
        let result = match (self.result, not_committed) {
            (Some(Err(error)), _) => Err(error),
            (_, Some(error)) => Err(uncommitted(error)),
            (Some(done), None) => done,
            (None, None) => Err(gone()),
        };
        // Nobody listens when the request was cancelled; the work is done all the same.
        let _ = self.answer.send(result);
    }
}

/// Runs `first` and what waits behind it in one transaction, each job inside a savepoint of its own.
fn together(
    connection: &mut Connection,
    first: Box<dyn Job>,
    queue: &mpsc::Receiver<Box<dyn Job>>,
) -> (Vec<Box<dyn Job>>, rusqlite::Result<()>) {
    let mut jobs = Vec::new();
    let mut outcome = connection.execute_batch("BEGIN IMMEDIATE");
    let mut next = Some(first);
    while let Some(mut job) = next.take() {
        outcome = outcome.and_then(|()| one(connection, job.as_mut()));
        jobs.push(job);
        // A full disk makes SQLite give the whole transaction up: what follows begins another.
        if outcome.is_ok() && !connection.is_autocommit() && jobs.len() < GROUP {
            next = queue.try_recv().ok();
        }
    }
    // Fails, as it should, when the transaction was given up.
    let outcome = outcome.and_then(|()| connection.execute_batch("COMMIT"));
    if outcome.is_err() && !connection.is_autocommit() {
        // Nothing is left to undo if this fails too.
        let _ = connection.execute_batch("ROLLBACK");
    }
    (jobs, outcome)
}

fn one(connection: &Connection, job: &mut dyn Job) -> rusqlite::Result<()> {
    connection.execute_batch("SAVEPOINT job")?;
    let keep = job.work(connection);
    if connection.is_autocommit() {
        return Ok(());
    }
    connection.execute_batch(if keep {
        "RELEASE job"
    } else {
        "ROLLBACK TO job; RELEASE job"
    })
}

/// The cause stays with the category; the error itself belongs to the whole group.
fn uncommitted(error: &rusqlite::Error) -> StorageError {
    let told = format!("the transaction was not committed: {error}");
    if super::is_busy(error) {
        StorageError::Busy(told.into())
    } else {
        StorageError::Failed(told.into())
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
    // For a file that is made now. A sealed note of a thousand characters takes about 2,100 bytes: of
    // those only one fits a page of the usual 4 KiB, and half of the file would be empty.
    connection.pragma_update(None, "page_size", 8192)?;
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
    crate::storage::copy::create(to)?;
    let to = to
        .to_str()
        .ok_or_else(|| StorageError::Failed("the path is not UTF-8".into()))?;
    connection.execute("VACUUM INTO ?1", [to])?;
    Ok(())
}
