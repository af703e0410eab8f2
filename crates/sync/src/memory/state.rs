//! What the memory replica remembers: revision trees with at most one draft each, and per remote
//! what it has said. Every operation is one call under one lock, hence one transaction.

use std::collections::{BTreeMap, HashMap, HashSet};

use sheaf_model::{Attachment, Body, DocId, Kind, Revision, mint, winner_order};

use crate::{
    BlobId, ChangedLeaves, Checkpoint, DeletionPolicy, HeldBack, Identity, Incoming,
    IncomingRevision, Ingested, Limits, LocalSeq, MissingLeaves, Outgoing, OutgoingAttachment,
    OutgoingRevision, Record, RemoteId,
};

const MOST_ANCESTORS: usize = 50;

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) trees: BTreeMap<DocId, Tree>,
    pub(super) last_seq: u64,
    pub(super) remotes: HashMap<RemoteId, Remote>,
    pub(super) blobs: HashMap<BlobId, Vec<u8>>,
    pub(super) uploads: HashMap<u64, Vec<u8>>,
    pub(super) last_upload: u64,
}

#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) nodes: HashMap<Revision, Node>,
    /// An edit whose revision is not minted yet.
    pub(super) draft: Option<Draft>,
    pub(super) seq: LocalSeq,
}

#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) parent: Option<Revision>,
    /// `None`: only known as somebody's ancestor.
    pub(super) content: Option<Content>,
}

#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) parent: Option<Revision>,
    pub(super) content: Content,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Content {
    pub(super) deleted: bool,
    pub(super) body: Body,
    pub(super) attachments: Vec<OutgoingAttachment>,
}

#[derive(Debug, Default)]
pub(super) struct Remote {
    pub(super) identity: Option<Identity>,
    pub(super) checkpoint: Checkpoint,
    /// Acknowledged by the remote, or received from it.
    pub(super) there: HashSet<(DocId, Revision)>,
    pub(super) refused: HashSet<(DocId, Revision)>,
    pub(super) records: BTreeMap<String, String>,
    pub(super) left_out: BTreeMap<String, HeldBack>,
}

impl Tree {
    pub(super) fn leaves(&self) -> impl Iterator<Item = (&Revision, &Content)> {
        let parents: HashSet<&Revision> = self
            .nodes
            .values()
            .filter_map(|node| node.parent.as_ref())
            .collect();
        self.nodes
            .iter()
            .filter(move |(revision, _)| !parents.contains(revision))
            .filter_map(|(revision, node)| Some((revision, node.content.as_ref()?)))
    }

    pub(super) fn winner(&self) -> Option<(&Revision, &Content)> {
        self.leaves()
            .max_by(|a, b| winner_order((a.1.deleted, a.0), (b.1.deleted, b.0)))
    }

    /// The draft counts: it will be a leaf in its parent's place.
    pub(super) fn live_leaves(&self) -> usize {
        let superseded = self.draft.as_ref().and_then(|draft| draft.parent.as_ref());
        let drafted = self
            .draft
            .as_ref()
            .is_some_and(|draft| !draft.content.deleted);
        let standing = |(revision, content): &(&Revision, &Content)| {
            !content.deleted && Some(*revision) != superseded
        };
        self.leaves().filter(standing).count() + usize::from(drafted)
    }

    pub(super) fn ancestors(&self, revision: &Revision) -> Vec<Revision> {
        let parent = |revision: &Revision| self.nodes.get(revision)?.parent.clone();
        std::iter::successors(parent(revision), parent)
            .take(MOST_ANCESTORS)
            .collect()
    }

    /// Gives the draft its revision. From here on it is offered and never altered.
    pub(super) fn mint_draft(&mut self) {
        let Some(Draft { parent, content }) = self.draft.take() else {
            return;
        };
        let metas: Vec<Attachment> = content.attachments.iter().map(|a| a.meta.clone()).collect();
        let revision = mint(parent.as_ref(), content.deleted, &content.body, &metas);
        self.nodes.insert(
            revision,
            Node {
                parent,
                content: Some(content),
            },
        );
    }

    /// Whether the revision is new as one with content.
    pub(super) fn insert(&mut self, incoming: &IncomingRevision) -> bool {
        let mut path = std::iter::once(&incoming.revision)
            .chain(&incoming.ancestors)
            .peekable();
        while let Some(revision) = path.next() {
            let node = self.nodes.entry(revision.clone()).or_insert(Node {
                parent: None,
                content: None,
            });
            if node.parent.is_none() {
                node.parent = path.peek().map(|parent| (*parent).clone());
            }
        }
        let Some(node) = self.nodes.get_mut(&incoming.revision) else {
            return false;
        };
        if node.content.is_some() {
            return false;
        }
        node.content = Some(Content {
            deleted: incoming.deleted,
            body: incoming.body.clone(),
            attachments: incoming
                .attachments
                .iter()
                .map(|a| OutgoingAttachment {
                    meta: a.meta.clone(),
                    blob: a.blob.clone(),
                })
                .collect(),
        });
        true
    }
}

impl Remote {
    pub(super) fn put(&mut self, records: Vec<Record>) {
        for Record { key, value } in records {
            match value {
                Some(value) => drop(self.records.insert(key, value)),
                None => drop(self.records.remove(&key)),
            }
        }
    }
}

impl State {
    pub(super) fn next_seq(&mut self) -> LocalSeq {
        self.last_seq += 1;
        LocalSeq(self.last_seq)
    }

