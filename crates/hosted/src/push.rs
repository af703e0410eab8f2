//! Taking local changes there: in journal order, bytes before the documents that show them, a
//! save on exactly the state that was seen. What somebody else has saved meanwhile is taken in,
//! merged by the replica, and sent again.

mod deliver;
mod parcels;
mod references;

use std::collections::{BTreeMap, HashMap};

use sheaf_model::{DocId, Revision};
use sheaf_protocol::ConflictKind;
use sheaf_sync::{
    Acknowledgement, Environment, Limits, OutgoingRevision, Policy, RecordReplica, Refusal, step,
};

use self::{parcels::Standing, references::containers_touched};
use crate::{
    HostedError, Progress, Replication, Round, Vault,
    seen::{self, RENAMED, STALE},
};

const LIMITS: Limits = Limits {
    documents: 100,
    bytes: 2 * 1024 * 1024,
};
/// Somebody else may be first again and again; then it is left to the next round.
const ATTEMPTS: usize = 8;

pub(crate) struct Push<'a, R, E, V> {
    pub(crate) talk: &'a Replication<E, V>,
    pub(crate) replica: &'a R,
    pub(crate) progress: &'a (dyn Fn(Progress) + Sync),
}

impl<R: RecordReplica, E: Environment, V: Vault> Push<'_, R, E, V> {
    pub(crate) async fn catch_up(&self, round: &mut Round) -> Result<(), HostedError> {
        let mut after = self
            .replica
            .remote_state(&self.talk.id)
            .await
            .map_err(HostedError::replica)?
            .checkpoint
            .pushed;
        let mut done = 0;
        loop {
            let batch = self
                .replica
                .outgoing(&self.talk.id, after, LIMITS)
                .await
                .map_err(HostedError::replica)?;
            if batch.revisions.is_empty() && batch.through <= after {
                break;
            }
            step::reached("push: batch offered");
            let mut documents: Vec<DocId> = Vec::new();
            for revision in &batch.revisions {
                if !documents.contains(&revision.id) {
                    documents.push(revision.id.clone());
                }
            }
            let count = documents.len() as u32;
            let mut acknowledgement = self.send(documents, round).await?;
            acknowledgement.pushed = Some(batch.through);
            round.pushed += count.saturating_sub(acknowledgement.refused.len() as u32);
            round.refused += acknowledgement.refused.len() as u32;
            self.replica
                .acknowledge(&self.talk.id, acknowledgement)
                .await
                .map_err(HostedError::replica)?;
            step::reached("push: batch passed");
            done += count;
            if count > 0 {
                (self.progress)(Progress::Pushing {
                    done,
                    total: done + batch.remaining,
                });
            }
            after = batch.through;
            if batch.remaining == 0 {
                break;
            }
        }
        self.write_stale(round).await
    }

    /// Sends documents until the server has them as they are here. What is accepted is remembered
    /// at once; the answer holds what was refused.
    async fn send(
        &self,
        documents: Vec<DocId>,
        round: &mut Round,
    ) -> Result<Acknowledgement, HostedError> {
        let mut refused = Vec::new();
        let mut waiting = documents;
        for _ in 0..ATTEMPTS {
            if waiting.is_empty() {
                break;
            }
            waiting = self.attempt(waiting, &mut refused, round).await?;
        }
        if !waiting.is_empty() {
            // Not a word about these: neither saved nor refused.
            return Err(HostedError::Garbled {
                request: "POST items",
                source: None,
            });
        }
        Ok(Acknowledgement {
            refused,
            ..Acknowledgement::default()
        })
    }

    /// One attempt. Answers the documents that have to be tried again.
    async fn attempt(
        &self,
        documents: Vec<DocId>,
        refused: &mut Vec<Refusal>,
        round: &mut Round,
    ) -> Result<Vec<DocId>, HostedError> {
        let leaves = self
            .replica
            .leaves(documents.clone())
            .await
            .map_err(HostedError::replica)?;
        let mut by_document: BTreeMap<DocId, Vec<OutgoingRevision>> = BTreeMap::new();
        for leaf in leaves {
            by_document.entry(leaf.id.clone()).or_default().push(leaf);
        }
        let names: HashMap<&DocId, String> = documents
            .iter()
            .map(|id| (id, self.talk.item_of(id)))
            .collect();
        let pull = self
            .talk
            .pull(self.replica, Policy::default(), self.progress);
        let seen = pull.seen_of(names.values().map(String::as_str)).await?;
        let mut sides = self.sides_of(&by_document, &seen).await?;
        let mut parcels = Vec::new();
        let mut owners: HashMap<String, DocId> = HashMap::new();
        let mut accepted: Vec<(DocId, Revision)> = Vec::new();
        // In an order: what is tried again is sent in it.
        let mut sent: BTreeMap<DocId, Vec<Revision>> = BTreeMap::new();
        for id in &documents {
            let Some(leaves) = by_document.remove(id) else {
                continue;
            };
            let revisions: Vec<Revision> =
                leaves.iter().map(|leaf| leaf.revision.clone()).collect();
            let standing = Standing {
                id,
                item: &names[id],
                seen: seen.get(&names[id]),
                sides: sides.remove(id).unwrap_or_default(),
                leaves,
            };
            match self.parcels_of(standing, false).await? {
                Ok(items) if items.is_empty() => {
                    accepted.extend(revisions.into_iter().map(|revision| (id.clone(), revision)));
                }
                Ok(items) => {
                    for parcel in &items {
                        owners.insert(parcel.uuid.clone(), id.clone());
                    }
                    parcels.extend(items);
                    sent.insert(id.clone(), revisions);
                }
                Err(reason) => refused.extend(refusals(id, &revisions, &reason)),
            }
        }
        let mut wanted: HashMap<DocId, usize> = HashMap::new();
        for parcel in &parcels {
            if let Some(owner) = owners.get(&parcel.uuid) {
                *wanted.entry(owner.clone()).or_default() += 1;
            }
        }
        let touched = containers_touched(&parcels, &seen);
        let outcome = self.deliver(&parcels, round).await?;
        let mut again = Vec::new();
        for (id, revisions) in sent {
            let own = parcels
                .iter()
                .filter(|parcel| owners.get(&parcel.uuid) == Some(&id));
            let (mut done, mut reason) = (0, None);
            for parcel in own {
                done += usize::from(outcome.saved.contains(&parcel.uuid));
                if let Some(kind) = outcome.refused.get(&parcel.uuid) {
                    reason = Some(*kind);
                }
            }
            match reason {
                Some(ConflictKind::UuidConflict) if self.rename(&id).await? => again.push(id),
                Some(kind) => refused.extend(refusals(&id, &revisions, words(kind))),
                None if done == wanted.get(&id).copied().unwrap_or(0) => {
                    accepted.extend(revisions.into_iter().map(|revision| (id.clone(), revision)));
                }
                None => again.push(id),
            }
        }
        let mut records = outcome.records;
        records.extend(
            touched
                .iter()
                .map(|id| seen::record(STALE, id.as_str(), &true)),
        );
        let acknowledgement = Acknowledgement {
            accepted,
            ..Acknowledgement::default()
        };
        self.replica
            .acknowledge_with(&self.talk.id, acknowledgement, records)
            .await
            .map_err(HostedError::replica)?;
        step::reached("push: answer kept");
        Ok(again)
    }

    /// Another account of this server uses the name: the document gets the next one. `false`: all are used.
    async fn rename(&self, id: &DocId) -> Result<bool, HostedError> {
        let used = self.talk.item_of(id);
        let mut others = self.talk.account.other_items(id);
        let next = if self.talk.account.is_other_item(id, &used) {
            others.find(|other| *other == used);
            others.next()
        } else {
            others.next()
        };
        let Some(name) = next else {
            return Ok(false);
        };
        self.talk.memory().renamed.insert(id.clone(), name.clone());
        let record = seen::record(RENAMED, id.as_str(), &name);
        self.replica
            .put_records(&self.talk.id, vec![record])
            .await
            .map_err(HostedError::replica)?;
        Ok(true)
    }
}

fn refusals<'a>(
    id: &'a DocId,
    revisions: &'a [Revision],
    reason: &'a str,
) -> impl Iterator<Item = Refusal> + 'a {
    revisions.iter().map(move |revision| Refusal {
        id: id.clone(),
        revision: revision.clone(),
        reason: reason.to_owned(),
    })
}

fn words(kind: ConflictKind) -> &'static str {
    match kind {
        ConflictKind::ContentTypeError => "this server does not take items of this type",
        ConflictKind::ContentError => "this server does not take this content",
        ConflictKind::UuidError | ConflictKind::UuidConflict => {
            "this server does not take items of this name"
        }
        ConflictKind::SyncConflict => "another device was faster again and again",
        ConflictKind::InvalidServerItem => "it is larger than this server takes",
    }
}
