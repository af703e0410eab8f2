//! Tokens of HTML written by a note's author.
//!
//! A strict reader of start tags, end tags and text. It does not have to agree with a browser
//! about malformed input, because nothing it returns is written out as it was read: names and
//! attributes are looked up in allow-lists and values are escaped anew.

/// One piece of raw HTML.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// Character data, its entities not decoded.
    Text(&'a str),
    Open {
        name: String,
        attributes: &'a str,
    },
    Close {
        name: String,
    },
}

/// Most attributes looked at in one tag.
const MAX_ATTRIBUTES: usize = 64;

/// Longest element name known to anyone.
const MAX_NAME: usize = 32;

/// Splits raw HTML into tokens; comments, declarations and instructions are left out.
pub(crate) struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    pub(crate) fn new(html: &'a str) -> Self {
        Self { rest: html }
    }

    /// Skips to after the end tag of `name`, or to the end.
    pub(crate) fn skip_content(&mut self, name: &str) {
        let bytes = self.rest.as_bytes();
        let mut at = 0;
        while let Some(offset) = self.rest[at..].find("</") {
            at += offset + 2;
            let end = at + name.len();
            let matches = bytes
                .get(at..end)
                .is_some_and(|s| s.eq_ignore_ascii_case(name.as_bytes()));
            if matches && bytes.get(end).is_none_or(|b| !b.is_ascii_alphanumeric()) {
                let close = self.rest[end..]
                    .find('>')
                    .map_or(self.rest.len(), |gt| end + gt + 1);
                self.rest = &self.rest[close..];
                return;
            }
        }
        self.rest = "";
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }

    /// A tag at the start of `rest`, which begins with `<`; `Err` gives the text that it is
    /// instead.
    fn tag(&mut self) -> Result<Option<Token<'a>>, &'a str> {
        let rest = self.rest;
        let bytes = rest.as_bytes();
        if rest.starts_with("<!") || rest.starts_with("<?") {
            let end = if rest.starts_with("<!--") { "-->" } else { ">" };
            let length = rest[2..]
                .find(end)
                .map_or(rest.len(), |at| 2 + at + end.len());
            self.take(length);
            return Ok(None);
        }
        let closing = bytes.get(1) == Some(&b'/');
        let name_at = 1 + usize::from(closing);
        let name_length = rest[name_at..]
            .bytes()
            .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b':'))
            .count();
        if !bytes.get(name_at).is_some_and(u8::is_ascii_alphabetic) || name_length > MAX_NAME {
            return Err(self.take(1));
        }
        let name = rest[name_at..name_at + name_length].to_ascii_lowercase();
        let attributes_at = name_at + name_length;
        // A tag that never ends makes text of everything after it; trying again at each of the
        // following brackets would read the rest as often as there are brackets.
        let Some(length) = tag_end(&rest[attributes_at..]) else {
            return Err(self.take(rest.len()));
        };
        self.take(attributes_at + length + 1);
        let attributes = &rest[attributes_at..attributes_at + length];
        Ok(Some(if closing {
            Token::Close { name }
        } else {
            Token::Open { name, attributes }
        }))
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        while !self.rest.is_empty() {
            match self.rest.find('<') {
                Some(0) => match self.tag() {
                    Ok(Some(token)) => return Some(token),
                    Ok(None) => {}
                    Err(text) => return Some(Token::Text(text)),
                },
                Some(length) => return Some(Token::Text(self.take(length))),
                None => return Some(Token::Text(self.take(self.rest.len()))),
            }
        }
        None
    }
}

/// Offset of the `>` that ends a tag, quoted values skipped.
fn tag_end(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut after_equals = false;
    for (at, byte) in text.bytes().enumerate() {
        match quote {
            Some(open) if byte == open => quote = None,
            None if after_equals && matches!(byte, b'"' | b'\'') => quote = Some(byte),
            None if byte == b'>' => return Some(at),
            _ => {}
        }
        after_equals = byte == b'=' || (after_equals && byte.is_ascii_whitespace());
    }
    None
}

/// Names (lower case) and decoded values of the attributes of a start tag.
pub(crate) fn attributes(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = text;
    while found.len() < MAX_ATTRIBUTES {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() {
            break;
        }
        // An equals sign in first place is part of the name, as it is for browsers.
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let separator = |c: char| c.is_ascii_whitespace() || matches!(c, '=' | '/');
        let length = rest[first..]
            .find(separator)
            .map_or(rest.len(), |length| first + length);
        let (name, after) = rest.split_at(length);
        let after_space = after.trim_ascii_start();
        let (value, after) = match after_space.strip_prefix('=') {
            Some(value) => attribute_value(value.trim_ascii_start()),
            None => ("", after),
        };
        found.push((name.to_ascii_lowercase(), decode_entities(value)));
        rest = after;
    }
    found
}

fn attribute_value(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote) {
            return inner.split_once(quote).unwrap_or((inner, ""));
        }
    }
    text.split_at(
        text.find(|c: char| c.is_ascii_whitespace())
            .unwrap_or(text.len()),
    )
}

/// Decodes numeric references and the named ones that occur in addresses. Others stay as they
/// are: the value is escaped again before it is written, so what was judged is what is written.
pub(crate) fn decode_entities(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        decoded.push_str(&rest[..at]);
        rest = &rest[at..];
        let (character, length) = entity(rest).unwrap_or(('&', 1));
        decoded.push(character);
        rest = &rest[length..];
    }
    decoded.push_str(rest);
    decoded
}

