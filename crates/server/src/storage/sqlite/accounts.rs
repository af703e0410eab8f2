//! The table `users`.

use rusqlite::{Connection, OptionalExtension, params};
use sheaf_protocol::Micros;

use super::sessions;
use crate::storage::{StorageError, User, UserId};

const COLUMNS: &str =
    "id, email, password_hash, key_params, version, disabled, created_at, generation";

pub(super) fn create(db: &Connection, user: &User, only_first: bool) -> Result<(), StorageError> {
    if only_first && count(db)? > 0 {
        return Err(StorageError::NotFirst);
    }
    let inserted = db
        .prepare_cached(
            "INSERT INTO users (id, email, password_hash, key_params, version, disabled,
                                created_at, generation)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (email) DO NOTHING",
        )?
        .execute(params![
            user.id.0,
            user.email,
            user.password_hash,
            user.key_params,
            user.version,
            user.disabled,
            user.created_at.0,
            user.generation,
        ])?;
    if inserted == 0 {
        Err(StorageError::EmailTaken)
    } else {
        Ok(())
    }
}

pub(super) fn by_email(db: &Connection, email: &str) -> Result<Option<User>, StorageError> {
    find(db, "email", email)
}

pub(super) fn by_id(db: &Connection, id: &UserId) -> Result<Option<User>, StorageError> {
    find(db, "id", &id.0)
}

fn find(db: &Connection, column: &str, value: &str) -> Result<Option<User>, StorageError> {
    let sql = format!("SELECT {COLUMNS} FROM users WHERE {column} = ?1");
    Ok(db
        .prepare_cached(&sql)?
        .query_row([value], read)
        .optional()?)
}

pub(super) fn all(db: &Connection) -> Result<Vec<User>, StorageError> {
    let sql = format!("SELECT {COLUMNS} FROM users ORDER BY created_at, number");
    Ok(db
        .prepare_cached(&sql)?
        .query_map([], read)?
        .collect::<Result<_, _>>()?)
}

pub(super) fn count(db: &Connection) -> Result<u64, StorageError> {
    let count: i64 = db.query_row("SELECT count(*) FROM users", [], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// The short key that rows of the account carry.
pub(super) fn number(db: &Connection, id: &UserId) -> Result<i64, StorageError> {
    db.prepare_cached("SELECT number FROM users WHERE id = ?1")?
        .query_row([&id.0], |row| row.get(0))
        .optional()?
        .ok_or(StorageError::NoSuchUser)
}

pub(super) fn change_credentials(
    db: &Connection,
    user: &User,
    keep: Option<&str>,
) -> Result<(), StorageError> {
    let taken: Option<String> = db
        .prepare_cached("SELECT id FROM users WHERE email = ?1 AND id <> ?2")?
        .query_row([&user.email, &user.id.0], |row| row.get(0))
        .optional()?;
    if taken.is_some() {
        return Err(StorageError::EmailTaken);
    }
    let changed = db
        .prepare_cached(
            "UPDATE users SET email = ?2, password_hash = ?3, key_params = ?4, version = ?5,
                              generation = ?6
             WHERE id = ?1",
        )?
        .execute(params![
            user.id.0,
            user.email,
            user.password_hash,
            user.key_params,
            user.version,
            user.generation,
        ])?;
    if changed == 0 {
        return Err(StorageError::NoSuchUser);
    }
    sessions::end_all(db, &user.id, keep)
}

pub(super) fn set_disabled(
    db: &Connection,
    id: &UserId,
    disabled: bool,
) -> Result<(), StorageError> {
    let changed = db.execute(
        "UPDATE users SET disabled = ?2 WHERE id = ?1",
        params![id.0, disabled],
    )?;
    if changed == 0 {
        return Err(StorageError::NoSuchUser);
    }
    if disabled {
        sessions::end_all(db, id, None)?;
    }
    Ok(())
}

pub(super) fn delete(db: &Connection, id: &UserId) -> Result<(), StorageError> {
    match db.execute("DELETE FROM users WHERE id = ?1", [&id.0])? {
        0 => Err(StorageError::NoSuchUser),
        _ => Ok(()),
    }
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<User> {
    read_at(row, 0)
}

/// The columns of `COLUMNS`, beginning with `first`.
pub(super) fn read_at(row: &rusqlite::Row<'_>, first: usize) -> rusqlite::Result<User> {
    Ok(User {
        id: UserId(row.get(first)?),
        email: row.get(first + 1)?,
        password_hash: row.get(first + 2)?,
        key_params: row.get(first + 3)?,
        version: row.get(first + 4)?,
        disabled: row.get(first + 5)?,
        created_at: Micros(row.get(first + 6)?),
        generation: row.get(first + 7)?,
    })
}
