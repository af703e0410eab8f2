//! Which lists a note is counted in. The sidebar reads the sums; nothing scans.

use std::collections::BTreeMap;

use rusqlite::Connection;

use crate::{StoreError, txn::Txn};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(i64)]
pub(crate) enum Counter {
    All = 0,
    Pinned = 1,
    Conflicts = 2,
    Trash = 3,
    Notebook = 4,
    Tag = 5,
    Status = 6,
}

/// `notes.place` of a note in the trash.
pub(crate) const TRASH: i64 = 0;
/// `notes.place` of a template.
pub(crate) const TEMPLATE: i64 = -1;

/// What decides where a note is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) place: i64,
    pub(crate) shown_in: i64,
    pub(crate) status: i64,
    pub(crate) pinned: bool,
    pub(crate) conflicted: bool,
    pub(crate) tags: Vec<i64>,
}

impl Standing {
    /// The counters this note adds one to.
    pub(crate) fn counters(&self) -> Vec<(Counter, i64)> {
        let mut counters = Vec::with_capacity(4 + self.tags.len());
        if self.conflicted {
            counters.push((Counter::Conflicts, 0));
        }
        if self.place == TRASH {
            counters.push((Counter::Trash, 0));
            return counters;
        }
        counters.push((Counter::All, 0));
        counters.push((Counter::Status, self.status));
        if self.pinned {
            counters.push((Counter::Pinned, 0));
        }
        if self.shown_in > 0 && self.status < 3 {
            counters.push((Counter::Notebook, self.shown_in));
        }
        counters.extend(self.tags.iter().map(|tag| (Counter::Tag, *tag)));
        counters
    }
}

impl Txn<'_> {
    pub(crate) fn recount(&mut self, before: Option<&Standing>, after: Option<&Standing>) {
        if before == after {
            return;
        }
        for (counter, key) in before.into_iter().flat_map(Standing::counters) {
            self.count(counter, key, -1);
        }
        for (counter, key) in after.into_iter().flat_map(Standing::counters) {
            self.count(counter, key, 1);
        }
    }
}

pub(crate) type Counts = BTreeMap<(i64, i64), i64>;

/// The maintained counts, zeros left out.
pub(crate) fn stored(sql: &Connection) -> Result<Counts, StoreError> {
    let mut statement =
        sql.prepare_cached("SELECT counter, key, notes FROM counts WHERE notes <> 0")?;
    let rows = statement.query_map([], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The same, counted anew.
pub(crate) fn recounted(sql: &Connection) -> Result<Counts, StoreError> {
    let mut counts = Counts::new();
    let mut statement =
        sql.prepare("SELECT doc, place, shown_in, status, pinned, conflicted FROM notes")?;
    let mut tags = sql.prepare("SELECT tag FROM note_tags WHERE note = ?1")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let doc: i64 = row.get(0)?;
        let standing = Standing {
            place: row.get(1)?,
            shown_in: row.get(2)?,
            status: row.get(3)?,
            pinned: row.get(4)?,
            conflicted: row.get(5)?,
            tags: tags
                .query_map([doc], |row| row.get(0))?
                .collect::<Result<_, _>>()?,
        };
        for (counter, key) in standing.counters() {
            *counts.entry((counter as i64, key)).or_default() += 1;
        }
    }
    Ok(counts)
}
