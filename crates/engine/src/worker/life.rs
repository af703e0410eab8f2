//! What owns the connection. Whatever it is doing is a future that can be dropped at any moment
//! without losing anything, so every order is obeyed at once: drop, change, begin anew.
//!
//! It lives on a thread and a runtime of its own: the parsing and hashing of a large first pull
//! never stands in the way of a command.

use std::{sync::Arc, time::Duration};

use sheaf_couch::Policy;
use sheaf_ipc::{ApiError, ErrorCode, SyncRound};
use sheaf_model::Millis;
use sheaf_sync::{Backoff, Environment as _, Event, Status};
use tokio::sync::{mpsc, oneshot};

use super::{
    Shared, activity,
    remote::{Activity, Remote},
    session::{Outcome, ROOM_AGAIN},
    trouble::Trouble,
};

/// Longest wait of the last flush when the app closes.
const FLUSH: Duration = Duration::from_secs(1);

pub(super) enum Order {
    /// What to sync with from now on; `None`: nothing.
    Target {
        target: Option<Remote>,
        last_success: Option<Millis>,
        paused: bool,
    },
    /// End what is going on and do nothing until the next target.
    Hold,
    /// Stay in step, instead of only when asked.
    GoLive,
    /// One complete round.
    Now(oneshot::Sender<Result<SyncRound, ApiError>>),
    Pause(bool),
    /// The person answered a guard.
    Answer(Policy),
    /// The network may be back.
    Wake,
    Stop,
}

/// An order, and whom to tell once it is in force.
pub(super) struct Given {
    pub(super) order: Order,
    pub(super) obeyed: oneshot::Sender<()>,
}

struct Life {
    shared: Arc<Shared>,
    target: Option<Remote>,
    live: bool,
    paused: bool,
    /// Answers of the person, for the next round only.
    policy: Policy,
    backoff: Backoff,
    /// When to try again after a failure.
    retry_at: Option<Millis>,
    /// Who waits for a round.
    asked: Vec<oneshot::Sender<Result<SyncRound, ApiError>>>,
}

/// Starts the worker's thread; it ends after [`Order::Stop`], or when nobody can give orders any
/// more.
pub(super) fn start(shared: Arc<Shared>, inbox: mpsc::Receiver<Given>) {
    let work = move || match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime.block_on(Life::new(shared).run(inbox)),
        Err(error) => tracing::error!(%error, "sync cannot run"),
    };
    if let Err(error) = std::thread::Builder::new()
        .name("sheaf-sync".into())
        .spawn(work)
    {
        tracing::error!(%error, "sync cannot run");
    }
}

