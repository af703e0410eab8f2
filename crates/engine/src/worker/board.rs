//! The status as it is shown: the one status machine plus what surrounds it, published so that
//! nothing flickers. A change of state is told at once; counting is told at most ten times a
//! second, and always with its last value.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sheaf_ipc::{ErrorCode, Event, GuardQuestion, ResetDirection, SyncState, SyncStatus};
use sheaf_model::Millis;
use sheaf_sync::{Environment as _, Fault, Replacing, Status};
use tokio::sync::broadcast;

use super::{fault, hosted::hosted_code};
use crate::surroundings::Surroundings;

/// Shortest time between two numbers.
const PACE: Duration = Duration::from_millis(100);

/// What is counted in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Counts {
    pub(super) waiting: u32,
    pub(super) conflicts: u32,
    pub(super) held_back: u32,
}

/// Why nothing goes on without a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) fault: Fault,
    /// More precise than the fault where the trouble is on this computer.
    pub(super) code: ErrorCode,
    pub(super) question: Option<GuardQuestion>,
}

#[derive(Clone)]
pub(super) struct Board {
    state: Arc<Mutex<State>>,
    events: broadcast::Sender<Event>,
    surroundings: Surroundings,
}

#[derive(Default)]
struct State {
    status: Status,
    block: Option<Block>,
    remote: Option<String>,
    /// What stood in the way when something last failed, if it was one.
    proxy: Option<String>,
    last_success: Option<Millis>,
    counts: Counts,
    replacing: Option<Replacing>,
    published: Option<SyncStatus>,
    published_at: Millis,
    /// A task will publish what is current when the pace allows it.
    promised: bool,
    /// The remote is an account, not a database.
    hosted: bool,
}

impl Board {
    pub(super) fn tell(&self, event: Event) {
        // Nobody may be listening.
        let _ = self.events.send(event);
    }

    pub(super) fn new(events: broadcast::Sender<Event>, surroundings: Surroundings) -> Self {
        Self {
            state: Arc::default(),
            events,
            surroundings,
        }
    }

    /// The status now.
    pub(super) fn current(&self) -> SyncStatus {
        self.lock().shown()
    }

    pub(super) fn block(&self) -> Option<Block> {
        self.lock().block.clone()
    }

    pub(super) fn speaks_with_an_account(&self, hosted: bool) {
        self.lock().hosted = hosted;
    }

    /// Called before the failure itself is told.
    pub(super) fn stands_in_the_way(&self, proxy: Option<String>) {
        self.lock().proxy = proxy;
    }

    /// Another target, or none; `status` is where it begins.
    pub(super) fn set_remote(
        &self,
        remote: Option<String>,
        last_success: Option<Millis>,
        status: Status,
    ) {
        let mut state = self.lock();
        state.status = status;
        state.block = None;
        state.remote = remote;
        state.last_success = last_success;
        state.counts = Counts {
            conflicts: state.counts.conflicts,
            ..Counts::default()
        };
        drop(state);
        self.publish();
    }

    /// One side gives way to the other, or not any more.
    pub(super) fn replaces(&self, side: Option<Replacing>) {
        self.lock().replacing = side;
        self.publish();
    }

    /// Where a target rests that nobody talks to.
    pub(super) fn rests(&self) {
        let mut state = self.lock();
        let conflicts = state.counts.conflicts;
        state.status = Status::Connecting.after(&sheaf_sync::Event::InStep { conflicts });
        state.block = None;
        drop(state);
        self.publish();
    }

    pub(super) fn happened(&self, event: &sheaf_sync::Event) {
        let mut state = self.lock();
        let before = state.status.clone();
        state.status = before.after(event);
        if !matches!(state.status, Status::Blocked { .. }) {
            state.block = None;
        }
        let after = state.status.clone();
        drop(state);
        if std::mem::discriminant(&before) != std::mem::discriminant(&after) {
            tracing::info!(status = ?after, "sync");
        }
        self.publish();
    }

