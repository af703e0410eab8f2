//! A document as CouchDB keeps it: every revision it ever heard of, and the content of those it was given.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use bytes::Bytes;
use sheaf_model::{Body, Revision, winner_order};

#[derive(Debug, Clone, Default)]
pub struct Document {
    nodes: BTreeMap<Revision, Node>,
    /// Place in the feed.
    pub seq: u64,
}

#[derive(Debug, Clone, Default)]
struct Node {
    parent: Option<Revision>,
    /// `None`: only known as somebody's ancestor.
    content: Option<Arc<Content>>,
    /// Compacted away: the server does not hand it over any more. Kept for the checks.
    compacted: bool,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Content {
    pub deleted: bool,
    pub body: Body,
    pub attachments: Vec<Stored>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub name: String,
    pub content_type: String,
    pub bytes: Bytes,
    pub revpos: u64,
}

impl Document {
    /// Adds `path[0]` with its content; the rest of the path are its ancestors, parent first. Answers whether the tree
    /// changed.
    pub fn graft(&mut self, path: &[Revision], content: Content) -> bool {
        let Some(revision) = path.first() else {
            return false;
        };
        let known = self
            .nodes
            .get(revision)
            .is_some_and(|node| node.content.is_some());
        let mut changed = false;
        for (place, revision) in path.iter().enumerate() {
            let parent = path.get(place + 1);
            let node = self.nodes.entry(revision.clone()).or_insert_with(|| {
                changed = true;
                Node::default()
            });
            if node.parent.is_none() && parent.is_some() {
                node.parent = parent.cloned();
                changed = true;
            }
        }
        if !known && let Some(node) = self.nodes.get_mut(revision) {
            node.content = Some(Arc::new(content));
            changed = true;
        }
        changed
    }

    /// Which revisions there are, with their parents and whether their content is.
    pub fn shape(&self) -> Vec<(Revision, Option<Revision>, bool)> {
        let shape = self.nodes.iter();
        let shape = shape.map(|(revision, node)| {
            (
                revision.clone(),
                node.parent.clone(),
                node.content.is_some(),
            )
        });
        shape.collect()
    }

    /// Leaves with content, the winner first.
    pub fn leaves(&self) -> Vec<(&Revision, &Arc<Content>)> {
        let parents: BTreeSet<&Revision> = self
            .nodes
            .values()
            .filter_map(|node| node.parent.as_ref())
            .collect();
        let mut leaves: Vec<_> = self
            .nodes
            .iter()
            .filter(|(revision, _)| !parents.contains(revision))
            .filter_map(|(revision, node)| Some((revision, node.content.as_ref()?)))
            .collect();
        leaves.sort_by(|a, b| winner_order((b.1.deleted, b.0), (a.1.deleted, a.0)));
        leaves
    }

    pub fn winner(&self) -> Option<(&Revision, &Arc<Content>)> {
        self.leaves().into_iter().next()
    }

    /// Whether it is in the tree at all.
    pub fn knows(&self, revision: &Revision) -> bool {
        self.nodes.contains_key(revision)
    }

    /// As the server would hand it over.
    pub fn content(&self, revision: &Revision) -> Option<&Arc<Content>> {
        let node = self.nodes.get(revision)?;
        node.content.as_ref().filter(|_| !node.compacted)
    }

    /// As somebody once wrote it, compacted or not.
    pub fn written(&self, revision: &Revision) -> Option<&Arc<Content>> {
        self.nodes.get(revision)?.content.as_ref()
    }

    /// The revisions of which some content was ever written.
    pub fn all_written(&self) -> impl Iterator<Item = (&Revision, &Arc<Content>)> {
        self.nodes
            .iter()
            .filter_map(|(revision, node)| Some((revision, node.content.as_ref()?)))
    }

    /// The revision and its ancestors, as far as they are known.
    pub fn path(&self, revision: &Revision) -> Vec<Revision> {
        let parent = |revision: &Revision| self.nodes.get(revision)?.parent.clone();
        std::iter::successors(Some(revision.clone()), parent).collect()
    }

    pub fn last_common_ancestor(&self, a: &Revision, b: &Revision) -> Option<Revision> {
        let of_b: BTreeSet<Revision> = self.path(b).into_iter().collect();
        self.path(a)
            .into_iter()
            .find(|revision| of_b.contains(revision))
    }

    /// Only leaves keep their content.
    pub fn compact(&mut self) {
        let leaves: BTreeSet<Revision> = self
            .leaves()
            .into_iter()
            .map(|(revision, _)| revision.clone())
            .collect();
        for (revision, node) in &mut self.nodes {
            node.compacted |= !leaves.contains(revision);
        }
    }

    /// Forgets what is further than `limit` from every leaf.
    pub fn stem(&mut self, limit: usize) {
        let leaves: Vec<Revision> = self
            .leaves()
            .into_iter()
            .map(|(revision, _)| revision.clone())
            .collect();
        let mut kept = BTreeSet::new();
        for leaf in leaves {
            kept.extend(self.path(&leaf).into_iter().take(limit));
        }
        self.nodes.retain(|revision, _| kept.contains(revision));
        for node in self.nodes.values_mut() {
            node.parent = node.parent.take().filter(|parent| kept.contains(parent));
        }
    }
}
