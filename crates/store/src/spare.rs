//! Texts of ancestors that no merge should need any more, the last few of all documents.
//!
//! Which texts a merge needs follows from what remotes have (`Tree::needed_texts`), and a remote
//! has a push at once. But another device may just be writing on what was before it, for as long as
//! its connection is slow; were that text gone, the two edits would conflict although they do not
//! touch. So texts wait here until enough others came after them.

use rusqlite::OptionalExtension;

use crate::{StoreError, heads::NodeKey, txn::Txn};

const MOST_TEXTS: i64 = 1024;
const MOST_BYTES: i64 = 8 << 20;

pub(crate) fn put(txn: &Txn<'_>, node: NodeKey) -> Result<(), StoreError> {
    txn.sql
        .prepare_cached(
            "INSERT OR IGNORE INTO spare_bases (node, bytes)
             SELECT node, octet_length(body) FROM revisions WHERE node = ?1",
        )?
        .execute([node])?;
    Ok(())
}

pub(crate) fn need_again(txn: &Txn<'_>, node: NodeKey) -> Result<(), StoreError> {
    txn.sql
        .prepare_cached("DELETE FROM spare_bases WHERE node = ?1")?
        .execute([node])?;
    Ok(())
}

pub(crate) fn forget_oldest(txn: &Txn<'_>) -> Result<(), StoreError> {
    let mut sum = txn
        .sql
        .prepare_cached("SELECT count(*), coalesce(sum(bytes), 0) FROM spare_bases")?;
    let (mut texts, mut bytes): (i64, i64) =
        sum.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    while texts > MOST_TEXTS || bytes > MOST_BYTES {
        let mut oldest = txn
            .sql
            .prepare_cached("SELECT node, bytes FROM spare_bases ORDER BY place LIMIT 1")?;
        let oldest = oldest.query_row([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)));
        let Some((node, size)) = oldest.optional()? else {
            return Ok(());
        };
        forget(txn, node)?;
        texts -= 1;
        bytes -= size;
    }
    Ok(())
}

pub(crate) fn forget(txn: &Txn<'_>, node: NodeKey) -> Result<(), StoreError> {
    for sql in [
        "UPDATE revisions SET body = NULL WHERE node = ?1",
        "DELETE FROM attachments WHERE node = ?1",
    ] {
        txn.sql.prepare_cached(sql)?.execute([node])?;
    }
    need_again(txn, node)
}
