//! The pass itself: parser events in, `Pass` out.

use std::ops::Range;

use pulldown_cmark::{CowStr, Event, Tag, TagEnd};

use super::{Pass, RawHtml, RenderOptions, Rendered, Renderer};
use crate::{
    FrontMatter,
    html::{push_attribute, push_text},
    position::Position,
    source::Body,
};

pub(super) fn run(source: &str, options: &RenderOptions, raw_html: RawHtml) -> Pass {
    let body = Body::of(source);
    let events = body.parser().into_offset_iter();
    let mut renderer = Renderer::new(source, body, options, raw_html);
    for (event, range) in events {
        renderer.event(event, range);
    }
    renderer.finish()
}

impl<'a> Renderer<'a> {
    fn new(source: &'a str, body: Body<'a>, options: &'a RenderOptions, raw_html: RawHtml) -> Self {
        let front_matter = body.front_matter.map(|text| FrontMatter {
            source: text.to_owned(),
        });
        let out = Rendered {
            // Markup adds about a quarter to typical notes.
            html: String::with_capacity(body.text.len() + body.text.len() / 2),
            front_matter,
            ..Rendered::default()
        };
        Self {
            options,
            raw_html,
            body,
            position: Position::new(source),
            out,
            has_raw_html: false,
            depth: 0,
            raw: Vec::new(),
            raw_block: String::new(),
            raw_line: None,
            muted: None,
            run: 0..0,
            in_code: false,
            links_open: 0,
            image: None,
            heading: None,
            item_class: 0,
            alignments: Vec::new(),
            column: 0,
            in_table_head: false,
            slugs: crate::slug::Slugs::default(),
            footnotes: super::block::Footnotes::default(),
        }
    }

    fn finish(mut self) -> Pass {
        self.flush_run();
        self.close_raw_down_to(0);
        self.write_footnotes();
        Pass {
            output: self.out,
            has_raw_html: self.has_raw_html,
        }
    }

    fn event(&mut self, event: Event<'a>, range: Range<usize>) {
        if let Event::Text(text) = &event
            && self.extend_run(text, &range)
        {
            return;
        }
        self.flush_run();
        if self.image.is_some() {
            return self.image_event(event);
        }
        match event {
            Event::Start(tag) => self.start(tag, &range),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text(&text),
            Event::Code(text) => self.element_with_text("<code>", &text, "</code>"),
            Event::InlineMath(text) => {
                self.element_with_text("<span class=\"math math-inline\">", &text, "</span>");
            }
            Event::DisplayMath(text) => {
                self.element_with_text("<span class=\"math math-display\">", &text, "</span>");
            }
            Event::Html(text) => self.html_block_line(&text),
            Event::InlineHtml(text) => self.inline_html(&text),
            Event::FootnoteReference(name) => self.footnote_reference(name),
            Event::SoftBreak => self.text("\n"),
            Event::HardBreak => {
                self.flow();
                self.write("<br>\n");
                self.heading_text(" ");
            }
            Event::Rule => self.rule(range.start),
            Event::TaskListMarker(checked) => self.task(checked, range.start),
        }
    }

    fn start(&mut self, tag: Tag<'a>, range: &Range<usize>) {
        match tag {
            Tag::Emphasis
            | Tag::Strong
            | Tag::Strikethrough
            | Tag::Superscript
            | Tag::Subscript => self.start_span(tag.to_end()),
            Tag::Link {
                link_type,
                dest_url,
                title,
                ..
            } => {
                self.start_link(link_type, &dest_url, &title, range.start);
            }
            Tag::Image {
                dest_url, title, ..
            } => self.start_image(dest_url, title, range.start),
            other => self.start_block(other, range.start),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Superscript
            | TagEnd::Subscript => self.end_span(tag),
            TagEnd::Link => self.end_link(),
            TagEnd::Image => {}
            other => self.end_block(other),
        }
    }

    /// Opens an element: true if its tag is to be written.
    pub(super) fn enter(&mut self) -> bool {
        self.depth += 1;
        self.depth + self.raw.len() <= super::MAX_DEPTH
    }

    /// Closes what `enter` opened: true if its end tag is to be written. The answers agree,
    /// because raw elements opened inside are closed first and those outside cannot be.
    pub(super) fn leave(&mut self) -> bool {
        self.close_raw_down_to(self.depth);
        if self.muted.is_some_and(|(depth, _)| depth >= self.depth) {
            self.muted = None;
        }
        let written = self.depth + self.raw.len() <= super::MAX_DEPTH;
        self.depth -= 1;
        written
    }

    pub(super) fn write(&mut self, html: &str) {
        self.out.html.push_str(html);
    }

    pub(super) fn write_attribute(&mut self, name: &str, value: &str) {
        self.write(" ");
        self.write(name);
        self.write("=\"");
        push_attribute(&mut self.out.html, value);
        self.write("\"");
    }

    /// Character data, wherever it belongs.
    pub(super) fn text(&mut self, text: &str) {
        if self.muted.is_some() {
            return;
        }
        if !self.raw.is_empty() && !text.trim_ascii().is_empty() {
            self.flow();
        }
        self.heading_text(text);
        push_text(&mut self.out.html, text);
    }

    fn element_with_text(&mut self, open: &str, text: &CowStr<'a>, close: &str) {
        if self.muted.is_some() {
            return;
        }
        self.flow();
        self.write(open);
        push_text(&mut self.out.html, text);
        self.write(close);
        self.heading_text(text);
    }

    /// The line of a byte offset of the body, in the whole source.
    pub(super) fn line(&mut self, offset: usize) -> usize {
        self.position.line(self.body.start + offset)
    }
}
