//! From time to time everything that is remembered is compared with what the server says it has:
//! published servers are known to skip items for good when two devices save at once.

use serde::Deserialize;
use serde_json::json;
use sheaf_model::Millis;
use sheaf_net::Method;
use sheaf_protocol::{IntegrityMismatches, Item};
use sheaf_sync::{Environment, Policy, RecordReplica};

use crate::{
    Dialect, HostedError, Progress, Replication, Round, Vault,
    pull::Progression,
    seen::{self, ITEM, Role, SUSPICION},
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
        if self.credentials().dialect == Dialect::Older || !self.is_due(replica, now).await? {
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
            // What is deleted on both sides is in step.
            .filter(|name| all.get(name).is_none_or(|seen| !seen.deleted))
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
        for name in names {
            let path = format!("v1/items/{name}");
            match self
                .ask::<One>("GET item", Method::GET, &path, None::<&()>)
                .await
            {
                Ok(one) if one.item.uuid == name => items.push(one.item),
                Ok(_) => {}
                Err(error) if error.is_missing_route() => lost.push(name),
                Err(error) => return Err(error),
            }
        }
        let mut state = Progression::default();
        pull.take_items(items, None, &mut state, round, false)
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
