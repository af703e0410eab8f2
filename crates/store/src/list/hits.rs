//! Where a row shows what was searched for.

use rusqlite::Connection;
use sheaf_query::{Query, TermKind, highlights};

use crate::{NoteRow, Span, StoreError, heads::DocKey, list::page::text_of, words::is_unspaced};

/// Characters of plain text that a searched row shows, and how many of them before the hit.
const EXCERPT_CHARS: usize = 200;
const BEFORE_HIT: usize = 40;
/// Bytes of Markdown around a hit that are turned into plain text.
const BEFORE: usize = 160;
const AFTER: usize = 400;

pub(super) fn show_hits(
    sql: &Connection,
    doc: DocKey,
    row: &mut NoteRow,
    query: &Query,
) -> Result<(), StoreError> {
    row.title_hits = spans(&row.title, query);
    let source = text_of(sql, doc)?;
    if let Some(excerpt) = near_first_word(&source, query).or_else(|| anywhere(&source, query)) {
        row.excerpt = excerpt;
    }
    row.excerpt_hits = spans(&row.excerpt, query);
    Ok(())
}

/// The usual case without folding the whole text: the word stands there as it was typed, but for
/// the case of ASCII letters.
fn near_first_word(source: &str, query: &Query) -> Option<String> {
    let word = query.terms.iter().find_map(|term| match &term.kind {
        TermKind::Word(text) | TermKind::Phrase(text) | TermKind::Body(text) if !term.exclude => {
            text.split_whitespace().next()
        }
        _ => None,
    })?;
    let at = find_word(source, word)?;
    let start = source.floor_char_boundary(at.saturating_sub(BEFORE));
    // From the beginning of a line, so that its mark (a list, a heading) is still seen as one.
    let start = source[start..at]
        .find('\n')
        .map_or(start, |line| start + line + 1);
    let end = source.floor_char_boundary((at + AFTER).min(source.len()));
    let text = sheaf_markdown::plain_text(&source[start..end], usize::MAX);
    let first = highlights(&text, query).first()?.0;
    Some(around(&text, first, start > 0))
}

fn anywhere(source: &str, query: &Query) -> Option<String> {
    let text = sheaf_markdown::plain_text(source, usize::MAX);
    let first = highlights(&text, query).first()?.0;
    Some(around(&text, first, false))
}

/// Byte position where a word begins like `word`.
fn find_word(source: &str, word: &str) -> Option<usize> {
    let (haystack, needle) = (source.as_bytes(), word.as_bytes());
    let (first, rest) = needle.split_first()?;
    let either = [first.to_ascii_lowercase(), first.to_ascii_uppercase()];
    let inside_words = word.starts_with(is_unspaced);
    let mut from = 0;
    while let Some(step) = haystack[from..]
        .iter()
        .position(|byte| either.contains(byte))
    {
        let at = from + step;
        let same = haystack[at + 1..]
            .get(..rest.len())
            .is_some_and(|here| here.eq_ignore_ascii_case(rest));
        if same && (inside_words || !source[..at].ends_with(char::is_alphanumeric)) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

fn spans(text: &str, query: &Query) -> Vec<Span> {
    let span = |(start, len): (usize, usize)| {
        Some(Span {
            start: u32::try_from(start).ok()?,
            len: u32::try_from(len).ok()?,
        })
    };
    highlights(text, query)
        .into_iter()
        .filter_map(span)
        .collect()
}

/// A stretch of the text with the hit at `at` (UTF-16) near its beginning, cut at a space where
/// one is near. `cut_before`: the text itself is a part.
fn around(text: &str, at: usize, cut_before: bool) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut units = 0;
    let hit = chars.iter().position(|c| {
        let here = units >= at;
        units += c.len_utf16();
        here
    });
    let hit = hit.unwrap_or(0);
    let mut start = hit.saturating_sub(BEFORE_HIT);
    if start > 0
        && let Some(space) = chars[start..hit].iter().position(|c| c.is_whitespace())
    {
        start += space + 1;
    }
    let end = (start + EXCERPT_CHARS).min(chars.len());
    let cut: String = chars[start..end].iter().collect();
    if start > 0 || cut_before {
        format!("…{cut}")
    } else {
        cut
    }
}
