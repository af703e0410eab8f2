//! Where two versions of a document parted: the text a three-way merge compares both with.
//!
//! Usually their last common ancestor. But a merge has one parent: when device A merged what B
//! wrote into its own branch and B goes on writing, B's next revision has no common ancestor with
//! the merge but the old one, although the merge holds everything B had written. Measured against
//! that old text, what B wrote first would look changed on both sides, and two people who write in
//! different places would conflict. So an ancestor that the other side has taken in word for word
//! (`sheaf_sync::merge::has_taken_in`) is the base instead. That follows from the texts alone and
//! is the same on every device that holds them.

use rusqlite::Connection;
use sheaf_model::Body;
use sheaf_sync::merge::has_taken_in;

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
    for (ancestors, taker) in [(other.1, one.1), (one.1, other.1)] {
        let Some(first) = ancestors.below else {
            continue;
        };
        let path = stored.tree.path(first).take_while(|at| *at != parted);
        for at in path.take(LOOKED_AT) {
            let node = stored.tree.node(at);
            if node.deleted || !node.has_body {
                continue;
            }
            let version = read_node(sql, stored.key(at))?.body;
            if has_taken_in(&base, taker.body, &version) {
                return Ok(Some(version));
            }
        }
    }
    Ok(Some(base))
}
