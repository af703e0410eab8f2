//! Writing HTML in the one spelling that an HTML parser would give back.
//!
//! Invariant: `serialise(parse(x)) == x` for everything written here, so that output which went
//! through the sanitiser and output which did not can be compared byte by byte.

/// Bytes that cannot be written as they are. 0xC2 is the first byte of U+00A0, which serialises
/// as a named entity.
const SPECIAL: [u8; 7] = [b'&', b'<', b'>', b'"', 0, b'\r', 0xC2];

/// The first of the `special` bytes at or after `from`, or the length. Most bytes are plain: a
/// piece without any special one is passed over at once, by a loop without branches that the
/// compiler turns into vector code.
pub(crate) fn next_special<const N: usize>(bytes: &[u8], from: usize, special: [u8; N]) -> usize {
    const PIECE: usize = 16;
    let mut at = from;
    while let Some(piece) = bytes.get(at..at + PIECE) {
        let mut found = 0;
        for &byte in piece {
            for candidate in special {
                found |= u8::from(byte == candidate);
            }
        }
        if found != 0 {
            break;
        }
        at += PIECE;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    rest.iter()
        .position(|byte| special.contains(byte))
        .map_or(bytes.len(), |offset| at + offset)
}

/// Appends `text` as character data.
pub(crate) fn push_text(out: &mut String, text: &str) {
    push_escaped(out, text, "\"");
}

/// Appends `value` for use between double quotes.
pub(crate) fn push_attribute(out: &mut String, value: &str) {
    push_escaped(out, value, "&quot;");
}

fn push_escaped(out: &mut String, text: &str, quote: &str) {
    let bytes = text.as_bytes();
    let mut written = 0;
    let mut at = 0;
    loop {
        at = next_special(bytes, at, SPECIAL);
        if at == bytes.len() {
            break;
        }
        let (replacement, length) = match bytes[at] {
            b'&' => ("&amp;", 1),
            b'<' => ("&lt;", 1),
            b'>' => ("&gt;", 1),
            b'"' => (quote, 1),
            // An HTML parser drops NUL in some places and replaces it in others.
            0 => ("\u{FFFD}", 1),
            // An HTML parser turns both CR LF and CR into LF.
            b'\r' if bytes.get(at + 1) == Some(&b'\n') => ("", 1),
            b'\r' => ("\n", 1),
            _ if bytes.get(at + 1) == Some(&0xA0) => ("&nbsp;", 2),
            _ => {
                at += 2;
                continue;
            }
        };
        out.push_str(&text[written..at]);
        out.push_str(replacement);
        at += length;
        written = at;
    }
    out.push_str(&text[written..]);
}

/// Appends a URL for use between double quotes: everything that is not printable ASCII, and the
/// characters that could end an attribute or confuse a URL parser, percent-encoded.
pub(crate) fn push_url(out: &mut String, url: &str) {
    for byte in url.bytes() {
        match byte {
            b'&' => out.push_str("&amp;"),
            b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' | b'\'' => {
                push_percent(out, byte);
            }
            0x21..=0x7E => out.push(byte as char),
            _ => push_percent(out, byte),
        }
    }
}

fn push_percent(out: &mut String, byte: u8) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    out.push('%');
    out.push(DIGITS[(byte >> 4) as usize] as char);
    out.push(DIGITS[(byte & 15) as usize] as char);
}

/// Appends a decimal number; the formatting machinery is ten times slower and every block has one.
pub(crate) fn push_number(out: &mut String, mut number: usize) {
    let mut digits = [0u8; 20];
    let mut first = digits.len();
    loop {
        first -= 1;
        digits[first] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend(digits[first..].iter().map(|&digit| digit as char));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(source: &str) -> String {
        let mut out = String::new();
        push_text(&mut out, source);
        out
    }

    #[test]
    fn text_is_escaped_the_way_a_serialiser_does_it() {
        for (source, expected) in [
            ("a < b && c > d", "a &lt; b &amp;&amp; c &gt; d"),
            ("\"quoted\"", "\"quoted\""),
            ("a\u{A0}b", "a&nbsp;b"),
            ("a\u{A1}é", "a\u{A1}é"),
            ("a\r\nb\rc", "a\nb\nc"),
            ("a\0b", "a\u{FFFD}b"),
            ("", ""),
        ] {
            assert_eq!(text(source), expected);
        }
    }

    #[test]
    fn attribute_values_cannot_end_early() {
        let mut out = String::new();
        push_attribute(&mut out, "a\" onload=\"x");
        assert_eq!(out, "a&quot; onload=&quot;x");
    }

    #[test]
    fn urls_come_out_as_plain_ascii() {
        let mut out = String::new();
        push_url(&mut out, "https://e.org/ü \"<>?a=1&b=%20");
        assert_eq!(out, "https://e.org/%C3%BC%20%22%3C%3E?a=1&amp;b=%20");
    }

    #[test]
    fn numbers_are_decimal() {
        for number in [0, 7, 10, 1234, usize::MAX] {
            let mut out = String::new();
            push_number(&mut out, number);
            assert_eq!(out, number.to_string());
        }
    }
}
