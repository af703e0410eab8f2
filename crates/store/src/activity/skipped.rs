//! Documents that do not travel and that the person wants to hear no more of.

use rusqlite::{Connection, params};
use sheaf_sync::RemoteId;

use super::ActivityKind;
use crate::{HeldBack, StoreError, held, replica, txn::Txn};

/// SQL: the document `documents.doc` is skipped for the remote `?1`.
pub(crate) const fn is_skipped() -> &'static str {
    "EXISTS (SELECT 1 FROM skipped WHERE skipped.remote = ?1 AND skipped.id = documents.id)"
}

pub(super) fn list(
    sql: &Connection,
    remote: &RemoteId,
) -> Result<Vec<(String, HeldBack)>, StoreError> {
    let mut select = sql.prepare_cached(
        "SELECT skipped.id, reason FROM skipped JOIN remotes USING (remote)
         WHERE remotes.id = ?1 ORDER BY skipped.id",
    )?;
    let rows = select.query_map([&remote.0], |row| {
        Ok((row.get(0)?, held::read(row.get_ref(1)?.as_str()?)))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn skip(
    txn: &mut Txn<'_>,
    remote: &RemoteId,
    id: &str,
    reason: &HeldBack,
) -> Result<(), StoreError> {
    let remote = replica::remote_key(txn, remote)?;
    txn.sql
        .prepare_cached("INSERT OR REPLACE INTO skipped VALUES (?1, ?2, ?3)")?
        .execute(params![remote, id, held::written(reason)])?;
    txn.note_with(remote, ActivityKind::Skipped, id, false, Some(reason));
    txn.sidebar_changed();
    Ok(())
}

pub(super) fn unskip(
    txn: &mut Txn<'_>,
    remote: &RemoteId,
    ids: &[String],
) -> Result<bool, StoreError> {
    let Some(remote) = replica::find(txn.sql, remote)? else {
        return Ok(false);
    };
    let mut any = false;
    for id in ids {
        any |= txn
            .sql
            .prepare_cached("DELETE FROM skipped WHERE remote = ?1 AND id = ?2")?
            .execute(params![remote, id])?
            > 0;
    }
    if any {
        txn.sidebar_changed();
    }
    Ok(any)
}
