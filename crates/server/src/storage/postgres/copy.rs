//! Records out of a PostgreSQL database and into one.

use std::path::Path;

use deadpool_postgres::{Client, Transaction};

use super::{accounts, items, sessions};
use crate::storage::{
    StorageError, User,
    copy::{ITEMS, In, Out, Record, broken_off, queue},
    sqlite::{read_copy, write_copy},
};

/// From one snapshot, while others save.
pub(super) async fn out(db: &mut Client, to: &Path) -> Result<(), StorageError> {
    let tx = db
        .build_transaction()
        .isolation_level(tokio_postgres::IsolationLevel::RepeatableRead)
        .read_only(true)
        .start()
        .await?;
    let (records, arriving) = queue();
    let (read, written) = tokio::join!(send_all(&tx, records), write_copy(to, arriving));
    written.and(read)
}

pub(super) async fn into(db: &mut Client, from: &Path) -> Result<(), StorageError> {
    let tx = db.transaction().await?;
    let (records, arriving) = queue();
    let (read, written) = tokio::join!(read_copy(from, records), receive_all(&tx, arriving));
    written.and(read)?;
    Ok(tx.commit().await?)
}

async fn send_all(tx: &Transaction<'_>, records: Out) -> Result<(), StorageError> {
    for row in tx.query("SELECT secret FROM server_secret", &[]).await? {
        send(&records, Record::Secret(accounts::hash(&row, 0)?)).await?;
    }
    for row in tx.query("SELECT email FROM invites", &[]).await? {
        send(&records, Record::Invite(row.try_get(0)?)).await?;
    }
    let sql = format!(
        "SELECT {}, u.counter, u.bytes FROM users u ORDER BY u.created_at, u.id",
        accounts::COLUMNS
    );
    for row in tx.query(&sql, &[]).await? {
        let user = accounts::read(&row, 0)?;
        let record = Record::Account {
            user: user.clone(),
            counter: row.try_get::<_, i64>("counter")?.max(0) as u64,
            bytes: row.try_get::<_, i64>("bytes")?.max(0) as u64,
        };
        send(&records, record).await?;
        send_contents(tx, &user, &records).await?;
    }
    Ok(())
}

async fn send_contents(
    tx: &Transaction<'_>,
    user: &User,
    records: &Out,
) -> Result<(), StorageError> {
    let sql = format!(
        "SELECT {} FROM sessions s WHERE s.account = $1",
        sessions::COLUMNS
    );
    for row in tx.query(&sql, &[&user.id.0]).await? {
        send(records, Record::Session(sessions::read(&row)?)).await?;
    }
    let sql = format!(
        "SELECT {} FROM items WHERE account = $1 AND commit_no > $2 ORDER BY commit_no LIMIT $3",
        items::COLUMNS
    );
    let mut after = 0_i64;
    loop {
        let found = tx
            .query(&sql, &[&user.id.0, &after, &(ITEMS as i64)])
            .await?;
        let rows = found
            .iter()
            .map(items::read)
            .collect::<Result<Vec<_>, _>>()?;
        let Some(last) = rows.last() else {
            return Ok(());
        };
        after = last.commit as i64;
        send(records, Record::Items(user.id.clone(), rows)).await?;
    }
}

async fn send(records: &Out, record: Record) -> Result<(), StorageError> {
    records.send(record).await.map_err(|_| broken_off())
}

async fn receive_all(tx: &Transaction<'_>, mut records: In) -> Result<(), StorageError> {
    if tx
        .query_opt("SELECT 1 FROM users LIMIT 1", &[])
        .await?
        .is_some()
    {
        return Err(StorageError::NotEmpty);
    }
    let insert = tx.prepare_cached(items::SAVE).await?;
    while let Some(record) = records.recv().await {
        match record {
            Record::Secret(secret) => {
                tx.execute("DELETE FROM server_secret", &[]).await?;
                tx.execute(
                    "INSERT INTO server_secret (only_row, secret) VALUES (1, $1)",
                    &[&secret.as_slice()],
                )
                .await?;
            }
            Record::Invite(email) => {
                tx.execute(
                    "INSERT INTO invites (email) VALUES ($1) ON CONFLICT DO NOTHING",
                    &[&email],
                )
                .await?;
            }
            Record::Account {
                user,
                counter,
                bytes,
            } => {
                accounts::insert(&**tx, &user).await?;
                tx.execute(
                    "UPDATE users SET counter = $2, bytes = $3 WHERE id = $1",
                    &[&user.id.0, &(counter as i64), &(bytes as i64)],
                )
                .await?;
            }
            Record::Session(session) => sessions::put(&**tx, &session).await?,
            Record::Items(user, rows) => items::save(&**tx, &insert, &user, &rows).await?,
        }
    }
    Ok(())
}
