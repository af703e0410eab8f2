//! The table `items` and the sync call over it.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, params};
use sheaf_protocol::{IntegrityEntry, Micros};

use crate::{
    storage::{StorageError, SyncAnswer, SyncCall, UserId},
    sync::{
        Account, Decision, Held, ITEMS_KEY, Page, PageRequest, Plan, Position, Row, answer,
        mismatches as differences, plan,
    },
};

const COLUMNS: &str = "uuid, content_type, content, enc_item_key, items_key_id, auth_hash,
    duplicate_of, deleted, created_at, updated_at, commit_no";

/// Nothing to save: reads a snapshot.
pub(super) fn sync_reading(
    db: &Connection,
    user: &UserId,
    call: &SyncCall,
) -> Result<SyncAnswer, StorageError> {
    let tx = db.unchecked_transaction()?;
    let (number, account) = account(&tx, user)?;
    let (page, retrieved) = retrieve(&tx, number, &account, call)?;
    let integrity = integrity_times(&tx, number, call.integrity)?;
    Ok(answer(
        call,
        page,
        &retrieved,
        Decision::default(),
        account.counter,
        integrity,
    ))
}

/// Runs inside the writer's transaction, which holds the write lock: nothing can be saved between
/// reading the changes and handing out the token.
pub(super) fn sync_writing(
    db: &Connection,
    user: &UserId,
    mut call: SyncCall,
) -> Result<SyncAnswer, StorageError> {
    let (number, account) = account(db, user)?;
    let (position, page) = retrieve(db, number, &account, &call)?;
    let sent = std::mem::take(&mut call.sent);
    let uuids = sent
        .iter()
        .filter_map(|item| Some(item.as_ref().ok()?.uuid.as_str()));
    let existing = rows(db, number, uuids)?;
    let Plan {
        decision,
        counter,
        growth,
    } = plan(&call, sent, account, &page, existing)?;
    save(db, number, &decision.saves)?;
    db.prepare_cached("UPDATE users SET counter = ?2, bytes = bytes + ?3 WHERE number = ?1")?
        .execute(params![number, counter as i64, growth])?;
    let integrity = integrity_times(db, number, call.integrity)?;
    Ok(answer(&call, position, &page, decision, counter, integrity))
}

fn account(tx: &Connection, user: &UserId) -> Result<(i64, Account), StorageError> {
    tx.prepare_cached("SELECT number, counter, bytes FROM users WHERE id = ?1 AND NOT disabled")?
        .query_row([&user.0], |row| {
            let counter: i64 = row.get(1)?;
            let bytes: i64 = row.get(2)?;
            Ok((
                row.get(0)?,
                Account {
                    counter: counter as u64,
                    bytes: bytes.max(0) as u64,
                },
            ))
        })
        .optional()?
        .ok_or(StorageError::NoSuchUser)
}

fn retrieve(
    tx: &Connection,
    number: i64,
    account: &Account,
    call: &SyncCall,
) -> Result<(Position, Page), StorageError> {
    let request = PageRequest::new(
        call.sync_token.as_deref(),
        call.cursor_token.as_deref(),
        call.limit,
        account.counter,
    )
    .map_err(|_| StorageError::Token)?;
    let position = request.position;
    let mut page = Page::default();
    if position.beginning && call.content_type.is_none() {
        page.rows = query(
            tx,
            &format!(
                "SELECT {COLUMNS} FROM items
                 WHERE user = ?1 AND content_type = ?2 AND NOT deleted ORDER BY commit_no"
            ),
            params![number, ITEMS_KEY],
        )?;
    }
    let until = position.first_sync_until.unwrap_or(0);
    let sql = format!(
        "SELECT {COLUMNS} FROM items
         WHERE user = ?1 AND commit_no > ?2
           AND (commit_no > ?3 OR (NOT deleted AND (?4 IS NOT NULL OR content_type IS NOT '{ITEMS_KEY}')))
           AND (?4 IS NULL OR content_type = ?4)
         ORDER BY commit_no"
    );
    let mut statement = tx.prepare_cached(&sql)?;
    let mut found = statement.query(params![
        number,
        position.after as i64,
        until as i64,
        call.content_type
    ])?;
    let (mut items, mut bytes) = (0, 0);
    while let Some(row) = found.next()? {
        if items == request.limit || bytes > call.page_bytes {
            page.more = true;
            break;
        }
        let row = read(row)?;
        bytes += row.payload_bytes();
        items += 1;
        page.last = Some(row.commit);
        page.rows.push(row);
    }
    Ok((position, page))
}

fn rows<'a>(
    tx: &Connection,
    number: i64,
    uuids: impl Iterator<Item = &'a str>,
) -> Result<HashMap<String, Row>, StorageError> {
    let sql = format!("SELECT {COLUMNS} FROM items WHERE user = ?1 AND uuid = ?2");
    let mut statement = tx.prepare_cached(&sql)?;
    let mut rows = HashMap::new();
    for uuid in uuids {
        if let Some(row) = statement
            .query_row(params![number, uuid], read)
            .optional()?
        {
            rows.insert(row.uuid.clone(), row);
        }
    }
    Ok(rows)
}

