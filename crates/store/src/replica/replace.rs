//! One side gives way to the other (`sheaf_sync::Replaceable`).
//!
//! A document that differs is taken out whole and what the remote has is put in its place: nothing
//! is merged, so nothing of the old has to be told from the new afterwards. What goes out of view
//! stays as a snapshot, and the whole database was copied before any of this began.

use std::collections::{HashSet, VecDeque};

use rusqlite::{Connection, OptionalExtension, params};
use sheaf_model::{Body, DEFAULT_NOTEBOOK_ID, DocId, Kind, Revision, winner_order};
use sheaf_sync::{
    ChangedLeaves, DeletionPolicy, HeldBack, IncomingRevision, Ingested, RemoteId, Replaceable,
    Replacing, Seq,
};

use crate::{
    Origin, SnapshotReason, Store, StoreError,
    heads::{DocRow, find_document, read_attachments, read_node, stored_id},
    replica::{
        ingest, remotes,
        settle::{Before, settle},
    },
    shown::Shown,
    slice::Slice,
    stored_tree::StoredTree,
    txn::Txn,
    writer::Step,
};

const CHUNK: i64 = 64;

impl Replaceable for Store {
    async fn begin_replacing(
        &self,
        remote: &RemoteId,
        side: Option<Replacing>,
    ) -> Result<(), StoreError> {
        let remote = remote.clone();
        self.write(Origin::Sync, move |txn| begin(txn, &remote, side))
            .await
    }

    async fn replacing(&self, remote: &RemoteId) -> Result<Option<Replacing>, StoreError> {
        let remote = remote.clone();
        self.read(move |sql| replacing(sql, &remote)).await
    }

    async fn agree(
        &self,
        remote: &RemoteId,
        rows: Vec<ChangedLeaves>,
    ) -> Result<Vec<ChangedLeaves>, StoreError> {
        let remote = remote.clone();
        let mut waiting: VecDeque<_> = rows.into();
        let mut others = Vec::new();
        self.bulk(move |core| {
            let mut slice = Slice::begin(core);
            core.write(Origin::Sync, |txn| {
                let key = remotes::key(txn, &remote)?;
                while let Some(row) = waiting.pop_front() {
                    if !agrees(txn, key, &row)? {
                        others.push(row);
                    }
                    if slice.is_over() {
                        return Ok((Step::More, Vec::new()));
                    }
                }
                Ok((Step::Done, std::mem::take(&mut others)))
            })
        })
        .await
    }

    async fn replace(
        &self,
        remote: &RemoteId,
        revisions: Vec<IncomingRevision>,
    ) -> Result<(), StoreError> {
        let remote = remote.clone();
        let mut waiting: VecDeque<_> = revisions.into();
        self.bulk(move |core| {
            let mut slice = Slice::begin(core);
            core.write(Origin::Sync, |txn| {
                let key = remotes::key(txn, &remote)?;
                while let Some(first) = waiting.pop_front() {
                    let mut revisions = vec![first];
                    while waiting
                        .front()
                        .is_some_and(|next| next.id == revisions[0].id)
                    {
                        revisions.extend(waiting.pop_front());
                    }
                    replace_document(txn, key, &revisions)?;
                    if slice.is_over() {
                        return Ok((Step::More, ()));
                    }
                }
                Ok((Step::Done, ()))
            })
        })
        .await
    }

    async fn overrule(
        &self,
        remote: &RemoteId,
        revisions: Vec<IncomingRevision>,
    ) -> Result<Vec<(DocId, Revision)>, StoreError> {
        let remote = remote.clone();
        self.write(Origin::Sync, move |txn| {
            let key = remotes::key(txn, &remote)?;
            let mut live = Vec::new();
            for of_one in revisions.chunk_by(|a, b| a.id == b.id) {
                live.extend(overrule_document(txn, key, of_one)?);
            }
            Ok(live)
        })
        .await
    }

