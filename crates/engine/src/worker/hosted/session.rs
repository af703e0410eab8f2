//! One round with an account, or a whole live session, and what its end means.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use sheaf_hosted::Progress;
use sheaf_sync::{Environment as _, Event, Policy};

use super::{Target, connect, trouble};
use crate::worker::{
    Shared,
    session::{Outcome, ROOM_AGAIN},
    told::{self, Sending, progressed, remember_success, took, write_down_blocks},
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
            remember_success(&shared, &target.id()).await;
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
    let id = target.id();
    let sending = Sending::default();
    let progress = |progress| {
        if let Progress::InStep(round) = progress {
            was_in_step.store(true, Ordering::Relaxed);
            told::in_step(&shared, round, &sending);
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
        () = write_down_blocks(&shared, &id, &sending) => Outcome::Waited,
    }
}

/// Which of them is not asked: all that could not be opened are tried at once.
fn look_again(shared: &Shared, talk: &super::Hosted) {
    if !shared.take_look_again().is_empty() {
        talk.look_again();
    }
}

async fn remember_successes(shared: &Shared, target: &Target, sending: &Sending) {
    loop {
        sending.in_step.notified().await;
        remember_success(shared, &target.id()).await;
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
