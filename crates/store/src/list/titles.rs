//! Finding a note by a few letters of its title, among all of them.

use std::{cmp::Reverse, collections::BinaryHeap};

use rusqlite::Connection;
use sheaf_query::Fuzzy;

use crate::{NoteRow, Span, StoreError, heads::DocKey, read};

/// Titles of which the whole is looked at after the quick look at their beginnings.
const CANDIDATES: usize = 200;

/// The notes whose titles answer best, the best first; of equals the one changed last. Nothing
/// typed: the notes changed last. The trash is left out.
pub(crate) fn find_titles(
    sql: &Connection,
    typed: &str,
    limit: usize,
) -> Result<Vec<NoteRow>, StoreError> {
    let fuzzy = Fuzzy::of(typed);
    if fuzzy.is_empty() {
        return newest(sql, limit);
    }
    let mut found = Vec::new();
    for doc in candidates(sql, &fuzzy, limit.max(CANDIDATES))? {
        let Some((mut row, _)) = read::row(sql, doc)? else {
            continue;
        };
        let Some(matched) = fuzzy.find(&row.title) else {
            continue;
        };
        let spans = matched.hits.into_iter().filter_map(|(start, len)| {
            Some(Span {
                start: u32::try_from(start).ok()?,
                len: u32::try_from(len).ok()?,
            })
        });
        row.title_hits = spans.collect();
        found.push((matched.score, row));
    }
    found.sort_by_key(|(score, row)| Reverse((*score, row.updated_at)));
    Ok(found.into_iter().take(limit).map(|(_, row)| row).collect())
}

fn newest(sql: &Connection, limit: usize) -> Result<Vec<NoteRow>, StoreError> {
    let mut select = sql.prepare_cached(
        "SELECT doc FROM notes WHERE trashed = 0 ORDER BY updated_at DESC LIMIT ?1",
    )?;
    let docs: Vec<DocKey> = select
        .query_map([limit as i64], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let rows = docs.into_iter().map(|doc| read::row(sql, doc));
    let rows: Vec<_> = rows.collect::<Result<_, _>>()?;
    Ok(rows.into_iter().flatten().map(|(row, _)| row).collect())
}

/// The best by the beginnings of their titles, which an index holds without the rest of the row.
fn candidates(sql: &Connection, fuzzy: &Fuzzy, most: usize) -> Result<Vec<DocKey>, StoreError> {
    let mut select = sql.prepare_cached(
        "SELECT doc, title_key FROM notes INDEXED BY notes_by_title WHERE trashed = 0",
    )?;
    let mut rows = select.query([])?;
    let mut best: BinaryHeap<Reverse<(i32, DocKey)>> = BinaryHeap::new();
    while let Some(row) = rows.next()? {
        let title = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
        if !fuzzy.may_match(title) {
            continue;
        }
        let Some(matched) = fuzzy.find(title) else {
            continue;
        };
        best.push(Reverse((matched.score, row.get(0)?)));
        if best.len() > most {
            best.pop();
        }
    }
    Ok(best.into_iter().map(|Reverse((_, doc))| doc).collect())
}
