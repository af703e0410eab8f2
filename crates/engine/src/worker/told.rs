//! What a conversation tells while it goes on, whichever kind of server it is with: for the board,
//! the log and the activity.

use std::sync::{Mutex, PoisonError};

use sheaf_ipc::{ErrorCode, SyncRound};
use sheaf_sync::{Environment as _, Event, Fault, Progress, RemoteId, Round};
use tokio::sync::Notify;

use super::{Shared, activity, board::Block, network};
use crate::convert;

/// What stops a conversation, or sending in it.
pub(super) trait Stop {
    fn fault(&self) -> Fault;
    fn code(&self) -> ErrorCode;
    /// Technical, redacted.
    fn detail(&self) -> String;
}

/// Whether edits get through, while receiving works.
#[derive(Default)]
pub(super) struct Sending {
    block: Mutex<Option<Block>>,
    /// The server is out of space.
    pub(super) no_room: Notify,
    pub(super) in_step: Notify,
    blocked: Notify,
}

pub(super) fn progressed<E>(shared: &Shared, progress: &Progress<E>) {
    match *progress {
        Progress::Connecting => shared.board.happened(&Event::Started),
        Progress::Pulling { done, total } => {
            shared.board.happened(&Event::Pulling { done, total });
        }
        Progress::Pushing { done, total } => {
            shared.board.happened(&Event::Pushing { done, total });
        }
        // Told by those who asked for the round.
        Progress::InStep(_) => {}
    }
}

pub(super) fn took<E>(shared: &Shared, round: &Round<E>) -> SyncRound {
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

/// A round that only received does not lift what stands in the way of sending.
pub(super) fn in_step<E: Stop>(shared: &Shared, mut round: Round<E>, sending: &Sending) {
    let mut block = sending.block.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(error) = round.push_blocked.take() {
        tracing::warn!(error = error.detail(), "edits cannot be sent");
        let fault = error.fault();
        if fault == Fault::QuotaExceeded {
            sending.no_room.notify_one();
        }
        sending.blocked.notify_one();
        *block = Some(Block {
            fault,
            code: error.code(),
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

/// Never ends: receiving goes on while nothing can be sent.
pub(super) async fn write_down_blocks(shared: &Shared, remote: &RemoteId, sending: &Sending) {
    loop {
        sending.blocked.notified().await;
        let code = {
            let block = sending.block.lock().unwrap_or_else(PoisonError::into_inner);
            block.as_ref().map(|block| block.code)
        };
        if code.is_some() {
            activity::ended(shared, remote, code).await;
        }
    }
}

pub(super) async fn remember_success(shared: &Shared, remote: &RemoteId) {
    let now = shared.surroundings.now();
    if let Err(error) = network::remember_success(&shared.store, remote, now).await {
        tracing::warn!(
            error = convert::chain(&error),
            "the time of this sync cannot be noted"
        );
    }
}
