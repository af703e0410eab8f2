//! Block elements: each carries the line it starts on, so that editor and preview can scroll
//! together.

use std::collections::HashMap;

use pulldown_cmark::{Alignment, BlockQuoteKind, CodeBlockKind, CowStr, HeadingLevel, Tag, TagEnd};

use super::{Heading, Renderer, Task};
use crate::{
    elements::is_language_byte,
    html::{push_number, push_text},
};

/// A heading whose id is not known before its text has been read.
pub(super) struct OpenHeading {
    level: u8,
    text: String,
    line: usize,
    /// Where the `id` attribute goes; `None` when the heading is too deep to have a tag.
    id_at: Option<usize>,
}

/// Footnotes are numbered by first reference and written at the end, as readers expect.
#[derive(Default)]
pub(super) struct Footnotes<'a> {
    numbers: HashMap<CowStr<'a>, usize>,
    /// How often each number has been referred to.
    references: Vec<usize>,
    definitions: Vec<Definition>,
    open: Vec<OpenDefinition>,
}

struct Definition {
    number: usize,
    line: usize,
    html: String,
}

struct OpenDefinition {
    number: usize,
    line: usize,
    /// What had been written outside.
    outside: String,
}

impl<'a> Footnotes<'a> {
    fn number(&mut self, name: CowStr<'a>) -> usize {
        let next = self.numbers.len() + 1;
        let number = *self.numbers.entry(name).or_insert(next);
        if number == next {
            self.references.push(0);
        }
        number
    }
}

impl<'a> Renderer<'a> {
    pub(super) fn start_block(&mut self, tag: Tag<'a>, offset: usize) {
        if matches!(tag, Tag::HtmlBlock) {
            return self.start_html_block(offset);
        }
        if !matches!(
            tag,
            Tag::Item | Tag::TableHead | Tag::TableRow | Tag::TableCell
        ) {
            self.before_block();
        }
        let written = self.enter();
        match tag {
            Tag::FootnoteDefinition(name) => self.start_footnote(name, offset),
            Tag::Heading { level, .. } => self.start_heading(level, offset, written),
            Tag::CodeBlock(kind) => self.start_code(&kind, offset, written),
            Tag::Table(alignments) => {
                self.alignments = alignments;
                self.open_block(written, "<table", offset, ">");
            }
            Tag::TableHead => self.start_row(written, true, offset),
            Tag::TableRow => self.start_row(written, false, offset),
            Tag::TableCell => self.start_cell(written),
            Tag::BlockQuote(None) => self.open_block(written, "<blockquote", offset, ">\n"),
            Tag::BlockQuote(Some(kind)) => {
                self.open_block(written, callout_start(kind), offset, " role=\"note\">\n");
            }
            Tag::List(None) => self.open_block(written, "<ul", offset, ">\n"),
            Tag::List(Some(1)) => self.open_block(written, "<ol", offset, ">\n"),
            Tag::List(Some(first)) => {
                let first = format!(" start=\"{first}\">\n");
                self.open_block(written, "<ol", offset, &first);
            }
            Tag::Item => {
                self.open_block(written, "<li", offset, ">");
                self.item_class = if written { self.out.html.len() - 1 } else { 0 };
            }
            _ => self.open_block(written, "<p", offset, ">"),
        }
    }

    pub(super) fn end_block(&mut self, tag: TagEnd) {
        match tag {
            // Not an element of its own: what it opens may be closed by a later block.
            TagEnd::HtmlBlock => return self.end_html_block(),
            TagEnd::Heading(_) => self.finish_heading(),
            _ => {}
        }
        let written = self.leave();
        match tag {
            TagEnd::FootnoteDefinition => self.end_footnote(),
            TagEnd::TableHead => {
                self.close_block(written, "</tr></thead>\n");
                self.in_table_head = false;
                // The body opens with its first row: a table without one has no `tbody`.
                self.column = usize::MAX;
            }
            TagEnd::Table => {
                let empty = self.column == usize::MAX;
                self.close_block(
                    written,
                    if empty {
                        "</table>\n"
                    } else {
                        "</tbody></table>\n"
                    },
                );
            }
            TagEnd::TableRow => self.close_block(written, "</tr>\n"),
            TagEnd::TableCell => {
                let end = if self.in_table_head { "</th>" } else { "</td>" };
                self.close_cell(written, end);
            }
            TagEnd::Heading(level) => self.close_block(written, heading_end(level)),
            TagEnd::CodeBlock => {
                self.in_code = false;
                self.close_block(written, "</code></pre>\n");
            }
            TagEnd::BlockQuote(None) => self.close_block(written, "</blockquote>\n"),
            TagEnd::BlockQuote(Some(_)) => self.close_block(written, "</div>\n"),
            TagEnd::List(false) => self.close_block(written, "</ul>\n"),
            TagEnd::List(true) => self.close_block(written, "</ol>\n"),
            TagEnd::Item => self.close_block(written, "</li>\n"),
            _ => self.close_block(written, "</p>\n"),
        }
    }

