//! What the log of sync is told by the worker: how sessions end. What happens to documents is
//! written by the store itself, together with it.

use sheaf_ipc::ErrorCode;
use sheaf_sync::RemoteId;

use super::Shared;
use crate::convert;

/// A session with `remote` is over, because of `trouble` or because somebody wished so.
pub(super) async fn ended(shared: &Shared, remote: &RemoteId, trouble: Option<ErrorCode>) {
    let written = match trouble.and_then(word) {
        Some(word) => shared.store.sync_failed(remote, &word).await,
        None => shared.store.sync_rests(remote).await,
    };
    if let Err(error) = written {
        tracing::warn!(
            error = convert::chain(&error),
            "the end of a session was not noted"
        );
    }
}

/// As the ipc table writes it.
fn word(code: ErrorCode) -> Option<String> {
    let word = serde_json::to_value(code).ok()?;
    word.as_str().map(str::to_owned)
}
