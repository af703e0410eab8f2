//! The one thread that writes.
//!
//! Two queues: what a person does goes first; what sync brings is cut into slices, and between
//! two slices every waiting edit is let in. An edit is one transaction and is answered after its
//! commit. When the store closes, waiting edits are still written; waiting slices are not, their
//! checkpoint has not moved. With nothing to do it indexes words that wait for it (`later.rs`) and
//! tidies the search index, a little at a time; when much arrives it tidies in between, so that no
//! commit has to.
//!
//! A simulation has no threads: there the work is done where it is asked for (`Writer::at_once`).

use std::{
    collections::VecDeque,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use crate::{tidy::Tidiness, txn::Core};

pub(crate) type Edit = Box<dyn FnOnce(&mut Core) + Send>;
/// Does about a slice of work and says whether there is more.
pub(crate) type Bulk = Box<dyn FnMut(&mut Core) -> Step + Send>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    More,
    Done,
}

#[derive(Default)]
struct Waiting {
    edits: VecDeque<Edit>,
    bulk: VecDeque<Bulk>,
    closing: bool,
    /// There is no thread any more that would do anything.
    ended: bool,
}

impl Waiting {
    fn is_empty(&self) -> bool {
        self.edits.is_empty() && self.bulk.is_empty() && !self.closing
    }
}

#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    arrived: Condvar,
    edits: Arc<Edits>,
}

/// With nothing to do for so long, nothing is about to come either.
const IDLE: Duration = Duration::from_millis(250);
/// With nothing to do for so long, what a pull brings next is still on the line.
const GAP: Duration = Duration::from_millis(40);

/// For so long after an edit somebody is taken to be writing, and the next edit to be near.
const WRITING: Duration = Duration::from_secs(2);

/// What bulk work asks to know how soon it should give way.
pub(crate) struct Edits {
    began: Instant,
    /// Microseconds after `began`; 0: there was none.
    last: AtomicU64,
}

impl Default for Edits {
    fn default() -> Self {
        Self {
            began: Instant::now(),
            last: AtomicU64::new(0),
        }
    }
}

impl Edits {
    /// Somebody is writing: an edit waits or may come at any moment.
    pub(crate) fn are_made(&self) -> bool {
        let last = self.last.load(Ordering::Relaxed);
        last > 0 && self.elapsed() < last.saturating_add(WRITING.as_micros() as u64)
    }

    fn arrived(&self) {
        self.last.store(self.elapsed().max(1), Ordering::Relaxed);
    }

    fn elapsed(&self) -> u64 {
        self.began.elapsed().as_micros() as u64
    }
}

pub(crate) struct Writer {
    queue: Arc<Queue>,
    thread: Option<JoinHandle<()>>,
    #[cfg(feature = "simulation")]
    core: Option<Mutex<Core>>,
}

impl Writer {
    pub(crate) fn start(core: Core) -> std::io::Result<Self> {
        let queue = Arc::new(Queue {
            edits: core.edits(),
            ..Queue::default()
        });
        let thread = std::thread::Builder::new()
            .name("store-writer".into())
            .spawn({
                let queue = Arc::clone(&queue);
                move || run(&queue, core)
            })?;
        Ok(Self {
            queue,
            thread: Some(thread),
            #[cfg(feature = "simulation")]
            core: None,
        })
    }

    pub(crate) fn edit(&self, edit: Edit) {
        self.queue.edits.arrived();
        let mut waiting = self.queue.lock();
        // Dropped instead, its caller is told that the store is closed.
        if !waiting.ended {
            waiting.edits.push_back(edit);
            self.queue.arrived.notify_one();
        }
    }

    pub(crate) fn bulk(&self, bulk: Bulk) {
        let mut waiting = self.queue.lock();
        if !waiting.ended {
            waiting.bulk.push_back(bulk);
            self.queue.arrived.notify_one();
        }
    }
}

/// Without a thread.
#[cfg(feature = "simulation")]
impl Writer {
    pub(crate) fn at_once(core: Core) -> Self {
        Self {
            queue: Arc::default(),
            thread: None,
            core: Some(Mutex::new(core)),
        }
    }

    pub(crate) fn is_at_once(&self) -> bool {
        self.core.is_some()
    }

    /// Does one piece of what waits, if there is no thread to do it. Answers whether there was one.
    pub(crate) fn step(&self) -> bool {
        let Some(core) = &self.core else { return false };
        let mut waiting = self.queue.lock();
        if let Some(edit) = waiting.edits.pop_front() {
            drop(waiting);
            edit(&mut core.lock().unwrap_or_else(PoisonError::into_inner));
            return true;
        }
        let Some(mut bulk) = waiting.bulk.pop_front() else {
            return false;
        };
        drop(waiting);
        if bulk(&mut core.lock().unwrap_or_else(PoisonError::into_inner)) == Step::More {
            self.queue.lock().bulk.push_front(bulk);
        }
        true
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue.lock().closing = true;
        self.queue.arrived.notify_one();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the writer of the note store ended in a panic");
        }
    }
}

impl Queue {
    /// A panic elsewhere does not make a queue of jobs wrong.
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Next {
    Edit(Edit),
    Bulk(Bulk),
    /// Indexes some of the words that wait for it.
    Words,
    /// Merges some pieces of the search index.
    Tidy(Tidiness),
}

/// However the thread ends: who waits for it, or comes later, is answered. A panic once left the
/// window saying "Saving" for ever.
struct Ends<'a>(&'a Queue);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        let mut waiting = self.0.lock();
        waiting.ended = true;
        let left = (
            std::mem::take(&mut waiting.edits),
            std::mem::take(&mut waiting.bulk),
        );
        drop(waiting);
        drop(left);
    }
}

fn run(queue: &Queue, mut core: Core) {
    let _ends = Ends(queue);
    let mut patience = IDLE;
    while let Some(next) = next(queue, &core, patience) {
        patience = IDLE;
        match next {
            Next::Edit(edit) => edit(&mut core),
            Next::Words => {
                core.index_when_idle();
                patience = Duration::ZERO;
            }
            Next::Tidy(tidiness) => {
                core.tidy(tidiness);
                // Still idle.
                patience = Duration::ZERO;
            }
            Next::Bulk(mut bulk) => {
                if bulk(&mut core) == Step::More {
                    // To the front: a batch is finished before the next one begins.
                    queue.lock().bulk.push_front(bulk);
                }
            }
        }
        core.wrote();
    }
}

fn next(queue: &Queue, core: &Core, patience: Duration) -> Option<Next> {
    let (tidiness, words) = (core.tidiness(), core.words_wait());
    let mut waiting = queue.lock();
    loop {
        if let Some(edit) = waiting.edits.pop_front() {
            return Some(Next::Edit(edit));
        }
        if waiting.closing {
            return None;
        }
        if tidiness == Tidiness::Overdue {
            return Some(Next::Tidy(tidiness));
        }
        if let Some(bulk) = waiting.bulk.pop_front() {
            return Some(Next::Bulk(bulk));
        }
        if tidiness == Tidiness::Tidy && !words {
            let woken = queue.arrived.wait(waiting);
            waiting = woken.unwrap_or_else(PoisonError::into_inner);
            continue;
        }
        let patience = if words { patience.min(GAP) } else { patience };
        let woken = queue.arrived.wait_timeout(waiting, patience);
        let (still_waiting, outcome) = woken.unwrap_or_else(PoisonError::into_inner);
        if outcome.timed_out() && still_waiting.is_empty() {
            return Some(if words {
                Next::Words
            } else {
                Next::Tidy(tidiness)
            });
        }
        waiting = still_waiting;
    }
}
