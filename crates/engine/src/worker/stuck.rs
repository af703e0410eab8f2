//! Documents that do not travel, in either direction: why, one more try, and silence on request.

use std::sync::PoisonError;

use sheaf_ipc::{ApiError, ErrorCode, HeldBack, HeldBackItem};
use sheaf_sync::{Environment as _, RemoteId};

use super::{Shared, Worker, life::Order, remote::Remote, settings};
use crate::convert::{self, store_error};

impl Worker {
    pub(crate) async fn held_back(&self) -> Result<Vec<HeldBackItem>, ApiError> {
        let remote = self.remote_in_force().await;
        items(&self.shared, remote.as_ref()).await
    }

    /// Everything the remote refused, but for what is skipped.
    pub(crate) async fn retry_held_back(&self) -> Result<(), ApiError> {
        let remote = self.needed().await?;
        let retried = self.shared.store.retry_held_back(&remote).await;
        if retried.map_err(store_error)? > 0 {
            self.edited();
        }
        Ok(())
    }

    pub(crate) async fn retry_item(&self, id: String) -> Result<(), ApiError> {
        let remote = self.needed().await?;
        let item = self.item(&remote, &id).await?;
        if !item.retryable {
            return Err(ApiError::new(ErrorCode::Invalid)
                .with_detail("it has to be changed before it can travel"));
        }
        let store = &self.shared.store;
        let again = store.unskip(&remote, vec![id.clone()]).await;
        again.map_err(store_error)?;
        let offered = store.retry_one(&remote, id.clone()).await;
        if offered.map_err(store_error)? {
            self.edited();
        } else {
            self.shared
                .look_again
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(id);
            // What runs is begun anew, and begins with that.
            self.order(Order::Wake).await;
        }
        self.shared.recount.notify_one();
        Ok(())
    }

    pub(crate) async fn skip_item(&self, id: String) -> Result<(), ApiError> {
        let remote = self.needed().await?;
        let item = self.item(&remote, &id).await?;
        let reason = convert::reason_to_store(item.reason);
        let skipped = self.shared.store.skip(&remote, id, reason).await;
        skipped.map_err(store_error)?;
        self.shared.recount.notify_one();
        Ok(())
    }

    /// How many items of an account cannot be opened.
    pub(crate) async fn unopened(&self) -> Result<usize, ApiError> {
        let remote = self.needed().await?;
        let found = sheaf_hosted::unopened(&self.shared.store, &remote).await;
        let found = found
            .map_err(|error| ApiError::new(ErrorCode::Bug).with_detail(convert::chain(&error)))?;
        Ok(found.len())
    }

    async fn item(&self, remote: &RemoteId, id: &str) -> Result<HeldBackItem, ApiError> {
        let items = items(&self.shared, Some(remote)).await?;
        let found = items.into_iter().find(|item| item.id == id);
        found.ok_or_else(|| ApiError::new(ErrorCode::NotFound))
    }

    async fn remote_in_force(&self) -> Option<RemoteId> {
        let config = self.config.lock().await.clone();
        settings::in_force(&config).as_ref().map(Remote::id)
    }

    async fn needed(&self) -> Result<RemoteId, ApiError> {
        let remote = self.remote_in_force().await;
        remote.ok_or_else(|| ApiError::new(ErrorCode::SyncOff))
    }
}

/// What does not travel, as this remote is concerned. A silence whose reason is gone ends here.
pub(super) async fn items(
    shared: &Shared,
    remote: Option<&RemoteId>,
) -> Result<Vec<HeldBackItem>, ApiError> {
    let store = &shared.store;
    let documents = store.held_back(remote).await.map_err(store_error)?;
    let mut items: Vec<_> = documents.into_iter().map(convert::held_back_item).collect();
    let Some(remote) = remote else {
        return Ok(items);
    };
    let unreadable = store.unreadable(remote).await.map_err(store_error)?;
    items.extend(unreadable.into_iter().map(convert::unreadable_item));
    let unopened = sheaf_hosted::unopened(store, remote).await;
    let unopened = unopened
        .map_err(|error| ApiError::new(ErrorCode::Bug).with_detail(convert::chain(&error)))?;
    let now = shared.surroundings.now();
    items.extend(
        unopened
            .into_iter()
            .map(|held| convert::unreadable_item((held, now))),
    );
    let silences = store.skipped(remote).await.map_err(store_error)?;
    let mut over = Vec::new();
    for (id, reason) in silences {
        let reason: HeldBack = convert::reason_of_store(reason);
        let item = items.iter_mut().find(|item| item.id == id);
        match item {
            Some(item) if item.reason == reason => item.skipped = true,
            _ => over.push(id),
        }
    }
    if !over.is_empty() {
        store.unskip(remote, over).await.map_err(store_error)?;
    }
    Ok(items)
}