    pub(super) fn blocked(&self, block: Block) {
        let now = self.surroundings.now();
        let event = sheaf_sync::Event::Failed {
            fault: block.fault,
            retry_at: now,
        };
        let mut state = self.lock();
        state.status = state.status.after(&event);
        if matches!(state.status, Status::Blocked { .. }) {
            tracing::warn!(code = ?block.code, "sync waits for a person");
            state.block = Some(block);
        }
        drop(state);
        self.publish();
    }

    pub(super) fn in_step(&self) {
        let now = self.surroundings.now();
        let mut state = self.lock();
        state.last_success = Some(now);
        let conflicts = state.counts.conflicts;
        drop(state);
        self.happened(&sheaf_sync::Event::InStep { conflicts });
    }

    pub(super) fn last_success(&self) -> Option<Millis> {
        self.lock().last_success
    }

    pub(super) fn count(&self, counts: Counts) {
        let mut state = self.lock();
        state.counts = counts;
        // A conflict that was decided, or has come, while everything is in step.
        if matches!(state.status, Status::Idle | Status::Attention) {
            let event = sheaf_sync::Event::InStep {
                conflicts: counts.conflicts,
            };
            state.status = state.status.after(&event);
        }
        drop(state);
        self.publish();
    }

    fn publish(&self) {
        let mut state = self.lock();
        let shown = state.shown();
        if state.published.as_ref() == Some(&shown) {
            return;
        }
        let since = self.surroundings.now() - state.published_at;
        let only_numbers = state
            .published
            .as_ref()
            .is_some_and(|before| differs_in_numbers_only(before, &shown));
        if only_numbers && (0..PACE.as_millis() as Millis).contains(&since) {
            if !std::mem::replace(&mut state.promised, true) {
                drop(state);
                self.publish_later();
            }
            return;
        }
        state.published_at = self.surroundings.now();
        state.published = Some(shown.clone());
        // Sent under the lock, so that listeners see states in their order.
        let _ = self.events.send(Event::SyncStatusChanged { status: shown });
    }

    fn publish_later(&self) {
        let board = self.clone();
        tokio::spawn(async move {
            board.surroundings.sleep(PACE).await;
            board.lock().promised = false;
            board.publish();
        });
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn shown(&self) -> SyncStatus {
        SyncStatus {
            state: self.state(),
            remote: self.remote.clone(),
            proxy: match self.status {
                Status::Error { fault, .. } | Status::Blocked { fault }
                    if fault.is_of_a_proxy() =>
                {
                    self.proxy.clone()
                }
                _ => None,
            },
            last_success: self.last_success,
            waiting: self.counts.waiting,
            conflicts: self.counts.conflicts,
            held_back: self.counts.held_back,
            replacing: self.replacing.map(|side| match side {
                Replacing::Local => ResetDirection::Pull,
                Replacing::Remote => ResetDirection::Push,
            }),
        }
    }

    fn state(&self) -> SyncState {
        match self.status {
            Status::Off => SyncState::Off,
            Status::Idle => SyncState::Idle,
            Status::Connecting => SyncState::Connecting,
            Status::Pushing { done, total } => SyncState::Pushing { done, total },
            Status::Pulling { done, total } => SyncState::Pulling { done, total },
            Status::Attention => SyncState::Attention,
            Status::Offline { retry_at } => SyncState::Offline { retry_at },
            Status::Error { fault, retry_at } => SyncState::Error {
                code: self.code(fault),
                retry_at,
            },
            Status::Blocked { fault } => {
                let block = self.block.as_ref();
                SyncState::Blocked {
                    code: block.map_or_else(|| self.code(fault), |block| block.code),
                    question: block.and_then(|block| block.question.clone()),
                }
            }
            Status::Paused => SyncState::Paused,
        }
    }

    fn code(&self, fault: Fault) -> ErrorCode {
        let code = fault::code(fault);
        if self.hosted { hosted_code(code) } else { code }
    }
}

fn differs_in_numbers_only(a: &SyncStatus, b: &SyncStatus) -> bool {
    std::mem::discriminant(&a.state) == std::mem::discriminant(&b.state) && a.remote == b.remote
}

#[cfg(test)]
mod tests {
    use std::{
        pin::Pin,
        sync::atomic::{AtomicI64, Ordering},
    };

