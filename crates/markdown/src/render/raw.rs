//! The author's own HTML: rewritten, never copied.
//!
//! Tags are looked up in the allow-list and kept balanced against the Markdown around them, by
//! the same implied endings that browsers apply. That is more than tidiness: unbalanced
//! formatting tags make an HTML parser repeat them in every following paragraph, which turns a
//! note of a megabyte into gigabytes of elements.

use super::{MAX_DEPTH, RawHtml, Renderer, inline::Caption};
use crate::{
    destination,
    elements::{self, Role},
    html::{push_number, push_text},
    image::{Source, length},
    raw::{Token, Tokens, attributes, decode_entities, entity, reference_length},
};

/// An element of the author's that has not been closed.
#[derive(Clone, Copy)]
pub(super) struct OpenElement {
    name: &'static str,
    /// Markdown elements open when it was opened: it cannot outlive the innermost of them.
    depth: usize,
}

impl Renderer<'_> {
    pub(super) fn start_html_block(&mut self, offset: usize) {
        let line = self.line(offset);
        self.raw_line = Some(line);
        self.raw_block.clear();
    }

    pub(super) fn html_block_line(&mut self, line: &str) {
        self.raw_block.push_str(line);
    }

    pub(super) fn end_html_block(&mut self) {
        let html = std::mem::take(&mut self.raw_block);
        if self.raw_html == RawHtml::AsText {
            return self.html_as_text(&html);
        }
        self.has_raw_html = true;
        let mut tokens = Tokens::new(&html);
        while let Some(token) = tokens.next() {
            match token {
                Token::Text(text) => self.raw_text(text),
                Token::Close { name } => self.close_raw(&name),
                Token::Open { name, attributes } => {
                    if let Some(silent) = elements::find_silent(&name) {
                        // `embed` has no content and no end tag.
                        if silent != "embed" {
                            tokens.skip_content(silent);
                        }
                    } else {
                        self.open_raw(&name, attributes, true);
                    }
                }
            }
        }
        self.raw_line = None;
    }

    pub(super) fn inline_html(&mut self, html: &str) {
        if self.raw_html == RawHtml::AsText {
            return self.text(html);
        }
        self.has_raw_html = true;
        for token in Tokens::new(html) {
            match token {
                Token::Text(text) => self.raw_text(text),
                Token::Close { name } => {
                    if self.muted.is_some_and(|(_, muted)| muted == name) {
                        self.muted = None;
                    }
                    self.close_raw(&name);
                }
                Token::Open { name, attributes } => {
                    if let Some(silent) = elements::find_silent(&name) {
                        if silent != "embed" && self.muted.is_none() {
                            self.muted = Some((self.depth, silent));
                        }
                    } else {
                        self.open_raw(&name, attributes, false);
                    }
                }
            }
        }
    }

    fn html_as_text(&mut self, html: &str) {
        self.write("<pre");
        self.write_raw_line();
        self.write("><code class=\"language-html\">");
        push_text(&mut self.out.html, html);
        self.write("</code></pre>\n");
    }

    /// Before anything that a table may not contain directly: a browser would move it in front
    /// of the table. Here the table ends instead.
    pub(super) fn flow(&mut self) {
        let Some(last) = self.raw.last() else { return };
        if last.depth == self.depth
            && matches!(
                last.name,
                "table" | "thead" | "tbody" | "tfoot" | "tr" | "colgroup"
            )
            && let Some(table) = self.open_here(&["table"], &[])
        {
            self.close_raw_from(table);
        }
    }

    /// Before a block: an open paragraph of the author's ends.
    pub(super) fn before_block(&mut self) {
        if self.raw.is_empty() {
            return;
        }
        self.flow();
        if let Some(paragraph) = self.open_here(&["p"], &["td", "th", "table", "caption"]) {
            self.close_raw_from(paragraph);
        }
    }

    pub(super) fn in_raw_anchor(&self) -> bool {
        self.raw.iter().any(|element| element.name == "a")
    }

    /// Closes the author's elements that were opened at `depth` or deeper.
    pub(super) fn close_raw_down_to(&mut self, depth: usize) {
        while let Some(element) = self.raw.pop_if(|element| element.depth >= depth) {
            self.write("</");
            self.write(element.name);
            self.write(">");
        }
    }

    fn close_raw_from(&mut self, index: usize) {
        for element in self.raw.split_off(index).iter().rev() {
            self.write("</");
            self.write(element.name);
            self.write(">");
        }
    }

    /// The innermost element of these names in the current Markdown element, unless one of
    /// `stop` is further in.
    fn open_here(&self, names: &[&str], stop: &[&str]) -> Option<usize> {
        for (index, element) in self.raw.iter().enumerate().rev() {
            if element.depth != self.depth || stop.contains(&element.name) {
                return None;
            }
            if names.contains(&element.name) {
                return Some(index);
            }
        }
        None
    }

    fn top_here(&self) -> &'static str {
        self.raw
            .last()
            .filter(|last| last.depth == self.depth)
            .map_or("", |last| last.name)
    }

    fn close_raw(&mut self, name: &str) {
        // An end tag does not reach out of the cell it stands in.
        let stop: &[&str] = if elements::find(name).is_some_and(|(_, role)| role == Role::TablePart)
        {
            &["table"]
        } else {
            &["td", "th", "caption"]
        };
        if let Some(index) = self.open_here(&[name], if name == "table" { &[] } else { stop }) {
            self.close_raw_from(index);
        }
    }

    fn open_raw(&mut self, name: &str, attributes: &str, is_block: bool) {
        let Some((name, role)) = elements::find(name) else {
            return;
        };
        let fits = is_block || matches!(role, Role::Phrasing | Role::Void);
        if !fits || self.muted.is_some() || self.depth + self.raw.len() >= MAX_DEPTH {
            return;
        }
        match (role, name) {
            (_, "img") => self.raw_image(attributes),
            (_, "a") => self.raw_anchor(attributes),
            (Role::Void, _) => {
                self.flow();
                self.start_tag(name, attributes);
            }
            (Role::VoidBlock, _) => {
                self.before_block();
                self.start_tag(name, attributes);
            }
            (Role::TablePart, _) => self.table_part(name, attributes),
            (Role::Phrasing | Role::Block, _) => {
                self.end_siblings(name, role);
                self.start_tag(name, attributes);
                self.push_raw(name);
            }
        }
    }

    /// Ends what the start of `name` ends by itself.
    fn end_siblings(&mut self, name: &'static str, role: Role) {
        if role == Role::Block {
            self.before_block();
        } else {
            self.flow();
        }
        let sibling = match name {
            "li" => self.open_here(&["li"], &["ul", "ol", "table", "td", "th"]),
            "dd" | "dt" => self.open_here(&["dd", "dt"], &["dl", "table", "td", "th"]),
            "rt" | "rp" if matches!(self.top_here(), "rt" | "rp") => Some(self.raw.len() - 1),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.open_here(&["h1", "h2", "h3", "h4", "h5", "h6"], &["td", "th"])
            }
            _ => None,
        };
        if let Some(index) = sibling {
            self.close_raw_from(index);
        }
    }

    /// Opens a part of a table where the nearest open table has room for it, with the parts that
    /// an HTML parser would supply; without a table the tag is dropped.
    fn table_part(&mut self, name: &'static str, attributes: &str) {
        if self.open_here(&["table"], &[]).is_none() {
            return;
        }
        let parents: &[&str] = match name {
            "td" | "th" => &["tr", "thead", "tbody", "tfoot", "table"],
            "tr" => &["thead", "tbody", "tfoot", "table"],
            "col" => &["colgroup", "table"],
            _ => &["table"],
        };
        if let Some(parent) = self.open_here(parents, &[]) {
            self.close_raw_from(parent + 1);
        }
        if matches!(name, "td" | "th" | "tr") && self.top_here() == "table" {
            self.start_tag("tbody", "");
            self.push_raw("tbody");
        }
        if matches!(name, "td" | "th") && self.top_here() != "tr" {
            self.start_tag("tr", "");
            self.push_raw("tr");
        }
        if name == "col" && self.top_here() == "table" {
            self.start_tag("colgroup", "");
            self.push_raw("colgroup");
        }
        self.start_tag(name, attributes);
        if name != "col" {
            self.push_raw(name);
        }
    }

    fn push_raw(&mut self, name: &'static str) {
        self.raw.push(OpenElement {
            name,
            depth: self.depth,
        });
    }

    fn start_tag(&mut self, name: &'static str, attributes: &str) {
        self.write("<");
        self.write(name);
        for (attribute, value) in allowed_attributes(name, attributes) {
            self.write_attribute(attribute, &value);
        }
        self.write_raw_line();
        self.write(">");
    }

    fn write_raw_line(&mut self) {
        if let Some(line) = self.raw_line.take() {
            self.write(" data-line=\"");
            push_number(&mut self.out.html, line);
            self.write("\"");
        }
    }

    fn raw_anchor(&mut self, text: &str) {
        self.flow();
        if self.links_open > 0 || self.in_raw_anchor() {
            return;
        }
        let href = attributes(text)
            .into_iter()
            .find(|(name, _)| name == "href");
        let rest = allowed_attributes("a", text);
        if let Some((_, href)) = href {
            self.write_anchor(destination::target(&href).as_ref(), &rest);
        } else {
            // A place to link to, not a link.
            self.write("<a");
            for (name, value) in rest {
                self.write_attribute(name, &value);
            }
            self.write(" rel=\"noreferrer noopener\">");
        }
        self.push_raw("a");
    }

    fn raw_image(&mut self, text: &str) {
        let attributes = attributes(text);
        let value = |name: &str| {
            let found = attributes.iter().find(|(attribute, _)| attribute == name);
            found.map_or("", |(_, value)| value.as_str())
        };
        let (width, height) = (length(value("width")), length(value("height")));
        let caption = Caption {
            alt: value("alt"),
            title: value("title"),
            width: width.as_deref(),
            height: height.as_deref(),
        };
        self.write_image(&Source::of(value("src")), &caption);
    }

    /// Character data of raw HTML: character references keep their meaning, everything else is
    /// escaped.
    fn raw_text(&mut self, text: &str) {
        if self.muted.is_some() {
            return;
        }
        let mut text = text;
        // A parser drops the first line break in `pre`; without it there is nothing to drop.
        if self.top_here() == "pre" && self.out.html.ends_with('>') {
            text = text.trim_start_matches(['\r', '\n']);
        }
        if !text.trim_ascii().is_empty() {
            self.flow();
        }
        if self.heading.is_some() {
            self.heading_text(&decode_entities(text));
        }
        let mut rest = text;
        while let Some(at) = rest.find('&') {
            push_text(&mut self.out.html, &rest[..at]);
            rest = &rest[at..];
            // What is decoded here spares the sanitiser a second reading. Control characters
            // have rules of their own.
            let decoded = entity(rest).filter(|(c, _)| !c.is_control() && *c != '\u{FFFD}');
            if let Some((character, length)) = decoded {
                push_text(&mut self.out.html, character.encode_utf8(&mut [0; 4]));
                rest = &rest[length..];
                continue;
            }
            let length = reference_length(rest);
            if length > 0 {
                self.write(&rest[..length]);
            } else {
                self.write("&amp;");
            }
            rest = &rest[length.max(1)..];
        }
        push_text(&mut self.out.html, rest);
    }
}

/// The attributes of a start tag that `element` may have, each once; addresses excepted.
fn allowed_attributes(element: &'static str, text: &str) -> Vec<(&'static str, String)> {
    let mut allowed: Vec<(&'static str, String)> = Vec::new();
    for (name, value) in attributes(text) {
        if let Some((name, value)) = elements::attribute(element, &name, &value)
            && allowed.iter().all(|(other, _)| *other != name)
        {
            allowed.push((name, value));
        }
    }
    allowed
}