    pub(super) fn rule(&mut self, offset: usize) {
        self.before_block();
        self.open_block(true, "<hr", offset, ">\n");
    }

    /// A check box. Only this function writes an `input`, so a note cannot forge one.
    pub(super) fn task(&mut self, checked: bool, offset: usize) {
        // The marker's range begins after the bullet, up to three spaces before the bracket.
        let bracket = self.body.text[offset..]
            .find('[')
            .map_or(offset, |spaces| offset + spaces);
        let units = self.position.utf16(self.body.start + bracket);
        let line = self.line(bracket);
        self.out.tasks.push(Task {
            offset: units,
            checked,
            line: line as u32,
        });
        if self.item_class > 0 {
            self.out
                .html
                .insert_str(self.item_class, " class=\"task-item\"");
            self.item_class = 0;
        }
        self.write("<input type=\"checkbox\" class=\"task\" data-offset=\"");
        push_number(&mut self.out.html, units);
        self.write(if checked { "\" checked=\"\"> " } else { "\"> " });
    }

    pub(super) fn heading_text(&mut self, text: &str) {
        if let Some(heading) = &mut self.heading {
            heading.text.push_str(text);
        }
    }

    pub(super) fn footnote_reference(&mut self, name: CowStr<'a>) {
        self.flow();
        let number = self.footnotes.number(name);
        let uses = &mut self.footnotes.references[number - 1];
        *uses += 1;
        let first = *uses == 1;
        self.write("<sup class=\"footnote-reference\"><a class=\"fragment\" href=\"#");
        self.footnote_id("fn:", number);
        // Only the first reference can be led back to: an id is used once.
        if first {
            self.write("\" id=\"");
            self.footnote_id("fnref:", number);
        }
        self.write("\" rel=\"noreferrer noopener\">");
        push_number(&mut self.out.html, number);
        self.write("</a></sup>");
    }

    pub(super) fn write_footnotes(&mut self) {
        let mut definitions = std::mem::take(&mut self.footnotes.definitions);
        if definitions.is_empty() {
            return;
        }
        definitions.sort_by_key(|definition| definition.number);
        self.write("<section class=\"footnotes\"><ol>\n");
        for definition in definitions {
            self.write("<li id=\"");
            self.footnote_id("fn:", definition.number);
            self.write("\" value=\"");
            push_number(&mut self.out.html, definition.number);
            self.write("\" data-line=\"");
            push_number(&mut self.out.html, definition.line);
            self.write("\">");
            self.write(&definition.html);
            if self.footnotes.references[definition.number - 1] > 0 {
                self.write("<a class=\"footnote-back\" href=\"#");
                self.footnote_id("fnref:", definition.number);
                self.write("\" rel=\"noreferrer noopener\">\u{21A9}\u{FE0E}</a>");
            }
            self.write("</li>\n");
        }
        self.write("</ol></section>\n");
    }

    /// A colon cannot occur in the id of a heading, so the two never meet.
    fn footnote_id(&mut self, kind: &str, number: usize) {
        self.write(crate::slug::PREFIX);
        self.write(kind);
        push_number(&mut self.out.html, number);
    }

    fn start_footnote(&mut self, name: CowStr<'a>, offset: usize) {
        let number = self.footnotes.number(name);
        let line = self.line(offset);
        let outside = std::mem::take(&mut self.out.html);
        self.footnotes.open.push(OpenDefinition {
            number,
            line,
            outside,
        });
    }