/// The next items of an account in the order of their commits.
pub(super) fn after(
    db: &Connection,
    user: &UserId,
    commit: u64,
    most: usize,
) -> Result<Vec<Row>, StorageError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM items
         WHERE user = (SELECT number FROM users WHERE id = ?1) AND commit_no > ?2
         ORDER BY commit_no LIMIT ?3"
    );
    query(db, &sql, params![user.0, commit as i64, most as i64])
}

pub(super) fn save(tx: &Connection, number: i64, rows: &[Row]) -> Result<(), StorageError> {
    let mut statement = tx.prepare_cached(
        "INSERT INTO items (user, uuid, content_type, content, enc_item_key, items_key_id, auth_hash,
                            duplicate_of, deleted, created_at, updated_at, commit_no)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
         ON CONFLICT (user, uuid) DO UPDATE SET
             content_type = excluded.content_type, content = excluded.content,
             enc_item_key = excluded.enc_item_key, items_key_id = excluded.items_key_id,
             auth_hash = excluded.auth_hash, duplicate_of = excluded.duplicate_of,
             deleted = excluded.deleted, created_at = excluded.created_at,
             updated_at = excluded.updated_at, commit_no = excluded.commit_no",
    )?;
    for row in rows {
        statement.execute(params![
            number,
            row.uuid,
            row.content_type,
            row.content,
            row.enc_item_key,
            row.items_key_id,
            row.auth_hash,
            row.duplicate_of,
            row.deleted,
            row.created_at.0,
            row.updated_at.0,
            row.commit as i64,
        ])?;
    }
    Ok(())
}

fn integrity_times(
    tx: &Connection,
    number: i64,
    wanted: bool,
) -> Result<Option<Vec<Micros>>, StorageError> {
    if !wanted {
        return Ok(None);
    }
    let mut statement = tx.prepare_cached(
        "SELECT updated_at FROM items
         WHERE user = ?1 AND NOT deleted AND content_type IS NOT NULL",
    )?;
    let times = statement.query_map([number], |row| Ok(Micros(row.get(0)?)))?;
    Ok(Some(times.collect::<Result<_, _>>()?))
}

pub(super) fn one(db: &Connection, user: &UserId, uuid: &str) -> Result<Option<Row>, StorageError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM items
         WHERE user = (SELECT number FROM users WHERE id = ?1) AND uuid = ?2"
    );
    Ok(db
        .prepare_cached(&sql)?
        .query_row([&user.0, uuid], read)
        .optional()?)
}

/// What the client holds in another state than the server, and what only one of the two has.
pub(super) fn mismatches(
    db: &Connection,
    user: &UserId,
    claimed: Vec<IntegrityEntry>,
) -> Result<Vec<IntegrityEntry>, StorageError> {
    let mut statement = db.prepare_cached(
        "SELECT uuid, updated_at, content_type FROM items
         WHERE user = (SELECT number FROM users WHERE id = ?1) AND NOT deleted
           AND content_type IS NOT NULL ORDER BY commit_no",
    )?;
    let held = statement
        .query_map([&user.0], |row| {
            Ok(Held {
                entry: IntegrityEntry {
                    uuid: row.get(0)?,
                    updated_at_timestamp: Micros(row.get(1)?),
                },
                content_type: row.get(2)?,
            })
        })?
        .collect::<Result<Vec<_>, _>>()?;
    Ok(differences(held, claimed))
}

pub(super) fn check(db: &Connection) -> Result<Vec<String>, StorageError> {
    let mut problems: Vec<String> = db
        .prepare("PRAGMA integrity_check")?
        .query_map([], |row| row.get::<_, String>(0))?
        .collect::<Result<_, _>>()?;
    problems.retain(|line| line != "ok");
    let beyond: i64 = db.query_row(
        "SELECT count(*) FROM items i JOIN users u ON u.number = i.user WHERE commit_no > counter",
        [],
        |row| row.get(0),
    )?;
    if beyond > 0 {
        problems.push(format!(
            "{beyond} items were saved after their account's counter"
        ));
    }
    let miscounted: i64 = db.query_row(
        "SELECT count(*) FROM users u WHERE bytes <> (
             SELECT coalesce(sum(coalesce(octet_length(content), 0)
                                 + coalesce(octet_length(enc_item_key), 0)), 0)
             FROM items WHERE user = u.number)",
        [],
        |row| row.get(0),
    )?;
    if miscounted > 0 {
        problems.push(format!(
            "{miscounted} accounts count another space than their items take"
        ));
    }
    Ok(problems)
}

fn query(
    tx: &Connection,
    sql: &str,
    params: impl rusqlite::Params,
) -> Result<Vec<Row>, StorageError> {
    Ok(tx
        .prepare_cached(sql)?
        .query_map(params, read)?
        .collect::<Result<_, _>>()?)
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    let commit: i64 = row.get(10)?;
    Ok(Row {
        uuid: row.get(0)?,
        content_type: row.get(1)?,
        content: row.get(2)?,
        enc_item_key: row.get(3)?,
        items_key_id: row.get(4)?,
        auth_hash: row.get(5)?,
        duplicate_of: row.get(6)?,
        deleted: row.get(7)?,
        created_at: Micros(row.get(8)?),
        updated_at: Micros(row.get(9)?),
        commit: commit as u64,
    })
}
