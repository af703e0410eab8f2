//! A replica that keeps everything in memory: what the tests of a replication run against, and
//! the second implementation that keeps the port honest. It merges nothing: all leaves stay.

mod state;

use std::{
    collections::HashSet,
    convert::Infallible,
    sync::{Mutex, MutexGuard, PoisonError},
};

use md5::Md5;
use sha2::{Digest as _, Sha256};
use sheaf_model::{Attachment, Body, DocId, Revision, winner_order};

use self::state::{Content, Draft, Remote, State};
use crate::{
    Acknowledgement, BlobId, BlobRef, ChangedLeaves, Checkpoint, HeldBack, Identity, Incoming,
    Ingested, Joining, Limits, LocalSeq, MissingLeaves, Outgoing, OutgoingAttachment,
    OutgoingRevision, Record, RecordReplica, RemoteId, RemoteState, Replica, UploadId,
};

#[derive(Debug, Default)]
pub struct MemoryReplica(Mutex<State>);

impl MemoryReplica {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A local edit on top of the winner. Edits before the revision is offered are one edit.
    pub fn edit(&self, id: &DocId, body: Body) {
        let attachments = self
            .state()
            .in_view(id)
            .map_or_else(Vec::new, |c| c.attachments);
        self.change(
            id,
            Content {
                deleted: false,
                body,
                attachments,
            },
        );
    }

    /// A local edit that attaches bytes which are here already.
    pub fn attach(&self, id: &DocId, body: Body, name: &str, content_type: &str, blob: &BlobRef) {
        let revpos = self.state().next_generation(id);
        let meta = Attachment {
            name: name.to_owned(),
            content_type: content_type.to_owned(),
            length: blob.length,
            md5: blob.md5.clone(),
            revpos,
        };
        let attachments = vec![OutgoingAttachment {
            meta,
            blob: blob.id.clone(),
        }];
        self.change(
            id,
            Content {
                deleted: false,
                body,
                attachments,
            },
        );
    }

    pub fn delete(&self, id: &DocId) {
        self.change(
            id,
            Content {
                deleted: true,
                body: Body::new(),
                attachments: Vec::new(),
            },
        );
    }

    fn change(&self, id: &DocId, content: Content) {
        let mut state = self.state();
        let seq = state.next_seq();
        let tree = state.trees.entry(id.clone()).or_default();
        let parent = match &tree.draft {
            Some(draft) => draft.parent.clone(),
            None => tree.winner().map(|(revision, _)| revision.clone()),
        };
        tree.draft = Some(Draft { parent, content });
        tree.seq = seq;
    }

    /// What a person sees: the body of the winner, `None` when there is none or it is deleted.
    pub fn body(&self, id: &DocId) -> Option<Body> {
        self.state()
            .in_view(id)
            .filter(|content| !content.deleted)
            .map(|content| content.body)
    }

    /// The attachments of the winner with their bytes.
    pub fn attachments(&self, id: &DocId) -> Vec<(Attachment, Vec<u8>)> {
        let state = self.state();
        let content = state.in_view(id);
        content
            .iter()
            .flat_map(|content| &content.attachments)
            .map(|a| {
                (
                    a.meta.clone(),
                    state.blobs.get(&a.blob).cloned().unwrap_or_default(),
                )
            })
            .collect()
    }

    /// All leaves with whether they are deleted, in ascending order of the winner rule.
    pub fn leaves(&self, id: &DocId) -> Vec<(Revision, bool)> {
        let state = self.state();
        let mut leaves: Vec<(Revision, bool)> = state
            .trees
            .get(id)
            .map(|tree| tree.leaves().map(|(r, c)| (r.clone(), c.deleted)).collect())
            .unwrap_or_default();
        leaves.sort_by(|a, b| winner_order((a.1, &a.0), (b.1, &b.0)));
        leaves
    }

    /// Documents with anything to show, in order.
    pub fn ids(&self) -> Vec<DocId> {
        let state = self.state();
        let seen = |id: &&DocId| state.in_view(id).is_some_and(|content| !content.deleted);
        state.trees.keys().filter(seen).cloned().collect()
    }
}

fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

impl Replica for MemoryReplica {
    type Error = Infallible;

    async fn remote_state(&self, remote: &RemoteId) -> Result<RemoteState, Infallible> {
        Ok(self
            .state()
            .remotes
            .get(remote)
            .map_or_else(RemoteState::default, |known| RemoteState {
                identity: known.identity.clone(),
                checkpoint: known.checkpoint.clone(),
            }))
    }

