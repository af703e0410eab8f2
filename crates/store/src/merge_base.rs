//! Where two versions of a document parted: the text a three-way merge compares both with.
//!
//! Usually their last common ancestor. But a merge has one parent: when device A merged what B
//! wrote into its own branch and B goes on writing, B's next revision has no common ancestor with
//! the merge but the old one, although the merge holds everything B had written. Measured against
//! that old text, what B wrote first would look changed on both sides, and two people who write in
//! different places would conflict. So an ancestor that the other side has taken in word for word
//! (`sheaf_sync::merge::has_taken_in`) is the base instead. That follows from the texts alone and
//! is the same on every device that holds them. Words say nothing about tags or a status, so these are looked at for
//! themselves (`sheaf_sync::merge::base_with`).
//!
//! A leaf that was brought back from under a tombstone, because a decision over a conflict was taken back, says again what
//! it said before: what the other branch took over from it when it was decided on is nothing that it has taken in.

use rusqlite::Connection;
use sheaf_model::{Body, mint};
use sheaf_sync::{
    merge::{base_with, has_taken_in},
    mutant::{Mutant, planted},
};

use crate::{
    StoreError,
    heads::{NodeKey, read_node},
    stored_tree::StoredTree,
    tree::At,
};

/// So many ancestors are looked at on each side.
const LOOKED_AT: usize = 16;

/// One of two versions that parted.
#[derive(Clone, Copy)]
pub(crate) struct Branch<'a> {
    /// The newest minted ancestor of the version: for a draft what it stands on, for a leaf its
    /// parent.
    pub(crate) below: Option<At>,
    pub(crate) body: &'a Body,
}

impl<'a> Branch<'a> {
    pub(crate) fn of_node(stored: &StoredTree, node: NodeKey, body: &'a Body) -> Self {
        let below = match stored.at(node) {
            Some(at) => stored.tree.node(at).parent,
            None => stored.draft_parent(),
        };
        Self { below, body }
    }
}

/// The text where two versions parted, when it is still held.
pub(crate) fn merge_base(
    sql: &Connection,
    stored: &StoredTree,
    one: (NodeKey, Branch<'_>),
    other: (NodeKey, Branch<'_>),
) -> Result<Option<Body>, StoreError> {
    let tip = |(node, branch): (NodeKey, Branch<'_>)| stored.at(node).or(branch.below);
    let (Some(a), Some(b)) = (tip(one), tip(other)) else {
        return Ok(None);
    };
    let Some(parted) = stored.tree.last_common_ancestor(a, b) else {
        return Ok(None);
    };
    if !stored.tree.node(parted).has_body {
        return Ok(None);
    }
    let base = read_node(sql, stored.key(parted))?.body;
    for (ancestors, (taker, tip)) in [(other.1, (one.1, a)), (one.1, (other.1, b))] {
        let Some(first) = ancestors.below else {
            continue;
        };
        let before = brought_back(sql, stored, taker, tip, parted)?;
        let path = stored.tree.path(first).take_while(|at| *at != parted);
        for at in path.take(LOOKED_AT) {
            let node = stored.tree.node(at);
            if node.deleted || !node.has_body {
                continue;
            }
            let version = read_node(sql, stored.key(at))?.body;
            let had_it = match &before {
                _ if planted(Mutant::ReturnedWordsAreTakenIn) => false,
                BroughtBack::Never => false,
                BroughtBack::Unread => true,
                BroughtBack::As(body) => has_taken_in(&base, body, &version),
            };
            if !had_it && has_taken_in(&base, taker.body, &version) {
                return Ok(Some(base_with(&base, taker.body, version)));
            }
        }
    }
    Ok(Some(base))
}

/// What a branch said when it was last brought back from under a tombstone.
enum BroughtBack {
    Never,
    /// The text is not held any more.
    Unread,
    As(Body),
}

fn brought_back(
    sql: &Connection,
    stored: &StoredTree,
    branch: Branch<'_>,
    tip: At,
    parted: At,
) -> Result<BroughtBack, StoreError> {
    let mut above = None;
    for at in stored.tree.path(tip).take_while(|at| *at != parted) {
        if !is_tombstone(stored, at) {
            above = Some(at);
            continue;
        }
        return Ok(match above {
            // The unsent head itself.
            None => BroughtBack::As(branch.body.clone()),
            Some(at) if stored.tree.node(at).has_body => {
                BroughtBack::As(read_node(sql, stored.key(at))?.body)
            }
            Some(_) => BroughtBack::Unread,
        });
    }
    Ok(BroughtBack::Never)
}

/// Of an ancestor that only its name is known of, the name tells: an empty tombstone of ours is the same everywhere.
fn is_tombstone(stored: &StoredTree, at: At) -> bool {
    let node = stored.tree.node(at);
    node.deleted
        || node.parent.is_some_and(|parent| {
            let below = &stored.tree.node(parent).revision;
            node.revision == mint(Some(below), true, &Body::new(), &[])
        })
}
