//! Taking local changes there: in journal order, bytes before the documents that show them, a
//! save on exactly the state that was seen. What somebody else has saved meanwhile is taken in,
//! merged by the replica, and sent again.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;
use sheaf_model::{DocId, Kind, Revision};
use sheaf_protocol::{ConflictKind, Item};
use sheaf_sync::{
    Acknowledgement, Environment, Limits, OutgoingRevision, Policy, Record, RecordReplica, Refusal,
};

use crate::{
    HostedError, Progress, Replication, Round, Vault,
    call::Position,
    entropy::Entropy,
    interpret::write_chunk,
    mapping,
    marker::FileParts,
    plan::{Parcel, Subject, plan, wire},
    pull::Progression,
    seen::{self, ITEM, REFERENCES, RENAMED, Role, STALE, Seen},
};

const LIMITS: Limits = Limits {
    documents: 100,
    bytes: 2 * 1024 * 1024,
};
/// Both published servers take as many.
const ITEMS_PER_CALL: usize = 150;
const BYTES_PER_CALL: usize = 6 * 1024 * 1024;
/// Somebody else may be first again and again; then it is left to the next round.
const ATTEMPTS: usize = 8;
/// Bytes of a piece of an attachment: under a megabyte once encrypted twice over.
const PIECE: usize = 384 * 1024;
/// Folders with more notes than this are written now and then, not for every note.
const LARGE_FOLDER: usize = 200;
const LARGE_FOLDERS_EVERY: i64 = 5 * 60 * 1000;

pub(crate) struct Push<'a, R, E, V> {
    pub(crate) talk: &'a Replication<E, V>,
    pub(crate) replica: &'a R,
    pub(crate) progress: &'a (dyn Fn(Progress) + Sync),
}

