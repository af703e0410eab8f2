//! The tables `users`, `invites`, `challenges` and `server_secret`.

use deadpool_postgres::Client;
use sheaf_protocol::Micros;
use tokio_postgres::{GenericClient, Row};

use super::sessions;
use crate::storage::{StorageError, User, UserId};

/// With the alias `u`, for joins.
pub(super) const COLUMNS: &str =
    "u.id, u.email, u.password_hash, u.key_params, u.version, u.disabled,
    u.created_at, u.generation";

pub(super) async fn create(
    db: &mut Client,
    user: &User,
    only_first: bool,
) -> Result<(), StorageError> {
    let tx = db.transaction().await?;
    if only_first {
        // There is no row of an account to lock yet: the server's own row stands for all.
        tx.query("SELECT only_row FROM server_secret FOR UPDATE", &[])
            .await?;
        let any = tx.query_opt("SELECT 1 FROM users LIMIT 1", &[]).await?;
        if any.is_some() {
            return Err(StorageError::NotFirst);
        }
    }
    insert(&*tx, user).await?;
    Ok(tx.commit().await?)
}

pub(super) async fn insert(db: &impl GenericClient, user: &User) -> Result<(), StorageError> {
    let inserted = db
        .execute(
            "INSERT INTO users (id, email, password_hash, key_params, version, disabled, created_at,
                                generation)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (email) DO NOTHING",
            &[
                &user.id.0,
                &user.email,
                &user.password_hash,
                &user.key_params,
                &user.version,
                &user.disabled,
                &user.created_at.0,
                &user.generation,
            ],
        )
        .await?;
    if inserted == 0 {
        return Err(StorageError::EmailTaken);
    }
    Ok(())
}

pub(super) async fn by_email(db: &Client, email: &str) -> Result<Option<User>, StorageError> {
    let sql = format!("SELECT {COLUMNS} FROM users u WHERE u.email = $1");
    let statement = db.prepare_cached(&sql).await?;
    let row = db.query_opt(&statement, &[&email]).await?;
    row.map(|row| read(&row, 0)).transpose()
}

pub(super) async fn by_id(db: &Client, id: &UserId) -> Result<Option<User>, StorageError> {
    let sql = format!("SELECT {COLUMNS} FROM users u WHERE u.id = $1");
    let statement = db.prepare_cached(&sql).await?;
    let row = db.query_opt(&statement, &[&id.0]).await?;
    row.map(|row| read(&row, 0)).transpose()
}

pub(super) async fn all(db: &Client) -> Result<Vec<User>, StorageError> {
    let sql = format!("SELECT {COLUMNS} FROM users u ORDER BY u.created_at, u.id");
    let rows = db.query(&sql, &[]).await?;
    rows.iter().map(|row| read(row, 0)).collect()
}

pub(super) async fn count(db: &Client) -> Result<u64, StorageError> {
    let row = db.query_one("SELECT count(*) FROM users", &[]).await?;
    Ok(row.try_get::<_, i64>(0)?.unsigned_abs())
}

pub(super) async fn change_credentials(
    db: &mut Client,
    user: &User,
    keep: Option<&str>,
) -> Result<(), StorageError> {
    let tx = db.transaction().await?;
    let taken = tx
        .query_opt(
            "SELECT 1 FROM users WHERE email = $1 AND id <> $2",
            &[&user.email, &user.id.0],
        )
        .await?;
    if taken.is_some() {
        return Err(StorageError::EmailTaken);
    }
    let changed = tx
        .execute(
            "UPDATE users SET email = $2, password_hash = $3, key_params = $4, version = $5,
                              generation = $6
             WHERE id = $1",
            &[
                &user.id.0,
                &user.email,
                &user.password_hash,
                &user.key_params,
                &user.version,
                &user.generation,
            ],
        )
        .await
        .map_err(|error| match error.code() {
            // Somebody took the e-mail since it was looked up.
            Some(code) if *code == tokio_postgres::error::SqlState::UNIQUE_VIOLATION => {
                StorageError::EmailTaken
            }
            _ => error.into(),
        })?;
    if changed == 0 {
        return Err(StorageError::NoSuchUser);
    }
    sessions::end_all(&*tx, &user.id, keep).await?;
    Ok(tx.commit().await?)
}

