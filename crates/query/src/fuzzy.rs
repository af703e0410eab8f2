//! Letters in order, for finding a title by a few of them.

use crate::fold::{Folded, is_unspaced};

/// How well a title answers, the best highest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FuzzyMatch {
    pub score: i32,
    /// The letters that were found, as (start, length) in UTF-16 code units of the title, in order
    /// and apart from each other.
    pub hits: Vec<(usize, usize)>,
}

const FOLLOWS: i32 = 12;
const BEGINS_WORD: i32 = 10;
const BEGINS_TITLE: i32 = 6;
/// Letters between two found ones that count against a title; more are not worse.
const GAP: usize = 12;
/// Beginnings that are tried for a word; a title of one letter repeated must not cost its square.
const STARTS: usize = 24;

/// What was typed, read once for all titles.
#[derive(Debug, Clone)]
pub struct Fuzzy {
    /// Folded; each has to be found, in any order.
    words: Vec<Vec<u8>>,
}

impl Fuzzy {
    /// Case, diacritics and punctuation do not matter.
    pub fn of(typed: &str) -> Self {
        let folded = Folded::of(typed).text;
        Self {
            words: folded
                .split(' ')
                .filter(|word| !word.is_empty())
                .map(|word| word.as_bytes().to_vec())
                .collect(),
        }
    }

    /// True if nothing was typed that could be looked for.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether the letters of every word are in `title`, in their order; for sorting out what
    /// needs no closer look. `title` is lower case already.
    pub fn may_match(&self, title: &str) -> bool {
        // Folding may turn other letters into the ones looked for.
        !title.is_ascii()
            || self
                .words
                .iter()
                .all(|word| in_order(word, title.as_bytes()))
    }

    /// `None`: some word's letters are not in the title in their order.
    pub fn find(&self, title: &str) -> Option<FuzzyMatch> {
        let folded = Folded::of(title);
        let text = folded.text.as_bytes();
        let mut score = 0;
        let mut found = Vec::new();
        for word in &self.words {
            let (points, places) = best(word, &folded.text)?;
            score += points;
            found.extend(places);
        }
        let length = i32::try_from(text.len()).unwrap_or(i32::MAX);
        // Of two titles with the same letters the shorter one is meant.
        score -= length.min(200) / 8;
        found.sort_unstable();
        found.dedup();
        let mut hits: Vec<(usize, usize)> = Vec::new();
        for at in found {
            let (start, end) = (folded.starts[at], folded.ends[at]);
            match hits.last_mut() {
                Some((from, len)) if *from + *len >= start => *len = (*len).max(end - *from),
                _ => hits.push((start, end - start)),
            }
        }
        Some(FuzzyMatch { score, hits })
    }
}

fn in_order(word: &[u8], text: &[u8]) -> bool {
    let mut letters = word.iter();
    let mut wanted = letters.next();
    for byte in text {
        if wanted == Some(byte) {
            wanted = letters.next();
        }
    }
    wanted.is_none()
}

/// The best of the first places where `word` can begin.
fn best(word: &[u8], text: &str) -> Option<(i32, Vec<usize>)> {
    let bytes = text.as_bytes();
    let first = *word.first()?;
    let mut best: Option<(i32, Vec<usize>)> = None;
    let starts = bytes.iter().enumerate().filter(|(_, byte)| **byte == first);
    for (start, _) in starts.take(STARTS) {
        let Some(found) = from(word, text, start) else {
            // What is not in the rest is not in a shorter rest.
            break;
        };
        if best.as_ref().is_none_or(|(score, _)| found.0 > *score) {
            best = Some(found);
        }
    }
    best
}

fn from(word: &[u8], text: &str, start: usize) -> Option<(i32, Vec<usize>)> {
    let bytes = text.as_bytes();
    let mut places = Vec::with_capacity(word.len());
    let mut score = 0;
    let mut at = start;
    for letter in word {
        let gap = bytes[at..].iter().position(|byte| byte == letter)?;
        at += gap;
        if places.last().is_some_and(|last| last + 1 == at) {
            score += FOLLOWS;
        } else if at == 0 {
            score += BEGINS_WORD + BEGINS_TITLE;
        } else if begins_word(text, at) {
            score += BEGINS_WORD;
        } else if !places.is_empty() {
            score -= gap.min(GAP) as i32;
        }
        places.push(at);
        at += 1;
    }
    Some((score, places))
}

fn begins_word(text: &str, at: usize) -> bool {
    text.is_char_boundary(at)
        && text[..at]
            .chars()
            .next_back()
            .is_none_or(|c| c == ' ' || is_unspaced(c))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn order(typed: &str, titles: &[&str]) -> Vec<String> {
        let fuzzy = Fuzzy::of(typed);
        let mut found: Vec<(i32, &str)> = titles
            .iter()
            .filter_map(|title| Some((fuzzy.find(title)?.score, *title)))
            .collect();
        found.sort_by_key(|(score, _)| -score);
        found
            .into_iter()
            .map(|(_, title)| title.to_owned())
            .collect()
    }

    fn marked(typed: &str, title: &str) -> Vec<String> {
        let units: Vec<u16> = title.encode_utf16().collect();
        let found = Fuzzy::of(typed).find(title).unwrap();
        found
            .hits
            .into_iter()
            .map(|(start, length)| String::from_utf16(&units[start..start + length]).unwrap())
            .collect()
    }

    #[test]
    fn beginnings_and_runs_come_first() {
        assert_eq!(
            order(
                "cas",
                &["Because", "Checkpoint and safety", "Castle", "Lucas"]
            ),
            ["Castle", "Checkpoint and safety", "Lucas", "Because"]
        );
        assert_eq!(
            order("sync eng", &["Engine sync", "Sync", "Sync engine"]).len(),
            2
        );
        assert_eq!(order("uber", &["Über uns", "Kübel"]), ["Über uns"]);
        assert_eq!(
            order("設計", &["同期の設計メモ", "日本"]),
            ["同期の設計メモ"]
        );
    }

    #[test]
    fn found_letters_are_marked_in_the_title_as_written() {
        assert_eq!(marked("ubu", "Die Übung"), ["Übu"]);
        assert_eq!(marked("cs", "Crash safety"), ["C", "s"]);
        assert_eq!(marked("設メ", "同期の設計メモ"), ["設", "メ"]);
        assert_eq!(marked("smile", "😀 Smile"), ["Smile"]);
    }

    proptest! {
        #[test]
        fn the_quick_look_never_hides_a_match(typed in "[a-z ]{0,5}", title in "[a-zA-Z .-]{0,30}") {
            let fuzzy = Fuzzy::of(&typed);
            if fuzzy.find(&title).is_some() {
                prop_assert!(fuzzy.may_match(&title.to_lowercase()));
            }
        }

        #[test]
        fn hits_lie_inside_the_title(typed in "\\PC{0,6}", title in "\\PC{0,30}") {
            let length = title.encode_utf16().count();
            let mut end = 0;
            if let Some(found) = Fuzzy::of(&typed).find(&title) {
                for (start, marked) in found.hits {
                    prop_assert!(start >= end && marked > 0);
                    end = start + marked;
                }
            }
            prop_assert!(end <= length);
        }
    }
}
