//! Where a text shows what was searched for.

use crate::{
    Query, TermKind,
    fold::{Folded, fold, is_unspaced},
};

/// The parts of `text` to mark, as (start, length) in UTF-16 code units, in order and apart from
/// each other. Case and diacritics do not matter; words match from their beginning, in scripts
/// without spaces anywhere. Only where a word begins nowhere are its other occurrences marked.
pub fn highlights(text: &str, query: &Query) -> Vec<(usize, usize)> {
    Needles::of(query).highlights(text)
}

/// What a query asks for in texts, read once for many of them.
#[derive(Debug, Clone)]
pub struct Needles(Vec<String>);

impl Needles {
    pub fn of(query: &Query) -> Self {
        Self(needles(query))
    }

    /// As [`highlights`].
    pub fn highlights(&self, text: &str) -> Vec<(usize, usize)> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let haystack = Folded::of(text);
        let mut ranges = Vec::new();
        for needle in &self.0 {
            mark(&haystack, needle, &mut ranges);
        }
        merged(ranges)
    }

    /// Whether there is anything to mark, without finding out where.
    pub fn are_in(&self, text: &str) -> bool {
        let haystack = Folded::of(text).text;
        self.0.iter().any(|needle| haystack.contains(needle))
    }
}

/// What is asked for in the text of notes, folded.
fn needles(query: &Query) -> Vec<String> {
    let positive = query.terms.iter().filter(|term| !term.exclude);
    let mut needles: Vec<String> = positive
        .filter_map(|term| match &term.kind {
            TermKind::Word(text)
            | TermKind::Phrase(text)
            | TermKind::Title(text)
            | TermKind::Body(text) => Some(fold(text)),
            TermKind::Book(_)
            | TermKind::Tag(_)
            | TermKind::Status(_)
            | TermKind::Has(_)
            | TermKind::Updated(_)
            | TermKind::Created(_) => None,
        })
        .filter(|needle| !needle.is_empty())
        .collect();
    needles.sort_unstable();
    needles.dedup();
    needles
}

fn mark(haystack: &Folded, needle: &str, ranges: &mut Vec<(usize, usize)>) {
    let anywhere = needle.starts_with(is_unspaced);
    let begins_word = |at: usize| {
        let before = haystack.text[..at].chars().next_back();
        before.is_none_or(|c| c == ' ' || is_unspaced(c))
    };
    let found = || haystack.text.match_indices(needle).map(|(at, _)| at);
    let range = |at: usize| (haystack.starts[at], haystack.ends[at + needle.len() - 1]);
    let before = ranges.len();
    ranges.extend(found().filter(|&at| anywhere || begins_word(at)).map(range));
    if ranges.len() == before {
        ranges.extend(found().map(range));
    }
}

/// Ranges (start, end) in order, overlapping and touching ones joined, as (start, length).
fn merged(mut ranges: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    ranges.sort_unstable();
    let mut merged: Vec<(usize, usize)> = Vec::new();
    for (start, end) in ranges {
        match merged.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => merged.push((start, end)),
        }
    }
    merged
        .into_iter()
        .map(|(start, end)| (start, end - start))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;

    fn marked(text: &str, query: &str) -> Vec<String> {
        let units: Vec<u16> = text.encode_utf16().collect();
        highlights(text, &parse(query))
            .into_iter()
            .map(|(start, length)| String::from_utf16(&units[start..start + length]).unwrap())
            .collect()
    }

    #[test]
    fn hits_are_marked_as_the_reader_sees_them() {
        for (text, query, expected) in [
            ("The Übung", "ubu", &["Übu"] as &[_]),
            ("note, keynote, Notes", "note", &["note", "Note"]),
            ("keynote", "note", &["note"]),
            ("日本語の本", "本", &["本", "本"]),
            ("two-words here", "\"two words\"", &["two-words"]),
            ("😀 smile", "smile", &["smile"]),
            ("cafe\u{301} au lait", "café", &["cafe\u{301}"]),
            ("a b", "c", &[]),
            ("tagged", "tag:tagged", &[]),
            ("gone", "-gone", &[]),
            ("title body", "title:title body:body", &["title", "body"]),
            ("foo bar", "foo fo", &["foo"]),
            ("C++ and c", "c++", &["C", "c"]),
            ("anything", "++", &[]),
            ("", "a", &[]),
        ] {
            assert_eq!(marked(text, query), expected, "{text} / {query}");
        }
    }

    #[test]
    fn touching_hits_are_one() {
        assert_eq!(highlights("東京都", &parse("東京 京都 都")), [(0, 3)]);
    }
}
