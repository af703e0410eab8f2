//! How many hits a search can have at most, before anything is searched.
//!
//! Ranking looks at every hit, and how many there are is only known after they were counted, which
//! takes as long as finding them. But FTS5 keeps, for each piece of the index, a table of contents:
//! one row for every page of 4 kB that begins a word (`search_idx`; the fts5 documentation,
//! "FTS5 Data Structures"). Over how many pages a word's hits spread bounds their number, and to
//! see that takes some microseconds. It is a bound on effort and decides nothing else: were the
//! table read wrongly, a search would be slower and find the same.

use rusqlite::{Connection, OptionalExtension as _, params};
use sheaf_query::{Query, Term, TermKind};

use crate::StoreError;

/// A hit is at least the distance to the one before, the length of its places and a place: three
/// bytes.
const HITS_PER_PAGE: usize = 4096 / 3;
/// FTS5 puts it before each word of the main index.
const MAIN: u8 = b'0';
/// More pieces than this, and looking into all tables of contents costs what it is to save.
const MOST_PIECES: usize = 8;

/// Hits of `query` at most; `None`: cannot be told without searching.
pub(super) fn at_most(sql: &Connection, query: &Query) -> Result<Option<usize>, StoreError> {
    let mut least = None;
    let Some(pieces) = pieces(sql)? else {
        return Ok(None);
    };
    for Term { exclude, kind } in &query.terms {
        // Whatever else is asked for makes the hits fewer.
        let TermKind::Word(word) = kind else { continue };
        let plain = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if *exclude || !plain {
            continue;
        }
        if let Some(pages) = pages(sql, &pieces, &word.to_ascii_lowercase())? {
            let hits = pages * HITS_PER_PAGE;
            least = Some(least.map_or(hits, |least: usize| least.min(hits)));
        }
    }
    Ok(least)
}

fn pieces(sql: &Connection) -> Result<Option<Vec<i64>>, StoreError> {
    let mut next =
        sql.prepare_cached("SELECT segid FROM search_idx WHERE segid > ?1 ORDER BY segid LIMIT 1")?;
    let mut found = Vec::new();
    let mut last = 0;
    while let Some(piece) = next.query_row([last], |row| row.get(0)).optional()? {
        if found.len() == MOST_PIECES {
            return Ok(None);
        }
        found.push(piece);
        last = piece;
    }
    Ok(Some(found))
}

/// Pages on which hits of words that begin so can be. `None`: there is no next word to tell where
/// they end.
fn pages(sql: &Connection, pieces: &[i64], word: &str) -> Result<Option<usize>, StoreError> {
    let mut first = sql.prepare_cached(
        "SELECT pgno >> 1 FROM search_idx WHERE segid = ?1 AND term <= ?2
         ORDER BY term DESC LIMIT 1",
    )?;
    let mut after = sql.prepare_cached(
        "SELECT pgno >> 1 FROM search_idx WHERE segid = ?1 AND term > ?2 ORDER BY term LIMIT 1",
    )?;
    let mut from = vec![MAIN];
    from.extend_from_slice(word.as_bytes());
    let mut beyond = from.clone();
    beyond.push(u8::MAX);
    let mut pages = 0;
    for piece in pieces {
        let page = |row: &rusqlite::Row<'_>| row.get::<_, i64>(0);
        let begin = first.query_row(params![piece, from], page).optional()?;
        let Some(end) = after.query_row(params![piece, beyond], page).optional()? else {
            return Ok(None);
        };
        pages += usize::try_from(end - begin.unwrap_or(1) + 1).unwrap_or(usize::MAX);
    }
    Ok(Some(pages))
}

#[cfg(test)]
mod tests {
    use sheaf_query::parse;

    use super::*;

    fn index(texts: impl Iterator<Item = String>) -> Connection {
        let sql = Connection::open_in_memory().unwrap();
        sql.execute_batch("CREATE VIRTUAL TABLE search USING fts5 (body, content = ''); BEGIN;")
            .unwrap();
        let mut insert = sql
            .prepare("INSERT INTO search (rowid, body) VALUES (?1, ?2)")
            .unwrap();
        for (row, text) in texts.enumerate() {
            insert.execute(params![row as i64 + 1, text]).unwrap();
        }
        drop(insert);
        sql.execute_batch("COMMIT; INSERT INTO search (search) VALUES ('optimize')")
            .unwrap();
        sql
    }

    fn hits(sql: &Connection, query: &str) -> usize {
        let count = "SELECT count(*) FROM search WHERE search MATCH ?1";
        let hits: i64 = sql.query_row(count, [query], |row| row.get(0)).unwrap();
        usize::try_from(hits).unwrap()
    }

    /// Of 30,000 texts each has "every", half of them "half", a few have "yew".
    fn large() -> Connection {
        index((0..30_000).map(|number| {
            let half = if number % 2 == 0 { "half" } else { "" };
            let yew = if number % 3_000 == 0 { "yew" } else { "" };
            format!("every {half} {yew} word{number} zz{number}")
        }))
    }

    #[test]
    fn no_word_has_more_hits_than_are_said_and_rare_ones_are_told_from_common_ones() {
        let sql = large();
        let said = |query: &str| at_most(&sql, &parse(query)).unwrap().unwrap();
        for (word, expression) in [
            ("every", "every"),
            ("half", "half"),
            ("yew", "yew"),
            ("word12345", "word12345"),
            ("word", "word*"),
        ] {
            assert!(said(word) >= hits(&sql, expression), "{word}");
        }
        assert!(said("yew") < said("half") && said("half") < said("every"));
        assert_eq!(said("every yew"), said("yew"), "all words must be there");
        assert_eq!(said("yew -every"), said("yew"));
    }

    #[test]
    fn what_the_table_of_contents_does_not_tell_is_left_open() {
        let sql = large();
        for query in ["\"every half\"", "title:every", "zzz", "日本語", "-every"] {
            assert_eq!(at_most(&sql, &parse(query)).unwrap(), None, "{query}");
        }
    }
}