    async fn set_identity(
        &self,
        remote: &RemoteId,
        identity: Identity,
        forget_checkpoint: bool,
    ) -> Result<(), Infallible> {
        let mut state = self.state();
        let known = state.remotes.entry(remote.clone()).or_default();
        if forget_checkpoint {
            *known = Remote::default();
        }
        known.identity = Some(identity);
        Ok(())
    }

    async fn go_back(&self, remote: &RemoteId, to: Checkpoint) -> Result<(), Infallible> {
        let mut state = self.state();
        let State { trees, remotes, .. } = &mut *state;
        let known = remotes.entry(remote.clone()).or_default();
        known
            .there
            .retain(|(id, _)| trees.get(id).is_some_and(|tree| tree.seq <= to.pushed));
        known.checkpoint = to;
        Ok(())
    }

    async fn missing(&self, rows: Vec<ChangedLeaves>) -> Result<Vec<MissingLeaves>, Infallible> {
        Ok(self.state().missing(rows))
    }

    async fn joining(
        &self,
        _remote: &RemoteId,
        rows: Vec<ChangedLeaves>,
    ) -> Result<Joining, Infallible> {
        let state = self.state();
        let mut joining = Joining::default();
        for row in rows {
            let Some(tree) = state.trees.get(&row.id) else {
                continue;
            };
            for leaf in &row.leaves {
                let ancestors = tree.ancestors(leaf);
                let follows = ancestors
                    .iter()
                    .any(|ancestor| row.leaves.contains(ancestor));
                let node = tree.nodes.get(leaf).filter(|_| follows);
                let content = node.and_then(|node| node.content.clone());
                joining
                    .again
                    .extend(content.map(|content| OutgoingRevision {
                        id: row.id.clone(),
                        revision: leaf.clone(),
                        ancestors,
                        deleted: content.deleted,
                        body: content.body,
                        attachments: content.attachments,
                    }));
            }
        }
        Ok(joining)
    }

    async fn left_out(&self, remote: &RemoteId) -> Result<Vec<HeldBack>, Infallible> {
        let state = self.state();
        let known = state.remotes.get(remote);
        Ok(known.map_or_else(Vec::new, |known| known.left_out.values().cloned().collect()))
    }

    async fn live_notes_among(&self, deleted: Vec<DocId>) -> Result<u32, Infallible> {
        let state = self.state();
        let unique: HashSet<DocId> = deleted.into_iter().collect();
        Ok(unique.iter().filter(|id| state.is_live_note(id)).count() as u32)
    }

    async fn live_notes(&self) -> Result<u32, Infallible> {
        let state = self.state();
        Ok(state
            .trees
            .keys()
            .filter(|id| state.is_live_note(id))
            .count() as u32)
    }

    async fn ingest(&self, remote: &RemoteId, batch: Incoming) -> Result<Ingested, Infallible> {
        Ok(self.state().ingest(remote, batch))
    }

    async fn outgoing(
        &self,
        remote: &RemoteId,
        after: LocalSeq,
        limits: Limits,
    ) -> Result<Outgoing, Infallible> {
        Ok(self.state().outgoing(remote, after, limits))
    }

    async fn acknowledge(
        &self,
        remote: &RemoteId,
        answer: Acknowledgement,
    ) -> Result<(), Infallible> {
        let mut state = self.state();
        let known = state.remotes.entry(remote.clone()).or_default();
        known
            .there
            .extend(answer.accepted.into_iter().chain(answer.had));
        known
            .refused
            .extend(answer.refused.into_iter().map(|no| (no.id, no.revision)));
        if let Some(pushed) = answer.pushed {
            known.checkpoint.pushed = pushed;
        }
        Ok(())
    }

    async fn begin_blob(&self) -> Result<UploadId, Infallible> {
        let mut state = self.state();
        state.last_upload += 1;
        let upload = state.last_upload;
        state.uploads.insert(upload, Vec::new());
        Ok(UploadId(upload))
    }

    async fn append_blob(&self, upload: UploadId, chunk: Vec<u8>) -> Result<(), Infallible> {
        self.state()
            .uploads
            .entry(upload.0)
            .or_default()
            .extend(chunk);
        Ok(())
    }

    async fn finish_blob(&self, upload: UploadId) -> Result<BlobRef, Infallible> {
        let mut state = self.state();
        let bytes = state.uploads.remove(&upload.0).unwrap_or_default();
        let id = BlobId(hex(Sha256::digest(&bytes)));
        let blob = BlobRef {
            id: id.clone(),
            length: bytes.len() as u64,
            md5: hex(Md5::digest(&bytes)),
        };
        state.blobs.insert(id, bytes);
        Ok(blob)
    }

