//! Attachment bytes that no document names any more.
//!
//! They wait before they go: a deletion is taken back, a version is restored, a document that names
//! them is still on its way. When the waiting began is written down, because the age of a file says
//! when it was written and not when its last name went.

use rusqlite::OptionalExtension;
use sheaf_model::Millis;
use sheaf_sync::BlobId;

use crate::{StoreError, attachment, txn::Txn};

/// Deletes what has waited for `wait` and lets begin to wait what has lost its last name.
pub(crate) fn collect(txn: &mut Txn<'_>, now: Millis, wait: Millis) -> Result<u32, StoreError> {
    // Also judged by the age of the file: bytes that were uploaded again a moment ago have a record
    // from their former life and a document that is not written yet.
    let old = txn.blobs.older_than(now - wait)?;
    let mut waiting = Vec::new();
    for blob in old {
        if !attachment::is_named(txn.sql, &blob)? {
            waiting.push(blob);
        }
    }
    forget_the_named(txn)?;
    let mut gone = 0;
    for blob in waiting {
        if now - since(txn, &blob, now)? >= wait {
            txn.blobs.delete(&blob)?;
            forget(txn, &blob)?;
            gone += 1;
        }
    }
    Ok(gone)
}

/// When the waiting began: now, unless it had begun before. A clock that was set back begins anew.
fn since(txn: &Txn<'_>, blob: &BlobId, now: Millis) -> Result<Millis, StoreError> {
    let known: Option<Millis> = txn
        .sql
        .prepare_cached("SELECT since FROM unnamed_blobs WHERE blob = ?1")?
        .query_row([&blob.0], |row| row.get(0))
        .optional()?;
    if let Some(since) = known.filter(|since| *since <= now) {
        return Ok(since);
    }
    txn.sql
        .prepare_cached("INSERT OR REPLACE INTO unnamed_blobs (blob, since) VALUES (?1, ?2)")?
        .execute((&blob.0, now))?;
    Ok(now)
}

fn forget_the_named(txn: &Txn<'_>) -> Result<(), StoreError> {
    txn.sql
        .prepare_cached(
            "DELETE FROM unnamed_blobs
             WHERE EXISTS (SELECT 1 FROM attachments WHERE attachments.blob = unnamed_blobs.blob)",
        )?
        .execute([])?;
    Ok(())
}

fn forget(txn: &Txn<'_>, blob: &BlobId) -> Result<(), StoreError> {
    txn.sql
        .prepare_cached("DELETE FROM unnamed_blobs WHERE blob = ?1")?
        .execute([&blob.0])?;
    Ok(())
}
