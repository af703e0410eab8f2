//! What is known of each remote: who it is, how far it is known, how it is reached.

use rusqlite::{Connection, OptionalExtension, params};
use sheaf_model::{DocId, Millis};
use sheaf_sync::{
    Checkpoint, HeldBack, Identity, LocalSeq, RemoteId, RemoteState, Seq,
    mutant::{Mutant, planted},
};

use crate::{ActivityKind, StoreError, txn::Txn};

pub(crate) fn find(sql: &Connection, remote: &RemoteId) -> Result<Option<i64>, StoreError> {
    let mut find = sql.prepare_cached("SELECT remote FROM remotes WHERE id = ?1")?;
    Ok(find.query_row([&remote.0], |row| row.get(0)).optional()?)
}

/// The key of a remote, given now when it is new.
pub(crate) fn key(txn: &Txn<'_>, remote: &RemoteId) -> Result<i64, StoreError> {
    if let Some(key) = find(txn.sql, remote)? {
        return Ok(key);
    }
    Ok(txn
        .sql
        .prepare_cached("INSERT INTO remotes (id) VALUES (?1)")?
        .insert([&remote.0])?)
}

pub(super) fn state(sql: &Connection, remote: &RemoteId) -> Result<RemoteState, StoreError> {
    let mut find = sql.prepare_cached(
        "SELECT met, marker, instance, pulled, pushed FROM remotes WHERE id = ?1",
    )?;
    let row = find.query_row([&remote.0], |row| {
        let identity = Identity {
            marker: row.get(1)?,
            instance: row.get(2)?,
        };
        let met: bool = row.get(0)?;
        Ok((
            met.then_some(identity),
            row.get::<_, Option<String>>(3)?,
            row.get::<_, i64>(4)?,
        ))
    });
    let Some((identity, pulled, pushed)) = row.optional()? else {
        return Ok(RemoteState::default());
    };
    let pulled = pulled
        .map(|text| serde_json::from_str(&text).map(Seq))
        .transpose()?;
    let checkpoint = Checkpoint {
        pulled,
        pushed: LocalSeq(pushed.unsigned_abs()),
    };
    Ok(RemoteState {
        identity,
        checkpoint,
    })
}

pub(super) fn set_identity(
    txn: &mut Txn<'_>,
    remote: &RemoteId,
    identity: &Identity,
    forget_checkpoint: bool,
) -> Result<(), StoreError> {
    let key = key(txn, remote)?;
    txn.sql
        .prepare_cached("UPDATE remotes SET met = 1, marker = ?2, instance = ?3 WHERE remote = ?1")?
        .execute(params![key, identity.marker, identity.instance])?;
    if forget_checkpoint {
        if planted(Mutant::DeleteByAbsence) {
            delete_known(txn, key)?;
        }
        forget(txn, key)?;
    }
    Ok(())
}

/// Both directions start again from nothing.
pub(super) fn forget(txn: &Txn<'_>, key: i64) -> Result<(), StoreError> {
    for sql in [
        "UPDATE remotes SET pulled = NULL, pushed = 0 WHERE remote = ?1",
        "DELETE FROM known WHERE remote = ?1",
        "DELETE FROM held_back WHERE remote = ?1",
        "DELETE FROM unreadable WHERE remote = ?1",
        "DELETE FROM records WHERE remote = ?1",
        "DELETE FROM skipped WHERE remote = ?1",
    ] {
        txn.sql.execute(sql, [key])?;
    }
    Ok(())
}

/// What changed after `to` may be unknown to the remote again. Everything that was learned about a document since gave it
/// a later place in the journal, or came before the place that `to` names.
pub(super) fn go_back(txn: &Txn<'_>, remote: &RemoteId, to: &Checkpoint) -> Result<(), StoreError> {
    let key = key(txn, remote)?;
    let pulled = to
        .pulled
        .as_ref()
        .map(|Seq(value)| serde_json::to_string(value))
        .transpose()?;
    let pushed = i64::try_from(to.pushed.0).unwrap_or(i64::MAX);
    txn.sql
        .prepare_cached("UPDATE remotes SET pulled = ?2, pushed = ?3 WHERE remote = ?1")?
        .execute(params![key, pulled, pushed])?;
    txn.sql
        .prepare_cached(
            "DELETE FROM known WHERE remote = ?1 AND node IN (
                 SELECT node FROM revisions JOIN documents USING (doc) WHERE documents.seq > ?2)",
        )?
        .execute([key, pushed])?;
    Ok(())
}