    async fn finish_replacing(
        &self,
        remote: &RemoteId,
        pulled: Seq,
        spared: Vec<DocId>,
        unreadable: Vec<HeldBack>,
    ) -> Result<(), StoreError> {
        let remote = remote.clone();
        let spared: HashSet<DocId> = spared.into_iter().collect();
        let mut after = 0;
        self.bulk(move |core| {
            let mut slice = Slice::begin(core);
            core.write(Origin::Sync, |txn| {
                let key = remotes::key(txn, &remote)?;
                if replacing(txn.sql, &remote)? == Some(Replacing::Local) {
                    let step = drop_absent(txn, key, &spared, &mut after, &mut slice)?;
                    if step == Step::More {
                        return Ok((Step::More, ()));
                    }
                }
                remotes::set_pulled(txn, &remote, Some(&pulled))?;
                remotes::keep_unreadable(txn, key, &[], &unreadable)?;
                set_replacing(txn, key, None)?;
                Ok((Step::Done, ()))
            })
        })
        .await
    }
}

fn begin(txn: &mut Txn<'_>, remote: &RemoteId, side: Option<Replacing>) -> Result<(), StoreError> {
    let key = remotes::key(txn, remote)?;
    remotes::forget(txn, key)?;
    // What is written down there is ahead of what is known from here on.
    txn.sql
        .prepare_cached("UPDATE remotes SET marker = NULL WHERE remote = ?1")?
        .execute([key])?;
    set_replacing(txn, key, side)?;
    if side == Some(Replacing::Local) {
        // From here on, what is a draft was typed after the person decided.
        mint_drafts(txn)?;
    }
    Ok(())
}

fn mint_drafts(txn: &mut Txn<'_>) -> Result<(), StoreError> {
    let mut select = txn.sql.prepare_cached(
        "SELECT documents.doc, documents.id FROM documents JOIN revisions USING (doc)
         WHERE hash IS NULL AND local_only = 0",
    )?;
    let drafts: Vec<(i64, String)> = select
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    drop(select);
    for (doc, id) in drafts {
        let mut stored = StoredTree::load(txn.sql, doc)?;
        stored.mint_draft(txn)?;
        super::outgoing::follow_minting(txn, &stored_id(&id)?, &stored)?;
    }
    Ok(())
}

fn set_replacing(txn: &Txn<'_>, key: i64, side: Option<Replacing>) -> Result<(), StoreError> {
    let word = side.map(|side| match side {
        Replacing::Local => "local",
        Replacing::Remote => "remote",
    });
    txn.sql
        .prepare_cached("UPDATE remotes SET replacing = ?2 WHERE remote = ?1")?
        .execute(params![key, word])?;
    Ok(())
}

fn replacing(sql: &Connection, remote: &RemoteId) -> Result<Option<Replacing>, StoreError> {
    let mut find = sql.prepare_cached("SELECT replacing FROM remotes WHERE id = ?1")?;
    let word: Option<Option<String>> = find.query_row([&remote.0], |row| row.get(0)).optional()?;
    Ok(match word.flatten().as_deref() {
        Some("local") => Some(Replacing::Local),
        Some("remote") => Some(Replacing::Remote),
        _ => None,
    })
}

/// Whether the leaves here are exactly those, with their texts; then the remote has them.
fn agrees(txn: &Txn<'_>, key: i64, row: &ChangedLeaves) -> Result<bool, StoreError> {
    let Some(document) = find_document(txn.sql, &row.id)? else {
        return Ok(false);
    };
    let mut select = txn.sql.prepare_cached(
        "SELECT node, generation, hash, body IS NULL FROM revisions
         WHERE doc = ?1 AND hash IS NOT NULL AND leaf = 1",
    )?;
    let mut here = HashSet::new();
    let mut nodes = Vec::new();
    let mut rows = select.query([document.doc])?;
    while let Some(leaf) = rows.next()? {
        if leaf.get(3)? {
            return Ok(false);
        }
        nodes.push(leaf.get(0)?);
        let hash = leaf.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?;
        here.insert(crate::heads::stored_revision(leaf.get(1)?, hash)?);
    }
    if here != row.leaves.iter().cloned().collect() {
        return Ok(false);
    }
    for node in nodes {
        ingest::mark_known(txn, key, node)?;
    }
    Ok(true)
}

