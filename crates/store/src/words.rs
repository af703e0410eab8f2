//! What the full-text index is fed, for texts and for queries alike.
//!
//! The index splits at what is no letter and folds case and diacritics (`unicode61
//! remove_diacritics 2`). Scripts that put no spaces between words would become one word per
//! sentence; their runs are written as overlapping pairs instead, the last character once more
//! alone. So every single character begins some word and a run of two or more is a phrase of
//! pairs: nothing that is in the text is missed, and only what is there in that order is found.

use std::borrow::Cow;

/// Text with runs of unspaced scripts written as pairs. Most text has none and is not copied.
pub(crate) fn spaced(text: &str) -> Cow<'_, str> {
    // The first unspaced script begins at U+0E01, whose UTF-8 begins with 0xE0.
    let candidate = text.bytes().any(|byte| byte >= 0xE0);
    if !candidate || !text.chars().any(is_unspaced) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() * 2);
    let mut rest = text;
    while let Some(start) = rest.find(is_unspaced) {
        out.push_str(&rest[..start]);
        let run = &rest[start..];
        let end = run.find(|c| !is_unspaced(c)).unwrap_or(run.len());
        out.push(' ');
        for token in pairs(&run[..end]) {
            out.push_str(token);
            out.push(' ');
        }
        rest = &run[end..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// `漢字体` → `漢字`, `字体`, `体`.
pub(crate) fn pairs(run: &str) -> impl Iterator<Item = &str> {
    run.char_indices().map(move |(start, first)| {
        let second = run[start + first.len_utf8()..].chars().next();
        let len = first.len_utf8() + second.map_or(0, char::len_utf8);
        &run[start..start + len]
    })
}

/// Letters of scripts written without spaces, or, like Hangul, with particles stuck to words.
pub(crate) fn is_unspaced(c: char) -> bool {
    matches!(u32::from(c),
        0x0E01..=0x0EFF // Thai, Lao
        | 0x1000..=0x109F // Myanmar
        | 0x1100..=0x11FF // Hangul Jamo
        | 0x1780..=0x17D3 // Khmer
        | 0x3005..=0x3007 | 0x3021..=0x3029 | 0x3031..=0x3035
        | 0x3041..=0x3096 | 0x3099..=0x309A | 0x309D..=0x309F // Hiragana
        | 0x30A1..=0x30FA | 0x30FC..=0x30FF // Katakana
        | 0x3105..=0x312F // Bopomofo
        | 0x3131..=0x318E | 0x31F0..=0x31FF
        | 0x3400..=0x4DBF | 0x4E00..=0x9FFF
        | 0xA960..=0xA97C | 0xAC00..=0xD7FB // Hangul
        | 0xF900..=0xFAFF
        | 0xFF66..=0xFF9F // half-width Katakana
        | 0x1B000..=0x1B16F | 0x20000..=0x323AF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_without_spaces_become_pairs_and_a_last_single() {
        assert_eq!(spaced("漢字体"), " 漢字 字体 体 ");
        assert_eq!(spaced("A漢b"), "A 漢 b");
        assert_eq!(spaced("東京 tower"), " 東京 京  tower");
    }

    #[test]
    fn spaced_scripts_are_not_even_copied() {
        for text in ["plain", "naïve café", "Привет", "“quotes” — and…", "שלום"]
        {
            assert!(matches!(spaced(text), Cow::Borrowed(_)), "{text}");
        }
    }

    #[test]
    fn characters_beyond_the_basic_plane_pair_up_too() {
        assert_eq!(spaced("𠮷野"), " 𠮷野 野 ");
    }
}
