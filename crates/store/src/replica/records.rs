//! What a remote of items needs beyond the port of revision trees (`sheaf_sync::RecordReplica`).

use std::collections::VecDeque;

use rusqlite::{Connection, OptionalExtension, params};
use sheaf_model::{Body, DocId};
use sheaf_sync::{
    Acknowledgement, HeldBack, Incoming, Ingested, OutgoingAttachment, OutgoingRevision, Record,
    RecordReplica, RemoteId,
    mutant::{Mutant, planted},
    step,
};

use super::{acknowledge, ingest, outgoing::ANCESTORS, remotes};
use crate::{
    Origin, Store, StoreError,
    edit::Manner,
    heads::{find_document, read_attachments, read_head, read_node},
    later,
    slice::Slice,
    stored_tree::StoredTree,
    txn::Txn,
    writer::Step,
};

impl RecordReplica for Store {
    async fn records(
        &self,
        remote: &RemoteId,
        keys: Vec<String>,
    ) -> Result<Vec<Record>, StoreError> {
        let remote = remote.clone();
        self.read(move |sql| find(sql, &remote, keys)).await
    }

    async fn records_with_prefix(
        &self,
        remote: &RemoteId,
        prefix: &str,
    ) -> Result<Vec<Record>, StoreError> {
        let (remote, prefix) = (remote.clone(), prefix.to_owned());
        self.read(move |sql| with_prefix(sql, &remote, &prefix))
            .await
    }

    async fn put_records(&self, remote: &RemoteId, records: Vec<Record>) -> Result<(), StoreError> {
        let remote = remote.clone();
        self.write(Origin::Sync, move |txn| put(txn, &remote, &records))
            .await
    }

    async fn ingest_with(
        &self,
        remote: &RemoteId,
        batch: Incoming,
        records: Vec<Record>,
    ) -> Result<Ingested, StoreError> {
        let taken_in: Vec<DocId> = batch.revisions.iter().map(|new| new.id.clone()).collect();
        let mut waiting: VecDeque<_> = batch.revisions.into();
        let remote = remote.clone();
        let mut total = Ingested::default();
        let many = waiting.len() >= later::MANY;
        self.bulk(move |core| {
            let mut slice = Slice::begin(core);
            core.write(Origin::Sync, |txn| {
                txn.words_later = many;
                if many {
                    txn.note_numbers_only();
                }
                ingest::slice(
                    txn,
                    &remote,
                    &mut waiting,
                    batch.deletions,
                    &mut slice,
                    &mut total,
                )?;
                if !waiting.is_empty() {
                    if planted(Mutant::CheckpointWithTheFirstSlice) {
                        remotes::set_pulled(txn, &remote, batch.pulled.as_ref())?;
                    }
                    return Ok((Step::More, total.clone()));
                }
                // With the last of the data they vouch for, in one transaction.
                let key = remotes::key(txn, &remote)?;
                remotes::keep_unreadable(txn, key, &taken_in, &batch.unreadable)?;
                remotes::set_pulled(txn, &remote, batch.pulled.as_ref())?;
                put(txn, &remote, &records)?;
                Ok((Step::Done, total.clone()))
            })
            .inspect(|_| step::reached("store: slice committed"))
        })
        .await
    }

    async fn tell_unopened(
        &self,
        remote: &RemoteId,
        unopened: Vec<HeldBack>,
    ) -> Result<(), StoreError> {
        self.told_unopened(remote, unopened).await
    }

    async fn acknowledge_with(
        &self,
        remote: &RemoteId,
        answer: Acknowledgement,
        records: Vec<Record>,
    ) -> Result<(), StoreError> {
        let remote = remote.clone();
        self.bulk(move |core| {
            core.write(Origin::Sync, |txn| {
                acknowledge::acknowledge(txn, &remote, &answer)?;
                put(txn, &remote, &records)
            })?;
            Ok((Step::Done, ()))
        })
        .await
    }

    async fn leaves(&self, ids: Vec<DocId>) -> Result<Vec<OutgoingRevision>, StoreError> {
        self.read(move |sql| {
            let mut found = Vec::new();
            for id in &ids {
                leaves_of(sql, id, &mut found)?;
            }
            Ok(found)
        })
        .await
    }

    async fn offer_again(&self, remote: &RemoteId, ids: Vec<DocId>) -> Result<(), StoreError> {
        let remote = remote.clone();
        self.write(Origin::Sync, move |txn| {
            let remote = remotes::key(txn, &remote)?;
            for id in &ids {
                let Some(row) = find_document(txn.sql, id)? else {
                    continue;
                };
                let mut forget = txn.sql.prepare_cached(
                    "DELETE FROM known WHERE remote = ?2
                     AND node IN (SELECT node FROM revisions WHERE doc = ?1)",
                )?;
                forget.execute([row.doc, remote])?;
                drop(forget);
                let seq = txn.next_seq();
                txn.sql
                    .prepare_cached("UPDATE documents SET seq = ?2 WHERE doc = ?1")?
                    .execute([row.doc, seq])?;
            }
            Ok::<_, StoreError>(())
        })
        .await
    }

