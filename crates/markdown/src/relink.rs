//! Links that follow a note to its new title.

use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};

use crate::{
    autolink::{Found, next_link},
    destination,
    render::LinkTarget,
    source::Body,
};

/// The source with every link to the note `id` that says `from` saying `to`; `None` if there is
/// none. `wiki`: also `[[from]]`, which names the note by its title. A title that cannot stand in
/// a wiki link makes it a link by id. Code and everything else stays byte for byte.
pub fn relinked(source: &str, id: &str, from: &str, to: &str, wiki: bool) -> Option<String> {
    let body = Body::of(source);
    let mut changes: Vec<(Range<usize>, String)> = Vec::new();
    let mut run: Range<usize> = 0..0;
    let mut in_code = false;
    let mut link: Option<OpenLink> = None;
    for (event, range) in body.parser().into_offset_iter() {
        match event {
            Event::Text(text) if !in_code => {
                if let Some(link) = &mut link {
                    link.said(&text, range);
                } else if run.end == range.start && !run.is_empty() {
                    run.end = range.end;
                } else {
                    wiki_links(body.text, &run, id, from, to, wiki, &mut changes);
                    run = range;
                }
                continue;
            }
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(TagEnd::CodeBlock) => in_code = false,
            Event::Start(Tag::Link { dest_url, .. }) => {
                let is_it = destination::target(&dest_url)
                    .is_some_and(|target| target == LinkTarget::Document(id.to_owned()));
                link = Some(OpenLink {
                    is_it,
                    ..OpenLink::default()
                });
            }
            Event::End(TagEnd::Link) => {
                if let Some(open) = link.take()
                    && open.is_it
                    && same(&open.words, from)
                    && !open.label.is_empty()
                {
                    changes.push((open.label, label(to)));
                }
            }
            _ => {}
        }
        wiki_links(body.text, &run, id, from, to, wiki, &mut changes);
        run = 0..0;
    }
    wiki_links(body.text, &run, id, from, to, wiki, &mut changes);
    if changes.is_empty() {
        return None;
    }
    let mut out = String::with_capacity(source.len());
    let mut written = 0;
    for (range, words) in changes {
        out.push_str(&source[written..body.start + range.start]);
        out.push_str(&words);
        written = body.start + range.end;
    }
    out.push_str(&source[written..]);
    Some(out)
}

#[derive(Default)]
struct OpenLink {
    is_it: bool,
    words: String,
    label: Range<usize>,
}

impl OpenLink {
    fn said(&mut self, text: &str, range: Range<usize>) {
        if self.label.is_empty() {
            self.label = range;
        } else {
            self.label.end = range.end;
        }
        self.words.push_str(text);
    }
}

fn same(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}

fn wiki_links(
    text: &str,
    run: &Range<usize>,
    id: &str,
    from: &str,
    to: &str,
    wiki: bool,
    changes: &mut Vec<(Range<usize>, String)>,
) {
    if !wiki || run.is_empty() {
        return;
    }
    let words = &text[run.clone()];
    let mut at = 0;
    while let Some((range, found)) = next_link(words, at) {
        at = range.end;
        let Found::Wiki { title, label: said } = found else {
            continue;
        };
        if !same(title, from) {
            continue;
        }
        let said = if same(said, title) { to } else { said };
        let fits = !to.contains(['[', ']', '|', '\n']);
        let link = if !fits {
            let (kind, rest) = id.split_once(':').unwrap_or(("note", id));
            format!("[{}](inkdrop://{kind}/{rest})", label(said))
        } else if said == to {
            format!("[[{to}]]")
        } else {
            format!("[[{to}|{said}]]")
        };
        changes.push((run.start + range.start..run.start + range.end, link));
    }
}

/// Words between the brackets of a link.
fn label(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for c in words.chars() {
        if matches!(c, '[' | ']' | '\\' | '*' | '_' | '`' | '<') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(source: &str) -> String {
        relinked(source, "note:abc", "Old", "New", true).unwrap_or_else(|| "-".to_owned())
    }

    #[test]
    fn links_that_say_the_old_title_say_the_new_one() {
        for (source, expected) in [
            ("see [[Old]] and [[old]].", "see [[New]] and [[New]]."),
            ("[[Old|that]]", "[[New|that]]"),
            ("[[Old|Old]]", "[[New]]"),
            ("[Old](inkdrop://note/abc)", "[New](inkdrop://note/abc)"),
            (
                "[Old](sheaf://note:abc \"t\")",
                "[New](sheaf://note:abc \"t\")",
            ),
            (
                "---\na: [[Old]]\n---\n[[Old]]\n",
                "---\na: [[Old]]\n---\n[[New]]\n",
            ),
            ("- [ ] [[Old]]\r\n> [[Old]]", "- [ ] [[New]]\r\n> [[New]]"),
        ] {
            assert_eq!(new(source), expected, "{source:?}");
        }
    }

    #[test]
    fn everything_else_stays() {
        for source in [
            "Old",
            "[[Older]]",
            "`[[Old]]`",
            "```\n[[Old]]\n```",
            "[Old](inkdrop://note/xyz)",
            "[my words](inkdrop://note/abc)",
            "[Old](https://example.org)",
            "![Old](inkdrop://note/abc)",
            "",
        ] {
            assert_eq!(new(source), "-", "{source:?}");
        }
        assert_eq!(relinked("[[Old]]", "note:abc", "Old", "New", false), None);
    }

    #[test]
    fn a_title_that_a_wiki_link_cannot_hold_makes_a_link_by_id() {
        assert_eq!(
            relinked("[[Old]]", "note:abc", "Old", "A [b]", true).unwrap(),
            "[A \\[b\\]](inkdrop://note/abc)"
        );
    }
}
