//! Bringing items here: a page is fetched while the one before is opened, on all cores, and taken
//! in. The position moves in the same transaction as what it vouches for.

use std::collections::{BTreeMap, HashMap, HashSet};

use sheaf_crypto::DecryptError;
use sheaf_model::DocId;
use sheaf_protocol::Item;
use sheaf_sync::{
    BlobId, Brake, DeletionPolicy, Environment, HeldBack, Incoming, IncomingAttachment,
    IncomingRevision, Policy, Record, RecordReplica, Seq, is_mass_deletion,
};

use crate::{
    HostedError, Progress, Replication, Round, Vault,
    call::{PAGE, Page, Position},
    interpret::{self, Document, Finding, Read},
    keychain::{Closed, ITEMS_KEY},
    marker::FileParts,
    seen::{self, CLOSED, ITEM, KEY, REFERENCES, Role, SUSPICION, Seen},
    suspicion::Suspicion,
};

/// So many pages in a row that bring nothing new are no feed.
const PAGES_OF_NOTHING: u32 = 100;

pub(crate) struct Pull<'a, R, E, V> {
    pub(crate) talk: &'a Replication<E, V>,
    pub(crate) replica: &'a R,
    pub(crate) policy: Policy,
    pub(crate) progress: &'a (dyn Fn(Progress) + Sync),
}

/// What one pull has learned so far.
#[derive(Default)]
pub(crate) struct Progression {
    done: u32,
    /// All deletions to the end of the feed were counted.
    counted: bool,
    /// Something arrived that may open what was closed before.
    retry: bool,
    /// Tags whose notes another client has chosen, with the notes they named before.
    pub(crate) foreign_tags: BTreeMap<DocId, Vec<String>>,
    /// Every item that was named; only while everything is asked for again.
    named: Option<HashSet<String>>,
}

/// A page, understood and ready to be taken in.
#[derive(Default)]
struct Batch {
    revisions: Vec<IncomingRevision>,
    records: Vec<Record>,
    again: Vec<DocId>,
    suspicions: Vec<Suspicion>,
    closed: Vec<HeldBack>,
    foreign: u32,
}

