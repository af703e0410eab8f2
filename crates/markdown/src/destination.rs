//! Where a link of a note leads, decided from an allow-list of schemes.
//!
//! A browser ignores leading control characters and spaces, removes tabs and line breaks
//! anywhere, and matches schemes without regard to case; so does this. What is written to the
//! page is the cleaned URL that was judged, never the note's spelling of it.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use crate::{
    html::push_url,
    render::LinkTarget,
    slug::PREFIX,
    url_policy::{external_link, has_control, percent_encode_component},
};

/// The kinds of document a link can name.
const DOCUMENT_KINDS: [&str; 5] = ["note", "book", "tag", "file", "sheaf-file"];

/// Longest document id of the shared data model, in characters.
const MAX_ID_CHARS: usize = 128;

/// The target of a link, or `None` if it may not lead anywhere.
pub(crate) fn target(url: &str) -> Option<LinkTarget> {
    let url = clean(url)?;
    if let Some(fragment) = url.strip_prefix('#') {
        let fragment = fragment.strip_prefix(PREFIX).unwrap_or(fragment);
        return (!fragment.is_empty()).then(|| LinkTarget::Fragment(fragment.to_owned()));
    }
    let (scheme, rest) = split_scheme(&url)?;
    if ["inkdrop", "sheaf"]
        .iter()
        .any(|app| scheme.eq_ignore_ascii_case(app))
    {
        app_target(rest)
    } else {
        external_link(&url).map(LinkTarget::External)
    }
}

/// The URL without what a browser ignores in it; `None` if it has other control characters.
pub(crate) fn clean(url: &str) -> Option<Cow<'_, str>> {
    let trimmed = url.trim_matches(|c: char| c <= ' ');
    let cleaned = if trimmed.contains(['\t', '\n', '\r']) {
        Cow::Owned(trimmed.replace(['\t', '\n', '\r'], ""))
    } else {
        Cow::Borrowed(trimmed)
    };
    (!has_control(&cleaned)).then_some(cleaned)
}

/// The scheme, and what follows its colon.
pub(crate) fn split_scheme(url: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = url.split_once(':')?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    is_scheme.then_some((scheme, rest))
}

/// Exactly two slashes and the beginning of a host: every other spelling of an authority is
/// read differently by different programs.
pub(crate) fn has_authority(rest: &str) -> bool {
    rest.strip_prefix("//")
        .and_then(|host| host.chars().next())
        .is_some_and(|c| c.is_alphanumeric() || c == '[')
}

/// `//note/ID`, `//note:ID`, `//wiki/Title`: what follows the scheme of a link within the app.
fn app_target(rest: &str) -> Option<LinkTarget> {
    let rest = rest.strip_prefix("//")?;
    let rest = &rest[..rest.find(['?', '#']).unwrap_or(rest.len())];
    if let Some(title) = rest.strip_prefix("wiki/") {
        let title = percent_decode_str(title).decode_utf8().ok()?;
        let title = title.trim();
        return (!title.is_empty() && !title.contains(char::is_control))
            .then(|| LinkTarget::Wiki(title.to_owned()));
    }
    document_id(rest).map(LinkTarget::Document)
}

/// The document id in `kind:ID` or `kind/ID`, percent-decoded.
pub(crate) fn document_id(text: &str) -> Option<String> {
    let decoded = percent_decode_str(text).decode_utf8().ok()?;
    let (kind, id) = decoded.split_once([':', '/'])?;
    let kind = kind.to_ascii_lowercase();
    if !DOCUMENT_KINDS.contains(&kind.as_str()) {
        return None;
    }
    let id = id
        .strip_prefix(&kind)
        .and_then(|rest| rest.strip_prefix(':'))
        .unwrap_or(id);
    let is_id = !id.is_empty()
        && kind.len() + 1 + id.chars().count() <= MAX_ID_CHARS
        && !id.contains(|c: char| c.is_control() || c.is_whitespace() || matches!(c, '/' | '\\'))
        && !id.trim_matches('.').is_empty();
    is_id.then(|| format!("{kind}:{id}"))
}

