//! From time to time everything that is remembered is compared with what the server says it has:
//! published servers are known to skip items for good when two devices save at once.

use serde::Deserialize;
use serde_json::json;
use sheaf_model::Millis;
use sheaf_net::Method;
use sheaf_protocol::{IntegrityMismatches, Item};
use sheaf_sync::{Environment, Policy, Record, RecordReplica};

use crate::{
    Dialect, HostedError, Progress, Replication, Round, Vault, names,
    pull::Progression,
    seen::{self, CLOSED, ITEM, Role, SUSPICION, Seen},
    suspicion::Suspicion,
};

const EVERY: Millis = 12 * 60 * 60 * 1000;
const COMPARED: &str = "c:";
/// More than this, and everything is asked for again.
const ONE_BY_ONE: usize = 100;

#[derive(Deserialize)]
struct One {
    item: Item,
}

impl<E: Environment, V: Vault> Replication<E, V> {
    pub(crate) async fn compare<R: RecordReplica>(
        &self,
        replica: &R,
        round: &mut Round,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<(), HostedError> {
        let now = self.environment.now();
        if self.credentials().dialect == Dialect::Older {
            return Ok(());
        }
        self.ask_for_closed(replica, round, progress).await?;
        if !self.is_due(replica, now).await? {
            return Ok(());
        }
        let all = self.all_seen(replica).await?;
        let payloads: Vec<_> = all
            .iter()
            .filter(|(_, seen)| !seen.deleted && seen.iso.is_empty())
            .map(|(name, seen)| json!({"uuid": name, "updated_at_timestamp": seen.at}))
            .collect();
        let body = json!({"integrityPayloads": payloads});
        let answer: Result<IntegrityMismatches, _> = self
            .ask(
                "POST check-integrity",
                Method::POST,
                "v1/items/check-integrity",
                Some(&body),
            )
            .await;
        let mismatches = match answer {
            Ok(answer) => answer.mismatches,
            Err(error) if error.is_missing_route() => Vec::new(),
            Err(error) => return Err(error),
        };
        let differing: Vec<String> = mismatches
            .into_iter()
            .map(|mismatch| mismatch.uuid)
            .collect();
        if !differing.is_empty() {
            tracing::info!(
                items = differing.len(),
                "the server has other states than were seen"
            );
            self.catch_up_on(replica, differing, round, progress)
                .await?;
        }
        replica
            .put_records(&self.id, vec![seen::record(COMPARED, "at", &now)])
            .await
            .map_err(HostedError::replica)?;
        self.memory().compared_at = Some(now);
        Ok(())
    }

    /// Everything is compared in the next round, also when another process makes it.
    pub(crate) fn compare_again(&self) -> Record {
        self.memory().compared_at = Some(0);
        seen::record(COMPARED, "at", &0)
    }

    /// Once for each in a session: what could not be opened may have been spoilt on the way, and whoever
    /// hands out pages does not hand it out again.
    async fn ask_for_closed<R: RecordReplica>(
        &self,
        replica: &R,
        round: &mut Round,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<(), HostedError> {
        let closed: Vec<Item> = replica
            .records_with_prefix(&self.id, CLOSED)
            .await
            .map_err(HostedError::replica)?
            .iter()
            .filter_map(seen::parse)
            .collect();
        let (mut other, mut gone) = (Vec::new(), Vec::new());
        for held in closed.iter().take(ONE_BY_ONE) {
            let is_news = self.memory().asked_for.insert(held.uuid.clone());
            if !is_news || !names::is_uuid(&held.uuid) {
                continue;
            }
            match self.one(&held.uuid).await? {
                Some(item) if !is_same_text(&item, held) => other.push(item),
                Some(_) => {}
                None => gone.push(held.uuid.as_str()),
            }
        }
        self.forget_ghosts(replica, &gone).await?;
        if other.is_empty() {
            return Ok(());
        }
        let pull = self.pull(replica, Policy::default(), progress);
        let mut state = Progression::default();
        pull.take_items(other, None, &mut state, round, true)
            .await?;
        Ok(())
    }

    /// What was handed out, never opened, and is not there: nothing but a word of the server's.
    async fn forget_ghosts<R: RecordReplica>(
        &self,
        replica: &R,
        names: &[&str],
    ) -> Result<(), HostedError> {
        let keys = names.iter().map(|name| format!("{ITEM}{name}")).collect();
        let seen = replica
            .records(&self.id, keys)
            .await
            .map_err(HostedError::replica)?;
        let ghosts = seen.iter().filter(|record| {
            Seen::parse(record).is_some_and(|seen| seen.role == Role::Other && seen.closed)
        });
        let records: Vec<Record> = ghosts
            .map(|record| seen::name(record, ITEM))
            .flat_map(|name| [seen::forget(CLOSED, name), seen::forget(ITEM, name)])
            .collect();
        if records.is_empty() {
            return Ok(());
        }
        replica
            .put_records(&self.id, records)
            .await
            .map_err(HostedError::replica)
    }

    /// One item; `None`: the server has none of this name.
    async fn one(&self, name: &str) -> Result<Option<Item>, HostedError> {
        let path = format!("v1/items/{name}");
        match self
            .ask::<One>("GET item", Method::GET, &path, None::<&()>)
            .await
        {
            Ok(one) => Ok(Some(one.item).filter(|item| item.uuid == name)),
            Err(error) if error.is_missing_route() => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn is_due<R: RecordReplica>(
        &self,
        replica: &R,
        now: Millis,
    ) -> Result<bool, HostedError> {
        let mut at = self.memory().compared_at;
        if at.is_none() {
            let held = replica
                .records(&self.id, vec![format!("{COMPARED}at")])
                .await
                .map_err(HostedError::replica)?;
            at = held.first().and_then(seen::parse);
            self.memory().compared_at = at;
        }
        Ok(at.is_none_or(|at| now - at >= EVERY || now < at))
    }

    async fn catch_up_on<R: RecordReplica>(
        &self,
        replica: &R,
        names: Vec<String>,
        round: &mut Round,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<(), HostedError> {
        let pull = self.pull(replica, Policy::default(), progress);
        if names.len() > ONE_BY_ONE {
            return pull.again(round).await;
        }
        let mut items = Vec::new();
        let mut lost = Vec::new();
        for name in names.into_iter().filter(|name| names::is_uuid(name)) {
            match self.one(&name).await? {
                Some(item) => items.push(item),
                None => lost.push(name),
            }
        }
        let mut state = Progression::default();
        pull.take_items(items, None, &mut state, round, true)
            .await?;
        self.offer_lost(replica, lost).await
    }

    /// The server does not have what was seen there.
    async fn offer_lost<R: RecordReplica>(
        &self,
        replica: &R,
        lost: Vec<String>,
    ) -> Result<(), HostedError> {
        let all = self.all_seen(replica).await?;
        let mut records = Vec::new();
        let mut again = Vec::new();
        for name in lost {
            let Some(seen) = all.get(&name) else { continue };
            if let (Role::Document, Some(id)) = (seen.role, &seen.document) {
                let suspicion = Suspicion::missing(id.to_string());
                records.push(seen::record(SUSPICION, &suspicion.name(), &suspicion));
                again.push(id.clone());
            }
            records.push(seen::forget(ITEM, &name));
        }
        replica
            .put_records(&self.id, records)
            .await
            .map_err(HostedError::replica)?;
        replica
            .offer_again(&self.id, again)
            .await
            .map_err(HostedError::replica)
    }
}

/// Another form of the same state, or the same spoilt one again?
fn is_same_text(a: &Item, b: &Item) -> bool {
    (
        &a.content,
        &a.enc_item_key,
        &a.items_key_id,
        &a.content_type,
        a.deleted,
    ) == (
        &b.content,
        &b.enc_item_key,
        &b.items_key_id,
        &b.content_type,
        b.deleted,
    )
}
