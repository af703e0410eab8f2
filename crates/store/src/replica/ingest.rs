//! What arrives from a remote.

use std::collections::{BTreeSet, VecDeque};

use rusqlite::{Connection, params};
use sheaf_model::{DocId, Kind, Revision};
use sheaf_sync::{
    ChangedLeaves, DeletionPolicy, IncomingRevision, Ingested, MissingLeaves, RemoteId,
    mutant::{Mutant, planted},
};

use crate::{
    ActivityKind, StoreError,
    edit::{dead_tags_of, follow_merged, merge_into},
    heads::{DocRow, find_document, read_node, stored_id, stored_revision},
    replica::{
        remotes,
        settle::{Before, settle},
    },
    shown::{Shown, tag_key},
    slice::Slice,
    stored_tree::StoredTree,
    tree::At,
    txn::Txn,
};

/// Takes in documents until the slice is over. Revisions of one document that follow each other
/// are taken in together: they are one state of it.
pub(super) fn slice(
    txn: &mut Txn<'_>,
    remote: &RemoteId,
    waiting: &mut VecDeque<IncomingRevision>,
    deletions: DeletionPolicy,
    slice: &mut Slice,
    total: &mut Ingested,
) -> Result<(), StoreError> {
    let remote = remotes::key(txn, remote)?;
    let (mut tags, mut notes) = (Vec::new(), Vec::new());
    while let Some(first) = waiting.pop_front() {
        let mut revisions = vec![first];
        while waiting
            .front()
            .is_some_and(|next| next.id == revisions[0].id)
        {
            revisions.extend(waiting.pop_front());
        }
        document(txn, remote, &revisions, deletions, total)?;
        let id = revisions.swap_remove(0).id;
        match id.kind() {
            Kind::Tag => tags.push(id),
            Kind::Note => notes.push(id),
            _ => {}
        }
        if slice.is_over() {
            break;
        }
    }
    for tag in tags {
        merge_namesakes(txn, &tag)?;
        follow_merged(txn, &tag)?;
    }
    for note in notes {
        for tag in dead_tags_of(txn, &note)? {
            follow_merged(txn, &tag)?;
        }
    }
    Ok(())
}

pub(super) fn document(
    txn: &mut Txn<'_>,
    remote: i64,
    revisions: &[IncomingRevision],
    deletions: DeletionPolicy,
    total: &mut Ingested,
) -> Result<(), StoreError> {
    let id = &revisions[0].id;
    let before = total.clone();
    match find_document(txn.sql, id)? {
        None => new_document(txn, remote, revisions, deletions, total)?,
        Some(row) => {
            let stored = StoredTree::load(txn.sql, row.doc)?;
            known_document(txn, remote, revisions, &row, stored, deletions, total)?;
        }
    }
    if let Some(kind) = became(&before, total) {
        let deleted = revisions.iter().all(|revision| revision.deleted);
        txn.note(remote, kind, id.as_str(), deleted);
    }
    Ok(())
}

/// What taking in a document did, as people are told; `None`: it was all known.
fn became(before: &Ingested, after: &Ingested) -> Option<ActivityKind> {
    if after.conflicts > before.conflicts {
        Some(ActivityKind::Conflict)
    } else if after.merged > before.merged {
        Some(ActivityKind::Merged)
    } else {
        (after.new > before.new).then_some(ActivityKind::Pulled)
    }
}

/// Nearly all of a first pull: one revision that cannot conflict with anything.
fn new_document(
    txn: &mut Txn<'_>,
    remote: i64,
    revisions: &[IncomingRevision],
    deletions: DeletionPolicy,
    total: &mut Ingested,
) -> Result<(), StoreError> {
    let id = &revisions[0].id;
    let doc = txn.insert_document(id)?;
    let mut stored = StoredTree::empty(doc);
    let [only] = revisions else {
        let row = DocRow {
            doc,
            seq: 0,
            head: None,
            local_only: false,
        };
        return known_document(txn, remote, revisions, &row, stored, deletions, total);
    };
    total.new += graft(txn, remote, &mut stored, revisions)?;
    let seq = txn.move_head(doc, stored.shown(), false)?;
    if only.deleted {
        return Ok(());
    }
    let shown = Shown {
        body: &only.body,
        conflicted: Some(false),
        text_changed: true,
        is_new: true,
        seq,
    };
    txn.show(id, doc, Some(shown))
}

