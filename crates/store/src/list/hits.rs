//! Where a row shows what was searched for.

use sheaf_query::{Needles, Query, TermKind};

use crate::{NoteRow, Span, words::is_unspaced};

/// Characters of plain text that a searched row shows, and how many of them before the hit.
const EXCERPT_CHARS: usize = 200;
const BEFORE_HIT: usize = 40;
/// Bytes of Markdown around a hit that are turned into plain text.
const BEFORE: usize = 160;
const AFTER: usize = 400;

/// What was searched for, read once for all rows of a page.
pub(super) struct Hits {
    needles: Needles,
    /// As typed.
    first_word: Option<String>,
}

impl Hits {
    pub(super) fn of(query: &Query) -> Self {
        let words = query.terms.iter().find_map(|term| match &term.kind {
            TermKind::Word(text) | TermKind::Phrase(text) | TermKind::Body(text)
                if !term.exclude =>
            {
                text.split_whitespace().next()
            }
            _ => None,
        });
        Self {
            needles: Needles::of(query),
            first_word: words.map(str::to_owned),
        }
    }

    /// `source` is the note's text.
    pub(super) fn show(&self, source: &str, row: &mut NoteRow) {
        row.title_hits = self.spans(&row.title);
        let excerpt = self.near_first_word(source);
        if let Some(excerpt) = excerpt.or_else(|| self.anywhere(source)) {
            row.excerpt = excerpt;
        }
        row.excerpt_hits = self.spans(&row.excerpt);
    }

    /// The usual case without folding the whole text: the word stands there as it was typed, but
    /// for the case of ASCII letters.
    fn near_first_word(&self, source: &str) -> Option<String> {
        let word = self.first_word.as_ref()?;
        let at = find_word(source, word)?;
        let start = source.floor_char_boundary(at.saturating_sub(BEFORE));
        // From the beginning of a line, so that its mark (a list, a heading) is still seen as one.
        let start = source[start..at]
            .find('\n')
            .map_or(start, |line| start + line + 1);
        let end = source.floor_char_boundary((at + AFTER).min(source.len()));
        let text = sheaf_markdown::plain_text(&source[start..end], usize::MAX);
        let hit = find_word(&text, word).or_else(|| self.first_in(&text))?;
        Some(around(&text, hit, start > 0))
    }

    fn anywhere(&self, source: &str) -> Option<String> {
        let text = sheaf_markdown::plain_text(source, usize::MAX);
        Some(around(&text, self.first_in(&text)?, false))
    }

    /// Byte position.
    fn first_in(&self, text: &str) -> Option<usize> {
        let (first, _) = *self.needles.highlights(text).first()?;
        let mut units = 0;
        text.char_indices().find_map(|(at, c)| {
            let here = units >= first;
            units += c.len_utf16();
            here.then_some(at)
        })
    }

    fn spans(&self, text: &str) -> Vec<Span> {
        let span = |(start, len): (usize, usize)| {
            Some(Span {
                start: u32::try_from(start).ok()?,
                len: u32::try_from(len).ok()?,
            })
        };
        let ranges = self.needles.highlights(text);
        ranges.into_iter().filter_map(span).collect()
    }
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

/// A stretch of the text with the hit at byte `hit` near its beginning, cut at a space where one is
/// near. `cut_before`: the text itself is a part.
fn around(text: &str, hit: usize, cut_before: bool) -> String {
    let before = text[..hit].char_indices().rev().take(BEFORE_HIT);
    let mut start = before.last().map_or(hit, |(at, _)| at);
    if start > 0
        && let Some((space, c)) = text[start..hit]
            .char_indices()
            .find(|(_, c)| c.is_whitespace())
    {
        start += space + c.len_utf8();
    }
    let end = text[start..].char_indices().nth(EXCERPT_CHARS);
    let cut = &text[start..end.map_or(text.len(), |(at, _)| start + at)];
    if start > 0 || cut_before {
        format!("…{cut}")
    } else {
        cut.to_owned()
    }
}