    async fn abandon_blob(&self, upload: UploadId) -> Result<(), Infallible> {
        self.state().uploads.remove(&upload.0);
        Ok(())
    }

    async fn read_blob(
        &self,
        blob: &BlobId,
        offset: u64,
        len: usize,
    ) -> Result<Vec<u8>, Infallible> {
        let state = self.state();
        let bytes = state.blobs.get(blob).map_or(&[][..], Vec::as_slice);
        let start = usize::try_from(offset)
            .unwrap_or(usize::MAX)
            .min(bytes.len());
        let end = start.saturating_add(len).min(bytes.len());
        Ok(bytes[start..end].to_vec())
    }
}

impl RecordReplica for MemoryReplica {
    async fn records(
        &self,
        remote: &RemoteId,
        keys: Vec<String>,
    ) -> Result<Vec<Record>, Infallible> {
        let state = self.state();
        let held = state.remotes.get(remote).map(|known| &known.records);
        let find = |key: String| {
            let value = held?.get(&key)?.clone();
            Some(Record {
                key,
                value: Some(value),
            })
        };
        Ok(keys.into_iter().filter_map(find).collect())
    }

    async fn records_with_prefix(
        &self,
        remote: &RemoteId,
        prefix: &str,
    ) -> Result<Vec<Record>, Infallible> {
        let state = self.state();
        let held = state.remotes.get(remote).map(|known| &known.records);
        let begins = held.into_iter().flatten();
        Ok(begins
            .filter(|(key, _)| key.starts_with(prefix))
            .map(|(key, value)| Record {
                key: key.clone(),
                value: Some(value.clone()),
            })
            .collect())
    }

    async fn put_records(&self, remote: &RemoteId, records: Vec<Record>) -> Result<(), Infallible> {
        self.state()
            .remotes
            .entry(remote.clone())
            .or_default()
            .put(records);
        Ok(())
    }

    async fn ingest_with(
        &self,
        remote: &RemoteId,
        batch: Incoming,
        records: Vec<Record>,
    ) -> Result<Ingested, Infallible> {
        let mut state = self.state();
        let ingested = state.ingest(remote, batch);
        state
            .remotes
            .entry(remote.clone())
            .or_default()
            .put(records);
        Ok(ingested)
    }

    async fn acknowledge_with(
        &self,
        remote: &RemoteId,
        answer: Acknowledgement,
        records: Vec<Record>,
    ) -> Result<(), Infallible> {
        self.acknowledge(remote, answer).await?;
        self.put_records(remote, records).await
    }

    async fn leaves(&self, ids: Vec<DocId>) -> Result<Vec<OutgoingRevision>, Infallible> {
        Ok(self.state().leaves(&ids))
    }

    async fn offer_again(&self, remote: &RemoteId, ids: Vec<DocId>) -> Result<(), Infallible> {
        self.state().offer_again(remote, &ids);
        Ok(())
    }

    async fn in_view(&self, ids: Vec<DocId>) -> Result<Vec<(DocId, Body)>, Infallible> {
        let find = |id: DocId| self.body(&id).map(|body| (id, body));
        Ok(ids.into_iter().filter_map(find).collect())
    }

    async fn amend(&self, edits: Vec<(DocId, Body)>) -> Result<(), Infallible> {
        for (id, body) in edits {
            if self.body(&id).is_some() {
                self.edit(&id, body);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::Desk;

    #[derive(Default)]
    struct MemoryDesk(MemoryReplica, std::sync::atomic::AtomicU32);

    impl Desk for MemoryDesk {
        type Replica = MemoryReplica;

        fn replica(&self) -> &MemoryReplica {
            &self.0
        }

        async fn create(&self, text: &str) -> DocId {
            let number = self.1.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let id = DocId::parse(&format!("note:{number}")).unwrap();
            self.edit(&id, text).await;
            id
        }

        async fn edit(&self, note: &DocId, text: &str) {
            let mut body = self.0.body(note).unwrap_or_default();
            body.insert("body".into(), text.into());
            self.0.edit(note, body);
        }

        async fn delete(&self, note: &DocId) {
            self.0.delete(note);
        }

        async fn text(&self, note: &DocId) -> Option<String> {
            self.0.body(note)?.get("body")?.as_str().map(str::to_owned)
        }
    }

    crate::replica_conformance!(MemoryDesk::default);
    crate::record_conformance!(MemoryDesk::default);
}
