//! The table `sessions`.

use rusqlite::{Connection, OptionalExtension, params};
use sheaf_protocol::Micros;

use super::accounts;
use crate::storage::{Session, StorageError, User, UserId};

const SELECT: &str = "SELECT s.id, u.id, access_hash, refresh_hash, previous_refresh_hash,
        access_expires, refresh_expires, refreshed_at, s.created_at, user_agent, api, revoked,
        previous_access_hash, confirmed
    FROM sessions s JOIN users u ON u.number = s.user";

pub(super) fn put(db: &Connection, session: &Session) -> Result<(), StorageError> {
    let inserted = db
        .prepare_cached(
            "INSERT INTO sessions (id, user, access_hash, refresh_hash, previous_refresh_hash,
                 access_expires, refresh_expires, refreshed_at, created_at, user_agent, api,
                 revoked, previous_access_hash, confirmed)
             SELECT ?1, number, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14
             FROM users WHERE id = ?2",
        )?
        .execute(params![
            session.id,
            session.user.0,
            session.access_hash,
            session.refresh_hash,
            session.previous_refresh_hash,
            session.access_expires.0,
            session.refresh_expires.0,
            session.refreshed_at.0,
            session.created_at.0,
            session.user_agent,
            session.api,
            session.revoked,
            session.previous_access_hash,
            session.confirmed,
        ])?;
    if inserted == 0 {
        Err(StorageError::NoSuchUser)
    } else {
        Ok(())
    }
}

pub(super) fn with_user(
    db: &Connection,
    id: &str,
) -> Result<Option<(Session, User)>, StorageError> {
    let mut statement = db.prepare_cached(
        "SELECT s.id, u.id, access_hash, refresh_hash, previous_refresh_hash,
                access_expires, refresh_expires, refreshed_at, s.created_at, user_agent, api, revoked,
                previous_access_hash, confirmed,
                u.id, email, password_hash, key_params, version, disabled, u.created_at, generation
         FROM sessions s JOIN users u ON u.number = s.user WHERE s.id = ?1",
    )?;
    Ok(statement
        .query_row([id], |row| Ok((read(row)?, accounts::read_at(row, 14)?)))
        .optional()?)
}

pub(super) fn confirm(
    db: &Connection,
    id: &str,
    access_hash: [u8; 32],
) -> Result<(), StorageError> {
    db.execute(
        "UPDATE sessions SET confirmed = 1 WHERE id = ?1 AND access_hash = ?2",
        params![id, access_hash],
    )?;
    Ok(())
}

pub(super) fn revoke(db: &Connection, user: &UserId, id: &str) -> Result<bool, StorageError> {
    let revoked = db.execute(
        "UPDATE sessions SET revoked = 1
         WHERE id = ?2 AND NOT revoked AND user = (SELECT number FROM users WHERE id = ?1)",
        [&user.0, id],
    )?;
    Ok(revoked == 1)
}

pub(super) fn revoke_others(
    db: &Connection,
    user: &UserId,
    keep: &str,
) -> Result<(), StorageError> {
    db.execute(
        "UPDATE sessions SET revoked = 1
         WHERE id <> ?2 AND user = (SELECT number FROM users WHERE id = ?1)",
        [&user.0, keep],
    )?;
    Ok(())
}

pub(super) fn rotate(
    db: &Connection,
    seen_refresh_hash: &[u8; 32],
    next: &Session,
) -> Result<bool, StorageError> {
    let changed = db
        .prepare_cached(
            "UPDATE sessions SET access_hash = ?3, refresh_hash = ?4, previous_refresh_hash = ?5,
                 access_expires = ?6, refresh_expires = ?7, refreshed_at = ?8,
                 previous_access_hash = ?9, confirmed = ?10
             WHERE id = ?1 AND refresh_hash = ?2 AND NOT revoked",
        )?
        .execute(params![
            next.id,
            seen_refresh_hash,
            next.access_hash,
            next.refresh_hash,
            next.previous_refresh_hash,
            next.access_expires.0,
            next.refresh_expires.0,
            next.refreshed_at.0,
            next.previous_access_hash,
            next.confirmed,
        ])?;
    Ok(changed == 1)
}

pub(super) fn of_user(db: &Connection, user: &UserId) -> Result<Vec<Session>, StorageError> {
    let sql = format!("{SELECT} WHERE u.id = ?1 AND NOT revoked ORDER BY s.created_at DESC, s.id");
    Ok(db
        .prepare_cached(&sql)?
        .query_map([&user.0], read)?
        .collect::<Result<_, _>>()?)
}

/// The revoked ones too.
pub(super) fn every_of_user(db: &Connection, user: &UserId) -> Result<Vec<Session>, StorageError> {
    let sql = format!("{SELECT} WHERE u.id = ?1");
    Ok(db
        .prepare_cached(&sql)?
        .query_map([&user.0], read)?
        .collect::<Result<_, _>>()?)
}

pub(super) fn end(db: &Connection, user: &UserId, id: &str) -> Result<bool, StorageError> {
    let ended = db.execute(
        "DELETE FROM sessions
         WHERE id = ?2 AND user = (SELECT number FROM users WHERE id = ?1)",
        [&user.0, id],
    )?;
    Ok(ended == 1)
}

pub(super) fn end_all(
    db: &Connection,
    user: &UserId,
    keep: Option<&str>,
) -> Result<(), StorageError> {
    db.execute(
        "DELETE FROM sessions
         WHERE user = (SELECT number FROM users WHERE id = ?1) AND id IS NOT ?2",
        params![user.0, keep],
    )?;
    Ok(())
}

pub(super) fn sweep(db: &Connection, now: Micros) -> Result<u64, StorageError> {
    Ok(db.execute("DELETE FROM sessions WHERE refresh_expires < ?1", [now.0])? as u64)
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Session> {
    Ok(Session {
        id: row.get(0)?,
        user: UserId(row.get(1)?),
        access_hash: row.get(2)?,
        refresh_hash: row.get(3)?,
        previous_refresh_hash: row.get(4)?,
        access_expires: Micros(row.get(5)?),
        refresh_expires: Micros(row.get(6)?),
        refreshed_at: Micros(row.get(7)?),
        created_at: Micros(row.get(8)?),
        user_agent: row.get(9)?,
        api: row.get(10)?,
        revoked: row.get(11)?,
        previous_access_hash: row.get(12)?,
        confirmed: row.get(13)?,
    })
}
