//! Invitations, challenges and the server's secret.

use rusqlite::{Connection, params};
use sheaf_protocol::Micros;

use crate::storage::StorageError;

pub(super) fn secret(db: &Connection, candidate: [u8; 32]) -> Result<[u8; 32], StorageError> {
    db.execute(
        "INSERT OR IGNORE INTO server_secret (only_row, secret) VALUES (1, ?1)",
        [candidate],
    )?;
    Ok(db.query_row("SELECT secret FROM server_secret", [], |row| row.get(0))?)
}

pub(super) fn put_invite(db: &Connection, email: &str) -> Result<(), StorageError> {
    db.execute("INSERT OR IGNORE INTO invites (email) VALUES (?1)", [email])?;
    Ok(())
}

pub(super) fn take_invite(db: &Connection, email: &str) -> Result<bool, StorageError> {
    Ok(db.execute("DELETE FROM invites WHERE email = ?1", [email])? == 1)
}

/// Clears out what was never finished while it is at it.
pub(super) fn put_challenge(
    db: &Connection,
    challenge: &str,
    expires: Micros,
) -> Result<(), StorageError> {
    db.execute(
        "INSERT INTO challenges (challenge, expires) VALUES (?1, ?2)
         ON CONFLICT (challenge) DO UPDATE SET expires = excluded.expires",
        params![challenge, expires.0],
    )?;
    db.execute(
        "DELETE FROM challenges WHERE expires < ?1 - 3600000000",
        [expires.0],
    )?;
    Ok(())
}

pub(super) fn take_challenge(
    db: &Connection,
    challenge: &str,
    now: Micros,
) -> Result<bool, StorageError> {
    let taken = db.execute(
        "DELETE FROM challenges WHERE challenge = ?1 AND expires >= ?2",
        params![challenge, now.0],
    )?;
    Ok(taken == 1)
}
