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
    SnapshotReason, StoreError,
    heads::{DocRow, Head, NodeKey, read_attachments, read_node},
    merge_base::{Branch, merge_base},
    replica::nobody::{bury_what_nobody_edited, edited_by_nobody, is_nobodys},
    shown::Shown,
    stored_tree::StoredTree,
    tree::At,
    txn::Txn,
};

/// How the document was before the batch.
pub(super) struct Before {
    pub(super) head: Option<NodeKey>,
    pub(super) conflicted: bool,
    /// What was shown.
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
    if id.kind() == Kind::Note {
        bury_what_nobody_edited(txn, stored)?;
    }
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

/// Merges live leaves pairwise, the winner with each other one in its order, then the next with
/// those after it; what was merged takes part in the place of the first of the pair. So leaves that
/// can be merged are merged even when both conflict with a third. Answers into what each went.
fn merge_live_leaves(
    txn: &mut Txn<'_>,
    kind: Kind,
    stored: &mut StoredTree,
    settled: &mut Settled,
) -> Result<HashMap<At, At>, StoreError> {
    let mut absorbed = HashMap::new();
    let mut live = stored.tree.live_leaves();
    let mut first = 0;
    while first < live.len() {
        let mut second = first + 1;
        while second < live.len() {
            let Some(into) = merge_pair(txn, kind, stored, live[first], live[second])? else {
                second += 1;
                continue;
            };
            let other = live.remove(second);
            stored.bury(txn, if into == other { live[first] } else { other })?;
            settled.merged += 1;
            absorbed.insert(other, into);
            live[first] = into;
        }
        first += 1;
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

/// What two leaves become; `None`: they stay as they are.
fn merge_pair(
    txn: &mut Txn<'_>,
    kind: Kind,
    stored: &mut StoredTree,
    winner: At,
    other: At,
) -> Result<Option<At>, StoreError> {
    let (one, two) = (stored.key(winner), stored.key(other));
    match merge(txn, kind, stored, one, two)? {
        Outcome::WinnerStands => Ok(Some(winner)),
        Outcome::Conflict if planted(Mutant::NewestWins) => {
            newest(txn, stored, winner, other).map(Some)
        }
        Outcome::Merged(mut body) => {
            if planted(Mutant::MergesDiffer) {
                body.insert("mergedAt".into(), (txn.clock)().into());
            }
            let attachments = read_attachments(txn.sql, one)?;
            stored.add_minted(txn, winner, false, &body, &attachments)
        }
        // Only words are worth a person's decision.
        Outcome::Conflict if matches!(kind, Kind::Notebook | Kind::Tag) => Ok(Some(winner)),
        // Notes, and files whose bytes differ: burying a leaf would lose its bytes.
        Outcome::Conflict => Ok(None),
    }
}

fn merge(
    txn: &Txn<'_>,
    kind: Kind,
    stored: &StoredTree,
    winner: NodeKey,
    other: NodeKey,
) -> Result<Outcome, StoreError> {
    let bodies = (
        read_node(txn.sql, winner)?.body,
        read_node(txn.sql, other)?.body,
    );
    let one = (winner, Branch::of_node(stored, winner, &bodies.0));
    let two = (other, Branch::of_node(stored, other, &bodies.1));
    let base = merge_base(txn.sql, stored, one, two)?;
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
        winner: &bodies.0,
        other: &bodies.1,
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
        if still_deletes {
            return Ok(());
        }
        if let (Kind::Note, [only], Some(parent)) = (kind, &live[..], parent)
            && edited_by_nobody(txn.sql, stored, *only)?.contains(&parent)
        {
            return rebase(txn, stored, &draft, *only, draft.body.clone());
        }
        txn.drop_draft(draft.node)?;
        stored.draft = None;
        return Ok(());
    }
    if parent.is_some_and(|parent| stored.tree.is_leaf(parent)) {
        return Ok(());
    }
    let target = match parent {
        Some(parent) => {
            let went_into = absorbed.get(&parent).copied().unwrap_or(parent);
            let descendant = live
                .iter()
                .find(|leaf| stored.tree.descends(**leaf, went_into));
            // When the other device did the merge, no live leaf need descend from what the draft
            // was made on: then it is merged with the one that is shown.
            descendant.or(live.first()).copied()
        }
        None => live.first().copied(),
    };
    if target.is_none()
        && (planted(Mutant::DeletionBeatsEdit)
            || kind == Kind::Note && draft_is_nobodys(txn, stored, &draft, parent)?)
    {
        txn.drop_draft(draft.node)?;
        stored.draft = None;
    }
    let Some(target) = target else { return Ok(()) };
    match merge(txn, kind, stored, stored.key(target), draft.node)? {
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

fn draft_is_nobodys(
    txn: &Txn<'_>,
    stored: &StoredTree,
    draft: &Head,
    parent: Option<At>,
) -> Result<bool, StoreError> {
    let Some(parent) = parent.filter(|parent| stored.tree.node(*parent).has_body) else {
        return Ok(false);
    };
    let before = read_node(txn.sql, stored.key(parent))?.body;
    Ok(is_nobodys(&before, &draft.body))
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
    txn.keep_version(id, body, SnapshotReason::Deleted, now, None)?;
    Ok(())
}

/// What arrived replaces a text: a version, if an editing session ended with it.
fn keep_what_was_shown(
    txn: &mut Txn<'_>,
    id: &DocId,
    text: &Head,
    now_shown: NodeKey,
) -> Result<(), StoreError> {
    let words = |body: &Body| (body.get("title").cloned(), body.get("body").cloned());
    if id.kind() != Kind::Note || words(&text.body) == words(&read_node(txn.sql, now_shown)?.body) {
        return Ok(());
    }
    let reason = if text.is_draft() {
        SnapshotReason::Merged
    } else {
        SnapshotReason::Arrived
    };
    let now = (txn.clock)();
    txn.keep_session(id, &text.body, reason, now)
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
    if let (Some(text), Some(node)) = (&before.text, head)
        && text_changed
    {
        keep_what_was_shown(txn, id, text, node)?;
    }
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