impl<R: RecordReplica, E: Environment, V: Vault> Pull<'_, R, E, V> {
    /// Pulls from where the last pull ended. A position the server does not accept (it was
    /// restored from a backup, or moved) means that everything is compared from the beginning.
    pub(crate) async fn catch_up(&self, round: &mut Round) -> Result<(), HostedError> {
        let position = self.talk.position(self.replica).await?;
        let from_nothing = position.is_beginning();
        match self.from(position, from_nothing, round).await {
            Err(HostedError::Answer(answer)) if answer.status == 400 && !from_nothing => {
                tracing::info!("the server does not know our place; everything is compared");
                self.from(Position::default(), true, round).await
            }
            other => other,
        }
    }

    /// Everything from the beginning, whatever is known.
    pub(crate) async fn again(&self, round: &mut Round) -> Result<(), HostedError> {
        self.from(Position::default(), true, round).await
    }

    async fn from(
        &self,
        position: Position,
        everything: bool,
        round: &mut Round,
    ) -> Result<(), HostedError> {
        let mut state = Progression {
            named: everything.then(HashSet::new),
            ..Progression::default()
        };
        let page = self.talk.sync(&[], &position).await?;
        self.follow(&position, page, &mut state, round).await?;
        if let Some(named) = state.named.take() {
            self.find_lost(&named).await?;
        }
        self.finish(state, round).await
    }

    /// Takes in what came beside an answer to a push, and all that follows it.
    pub(crate) async fn take_beside(
        &self,
        asked_from: &Position,
        page: Page,
        round: &mut Round,
    ) -> Result<(), HostedError> {
        let mut state = Progression::default();
        self.follow(asked_from, page, &mut state, round).await?;
        self.finish(state, round).await
    }

    async fn finish(&self, mut state: Progression, round: &mut Round) -> Result<(), HostedError> {
        if std::mem::take(&mut self.talk.memory().look_again) || state.retry {
            self.retry_closed(&mut state, round).await?;
        }
        self.talk
            .follow_foreign_tags(self.replica, &state.foreign_tags)
            .await?;
        self.tell_closed(round).await
    }

    /// Pages to the end of the feed, each fetched while the one before is taken in.
    async fn follow(
        &self,
        asked_from: &Position,
        first: Page,
        state: &mut Progression,
        round: &mut Round,
    ) -> Result<(), HostedError> {
        let mut page = first;
        let mut before = asked_from.clone();
        let mut idle = 0;
        loop {
            let next = page.next.clone();
            let has_more = page.has_more;
            // The same cursor again would go on for ever.
            if has_more && next.cursor == before.cursor {
                return Err(HostedError::Endless);
            }
            if has_more && self.policy.brake == Brake::Ask && !state.counted {
                state.counted = self.check_brake(&page, true).await?;
            } else if !state.counted {
                self.check_brake(&page, false).await?;
            }
            // While a long answer is read its end is not known: the old token stays.
            let position = if has_more {
                Position {
                    token: asked_from.token.clone(),
                    cursor: next.cursor.clone(),
                }
            } else {
                next.clone()
            };
            let taking = self.take_in(page, Some(position.to_seq()), state, round);
            if !has_more {
                taking.await?;
                return Ok(());
            }
            let fetching = self.talk.sync(&[], &next);
            let (new, following) = tokio::try_join!(taking, fetching)?;
            idle = if new { 0 } else { idle + 1 };
            if idle > PAGES_OF_NOTHING {
                return Err(HostedError::Endless);
            }
            before = next;
            page = following;
        }
    }

    /// Counts deletions before the first of them is taken in. Answers whether the rest of the
    /// feed was counted as well.
    async fn check_brake(&self, page: &Page, has_more: bool) -> Result<bool, HostedError> {
        if self.policy.brake != Brake::Ask {
            return Ok(true);
        }
        let mut deletions = self.live_notes_deleted_by(&page.retrieved).await?;
        if deletions == 0 {
            return Ok(false);
        }
        let mut position = page.next.clone();
        let mut more = has_more;
        while more {
            let page = self.talk.sync(&[], &position).await?;
            deletions =
                deletions.saturating_add(self.live_notes_deleted_by(&page.retrieved).await?);
            more = page.has_more;
            if more && page.next.cursor == position.cursor {
                return Err(HostedError::Endless);
            }
            position = page.next;
        }
        let notes = self
            .replica
            .live_notes()
            .await
            .map_err(HostedError::replica)?;
        if is_mass_deletion(deletions, notes) {
            return Err(HostedError::MassDeletion { deletions, notes });
        }
        Ok(true)
    }

    async fn live_notes_deleted_by(&self, items: &[Item]) -> Result<u32, HostedError> {
        let deleted: Vec<&Item> = items.iter().filter(|item| item.deleted).collect();
        if deleted.is_empty() {
            return Ok(0);
        }
        let seen = self
            .seen_of(deleted.iter().map(|item| item.uuid.as_str()))
            .await?;
        let documents = seen
            .into_values()
            .filter(|seen| seen.role == Role::Document && !seen.deleted)
            .filter_map(|seen| seen.document)
            .collect();
        self.replica
            .live_notes_among(documents)
            .await
            .map_err(HostedError::replica)
    }

    pub(crate) async fn seen_of(
        &self,
        names: impl Iterator<Item = &str>,
    ) -> Result<HashMap<String, Seen>, HostedError> {
        let keys = names.map(|name| format!("{ITEM}{name}")).collect();
        let records = self
            .replica
            .records(&self.talk.id, keys)
            .await
            .map_err(HostedError::replica)?;
        Ok(records
            .iter()
            .filter_map(|record| Some((seen::name(record, ITEM).to_owned(), Seen::parse(record)?)))
            .collect())
    }

    /// Takes in a page. Answers whether anything in it was new.
    async fn take_in(
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
        let total = if page.has_more { PAGE as u32 } else { 0 };
        let count = page.retrieved.len() as u32;
        let new = self
            .take_items(page.retrieved, pulled, state, round, false)
            .await?;
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

    fn read_here(&self, item: Item, seen: &HashMap<String, Seen>) -> Read {
        let keys = self.talk.keychain();
        let renamed = self.talk.memory().renamed.clone();
        let known = seen.get(&item.uuid);
        interpret::read(&self.talk.account, &renamed, &keys, item, known)
    }

    /// Opens items on all cores, beside the runtime. The order stays.
    async fn read_aside(
        &self,
        items: Vec<Item>,
        seen: &HashMap<String, Seen>,
    ) -> Result<Vec<Read>, HostedError> {
        const WORTH_A_THREAD: usize = 8;
        if items.len() < WORTH_A_THREAD {
            return Ok(items
                .into_iter()
                .map(|item| self.read_here(item, seen))
                .collect());
        }
        let account = self.talk.account;
        let renamed = self.talk.memory().renamed.clone();
        let keys = self.talk.keychain();
        let cores = self.talk.options.cores.max(1);
        let work: Vec<(Item, Option<Seen>)> = items
            .into_iter()
            .map(|item| {
                let known = seen.get(&item.uuid).cloned();
                (item, known)
            })
            .collect();
        let share = work.len().div_ceil(cores);
        let opened = tokio::task::spawn_blocking(move || {
            read_in_parallel(work, share, &|(item, known)| {
                interpret::read(&account, &renamed, &keys, item, known.as_ref())
            })
        });
        opened.await.map_err(HostedError::replica)
    }

    /// Puts one item where it belongs.
    async fn sort(
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
                if tombstone.is_some() {
                    self.talk.judge_deletion(&name, &now, &mut batch.records);
                }
                batch.revisions.extend(tombstone);
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

    async fn sort_document(
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

    pub(crate) async fn references_of(&self, item: &str) -> Result<Vec<String>, HostedError> {
        let records = self
            .replica
            .records(&self.talk.id, vec![format!("{REFERENCES}{item}")])
            .await
            .map_err(HostedError::replica)?;
        Ok(records.first().and_then(seen::parse).unwrap_or_default())
    }

    /// Makes attachments whole from their pieces. `None`: not all are here.
    async fn assemble(
        &self,
        files: &[FileParts],
        seen: &HashMap<String, Seen>,
    ) -> Result<Option<Vec<IncomingAttachment>>, HostedError> {
        let missing: Vec<&str> = files
            .iter()
            .flat_map(|file| &file.chunks)
            .filter(|chunk| !seen.contains_key(*chunk))
            .map(String::as_str)
            .collect();
        let earlier = self.seen_of(missing.into_iter()).await?;
        let blob_of = |chunk: &String| {
            let seen = seen.get(chunk).or_else(|| earlier.get(chunk))?;
            seen.blob.clone().map(BlobId)
        };
        let mut attachments = Vec::new();
        for file in files {
            let Some(pieces) = file.chunks.iter().map(blob_of).collect::<Option<Vec<_>>>() else {
                return Ok(None);
            };
            let Some(attachment) = self.join(file, &pieces).await? else {
                return Ok(None);
            };
            attachments.push(attachment);
        }
        Ok(Some(attachments))
    }

    /// One attachment from its pieces; `None`: they do not make what was described.
    async fn join(
        &self,
        file: &FileParts,
        pieces: &[BlobId],
    ) -> Result<Option<IncomingAttachment>, HostedError> {
        let held = BlobId(file.sha256.clone());
        let whole = if self.is_held(&held, file.meta.length).await {
            held
        } else if let [only] = pieces {
            only.clone()
        } else {
            let upload = self
                .replica
                .begin_blob()
                .await
                .map_err(HostedError::replica)?;
            for piece in pieces {
                // Pieces are swept some time after the whole was made of them.
                let Ok(bytes) = self.replica.read_blob(piece, 0, usize::MAX).await else {
                    return Ok(None);
                };
                self.replica
                    .append_blob(upload, bytes)
                    .await
                    .map_err(HostedError::replica)?;
            }
            self.replica
                .finish_blob(upload)
                .await
                .map_err(HostedError::replica)?
                .id
        };
        Ok((whole.0 == file.sha256).then(|| IncomingAttachment {
            meta: file.meta.clone(),
            blob: whole,
        }))
    }

    async fn is_held(&self, blob: &BlobId, length: u64) -> bool {
        let first = self.replica.read_blob(blob, 0, 1).await;
        first.is_ok_and(|first| length == 0 || !first.is_empty())
    }

    async fn keep_bytes(&self, bytes: Vec<u8>) -> Result<BlobId, HostedError> {
        let upload = self
            .replica
            .begin_blob()
            .await
            .map_err(HostedError::replica)?;
        self.replica
            .append_blob(upload, bytes)
            .await
            .map_err(HostedError::replica)?;
        let kept = self
            .replica
            .finish_blob(upload)
            .await
            .map_err(HostedError::replica)?;
        Ok(kept.id)
    }

    /// Keys or pieces have arrived: what was closed is looked at once more.
    async fn retry_closed(
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
    async fn tell_closed(&self, round: &mut Round) -> Result<(), HostedError> {
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

    /// After everything was asked for: what is remembered and was not named is not there any more.
    async fn find_lost(&self, named: &HashSet<String>) -> Result<(), HostedError> {
        let all = self
            .replica
            .records_with_prefix(&self.talk.id, ITEM)
            .await
            .map_err(HostedError::replica)?;
        let mut again = Vec::new();
        let mut records = Vec::new();
        for record in &all {
            let name = seen::name(record, ITEM);
            let Some(seen) = Seen::parse(record) else {
                continue;
            };
            if named.contains(name) || seen.deleted {
                continue;
            }
            tracing::warn!(role = ?seen.role, "the server has lost an item");
            if let (Role::Document, Some(id)) = (seen.role, &seen.document) {
                records.push(seen::record(
                    SUSPICION,
                    &Suspicion::missing(id.to_string()).name(),
                    &Suspicion::missing(id.to_string()),
                ));
                again.push(id.clone());
            }
            records.push(seen::forget(ITEM, name));
        }
        if records.is_empty() {
            return Ok(());
        }
        self.replica
            .put_records(&self.talk.id, records)
            .await
            .map_err(HostedError::replica)?;
        self.replica
            .offer_again(&self.talk.id, again)
            .await
            .map_err(HostedError::replica)
    }
}

fn sort_closed(
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

/// Shares `work` among threads and puts the answers back in order.
fn read_in_parallel<T: Send, U: Send>(
    work: Vec<T>,
    share: usize,
    each: &(dyn Fn(T) -> U + Sync),
) -> Vec<U> {
    let mut shares = Vec::new();
    let mut work = work.into_iter();
    loop {
        let part: Vec<T> = work.by_ref().take(share.max(1)).collect();
        if part.is_empty() {
            break;
        }
        shares.push(part);
    }
    std::thread::scope(|scope| {
        let running: Vec<_> = shares
            .into_iter()
            .map(|part| scope.spawn(move || part.into_iter().map(each).collect::<Vec<U>>()))
            .collect();
        running
            .into_iter()
            .flat_map(|thread| match thread.join() {
                Ok(part) => part,
                Err(panic) => std::panic::resume_unwind(panic),
            })
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::read_in_parallel;

    #[test]
    fn work_that_was_shared_comes_back_in_order() {
        for share in [1, 3, 7, 1000] {
            let doubled = read_in_parallel((0..100).collect(), share, &|n: i32| n * 2);
            assert_eq!(doubled, (0..100).map(|n| n * 2).collect::<Vec<_>>());
        }
    }
}