pub(super) async fn set_disabled(
    db: &mut Client,
    id: &UserId,
    disabled: bool,
) -> Result<(), StorageError> {
    let tx = db.transaction().await?;
    let changed = tx
        .execute(
            "UPDATE users SET disabled = $2 WHERE id = $1",
            &[&id.0, &disabled],
        )
        .await?;
    if changed == 0 {
        return Err(StorageError::NoSuchUser);
    }
    if disabled {
        sessions::end_all(&*tx, id, None).await?;
    }
    Ok(tx.commit().await?)
}

/// Takes the account's row first, as a sync call does: one that is under way ends before, and a
/// later one finds no account.
pub(super) async fn delete(db: &mut Client, id: &UserId) -> Result<(), StorageError> {
    let tx = db.transaction().await?;
    if tx
        .execute("DELETE FROM users WHERE id = $1", &[&id.0])
        .await?
        == 0
    {
        return Err(StorageError::NoSuchUser);
    }
    tx.execute("DELETE FROM sessions WHERE account = $1", &[&id.0])
        .await?;
    tx.execute("DELETE FROM items WHERE account = $1", &[&id.0])
        .await?;
    Ok(tx.commit().await?)
}

pub(super) async fn secret(db: &Client, candidate: [u8; 32]) -> Result<[u8; 32], StorageError> {
    db.execute(
        "INSERT INTO server_secret (only_row, secret) VALUES (1, $1) ON CONFLICT DO NOTHING",
        &[&candidate.as_slice()],
    )
    .await?;
    let row = db
        .query_one("SELECT secret FROM server_secret", &[])
        .await?;
    hash(&row, 0)
}

pub(super) async fn put_invite(db: &Client, email: &str) -> Result<(), StorageError> {
    db.execute(
        "INSERT INTO invites (email) VALUES ($1) ON CONFLICT DO NOTHING",
        &[&email],
    )
    .await?;
    Ok(())
}

pub(super) async fn take_invite(db: &Client, email: &str) -> Result<bool, StorageError> {
    let taken = db
        .execute("DELETE FROM invites WHERE email = $1", &[&email])
        .await?;
    Ok(taken == 1)
}

pub(super) async fn put_challenge(
    db: &Client,
    challenge: &str,
    expires: Micros,
) -> Result<(), StorageError> {
    db.execute(
        "INSERT INTO challenges (challenge, expires) VALUES ($1, $2)
         ON CONFLICT (challenge) DO UPDATE SET expires = excluded.expires",
        &[&challenge, &expires.0],
    )
    .await?;
    Ok(())
}

pub(super) async fn take_challenge(
    db: &Client,
    challenge: &str,
    now: Micros,
) -> Result<bool, StorageError> {
    let taken = db
        .execute(
            "DELETE FROM challenges WHERE challenge = $1 AND expires >= $2",
            &[&challenge, &now.0],
        )
        .await?;
    Ok(taken == 1)
}

/// The columns of `COLUMNS`, beginning with `first`.
pub(super) fn read(row: &Row, first: usize) -> Result<User, StorageError> {
    Ok(User {
        id: UserId(row.try_get(first)?),
        email: row.try_get(first + 1)?,
        password_hash: row.try_get(first + 2)?,
        key_params: row.try_get(first + 3)?,
        version: row.try_get(first + 4)?,
        disabled: row.try_get(first + 5)?,
        created_at: Micros(row.try_get(first + 6)?),
        generation: row.try_get(first + 7)?,
    })
}

pub(super) fn hash(row: &Row, column: usize) -> Result<[u8; 32], StorageError> {
    let bytes: &[u8] = row.try_get(column)?;
    bytes
        .try_into()
        .map_err(|_| StorageError::Failed("a hash of another length is stored".into()))
}