fn replace_document(
    txn: &mut Txn<'_>,
    remote: i64,
    revisions: &[IncomingRevision],
) -> Result<(), StoreError> {
    let id = &revisions[0].id;
    let mut done = Ingested::default();
    let Some(row) = find_document(txn.sql, id)? else {
        return ingest::document(txn, remote, revisions, DeletionPolicy::Apply, &mut done);
    };
    let old = shown_text(txn.sql, &row)?;
    let draft = take_out(txn, row.doc)?;
    let mut stored = StoredTree::empty(row.doc);
    ingest::graft(txn, remote, &mut stored, revisions)?;
    if let Some(draft) = draft {
        let onto = stored.tree.winner().map(|at| stored.key(at));
        let generation = stored.tree.winner().map_or(1, |at| {
            stored.tree.node(at).revision.generation() as i64 + 1
        });
        stand_on(txn, draft, onto, generation)?;
        stored = StoredTree::load(txn.sql, row.doc)?;
    }
    let before = Before {
        // Keys may be given again; none of the old is the one that is shown from now on.
        head: row.head.map(|_| -1),
        conflicted: false,
        text: None,
    };
    settle(txn, id, &row, &mut stored, &before, DeletionPolicy::Apply)?;
    keep_old_text(txn, id, old)
}

fn overrule_document(
    txn: &mut Txn<'_>,
    remote: i64,
    theirs: &[IncomingRevision],
) -> Result<Vec<(DocId, Revision)>, StoreError> {
    let id = &theirs[0].id;
    let mut to_bury: Vec<(DocId, Revision)> = theirs
        .iter()
        .filter(|leaf| !leaf.deleted)
        .map(|leaf| (id.clone(), leaf.revision.clone()))
        .collect();
    let Some(row) = find_document(txn.sql, id)?.filter(|row| row.head.is_some()) else {
        return Ok(to_bury);
    };
    let mut stored = StoredTree::load(txn.sql, row.doc)?;
    let shown = stored
        .draft_parent()
        .or(stored.tree.live_leaves().first().copied());
    let Some(ours) = shown.map(|at| stored.tree.node(at).revision.clone()) else {
        return Ok(to_bury);
    };
    // The one that wins by CouchDB's rule among those made on top of ours.
    let above = theirs
        .iter()
        .filter(|leaf| leaf.ancestors.contains(&ours))
        .max_by(|a, b| winner_order((a.deleted, &a.revision), (b.deleted, &b.revision)));
    let Some(above) = above else {
        return Ok(to_bury);
    };
    to_bury.retain(|(_, leaf)| *leaf != above.revision);
    let text = read_node(txn.sql, row.head.ok_or(StoreError::StoredValue)?)?;
    let attachments = read_attachments(txn.sql, text.node)?;
    ingest::graft(txn, remote, &mut stored, std::slice::from_ref(above))?;
    let Some(onto) = stored.tree.find(&above.revision).map(|at| stored.key(at)) else {
        return Ok(to_bury);
    };
    let node = if text.is_draft() {
        let generation = above.revision.generation() as i64 + 1;
        stand_on(txn, text.node, Some(onto), generation)?;
        text.node
    } else {
        let base = read_node(txn.sql, onto)?;
        let node = txn.put_draft(row.doc, Some(&base), false, &text.body)?;
        for attachment in &attachments {
            txn.insert_attachment(node, attachment)?;
        }
        node
    };
    let seq = txn.move_head(row.doc, Some(node), false)?;
    txn.judge_draft(id, row.doc, &text.body, (txn.clock)())?;
    let conflicted = StoredTree::load(txn.sql, row.doc)?.live_heads().len() > 1;
    let shown = Shown {
        body: &text.body,
        conflicted: Some(conflicted),
        text_changed: true,
        is_new: false,
        seq,
    };
    txn.show(id, row.doc, Some(shown))?;
    Ok(to_bury)
}

