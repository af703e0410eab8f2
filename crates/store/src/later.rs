//! Words that are indexed later.
//!
//! The index of words is more than half of the work of taking a note in. Whoever waits for a first
//! pull waits for the notes, so what arrives many at a time is only written down in `unindexed`,
//! in the same transaction as the note, and the writer puts its words into the index when nothing
//! more urgent waits (`writer.rs`), also after a crash. A search indexes some of them before it
//! looks and says how many it could not look into.

use std::sync::atomic::{AtomicI64, Ordering};

use rusqlite::{Connection, OptionalExtension};
use sheaf_model::Note;

use crate::{
    Origin, Store, StoreError,
    heads::DocKey,
    slice::Slice,
    txn::{Core, Txn},
    writer::Step,
};

/// Documents that arrive together and are many.
pub(crate) const MANY: usize = 32;
/// What a search indexes before it looks: some tens of milliseconds.
const BEFORE_A_SEARCH: u32 = 1_000;
/// Rows that are read at once.
const AT_ONCE: u32 = 64;

/// How many notes wait for it. Shared, so that a search need not ask the writer when none does.
#[derive(Debug, Default)]
pub(crate) struct Unindexed(AtomicI64);

impl Unindexed {
    pub(crate) fn count(sql: &Connection) -> rusqlite::Result<i64> {
        sql.prepare_cached("SELECT count(*) FROM unindexed")?
            .query_row([], |row| row.get(0))
    }

    pub(crate) fn add(&self, notes: i64) {
        self.0.fetch_add(notes, Ordering::Relaxed);
    }

    pub(crate) fn any(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 0
    }
}

/// Indexes notes until the slice is over or `most` are done. Answers how many were.
pub(crate) fn index(txn: &mut Txn<'_>, slice: &mut Slice, most: u32) -> Result<u32, StoreError> {
    let mut done = 0;
    while done < most {
        let rows = oldest(txn.sql, AT_ONCE.min(most - done))?;
        if rows.is_empty() {
            // Lists with a search now find more.
            txn.all_searchable();
            break;
        }
        for row in rows {
            if let Some((doc, note)) = note(txn.sql, row)? {
                txn.index_now(doc, row, &note)?;
            } else {
                // `verify` will say so; nobody is helped by never going on.
                tracing::warn!("a note that waited for the search index is gone");
            }
            txn.forget_unindexed(row)?;
            done += 1;
            if slice.is_over() {
                return Ok(done);
            }
        }
    }
    Ok(done)
}

/// In the order of their rows, which is that of the index.
fn oldest(sql: &Connection, most: u32) -> Result<Vec<i64>, StoreError> {
    let mut select =
        sql.prepare_cached("SELECT search_row FROM unindexed ORDER BY search_row LIMIT ?1")?;
    let rows = select.query_map([most], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn note(sql: &Connection, search_row: i64) -> Result<Option<(DocKey, Note)>, StoreError> {
    let mut select = sql.prepare_cached(
        "SELECT notes.doc, revisions.body FROM notes INDEXED BY notes_by_search_row
         CROSS JOIN documents ON documents.doc = notes.doc
         CROSS JOIN revisions ON revisions.node = documents.head
         WHERE notes.search_row = ?1",
    )?;
    let found = select
        .query_row([search_row], |row| {
            let body = serde_json::from_str(row.get_ref(1)?.as_str()?).ok();
            Ok(body.map(|body| (row.get(0), body)))
        })
        .optional()?;
    let Some((doc, body)) = found.flatten() else {
        return Ok(None);
    };
    Ok(Some((doc?, Note::read(&body))))
}

impl Store {
    /// Indexes some of what waits for it, so that most searches find everything there is.
    pub(crate) async fn index_before_a_search(&self) -> Result<(), StoreError> {
        if !self.words_wait() {
            return Ok(());
        }
        let mut left = BEFORE_A_SEARCH;
        self.bulk(move |core| {
            let done = core.index_words(left)?;
            left -= done;
            let more = done > 0 && left > 0;
            Ok((if more { Step::More } else { Step::Done }, ()))
        })
        .await
    }
}

impl Core {
    /// A slice of it. Answers how many notes were indexed; 0: nothing is left.
    pub(crate) fn index_words(&mut self, most: u32) -> Result<u32, StoreError> {
        let mut slice = Slice::begin(self);
        self.write(Origin::Sync, |txn| index(txn, &mut slice, most))
    }
}
