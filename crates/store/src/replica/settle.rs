//! After revisions were added to a tree: what can be merged is merged, the unsent head finds its
//! place, what is shown follows (design.md section 4).
//!
//! Nothing here looks at a clock to decide, and everything minted here depends on the leaves
//! alone, so two devices that see the same leaves write the same revisions.

use std::collections::HashMap;

use rusqlite::params;
use sheaf_markdown::count_tasks;
use sheaf_model::{Body, DocId, Kind};
use sheaf_sync::{
    DeletionPolicy,
    merge::{Leaves, Outcome, forget_merge_rule, merge_leaves},
    mutant::{Mutant, planted},
};

use crate::{
    StoreError,
    heads::{DocRow, Head, NodeKey, read_attachments, read_node},
    shown::Shown,
    stored_tree::StoredTree,
    tree::At,
    txn::Txn,
};

/// How the document was before the batch.
pub(super) struct Before {
    pub(super) head: Option<NodeKey>,
    pub(super) conflicted: bool,
    /// What was shown; read only when a deletion is among what arrived.
    pub(super) text: Option<Head>,
}

#[derive(Default)]
pub(super) struct Settled {
    pub(super) conflict_began: bool,
    pub(super) merged: u32,
    /// The text of the unsent head was replaced.
    rebased: bool,
}

pub(super) fn settle(
    txn: &mut Txn<'_>,
    id: &DocId,
    row: &DocRow,
    stored: &mut StoredTree,
    before: &Before,
    deletions: DeletionPolicy,
) -> Result<Settled, StoreError> {
    let mut settled = Settled::default();
    let absorbed = merge_live_leaves(txn, id.kind(), stored, &mut settled)?;
    place_draft(txn, id.kind(), stored, &absorbed, &mut settled)?;
    if stored.shown().is_none()
        && let Some(text) = &before.text
    {
        vanish(txn, id, stored, text, deletions)?;
    }
    stored.shed_texts(txn)?;
    follow(txn, id, row, stored, before, &mut settled)?;
    Ok(settled)
}

/// Merges the other live leaves into the winner one by one. Answers into what each went.
fn merge_live_leaves(
    txn: &mut Txn<'_>,
    kind: Kind,
    stored: &mut StoredTree,
    settled: &mut Settled,
) -> Result<HashMap<At, At>, StoreError> {
    let mut absorbed = HashMap::new();
    let live = stored.tree.live_leaves();
    let Some((&first, others)) = live.split_first() else {
        return Ok(absorbed);
    };
    let mut winner = first;
    for &other in others {
        let base = stored.tree.last_common_ancestor(winner, other);
        let base = base
            .filter(|at| stored.tree.node(*at).has_body)
            .map(|at| stored.key(at));
        let outcome = merge(txn, kind, base, stored.key(winner), stored.key(other))?;
        let into = match outcome {
            Outcome::WinnerStands => winner,
            Outcome::Conflict if planted(Mutant::NewestWins) => newest(txn, stored, winner, other)?,
            Outcome::Merged(mut body) => {
                if planted(Mutant::MergesDiffer) {
                    body.insert("mergedAt".into(), (txn.clock)().into());
                }
                let attachments = read_attachments(txn.sql, stored.key(winner))?;
                match stored.add_minted(txn, winner, false, &body, &attachments)? {
                    Some(merged) => merged,
                    None => continue,
                }
            }
            // Only words are worth a person's decision.
            Outcome::Conflict if kind != Kind::Note => winner,
            Outcome::Conflict => continue,
        };
        stored.bury(txn, if into == other { winner } else { other })?;
        settled.merged += 1;
        absorbed.insert(other, into);
        winner = into;
    }
    Ok(absorbed)
}

fn newest(txn: &Txn<'_>, stored: &StoredTree, winner: At, other: At) -> Result<At, StoreError> {
    let written = |at| {
        let body = read_node(txn.sql, stored.key(at))?.body;
        Ok::<_, StoreError>(body.get("updatedAt").and_then(serde_json::Value::as_i64))
    };
    Ok(if written(other)? > written(winner)? {
        other
    } else {
        winner
    })
}

fn merge(
    txn: &Txn<'_>,
    kind: Kind,
    base: Option<NodeKey>,
    winner: NodeKey,
    other: NodeKey,
) -> Result<Outcome, StoreError> {
    let body = |node| Ok::<Body, StoreError>(read_node(txn.sql, node)?.body);
    let base = base.map(body).transpose()?;
    let digests = |node| {
        let held = read_attachments(txn.sql, node)?;
        Ok::<Vec<_>, StoreError>(
            held.into_iter()
                .map(|held| (held.meta.name, held.meta.md5))
                .collect(),
        )
    };
    let leaves = Leaves {
        kind,
        base: base.as_ref(),
        winner: &body(winner)?,
        other: &body(other)?,
        same_attachments: digests(winner)? == digests(other)?,
    };
    Ok(merge_leaves(&leaves, count_tasks))
}

