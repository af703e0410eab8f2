//! A small pool of connections that only read. A read that nobody waits for any more is
//! interrupted: while somebody types a query, only its last form is worth an answer.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use rusqlite::{Connection, InterruptHandle};
use tokio::sync::Semaphore;

use crate::{StoreError, connection};

const CONNECTIONS: usize = 3;

pub(crate) struct Readers {
    dir: PathBuf,
    idle: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
}

/// Interrupts the running read when dropped before the read took itself out.
struct Watched(Arc<Mutex<Option<InterruptHandle>>>);

impl Drop for Watched {
    fn drop(&mut self) {
        // Held while interrupting, so that the connection is not given to the next read meanwhile.
        let running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(handle) = &*running {
            handle.interrupt();
        }
    }
}

impl Readers {
    pub(crate) fn new(dir: PathBuf, first: Connection) -> Self {
        Self {
            dir,
            idle: Mutex::new(vec![first]),
            permits: Arc::new(Semaphore::new(CONNECTIONS)),
        }
    }

    /// Runs `read` on a thread for blocking work, in one transaction: it sees one state.
    pub(crate) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        read: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let permit = Arc::clone(&self.permits).acquire_owned().await;
        let permit = permit.map_err(|_| StoreError::Closed)?;
        let running = Arc::new(Mutex::new(None));
        let watched = Watched(Arc::clone(&running));
        let readers = Arc::clone(self);
        let job = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let connection = readers.take()?;
            *running.lock().unwrap_or_else(PoisonError::into_inner) =
                Some(connection.get_interrupt_handle());
            let answer = in_transaction(&connection, read);
            *running.lock().unwrap_or_else(PoisonError::into_inner) = None;
            readers.put_back(connection);
            answer
        });
        let answer = job.await.map_err(|_| StoreError::Closed)?;
        drop(watched);
        answer
    }

    fn take(&self) -> Result<Connection, StoreError> {
        let idle = self
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        match idle {
            Some(connection) => Ok(connection),
            None => Ok(connection::reader(&self.dir)?),
        }
    }

    fn put_back(&self, connection: Connection) {
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(connection);
    }
}

fn in_transaction<T>(
    connection: &Connection,
    read: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let transaction = connection.unchecked_transaction()?;
    let answer = read(&transaction).map_err(|error| match error {
        StoreError::Sqlite(error)
            if error.sqlite_error_code() == Some(rusqlite::ErrorCode::OperationInterrupted) =>
        {
            StoreError::Interrupted
        }
        other => other,
    });
    // Nothing was written; ending it either way is the same.
    drop(transaction);
    answer
}
