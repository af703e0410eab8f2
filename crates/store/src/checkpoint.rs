//! Moves the write-ahead log into the database away from the typing path (facts: reliability T4:
//! the slow saves are the ones that run a checkpoint).
//!
//! A thread of its own with its own connection: a passive checkpoint blocks nobody. It waits for
//! a quiet moment unless the log has grown too long to wait.

use std::{
    cell::Cell,
    path::Path,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
    time::Duration,
};

use rusqlite::Connection;

use crate::{connection, writer::Edits};

/// Bytes of log worth a checkpoint, and bytes at which no quiet moment is waited for. While
/// somebody writes it is waited for longer: the commit of an edit waits for a disk that is busy
/// with the checkpoint.
const WORTH: u64 = 4 << 20;
const URGENT: u64 = 96 << 20;
const URGENT_WHILE_WRITING: u64 = 256 << 20;
/// How long nothing must have been written.
const QUIET: Duration = Duration::from_millis(250);

/// The log's file is begun anew and keeps its length: to cut it off takes the file system a tenth
/// of a second for 200 MB, and SQLite would do it inside the commit an edit waits for. It is cut
/// off here when it is longer than this and nothing was written for a while.
const KEPT_FILE: u64 = 16 << 20;
const LONG_QUIET: Duration = Duration::from_secs(5);

#[derive(Default)]
struct State {
    commits: u64,
    log_bytes: u64,
    closing: bool,
}

thread_local! {
    /// Pages in the log after the last commit of this thread.
    static PAGES: Cell<u32> = const { Cell::new(0) };
}

/// Lets [`pages_in_log`] know. Replaces SQLite's automatic checkpoint, which would run in a commit.
pub(crate) fn count_pages(connection: &Connection) {
    connection.wal_hook(Some(|_, pages| {
        PAGES.set(u32::try_from(pages).unwrap_or(0));
        Ok(())
    }));
}

/// As of the last commit of a connection that is counted, which must have been on this thread.
pub(crate) fn pages_in_log() -> u32 {
    PAGES.get()
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

pub(crate) struct Checkpointer {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpointer {
    pub(crate) fn start(dir: &Path, edits: Arc<Edits>) -> Result<Self, crate::OpenError> {
        let connection = connection::writer(dir).map_err(crate::OpenError::from_sqlite)?;
        // Cutting off the log locks writers out; with a reader in the way it is not waited for.
        connection
            .busy_timeout(Duration::ZERO)
            .map_err(crate::OpenError::from_sqlite)?;
        let log = dir.join(format!("{}-wal", connection::DATABASE));
        let shared = Arc::new(Shared::default());
        let thread = std::thread::Builder::new()
            .name("store-checkpoint".into())
            .spawn({
                let shared = Arc::clone(&shared);
                move || run(&shared, &connection, &log, &edits)
            })?;
        Ok(Self {
            shared,
            thread: Some(thread),
        })
    }

    /// Does nothing by itself: for a store without threads.
    #[cfg(feature = "simulation")]
    pub(crate) fn idle() -> Self {
        Self {
            shared: Arc::default(),
            thread: None,
        }
    }

    /// Something may have been committed; the log has so many bytes that count.
    pub(crate) fn committed(&self, log_bytes: u64) {
        let mut state = self.shared.lock();
        state.commits += 1;
        state.log_bytes = log_bytes;
        if log_bytes >= WORTH {
            self.shared.changed.notify_one();
        }
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.shared.lock().closing = true;
        self.shared.changed.notify_one();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the checkpoint thread of the note store ended in a panic");
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn run(shared: &Shared, connection: &Connection, log: &Path, edits: &Edits) {
    let mut done_at = 0;
    let mut state = shared.lock();
    while !state.closing {
        let idle = state.commits == done_at || state.log_bytes < WORTH;
        if idle && std::fs::metadata(log).is_ok_and(|log| log.len() > KEPT_FILE) {
            let seen = state.commits;
            let waited = shared.changed.wait_timeout(state, LONG_QUIET);
            let (waited, outcome) = waited.unwrap_or_else(PoisonError::into_inner);
            state = waited;
            if outcome.timed_out() && state.commits == seen && !state.closing {
                drop(state);
                checkpoint(connection, "TRUNCATE");
                state = shared.lock();
            }
            continue;
        }
        if idle {
            state = shared
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
            continue;
        }
        let seen = state.commits;
        let urgent = if edits.are_made() {
            URGENT_WHILE_WRITING
        } else {
            URGENT
        };
        if state.log_bytes < urgent {
            let waited = shared.changed.wait_timeout(state, QUIET);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            if state.commits != seen {
                continue;
            }
        }
        drop(state);
        passive(connection);
        state = shared.lock();
        done_at = seen;
    }
}

pub(crate) fn passive(connection: &Connection) {
    checkpoint(connection, "PASSIVE");
}

fn checkpoint(connection: &Connection, mode: &str) {
    let sql = format!("PRAGMA wal_checkpoint({mode})");
    let outcome = connection.query_row(&sql, [], |row| {
        Ok((row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
    });
    match outcome {
        Ok((frames, moved)) => tracing::debug!(frames, moved, "checkpoint"),
        Err(error) => tracing::warn!(%error, "checkpoint"),
    }
}
