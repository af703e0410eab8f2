//! Items that were handed out and cannot be opened here.

use sheaf_protocol::Item;
use sheaf_sync::{HeldBack, RecordReplica, RemoteId};

use crate::{
    HostedError,
    keychain::ITEMS_KEY,
    seen::{self, CLOSED, ITEM, Seen},
};

/// What a server handed out and none of the keys opens: kept as it came, and tried again when a
/// key arrives. A document is named by its id where that is known.
pub async fn unopened<R: RecordReplica>(
    replica: &R,
    remote: &RemoteId,
) -> Result<Vec<HeldBack>, HostedError> {
    let closed: Vec<Item> = replica
        .records_with_prefix(remote, CLOSED)
        .await
        .map_err(HostedError::replica)?
        .iter()
        .filter_map(seen::parse)
        .filter(|item: &Item| item.content_type.as_deref() != Some(ITEMS_KEY))
        .collect();
    let names = closed.iter().map(|item| format!("{ITEM}{}", item.uuid));
    let known = replica
        .records(remote, names.collect())
        .await
        .map_err(HostedError::replica)?;
    let document = |item: &Item| {
        let key = format!("{ITEM}{}", item.uuid);
        let record = known.iter().find(|record| record.key == key)?;
        Some(Seen::parse(record)?.document?.to_string())
    };
    Ok(closed
        .iter()
        .map(|item| HeldBack {
            id: document(item).unwrap_or_else(|| item.uuid.clone()),
            reason: "it cannot be opened with the keys of this account".to_owned(),
        })
        .collect())
}