    use tokio::sync::Notify;

    use super::*;
    use crate::{Clock, SystemRandom};

    /// Sleeps until somebody rings.
    #[derive(Default)]
    struct Bell {
        now: AtomicI64,
        rung: Arc<Notify>,
    }

    impl Clock for Bell {
        fn now(&self) -> Millis {
            self.now.load(Ordering::Relaxed)
        }

        fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
            let rung = self.rung.clone();
            Box::pin(async move { rung.notified().await })
        }
    }

    fn board() -> (Board, Arc<Bell>, broadcast::Receiver<Event>) {
        let bell = Arc::new(Bell {
            now: AtomicI64::new(1000),
            ..Bell::default()
        });
        let (events, listener) = broadcast::channel(64);
        let surroundings = Surroundings::new(bell.clone(), Arc::new(SystemRandom));
        (Board::new(events, surroundings), bell, listener)
    }

    fn told(listener: &mut broadcast::Receiver<Event>) -> Vec<SyncState> {
        let mut states = Vec::new();
        while let Ok(Event::SyncStatusChanged { status }) = listener.try_recv() {
            states.push(status.state);
        }
        states
    }

    fn pulling(done: u32) -> sheaf_sync::Event {
        sheaf_sync::Event::Pulling { done, total: 9 }
    }

    #[tokio::test]
    async fn counting_is_told_in_steps_and_its_last_value_always() {
        let (board, bell, mut listener) = board();
        board.happened(&sheaf_sync::Event::Started);
        for done in 1..=5 {
            board.happened(&pulling(done));
        }
        let first = [
            SyncState::Connecting,
            SyncState::Pulling { done: 1, total: 9 },
        ];
        assert_eq!(told(&mut listener), first);
        bell.now.store(1100, Ordering::Relaxed);
        bell.rung.notify_one();
        let Event::SyncStatusChanged { status } = listener.recv().await.unwrap() else {
            panic!("another event")
        };
        assert_eq!(status.state, SyncState::Pulling { done: 5, total: 9 });
    }

    #[tokio::test]
    async fn a_change_of_state_is_told_at_once_and_the_same_twice_never() {
        let (board, _bell, mut listener) = board();
        for _ in 0..2 {
            board.happened(&sheaf_sync::Event::Started);
            board.happened(&pulling(1));
            board.in_step();
            board.in_step();
        }
        let round = [
            SyncState::Connecting,
            SyncState::Pulling { done: 1, total: 9 },
            SyncState::Idle,
        ];
        assert_eq!(told(&mut listener), [round.clone(), round].concat());
    }

    #[tokio::test]
    async fn conflicts_turn_rest_into_attention_and_back() {
        let (board, _bell, mut listener) = board();
        board.happened(&sheaf_sync::Event::Started);
        board.in_step();
        board.count(Counts {
            conflicts: 1,
            ..Counts::default()
        });
        board.count(Counts::default());
        let states = [
            SyncState::Connecting,
            SyncState::Idle,
            SyncState::Attention,
            SyncState::Idle,
        ];
        assert_eq!(told(&mut listener), states);
    }

    #[tokio::test]
    async fn a_question_is_shown_with_the_block_and_gone_with_it() {
        let (board, _bell, _listener) = board();
        board.happened(&sheaf_sync::Event::Started);
        let question = GuardQuestion::MassDeletion {
            deletions: 214,
            notes: 482,
        };
        board.blocked(Block {
            fault: Fault::MassDeletion,
            code: ErrorCode::MassDeletion,
            question: Some(question.clone()),
        });
        let state = SyncState::Blocked {
            code: ErrorCode::MassDeletion,
            question: Some(question),
        };
        assert_eq!(board.current().state, state);
        board.happened(&sheaf_sync::Event::Started);
        assert_eq!(
            (board.current().state, board.block()),
            (SyncState::Connecting, None)
        );
    }
}