    async fn in_view(&self, ids: Vec<DocId>) -> Result<Vec<(DocId, Body)>, StoreError> {
        self.read(move |sql| {
            let mut found = Vec::new();
            for id in ids {
                let head = find_document(sql, &id)?.and_then(|row| row.head);
                if let Some(head) = head {
                    found.push((id, read_node(sql, head)?.body));
                }
            }
            Ok(found)
        })
        .await
    }

    async fn amend(&self, edits: Vec<(DocId, Body)>) -> Result<(), StoreError> {
        self.write(Origin::Sync, move |txn| {
            for (id, body) in edits {
                amend_one(txn, &id, body)?;
            }
            Ok::<_, StoreError>(())
        })
        .await
    }
}

fn amend_one(txn: &mut Txn<'_>, id: &DocId, body: Body) -> Result<(), StoreError> {
    let (row, head) = match read_head(txn.sql, id) {
        Ok(found) => found,
        Err(StoreError::NotFound(_)) => return Ok(()),
        Err(error) => return Err(error),
    };
    let text_changed = ["title", "body"]
        .iter()
        .any(|key| head.body.get(*key) != body.get(*key));
    let manner = Manner {
        now: (txn.clock)(),
        text_changed,
        stays_local: false,
    };
    txn.edit_document(id, &row, &head, body, manner)?;
    Ok(())
}

fn find(sql: &Connection, remote: &RemoteId, keys: Vec<String>) -> Result<Vec<Record>, StoreError> {
    let Some(remote) = remotes::find(sql, remote)? else {
        return Ok(Vec::new());
    };
    let mut select =
        sql.prepare_cached("SELECT value FROM records WHERE remote = ?1 AND key = ?2")?;
    let mut found = Vec::with_capacity(keys.len());
    for key in keys {
        let value: Option<String> = select
            .query_row(params![remote, key], |row| row.get(0))
            .optional()?;
        if value.is_some() {
            found.push(Record { key, value });
        }
    }
    Ok(found)
}

fn with_prefix(
    sql: &Connection,
    remote: &RemoteId,
    prefix: &str,
) -> Result<Vec<Record>, StoreError> {
    let Some(remote) = remotes::find(sql, remote)? else {
        return Ok(Vec::new());
    };
    let mut select = sql.prepare_cached(
        "SELECT key, value FROM records
         WHERE remote = ?1 AND key >= ?2 AND substr(key, 1, length(?2)) = ?2 ORDER BY key",
    )?;
    let rows = select.query_map(params![remote, prefix], |row| {
        Ok(Record {
            key: row.get(0)?,
            value: Some(row.get(1)?),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn put(txn: &Txn<'_>, remote: &RemoteId, records: &[Record]) -> Result<(), StoreError> {
    if records.is_empty() {
        return Ok(());
    }
    let remote = remotes::key(txn, remote)?;
    let mut keep = txn.sql.prepare_cached(
        "INSERT OR REPLACE INTO records (remote, key, value) VALUES (?1, ?2, ?3)",
    )?;
    let mut forget = txn
        .sql
        .prepare_cached("DELETE FROM records WHERE remote = ?1 AND key = ?2")?;
    for record in records {
        match &record.value {
            Some(value) => keep.execute(params![remote, record.key, value])?,
            None => forget.execute(params![remote, record.key])?,
        };
    }
    Ok(())
}

fn leaves_of(
    sql: &Connection,
    id: &DocId,
    found: &mut Vec<OutgoingRevision>,
) -> Result<(), StoreError> {
    let Some(row) = find_document(sql, id)? else {
        return Ok(());
    };
    let stored = StoredTree::load(sql, row.doc)?;
    for leaf in stored.tree.leaves() {
        let node = stored.tree.node(leaf);
        if !node.has_body {
            continue;
        }
        let held = read_node(sql, stored.key(leaf))?;
        let attachments = read_attachments(sql, held.node)?
            .into_iter()
            .map(|held| OutgoingAttachment {
                meta: held.meta,
                blob: held.blob,
            })
            .collect();
        let ancestors = stored.tree.path(leaf).skip(1).take(ANCESTORS);
        found.push(OutgoingRevision {
            id: id.clone(),
            revision: node.revision.clone(),
            ancestors: ancestors
                .map(|at| stored.tree.node(at).revision.clone())
                .collect(),
            deleted: node.deleted,
            body: held.body,
            attachments,
        });
    }
    Ok(())
}
