//! Which items a document needs: its bytes first, then the note with the sides of its conflict.

use std::collections::{BTreeMap, HashMap};

use sheaf_model::{DocId, Kind, Revision};
use sheaf_sync::{Environment, OutgoingRevision, Policy, RecordReplica};

use super::{Push, words};
use crate::{
    HostedError, Round, Vault,
    interpret::write_chunk,
    mapping,
    marker::FileParts,
    plan::{Parcel, Sides, Subject, plan},
    seen::{self, ITEM, Role, Seen},
};

/// Bytes of a piece of an attachment: under a megabyte once encrypted twice over.
const PIECE: usize = 384 * 1024;

/// A document as it is here, and what was seen of it there.
pub(super) struct Standing<'a> {
    pub(super) id: &'a DocId,
    pub(super) item: &'a str,
    pub(super) seen: Option<&'a Seen>,
    pub(super) sides: Sides,
    /// All leaves, deleted ones included.
    pub(super) leaves: Vec<OutgoingRevision>,
}

impl<R: RecordReplica, E: Environment, V: Vault> Push<'_, R, E, V> {
    /// What is known of items that may hold a side of a conflict: one that stands, or one that was
    /// settled, merged or written on since, whoever did it.
    pub(super) async fn sides_of(
        &self,
        documents: &BTreeMap<DocId, Vec<OutgoingRevision>>,
        seen: &HashMap<String, Seen>,
    ) -> Result<HashMap<DocId, Sides>, HostedError> {
        let mut names: HashMap<String, (&DocId, &Revision)> = HashMap::new();
        for (id, leaves) in documents {
            let named = seen.get(&self.talk.item_of(id));
            let named = named.map_or(&[][..], |seen| &seen.leaves[..]);
            // Most documents have never been in two minds.
            if leaves.len() == 1 && named.is_empty() {
                continue;
            }
            let lines = leaves
                .iter()
                .flat_map(|leaf| std::iter::once(&leaf.revision).chain(&leaf.ancestors));
            for revision in lines.chain(named) {
                names.insert(self.talk.account.leaf(id, revision), (id, revision));
            }
        }
        let pull = self
            .talk
            .pull(self.replica, Policy::default(), self.progress);
        let known = pull.seen_of(names.keys().map(String::as_str)).await?;
        let mut sides: HashMap<DocId, Sides> = HashMap::new();
        for (name, seen) in known {
            if let Some((id, revision)) = names.get(&name) {
                let of = sides.entry((*id).clone()).or_default();
                of.insert((*revision).clone(), seen);
            }
        }
        Ok(sides)
    }

    /// The items one document needs. The inner error is why it cannot travel.
    pub(super) async fn parcels_of(
        &self,
        standing: Standing<'_>,
        force: bool,
    ) -> Result<Result<Vec<Parcel>, String>, HostedError> {
        let Standing {
            id,
            item,
            seen,
            sides,
            leaves,
        } = standing;
        if seen.is_some_and(|seen| seen.closed) {
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
            seen: seen.cloned(),
            sides,
            leaves,
            notes: &notes,
            parent,
            files,
            pad: self.talk.options.pad,
        };
        Ok(Ok(plan(&self.talk.account, &subject, force)))
    }

    /// The notes that are in a tag or notebook, as the server knows them.
    pub(super) async fn notes_in(&self, id: &DocId) -> Result<Vec<String>, HostedError> {
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

    /// The pieces of an attachment, each sent unless the server has it.
    pub(super) async fn send_bytes(
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
}