/// Removes everything minted. Answers the draft, which then stands alone.
fn take_out(txn: &Txn<'_>, doc: i64) -> Result<Option<i64>, StoreError> {
    let mut find = txn
        .sql
        .prepare_cached("SELECT node FROM revisions WHERE doc = ?1 AND hash IS NULL")?;
    let draft: Option<i64> = find.query_row([doc], |row| row.get(0)).optional()?;
    if let Some(draft) = draft {
        stand_on(txn, draft, None, 1)?;
    }
    for sql in [
        "DELETE FROM known WHERE node IN (SELECT node FROM revisions WHERE doc = ?1 AND hash IS NOT NULL)",
        "DELETE FROM spare_bases WHERE node IN (SELECT node FROM revisions WHERE doc = ?1 AND hash IS NOT NULL)",
        "DELETE FROM attachments WHERE node IN (SELECT node FROM revisions WHERE doc = ?1 AND hash IS NOT NULL)",
        "DELETE FROM held_back WHERE doc = ?1",
        "DELETE FROM revisions WHERE doc = ?1 AND hash IS NOT NULL",
    ] {
        txn.sql.prepare_cached(sql)?.execute([doc])?;
    }
    Ok(draft)
}

fn stand_on(
    txn: &Txn<'_>,
    draft: i64,
    parent: Option<i64>,
    generation: i64,
) -> Result<(), StoreError> {
    txn.sql
        .prepare_cached("UPDATE revisions SET parent = ?2, generation = ?3 WHERE node = ?1")?
        .execute(params![draft, parent, generation])?;
    Ok(())
}

fn shown_text(sql: &Connection, row: &DocRow) -> Result<Option<Body>, StoreError> {
    row.head
        .map(|head| Ok(read_node(sql, head)?.body))
        .transpose()
}

/// What was shown and is not shown any more.
fn keep_old_text(txn: &mut Txn<'_>, id: &DocId, old: Option<Body>) -> Result<(), StoreError> {
    let Some(old) = old.filter(|_| id.kind() == Kind::Note) else {
        return Ok(());
    };
    let now = find_document(txn.sql, id)?;
    let now = match &now {
        Some(now) => shown_text(txn.sql, now)?,
        None => None,
    };
    let same = now.as_ref().is_some_and(|now| {
        ["title", "body"]
            .iter()
            .all(|key| now.get(*key) == old.get(*key))
    });
    if same {
        return Ok(());
    }
    let reason = match now {
        None => SnapshotReason::Deleted,
        Some(_) => SnapshotReason::Arrived,
    };
    let now = (txn.clock)();
    txn.keep_version(id, &old, reason, now, None)?;
    Ok(())
}

/// Documents of which the remote has nothing.
fn drop_absent(
    txn: &mut Txn<'_>,
    remote: i64,
    spared: &HashSet<DocId>,
    after: &mut i64,
    slice: &mut Slice,
) -> Result<Step, StoreError> {
    loop {
        let absent = absent(txn.sql, remote, *after)?;
        if absent.is_empty() {
            return Ok(Step::Done);
        }
        for (doc, id) in absent {
            *after = doc;
            let id = stored_id(&id)?;
            if !spared.contains(&id) {
                drop_document(txn, &id)?;
            }
            if slice.is_over() {
                return Ok(Step::More);
            }
        }
    }
}

/// The notebook that every installation has stays.
fn absent(sql: &Connection, remote: i64, after: i64) -> Result<Vec<(i64, String)>, StoreError> {
    let mut select = sql.prepare_cached(
        "SELECT doc, id FROM documents
         WHERE doc > ?1 AND local_only = 0 AND id <> ?4
           AND EXISTS (SELECT 1 FROM revisions
                       WHERE revisions.doc = documents.doc AND hash IS NOT NULL)
           AND NOT EXISTS (SELECT 1 FROM revisions JOIN known USING (node)
                           WHERE revisions.doc = documents.doc AND known.remote = ?2)
         ORDER BY doc LIMIT ?3",
    )?;
    let rows = select.query_map(params![after, remote, CHUNK, DEFAULT_NOTEBOOK_ID], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn drop_document(txn: &mut Txn<'_>, id: &DocId) -> Result<(), StoreError> {
    let Some(row) = find_document(txn.sql, id)? else {
        return Ok(());
    };
    let old = shown_text(txn.sql, &row)?;
    if take_out(txn, row.doc)?.is_some() {
        // Typed since: a new document, as far as the remote is concerned.
        return Ok(());
    }
    txn.move_head(row.doc, None, false)?;
    if row.head.is_some() {
        txn.show(id, row.doc, None)?;
    }
    keep_old_text(txn, id, old)
}
