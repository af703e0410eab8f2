//! Writing the log: collected while a transaction runs, written once before its commit.

use rusqlite::{OptionalExtension as _, params};
use sheaf_model::Millis;
use sheaf_sync::{HeldBack, RemoteId};

use super::{
    AGE, ActivityKind, ENTRIES, EVERYDAY_ENTRIES, LONGEST, NOTABLE_ENTRIES, QUIET, REASON, SESSIONS,
};
use crate::{
    HeldBack as Reason, StoreError, held,
    replica::{find, remote_key},
    txn::Txn,
};

/// What happened in one transaction.
#[derive(Default)]
pub(crate) struct Noted {
    remote: Option<i64>,
    counts: [u32; 6],
    entries: Vec<Entry>,
    /// So much at once that everyday changes are only counted.
    many: bool,
}

struct Entry {
    kind: ActivityKind,
    id: String,
    deleted: bool,
    reason: Option<String>,
}

/// A session that goes on.
struct Open {
    session: i64,
    entries: i64,
}

impl Txn<'_> {
    /// From here on everyday changes of this transaction are only counted.
    pub(crate) fn note_numbers_only(&mut self) {
        self.noted.many = true;
    }

    /// Something happened to a document; written with the commit.
    pub(crate) fn note(&mut self, remote: i64, kind: ActivityKind, id: &str, deleted: bool) {
        self.note_with(remote, kind, id, deleted, None);
    }

    pub(crate) fn note_with(
        &mut self,
        remote: i64,
        kind: ActivityKind,
        id: &str,
        deleted: bool,
        reason: Option<&Reason>,
    ) {
        let noted = &mut self.noted;
        noted.remote = Some(remote);
        noted.counts[kind as usize] = noted.counts[kind as usize].saturating_add(1);
        if noted.many && !kind.is_notable() {
            return;
        }
        noted.entries.push(Entry {
            kind,
            id: id.to_owned(),
            deleted,
            reason: reason.map(|reason| held::written(reason).chars().take(REASON).collect()),
        });
    }

    /// Writes what was collected. Called once, before the commit.
    pub(crate) fn write_noted(&mut self) -> Result<bool, StoreError> {
        let noted = std::mem::take(&mut self.noted);
        let Some(remote) = noted.remote else {
            return Ok(false);
        };
        let now = (self.clock)();
        let open = open(self, remote, now)?;
        let mut written = 0;
        let mut insert = self.sql.prepare_cached(
            "INSERT INTO sync_entries (session, kind, id, at, deleted, reason)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (session, id, kind)
             DO UPDATE SET at = ?4, times = times + 1, deleted = ?5, reason = ?6",
        )?;
        for entry in &noted.entries {
            let most = if entry.kind.is_notable() {
                EVERYDAY_ENTRIES + NOTABLE_ENTRIES
            } else {
                EVERYDAY_ENTRIES
            };
            if open.entries + written >= most {
                continue;
            }
            insert.execute(params![
                open.session,
                entry.kind.word(),
                entry.id,
                now,
                entry.deleted,
                entry.reason
            ])?;
            written += 1;
        }
        let [pulled, pushed, merged, conflicts, quarantined, skipped] = noted.counts;
        self.sql
            .prepare_cached(
                "UPDATE sync_sessions SET last = ?2, pulled = pulled + ?3, pushed = pushed + ?4,
                        merged = merged + ?5, conflicts = conflicts + ?6,
                        quarantined = quarantined + ?7, skipped = skipped + ?8,
                        entries = entries + ?9
                 WHERE session = ?1",
            )?
            .execute(params![
                open.session,
                now,
                pulled,
                pushed,
                merged,
                conflicts,
                quarantined,
                skipped,
                written
            ])?;
        Ok(true)
    }
}

/// The session with this remote that goes on, or a new one.
fn open(txn: &Txn<'_>, remote: i64, now: Millis) -> Result<Open, StoreError> {
    let mut find = txn.sql.prepare_cached(
        "SELECT session, entries FROM sync_sessions
         WHERE session = (SELECT max(session) FROM sync_sessions)
           AND remote = ?1 AND ended = 0
           AND ?2 BETWEEN last AND last + ?3 AND ?2 < began + ?4",
    )?;
    let found = find.query_row(params![remote, now, QUIET, LONGEST], |row| {
        Ok(Open {
            session: row.get(0)?,
            entries: row.get(1)?,
        })
    });
    if let Some(open) = found.optional()? {
        return Ok(open);
    }
    let session = begin(txn, remote, now)?;
    Ok(Open {
        session,
        entries: 0,
    })
}

