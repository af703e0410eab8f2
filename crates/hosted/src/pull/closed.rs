//! What cannot be opened: kept as it came, tried again when something arrives that may open it, and
//! told.

use std::collections::HashMap;

use sheaf_crypto::DecryptError;
use sheaf_model::DocId;
use sheaf_protocol::Item;
use sheaf_sync::{Environment, HeldBack, RecordReplica};

use super::{Progression, Pull, intake::Batch};
use crate::{
    HostedError, Round, Vault,
    keychain::{Closed, ITEMS_KEY},
    seen::{self, CLOSED, Role, Seen},
    suspicion::Suspicion,
};

impl<R: RecordReplica, E: Environment, V: Vault> Pull<'_, R, E, V> {
    /// Keys or pieces have arrived: what was closed is looked at once more.
    pub(super) async fn retry_closed(
        &self,
        state: &mut Progression,
        round: &mut Round,
    ) -> Result<(), HostedError> {
        let closed = self
            .replica
            .records_with_prefix(&self.talk.id, CLOSED)
            .await
            .map_err(HostedError::replica)?;
        let items: Vec<Item> = closed.iter().filter_map(seen::parse).collect();
        if items.is_empty() {
            return Ok(());
        }
        state.retry = false;
        let told = round.unreadable.len();
        self.take_items(items, None, state, round, true).await?;
        round.unreadable.truncate(told);
        Ok(())
    }

    /// In the first round: everything that is held back, from earlier rounds too.
    pub(super) async fn tell_closed(&self, round: &mut Round) -> Result<(), HostedError> {
        if std::mem::replace(&mut self.talk.memory().told_all, true) {
            return Ok(());
        }
        let closed = self
            .replica
            .records_with_prefix(&self.talk.id, CLOSED)
            .await
            .map_err(HostedError::replica)?;
        let keys = self.talk.keychain();
        for item in closed.iter().filter_map(seen::parse::<Item>) {
            let reason = if item.content_type.as_deref() == Some(ITEMS_KEY) {
                continue;
            } else {
                match keys.open(&item) {
                    Err(closed) => closed.words(),
                    Ok(_) => "it is not what its type says".to_owned(),
                }
            };
            round.unreadable.push(HeldBack {
                id: item.uuid,
                reason,
            });
        }
        Ok(())
    }
}

pub(super) fn sort_closed(
    item: &Item,
    why: Option<Closed>,
    words: String,
    seen: &mut HashMap<String, Seen>,
    batch: &mut Batch,
) {
    let name = &item.uuid;
    let now = Seen::of(item, Role::Other);
    let known = seen
        .get(name)
        .filter(|seen| seen.role == Role::Document && !seen.deleted);
    let now = match known {
        // Whatever it is, it may stand where another device's newer text is: what is here stays, and
        // nothing is written over what is there.
        Some(known) => Seen {
            at: now.at,
            iso: now.iso,
            closed: true,
            ending: false,
            ..known.clone()
        },
        None => Seen {
            closed: true,
            ..now
        },
    };
    // Items of the oldest versions are not altered, only not opened here.
    if matches!(why, Some(Closed::Broken(error)) if error != DecryptError::Version) {
        let about = known.and_then(|known| known.document.as_ref());
        let about = about.map_or_else(|| name.clone(), DocId::to_string);
        batch.suspicions.push(Suspicion::altered(about));
    }
    batch.closed.push(HeldBack {
        id: known
            .and_then(|known| known.document.as_ref())
            .map_or_else(|| name.clone(), DocId::to_string),
        reason: words,
    });
    batch.records.push(seen::record(CLOSED, name, item));
    batch.records.push(now.record(name));
    seen.insert(name.clone(), now);
}
