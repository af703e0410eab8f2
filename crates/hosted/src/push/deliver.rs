//! Sending items, in as many calls as they need, and reading what became of each.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;
use sheaf_protocol::{ConflictKind, Item};
use sheaf_sync::{Environment, Policy, Record, RecordReplica, step};

use super::Push;
use crate::{
    HostedError, Round, Vault,
    call::Position,
    entropy::Entropy,
    plan::{Parcel, wire},
    pull::Progression,
    seen::{self, REFERENCES, Seen},
};

/// Both published servers take as many.
const ITEMS_PER_CALL: usize = 150;
const BYTES_PER_CALL: usize = 6 * 1024 * 1024;

/// What became of parcels.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) saved: BTreeSet<String>,
    pub(super) refused: HashMap<String, ConflictKind>,
    pub(super) records: Vec<Record>,
}

impl<R: RecordReplica, E: Environment, V: Vault> Push<'_, R, E, V> {
    /// Sends parcels in as many calls as they need, and takes in what comes back beside.
    pub(super) async fn deliver(
        &self,
        parcels: &[Parcel],
        round: &mut Round,
    ) -> Result<Outcome, HostedError> {
        let ending: Vec<Record> = parcels
            .iter()
            .filter_map(|parcel| Some(parcel.before_sending()?.record(&parcel.uuid)))
            .collect();
        if !ending.is_empty() {
            self.replica
                .put_records(&self.talk.id, ending)
                .await
                .map_err(HostedError::replica)?;
        }
        let mut outcome = Outcome::default();
        let mut rest = parcels;
        while !rest.is_empty() {
            let mut items = Vec::new();
            let mut bytes = 0;
            for parcel in rest.iter().take(ITEMS_PER_CALL) {
                let item = self.encrypt(parcel)?;
                bytes += size(&item);
                if !items.is_empty() && bytes > BYTES_PER_CALL {
                    break;
                }
                items.push(item);
            }
            let (these, later) = rest.split_at(items.len());
            self.deliver_one(these, &items, &mut outcome, round).await?;
            rest = later;
        }
        Ok(outcome)
    }

    pub(super) async fn deliver_one(
        &self,
        parcels: &[Parcel],
        items: &[Value],
        outcome: &mut Outcome,
        round: &mut Round,
    ) -> Result<(), HostedError> {
        let position = Position {
            cursor: None,
            ..self.talk.position(self.replica).await?
        };
        let mut page = match self.talk.sync(items, &position).await {
            Ok(page) => page,
            Err(HostedError::Answer(answer)) if answer.status == 413 => {
                if let [only] = parcels {
                    outcome
                        .refused
                        .insert(only.uuid.clone(), ConflictKind::InvalidServerItem);
                    return Ok(());
                }
                // One of them may be too large: each for itself.
                for (parcel, item) in parcels.iter().zip(items) {
                    let (one, item) = (std::slice::from_ref(parcel), std::slice::from_ref(item));
                    Box::pin(self.deliver_one(one, item, outcome, round)).await?;
                }
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        step::reached("push: items sent");
        // Only what was sent can be saved, whatever the answer says.
        let sent: HashMap<&str, &Parcel> = parcels
            .iter()
            .map(|parcel| (parcel.uuid.as_str(), parcel))
            .collect();
        for saved in &page.saved {
            let Some(parcel) = sent.get(saved.uuid.as_str()) else {
                continue;
            };
            if saved.deleted != parcel.content.is_none() {
                continue;
            }
            let now = after_saving(parcel, saved);
            outcome.records.push(now.record(&parcel.uuid));
            if let Some(notes) = &parcel.references {
                outcome
                    .records
                    .push(seen::record(REFERENCES, &parcel.uuid, notes));
            }
            if now.mine {
                self.talk.note_writing(now.deleted);
            }
            outcome.saved.insert(parcel.uuid.clone());
        }
        for (name, kind) in std::mem::take(&mut page.refused) {
            if sent.contains_key(name.as_str()) && !outcome.saved.contains(&name) {
                outcome.refused.insert(name, kind);
            }
        }
        let conflicts: Vec<Item> = std::mem::take(&mut page.conflicts)
            .into_iter()
            .filter(|item| sent.contains_key(item.uuid.as_str()))
            .collect();
        let pull = self
            .talk
            .pull(self.replica, Policy::default(), self.progress);
        // Durable before the position can pass it.
        self.replica
            .put_records(&self.talk.id, std::mem::take(&mut outcome.records))
            .await
            .map_err(HostedError::replica)?;
        step::reached("push: saved states kept");
        if !conflicts.is_empty() {
            let mut state = Progression::default();
            pull.take_items(conflicts, None, &mut state, round, true)
                .await?;
        }
        pull.take_beside(&position, page, round).await
    }

    pub(super) fn encrypt(&self, parcel: &Parcel) -> Result<Value, HostedError> {
        let Some(content) = &parcel.content else {
            return Ok(wire(parcel, None));
        };
        let random = &mut Entropy(&self.talk.environment);
        let keys = self.talk.keychain();
        let sealed = keys
            .seal(&parcel.uuid, content, random)
            .ok_or(HostedError::KeysMissing { items: 0 })?;
        Ok(wire(parcel, Some(sealed)))
    }
}

/// What is remembered of a state that was saved.
fn after_saving(parcel: &Parcel, saved: &Item) -> Seen {
    let told = Seen::of(saved, parcel.after.role);
    Seen {
        at: told.at,
        iso: told.iso,
        ..parcel.after.clone()
    }
}

fn size(item: &Value) -> usize {
    ["content", "enc_item_key"]
        .iter()
        .filter_map(|key| item.get(*key)?.as_str())
        .map(str::len)
        .sum::<usize>()
        + 512
}