fn known_document(
    txn: &mut Txn<'_>,
    remote: i64,
    revisions: &[IncomingRevision],
    row: &DocRow,
    mut stored: StoredTree,
    deletions: DeletionPolicy,
    total: &mut Ingested,
) -> Result<(), StoreError> {
    let id = &revisions[0].id;
    let before = Before {
        head: row.head,
        conflicted: stored.live_heads().len() > 1,
        text: match row.head {
            Some(head) => Some(read_node(txn.sql, head)?),
            None => None,
        },
    };
    let new = graft(txn, remote, &mut stored, revisions)?;
    // A longer history of what is here can end a conflict without bringing anything new.
    if new == 0 && !stored.joined {
        return Ok(());
    }
    total.new += new;
    let settled = settle(txn, id, row, &mut stored, &before, deletions)?;
    total.conflicts += u32::from(settled.conflict_began);
    total.merged += settled.merged;
    Ok(())
}

/// Answers how many revisions were new.
pub(super) fn graft(
    txn: &mut Txn<'_>,
    remote: i64,
    stored: &mut StoredTree,
    revisions: &[IncomingRevision],
) -> Result<u32, StoreError> {
    let mut new = 0;
    for incoming in revisions {
        let body = serde_json::to_string(&incoming.body)?;
        let added = stored.graft(
            txn,
            &incoming.revision,
            &incoming.ancestors,
            incoming.deleted,
            &body,
        )?;
        if let Some(at) = added {
            new += 1;
            for attachment in &incoming.attachments {
                txn.insert_attachment(stored.key(at), attachment)?;
            }
        }
        if let Some(at) = stored.tree.find(&incoming.revision)
            && !planted(Mutant::EchoIsNews)
        {
            mark_known(txn, remote, stored.key(at))?;
            stored.tree.node_mut(at).known = true;
        }
    }
    Ok(new)
}

/// The remote has this revision: it is not offered to it.
/// Answers whether that is news.
pub(super) fn mark_known(txn: &Txn<'_>, remote: i64, node: i64) -> Result<bool, StoreError> {
    let marked = txn
        .sql
        .prepare_cached("INSERT OR IGNORE INTO known (node, remote) VALUES (?1, ?2)")?
        .execute([node, remote])?;
    Ok(marked > 0)
}

/// Two devices may have made a tag of the same name. The lowest id stays; notes that name another
/// get an edit that is the same on every device, so that nobody conflicts over it.
fn merge_namesakes(txn: &mut Txn<'_>, tag: &DocId) -> Result<(), StoreError> {
    let mut find = txn.sql.prepare_cached(
        "SELECT namesake.id FROM documents AS self
         JOIN tags AS own ON own.doc = self.doc
         JOIN tags AS other ON other.name_key = own.name_key
         JOIN documents AS namesake ON namesake.doc = other.doc
         WHERE self.id = ?1 AND own.name_key <> ?2 ORDER BY namesake.id",
    )?;
    let rows = find.query_map(params![tag.as_str(), tag_key("")], |row| {
        row.get::<_, String>(0)
    })?;
    let ids: Vec<String> = rows.collect::<Result<_, _>>()?;
    drop(find);
    let ids = ids
        .iter()
        .map(|id| stored_id(id))
        .collect::<Result<Vec<_>, _>>()?;
    let mut ids = ids;
    if planted(Mutant::AnyNamesakeStays) {
        ids.sort_by_key(|id| id != tag);
    }
    let Some((kept, others)) = ids.split_first() else {
        return Ok(());
    };
    for other in others {
        merge_into(txn, kept, other)?;
    }
    Ok(())
}

