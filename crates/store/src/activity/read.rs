//! Reading the log. Titles are looked up now: the log does not keep them.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use sheaf_sync::RemoteId;

use super::{ActivityEntry, ActivityKind, ActivityPage, ActivitySession, ListActivity};
use crate::{StoreError, held};

pub(super) fn list(sql: &Connection, list: &ListActivity) -> Result<ActivityPage, StoreError> {
    let mut select = sql.prepare_cached(
        "SELECT session, remotes.id, began, last, told.pulled, told.pushed, merged, conflicts,
                quarantined, skipped, trouble, tries
         FROM sync_sessions AS told JOIN remotes USING (remote)
         WHERE session < ?1 ORDER BY session DESC",
    )?;
    let words = folded(&list.words);
    let mut rows = select.query([list.before.unwrap_or(i64::MAX)])?;
    let mut page = ActivityPage::default();
    while let Some(row) = rows.next()? {
        let mut session = session(row)?;
        session.entries = entries(sql, list, &words, session.session)?;
        if list.chooses() {
            if session.entries.is_empty() {
                continue;
            }
        } else {
            let listed: u32 = session.entries.iter().map(|entry| entry.times).sum();
            session.unlisted = session.counts.iter().sum::<u32>().saturating_sub(listed);
        }
        if page.sessions.len() >= list.limit as usize {
            page.more = true;
            break;
        }
        page.sessions.push(session);
    }
    Ok(page)
}

fn session(row: &Row<'_>) -> rusqlite::Result<ActivitySession> {
    let mut counts = [0; 6];
    for (place, count) in counts.iter_mut().enumerate() {
        *count = row.get(4 + place)?;
    }
    Ok(ActivitySession {
        session: row.get(0)?,
        remote: RemoteId(row.get(1)?),
        began: row.get(2)?,
        last: row.get(3)?,
        counts,
        trouble: row.get(10)?,
        tries: row.get(11)?,
        entries: Vec::new(),
        unlisted: 0,
    })
}

fn entries(
    sql: &Connection,
    list: &ListActivity,
    words: &str,
    session: i64,
) -> Result<Vec<ActivityEntry>, StoreError> {
    let mut select = sql.prepare_cached(
        "SELECT told.kind, told.id, at, times, told.deleted, reason,
                COALESCE(notes.title, notebooks.name, tags.name,
                         json_extract(revisions.body, '$.name')),
                documents.head IS NOT NULL
         FROM sync_entries AS told
         LEFT JOIN documents ON documents.id = told.id
         LEFT JOIN notes USING (doc)
         LEFT JOIN notebooks USING (doc)
         LEFT JOIN tags USING (doc)
         LEFT JOIN revisions ON revisions.node = documents.head
         WHERE session = ?1 AND (?2 IS NULL OR told.id = ?2)
         ORDER BY at DESC, entry DESC",
    )?;
    let mut rows = select.query(params![session, list.document])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let Some(kind) =
            ActivityKind::of_word(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)
        else {
            continue;
        };
        if !list.kinds.is_empty() && !list.kinds.contains(&kind) {
            continue;
        }
        let mut entry = ActivityEntry {
            kind,
            id: row.get(1)?,
            at: row.get(2)?,
            times: row.get(3)?,
            deleted: row.get(4)?,
            reason: row.get::<_, Option<String>>(5)?.as_deref().map(held::read),
            name: row.get(6)?,
            here: row.get(7)?,
        };
        if entry.name.is_none() {
            entry.name = last_title(sql, &entry.id)?;
        }
        let named = || entry.name.as_deref().map(folded).unwrap_or_default();
        if words.is_empty() || named().contains(words) {
            found.push(entry);
        }
    }
    Ok(found)
}

/// Of a note that is not here any more.
fn last_title(sql: &Connection, id: &str) -> Result<Option<String>, StoreError> {
    let mut select = sql.prepare_cached(
        "SELECT rest ->> '$.title' FROM snapshots WHERE id = ?1 ORDER BY snapshot DESC LIMIT 1",
    )?;
    let title = select.query_row([id], |row| row.get::<_, Option<String>>(0));
    Ok(title.optional()?.flatten())
}

fn folded(text: &str) -> String {
    text.trim().to_lowercase()
}