/// What became of parcels.
#[derive(Default)]
struct Outcome {
    saved: BTreeSet<String>,
    refused: HashMap<String, ConflictKind>,
    records: Vec<Record>,
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
        let mut parcels = Vec::new();
        let mut owners: HashMap<String, DocId> = HashMap::new();
        let mut accepted: Vec<(DocId, Revision)> = Vec::new();
        let mut sent: HashMap<DocId, Vec<Revision>> = HashMap::new();
        for id in &documents {
            let Some(leaves) = by_document.remove(id) else {
                continue;
            };
            let revisions: Vec<Revision> =
                leaves.iter().map(|leaf| leaf.revision.clone()).collect();
            match self
                .parcels_of(id, &names[id], leaves, &seen, false)
                .await?
            {
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
        Ok(again)
    }

    /// The items one document needs. The inner error is why it cannot travel.
    async fn parcels_of(
        &self,
        id: &DocId,
        item: &str,
        leaves: Vec<OutgoingRevision>,
        seen: &HashMap<String, Seen>,
        force: bool,
    ) -> Result<Result<Vec<Parcel>, String>, HostedError> {
        if seen.get(item).is_some_and(|seen| seen.closed) {
            let reason = "the server holds a version of it that cannot be opened here";
            return Ok(Err(reason.to_owned()));
        }
        let winner = leaves
            .iter()
            .filter(|leaf| !leaf.deleted)
            .max_by(|a, b| a.revision.cmp(&b.revision));
        let mut files = Vec::new();
        if let Some(winner) = winner {
            if let Err(invalid) = sheaf_model::check(id, &winner.body) {
                return Ok(Err(invalid.to_string()));
            }
            for attachment in &winner.attachments {
                match self.send_bytes(attachment).await? {
                    Ok(parts) => files.push(parts),
                    Err(reason) => return Ok(Err(reason)),
                }
            }
        }
        let is_tag = matches!(id.kind(), Kind::Tag | Kind::Notebook);
        let notes = match (is_tag, winner) {
            (true, Some(_)) => self.notes_in(id).await?,
            _ => Vec::new(),
        };
        let parent = winner
            .filter(|_| id.kind() == Kind::Notebook)
            .and_then(|winner| sheaf_model::Notebook::read(&winner.body).parent)
            .map(|parent| self.talk.item_of(&parent));
        let subject = Subject {
            id,
            item: item.to_owned(),
            seen: seen.get(item).cloned(),
            leaves,
            notes: &notes,
            parent,
            files,
            pad: self.talk.options.pad,
        };
        Ok(Ok(plan(&self.talk.account, &subject, force)))
    }

    /// The notes that are in a tag or notebook, as the server knows them.
    async fn notes_in(&self, id: &DocId) -> Result<Vec<String>, HostedError> {
        let all = self
            .replica
            .records_with_prefix(&self.talk.id, ITEM)
            .await
            .map_err(HostedError::replica)?;
        let named = format!("\"{id}\"");
        Ok(all
            .iter()
            // Parsing thousands of records to find a few would be the slowest part of a push.
            .filter(|record| {
                record
                    .value
                    .as_ref()
                    .is_some_and(|value| value.contains(&named))
            })
            .filter_map(|record| {
                let seen = Seen::parse(record)?;
                let inside = !seen.deleted && seen.inside.contains(id);
                inside.then(|| seen::name(record, ITEM).to_owned())
            })
            .collect())
    }

    /// Sends parcels in as many calls as they need, and takes in what comes back beside.
    async fn deliver(&self, parcels: &[Parcel], round: &mut Round) -> Result<Outcome, HostedError> {
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

    async fn deliver_one(
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
        if !conflicts.is_empty() {
            let mut state = Progression::default();
            pull.take_items(conflicts, None, &mut state, round, true)
                .await?;
        }
        pull.take_beside(&position, page, round).await
    }

    fn encrypt(&self, parcel: &Parcel) -> Result<Value, HostedError> {
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

    /// The pieces of an attachment, each sent unless the server has it.
    async fn send_bytes(
        &self,
        attachment: &sheaf_sync::OutgoingAttachment,
    ) -> Result<Result<FileParts, String>, HostedError> {
        let blob = &attachment.blob;
        let length = attachment.meta.length;
        let count = usize::try_from(length.div_ceil(PIECE as u64))
            .unwrap_or(usize::MAX)
            .max(1);
        let chunks: Vec<String> = (0..count)
            .map(|number| self.talk.account.chunk(&blob.0, number))
            .collect();
        let pull = self
            .talk
            .pull(self.replica, Policy::default(), self.progress);
        let known = pull.seen_of(chunks.iter().map(String::as_str)).await?;
        for (number, name) in chunks.iter().enumerate() {
            if known.get(name).is_some_and(|seen| !seen.deleted) {
                continue;
            }
            let offset = number as u64 * PIECE as u64;
            let bytes = self
                .replica
                .read_blob(blob, offset, PIECE)
                .await
                .map_err(HostedError::replica)?;
            let content = serde_json::to_string(&write_chunk(&bytes)).unwrap_or_default();
            let parcel = Parcel {
                uuid: name.clone(),
                content_type: mapping::CHUNK,
                content: Some(content),
                duplicate_of: None,
                created_at: None,
                base: known.get(name).cloned(),
                after: Seen {
                    role: Role::Chunk,
                    content_type: mapping::CHUNK.into(),
                    blob: (count == 1).then(|| blob.0.clone()),
                    ..Seen::default()
                },
                references: None,
            };
            let mut round = Round::default();
            let outcome = self
                .deliver(std::slice::from_ref(&parcel), &mut round)
                .await?;
            if let Some(kind) = outcome.refused.get(name) {
                return Ok(Err(format!("attachments are not taken: {}", words(*kind))));
            }
            // A piece's name follows from its bytes: whoever was first wrote the same.
        }
        Ok(Ok(FileParts {
            meta: attachment.meta.clone(),
            sha256: blob.0.clone(),
            chunks,
        }))
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

    /// Writes tags and folders whose notes are other ones now.
    async fn write_stale(&self, round: &mut Round) -> Result<(), HostedError> {
        let stale = self
            .replica
            .records_with_prefix(&self.talk.id, STALE)
            .await
            .map_err(HostedError::replica)?;
        if stale.is_empty() {
            return Ok(());
        }
        let now = self.talk.environment.now();
        let large_too = self
            .talk
            .memory()
            .folders_at
            .is_none_or(|at| now - at >= LARGE_FOLDERS_EVERY || now < at);
        for record in stale {
            let Ok(id) = DocId::parse(seen::name(&record, STALE)) else {
                continue;
            };
            if !large_too && self.notes_in(&id).await?.len() > LARGE_FOLDER {
                continue;
            }
            self.write_references(&id, round).await?;
        }
        if large_too {
            self.talk.memory().folders_at = Some(now);
        }
        Ok(())
    }

    async fn write_references(&self, id: &DocId, round: &mut Round) -> Result<(), HostedError> {
        let item = self.talk.item_of(id);
        let pull = self
            .talk
            .pull(self.replica, Policy::default(), self.progress);
        for _ in 0..ATTEMPTS {
            let seen = pull.seen_of(std::iter::once(item.as_str())).await?;
            // A tag that is not there yet, or no longer, has no references to be wrong.
            if seen.get(&item).is_none_or(|seen| seen.deleted) {
                break;
            }
            let leaves = self
                .replica
                .leaves(vec![id.clone()])
                .await
                .map_err(HostedError::replica)?;
            if !leaves.iter().any(|leaf| !leaf.deleted) {
                break;
            }
            let notes = self.notes_in(id).await?;
            let mut known = pull.references_of(&item).await?;
            known.sort();
            let mut sorted = notes.clone();
            sorted.sort();
            if known == sorted {
                break;
            }
            let Ok(parcels) = self.parcels_of(id, &item, leaves, &seen, true).await? else {
                break;
            };
            let outcome = self.deliver(&parcels, round).await?;
            if outcome.saved.contains(&item) || outcome.refused.contains_key(&item) {
                break;
            }
        }
        self.replica
            .put_records(&self.talk.id, vec![seen::forget(STALE, id.as_str())])
            .await
            .map_err(HostedError::replica)
    }
}

/// Tags and notebooks whose notes are other ones after these parcels.
fn containers_touched(parcels: &[Parcel], seen: &HashMap<String, Seen>) -> BTreeSet<DocId> {
    let mut touched = BTreeSet::new();
    for parcel in parcels {
        if parcel.after.role != Role::Document || parcel.content_type != mapping::NOTE {
            continue;
        }
        let before: BTreeSet<&DocId> = seen
            .get(&parcel.uuid)
            .filter(|seen| !seen.deleted)
            .into_iter()
            .flat_map(|seen| &seen.inside)
            .collect();
        let after: BTreeSet<&DocId> = parcel.after.inside.iter().collect();
        touched.extend(before.symmetric_difference(&after).map(|id| (*id).clone()));
    }
    touched
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

fn size(item: &Value) -> usize {
    ["content", "enc_item_key"]
        .iter()
        .filter_map(|key| item.get(*key)?.as_str())
        .map(str::len)
        .sum::<usize>()
        + 512
}