    pub(super) fn in_view(&self, id: &DocId) -> Option<Content> {
        let tree = self.trees.get(id)?;
        match &tree.draft {
            Some(draft) => Some(draft.content.clone()),
            None => tree.winner().map(|(_, content)| content.clone()),
        }
    }

    pub(super) fn is_live_note(&self, id: &DocId) -> bool {
        id.kind() == Kind::Note && self.in_view(id).is_some_and(|content| !content.deleted)
    }

    pub(super) fn next_generation(&self, id: &DocId) -> u64 {
        let winner = self.trees.get(id).and_then(Tree::winner);
        winner.map_or(1, |(revision, _)| revision.generation() + 1)
    }

    pub(super) fn ingest(&mut self, remote: &RemoteId, batch: Incoming) -> Ingested {
        let mut ingested = Ingested::default();
        let left_out = &mut self.remotes.entry(remote.clone()).or_default().left_out;
        for incoming in &batch.revisions {
            left_out.remove(incoming.id.as_str());
        }
        for held in batch.unreadable {
            if held.is_held() {
                left_out.insert(held.id.clone(), held);
            } else {
                left_out.remove(&held.id);
            }
        }
        for incoming in batch.revisions {
            let before = self
                .in_view(&incoming.id)
                .filter(|content| !content.deleted);
            let seq = self.next_seq();
            let tree = self.trees.entry(incoming.id.clone()).or_default();
            let live_before = tree.live_leaves();
            let place = (incoming.id.clone(), incoming.revision.clone());
            if tree.insert(&incoming) {
                tree.seq = seq;
                ingested.new += 1;
                ingested.conflicts += u32::from(live_before <= 1 && tree.live_leaves() > 1);
                let vanished = tree.draft.is_none() && tree.live_leaves() == 0;
                if let (Some(content), DeletionPolicy::Revive, true) =
                    (before, batch.deletions, vanished)
                {
                    let parent = tree.winner().map(|(revision, _)| revision.clone());
                    tree.draft = Some(Draft { parent, content });
                }
            }
            self.remotes
                .entry(remote.clone())
                .or_default()
                .there
                .insert(place);
        }
        if let Some(seq) = batch.pulled {
            self.remotes
                .entry(remote.clone())
                .or_default()
                .checkpoint
                .pulled = Some(seq);
        }
        ingested
    }

    pub(super) fn outgoing(
        &mut self,
        remote: &RemoteId,
        after: LocalSeq,
        limits: Limits,
    ) -> Outgoing {
        let known = self.remotes.entry(remote.clone()).or_default();
        let mut changed: Vec<(LocalSeq, &DocId, &mut Tree)> = self
            .trees
            .iter_mut()
            .filter(|(_, tree)| tree.seq > after)
            .map(|(id, tree)| (tree.seq, id, tree))
            .collect();
        changed.sort_by_key(|(seq, ..)| *seq);
        let (mut revisions, mut bytes) = (Vec::new(), 0);
        let mut through = after;
        let mut remaining = 0;
        for (seq, id, tree) in changed {
            if revisions.len() >= limits.documents || bytes >= limits.bytes {
                remaining += 1;
                continue;
            }
            tree.mint_draft();
            through = seq;
            for (revision, content) in tree.leaves() {
                let place = (id.clone(), revision.clone());
                if known.there.contains(&place) || known.refused.contains(&place) {
                    continue;
                }
                bytes += serde_json::to_string(&content.body).map_or(0, |text| text.len());
                revisions.push(OutgoingRevision {
                    id: id.clone(),
                    revision: revision.clone(),
                    ancestors: tree.ancestors(revision),
                    deleted: content.deleted,
                    body: content.body.clone(),
                    attachments: content.attachments.clone(),
                });
            }
        }
        Outgoing {
            revisions,
            through,
            remaining,
        }
    }

    pub(super) fn leaves(&self, ids: &[DocId]) -> Vec<OutgoingRevision> {
        let mut found = Vec::new();
        for id in ids {
            let Some(tree) = self.trees.get(id) else {
                continue;
            };
            for (revision, content) in tree.leaves() {
                found.push(OutgoingRevision {
                    id: id.clone(),
                    revision: revision.clone(),
                    ancestors: tree.ancestors(revision),
                    deleted: content.deleted,
                    body: content.body.clone(),
                    attachments: content.attachments.clone(),
                });
            }
        }
        found
    }

    pub(super) fn offer_again(&mut self, remote: &RemoteId, ids: &[DocId]) {
        let known = self.remotes.entry(remote.clone()).or_default();
        known.there.retain(|(id, _)| !ids.contains(id));
        for id in ids {
            let seq = self.next_seq();
            if let Some(tree) = self.trees.get_mut(id) {
                tree.seq = seq;
            }
        }
    }

    pub(super) fn missing(&self, rows: Vec<ChangedLeaves>) -> Vec<MissingLeaves> {
        rows.into_iter()
            .filter_map(|row| {
                let tree = self.trees.get(&row.id);
                let missing: Vec<Revision> = row
                    .leaves
                    .into_iter()
                    .filter(|leaf| tree.is_none_or(|tree| !tree.nodes.contains_key(leaf)))
                    .collect();
                let new_document = tree.is_none();
                (!missing.is_empty()).then_some(MissingLeaves {
                    id: row.id,
                    missing,
                    new_document,
                })
            })
            .collect()
    }
}
