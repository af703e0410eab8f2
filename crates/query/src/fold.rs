//! Text as search compares it: lower case, without diacritics, every run of punctuation and
//! white space one space; with the way back to positions in the original.

use icu_normalizer::properties::{CanonicalDecompositionBorrowed, Decomposed};

/// Folded text. `starts` and `ends` have an entry for every byte of `text`: where the character
/// that it came from begins and ends in the original, in UTF-16 code units.
#[derive(Default)]
pub(crate) struct Folded {
    pub(crate) text: String,
    pub(crate) starts: Vec<usize>,
    pub(crate) ends: Vec<usize>,
}

impl Folded {
    pub(crate) fn of(original: &str) -> Self {
        let decomposition = CanonicalDecompositionBorrowed::new();
        let mut folded = Self {
            text: String::with_capacity(original.len()),
            starts: Vec::with_capacity(original.len()),
            ends: Vec::with_capacity(original.len()),
        };
        let mut at = 0;
        for c in original.chars() {
            let end = at + c.len_utf16();
            let before = folded.text.len();
            if c.is_ascii_alphanumeric() {
                // Nearly all letters of nearly all notes; the tables below cost ten times as much.
                folded.text.push(c.to_ascii_lowercase());
                folded.starts.push(at);
                folded.ends.push(end);
                at = end;
                continue;
            }
            if c.is_ascii() {
                push(c, &mut folded.text);
            } else {
                for lower in narrow(c).to_lowercase() {
                    decompose(&decomposition, lower, &mut folded.text);
                }
            }
            if folded.text.len() == before {
                // A mark belongs to the letter before it.
                if let Some(last) = folded.ends.last_mut() {
                    *last = end;
                }
            }
            folded.starts.resize(folded.text.len(), at);
            folded.ends.resize(folded.text.len(), end);
            at = end;
        }
        folded
    }
}

/// The text alone, for what is searched for.
pub(crate) fn fold(original: &str) -> String {
    Folded::of(original).text.trim().to_owned()
}

fn decompose(decomposition: &CanonicalDecompositionBorrowed<'_>, c: char, out: &mut String) {
    match decomposition.decompose(c) {
        Decomposed::Default => push(c, out),
        Decomposed::Singleton(single) => decompose(decomposition, single, out),
        Decomposed::Expansion(base, mark) => {
            decompose(decomposition, base, out);
            push(mark, out);
        }
    }
}

/// Marks above and below letters are dropped, voicing marks of kana are letters of their own.
fn push(c: char, out: &mut String) {
    if c.is_ascii_alphanumeric() {
        out.push(c);
        return;
    }
    if matches!(c, '\u{300}'..='\u{36F}') {
        return;
    }
    if c.is_alphanumeric() || matches!(c, '\u{3099}' | '\u{309A}') {
        out.push(c);
    } else if !out.ends_with(' ') {
        out.push(' ');
    }
}

/// Full-width Latin as ordinary Latin.
fn narrow(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        c => c,
    }
}

/// True for characters of scripts that put no spaces between words.
pub(crate) fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1100}'..='\u{11FF}'
        | '\u{1780}'..='\u{17FF}' | '\u{3040}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}'
        | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_lose_case_and_diacritics() {
        for (original, expected) in [
            ("Ünïted", "united"),
            ("Việt Nam", "viet nam"),
            ("e\u{301}te\u{301}", "ete"),
            ("Ｆｕｌｌ　Ｗｉｄｔｈ", "full width"),
            ("a--b, c", "a b c"),
            ("日本語", "日本語"),
            ("İ", "i"),
            ("  ?? ", ""),
        ] {
            assert_eq!(fold(original), expected);
        }
    }

    #[test]
    fn composed_and_decomposed_kana_are_the_same() {
        assert_eq!(fold("が"), fold("か\u{3099}"));
    }

    #[test]
    fn positions_lead_back_to_the_original() {
        let folded = Folded::of("😀 É\u{327}t");
        assert_eq!(folded.text, " et");
        assert_eq!(folded.starts, [0, 3, 5]);
        assert_eq!(folded.ends, [3, 5, 6]);
    }
}
