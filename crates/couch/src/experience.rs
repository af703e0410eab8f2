//! What one conversation learned about the server and the line, from one pull to the next.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use sheaf_model::{DocId, Millis, Revision};
use sheaf_sync::{Joining, OutgoingRevision};

use crate::fetch::Habits;

const MOST_ROWS_PER_STREAM: usize = 10_000;
const FEWEST_ROWS_PER_STREAM: usize = 50;

/// What is worth knowing from one pull to the next.
#[derive(Debug)]
pub(crate) struct Experience {
    pub(crate) habits: Habits,
    /// Rows per streamed page: fewer on a line that breaks, so that each page brings a position.
    stream_rows: Mutex<usize>,
    pub(crate) withheld: Mutex<HashMap<DocId, u32>>,
    /// To be sent again: the remote has them without the history that makes one of two.
    joining: Mutex<Vec<OutgoingRevision>>,
    in_journal: AtomicBool,
    /// Once is enough: a remote that keeps short histories may forget it again.
    joined: Mutex<HashSet<(DocId, Revision)>>,
    /// When the feed was last read from its beginning for what had been withheld.
    pub(crate) asked_again: Mutex<Option<Millis>>,
}

impl Default for Experience {
    fn default() -> Self {
        Self {
            habits: Habits::default(),
            stream_rows: Mutex::new(MOST_ROWS_PER_STREAM),
            withheld: Mutex::default(),
            joining: Mutex::default(),
            in_journal: AtomicBool::default(),
            joined: Mutex::default(),
            asked_again: Mutex::default(),
        }
    }
}

impl Experience {
    pub(crate) fn rows_per_stream(&self) -> usize {
        *self.lock_rows()
    }

    /// In the middle of a page.
    pub(crate) fn line_broke(&self) {
        let mut rows = self.lock_rows();
        *rows = (*rows / 4).max(FEWEST_ROWS_PER_STREAM);
    }

    fn lock_rows(&self) -> MutexGuard<'_, usize> {
        self.stream_rows
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn join_later(&self, joining: Joining) {
        let joined = self.joined.lock().unwrap_or_else(PoisonError::into_inner);
        let again = joining.again.into_iter();
        let fresh = again.filter(|one| !joined.contains(&(one.id.clone(), one.revision.clone())));
        self.joining().extend(fresh);
        self.in_journal
            .fetch_or(joining.in_journal, Ordering::Relaxed);
    }

    /// Whether taking in left something to send.
    pub(crate) fn has_something_to_send(&self) -> bool {
        self.in_journal.swap(false, Ordering::Relaxed) || !self.joining().is_empty()
    }

    pub(crate) fn have_joined(&self, revisions: Vec<(DocId, Revision)>) {
        let mut joined = self.joined.lock().unwrap_or_else(PoisonError::into_inner);
        joined.extend(revisions);
    }

    pub(crate) fn joining(&self) -> MutexGuard<'_, Vec<OutgoingRevision>> {
        self.joining.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