impl Life {
    fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            target: None,
            live: false,
            paused: false,
            policy: Policy::default(),
            backoff: Backoff::default(),
            retry_at: None,
            asked: Vec::new(),
        }
    }

    async fn run(mut self, mut inbox: mpsc::Receiver<Given>) {
        loop {
            let activity = self.activity();
            let given = tokio::select! {
                biased;
                given = inbox.recv() => given,
                outcome = activity => {
                    self.ended(outcome).await;
                    continue;
                }
            };
            let Some(Given { order, obeyed }) = given else {
                return;
            };
            let last = matches!(order, Order::Stop);
            if last
                || matches!(
                    order,
                    Order::Target { .. } | Order::Hold | Order::Pause(true)
                )
            {
                self.write_down_the_end(None).await;
            }
            if last {
                self.stop().await;
            } else {
                self.obey(order);
            }
            // Whoever gave the order may have gone.
            let _ = obeyed.send(());
            if last {
                return;
            }
        }
    }

    /// What to do until the next order.
    fn activity(&mut self) -> Activity {
        let Some(target) = self.target.clone() else {
            self.answer(&Err(ApiError::new(ErrorCode::SyncOff)));
            return Box::pin(std::future::pending());
        };
        let shared = self.shared.clone();
        if !self.asked.is_empty() {
            return target.round(shared, self.policy);
        }
        if !self.live || self.paused {
            return Box::pin(std::future::pending());
        }
        if let Some(block) = shared.board.block() {
            return Box::pin(async move {
                match block.code {
                    // The one block that lifts without a person at this computer.
                    ErrorCode::QuotaExceeded => shared.surroundings.sleep(ROOM_AGAIN).await,
                    _ => std::future::pending().await,
                }
                shared.board.happened(&Event::Started);
                Outcome::Waited
            });
        }
        if let Some(wait) = self.remaining_wait() {
            return Box::pin(async move {
                shared.surroundings.sleep(wait).await;
                Outcome::Waited
            });
        }
        if self.policy != Policy::default() {
            return target.round(shared, self.policy);
        }
        target.live(shared)
    }

    /// Never longer than five minutes and a bit, also when the clock was set back meanwhile.
    fn remaining_wait(&self) -> Option<Duration> {
        const LONGEST: u64 = 400_000;
        let remaining = self.retry_at? - self.shared.surroundings.now();
        Some(Duration::from_millis(
            u64::try_from(remaining).unwrap_or(0).min(LONGEST),
        ))
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Target {
                target,
                last_success,
                paused,
            } => {
                self.answer(&Err(ApiError::new(ErrorCode::Cancelled)));
                self.fresh_start();
                self.policy = Policy::default();
                self.paused = paused;
                self.shared.network.forget(target.as_ref().map(Remote::id));
                self.shared.hosted.forget();
                let hosted = target.as_ref().is_some_and(Remote::is_hosted);
                self.shared.board.speaks_with_an_account(hosted);
                self.shared.board.replaces(None);
                let status = match &target {
                    None => Status::Off,
                    Some(_) if paused => Status::Paused,
                    Some(_) if self.live => Status::Connecting,
                    // Known, and not to be talked to until somebody asks.
                    Some(_) => Status::Idle,
                };
                let shown = target.as_ref().map(Remote::shown);
                self.shared.board.set_remote(shown, last_success, status);
                self.target = target;
                self.shared.recount.notify_one();
            }
            Order::Hold => {
                self.answer(&Err(ApiError::new(ErrorCode::Cancelled)));
                self.target = None;
            }
            Order::GoLive => {
                self.live = true;
                self.fresh_start();
            }
            Order::Now(answer) => {
                self.asked.push(answer);
                self.fresh_start();
            }
            Order::Pause(true) => {
                self.paused = true;
                self.answer(&Err(ApiError::new(ErrorCode::Cancelled)));
                self.shared.board.happened(&Event::Paused);
            }
            Order::Pause(false) => {
                self.paused = false;
                self.fresh_start();
                if self.live {
                    self.shared.board.happened(&Event::Started);
                } else {
                    self.shared.board.rests();
                }
            }
            Order::Answer(policy) => {
                self.policy = policy;
                self.fresh_start();
                self.shared.board.happened(&Event::Started);
            }
            Order::Wake => self.fresh_start(),
            Order::Stop => {}
        }
    }

    async fn ended(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Waited => self.retry_at = None,
            Outcome::Round(Ok(round)) => {
                self.fresh_start();
                self.policy = Policy::default();
                self.answer(&Ok(round));
                if self.paused {
                    self.shared.board.happened(&Event::Paused);
                }
            }
            Outcome::Round(Err(trouble)) => {
                // The board first: whoever is answered may answer a guard's question at once.
                self.failed(&trouble);
                self.write_down_the_end(Some(trouble.code)).await;
                self.answer(&Err(trouble.as_error()));
            }
            Outcome::Live {
                trouble,
                was_in_step,
            } => {
                if was_in_step {
                    self.backoff.reset();
                }
                self.failed(&trouble);
                self.write_down_the_end(Some(trouble.code)).await;
            }
        }
    }

    /// For the log that people read. That it cannot be written is no reason to stop.
    async fn write_down_the_end(&self, trouble: Option<ErrorCode>) {
        if let Some(target) = &self.target {
            activity::ended(&self.shared, &target.id(), trouble).await;
        }
    }

    fn failed(&mut self, trouble: &Trouble) {
        self.shared.board.stands_in_the_way(trouble.proxy.clone());
        if let Some(block) = trouble.block() {
            // Whatever was answered before was not meant for this question.
            self.policy = Policy::default();
            self.shared.board.blocked(block);
        } else {
            let random = self.shared.surroundings.random();
            let wait = self
                .backoff
                .failed(trouble.fault, trouble.retry_after, random);
            let wait = Millis::try_from(wait.as_millis()).unwrap_or(Millis::MAX / 2);
            let retry_at = self.shared.surroundings.now() + wait;
            self.retry_at = Some(retry_at);
            tracing::warn!(fault = ?trouble.fault, detail = trouble.detail, wait, "sync failed");
            self.shared.board.happened(&Event::Failed {
                fault: trouble.fault,
                retry_at,
            });
        }
        if self.paused {
            self.shared.board.happened(&Event::Paused);
        }
    }

    fn fresh_start(&mut self) {
        self.backoff.reset();
        self.retry_at = None;
    }

    fn answer(&mut self, round: &Result<SyncRound, ApiError>) {
        for asked in self.asked.drain(..) {
            // Whoever asked may have stopped waiting.
            let _ = asked.send(round.clone());
        }
    }

    /// The session is gone already. What is waiting gets one short chance, when there is reason
    /// to believe that it will be taken.
    async fn stop(&mut self) {
        self.answer(&Err(ApiError::new(ErrorCode::Cancelled)));
        let blocked = self.shared.board.block().is_some();
        if let Some(target) = &self.target
            && self.live
            && !self.paused
            && !blocked
            && self.retry_at.is_none()
        {
            let flushed = target.flush(&self.shared);
            if tokio::time::timeout(FLUSH, flushed).await.is_err() {
                tracing::info!("what is still waiting will be sent next time");
            }
        }
    }
}