/// Appends the `href` of a target, escaped for an attribute.
pub(crate) fn push_href(out: &mut String, target: &LinkTarget) {
    match target {
        LinkTarget::External(url) => push_url(out, url),
        LinkTarget::Document(id) => {
            out.push_str("sheaf://");
            let (kind, id) = id.split_once(':').unwrap_or((id, ""));
            out.push_str(kind);
            out.push('/');
            percent_encode_component(out, id);
        }
        LinkTarget::Wiki(title) => {
            out.push_str("sheaf://wiki/");
            percent_encode_component(out, title);
        }
        LinkTarget::Fragment(fragment) => {
            out.push('#');
            out.push_str(PREFIX);
            push_url(out, fragment);
        }
    }
}

/// The class by which the page tells the kinds of link apart.
pub(crate) fn class(target: &LinkTarget) -> &'static str {
    match target {
        LinkTarget::External(_) => "external",
        LinkTarget::Document(_) => "internal",
        LinkTarget::Wiki(_) => "wiki",
        LinkTarget::Fragment(_) => "fragment",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allowed_schemes_lead_somewhere() {
        for (url, expected) in [
            (
                "https://example.org/a",
                LinkTarget::External("https://example.org/a".into()),
            ),
            (
                " HTTP://example.org",
                LinkTarget::External("http://example.org/".into()),
            ),
            (
                "mailto:a@example.org",
                LinkTarget::External("mailto:a@example.org".into()),
            ),
            ("#here", LinkTarget::Fragment("here".into())),
            ("#user-content-here", LinkTarget::Fragment("here".into())),
        ] {
            assert_eq!(target(url), Some(expected), "{url}");
        }
    }

    #[test]
    fn documents_are_recognised_in_every_spelling() {
        for url in [
            "inkdrop://note/abc",
            "inkdrop://note:abc",
            "sheaf://note/abc",
            "SHEAF://note:abc",
            "inkdrop://note/note:abc",
            "inkdrop://note%3Aabc",
            "inkdrop://note/abc?x#y",
        ] {
            assert_eq!(
                target(url),
                Some(LinkTarget::Document("note:abc".into())),
                "{url}"
            );
        }
        let compound = target("inkdrop://book/Bk5:HJ6");
        assert_eq!(compound, Some(LinkTarget::Document("book:Bk5:HJ6".into())));
        let file = target("sheaf://sheaf-file:x");
        assert_eq!(file, Some(LinkTarget::Document("sheaf-file:x".into())));
        assert_eq!(
            target("sheaf://wiki/A%20b"),
            Some(LinkTarget::Wiki("A b".into()))
        );
    }

    #[test]
    fn everything_else_leads_nowhere() {
        for url in [
            "",
            "#",
            "javascript:alert(1)",
            "java\nscript:alert(1)",
            "\u{1}javascript:alert(1)",
            "jav\u{0}ascript:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "file:///etc/passwd",
            "//example.org",
            "/etc/passwd",
            "\\\\host\\share",
            "other.md",
            "http:example.org",
            "http:///example.org",
            "https:\\\\example.org",
            "https://\u{7}example.org",
            "mailto:",
            "inkdrop://plugin/x",
            "inkdrop://note/",
            "inkdrop://note/a/../b",
            "inkdrop://file/..",
            "sheaf:note/abc",
            "javascript%3Aalert(1)",
        ] {
            assert_eq!(target(url), None, "{url:?}");
        }
    }

    #[test]
    fn hrefs_are_canonical() {
        for (url, expected) in [
            ("inkdrop://note:a b", ""),
            ("inkdrop://note:a+b", "sheaf://note/a%2Bb"),
            ("sheaf://wiki/Ü/x", "sheaf://wiki/%C3%9C%2Fx"),
            ("#ü", "#user-content-%C3%BC"),
            ("https://e.org/\"x", "https://e.org/%22x"),
        ] {
            let mut href = String::new();
            if let Some(target) = target(url) {
                push_href(&mut href, &target);
            }
            assert_eq!(href, expected, "{url}");
        }
    }
}
