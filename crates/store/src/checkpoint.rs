//! Moves the write-ahead log into the database away from the typing path (facts: reliability T4:
//! the slow saves are the ones that run a checkpoint).
//!
//! A thread of its own with its own connection: a passive checkpoint blocks nobody. It waits for
//! a quiet moment unless the log has grown too long to wait.

use std::{
    path::{Path, PathBuf},
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

#[derive(Default)]
struct State {
    commits: u64,
    log_bytes: u64,
    closing: bool,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

pub(crate) struct Checkpointer {
    shared: Arc<Shared>,
    log: PathBuf,
    thread: Option<JoinHandle<()>>,
}

impl Checkpointer {
    pub(crate) fn start(dir: &Path, edits: Arc<Edits>) -> Result<Self, crate::OpenError> {
        let connection = connection::writer(dir).map_err(crate::OpenError::from_sqlite)?;
        let shared = Arc::new(Shared::default());
        let thread = std::thread::Builder::new()
            .name("store-checkpoint".into())
            .spawn({
                let shared = Arc::clone(&shared);
                move || run(&shared, &connection, &edits)
            })?;
        let log = dir.join(format!("{}-wal", connection::DATABASE));
        Ok(Self {
            shared,
            log,
            thread: Some(thread),
        })
    }

    /// Does nothing by itself: for a store without threads.
    #[cfg(feature = "simulation")]
    pub(crate) fn idle(dir: &Path) -> Self {
        Self {
            shared: Arc::default(),
            log: dir.join(format!("{}-wal", connection::DATABASE)),
            thread: None,
        }
    }

    /// Something was committed. Answers how many bytes the log has.
    pub(crate) fn committed(&self) -> u64 {
        let log_bytes = std::fs::metadata(&self.log).map_or(0, |meta| meta.len());
        let mut state = self.shared.lock();
        state.commits += 1;
        state.log_bytes = log_bytes;
        if log_bytes >= WORTH {
            self.shared.changed.notify_one();
        }
        log_bytes
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

fn run(shared: &Shared, connection: &Connection, edits: &Edits) {
    let mut done_at = 0;
    let mut state = shared.lock();
    while !state.closing {
        let idle = state.commits == done_at || state.log_bytes < WORTH;
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
    let outcome = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
        Ok((row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
    });
    match outcome {
        Ok((frames, moved)) => tracing::debug!(frames, moved, "checkpoint"),
        Err(error) => tracing::warn!(%error, "checkpoint"),
    }
}
