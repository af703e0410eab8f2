//! A small pool of connections that only read. A read that nobody waits for any more is
//! stopped: while somebody types a query, only its last form is worth an answer.

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use crate::{StoreError, connection};

const CONNECTIONS: usize = 3;

pub(crate) struct Readers {
    dir: PathBuf,
    idle: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
    #[cfg(feature = "simulation")]
    pub(crate) at_once: bool,
}

/// Steps of SQLite's machine between two looks at whether the answer is still wanted: some tens
/// of microseconds.
const STEPS: i32 = 2_000;

/// Says that nobody waits any more.
struct Wanted(Arc<AtomicBool>);

impl Drop for Wanted {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

impl Readers {
    pub(crate) fn new(dir: PathBuf, first: Connection) -> Self {
        Self {
            dir,
            idle: Mutex::new(vec![first]),
            permits: Arc::new(Semaphore::new(CONNECTIONS)),
            #[cfg(feature = "simulation")]
            at_once: false,
        }
    }

    /// Runs `read` on a thread for blocking work, in one transaction: it sees one state.
    pub(crate) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        read: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        #[cfg(feature = "simulation")]
        if self.at_once {
            tokio::task::yield_now().await;
            let connection = self.take()?;
            let answer = in_transaction(&connection, read);
            self.put_back(connection);
            return answer;
        }
        let permit = Arc::clone(&self.permits).acquire_owned().await;
        let permit = permit.map_err(|_| StoreError::Closed)?;
        let wanted = Wanted(Arc::new(AtomicBool::new(true)));
        let still_wanted = Arc::clone(&wanted.0);
        let readers = Arc::clone(self);
        let job = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let connection = readers.take()?;
            connection
                .progress_handler(STEPS, Some(move || !still_wanted.load(Ordering::Relaxed)))?;
            let answer = in_transaction(&connection, read);
            connection.progress_handler(0, None::<fn() -> bool>)?;
            readers.put_back(connection);
            answer
        });
        let answer = job.await.map_err(|_| StoreError::Closed)?;
        drop(wanted);
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

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use crate::{StoreError, tests::support::Home};

    #[tokio::test]
    async fn a_read_nobody_waits_for_is_stopped() {
        let home = Home::new();
        let (started, has_started) = oneshot::channel();
        let (ended, end) = oneshot::channel();
        let reading = home.store.read(move |sql| {
            started.send(()).unwrap();
            let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
                           SELECT count(*) FROM n";
            let outcome = sql.query_row(endless, [], |row| row.get::<_, i64>(0));
            ended.send(outcome.is_err()).unwrap();
            Ok(outcome?)
        });
        tokio::select! {
            _ = reading => panic!("it has no end"),
            begun = has_started => begun.unwrap(),
        }
        // `select` has dropped the read.
        assert!(end.await.unwrap());
        // And its connection serves the next.
        home.store.sidebar().await.unwrap();
        let closed = home.store.read(|_| Err::<(), _>(StoreError::Closed)).await;
        assert!(matches!(closed, Err(StoreError::Closed)));
    }
}
