//! The table `sessions`.

use deadpool_postgres::Client;
use sheaf_protocol::Micros;
use tokio_postgres::{GenericClient, Row, types::ToSql};

use super::accounts::{self, hash};
use crate::storage::{Session, StorageError, User, UserId};

pub(super) const COLUMNS: &str =
    "s.id, s.account, s.access_hash, s.refresh_hash, s.previous_access_hash,
    s.previous_refresh_hash, s.confirmed, s.access_expires, s.refresh_expires, s.refreshed_at,
    s.created_at, s.user_agent, s.api, s.revoked";
/// How many those are.
const COUNT: usize = 14;

pub(super) async fn put(db: &impl GenericClient, session: &Session) -> Result<(), StorageError> {
    let (access, refresh) = (
        session.access_hash.as_slice(),
        session.refresh_hash.as_slice(),
    );
    let previous_access = session
        .previous_access_hash
        .as_ref()
        .map(<[u8; 32]>::as_slice);
    let previous_refresh = session
        .previous_refresh_hash
        .as_ref()
        .map(<[u8; 32]>::as_slice);
    let values: [&(dyn ToSql + Sync); COUNT] = [
        &session.id,
        &session.user.0,
        &access,
        &refresh,
        &previous_access,
        &previous_refresh,
        &session.confirmed,
        &session.access_expires.0,
        &session.refresh_expires.0,
        &session.refreshed_at.0,
        &session.created_at.0,
        &session.user_agent,
        &session.api,
        &session.revoked,
    ];
    let inserted = db
        .execute(
            "INSERT INTO sessions (id, account, access_hash, refresh_hash, previous_access_hash,
                 previous_refresh_hash, confirmed, access_expires, refresh_expires, refreshed_at,
                 created_at, user_agent, api, revoked)
             SELECT $1, id, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14
             FROM users WHERE id = $2",
            &values,
        )
        .await?;
    if inserted == 0 {
        Err(StorageError::NoSuchUser)
    } else {
        Ok(())
    }
}

pub(super) async fn with_user(
    db: &Client,
    id: &str,
) -> Result<Option<(Session, User)>, StorageError> {
    let sql = format!(
        "SELECT {COLUMNS}, {} FROM sessions s JOIN users u ON u.id = s.account WHERE s.id = $1",
        accounts::COLUMNS
    );
    let statement = db.prepare_cached(&sql).await?;
    let row = db.query_opt(&statement, &[&id]).await?;
    row.map(|row| Ok((read(&row)?, accounts::read(&row, COUNT)?)))
        .transpose()
}

pub(super) async fn rotate(
    db: &Client,
    seen_refresh_hash: &[u8; 32],
    next: &Session,
) -> Result<bool, StorageError> {
    let previous_access = next.previous_access_hash.as_ref().map(<[u8; 32]>::as_slice);
    let previous_refresh = next
        .previous_refresh_hash
        .as_ref()
        .map(<[u8; 32]>::as_slice);
    let changed = db
        .execute(
            "UPDATE sessions SET access_hash = $3, refresh_hash = $4, previous_access_hash = $5,
                 previous_refresh_hash = $6, access_expires = $7, refresh_expires = $8,
                 refreshed_at = $9, confirmed = $10
             WHERE id = $1 AND refresh_hash = $2 AND NOT revoked",
            &[
                &next.id,
                &seen_refresh_hash.as_slice(),
                &next.access_hash.as_slice(),
                &next.refresh_hash.as_slice(),
                &previous_access,
                &previous_refresh,
                &next.access_expires.0,
                &next.refresh_expires.0,
                &next.refreshed_at.0,
                &next.confirmed,
            ],
        )
        .await?;
    Ok(changed == 1)
}

pub(super) async fn confirm(
    db: &Client,
    id: &str,
    access_hash: [u8; 32],
) -> Result<(), StorageError> {
    db.execute(
        "UPDATE sessions SET confirmed = TRUE WHERE id = $1 AND access_hash = $2",
        &[&id, &access_hash.as_slice()],
    )
    .await?;
    Ok(())
}

pub(super) async fn of_user(db: &Client, user: &UserId) -> Result<Vec<Session>, StorageError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM sessions s WHERE s.account = $1 AND NOT s.revoked
         ORDER BY s.created_at DESC, s.id"
    );
    let rows = db.query(&sql, &[&user.0]).await?;
    rows.iter().map(read).collect()
}

pub(super) async fn revoke(db: &Client, user: &UserId, id: &str) -> Result<bool, StorageError> {
    let revoked = db
        .execute(
            "UPDATE sessions SET revoked = TRUE WHERE account = $1 AND id = $2 AND NOT revoked",
            &[&user.0, &id],
        )
        .await?;
    Ok(revoked == 1)
}

pub(super) async fn revoke_others(
    db: &Client,
    user: &UserId,
    keep: &str,
) -> Result<(), StorageError> {
    db.execute(
        "UPDATE sessions SET revoked = TRUE WHERE account = $1 AND id <> $2",
        &[&user.0, &keep],
    )
    .await?;
    Ok(())
}

pub(super) async fn end(db: &Client, user: &UserId, id: &str) -> Result<bool, StorageError> {
    let ended = db
        .execute(
            "DELETE FROM sessions WHERE account = $1 AND id = $2",
            &[&user.0, &id],
        )
        .await?;
    Ok(ended == 1)
}

pub(super) async fn end_all(
    db: &impl GenericClient,
    user: &UserId,
    keep: Option<&str>,
) -> Result<(), StorageError> {
    db.execute(
        "DELETE FROM sessions WHERE account = $1 AND id IS DISTINCT FROM $2",
        &[&user.0, &keep],
    )
    .await?;
    Ok(())
}

/// Clears out sign-ins that were never finished while it is at it.
pub(super) async fn sweep(db: &Client, now: Micros) -> Result<u64, StorageError> {
    db.execute("DELETE FROM challenges WHERE expires < $1", &[&now.0])
        .await?;
    Ok(db
        .execute("DELETE FROM sessions WHERE refresh_expires < $1", &[&now.0])
        .await?)
}

pub(super) fn read(row: &Row) -> Result<Session, StorageError> {
    let optional = |column| -> Result<Option<[u8; 32]>, StorageError> {
        match row.try_get::<_, Option<&[u8]>>(column)? {
            Some(_) => hash(row, column).map(Some),
            None => Ok(None),
        }
    };
    Ok(Session {
        id: row.try_get(0)?,
        user: UserId(row.try_get(1)?),
        access_hash: hash(row, 2)?,
        refresh_hash: hash(row, 3)?,
        previous_access_hash: optional(4)?,
        previous_refresh_hash: optional(5)?,
        confirmed: row.try_get(6)?,
        access_expires: Micros(row.try_get(7)?),
        refresh_expires: Micros(row.try_get(8)?),
        refreshed_at: Micros(row.try_get(9)?),
        created_at: Micros(row.try_get(10)?),
        user_agent: row.try_get(11)?,
        api: row.try_get(12)?,
        revoked: row.try_get(13)?,
    })
}
