//! The table `items` and the sync call over it.
//!
//! Requests that do not wait for each other's answers are sent together: a save is three round
//! trips, a call that finds nothing new is one.

use std::collections::HashMap;

use deadpool_postgres::Client;
use futures_util::future::{join, join3};
use sheaf_protocol::{IntegrityEntry, Micros};
use tokio_postgres::{GenericClient, Statement, types::ToSql};

use crate::{
    storage::{StorageError, SyncAnswer, SyncCall, UserId},
    sync::{
        Account, Decision, Held, ITEMS_KEY, Page, PageRequest, Plan, Position, Row, answer,
        mismatches as differences, plan,
    },
};

pub(super) const COLUMNS: &str =
    "uuid, content_type, content, enc_item_key, items_key_id, auth_hash,
    duplicate_of, deleted, created_at, updated_at, commit_no";

/// Nothing to save. No transaction: what is saved while the page is read has a later commit than the
/// token that is handed out, and comes with the next call.
pub(super) async fn sync_reading(
    db: &Client,
    user: &UserId,
    call: &SyncCall,
) -> Result<SyncAnswer, StorageError> {
    let account = account(db, user, "").await?;
    let (position, page) = retrieve(db, user, &account, call).await?;
    let times = integrity_times(db, user, call.integrity).await?;
    Ok(answer(
        call,
        position,
        &page,
        Decision::default(),
        account.counter,
        times,
    ))
}

/// Locks the account's row before the first read: nothing can be saved between reading the changes
/// and handing out the token.
pub(super) async fn sync_writing(
    db: Client,
    user: &UserId,
    call: SyncCall,
) -> Result<SyncAnswer, StorageError> {
    let outcome = inside(&db, user, call).await;
    if outcome.is_err() && db.batch_execute("ROLLBACK").await.is_err() {
        // It may still be inside the transaction: nobody may be given this connection.
        drop(Client::take(db));
    }
    outcome
}

async fn inside(
    db: &Client,
    user: &UserId,
    mut call: SyncCall,
) -> Result<SyncAnswer, StorageError> {
    let locked = " FOR UPDATE";
    let (begun, account) = join(db.batch_execute("BEGIN"), account(db, user, locked)).await;
    begun?;
    let account = account?;
    let sent = std::mem::take(&mut call.sent);
    let uuids: Vec<&str> = sent
        .iter()
        .filter_map(|item| Some(item.as_ref().ok()?.uuid.as_str()))
        .collect();
    let (retrieved, existing) =
        join(retrieve(db, user, &account, &call), rows(db, user, &uuids)).await;
    let (position, page) = retrieved?;
    let Plan {
        decision,
        counter,
        growth,
    } = plan(&call, sent, account, &page, existing?)?;
    // Made ready before anything is sent together: a statement that first had to be prepared would
    // run after the COMMIT that is sent behind it, and the counter would be seen before its items.
    let insert = db.prepare_cached(SAVE).await?;
    let update = db
        .prepare_cached("UPDATE users SET counter = $2, bytes = bytes + $3 WHERE id = $1")
        .await?;
    let times = if call.integrity {
        save(&***db, &insert, user, &decision.saves).await?;
        let times = integrity_times(db, user, true).await?;
        db.execute(&update, &[&user.0, &(counter as i64), &growth])
            .await?;
        db.batch_execute("COMMIT").await?;
        times
    } else {
        // A failure of the first makes the last a rollback.
        let counted: [&(dyn ToSql + Sync); 3] = [&user.0, &(counter as i64), &growth];
        let (saved, counted, committed) = join3(
            save(&***db, &insert, user, &decision.saves),
            db.execute(&update, &counted),
            db.batch_execute("COMMIT"),
        )
        .await;
        saved?;
        counted?;
        committed?;
        None
    };
    Ok(answer(&call, position, &page, decision, counter, times))
}

async fn account(db: &Client, user: &UserId, lock: &str) -> Result<Account, StorageError> {
    let sql = format!("SELECT counter, bytes FROM users WHERE id = $1 AND NOT disabled{lock}");
    let statement = db.prepare_cached(&sql).await?;
    let row = db
        .query_opt(&statement, &[&user.0])
        .await?
        .ok_or(StorageError::NoSuchUser)?;
    Ok(Account {
        counter: row.try_get::<_, i64>(0)?.max(0) as u64,
        bytes: row.try_get::<_, i64>(1)?.max(0) as u64,
    })
}

