//! What a remote said to what it was offered.

use rusqlite::{Connection, OptionalExtension, params};
use sheaf_model::{DocId, Revision};
use sheaf_sync::{
    Acknowledgement, RemoteId,
    mutant::{Mutant, planted},
};

use crate::{
    ActivityKind, HeldBack, StoreError, activity,
    heads::find_document,
    later,
    replica::{ingest::mark_known, remotes},
    stored_tree::StoredTree,
    txn::Txn,
};

pub(super) fn acknowledge(
    txn: &mut Txn<'_>,
    remote: &RemoteId,
    answer: &Acknowledgement,
) -> Result<(), StoreError> {
    let remote = remotes::key(txn, remote)?;
    if answer.accepted.len() >= later::MANY {
        txn.note_numbers_only();
    }
    let mut last = None;
    let taken = answer.accepted.iter().map(|taken| (taken, true));
    let had = answer.had.iter().map(|had| (had, false));
    for ((id, revision), is_new_there) in taken.chain(had) {
        let Some((doc, node)) = find_node(txn.sql, id, revision)? else {
            continue;
        };
        let is_news = mark_known(txn, remote, node)?;
        // Leaves of one document that follow each other are told as one.
        if is_news && is_new_there && last.replace(id) != Some(id) {
            let deleted = is_deleted(txn.sql, node)?;
            txn.note(remote, ActivityKind::Pushed, id.as_str(), deleted);
        }
        let_travel(txn, remote, doc, node)?;
        shed(txn, doc)?;
    }
    for refusal in &answer.refused {
        let Some((doc, node)) = find_node(txn.sql, &refusal.id, &refusal.revision)? else {
            continue;
        };
        let reason = HeldBack::Refused {
            detail: refusal.reason.clone(),
        };
        let now = (txn.clock)();
        txn.hold_back(doc, remote, Some(node), &reason, now)?;
        let kind = ActivityKind::Quarantined;
        txn.note_with(remote, kind, refusal.id.as_str(), false, Some(&reason));
    }
    if let Some(pushed) = answer.pushed {
        let pushed = if planted(Mutant::EverythingIsAcknowledged) {
            txn.last_seq().unsigned_abs()
        } else {
            pushed.0
        };
        txn.sql
            .prepare_cached("UPDATE remotes SET pushed = ?2 WHERE remote = ?1")?
            .execute(params![remote, pushed as i64])?;
    }
    Ok(())
}

fn find_node(
    sql: &Connection,
    id: &DocId,
    revision: &Revision,
) -> Result<Option<(i64, i64)>, StoreError> {
    let Some(row) = find_document(sql, id)? else {
        return Ok(None);
    };
    let mut find = sql.prepare_cached(
        "SELECT node FROM revisions WHERE doc = ?1 AND generation = ?2 AND hash = ?3",
    )?;
    let key = params![row.doc, revision.generation() as i64, revision.hash()];
    let node = find.query_row(key, |row| row.get(0)).optional()?;
    Ok(node.map(|node| (row.doc, node)))
}

/// What was taken is not held back any more, nor is what has been followed by something else since. Another leaf of the
/// document that was refused stays so: nobody would offer it again otherwise, and nobody would be told.
fn let_travel(txn: &Txn<'_>, remote: i64, doc: i64, taken: i64) -> Result<(), StoreError> {
    let mut release = txn.sql.prepare_cached(
        "DELETE FROM held_back WHERE doc = ?1 AND remote = ?2
         AND NOT EXISTS (SELECT 1 FROM revisions
                         WHERE revisions.node = held_back.node AND leaf = 1 AND node <> ?3)",
    )?;
    release.execute([doc, remote, taken])?;
    Ok(())
}

fn is_deleted(sql: &Connection, node: i64) -> Result<bool, StoreError> {
    let mut deleted = sql.prepare_cached("SELECT deleted FROM revisions WHERE node = ?1")?;
    Ok(deleted.query_row([node], |row| row.get(0))?)
}

/// A new revision is known elsewhere: older ones are no base of a merge any more.
fn shed(txn: &mut Txn<'_>, doc: i64) -> Result<(), StoreError> {
    let mut texts = txn
        .sql
        .prepare_cached("SELECT count(*) FROM revisions WHERE doc = ?1 AND body IS NOT NULL")?;
    let texts: i64 = texts.query_row([doc], |row| row.get(0))?;
    if texts > 1 {
        StoredTree::load(txn.sql, doc)?.shed_texts(txn)?;
    }
    Ok(())
}

/// Documents with something for the remote that can travel.
pub(crate) fn waiting(sql: &Connection, remote: &RemoteId) -> Result<u32, StoreError> {
    let (key, pushed) = sql
        .prepare_cached("SELECT remote, pushed FROM remotes WHERE id = ?1")?
        .query_row([&remote.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?
        .unwrap_or((-1_i64, 0_i64));
    let mut count = sql.prepare_cached(
        "SELECT count(*) FROM documents
         WHERE seq > ?1 AND local_only = 0
           AND NOT EXISTS (SELECT 1 FROM held_back
                           WHERE held_back.doc = documents.doc AND remote IN (0, ?2))
           AND EXISTS (SELECT 1 FROM revisions
                       WHERE revisions.doc = documents.doc
                         AND (hash IS NULL OR (leaf = 1 AND NOT EXISTS (
                             SELECT 1 FROM known
                             WHERE known.node = revisions.node AND known.remote = ?2))))",
    )?;
    Ok(count.query_row([pushed, key], |row| row.get(0))?)
}

/// Puts refused documents into the journal again: all but those that are skipped, or one. What a
/// list shows of them stays.
pub(crate) fn retry_refused(
    txn: &mut Txn<'_>,
    remote: &RemoteId,
    only: Option<&str>,
) -> Result<u32, StoreError> {
    let Some(remote) = remotes::find(txn.sql, remote)? else {
        return Ok(0);
    };
    let mut refused = txn.sql.prepare_cached(&format!(
        "SELECT doc FROM held_back JOIN documents USING (doc)
         WHERE remote = ?1 AND (documents.id = ?2 OR ?2 IS NULL AND NOT {})",
        activity::is_skipped()
    ))?;
    let docs: Vec<i64> = refused
        .query_map(params![remote, only], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for doc in &docs {
        let seq = txn.next_seq();
        txn.sql
            .prepare_cached("UPDATE documents SET seq = ?2 WHERE doc = ?1")?
            .execute([*doc, seq])?;
        txn.sql
            .prepare_cached("DELETE FROM held_back WHERE remote = ?1 AND doc = ?2")?
            .execute([remote, *doc])?;
    }
    Ok(u32::try_from(docs.len()).unwrap_or(u32::MAX))
}
