//! Taking items in: opened, put where they belong, and kept together with the place they came from.

use std::collections::{HashMap, HashSet};

use sheaf_model::DocId;
use sheaf_protocol::Item;
use sheaf_sync::{
    Brake, DeletionPolicy, Environment, HeldBack, Incoming, IncomingRevision, Record,
    RecordReplica, Seq, step,
};

use super::{Progression, Pull, closed::sort_closed};
use crate::{
    HostedError, Progress, Round, Vault,
    call::{PAGE, Page},
    interpret::{Document, Finding, Read},
    keychain::{Closed, ITEMS_KEY},
    seen::{self, CLOSED, KEY, REFERENCES, Role, SUSPICION, Seen},
    suspicion::Suspicion,
};

/// A page, understood and ready to be taken in.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) revisions: Vec<IncomingRevision>,
    pub(super) records: Vec<Record>,
    pub(super) again: Vec<DocId>,
    pub(super) suspicions: Vec<Suspicion>,
    pub(super) closed: Vec<HeldBack>,
    pub(super) foreign: u32,
}

impl<R: RecordReplica, E: Environment, V: Vault> Pull<'_, R, E, V> {
    /// Takes in a page. Answers whether anything in it was new.
    pub(super) async fn take_in(
        &self,
        page: Page,
        pulled: Option<Seq>,
        state: &mut Progression,
        round: &mut Round,
    ) -> Result<bool, HostedError> {
        if let Some(named) = &mut state.named {
            named.extend(page.retrieved.iter().map(|item| item.uuid.clone()));
        }
        if page.unreadable > 0 {
            tracing::warn!(page.unreadable, "the server sent what are no items");
        }
        step::reached("pull: page handed over");
        let total = if page.has_more { PAGE as u32 } else { 0 };
        let count = page.retrieved.len() as u32;
        let new = self
            .take_items(page.retrieved, pulled, state, round, false)
            .await?;
        step::reached("pull: page taken in");
        state.done += count;
        if new > 0 {
            (self.progress)(Progress::Pulling {
                done: state.done,
                total: state.done + total,
            });
        }
        Ok(new > 0)
    }

    /// Takes in items and, with the last of them, the position. Answers how many states were new.
    pub(crate) async fn take_items(
        &self,
        items: Vec<Item>,
        pulled: Option<Seq>,
        state: &mut Progression,
        round: &mut Round,
        even_if_known: bool,
    ) -> Result<usize, HostedError> {
        // A page may name an item twice. Each is looked at, in their order: the last may be the older.
        let mut named = HashSet::new();
        let (first, repeated): (Vec<Item>, Vec<Item>) = items
            .into_iter()
            .partition(|item| named.insert(item.uuid.clone()));
        let mut seen = self
            .seen_of(first.iter().map(|item| item.uuid.as_str()))
            .await?;
        let is_new = |seen: &HashMap<String, Seen>, item: &Item| {
            even_if_known
                || seen
                    .get(&item.uuid)
                    .is_none_or(|seen| !seen.is_same_state(item))
        };
        let fresh: Vec<Item> = first
            .into_iter()
            .filter(|item| is_new(&seen, item))
            .collect();
        let new = fresh.len();
        let mut batch = Batch::default();
        let (keys, others): (Vec<Item>, Vec<Item>) = fresh
            .into_iter()
            .partition(|item| item.content_type.as_deref() == Some(ITEMS_KEY) && !item.deleted);
        // Keys first: what follows needs them.
        for item in keys {
            let read = self.read_here(item, &seen);
            self.sort(read, &mut seen, state, &mut batch).await?;
        }
        for read in self.read_aside(others, &seen).await? {
            self.sort(read, &mut seen, state, &mut batch).await?;
        }
        for item in repeated {
            if is_new(&seen, &item) {
                let read = self.read_here(item, &seen);
                self.sort(read, &mut seen, state, &mut batch).await?;
            }
        }
        if !batch.revisions.is_empty() || !batch.records.is_empty() || pulled.is_some() {
            let deletions = match self.policy.brake {
                Brake::Ask | Brake::Allow => DeletionPolicy::Apply,
                Brake::Keep => DeletionPolicy::Revive,
            };
            let incoming = Incoming {
                revisions: batch.revisions,
                // What cannot be opened is kept as it came, in a record of its own.
                unreadable: Vec::new(),
                pulled,
                deletions,
            };
            for suspicion in &batch.suspicions {
                tracing::warn!(kind = ?suspicion.kind, about = suspicion.about, "the server is not to be trusted");
                batch
                    .records
                    .push(seen::record(SUSPICION, &suspicion.name(), suspicion));
            }
            let ingested = self
                .replica
                .ingest_with(&self.talk.id, incoming, batch.records)
                .await
                .map_err(HostedError::replica)?;
            round.pulled += ingested.new;
            round.conflicts += ingested.conflicts;
            round.merged += ingested.merged;
        }
        round.foreign += batch.foreign;
        if !batch.closed.is_empty() {
            self.replica
                .tell_unopened(&self.talk.id, batch.closed.clone())
                .await
                .map_err(HostedError::replica)?;
        }
        if self.talk.memory().told_all {
            round.unreadable.extend(batch.closed);
        }
        if !batch.again.is_empty() {
            self.replica
                .offer_again(&self.talk.id, batch.again)
                .await
                .map_err(HostedError::replica)?;
        }
        Ok(new)
    }

    /// Puts one item where it belongs.
    pub(super) async fn sort(
        &self,
        read: Read,
        seen: &mut HashMap<String, Seen>,
        state: &mut Progression,
        batch: &mut Batch,
    ) -> Result<(), HostedError> {
        let Read {
            item,
            finding,
            suspicion,
        } = read;
        let name = item.uuid.clone();
        batch.suspicions.extend(suspicion);
        let was_closed = seen
            .get(&name)
            .is_some_and(|seen| seen.closed || seen.role == Role::Key);
        if was_closed && !matches!(finding, Finding::Closed(..)) {
            batch.records.push(seen::forget(CLOSED, &name));
        }
        match finding {
            Finding::Document(document) => {
                self.sort_document(item, *document, seen, state, batch)
                    .await?;
                return Ok(());
            }
            Finding::Deleted(tombstone, now) => {
                let ends = match now.role {
                    Role::Leaf => self.is_end_of_side(&name, &now, seen).await?,
                    _ => true,
                };
                if tombstone.is_some() && now.role == Role::Document {
                    if now.mine {
                        self.talk.note_writing(true);
                    } else {
                        self.talk.judge_deletion(&name, &now, &mut batch.records);
                    }
                }
                batch.revisions.extend(tombstone.filter(|_| ends));
                batch.records.push(now.record(&name));
                seen.insert(name, now);
            }
            Finding::Chunk { bytes, seen: now } => {
                let blob = self.keep_bytes(bytes).await?;
                let now = Seen {
                    blob: Some(blob.0),
                    ..now
                };
                batch.records.push(now.record(&name));
                seen.insert(name, now);
                state.retry = true;
            }
            Finding::Key(key, now) => {
                let mut keys = (*self.talk.keychain()).clone();
                state.retry |= !keys.contains(&key.name);
                keys.add(key);
                self.talk.put_keychain(keys);
                batch.records.push(seen::record(KEY, &name, &item));
                batch.records.push(now.record(&name));
                seen.insert(name, now);
            }
            Finding::Manifest { content, seen: now } => {
                self.talk
                    .take_manifest(self.replica, &name, &content, &mut batch.records)
                    .await?;
                batch.records.push(now.record(&name));
                seen.insert(name, now);
            }
            Finding::Other(now) => {
                batch.foreign += 1;
                batch.records.push(now.record(&name));
                seen.insert(name, now);
            }
            Finding::Closed(why, words) => {
                sort_closed(&item, why, words, seen, batch);
            }
            Finding::Older(id, now) => {
                batch.again.push(id);
                batch.records.push(now.record(&name));
                seen.insert(name, now);
            }
        }
        Ok(())
    }

    /// Whether the end of its item is the end of the other side of a conflict. A note that stands
    /// says itself which sides it has: an item may go because its side was written on and has
    /// another now. When the note went altogether, or somebody who knows nothing of sides deleted
    /// one, nothing else says it.
    async fn is_end_of_side(
        &self,
        name: &str,
        side: &Seen,
        seen: &HashMap<String, Seen>,
    ) -> Result<bool, HostedError> {
        let Some(id) = &side.document else {
            return Ok(false);
        };
        let item = self.talk.item_of(id);
        let earlier = self.seen_of(std::iter::once(item.as_str())).await?;
        let Some(note) = seen.get(&item).or_else(|| earlier.get(&item)) else {
            return Ok(true);
        };
        let is_named = |leaf| self.talk.account.leaf(id, leaf) == name;
        Ok(note.deleted || note.leaves.iter().any(is_named))
    }

    pub(super) async fn sort_document(
        &self,
        item: Item,
        document: Document,
        seen: &mut HashMap<String, Seen>,
        state: &mut Progression,
        batch: &mut Batch,
    ) -> Result<(), HostedError> {
        let name = item.uuid.clone();
        let Document {
            mut revisions,
            files,
            seen: now,
            references,
            foreign_references,
            again,
        } = document;
        let was_closed = seen.get(&name).is_some_and(|seen| seen.closed);
        if !files.is_empty() {
            let Some(attachments) = self.assemble(&files, seen).await? else {
                // Its bytes come on a later page; it is looked at again then.
                let words = "the pieces of this attachment have not all arrived".to_owned();
                sort_closed(&item, Some(Closed::NoKey), words, seen, batch);
                return Ok(());
            };
            if let Some(first) = revisions.first_mut() {
                first.attachments = attachments;
            }
        }
        if let (Some(notes), Some(id)) = (references, &now.document) {
            if foreign_references {
                let before = self.references_of(&name).await?;
                state.foreign_tags.insert(id.clone(), before);
            }
            batch.records.push(seen::record(REFERENCES, &name, &notes));
        }
        if again || was_closed {
            batch.again.extend(now.document.clone());
        }
        batch.revisions.extend(revisions);
        batch.records.push(now.record(&name));
        seen.insert(name, now);
        Ok(())
    }
}
