//! Two small rhythms: when edits are sent, and when things are counted again.

use std::{sync::Arc, time::Duration};

use sheaf_ipc::ApiError;
use sheaf_model::Millis;
use sheaf_sync::{Environment as _, RemoteId};

use super::{Shared, board::Counts, network, stuck};
use crate::convert;

/// Edits are sent when nothing was typed for so long …
const QUIET: Duration = Duration::from_secs(1);
/// … or when the first of them is so old. The first after so long a silence is sent at once: it is what somebody looks at
/// on another device, and at most every second revision more than if it had waited.
const AT_LATEST: Duration = Duration::from_secs(5);
/// Milliseconds in [`AT_LATEST`].
const SILENCE: Millis = 5_000;
/// One act is several edits: a note, its title, its tags.
const ONE_ACT: Duration = Duration::from_millis(20);
/// Counting reads the store; faster than this nobody can read.
const COUNTING_PAUSE: Duration = Duration::from_millis(250);
/// Milliseconds between two notes on disk of when sync last succeeded.
const NOTE_EVERY: Millis = 60_000;

/// Turns bursts of edits into one wake-up each.
pub(super) async fn debounce(shared: Arc<Shared>) {
    let mut sent: Option<Millis> = None;
    loop {
        shared.edited.notified().await;
        let now = shared.surroundings.now();
        // (A clock that was set back is no silence.)
        let after_silence = sent.is_none_or(|at| now - at >= SILENCE);
        if after_silence {
            shared.surroundings.sleep(ONE_ACT).await;
        } else {
            until_quiet(&shared).await;
        }
        sent = Some(shared.surroundings.now());
        shared.local_changes.notify_one();
    }
}

async fn until_quiet(shared: &Shared) {
    let mut latest = std::pin::pin!(shared.surroundings.sleep(AT_LATEST));
    loop {
        tokio::select! {
            biased;
            () = &mut latest => return,
            () = shared.edited.notified() => {}
            () = shared.surroundings.sleep(QUIET) => return,
        }
    }
}

/// Keeps the numbers of the board true.
pub(super) async fn keep_counting(shared: Arc<Shared>) {
    let mut noted = 0;
    loop {
        shared.recount.notified().await;
        if let Err(error) = count(&shared).await {
            tracing::warn!(%error, "what waits for sync cannot be counted");
        }
        if let (Some(remote), Some(at)) = (shared.network.remote(), shared.board.last_success())
            && at - noted >= NOTE_EVERY
        {
            noted = at;
            if let Err(error) = network::remember_success(&shared.store, &remote, at).await {
                tracing::warn!(%error, "the time of the last sync cannot be noted");
            }
        }
        shared.surroundings.sleep(COUNTING_PAUSE).await;
    }
}

/// Counts once.
pub(super) async fn count(shared: &Shared) -> Result<(), ApiError> {
    let remote: Option<RemoteId> = shared.network.remote();
    let sidebar = shared.store.sidebar().await;
    let conflicts = sidebar.map_err(convert::store_error)?.conflicts;
    let mut counts = Counts {
        conflicts,
        ..Counts::default()
    };
    if let Some(remote) = &remote {
        let waiting = shared.store.waiting(remote).await;
        counts.waiting = waiting.map_err(convert::store_error)?;
        let stuck = stuck::items(shared, Some(remote)).await?;
        counts.held_back = stuck.iter().filter(|item| !item.skipped).count() as u32;
    }
    shared.board.count(counts);
    Ok(())
}
