//! Links in plain text: bare web addresses and `[[wiki links]]`.
//!
//! Wiki links are found here and not by the parser, because its rule would take the inner
//! brackets of `[[1]](https://…)` away from standard Markdown.

use std::ops::Range;

use crate::html::next_special;

/// A link in a run of plain text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found<'a> {
    /// A web address as written, without a scheme if it begins with `www.`.
    Address(&'a str),
    Wiki {
        title: &'a str,
        label: &'a str,
    },
}

/// Longest wiki link, in bytes; also what keeps a note of opening brackets linear.
const MAX_WIKI_BYTES: usize = 512;

/// Longest scheme and its letters looked back at.
const SCHEMES: [&str; 2] = ["https", "http"];

/// The first link at or after byte `from`, and where it is.
pub(crate) fn next_link(text: &str, from: usize) -> Option<(Range<usize>, Found<'_>)> {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        at = next_special(bytes, at, [b':', b'.', b'[']);
        if at == bytes.len() {
            return None;
        }
        let found = match bytes[at] {
            b':' if bytes[at + 1..].starts_with(b"//") => web_address(text, from, at),
            b'.' => www_address(text, from, at),
            b'[' if bytes.get(at + 1) == Some(&b'[') => wiki_link(text, at),
            _ => None,
        };
        if found.is_some() {
            return found;
        }
        at += 1;
    }
}

fn web_address(text: &str, from: usize, colon: usize) -> Option<(Range<usize>, Found<'_>)> {
    let start = SCHEMES.iter().find_map(|scheme| {
        let start = colon
            .checked_sub(scheme.len())
            .filter(|&start| start >= from)?;
        let is_scheme = text.get(start..colon)?.eq_ignore_ascii_case(scheme);
        (is_scheme && begins_word(text, from, start)).then_some(start)
    })?;
    let end = address_end(text, colon + 3)?;
    Some((start..end, Found::Address(&text[start..end])))
}

fn www_address(text: &str, from: usize, dot: usize) -> Option<(Range<usize>, Found<'_>)> {
    let start = dot.checked_sub(3).filter(|&start| start >= from)?;
    if !text.get(start..dot)?.eq_ignore_ascii_case("www") || !begins_word(text, from, start) {
        return None;
    }
    let end = address_end(text, dot + 1)?;
    let has_domain = text[dot + 1..end].contains('.');
    has_domain.then(|| (start..end, Found::Address(&text[start..end])))
}

fn begins_word(text: &str, from: usize, start: usize) -> bool {
    let before = text[from..start].chars().next_back();
    before.is_none_or(|c| !c.is_ascii_alphanumeric() && !matches!(c, '/' | '.' | '-' | '+' | '@'))
}

/// The end of an address whose host begins at `host`: up to white space, without the
/// punctuation that belongs to the sentence around it.
fn address_end(text: &str, host: usize) -> Option<usize> {
    text[host..]
        .chars()
        .next()
        .filter(|c| c.is_alphanumeric())?;
    let stop = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '<' | '>' | '"' | '`' | '|' | '\\' | '^' | '{' | '}')
            || matches!(c, '\u{3000}'..='\u{303F}' | '\u{FF01}'..='\u{FF0F}' | '\u{FF1A}'..='\u{FF20}')
    };
    let mut end = text[host..]
        .find(stop)
        .map_or(text.len(), |length| host + length);
    let mut unmatched = text[host..end].bytes().fold(0i64, |open, byte| match byte {
        b'(' => open - 1,
        b')' => open + 1,
        _ => open,
    });
    while let Some(last) = text[host..end].chars().next_back() {
        match last {
            ')' if unmatched > 0 => unmatched -= 1,
            '?' | '!' | '.' | ',' | ':' | ';' | '*' | '_' | '~' | '\'' | ']' | '[' => {}
            _ => break,
        }
        end -= 1;
    }
    (end > host).then_some(end)
}

fn wiki_link(text: &str, open: usize) -> Option<(Range<usize>, Found<'_>)> {
    let start = open + 2;
    let window = &text[start..text.floor_char_boundary(start + MAX_WIKI_BYTES)];
    let length = window.find([']', '[', '\n'])?;
    let inner = &window[..length];
    if !window[length..].starts_with("]]") {
        return None;
    }
    let (title, label) = inner.split_once('|').unwrap_or((inner, inner));
    let (title, label) = (title.trim(), label.trim());
    let label = if label.is_empty() { title } else { label };
    let is_title = !title.is_empty() && !title.contains(char::is_control);
    is_title.then(|| (open..start + length + 2, Found::Wiki { title, label }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        let mut links = Vec::new();
        let mut at = 0;
        while let Some((range, found)) = next_link(text, at) {
            links.push(match found {
                Found::Address(address) => address.to_owned(),
                Found::Wiki { title, label } => format!("{title}={label}"),
            });
            at = range.end;
        }
        links
    }

    #[test]
    fn addresses_end_where_a_reader_would_end_them() {
        for (text, expected) in [
            ("see https://e.org/a_b?c=d#e.", "https://e.org/a_b?c=d#e"),
            ("(https://e.org/a)", "https://e.org/a"),
            ("https://e.org/a_(b)", "https://e.org/a_(b)"),
            ("https://e.org/a))))", "https://e.org/a"),
            ("HTTP://E.org!", "HTTP://E.org"),
            ("www.example.org, and", "www.example.org"),
            ("日本語https://e.org/を", "https://e.org/を"),
            ("見て。https://e.org/。次", "https://e.org/"),
        ] {
            assert_eq!(all(text), [expected], "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_an_address_is_text() {
        for text in [
            "ftp://e.org",
            "xhttps://e.org",
            "https://",
            "https:// e",
            "http:e.org",
            "www.",
            "www.local",
            "javascript://e.org",
            "a.b.c",
        ] {
            assert_eq!(all(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn wiki_links_have_a_title_and_a_label() {
        assert_eq!(
            all("[[A note]] and [[B|the b]]"),
            ["A note=A note", "B=the b"]
        );
        assert_eq!(all("[[A|]]"), ["A=A"]);
        assert_eq!(all("[[]] [[ ]] [[a] ]] [[a\nb]] [[[a]]"), ["a=a"]);
    }
}