/// The unsent head was made on a revision that may no longer be a leaf. Nobody else has seen it,
/// so it can simply be made again on top of what arrived.
fn place_draft(
    txn: &mut Txn<'_>,
    kind: Kind,
    stored: &mut StoredTree,
    absorbed: &HashMap<At, At>,
    settled: &mut Settled,
) -> Result<(), StoreError> {
    let Some(draft) = stored.draft.clone() else {
        return Ok(());
    };
    let parent = stored.draft_parent();
    let live = stored.tree.live_leaves();
    if draft.deleted {
        // An edit beats a deletion, and what is deleted already needs no second tombstone.
        let still_deletes = live.iter().all(|leaf| Some(*leaf) == parent) && !live.is_empty();
        if !still_deletes {
            txn.drop_draft(draft.node)?;
            stored.draft = None;
        }
        return Ok(());
    }
    if parent.is_some_and(|parent| stored.tree.is_leaf(parent)) {
        return Ok(());
    }
    let target = match parent {
        Some(parent) => absorbed.get(&parent).copied().or_else(|| {
            live.iter()
                .copied()
                .find(|leaf| stored.tree.descends(*leaf, parent))
        }),
        None => live.first().copied(),
    };
    if target.is_none() && planted(Mutant::DeletionBeatsEdit) {
        txn.drop_draft(draft.node)?;
        stored.draft = None;
    }
    let Some(target) = target else { return Ok(()) };
    let base = parent
        .filter(|at| stored.tree.node(*at).has_body)
        .map(|at| stored.key(at));
    match merge(txn, kind, base, stored.key(target), draft.node)? {
        Outcome::WinnerStands => {
            txn.drop_draft(draft.node)?;
            stored.draft = None;
            settled.merged += 1;
        }
        Outcome::Merged(body) => {
            rebase(txn, stored, &draft, target, body)?;
            settled.rebased = true;
            settled.merged += 1;
        }
        Outcome::Conflict if planted(Mutant::DropConflictingDraft) => {
            txn.drop_draft(draft.node)?;
            stored.draft = None;
        }
        Outcome::Conflict => {}
    }
    Ok(())
}

fn rebase(
    txn: &mut Txn<'_>,
    stored: &mut StoredTree,
    draft: &Head,
    target: At,
    mut body: Body,
) -> Result<(), StoreError> {
    forget_merge_rule(&mut body);
    let onto = stored.key(target);
    let generation = stored.tree.node(target).revision.generation() as i64 + 1;
    txn.sql
        .prepare_cached(
            "UPDATE revisions SET parent = ?2, generation = ?3, body = ?4 WHERE node = ?1",
        )?
        .execute(params![
            draft.node,
            onto,
            generation,
            serde_json::to_string(&body)?
        ])?;
    stored.draft = Some(Head {
        parent: Some(onto),
        generation,
        body,
        ..draft.clone()
    });
    Ok(())
}

/// A deletion arrived for what was shown.
fn vanish(
    txn: &mut Txn<'_>,
    id: &DocId,
    stored: &mut StoredTree,
    text: &Head,
    deletions: DeletionPolicy,
) -> Result<(), StoreError> {
    match deletions {
        DeletionPolicy::Apply if id.kind() == Kind::Note && !planted(Mutant::NoSnapshot) => {
            keep_deleted_text(txn, id, &text.body)?;
        }
        DeletionPolicy::Apply => {}
        DeletionPolicy::Revive => {
            let Some(tombstone) = stored.tree.winner() else {
                return Ok(());
            };
            let base = read_node(txn.sql, stored.key(tombstone))?;
            let attachments = read_attachments(txn.sql, text.node)?;
            let node = txn.put_draft(stored.doc, Some(&base), false, &text.body)?;
            for attachment in &attachments {
                txn.insert_attachment(node, attachment)?;
            }
            stored.draft = Some(read_node(txn.sql, node)?);
        }
    }
    Ok(())
}

/// What a deletion takes out of view is kept beside.
pub(super) fn keep_deleted_text(
    txn: &mut Txn<'_>,
    id: &DocId,
    body: &Body,
) -> Result<(), StoreError> {
    let now = (txn.clock)();
    txn.sql
        .prepare_cached(
            "INSERT INTO snapshots (id, taken_at, reason, body) VALUES (?1, ?2, 'deleted', ?3)",
        )?
        .execute(params![id.as_str(), now, serde_json::to_string(body)?])?;
    Ok(())
}

/// Brings the journal, the lists and the reasons for staying here in step with the tree.
fn follow(
    txn: &mut Txn<'_>,
    id: &DocId,
    row: &DocRow,
    stored: &StoredTree,
    before: &Before,
    settled: &mut Settled,
) -> Result<(), StoreError> {
    let head = stored.shown();
    let conflicted = stored.live_heads().len() > 1;
    settled.conflict_began = conflicted && !before.conflicted;
    let seq = txn.move_head(row.doc, head, row.local_only && stored.draft.is_some())?;
    match stored.draft.as_ref().filter(|draft| !draft.deleted) {
        Some(draft) => txn.judge_draft(id, row.doc, &draft.body, (txn.clock)())?,
        None if row.seq > 0 => txn.release(row.doc)?,
        None => {}
    }
    let text_changed = head != before.head || settled.rebased;
    if !text_changed && conflicted == before.conflicted {
        return Ok(());
    }
    let Some(node) = head else {
        return txn.show(id, row.doc, None);
    };
    let body = read_node(txn.sql, node)?.body;
    let shown = Shown {
        body: &body,
        conflicted: Some(conflicted),
        text_changed,
        seq,
        is_new: false,
    };
    txn.show(id, row.doc, Some(shown))
}