/// Announced leaves that are held neither as leaves nor as ancestors. And those whose history is not known to its
/// beginning (a first pull brings none) while another leaf here is none at the remote any more: the history says which of
/// them it became part of.
pub(super) fn missing(
    sql: &Connection,
    rows: Vec<ChangedLeaves>,
) -> Result<Vec<MissingLeaves>, StoreError> {
    let mut held = sql.prepare_cached(
        "SELECT 1 FROM revisions WHERE doc = ?1 AND generation = ?2 AND hash = ?3",
    )?;
    let mut any = sql.prepare_cached("SELECT 1 FROM revisions WHERE doc = ?1")?;
    let mut answer = Vec::new();
    for row in rows {
        let Some(document) = find_document(sql, &row.id)? else {
            answer.push(MissingLeaves {
                id: row.id,
                missing: row.leaves,
                new_document: true,
            });
            continue;
        };
        let mut missing = Vec::new();
        for leaf in &row.leaves {
            if !held.exists(params![document.doc, leaf.generation() as i64, leaf.hash()])? {
                missing.push(leaf.clone());
            }
        }
        if missing.is_empty() && has_another_leaf(sql, document.doc, &row.leaves)? {
            missing = without_beginning(sql, document.doc, &row.leaves)?;
        }
        if !missing.is_empty() {
            let new_document = !any.exists([document.doc])?;
            answer.push(MissingLeaves {
                id: row.id,
                missing,
                new_document,
            });
        }
    }
    Ok(answer)
}

/// A live leaf that is not among those that were announced.
pub(super) fn has_another_leaf(
    sql: &Connection,
    doc: i64,
    announced: &[Revision],
) -> Result<bool, StoreError> {
    let mut leaves = sql.prepare_cached(
        "SELECT generation, hash FROM revisions
         WHERE doc = ?1 AND leaf AND NOT deleted AND hash IS NOT NULL",
    )?;
    let mut rows = leaves.query([doc])?;
    while let Some(row) = rows.next()? {
        let leaf = stored_revision(row.get(0)?, &row.get::<_, String>(1)?)?;
        if !announced.contains(&leaf) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The announced leaves whose history is not known to its beginning, unless every other live leaf here follows one of them.
fn without_beginning(
    sql: &Connection,
    doc: i64,
    announced: &[Revision],
) -> Result<Vec<Revision>, StoreError> {
    let tree = StoredTree::load(sql, doc)?.tree;
    let there: Vec<At> = announced
        .iter()
        .filter_map(|leaf| tree.find(leaf))
        .collect();
    let follows = |leaf: At| there.iter().any(|above| tree.descends(leaf, *above));
    if tree.live_leaves().into_iter().all(follows) {
        return Ok(Vec::new());
    }
    let beginning = |leaf: At| tree.path(leaf).last().unwrap_or(leaf);
    let without = there
        .iter()
        .filter(|leaf| tree.node(beginning(**leaf)).revision.generation() > 1);
    Ok(without
        .map(|leaf| tree.node(*leaf).revision.clone())
        .collect())
}

/// Notes in view that a deletion would take away. One with an unsent edit would survive it and is
/// counted all the same: the brake had better come early.
pub(super) fn live_notes_among(sql: &Connection, ids: &[DocId]) -> Result<u32, StoreError> {
    let mut find = sql
        .prepare_cached("SELECT 1 FROM documents JOIN notes USING (doc) WHERE documents.id = ?1")?;
    let distinct: BTreeSet<&DocId> = ids.iter().collect();
    let mut live = 0;
    for id in distinct {
        live += u32::from(find.exists([id.as_str()])?);
    }
    Ok(live)
}