/// The character of the reference at the start of `text`, and the reference's length.
pub(crate) fn entity(text: &str) -> Option<(char, usize)> {
    const NAMED: [(&str, char); 12] = [
        ("amp", '&'),
        ("lt", '<'),
        ("gt", '>'),
        ("quot", '"'),
        ("apos", '\''),
        ("nbsp", '\u{A0}'),
        ("colon", ':'),
        ("sol", '/'),
        ("bsol", '\\'),
        ("Tab", '\t'),
        ("NewLine", '\n'),
        ("num", '#'),
    ];
    if let Some(number) = text.strip_prefix("&#") {
        let (digits, radix, prefix) = match number.strip_prefix(['x', 'X']) {
            Some(digits) => (digits, 16, 3),
            None => (number, 10, 2),
        };
        let length = digits
            .bytes()
            .take_while(|b| (*b as char).is_digit(radix))
            .count();
        let code = u32::from_str_radix(digits.get(..length)?, radix).ok();
        let end = prefix + length;
        let semicolon = usize::from(text[end..].starts_with(';'));
        let character = code.and_then(char::from_u32).unwrap_or('\u{FFFD}');
        return (length > 0).then_some((character, end + semicolon));
    }
    NAMED.iter().find_map(|&(name, character)| {
        let rest = text[1..].strip_prefix(name)?;
        rest.starts_with(';').then_some((character, name.len() + 2))
    })
}

/// Length of the well-formed character reference at the start of `text`, `0` if there is none.
pub(crate) fn reference_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let end = bytes.iter().take(34).position(|&b| b == b';').unwrap_or(0);
    let inner = bytes.get(1..end).unwrap_or_default();
    let is_reference = match inner {
        [b'#', b'x' | b'X', digits @ ..] => {
            (1..=6).contains(&digits.len()) && digits.iter().all(u8::is_ascii_hexdigit)
        }
        [b'#', digits @ ..] => {
            (1..=7).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit)
        }
        [first, name @ ..] => {
            first.is_ascii_alphabetic() && name.iter().all(u8::is_ascii_alphanumeric)
        }
        [] => false,
    };
    if is_reference { end + 1 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open<'a>(name: &str, attributes: &'a str) -> Token<'a> {
        Token::Open {
            name: name.to_owned(),
            attributes,
        }
    }

    #[test]
    fn html_is_split_into_tags_and_text() {
        for (html, expected) in [
            (
                "a <b>c</B>",
                vec![
                    Token::Text("a "),
                    open("b", ""),
                    Token::Text("c"),
                    Token::Close { name: "b".into() },
                ],
            ),
            ("<br/><hr />", vec![open("br", "/"), open("hr", " /")]),
            (
                "<a title='>' x=\">\">",
                vec![open("a", " title='>' x=\">\"")],
            ),
            ("<a b=c'd>e", vec![open("a", " b=c'd"), Token::Text("e")]),
            (
                "x<!-- <b> -->y<!doctype z><?php ?>",
                vec![Token::Text("x"), Token::Text("y")],
            ),
            (
                "1 < 2",
                vec![Token::Text("1 "), Token::Text("<"), Token::Text(" 2")],
            ),
            ("<a href=\"x", vec![Token::Text("<a href=\"x")]),
            ("<!-- open", vec![]),
        ] {
            assert_eq!(Tokens::new(html).collect::<Vec<_>>(), expected, "{html}");
        }
    }

    #[test]
    fn content_is_skipped_up_to_its_own_end_tag() {
        let mut tokens = Tokens::new("</scriptx> </b> </SCRIPT >after");
        tokens.skip_content("script");
        assert_eq!(tokens.collect::<Vec<_>>(), [Token::Text("after")]);
        let mut tokens = Tokens::new("never ends </scrip");
        tokens.skip_content("script");
        assert_eq!(tokens.next(), None);
    }

    #[test]
    fn attributes_are_read_in_every_notation() {
        let read = |text| {
            attributes(text)
                .into_iter()
                .map(|(n, v)| format!("{n}={v}"))
        };
        for (text, expected) in [
            (" a=1 B='2' c=\"3\" d", "a=1 b=2 c=3 d="),
            ("/a = x/y /", "a=x/y"),
            (" a=\"x>y\"b=z", "a=x>y b=z"),
            (" a='&#106;&#x61;v&colon;&amp;&nope;'", "a=jav:&&nope;"),
            (" =a=b", "=a=b"),
            (" ü=é", "ü=é"),
            (" a='open", "a=open"),
            ("", ""),
        ] {
            assert_eq!(read(text).collect::<Vec<_>>().join(" "), expected, "{text}");
        }
    }

    #[test]
    fn references_are_recognised_by_their_form() {
        for (text, expected) in [
            ("&copy; x", 6),
            ("&#169;", 6),
            ("&#xA9;", 6),
            ("&copy", 0),
            ("& copy;", 0),
            ("&;", 0),
            ("&#;", 0),
            ("&#x;", 0),
            ("&#12345678;", 0),
            ("&", 0),
        ] {
            assert_eq!(reference_length(text), expected, "{text}");
        }
    }
}