    fn end_footnote(&mut self) {
        let Some(open) = self.footnotes.open.pop() else {
            return;
        };
        let html = std::mem::replace(&mut self.out.html, open.outside);
        self.footnotes.definitions.push(Definition {
            number: open.number,
            line: open.line,
            html,
        });
    }

    fn start_heading(&mut self, level: HeadingLevel, offset: usize, written: bool) {
        self.open_block(written, heading_start(level), offset, ">");
        let line = self.line(offset);
        self.heading = Some(OpenHeading {
            level: level as u8,
            text: String::new(),
            line,
            id_at: written.then(|| self.out.html.len() - 1),
        });
    }

    fn finish_heading(&mut self) {
        let Some(heading) = self.heading.take() else {
            return;
        };
        let id = self.slugs.id_for(&heading.text);
        if let Some(at) = heading.id_at {
            self.out.html.insert_str(at, &format!(" id=\"{id}\""));
        }
        let text = heading
            .text
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        self.out.outline.push(Heading {
            level: heading.level,
            text,
            id,
            line: heading.line as u32,
        });
    }

    fn start_code(&mut self, kind: &CodeBlockKind<'a>, offset: usize, written: bool) {
        self.in_code = true;
        self.open_block(written, "<pre", offset, "><code");
        if !written {
            return;
        }
        if let CodeBlockKind::Fenced(info) = kind
            && let Some(language) = language(info)
        {
            self.write(" class=\"language-");
            push_text(&mut self.out.html, &language);
            self.write("\"");
        }
        self.write(">");
    }

    fn start_row(&mut self, written: bool, head: bool, offset: usize) {
        let first_of_body = !head && self.column == usize::MAX;
        self.in_table_head = head;
        self.column = 0;
        if first_of_body && written {
            self.write("<tbody>");
        }
        self.open_block(
            written,
            if head { "<thead><tr" } else { "<tr" },
            offset,
            ">",
        );
    }

    fn start_cell(&mut self, written: bool) {
        if !written {
            return;
        }
        self.write(if self.in_table_head { "<th" } else { "<td" });
        self.write(match self.alignments.get(self.column) {
            Some(Alignment::Left) => " align=\"left\">",
            Some(Alignment::Center) => " align=\"center\">",
            Some(Alignment::Right) => " align=\"right\">",
            _ => ">",
        });
    }

    fn close_cell(&mut self, written: bool, end: &str) {
        self.column += 1;
        self.write(if written { end } else { " " });
    }

    fn open_block(&mut self, written: bool, start: &str, offset: usize, end: &str) {
        if !written {
            return;
        }
        let line = self.line(offset);
        self.write(start);
        self.write(" data-line=\"");
        push_number(&mut self.out.html, line);
        self.write("\"");
        self.write(end);
    }

    /// Blocks too deep to have tags are kept apart by a line break.
    fn close_block(&mut self, written: bool, end: &str) {
        self.write(if written { end } else { "\n" });
    }
}

fn callout_start(kind: BlockQuoteKind) -> &'static str {
    match kind {
        BlockQuoteKind::Note => "<div class=\"callout callout-note\"",
        BlockQuoteKind::Tip => "<div class=\"callout callout-tip\"",
        BlockQuoteKind::Important => "<div class=\"callout callout-important\"",
        BlockQuoteKind::Warning => "<div class=\"callout callout-warning\"",
        BlockQuoteKind::Caution => "<div class=\"callout callout-caution\"",
    }
}

fn heading_start(level: HeadingLevel) -> &'static str {
    ["<h1", "<h2", "<h3", "<h4", "<h5", "<h6"][level as usize - 1]
}

fn heading_end(level: HeadingLevel) -> &'static str {
    [
        "</h1>\n", "</h2>\n", "</h3>\n", "</h4>\n", "</h5>\n", "</h6>\n",
    ][level as usize - 1]
}

/// The language of a fence, safe as part of a class name: `C++ linenos` is `c++`.
fn language(info: &str) -> Option<String> {
    let word = info
        .split([' ', '\t', ',', '{', ':'])
        .find(|word| !word.is_empty())?;
    let name: String = word
        .chars()
        .filter(|&c| c.is_ascii() && is_language_byte(c as u8))
        .map(|c| c.to_ascii_lowercase())
        .take(32)
        .collect();
    (!name.is_empty()).then_some(name)
}