/// Where the page ends is found from commits and sizes alone; only then are contents read.
async fn retrieve(
    db: &Client,
    user: &UserId,
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
    if position.after == account.counter {
        return Ok((position, page));
    }
    if position.beginning && call.content_type.is_none() {
        let sql = format!(
            "SELECT {COLUMNS} FROM items
             WHERE account = $1 AND content_type = $2 AND NOT deleted ORDER BY commit_no"
        );
        let statement = db.prepare_cached(&sql).await?;
        page.rows = read_all(&db.query(&statement, &[&user.0, &ITEMS_KEY]).await?)?;
    }
    let until = position.first_sync_until.unwrap_or(0) as i64;
    let wanted = format!(
        "account = $1 AND commit_no > $2 AND commit_no <= $3
           AND (commit_no > $4 OR (NOT deleted
                AND ($5::text IS NOT NULL OR content_type IS DISTINCT FROM '{ITEMS_KEY}')))
           AND ($5::text IS NULL OR content_type = $5)"
    );
    let sizes = format!(
        "SELECT commit_no, COALESCE(octet_length(content), 0) + COALESCE(octet_length(enc_item_key), 0)
         FROM items WHERE {wanted} ORDER BY commit_no LIMIT $6"
    );
    let sizes = db.prepare_cached(&sizes).await?;
    let (after, counter) = (position.after as i64, account.counter as i64);
    let limit = request.limit as i64 + 1;
    let found = db
        .query(
            &sizes,
            &[
                &user.0,
                &after,
                &counter,
                &until,
                &call.content_type,
                &limit,
            ],
        )
        .await?;
    let mut bytes = 0;
    let mut last = None;
    for (items, row) in found.iter().enumerate() {
        if items == request.limit || bytes > call.page_bytes {
            page.more = true;
            break;
        }
        let commit: i64 = row.try_get(0)?;
        bytes += row.try_get::<_, i32>(1)?.unsigned_abs() as usize;
        last = Some(commit);
    }
    if let Some(last) = last {
        let sql = format!("SELECT {COLUMNS} FROM items WHERE {wanted} ORDER BY commit_no");
        let statement = db.prepare_cached(&sql).await?;
        let rows = db
            .query(
                &statement,
                &[&user.0, &after, &last, &until, &call.content_type],
            )
            .await?;
        page.rows.extend(read_all(&rows)?);
        page.last = Some(last as u64);
    }
    Ok((position, page))
}

async fn rows(
    db: &Client,
    user: &UserId,
    uuids: &[&str],
) -> Result<HashMap<String, Row>, StorageError> {
    let sql = format!("SELECT {COLUMNS} FROM items WHERE account = $1 AND uuid = ANY($2)");
    let statement = db.prepare_cached(&sql).await?;
    let found = db.query(&statement, &[&user.0, &uuids]).await?;
    Ok(read_all(&found)?
        .into_iter()
        .map(|row| (row.uuid.clone(), row))
        .collect())
}

/// One statement, however many items: `insert` is [`SAVE`], prepared.
pub(super) async fn save(
    db: &impl GenericClient,
    insert: &Statement,
    user: &UserId,
    rows: &[Row],
) -> Result<(), StorageError> {
    if rows.is_empty() {
        return Ok(());
    }
    let text = |field: fn(&Row) -> Option<&str>| rows.iter().map(field).collect::<Vec<_>>();
    let number = |field: fn(&Row) -> i64| rows.iter().map(field).collect::<Vec<_>>();
    let deleted: Vec<bool> = rows.iter().map(|row| row.deleted).collect();
    db.execute(
        insert,
        &[
            &user.0,
            &text(|row| Some(&row.uuid)),
            &text(|row| row.content_type.as_deref()),
            &text(|row| row.content.as_deref()),
            &text(|row| row.enc_item_key.as_deref()),
            &text(|row| row.items_key_id.as_deref()),
            &text(|row| row.auth_hash.as_deref()),
            &text(|row| row.duplicate_of.as_deref()),
            &deleted,
            &number(|row| row.created_at.0),
            &number(|row| row.updated_at.0),
            &number(|row| row.commit as i64),
        ],
    )
    .await?;
    Ok(())
}