fn begin(txn: &Txn<'_>, remote: i64, now: Millis) -> Result<i64, StoreError> {
    prune(txn, now)?;
    Ok(txn
        .sql
        .prepare_cached("INSERT INTO sync_sessions (remote, began, last) VALUES (?1, ?2, ?2)")?
        .insert(params![remote, now])?)
}

/// What is too old or too much goes before a session begins.
fn prune(txn: &Txn<'_>, now: Millis) -> Result<(), StoreError> {
    let last_session = "(SELECT coalesce(max(session), 0) FROM sync_sessions)";
    let last_entry = "(SELECT coalesce(max(entry), 0) FROM sync_entries)";
    txn.sql.execute(
        &format!("DELETE FROM sync_entries WHERE entry <= {last_entry} - ?1"),
        [ENTRIES],
    )?;
    txn.sql.execute(
        &format!(
            "DELETE FROM sync_entries WHERE session IN (
                 SELECT session FROM sync_sessions
                 WHERE session <= {last_session} - ?1 OR last < ?2)"
        ),
        params![SESSIONS - 1, now - AGE],
    )?;
    txn.sql.execute(
        &format!("DELETE FROM sync_sessions WHERE session <= {last_session} - ?1 OR last < ?2"),
        params![SESSIONS - 1, now - AGE],
    )?;
    Ok(())
}

/// One row for what fails again and again while nothing gets through.
pub(super) fn failed(
    txn: &mut Txn<'_>,
    remote: &RemoteId,
    trouble: &str,
) -> Result<(), StoreError> {
    let remote = remote_key(txn, remote)?;
    let now = (txn.clock)();
    let last = txn
        .sql
        .prepare_cached(
            "SELECT session FROM sync_sessions
             WHERE session = (SELECT max(session) FROM sync_sessions) AND remote = ?1
               AND (ended = 0 AND ?2 BETWEEN last AND last + ?3
                    OR ?2 BETWEEN last AND last + ?4
                       AND pulled + pushed + merged + conflicts + quarantined + skipped = 0)",
        )?
        .query_row(params![remote, now, QUIET, LONGEST], |row| {
            row.get::<_, i64>(0)
        })
        .optional()?;
    let session = match last {
        Some(session) => session,
        None => begin(txn, remote, now)?,
    };
    txn.sql
        .prepare_cached(
            "UPDATE sync_sessions SET ended = 1, last = ?2, trouble = ?3, tries = tries + 1
             WHERE session = ?1",
        )?
        .execute(params![session, now, trouble])?;
    txn.activity_changed();
    Ok(())
}

pub(super) fn rests(txn: &mut Txn<'_>, remote: &RemoteId) -> Result<(), StoreError> {
    let Some(remote) = find(txn.sql, remote)? else {
        return Ok(());
    };
    let ended = txn
        .sql
        .prepare_cached("UPDATE sync_sessions SET ended = 1 WHERE remote = ?1 AND ended = 0")?
        .execute([remote])?;
    if ended > 0 {
        txn.activity_changed();
    }
    Ok(())
}

/// Each once: a conversation tells again at every start what it could not open.
pub(super) fn unopened(
    txn: &mut Txn<'_>,
    remote: &RemoteId,
    unopened: &[HeldBack],
) -> Result<(), StoreError> {
    let remote = remote_key(txn, remote)?;
    let known = |txn: &Txn<'_>, id: &str, reason: &Reason| -> Result<bool, StoreError> {
        let mut known = txn.sql.prepare_cached(
            "SELECT 1 FROM sync_entries JOIN sync_sessions USING (session)
             WHERE remote = ?1 AND id = ?2 AND kind = 'quarantined' AND reason = ?3",
        )?;
        Ok(known.exists(params![remote, id, held::written(reason)])?)
    };
    for item in unopened {
        let reason = Reason::Malformed {
            detail: item.reason.clone(),
        };
        if !known(txn, &item.id, &reason)? {
            let kind = ActivityKind::Quarantined;
            txn.note_with(remote, kind, &item.id, false, Some(&reason));
        }
    }
    Ok(())
}
