//! What a remote has not got yet.
//!
//! An unsent head is minted here, in the same transaction that decides to offer it: from then on
//! it is a revision like any other and is never altered. Were the reply to be lost, the next
//! offer is the same revision again.

use std::collections::HashSet;

use rusqlite::{Connection, params};
use sheaf_model::{Body, DocId, Kind, Revision, check};
use sheaf_sync::{
    ChangedLeaves, Limits, LocalSeq, Outgoing, OutgoingAttachment, OutgoingRevision, RemoteId,
    mutant::{Mutant, planted},
};

use crate::{
    ActivityKind, StoreError,
    heads::{Head, document_id, find_document, read_attachments, read_node},
    held,
    replica::{ingest::has_another_leaf, remotes, settle::keep_deleted_text},
    shown::Shown,
    slice::Slice,
    stored_tree::StoredTree,
    tree::At,
    txn::{Remaining, Txn},
    writer::Step,
};

/// Ancestors sent along; enough for a remote to join a branch that ours left long ago.
pub(super) const ANCESTORS: usize = 50;
/// Documents looked up at once.
const CHUNK: i64 = 64;

/// Documents after ?1 that may have something for remote ?2, in journal order.
const PENDING: &str = "
    FROM documents
    WHERE seq > ?1 AND local_only = 0 AND EXISTS (
        SELECT 1 FROM revisions
        WHERE revisions.doc = documents.doc AND (hash IS NULL OR (leaf = 1 AND NOT EXISTS (
            SELECT 1 FROM known WHERE known.node = revisions.node AND known.remote = ?2))))";

/// A batch being put together.
pub(super) struct Offer {
    remote: RemoteId,
    limits: Limits,
    after: i64,
    cursor: i64,
    /// Documents of the journal that were dealt with.
    looked_at: u32,
    bytes: usize,
    offered: HashSet<DocId>,
    answer: Outgoing,
}

impl Offer {
    pub(super) fn new(remote: RemoteId, after: LocalSeq, limits: Limits) -> Self {
        let answer = Outgoing {
            revisions: Vec::new(),
            through: after,
            remaining: 0,
        };
        let cursor = i64::try_from(after.0).unwrap_or(i64::MAX);
        Self {
            remote,
            limits,
            after: cursor,
            cursor,
            looked_at: 0,
            bytes: 0,
            offered: HashSet::new(),
            answer,
        }
    }

    pub(super) fn take_when(&mut self, step: Step) -> Outgoing {
        match step {
            Step::Done => std::mem::replace(
                &mut self.answer,
                Outgoing {
                    revisions: Vec::new(),
                    through: LocalSeq(0),
                    remaining: 0,
                },
            ),
            Step::More => Outgoing {
                revisions: Vec::new(),
                through: LocalSeq(0),
                remaining: 0,
            },
        }
    }

    pub(super) fn extend(
        &mut self,
        txn: &mut Txn<'_>,
        slice: &mut Slice,
    ) -> Result<Step, StoreError> {
        let remote = remotes::key(txn, &self.remote)?;
        while !self.is_full() {
            let pending = self.pending(txn, remote)?;
            if pending.is_empty() {
                self.cursor = self.cursor.max(txn.last_seq());
                return self.done(txn, remote);
            }
            for (doc, seq) in pending {
                let id = document_id(txn.sql, doc)?;
                if self.offered.insert(id.clone()) {
                    self.offer(txn, remote, &id, doc)?;
                }
                self.cursor = seq;
                self.looked_at += 1;
                if self.is_full() {
                    break;
                }
                if slice.is_over() {
                    return Ok(Step::More);
                }
            }
        }
        self.done(txn, remote)
    }

    fn is_full(&self) -> bool {
        self.answer.revisions.len() >= self.limits.documents.max(1)
            || self.bytes >= self.limits.bytes.max(1)
    }

    fn done(&mut self, txn: &mut Txn<'_>, remote: i64) -> Result<Step, StoreError> {
        self.answer.through = LocalSeq(self.cursor.unsigned_abs());
        let last_seq = txn.last_seq();
        let documents = match txn.remaining {
            Some(before)
                if (before.remote, before.through, before.last_seq)
                    == (remote, self.after, last_seq) =>
            {
                before.documents.saturating_sub(self.looked_at)
            }
            _ => {
                let count = format!("SELECT count(*) {PENDING}");
                let mut count = txn.sql.prepare_cached(&count)?;
                count.query_row([self.cursor, remote], |row| row.get(0))?
            }
        };
        self.answer.remaining = documents;
        txn.remaining = Some(Remaining {
            remote,
            through: self.cursor,
            last_seq,
            documents,
        });
        Ok(Step::Done)
    }

