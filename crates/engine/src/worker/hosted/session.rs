//! One round with an account, or a whole live session, and what its end means.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use sheaf_hosted::{Progress, Round};
use sheaf_ipc::SyncRound;
use sheaf_sync::{Environment as _, Event, Fault, Policy};
use tokio::sync::Notify;

use super::{Target, connect, trouble};
use crate::{
    convert,
    worker::{
        Shared, activity,
        board::Block,
        network,
        session::{Outcome, ROOM_AGAIN},
    },
};

/// One complete round.
pub(in crate::worker) async fn round(
    shared: Arc<Shared>,
    target: Target,
    policy: Policy,
) -> Outcome {
    shared.board.happened(&Event::Started);
    let talk = match connect(&shared, &target).await {
        Ok(talk) => talk,
        Err(trouble) => return Outcome::Round(Err(trouble)),
    };
    let progress = |progress| progressed(&shared, &progress);
    look_again(&shared, &talk);
    match talk.run_once(&shared.store, policy, &progress).await {
        Err(error) => Outcome::Round(Err(trouble::trouble(error, &shared.store).await)),
        Ok(mut round) => {
            let push_blocked = round.push_blocked.take();
            let answer = took(&shared, &round);
            remember(&shared, &target).await;
            if let Some(error) = push_blocked {
                return Outcome::Round(Err(trouble::trouble(error, &shared.store).await));
            }
            shared.board.in_step();
            Outcome::Round(Ok(answer))
        }
    }
}

/// In step until something fails, or until it is worth trying again to send what a full server
/// refused.
pub(in crate::worker) async fn live(shared: Arc<Shared>, target: Target) -> Outcome {
    shared.board.happened(&Event::Started);
    let talk = match connect(&shared, &target).await {
        Ok(talk) => talk,
        Err(trouble) => {
            return Outcome::Live {
                trouble,
                was_in_step: false,
            };
        }
    };
    look_again(&shared, &talk);
    let was_in_step = AtomicBool::new(false);
    let sending = Sending::default();
    let progress = |progress| {
        if let Progress::InStep(round) = progress {
            was_in_step.store(true, Ordering::Relaxed);
            told_in_step(&shared, round, &sending);
        } else {
            progressed(&shared, &progress);
        }
    };
    tokio::select! {
        error = talk.live(&shared.store, &shared.local_changes, &progress) => {
            let trouble = trouble::trouble(error, &shared.store).await;
            Outcome::Live { trouble, was_in_step: was_in_step.load(Ordering::Relaxed) }
        }
        () = async {
            sending.no_room.notified().await;
            shared.surroundings.sleep(ROOM_AGAIN).await;
        } => Outcome::Waited,
        // Never ends: a success that nobody was told of is not remembered.
        () = remember_successes(&shared, &target, &sending) => Outcome::Waited,
        // Nor does this: receiving goes on while nothing can be sent.
        () = write_down_blocks(&shared, &target, &sending) => Outcome::Waited,
    }
}

/// Which of them is not asked: all that could not be opened are tried at once.
fn look_again(shared: &Shared, talk: &super::Hosted) {
    if !shared.take_look_again().is_empty() {
        talk.look_again();
    }
}

/// Whether edits get through, while receiving works.
#[derive(Default)]
struct Sending {
    block: Mutex<Option<Block>>,
    /// The server is out of space.
    no_room: Notify,
    in_step: Notify,
    blocked: Notify,
}

async fn write_down_blocks(shared: &Shared, target: &Target, sending: &Sending) {
    loop {
        sending.blocked.notified().await;
        let code = {
            let block = sending.block.lock().unwrap_or_else(PoisonError::into_inner);
            block.as_ref().map(|block| block.code)
        };
        if code.is_some() {
            activity::ended(shared, &target.id(), code).await;
        }
    }
}

async fn remember_successes(shared: &Shared, target: &Target, sending: &Sending) {
    loop {
        sending.in_step.notified().await;
        remember(shared, target).await;
    }
}

/// A round that only received does not lift what stands in the way of sending.
fn told_in_step(shared: &Shared, mut round: Round, sending: &Sending) {
    let mut block = sending.block.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(error) = round.push_blocked.take() {
        tracing::warn!(error = trouble::detail(&error), "edits cannot be sent");
        let fault = error.fault();
        if fault == Fault::QuotaExceeded {
            sending.no_room.notify_one();
        }
        sending.blocked.notify_one();
        *block = Some(Block {
            fault,
            code: trouble::code(&error),
            question: None,
        });
    } else if round.pushed > 0 {
        *block = None;
    }
    took(shared, &round);
    if let Some(block) = &*block {
        shared.board.blocked(block.clone());
    } else {
        sending.in_step.notify_one();
        shared.board.in_step();
    }
}

/// Sends what waits, and writes down what this device has written.
pub(in crate::worker) async fn flush(shared: &Shared, target: &Target) {
    let Some(talk) = shared.hosted.known() else {
        return;
    };
    let waiting = shared.store.waiting(&target.id()).await.unwrap_or_default();
    let done = if waiting > 0 {
        let progress = |_| {};
        talk.run_once(&shared.store, Policy::default(), &progress)
            .await
            .map(drop)
    } else {
        talk.flush(&shared.store).await
    };
    if let Err(error) = done {
        tracing::info!(
            error = trouble::detail(&error),
            "the last flush did not get through"
        );
    }
}

fn progressed(shared: &Shared, progress: &Progress) {
    match *progress {
        Progress::Connecting => shared.board.happened(&Event::Started),
        Progress::Pulling { done, total } => {
            shared.board.happened(&Event::Pulling { done, total });
        }
        Progress::Pushing { done, total } => {
            shared.board.happened(&Event::Pushing { done, total });
        }
        // Told by `round` and `live` themselves.
        Progress::InStep(_) => {}
    }
}

fn took(shared: &Shared, round: &Round) -> SyncRound {
    let unreadable = round.unreadable.len() as u32;
    if round.did_something() {
        tracing::info!(
            round.pulled,
            round.pushed,
            round.conflicts,
            round.merged,
            round.refused,
            unreadable,
            "sync did"
        );
    }
    shared.recount.notify_one();
    SyncRound {
        pulled: round.pulled,
        pushed: round.pushed,
        conflicts: round.conflicts,
        held_back: round.refused + unreadable,
    }
}

async fn remember(shared: &Shared, target: &Target) {
    let now = shared.surroundings.now();
    if let Err(error) = network::remember_success(&shared.store, &target.id(), now).await {
        tracing::warn!(
            error = convert::chain(&error),
            "the time of this sync cannot be noted"
        );
    }
}
