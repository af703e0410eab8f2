//! Text to terms.

use crate::{Query, Term, TermKind};

/// Makes the condition of a qualifier out of its value.
type Qualifier = fn(String) -> TermKind;

/// Reads a query. Every text is one: a quote without an end is ignored, a qualifier with an unknown
/// name is a word, and one that has no value yet asks for nothing: somebody is about to type it, and
/// the list must not empty itself meanwhile.
pub fn parse(text: &str) -> Query {
    let mut terms = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (term, after) = term(rest);
        terms.extend(term);
        rest = after.trim_start();
    }
    Query { terms }
}

/// The term at the start of `text`, which is not white space, and what follows it. There is none
/// where only an empty pair of quotes or a qualifier without a value stands.
fn term(text: &str) -> (Option<Term>, &str) {
    let text = without_stray_quote(text);
    let excluded = text
        .strip_prefix('-')
        .filter(|rest| !rest.starts_with(char::is_whitespace));
    let (exclude, text) = match excluded {
        Some(rest) if !rest.is_empty() => (true, without_stray_quote(rest)),
        _ => (false, text),
    };
    let (kind, rest) = kind(text);
    (kind.map(|kind| Term { exclude, kind }), rest)
}

fn kind(text: &str) -> (Option<TermKind>, &str) {
    if let Some((inner, rest)) = quoted(text) {
        return (folded(inner).map(TermKind::Phrase), rest);
    }
    let (word, rest) = word(text);
    let Some((qualifier, value_at)) = qualifier(word) else {
        return (folded(word).map(TermKind::Word), rest);
    };
    let value = without_stray_quote(&text[value_at..]);
    if let Some((inner, rest)) = quoted(value) {
        return (folded(inner).map(qualifier), rest);
    }
    let (value, rest) = self::word(value);
    (folded(value).map(qualifier), rest)
}

/// What stands between the quotes that `text` begins with, and what follows them.
fn quoted(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix(is_quote)?.split_once(is_quote)
}

/// `text` without a quote in front that nothing closes.
fn without_stray_quote(text: &str) -> &str {
    match text.strip_prefix(is_quote) {
        Some(rest) if !rest.contains(is_quote) => rest,
        _ => text,
    }
}

/// Everything up to white space, and what follows it.
fn word(text: &str) -> (&str, &str) {
    text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()))
}

/// Keyboards and text substitution write typographic quotes, in pairs of many kinds.
fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\u{201C}' | '\u{201D}' | '\u{201E}')
}

/// The qualifier a word begins with, and where its value begins.
fn qualifier(word: &str) -> Option<(Qualifier, usize)> {
    let name = &word[..word.find(':')?];
    let qualifier: Qualifier = match name.to_ascii_lowercase().as_str() {
        "book" => TermKind::Book,
        "tag" => TermKind::Tag,
        "status" => TermKind::Status,
        "title" => TermKind::Title,
        "body" => TermKind::Body,
        "has" => TermKind::Has,
        "updated" => TermKind::Updated,
        "created" => TermKind::Created,
        _ => return None,
    };
    Some((qualifier, name.len() + 1))
}

/// The value with its white space folded, unless nothing is left.
fn folded(text: &str) -> Option<String> {
    let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!folded.is_empty()).then_some(folded)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The terms as the debug output writes them, `-` in front of excluded ones.
    fn read(text: &str) -> Vec<String> {
        let show = |term: Term| {
            format!("{}{:?}", if term.exclude { "-" } else { "" }, term.kind).replace('"', "'")
        };
        parse(text).terms.into_iter().map(show).collect()
    }

    #[test]
    fn queries_are_read() {
        for (text, expected) in [
            ("", &[] as &[&str]),
            ("   ", &[]),
            ("one two", &["Word('one')", "Word('two')"]),
            ("\"two words\"", &["Phrase('two words')"]),
            ("\"one\"", &["Phrase('one')"]),
            ("tag:a tag:\"b c\"", &["Tag('a')", "Tag('b c')"]),
            (
                "book:Work status:onHold",
                &["Book('Work')", "Status('onHold')"],
            ),
            ("title:\"a b\" body:c", &["Title('a b')", "Body('c')"]),
            ("TAG:Mixed", &["Tag('Mixed')"]),
            (
                "updated:week -created:2025",
                &["Updated('week')", "-Created('2025')"],
            ),
            ("has:task -has:link", &["Has('task')", "-Has('link')"]),
            (
                "-no -\"no no\" -tag:x",
                &["-Word('no')", "-Phrase('no no')", "-Tag('x')"],
            ),
            ("title:a:b", &["Title('a:b')"]),
            ("http://e.org a:b", &["Word('http://e.org')", "Word('a:b')"]),
            ("日本\u{3000}tag:仕事", &["Word('日本')", "Tag('仕事')"]),
            ("\u{201C}typed so\u{201D}", &["Phrase('typed so')"]),
            ("\"  wide   space \"", &["Phrase('wide space')"]),
            ("a-b", &["Word('a-b')"]),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_half_typed_is_words() {
        for (text, expected) in [
            ("\"foo bar", &["Word('foo')", "Word('bar')"] as &[&str]),
            ("tag:\"foo bar", &["Tag('foo')", "Word('bar')"]),
            ("tag:", &[]),
            ("-tag:", &[]),
            ("tag: x", &["Word('x')"]),
            ("tag:\"", &[]),
            ("tag:\"\" x", &["Word('x')"]),
            ("\"tag:\"", &["Phrase('tag:')"]),
            ("nobody:", &["Word('nobody:')"]),
            ("\"\" x", &["Word('x')"]),
            ("-\"\"", &[]),
            ("-", &["Word('-')"]),
            ("- x", &["Word('-')", "Word('x')"]),
            ("--x", &["-Word('-x')"]),
            ("\"-x", &["-Word('x')"]),
            ("\"a\"b", &["Phrase('a')", "Word('b')"]),
            ("a\u{201D} 6", &["Word('a\u{201D}')", "Word('6')"]),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn queries_are_printed_as_they_would_be_typed() {
        for (text, expected) in [
            ("  one   \"two  three\" ", "one \"two three\""),
            ("-tag:\"a b\"  TITLE:\"x\"", "-tag:\"a b\" title:x"),
            ("tag:\"open", "tag:open"),
        ] {
            assert_eq!(parse(text).to_string(), expected);
        }
    }

    proptest! {
        #[test]
        fn printing_and_reading_give_the_same_query(
            text in "([-\"\u{201C}: \u{3000}]|tag:|title:|book:|body:|status:|has:|[a-z]{1,3}|本|é|\t|\\PC){0,24}"
        ) {
            let query = parse(&text);
            prop_assert_eq!(parse(&query.to_string()), query.clone());
            for term in &query.terms {
                prop_assert!(!term.kind.to_string().is_empty());
            }
        }

        #[test]
        fn marks_lie_inside_the_text_in_order(text in "\\PC{0,40}", query in "\\PC{0,10}") {
            let length = text.encode_utf16().count();
            let mut end = 0;
            for (start, marked) in crate::highlights(&text, &parse(&query)) {
                prop_assert!(start >= end && marked > 0);
                end = start + marked;
            }
            prop_assert!(end <= length);
        }
    }
}