    fn pending(&self, txn: &Txn<'_>, remote: i64) -> Result<Vec<(i64, i64)>, StoreError> {
        let mut select = txn
            .sql
            .prepare_cached(&format!("SELECT doc, seq {PENDING} ORDER BY seq LIMIT ?3"))?;
        let rows = select.query_map([self.cursor, remote, CHUNK], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn offer(
        &mut self,
        txn: &mut Txn<'_>,
        remote: i64,
        id: &DocId,
        doc: i64,
    ) -> Result<(), StoreError> {
        let mut stored = StoredTree::load(txn.sql, doc)?;
        let can_travel = |draft: &Head| draft.deleted || check(id, &draft.body).is_ok();
        if let Some(draft) = stored.draft.clone().filter(can_travel) {
            stored.mint_draft(txn)?;
            // The very edit was sent before, and deleted since, by an installation that is now back from a backup.
            if stored.shown().is_none() && !draft.deleted && id.kind() == Kind::Note {
                keep_deleted_text(txn, id, &draft.body)?;
            }
            follow_minting(txn, id, &stored)?;
        }
        if let Some(draft) = stored.draft.as_ref().filter(|draft| !draft.deleted)
            && let Err(invalid) = check(id, &draft.body)
        {
            let reason = held::reason(&invalid);
            let kind = ActivityKind::Quarantined;
            txn.note_with(remote, kind, id.as_str(), false, Some(&reason));
        }
        let leaves: Vec<At> = stored.tree.leaves().collect();
        for leaf in leaves {
            if wants(txn, remote, doc, stored.key(leaf))? {
                self.add(txn, remote, id, &stored, leaf)?;
            }
        }
        Ok(())
    }

    fn add(
        &mut self,
        txn: &mut Txn<'_>,
        remote: i64,
        id: &DocId,
        stored: &StoredTree,
        leaf: At,
    ) -> Result<(), StoreError> {
        let node = stored.tree.node(leaf);
        if !node.has_body {
            return Ok(());
        }
        let held = read_node(txn.sql, stored.key(leaf))?;
        if !node.deleted
            && let Err(invalid) = check(id, &held.body)
        {
            // Somebody else wrote it so; this remote would be given what the schema forbids.
            let (now, reason) = ((txn.clock)(), held::reason(&invalid));
            let kind = ActivityKind::Quarantined;
            txn.note_with(remote, kind, id.as_str(), false, Some(&reason));
            return txn.hold_back(stored.doc, remote, Some(held.node), &reason, now);
        }
        self.bytes += approximate_bytes(&held.body);
        let revision = offered(txn.sql, id, stored, leaf, held, ANCESTORS)?;
        self.answer.revisions.push(revision);
        Ok(())
    }
}

/// A revision as it travels, with so many of its ancestors.
fn offered(
    sql: &Connection,
    id: &DocId,
    stored: &StoredTree,
    at: At,
    held: Head,
    ancestors: usize,
) -> Result<OutgoingRevision, StoreError> {
    let attachments = read_attachments(sql, held.node)?
        .into_iter()
        .map(|held| OutgoingAttachment {
            meta: held.meta,
            blob: held.blob,
        })
        .collect();
    let node = stored.tree.node(at);
    let path = stored.tree.path(at).skip(1).take(ancestors);
    Ok(OutgoingRevision {
        id: id.clone(),
        revision: node.revision.clone(),
        ancestors: path
            .map(|at| stored.tree.node(at).revision.clone())
            .collect(),
        deleted: node.deleted,
        body: held.body,
        attachments,
    })
}

/// What a remote takes for a conflict, or has forgotten, and is told.
#[derive(Default)]
pub(super) struct Owed {
    pub(super) again: Vec<OutgoingRevision>,
    /// To be put into the journal.
    pub(super) documents: Vec<OwedOfDocument>,
}

pub(super) struct OwedOfDocument {
    doc: i64,
    /// Leaves there that another leaf there follows: they get a tombstone.
    followed: Vec<Revision>,
    /// Leaves here that the remote had, and does not name any more although none that it names follows them: it has cut
    /// the history that said what became of them. Offered again, whoever knows it says so.
    forgotten: Vec<Revision>,
}

pub(super) fn owed(
    sql: &Connection,
    remote: &RemoteId,
    rows: &[ChangedLeaves],
) -> Result<Owed, StoreError> {
    let mut owed = Owed::default();
    let remote = remotes::find(sql, remote)?;
    for row in rows {
        let Some(document) = find_document(sql, &row.id)? else {
            continue;
        };
        let alone = row.leaves.len() == 1;
        if alone && !has_another_leaf(sql, document.doc, &row.leaves)? {
            continue;
        }
        let stored = StoredTree::load(sql, document.doc)?;
        let tree = &stored.tree;
        let there: Vec<At> = row
            .leaves
            .iter()
            .filter_map(|leaf| tree.find(leaf))
            .collect();
        let mut followed = Vec::new();
        for leaf in there.iter().filter(|_| !planted(Mutant::NobodyJoins)) {
            let above = tree.path(*leaf).skip(1).enumerate();
            let above: Vec<(usize, At)> = above.filter(|(_, at)| there.contains(at)).collect();
            let Some((farthest, _)) = above.last() else {
                continue;
            };
            let live = above.iter().map(|(_, at)| tree.node(*at));
            let live = live.filter(|node| !node.deleted);
            followed.extend(live.map(|node| node.revision.clone()));
            // One whose text is not here was replaced here: what replaced it brings the same history.
            if tree.node(*leaf).has_body {
                let held = read_node(sql, stored.key(*leaf))?;
                let ancestors = (farthest + 1).max(ANCESTORS);
                let again = offered(sql, &row.id, &stored, *leaf, held, ancestors)?;
                owed.again.push(again);
            }
        }
        let mut forgotten = Vec::new();
        for leaf in tree.live_leaves() {
            // That an older one is named is no word about this one: somebody else has just offered that again.
            if there.contains(&leaf) || there.is_empty() || Some(leaf) == stored.draft_parent() {
                continue;
            }
            if let Some(remote) = remote
                && is_known(sql, remote, stored.key(leaf))?
                && !planted(Mutant::ForgottenIsNotOffered)
            {
                forgotten.push(tree.node(leaf).revision.clone());
            }
        }
        if !(followed.is_empty() && forgotten.is_empty()) {
            owed.documents.push(OwedOfDocument {
                doc: document.doc,
                followed,
                forgotten,
            });
        }
    }
    Ok(owed)
}

fn is_known(sql: &Connection, remote: i64, node: i64) -> Result<bool, StoreError> {
    let mut known = sql.prepare_cached("SELECT 1 FROM known WHERE node = ?1 AND remote = ?2")?;
    Ok(known.exists([node, remote])?)
}

/// Answers whether there is something to send.
pub(super) fn put_owed(
    txn: &mut Txn<'_>,
    remote: &RemoteId,
    documents: &[OwedOfDocument],
) -> Result<bool, StoreError> {
    let remote = remotes::key(txn, remote)?;
    let mut any = false;
    for owed in documents {
        let mut stored = StoredTree::load(txn.sql, owed.doc)?;
        let mut changed = false;
        for revision in &owed.followed {
            if let Some(at) = stored.tree.find(revision) {
                let tombstone = stored.add_minted(txn, at, true, &Body::new(), &[])?;
                changed |= tombstone.is_some();
            }
        }
        for revision in &owed.forgotten {
            if let Some(at) = stored.tree.find(revision) {
                let mut forget = txn
                    .sql
                    .prepare_cached("DELETE FROM known WHERE node = ?1 AND remote = ?2")?;
                changed |= forget.execute([stored.key(at), remote])? > 0;
            }
        }
        if changed {
            any = true;
            let seq = txn.next_seq();
            txn.sql
                .prepare_cached("UPDATE documents SET seq = ?2 WHERE doc = ?1")?
                .execute([owed.doc, seq])?;
        }
    }
    Ok(any)
}

/// Neither known to the remote nor refused by it.
fn wants(txn: &Txn<'_>, remote: i64, doc: i64, node: i64) -> Result<bool, StoreError> {
    let mut held_or_known = txn.sql.prepare_cached(
        "SELECT 1 FROM known WHERE node = ?1 AND remote = ?2
         UNION ALL
         SELECT 1 FROM held_back WHERE doc = ?3 AND remote = ?2 AND node = ?1",
    )?;
    Ok(!held_or_known.exists(params![node, remote, doc])?)
}

/// A minted head competes with the other leaves by CouchDB's rule, and may lose its place.
pub(super) fn follow_minting(
    txn: &mut Txn<'_>,
    id: &DocId,
    stored: &StoredTree,
) -> Result<(), StoreError> {
    let shown = stored.shown();
    let row = find_document(txn.sql, id)?;
    if row.is_none_or(|row| row.head == shown) {
        return Ok(());
    }
    let conflicted = stored.live_heads().len() > 1;
    let seq = txn.move_head(stored.doc, shown, false)?;
    let Some(node) = shown else {
        return txn.show(id, stored.doc, None);
    };
    let body = read_node(txn.sql, node)?.body;
    let shown = Shown {
        body: &body,
        conflicted: Some(conflicted),
        text_changed: true,
        seq,
        is_new: false,
    };
    txn.show(id, stored.doc, Some(shown))
}

/// Strings are nearly all of a document.
fn approximate_bytes(body: &sheaf_model::Body) -> usize {
    body.iter()
        .map(|(key, value)| key.len() + value.as_str().map_or(16, str::len) + 8)
        .sum()
}