/// Documents that were taken in are readable now, whatever they were before.
pub(super) fn keep_unreadable(
    txn: &mut Txn<'_>,
    key: i64,
    taken_in: &[DocId],
    unreadable: &[HeldBack],
) -> Result<(), StoreError> {
    let any = txn
        .sql
        .prepare_cached("SELECT 1 FROM unreadable WHERE remote = ?1")?
        .exists([key])?;
    if any {
        let mut forget = txn
            .sql
            .prepare_cached("DELETE FROM unreadable WHERE remote = ?1 AND id = ?2")?;
        for id in taken_in {
            forget.execute(params![key, id.as_str()])?;
        }
    }
    for document in unreadable {
        if !document.is_held() {
            txn.sql
                .prepare_cached("DELETE FROM unreadable WHERE remote = ?1 AND id = ?2")?
                .execute(params![key, document.id])?;
            continue;
        }
        let reason = crate::HeldBack::Malformed {
            detail: document.reason.clone(),
        };
        txn.note_with(
            key,
            ActivityKind::Quarantined,
            &document.id,
            false,
            Some(&reason),
        );
        txn.sql
            .prepare_cached(
                "INSERT INTO unreadable VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (remote, id) DO UPDATE SET reason = ?3",
            )?
            .execute(params![key, document.id, document.reason, (txn.clock)()])?;
    }
    Ok(())
}

/// What of the remote could not be taken in, and since when.
pub(crate) fn unreadable(
    sql: &Connection,
    remote: &RemoteId,
) -> Result<Vec<(HeldBack, Millis)>, StoreError> {
    let mut select = sql.prepare_cached(
        "SELECT unreadable.id, reason, since FROM unreadable JOIN remotes USING (remote)
         WHERE remotes.id = ?1 ORDER BY since, unreadable.id",
    )?;
    let rows = select.query_map([&remote.0], |row| {
        let document = HeldBack {
            id: row.get(0)?,
            reason: row.get(1)?,
        };
        Ok((document, row.get(2)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn delete_known(txn: &mut Txn<'_>, remote: i64) -> Result<(), StoreError> {
    let mut known = txn.sql.prepare(
        "SELECT DISTINCT doc FROM revisions JOIN known USING (node) WHERE known.remote = ?1",
    )?;
    let docs: Vec<i64> = known
        .query_map([remote], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for doc in docs {
        let id = crate::heads::document_id(txn.sql, doc)?;
        txn.delete_document(&id)?;
    }
    Ok(())
}

pub(super) fn set_pulled(
    txn: &Txn<'_>,
    remote: &RemoteId,
    pulled: Option<&Seq>,
) -> Result<(), StoreError> {
    let Some(Seq(value)) = pulled else {
        return Ok(());
    };
    let key = key(txn, remote)?;
    txn.sql
        .prepare_cached("UPDATE remotes SET pulled = ?2 WHERE remote = ?1")?
        .execute(params![key, serde_json::to_string(value)?])?;
    Ok(())
}

pub(crate) fn config(
    sql: &Connection,
    remote: &RemoteId,
) -> Result<Option<serde_json::Value>, StoreError> {
    let mut find = sql.prepare_cached("SELECT config FROM remotes WHERE id = ?1")?;
    let text = find
        .query_row([&remote.0], |row| row.get::<_, Option<String>>(0))
        .optional()?;
    Ok(text
        .flatten()
        .map(|text| serde_json::from_str(&text))
        .transpose()?)
}

pub(crate) fn put_config(
    txn: &Txn<'_>,
    remote: &RemoteId,
    config: &serde_json::Value,
) -> Result<(), StoreError> {
    let key = key(txn, remote)?;
    txn.sql
        .prepare_cached("UPDATE remotes SET config = ?2 WHERE remote = ?1")?
        .execute(params![key, serde_json::to_string(config)?])?;
    Ok(())
}
