//! Revision trees: which revisions of a document are known, and how they descend.
//!
//! Pure. A tree is the union of the paths it was given, so it does not depend on the order in
//! which they arrive; the leaves are what no path continues.

use std::collections::{HashMap, HashSet};

use sheaf_model::{Revision, winner_order};

/// How many ancestors' ids are kept on a path (CouchDB's default `revs_limit`).
pub(crate) const MAX_PATH: usize = 1000;

/// Index of a node in its tree.
pub(crate) type At = usize;

#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) revision: Revision,
    pub(crate) parent: Option<At>,
    pub(crate) deleted: bool,
    /// The document's text at this revision is held.
    pub(crate) has_body: bool,
    /// Some remote has it.
    pub(crate) known: bool,
    children: u32,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    by_revision: HashMap<Revision, At>,
}

/// What adding a path did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Grafted {
    /// New nodes, parents before their children. The last one is the revision itself, unless
    /// that was known as an ancestor.
    pub(crate) added: Vec<At>,
    /// Nodes that were roots and now have a parent.
    pub(crate) joined: Vec<At>,
    /// Whether the revision itself is new.
    pub(crate) new: bool,
}

impl Tree {
    /// Adds a node as it is stored; its parent must have been added before.
    pub(crate) fn restore(
        &mut self,
        revision: Revision,
        parent: Option<At>,
        deleted: bool,
        has_body: bool,
        known: bool,
    ) -> At {
        let at = self.push(revision, parent, deleted);
        self.nodes[at].has_body = has_body;
        self.nodes[at].known = known;
        at
    }

    /// Links a restored node to its parent once both are there.
    pub(crate) fn link(&mut self, child: At, parent: At) {
        self.nodes[child].parent = Some(parent);
        self.nodes[parent].children += 1;
    }

    /// Adds a revision with its ancestors, parent first.
    pub(crate) fn graft(
        &mut self,
        revision: &Revision,
        ancestors: &[Revision],
        deleted: bool,
    ) -> Grafted {
        let mut done = Grafted {
            new: !self.by_revision.contains_key(revision),
            ..Grafted::default()
        };
        let ancestors = plausible(revision, ancestors);
        let mut parent = None;
        for (step, link) in ancestors.iter().rev().chain([revision]).enumerate() {
            let is_the_revision = step == ancestors.len();
            let at = if let Some(&at) = self.by_revision.get(link) {
                if let Some(parent) = parent
                    && self.nodes[at].parent.is_none()
                {
                    self.link(at, parent);
                    done.joined.push(at);
                }
                at
            } else {
                let at = self.push(link.clone(), parent, is_the_revision && deleted);
                done.added.push(at);
                at
            };
            parent = Some(at);
        }
        done
    }

    fn push(&mut self, revision: Revision, parent: Option<At>, deleted: bool) -> At {
        let at = self.nodes.len();
        if let Some(parent) = parent {
            self.nodes[parent].children += 1;
        }
        self.by_revision.insert(revision.clone(), at);
        self.nodes.push(Node {
            revision,
            parent,
            deleted,
            has_body: false,
            known: false,
            children: 0,
        });
        at
    }

    pub(crate) fn node(&self, at: At) -> &Node {
        &self.nodes[at]
    }

    pub(crate) fn node_mut(&mut self, at: At) -> &mut Node {
        &mut self.nodes[at]
    }

    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(crate) fn find(&self, revision: &Revision) -> Option<At> {
        self.by_revision.get(revision).copied()
    }

    pub(crate) fn is_leaf(&self, at: At) -> bool {
        self.nodes[at].children == 0
    }

    pub(crate) fn leaves(&self) -> impl Iterator<Item = At> {
        (0..self.nodes.len()).filter(|at| self.is_leaf(*at))
    }

    /// Live leaves, the winner first.
    pub(crate) fn live_leaves(&self) -> Vec<At> {
        let mut live: Vec<At> = self
            .leaves()
            .filter(|at| !self.nodes[*at].deleted)
            .collect();
        live.sort_by(|a, b| self.order(*b, *a));
        live
    }

    /// The winner among all leaves, deleted ones included.
    pub(crate) fn winner(&self) -> Option<At> {
        self.leaves().max_by(|a, b| self.order(*a, *b))
    }

    fn order(&self, a: At, b: At) -> std::cmp::Ordering {
        let (a, b) = (&self.nodes[a], &self.nodes[b]);
        winner_order((a.deleted, &a.revision), (b.deleted, &b.revision))
    }

    /// The node and its ancestors, child before parent.
    pub(crate) fn path(&self, from: At) -> impl Iterator<Item = At> {
        std::iter::successors(Some(from), |at| self.nodes[*at].parent)
    }

    pub(crate) fn descends(&self, descendant: At, ancestor: At) -> bool {
        self.path(descendant).any(|at| at == ancestor)
    }

    /// Where two revisions parted. `None`: nothing in common is known.
    pub(crate) fn last_common_ancestor(&self, a: At, b: At) -> Option<At> {
        let of_a: HashSet<At> = self.path(a).collect();
        self.path(b).find(|at| of_a.contains(at))
    }

    /// Nodes that no leaf's history reaches within [`MAX_PATH`] any more.
    pub(crate) fn forgotten(&self) -> Vec<At> {
        if self.nodes.len() <= MAX_PATH {
            return Vec::new();
        }
        let kept: HashSet<At> = self
            .leaves()
            .flat_map(|leaf| self.path(leaf).take(MAX_PATH))
            .collect();
        (0..self.nodes.len())
            .filter(|at| !kept.contains(at))
            .collect()
    }

    /// Nodes whose text has to stay: leaves; behind each leaf everything up to the newest ancestor
    /// that a remote has, because that is where another device's edit can still start from; and
    /// where live leaves parted. `draft_parent` stays for the draft's sake.
    pub(crate) fn needed_texts(&self, draft_parent: Option<At>) -> HashSet<At> {
        let mut needed = HashSet::new();
        let tips: Vec<At> = self.leaves().chain(draft_parent).collect();
        for tip in &tips {
            for (steps, at) in self.path(*tip).enumerate() {
                needed.insert(at);
                let is_base = self.nodes[at].known && (steps > 0 || draft_parent == Some(*tip));
                if is_base {
                    break;
                }
            }
        }
        let live = self.live_leaves();
        for (place, a) in live.iter().enumerate() {
            for b in &live[place + 1..] {
                needed.extend(self.last_common_ancestor(*a, *b));
            }
        }
        needed
    }
}

/// Generations fall along a history; what follows a step that does not is not believed. That
/// alone makes cycles impossible.
fn plausible<'a>(revision: &Revision, ancestors: &'a [Revision]) -> &'a [Revision] {
    let mut below = revision.generation();
    let falling = ancestors.iter().take(MAX_PATH - 1).take_while(|ancestor| {
        let falls = ancestor.generation() < below;
        below = ancestor.generation();
        falls
    });
    &ancestors[..falling.count()]
}

#[cfg(test)]
mod tests;
