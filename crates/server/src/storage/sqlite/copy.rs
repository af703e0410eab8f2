//! Records out of a SQLite database and into one.

use rusqlite::{Connection, params};

use super::{accounts, admission, items, sessions};
use crate::storage::{
    StorageError, User,
    copy::{ITEMS, In, Out, Record, broken_off},
};

/// Into an empty database, inside its writer's transaction.
pub(super) fn into(db: &Connection, mut records: In) -> Result<(), StorageError> {
    if accounts::count(db)? > 0 {
        return Err(StorageError::NotEmpty);
    }
    while let Some(record) = records.blocking_recv() {
        match record {
            Record::Secret(secret) => {
                db.execute("DELETE FROM server_secret", [])?;
                admission::secret(db, secret)?;
            }
            Record::Invite(email) => admission::put_invite(db, &email)?,
            Record::Account {
                user,
                counter,
                bytes,
            } => {
                accounts::create(db, &user, false)?;
                db.execute(
                    "UPDATE users SET counter = ?2, bytes = ?3 WHERE id = ?1",
                    params![user.id.0, counter as i64, bytes as i64],
                )?;
            }
            Record::Session(session) => sessions::put(db, &session)?,
            Record::Items(user, rows) => {
                let number = accounts::number(db, &user)?;
                items::save(db, number, &rows)?;
            }
        }
    }
    Ok(())
}

/// All of it, from one snapshot.
pub(super) fn out(db: &Connection, records: &Out) -> Result<(), StorageError> {
    let tx = db.unchecked_transaction()?;
    let send = |record| records.blocking_send(record).map_err(|_| broken_off());
    let mut secrets = tx.prepare("SELECT secret FROM server_secret")?;
    for secret in secrets.query_map([], |row| row.get(0))? {
        send(Record::Secret(secret?))?;
    }
    let mut invites = tx.prepare("SELECT email FROM invites")?;
    for email in invites.query_map([], |row| row.get(0))? {
        send(Record::Invite(email?))?;
    }
    let accounts = accounts::all(&tx)?;
    for user in &accounts {
        account(&tx, user, &send)?;
    }
    Ok(())
}

fn account(
    db: &Connection,
    user: &User,
    send: &impl Fn(Record) -> Result<(), StorageError>,
) -> Result<(), StorageError> {
    let (counter, bytes): (i64, i64) = db.query_row(
        "SELECT counter, bytes FROM users WHERE id = ?1",
        [&user.id.0],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    send(Record::Account {
        user: user.clone(),
        counter: counter.max(0) as u64,
        bytes: bytes.max(0) as u64,
    })?;
    for session in sessions::every_of_user(db, &user.id)? {
        send(Record::Session(session))?;
    }
    let mut after = 0;
    loop {
        let rows = items::after(db, &user.id, after, ITEMS)?;
        let Some(last) = rows.last() else {
            return Ok(());
        };
        after = last.commit;
        send(Record::Items(user.id.clone(), rows))?;
    }
}
