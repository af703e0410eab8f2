//! Edits that nobody made. A tag that went into its namesake (`edit/tag.rs`) is replaced in the notes that name it, on every
//! device alike. That is no reason for a note to come back which somebody has deleted: an edit beats a deletion because
//! there are words in it that would be lost.

use std::collections::HashSet;

use rusqlite::Connection;
use sheaf_model::Body;
use sheaf_sync::merge::forget_merge_rule;

use crate::{StoreError, heads::read_node, stored_tree::StoredTree, tree::At, txn::Txn};

/// Whether `after` differs from `before` in the names of tags and in nothing else. Whoever tags a note leaves the time of
/// it there.
pub(super) fn is_nobodys(before: &Body, after: &Body) -> bool {
    const TAGS: &str = "tags";
    let rest = |body: &Body| {
        let mut rest = body.clone();
        rest.shift_remove(TAGS);
        forget_merge_rule(&mut rest);
        rest
    };
    before.get(TAGS) != after.get(TAGS) && rest(before) == rest(after)
}

/// The ancestors that `tip` differs from by nobody's edits alone.
pub(super) fn edited_by_nobody(
    sql: &Connection,
    stored: &StoredTree,
    tip: At,
) -> Result<Vec<At>, StoreError> {
    let body = |at: At| -> Result<Option<Body>, StoreError> {
        if !stored.tree.node(at).has_body || stored.tree.node(at).deleted {
            return Ok(None);
        }
        Ok(Some(read_node(sql, stored.key(at))?.body))
    };
    let mut ancestors = Vec::new();
    let Some(mut after) = body(tip)? else {
        return Ok(ancestors);
    };
    for at in stored.tree.path(tip).skip(1) {
        match body(at)? {
            Some(before) if is_nobodys(&before, &after) => after = before,
            _ => break,
        }
        ancestors.push(at);
    }
    Ok(ancestors)
}

/// A leaf that says nothing new goes with what it was made of.
pub(super) fn bury_what_nobody_edited(
    txn: &mut Txn<'_>,
    stored: &mut StoredTree,
) -> Result<(), StoreError> {
    let tombstones = stored.tree.leaves().map(|at| stored.tree.node(at));
    let deleted: HashSet<At> = tombstones
        .filter(|node| node.deleted)
        .filter_map(|node| node.parent)
        .collect();
    if deleted.is_empty() {
        return Ok(());
    }
    for leaf in stored.tree.live_leaves() {
        let made_of = edited_by_nobody(txn.sql, stored, leaf)?;
        if made_of.iter().any(|at| deleted.contains(at)) {
            stored.bury(txn, leaf)?;
        }
    }
    Ok(())
}
