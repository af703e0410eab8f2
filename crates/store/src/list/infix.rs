//! Words found in the middle of words ("eaf" in "Sheaf"), which the index does not know.
//!
//! Only after the index of words found little: titles by an index of their own, and when there is
//! still nothing, the newest texts until the time for it is used up. Time only bounds the effort,
//! and the answer says when it did.

use std::{
    cmp::Reverse,
    collections::HashSet,
    time::{Duration, Instant},
};

use rusqlite::{Connection, params};
use sheaf_query::{Needles, Query, Term, TermKind};

use crate::{StoreError, heads::DocKey, list::page::text_of};

/// So many hits of the index are enough.
pub(crate) const FEW: usize = 50;
/// A shorter piece of a word is in every text.
const SHORTEST: usize = 2;
/// The index of titles knows pieces of this many letters.
const PART: usize = 3;
const MOST_TITLES: usize = 200;
const MANY_TITLES: usize = 2_000;
const TIME_FOR_TEXTS: Duration = Duration::from_millis(8);

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
    let parts: Vec<String> = words.iter().flat_map(|word| parts(&word.text)).collect();
    let titles = titles(sql, &parts.join(" AND "))?;
    let known: HashSet<DocKey> = docs.iter().copied().collect();
    let mut select = sql.prepare_cached(&format!(
        "SELECT search_row, title FROM notes WHERE doc = ?1 AND {condition}"
    ))?;
    let mut found: Vec<(i64, DocKey)> = Vec::new();
    for doc in titles {
        let mut note = select.query([doc])?;
        let Some(note) = note.next()? else { continue };
        let title = note.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
        if !known.contains(&doc) && words.iter().all(|word| word.is_in(title)) {
            found.push((note.get(0)?, doc));
        }
    }
    found.sort_unstable_by_key(|(search_row, _)| Reverse(*search_row));
    docs.extend(found.into_iter().map(|(_, doc)| doc));
    Ok(())
}

/// Notes with these pieces in their titles; where they are many, those that were made last. The
/// index is quicker forwards, and mostly the titles are few.
fn titles(sql: &Connection, expression: &str) -> Result<Vec<DocKey>, StoreError> {
    let rows = |order: &str, most: usize| {
        let mut select = sql.prepare_cached(&format!(
            "SELECT rowid FROM title_parts WHERE title_parts MATCH ?1 ORDER BY rowid {order} LIMIT ?2"
        ))?;
        let rows = select.query_map(params![expression, most as i64], |row| row.get(0))?;
        Ok::<Vec<DocKey>, StoreError>(rows.collect::<Result<_, _>>()?)
    };
    let mut oldest = rows("ASC", MANY_TITLES)?;
    if oldest.len() == MANY_TITLES {
        return rows("DESC", MOST_TITLES);
    }
    let surplus = oldest.len().saturating_sub(MOST_TITLES);
    Ok(oldest.split_off(surplus))
}

/// What to ask the index of titles for: every third of the word's pieces and the last. That they
/// follow each other is seen in the title; the index takes three times as long to find it out.
fn parts(word: &str) -> impl Iterator<Item = String> {
    let letters: Vec<char> = word.chars().collect();
    let last = letters.len() - PART;
    let starts = (0..last).step_by(PART).chain([last]);
    let part = |start: usize| letters[start..start + PART].iter().collect::<String>();
    let quoted = |part: String| format!("\"{}\"", part.replace('"', "\"\""));
    starts.map(part).map(quoted).collect::<Vec<_>>().into_iter()
}

fn add_texts(
    sql: &Connection,
    words: &[Word],
    condition: &str,
    docs: &mut Vec<DocKey>,
) -> Result<bool, StoreError> {
    let started = Instant::now();
    let mut newest = sql.prepare_cached(&format!(
        "SELECT notes.doc, revisions.body FROM notes INDEXED BY notes_by_search_row
         CROSS JOIN documents ON documents.doc = notes.doc
         CROSS JOIN revisions ON revisions.node = documents.head
         WHERE {condition} ORDER BY search_row DESC"
    ))?;
    let mut rows = newest.query([])?;
    let mut looked_at = 0_u32;
    while let Some(row) = rows.next()? {
        let json = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
        if words.iter().all(|word| word.may_be_in(json)) {
            let doc: DocKey = row.get(0)?;
            if holds(sql, doc, words)? {
                docs.push(doc);
            }
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
    needle: Needles,
    /// Lower-case ASCII, for a first look without folding.
    ascii: Option<String>,
}

impl Word {
    fn is_in(&self, text: &str) -> bool {
        self.may_be_in(text) && self.needle.are_in(text)
    }

    /// A first look, at text or at JSON.
    fn may_be_in(&self, text: &str) -> bool {
        match &self.ascii {
            // Folding may turn other letters into ASCII ones.
            Some(ascii) if text.is_ascii() => contains(text, ascii),
            _ => true,
        }
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
                    needle: Needles::of(&Query { terms: vec![term] }),
                    ascii: plain.then(|| text.to_ascii_lowercase()),
                });
            }
            TermKind::Book(_)
            | TermKind::Tag(_)
            | TermKind::Status(_)
            | TermKind::Has(_)
            | TermKind::Updated(_)
            | TermKind::Created(_) => {}
            _ => return None,
        }
    }
    (!words.is_empty()).then_some(words)
}

fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphanumeric()).count()
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
    let (mut haystack, needle) = (haystack.as_bytes(), needle.as_bytes());
    let Some((first, rest)) = needle.split_first() else {
        return true;
    };
    while let Some(at) = memchr::memchr2(*first, first.to_ascii_uppercase(), haystack) {
        haystack = &haystack[at + 1..];
        let here = haystack.get(..rest.len());
        if here.is_some_and(|here| here.eq_ignore_ascii_case(rest)) {
            return true;
        }
    }
    false
}
