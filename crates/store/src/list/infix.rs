//! Words found in the middle of words ("eaf" in "Sheaf"), which the index does not know.
//!
//! Only after the index of words found little: titles by an index of their own, and when there is
//! still nothing, the newest texts until the time for it is used up. Time only bounds the effort,
//! and the answer says when it did.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use rusqlite::{Connection, params};
use sheaf_query::{Query, Term, TermKind, highlights};

use crate::{StoreError, heads::DocKey, list::page::text_of};

/// So many hits of the index are enough.
pub(crate) const FEW: usize = 50;
/// A shorter piece of a word is in every text.
const SHORTEST: usize = 2;
/// The index of titles knows pieces of this many letters.
const PART: usize = 3;
const MOST_TITLES: u32 = 200;
const TIME_FOR_TEXTS: Duration = Duration::from_millis(30);

/// Adds to `docs`, newest first. `false`: there may be more.
pub(super) fn add(
    sql: &Connection,
    query: &Query,
    condition: &str,
    docs: &mut Vec<DocKey>,
) -> Result<bool, StoreError> {
    let Some(words) = words(query) else {
        return Ok(true);
    };
    add_titles(sql, &words, condition, docs)?;
    // A text is only looked into when nothing else was found.
    if docs.is_empty() {
        add_texts(sql, &words, condition, docs)
    } else {
        Ok(true)
    }
}

fn add_titles(
    sql: &Connection,
    words: &[Word],
    condition: &str,
    docs: &mut Vec<DocKey>,
) -> Result<(), StoreError> {
    if words.iter().any(|word| word.text.chars().count() < PART) {
        return Ok(());
    }
    let parts: Vec<String> = words
        .iter()
        .map(|word| format!("\"{}\"", word.text.replace('"', "\"\"")))
        .collect();
    let mut select = sql.prepare_cached(&format!(
        "SELECT notes.doc
         FROM title_parts CROSS JOIN notes INDEXED BY notes_by_search_row
              ON notes.search_row = title_parts.rowid
         WHERE title_parts MATCH ?1 AND {condition}
         ORDER BY title_parts.rowid DESC LIMIT ?2"
    ))?;
    let rows = select.query_map(params![parts.join(" AND "), MOST_TITLES], |row| row.get(0))?;
    let known: HashSet<DocKey> = docs.iter().copied().collect();
    for doc in rows {
        let doc = doc?;
        if !known.contains(&doc) {
            docs.push(doc);
        }
    }
    Ok(())
}

fn add_texts(
    sql: &Connection,
    words: &[Word],
    condition: &str,
    docs: &mut Vec<DocKey>,
) -> Result<bool, StoreError> {
    let started = Instant::now();
    let mut newest = sql.prepare_cached(&format!(
        "SELECT doc FROM notes WHERE {condition} ORDER BY updated_at DESC"
    ))?;
    let mut rows = newest.query([])?;
    let mut looked_at = 0_u32;
    while let Some(row) = rows.next()? {
        let doc: DocKey = row.get(0)?;
        if is_candidate(sql, doc, words)? && holds(sql, doc, words)? {
            docs.push(doc);
        }
        looked_at += 1;
        if looked_at.is_multiple_of(16) && started.elapsed() > TIME_FOR_TEXTS {
            return Ok(false);
        }
    }
    Ok(true)
}

struct Word {
    text: String,
    query: Query,
    /// Lower-case ASCII, for a first look without folding.
    ascii: Option<String>,
}

impl Word {
    fn is_in(&self, text: &str) -> bool {
        let plausible = match &self.ascii {
            // Folding may turn other letters into ASCII ones.
            Some(ascii) if text.is_ascii() => contains(text, ascii),
            _ => true,
        };
        plausible && !highlights(text, &self.query).is_empty()
    }
}

/// The plain words of the query, when it asks for nothing else of the text.
fn words(query: &Query) -> Option<Vec<Word>> {
    let mut words = Vec::new();
    for Term { exclude, kind } in &query.terms {
        match kind {
            TermKind::Word(text) if !exclude && letters(text) >= SHORTEST => {
                let term = Term {
                    exclude: false,
                    kind: kind.clone(),
                };
                let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric());
                words.push(Word {
                    text: text.clone(),
                    query: Query { terms: vec![term] },
                    ascii: plain.then(|| text.to_ascii_lowercase()),
                });
            }
            TermKind::Book(_) | TermKind::Tag(_) | TermKind::Status(_) => {}
            _ => return None,
        }
    }
    (!words.is_empty()).then_some(words)
}

fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphanumeric()).count()
}

/// A first look at the stored JSON as it is.
fn is_candidate(sql: &Connection, doc: DocKey, words: &[Word]) -> Result<bool, StoreError> {
    let mut statement = sql.prepare_cached(
        "SELECT revisions.body FROM documents
         JOIN revisions ON revisions.node = documents.head WHERE documents.doc = ?1",
    )?;
    let mut rows = statement.query([doc])?;
    let Some(row) = rows.next()? else {
        return Ok(false);
    };
    let json = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
    Ok(words.iter().all(|word| match &word.ascii {
        Some(ascii) if json.is_ascii() => contains(json, ascii),
        _ => true,
    }))
}

fn holds(sql: &Connection, doc: DocKey, words: &[Word]) -> Result<bool, StoreError> {
    let text = text_of(sql, doc)?;
    let title: String = sql
        .prepare_cached("SELECT title FROM notes WHERE doc = ?1")?
        .query_row([doc], |row| row.get(0))?;
    Ok(words
        .iter()
        .all(|word| word.is_in(&text) || word.is_in(&title)))
}

/// Whether `needle`, lower-case ASCII, is in `haystack` without regard to case.
fn contains(haystack: &str, needle: &str) -> bool {
    let (haystack, needle) = (haystack.as_bytes(), needle.as_bytes());
    let Some((first, rest)) = needle.split_first() else {
        return true;
    };
    haystack.iter().enumerate().any(|(at, byte)| {
        byte.to_ascii_lowercase() == *first
            && haystack[at + 1..]
                .get(..rest.len())
                .is_some_and(|here| here.eq_ignore_ascii_case(rest))
    })
}
