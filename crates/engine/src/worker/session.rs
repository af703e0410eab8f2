//! Talking to the remote: one round or a whole live session, and what its end means.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sheaf_couch::{Brake, ChangedTarget, Policy, Progress, SyncError};
use sheaf_ipc::{GuardAnswer, GuardQuestion, SyncRound};
use sheaf_sync::{Environment as _, Event, RemoteId, Replaceable as _};

use super::{
    Shared,
    network::{self, connect},
    refused,
    target::Target,
    told::{self, Sending, progressed, remember_success, took, write_down_blocks},
    trouble::Trouble,
};
use crate::convert;

/// How long a full server is left alone.
pub(super) const ROOM_AGAIN: Duration = Duration::from_mins(10);

/// How an activity of the worker ended.
pub(super) enum Outcome {
    Waited,
    Round(Result<SyncRound, Trouble>),
    Live { trouble: Trouble, was_in_step: bool },
}

/// One complete round.
pub(super) async fn round(shared: Arc<Shared>, target: Target, policy: Policy) -> Outcome {
    shared.board.happened(&Event::Started);
    let replication = match connect(&shared, &target).await {
        Ok(replication) => replication,
        Err(trouble) => return Outcome::Round(Err(trouble)),
    };
    let progress = |progress| progressed(&shared, &progress);
    if let Err(trouble) = begin(&shared, &target.id(), &replication).await {
        return Outcome::Round(Err(trouble));
    }
    match replication.run_once(&shared.store, policy, &progress).await {
        Err(error) => Outcome::Round(Err(meaning(&shared, &target.id(), error).await)),
        Ok(mut round) => {
            let push_blocked = round.push_blocked.take();
            let answer = took(&shared, &round);
            remember_success(&shared, &target.id()).await;
            if let Some(error) = push_blocked {
                return Outcome::Round(Err(meaning(&shared, &target.id(), error).await));
            }
            shared.board.in_step();
            Outcome::Round(Ok(answer))
        }
    }
}

/// In step until something fails, or until it is worth trying again to send what a full server
/// refused.
pub(super) async fn live(shared: Arc<Shared>, target: Target) -> Outcome {
    shared.board.happened(&Event::Started);
    let replication = match connect(&shared, &target).await {
        Ok(replication) => replication,
        Err(trouble) => {
            return Outcome::Live {
                trouble,
                was_in_step: false,
            };
        }
    };
    if let Err(trouble) = begin(&shared, &target.id(), &replication).await {
        return Outcome::Live {
            trouble,
            was_in_step: false,
        };
    }
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
        error = replication.live(&shared.store, &shared.local_changes, &progress) => {
            let trouble = meaning(&shared, &target.id(), error).await;
            Outcome::Live { trouble, was_in_step: was_in_step.load(Ordering::Relaxed) }
        }
        () = async {
            sending.no_room.notified().await;
            shared.surroundings.sleep(ROOM_AGAIN).await;
        } => Outcome::Waited,
        () = write_down_blocks(&shared, &id, &sending) => Outcome::Waited,
    }
}

/// What the end of a session means; a refused password is remembered.
async fn meaning(shared: &Shared, remote: &RemoteId, error: SyncError) -> Trouble {
    let trouble = Trouble::of(error, &shared.store).await;
    refused::note(shared, remote, &trouble).await;
    trouble
}

/// What a person wished comes before everything else.
async fn begin(
    shared: &Shared,
    remote: &RemoteId,
    replication: &network::Couch,
) -> Result<(), Trouble> {
    finish_replacing(shared, remote, replication).await?;
    let again = shared.take_look_again();
    if again.is_empty() {
        return Ok(());
    }
    match replication.look_again(&shared.store, &again).await {
        Ok(round) => {
            took(shared, &round);
            Ok(())
        }
        Err(error) => Err(meaning(shared, remote, error).await),
    }
}

/// What a person has begun.
async fn finish_replacing(
    shared: &Shared,
    remote: &RemoteId,
    replication: &network::Couch,
) -> Result<(), Trouble> {
    let begun = match shared.store.replacing(remote).await {
        Ok(begun) => begun,
        Err(error) => {
            let code = convert::store_code(&error);
            return Err(Trouble::here(code, convert::chain(&error)));
        }
    };
    shared.board.replaces(begun);
    if begun.is_none() {
        return Ok(());
    }
    let progress = |progress| progressed(shared, &progress);
    match replication.finish_replacing(&shared.store, &progress).await {
        Ok(round) => {
            took(shared, &round.unwrap_or_default());
            shared.board.replaces(None);
            Ok(())
        }
        Err(error) => Err(meaning(shared, remote, error).await),
    }
}

/// Sends what waits, and writes down how far the remote is known.
pub(super) async fn flush(shared: &Shared) {
    let (Some(replication), Some(remote)) = (shared.network.known(), shared.network.remote())
    else {
        return;
    };
    if refused::check(shared, &remote).await.is_err() {
        return;
    }
    let waiting = shared.store.waiting(&remote).await.unwrap_or_default();
    if !matches!(shared.store.replacing(&remote).await, Ok(None)) {
        // It goes on at the next start; an ordinary round would mix what it keeps apart.
        return;
    }
    let done = if waiting > 0 {
        let progress = |_| {};
        replication
            .run_once(&shared.store, Policy::default(), &progress)
            .await
            .map(drop)
    } else {
        replication.flush(&shared.store).await
    };
    if let Err(error) = done {
        let trouble = meaning(shared, &remote, error).await;
        tracing::info!(error = trouble.detail, "the last flush did not get through");
    }
}

/// What the person's answer means for the next round; `None`: it answers another question.
pub(super) fn policy(question: &GuardQuestion, answer: GuardAnswer) -> Option<Policy> {
    let nothing = Policy::default();
    match (question, answer) {
        (GuardQuestion::TargetChanged { .. }, GuardAnswer::Merge) => Some(Policy {
            changed_target: ChangedTarget::Merge,
            ..nothing
        }),
        (GuardQuestion::MassDeletion { .. }, GuardAnswer::Delete) => Some(Policy {
            brake: Brake::Allow,
            ..nothing
        }),
        (GuardQuestion::MassDeletion { .. }, GuardAnswer::Keep) => Some(Policy {
            brake: Brake::Keep,
            ..nothing
        }),
        (GuardQuestion::TargetChanged { .. }, GuardAnswer::Delete | GuardAnswer::Keep)
        | (GuardQuestion::MassDeletion { .. }, GuardAnswer::Merge)
        // These are begun, not given to a round.
        | (_, GuardAnswer::ReplaceRemote | GuardAnswer::ReplaceHere) => None,
    }
}
