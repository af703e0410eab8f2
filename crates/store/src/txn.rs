//! The writer's connection, and what one write transaction carries with it.
//!
//! Journal places, search rows and counts are kept in memory while a transaction runs and written
//! once before its commit; listeners are told after it. A transaction that fails leaves no trace.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use rusqlite::{Connection, TransactionBehavior, params};
use sheaf_model::{DocId, Millis};
use tokio::sync::broadcast;

use crate::{
    ChangeKind, Changed, ChangedNote, Origin, StoreError, Version,
    activity::Noted,
    blobs::Blobs,
    checkpoint::{self, Checkpointer, passive},
    counts::Counter,
    later::Unindexed,
    tidy::{Pieces, Tidiness},
    writer::{Edits, Step},
};

/// More changed notes than this in one transaction are announced as "many".
const ANNOUNCED: usize = 200;
/// Bytes of write-ahead log that bulk work may leave before it waits for a checkpoint, and those
/// it may leave while somebody writes and would wait with it.
const LONGEST_LOG: u64 = 192 << 20;
const LONGEST_LOG_WHILE_WRITING: u64 = 512 << 20;

pub(crate) struct Core {
    connection: Connection,
    last: Last,
    pub(crate) clock: Arc<dyn Fn() -> Millis + Send + Sync>,
    pub(crate) blobs: Arc<Blobs>,
    listeners: broadcast::Sender<Changed>,
    checkpointer: Checkpointer,
    page_size: u32,
    /// Pages in the write-ahead log that count.
    log_pages: u32,
    remaining: Option<Remaining>,
    edits: Arc<Edits>,
    pieces: Pieces,
    unindexed: Arc<Unindexed>,
    /// How long the last commit took, the sync of the disk included.
    last_commit: Duration,
    /// Indexing failed (a full disk): not again before something else was written.
    words_rest: bool,
    #[cfg(feature = "simulation")]
    pub(crate) documents_per_slice: Option<u32>,
}

/// What was left to offer at the end of the last batch; so the next need not count again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Remaining {
    pub(crate) remote: i64,
    /// Journal place up to which everything was offered, and the last one there was.
    pub(crate) through: i64,
    pub(crate) last_seq: i64,
    pub(crate) documents: u32,
}

/// The row of `position`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Last {
    seq: i64,
    search_row: i64,
}

pub(crate) struct Txn<'a> {
    pub(crate) sql: &'a Connection,
    pub(crate) blobs: &'a Blobs,
    /// Wall-clock time for records that no operation was handed one for.
    pub(crate) clock: &'a (dyn Fn() -> Millis + Send + Sync),
    pub(crate) remaining: Option<Remaining>,
    /// The words of what is shown now are indexed later (`later.rs`).
    pub(crate) words_later: bool,
    /// Something was indexed.
    indexed: bool,
    /// By how many the notes that wait for it have become more.
    unindexed: i64,
    began: Last,
    last: Last,
    counts: BTreeMap<(Counter, i64), i64>,
    changed: Changed,
    /// For the log of what sync did.
    pub(crate) noted: Noted,
}

impl Core {
    pub(crate) fn new(
        connection: Connection,
        clock: Arc<dyn Fn() -> Millis + Send + Sync>,
        blobs: Arc<Blobs>,
        listeners: broadcast::Sender<Changed>,
        checkpointer: Checkpointer,
        edits: Arc<Edits>,
    ) -> rusqlite::Result<Self> {
        checkpoint::count_pages(&connection);
        let page_size = connection.query_row("PRAGMA page_size", [], |row| row.get(0))?;
        let pieces = Pieces::count(&connection)?;
        let unindexed = Arc::<Unindexed>::default();
        unindexed.add(Unindexed::count(&connection)?);
        let last = connection.query_row("SELECT seq, search_row FROM position", [], |row| {
            Ok(Last {
                seq: row.get(0)?,
                search_row: row.get(1)?,
            })
        })?;
        Ok(Self {
            connection,
            last,
            clock,
            blobs,
            listeners,
            checkpointer,
            page_size,
            log_pages: 0,
            remaining: None,
            edits,
            pieces,
            unindexed,
            last_commit: Duration::ZERO,
            words_rest: false,
            #[cfg(feature = "simulation")]
            documents_per_slice: None,
        })
    }