pub(super) const SAVE: &str = "INSERT INTO items (account, uuid, content_type, content, enc_item_key, items_key_id,
         auth_hash, duplicate_of, deleted, created_at, updated_at, commit_no)
     SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
         $8::text[], $9::boolean[], $10::bigint[], $11::bigint[], $12::bigint[])
     ON CONFLICT (account, uuid) DO UPDATE SET
         content_type = excluded.content_type, content = excluded.content,
         enc_item_key = excluded.enc_item_key, items_key_id = excluded.items_key_id,
         auth_hash = excluded.auth_hash, duplicate_of = excluded.duplicate_of,
         deleted = excluded.deleted, created_at = excluded.created_at,
         updated_at = excluded.updated_at, commit_no = excluded.commit_no";

async fn integrity_times(
    db: &Client,
    user: &UserId,
    wanted: bool,
) -> Result<Option<Vec<Micros>>, StorageError> {
    if !wanted {
        return Ok(None);
    }
    let statement = db
        .prepare_cached(
            "SELECT updated_at FROM items
             WHERE account = $1 AND NOT deleted AND content_type IS NOT NULL",
        )
        .await?;
    let rows = db.query(&statement, &[&user.0]).await?;
    let times = rows.iter().map(|row| Ok(Micros(row.try_get(0)?)));
    Ok(Some(times.collect::<Result<_, StorageError>>()?))
}

pub(super) async fn one(
    db: &Client,
    user: &UserId,
    uuid: &str,
) -> Result<Option<Row>, StorageError> {
    Ok(rows(db, user, &[uuid]).await?.remove(uuid))
}

pub(super) async fn mismatches(
    db: &Client,
    user: &UserId,
    claimed: Vec<IntegrityEntry>,
) -> Result<Vec<IntegrityEntry>, StorageError> {
    let rows = db
        .query(
            "SELECT uuid, updated_at, content_type FROM items
             WHERE account = $1 AND NOT deleted AND content_type IS NOT NULL ORDER BY commit_no",
            &[&user.0],
        )
        .await?;
    let held = rows
        .iter()
        .map(|row| {
            Ok(Held {
                entry: IntegrityEntry {
                    uuid: row.try_get(0)?,
                    updated_at_timestamp: Micros(row.try_get(1)?),
                },
                content_type: row.try_get(2)?,
            })
        })
        .collect::<Result<_, StorageError>>()?;
    Ok(differences(held, claimed))
}

/// What SQL can see: the database's own files are its administrator's business.
pub(super) async fn check(db: &Client) -> Result<Vec<String>, StorageError> {
    let questions = [
        (
            "items were saved after their account's counter",
            "SELECT count(*) FROM items i JOIN users u ON u.id = i.account WHERE i.commit_no > u.counter",
        ),
        (
            "items share their commit with another of the account",
            "SELECT count(*) FROM (SELECT 1 FROM items GROUP BY account, commit_no HAVING count(*) > 1) x",
        ),
        (
            "items belong to no account",
            "SELECT count(*) FROM items i LEFT JOIN users u ON u.id = i.account WHERE u.id IS NULL",
        ),
        (
            "accounts count another space than their items take",
            "SELECT count(*) FROM users u WHERE u.bytes <> (
                 SELECT COALESCE(sum(COALESCE(octet_length(content), 0)
                                     + COALESCE(octet_length(enc_item_key), 0)), 0)
                 FROM items WHERE account = u.id)",
        ),
    ];
    let mut problems = Vec::new();
    for (what, sql) in questions {
        let count: i64 = db.query_one(sql, &[]).await?.try_get(0)?;
        if count > 0 {
            problems.push(format!("{count} {what}"));
        }
    }
    Ok(problems)
}

fn read_all(rows: &[tokio_postgres::Row]) -> Result<Vec<Row>, StorageError> {
    rows.iter().map(read).collect()
}

pub(super) fn read(row: &tokio_postgres::Row) -> Result<Row, StorageError> {
    Ok(Row {
        uuid: row.try_get(0)?,
        content_type: row.try_get(1)?,
        content: row.try_get(2)?,
        enc_item_key: row.try_get(3)?,
        items_key_id: row.try_get(4)?,
        auth_hash: row.try_get(5)?,
        duplicate_of: row.try_get(6)?,
        deleted: row.try_get(7)?,
        created_at: Micros(row.try_get(8)?),
        updated_at: Micros(row.try_get(9)?),
        commit: row.try_get::<_, i64>(10)? as u64,
    })
}
