//! Which attachments a note uses.
//!
//! A plain search, on purpose not the parser: an attachment mentioned in code, in raw HTML or in
//! broken Markdown is one that the user would miss, and what is found here decides whether its
//! bytes are kept.

use crate::destination::document_id;

/// Ids (`file:…`, `sheaf-file:…`) of the attachments mentioned by an `inkdrop:` or `sheaf:` URL,
/// each once, in order of appearance.
pub fn attachment_ids(source: &str) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for (at, separator) in source.match_indices("://") {
        if !is_app_scheme(&source[..at]) {
            continue;
        }
        let rest = &source[at + separator.len()..];
        // Ids have at most 128 characters; percent-encoded, three bytes for each.
        let end = rest
            .char_indices()
            .take(512)
            .find(|&(_, c)| ends_reference(c))
            .map_or_else(|| rest.len().min(512), |(end, _)| end);
        let Some(id) = rest.get(..end).and_then(document_id) else {
            continue;
        };
        let is_attachment = id.starts_with("file:") || id.starts_with("sheaf-file:");
        if is_attachment && seen.insert(id.clone()) {
            ids.push(id);
        }
    }
    ids
}

fn is_app_scheme(before: &str) -> bool {
    ["inkdrop", "sheaf"].iter().any(|scheme| {
        let start = before.len().checked_sub(scheme.len());
        start
            .and_then(|start| before.get(start..))
            .is_some_and(|s| s.eq_ignore_ascii_case(scheme))
    })
}

fn ends_reference(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(
            c,
            '(' | ')' | '[' | ']' | '<' | '>' | '"' | '\'' | '`' | '?' | '#' | '\\' | '&' | '|'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found_wherever_they_are() {
        let source = "![a](inkdrop://file:one) <img src='sheaf://file/two'>\n\
            ```\n![b](INKDROP://file:three \"t\")\n```\n[r]: inkdrop://file:four\n\
            sheaf://sheaf-file:five#x ![again](inkdrop://file:one)";
        assert_eq!(
            attachment_ids(source),
            [
                "file:one",
                "file:two",
                "file:three",
                "file:four",
                "sheaf-file:five"
            ]
        );
    }

    #[test]
    fn other_links_are_not_attachments() {
        let source = "inkdrop://note:a https://file:b sheaf://file: inkdrop://file:漢 ://file:c";
        assert_eq!(attachment_ids(source), ["file:漢"]);
    }

    #[test]
    fn percent_encoding_is_the_same_id() {
        assert_eq!(
            attachment_ids("inkdrop://file%3Aa%20"),
            Vec::<String>::new()
        );
        assert_eq!(attachment_ids("inkdrop://file%3Aab"), ["file:ab"]);
    }
}