    /// Runs `change` in a transaction. Commits when it succeeds, else nothing of it remains.
    pub(crate) fn write<T, E: From<StoreError>>(
        &mut self,
        origin: Origin,
        change: impl FnOnce(&mut Txn<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let sqlite = |error: rusqlite::Error| E::from(StoreError::Sqlite(error));
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(sqlite)?;
        let mut txn = Txn {
            sql: &transaction,
            blobs: &self.blobs,
            clock: &*self.clock,
            remaining: self.remaining,
            words_later: false,
            indexed: false,
            unindexed: 0,
            began: self.last,
            last: self.last,
            counts: BTreeMap::new(),
            changed: Changed {
                origin,
                notes: Vec::new(),
                many_notes: false,
                sidebar: false,
                journal: false,
                activity: false,
            },
            noted: Noted::default(),
        };
        let answer = change(&mut txn)?;
        txn.flush().map_err(E::from)?;
        let (last, remaining, changed) = (txn.last, txn.remaining, txn.changed);
        let (indexed, unindexed) = (txn.indexed, txn.unindexed);
        let committing = Instant::now();
        transaction.commit().map_err(sqlite)?;
        self.last_commit = committing.elapsed();
        self.log_pages = checkpoint::pages_in_log();
        if indexed {
            self.pieces.added();
        }
        self.unindexed.add(unindexed);
        self.words_rest = false;
        (self.last, self.remaining) = (last, remaining);
        if changed.is_something() {
            // Nobody listening is no error.
            let _ = self.listeners.send(changed);
        }
        Ok(answer)
    }

    pub(crate) fn edits(&self) -> Arc<Edits> {
        Arc::clone(&self.edits)
    }

    pub(crate) fn last_commit(&self) -> Duration {
        self.last_commit
    }

    #[cfg(feature = "simulation")]
    pub(crate) fn limit_growth(&self, pages: Option<u32>) -> Result<(), StoreError> {
        if pages.is_some() {
            // Pages that a migration left free would be room.
            self.connection.execute_batch("VACUUM")?;
        }
        let now: u32 = self
            .connection
            .query_row("PRAGMA page_count", [], |row| row.get(0))?;
        let most = pages.map_or(u32::MAX - 2, |pages| now.saturating_add(pages));
        self.connection
            .query_row(&format!("PRAGMA max_page_count = {most}"), [], |_| Ok(()))?;
        Ok(())
    }

    pub(crate) fn unindexed(&self) -> Arc<Unindexed> {
        Arc::clone(&self.unindexed)
    }

    pub(crate) fn words_wait(&self) -> bool {
        self.unindexed.any() && !self.words_rest
    }

    /// Indexes words that wait for it; an error is not asked after, and nothing is lost by it.
    pub(crate) fn index_when_idle(&mut self) {
        if let Err(error) = self.index_words(u32::MAX) {
            tracing::warn!(%error, "indexing words");
            self.words_rest = true;
        }
    }

    pub(crate) fn tidiness(&self) -> Tidiness {
        self.pieces.tidiness()
    }

    /// Merges some pieces of the search index.
    pub(crate) fn tidy(&mut self, tidiness: Tidiness) -> Step {
        let step = self.pieces.merge(&self.connection, tidiness);
        self.log_pages = checkpoint::pages_in_log();
        step
    }

    /// Called after every piece of work, whether it wrote or not.
    pub(crate) fn wrote(&self) {
        let longest = if self.edits.are_made() {
            LONGEST_LOG_WHILE_WRITING
        } else {
            LONGEST_LOG
        };
        let log_bytes = u64::from(self.log_pages) * u64::from(self.page_size);
        self.checkpointer.committed(log_bytes);
        if log_bytes > longest {
            // Writing without a pause: the other thread has moved most of it, and only from here
            // can the rest be moved so that the log starts anew.
            passive(&self.connection);
        }
    }
}

impl Txn<'_> {
    /// The next place in the journal.
    pub(crate) fn next_seq(&mut self) -> i64 {
        self.last.seq += 1;
        self.changed.journal = true;
        self.last.seq
    }

    /// The last place in the journal given out.
    pub(crate) fn last_seq(&self) -> i64 {
        self.last.seq
    }

    pub(crate) fn next_search_row(&mut self) -> i64 {
        self.last.search_row += 1;
        self.last.search_row
    }

    pub(crate) fn words_indexed(&mut self) {
        self.indexed = true;
    }

    /// By how many the notes that wait for the index have become more.
    pub(crate) fn add_unindexed(&mut self, notes: i64) {
        self.unindexed += notes;
    }

    /// Every note can be found now: what was searched before may have more hits.
    pub(crate) fn all_searchable(&mut self) {
        self.changed.many_notes = true;
    }

    pub(crate) fn count(&mut self, counter: Counter, key: i64, by: i64) {
        *self.counts.entry((counter, key)).or_default() += by;
    }

    pub(crate) fn sidebar_changed(&mut self) {
        self.changed.sidebar = true;
    }

    pub(crate) fn note_changed(&mut self, id: &DocId, kind: ChangeKind, version: Option<i64>) {
        if self.changed.many_notes {
            return;
        }
        let version = version.map(Version);
        let notes = &mut self.changed.notes;
        if let Some(known) = notes.iter_mut().find(|note| note.id == *id) {
            known.version = version;
            if kind == ChangeKind::Deleted {
                known.kind = kind;
            }
        } else if notes.len() == ANNOUNCED {
            self.changed.notes = Vec::new();
            self.changed.many_notes = true;
        } else {
            notes.push(ChangedNote {
                id: id.clone(),
                kind,
                version,
            });
        }
    }

    /// The log of what sync did is another one now.
    pub(crate) fn activity_changed(&mut self) {
        self.changed.activity = true;
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        self.changed.activity |= self.write_noted()?;
        for ((counter, key), by) in std::mem::take(&mut self.counts) {
            if by != 0 {
                self.changed.sidebar = true;
                let mut statement = self.sql.prepare_cached(
                    "INSERT INTO counts VALUES (?1, ?2, ?3)
                     ON CONFLICT DO UPDATE SET notes = notes + ?3",
                )?;
                statement.execute(params![counter as i64, key, by])?;
            }
        }
        // Nothing given out, nothing written: opening a store need not wait for the disk.
        if self.last == self.began {
            return Ok(());
        }
        let mut statement = self
            .sql
            .prepare_cached("UPDATE position SET seq = ?1, search_row = ?2")?;
        statement.execute(params![self.last.seq, self.last.search_row])?;
        Ok(())
    }
}

impl Changed {
    fn is_something(&self) -> bool {
        !self.notes.is_empty() || self.many_notes || self.sidebar || self.journal || self.activity
    }
}
