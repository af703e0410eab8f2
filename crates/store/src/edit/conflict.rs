//! More than one live leaf: reading them, and writing a person's decision over them.

use sheaf_markdown::count_tasks;
use sheaf_model::{DocId, Millis, Note, NotePatch};

use rusqlite::Connection;

use crate::{
    Leaf, LeafId, StoreError, UpdateOutcome, Version,
    heads::{DocRow, Head, find_document, read_node},
    read,
    shown::Shown,
    stored_tree::StoredTree,
    txn::Txn,
};

/// All live leaves, the shown one first.
pub(crate) fn leaves(sql: &Connection, id: &DocId) -> Result<Vec<Leaf>, StoreError> {
    let (_, stored) = load(sql, id)?;
    let heads = heads(sql, &stored)?;
    let mut leaves = Vec::with_capacity(heads.len());
    for (place, head) in heads.iter().enumerate() {
        leaves.push(Leaf {
            id: leaf_id(head)?,
            winner: place == 0,
            note: Note::read(&head.body),
        });
    }
    Ok(leaves)
}

fn load(sql: &Connection, id: &DocId) -> Result<(DocRow, StoredTree), StoreError> {
    let row = find_document(sql, id)?.filter(|row| row.head.is_some());
    let row = row.ok_or_else(|| StoreError::NotFound(id.clone()))?;
    let stored = StoredTree::load(sql, row.doc)?;
    Ok((row, stored))
}

fn heads(sql: &Connection, stored: &StoredTree) -> Result<Vec<Head>, StoreError> {
    stored
        .live_heads()
        .into_iter()
        .map(|node| read_node(sql, node))
        .collect()
}

fn leaf_id(head: &Head) -> Result<LeafId, StoreError> {
    Ok(head.revision()?.map_or(LeafId::Draft, LeafId::Revision))
}

/// The decision becomes an unsent edit of the winner; the other leaves get tombstones.
pub(crate) fn resolve(
    txn: &mut Txn<'_>,
    id: &DocId,
    decided_on: &[LeafId],
    title: String,
    text: String,
    now: Millis,
) -> Result<UpdateOutcome, StoreError> {
    let (row, mut stored) = load(txn.sql, id)?;
    let heads = heads(txn.sql, &stored)?;
    let present = heads.iter().map(leaf_id).collect::<Result<Vec<_>, _>>()?;
    let same =
        present.len() == decided_on.len() && present.iter().all(|leaf| decided_on.contains(leaf));
    let Some(winner) = heads.first().filter(|_| same) else {
        return Ok(UpdateOutcome::Stale {
            current: Box::new(read::note(txn.sql, id)?),
        });
    };
    for other in &heads[1..] {
        if let Some(at) = stored.at(other.node) {
            stored.bury(txn, at)?;
        }
    }
    let mut body = winner.body.clone();
    let tasks = Some(count_tasks(&text));
    NotePatch {
        title: Some(title),
        body: Some(text),
        tasks,
        updated_at: Some(now),
        timestamp: Some(now),
        ..NotePatch::default()
    }
    .apply(&mut body);
    sheaf_sync::merge::forget_merge_rule(&mut body);
    let node = txn.put_draft(row.doc, Some(winner), false, &body)?;
    let seq = txn.move_head(row.doc, Some(node), false)?;
    txn.judge_draft(id, row.doc, &body, now)?;
    let shown = Shown {
        body: &body,
        conflicted: Some(false),
        text_changed: true,
        seq,
        is_new: false,
    };
    txn.show(id, row.doc, Some(shown))?;
    Ok(UpdateOutcome::Saved {
        version: Version(seq),
    })
}
