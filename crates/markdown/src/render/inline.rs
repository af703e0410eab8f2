//! Inline elements: emphasis, links, pictures, and plain text with the links found in it.

use std::ops::Range;

use pulldown_cmark::{CowStr, Event, LinkType, TagEnd};

use super::{Link, LinkTarget, Renderer};
use crate::{
    autolink::{Found, next_link},
    destination,
    html::{push_attribute, push_text},
    image::{Sized, Source},
};

/// A picture whose alternative text is still being read.
pub(super) struct Image<'a> {
    url: CowStr<'a>,
    title: CowStr<'a>,
    alt: String,
    offset: usize,
    /// Elements open inside the alternative text.
    depth: usize,
}

/// What a picture says about itself besides its source.
pub(super) struct Caption<'s> {
    pub(super) alt: &'s str,
    pub(super) title: &'s str,
    pub(super) width: Option<&'s str>,
    pub(super) height: Option<&'s str>,
}

impl<'a> Renderer<'a> {
    /// Adds a piece of plain text to the run if it continues it in the source, byte for byte;
    /// false if the text is to be written now.
    pub(super) fn extend_run(&mut self, text: &CowStr<'a>, range: &Range<usize>) -> bool {
        if self.in_code || self.image.is_some() || self.muted.is_some() {
            return false;
        }
        let CowStr::Borrowed(text) = text else {
            return false;
        };
        let is_source = self.body.text.get(range.clone()).is_some_and(|source| {
            std::ptr::eq(source.as_ptr(), text.as_ptr()) && source.len() == text.len()
        });
        if !is_source {
            return false;
        }
        if self.run.is_empty() || self.run.end != range.start {
            self.flush_run();
            self.run.start = range.start;
        }
        self.run.end = range.end;
        true
    }

    pub(super) fn flush_run(&mut self) {
        if self.run.is_empty() {
            return;
        }
        let offset = self.run.start;
        let text = &self.body.text[std::mem::take(&mut self.run)];
        if self.links_open > 0 || self.in_raw_anchor() {
            return self.text(text);
        }
        let mut written = 0;
        while let Some((range, found)) = next_link(text, written) {
            self.text(&text[written..range.start]);
            self.found_link(&found, offset + range.start);
            written = range.end;
        }
        self.text(&text[written..]);
    }

    fn found_link(&mut self, found: &Found<'_>, offset: usize) {
        let (target, label) = match *found {
            Found::Wiki { title, label } => (Some(LinkTarget::Wiki(title.to_owned())), label),
            Found::Address(address) if address.contains("://") => {
                (destination::target(address), address)
            }
            Found::Address(address) => (destination::target(&format!("http://{address}")), address),
        };
        let Some(target) = target else {
            return self.text(label);
        };
        self.flow();
        self.write_anchor(Some(&target), &[]);
        self.text(label);
        self.write("</a>");
        self.note_link(target, offset, false);
    }

    pub(super) fn start_span(&mut self, tag: TagEnd) {
        self.flow();
        if self.enter() {
            self.write(match tag {
                TagEnd::Emphasis => "<em>",
                TagEnd::Strong => "<strong>",
                TagEnd::Superscript => "<sup>",
                TagEnd::Subscript => "<sub>",
                _ => "<del>",
            });
        }
    }

    pub(super) fn end_span(&mut self, tag: TagEnd) {
        if self.leave() {
            self.write(match tag {
                TagEnd::Emphasis => "</em>",
                TagEnd::Strong => "</strong>",
                TagEnd::Superscript => "</sup>",
                TagEnd::Subscript => "</sub>",
                _ => "</del>",
            });
        }
    }

    pub(super) fn start_link(&mut self, kind: LinkType, url: &str, title: &str, offset: usize) {
        self.flow();
        self.links_open += 1;
        let written = self.enter() && !self.in_raw_anchor();
        let target = match kind {
            LinkType::Email => destination::target(&format!("mailto:{url}")),
            _ => destination::target(url),
        };
        if written && title.is_empty() {
            self.write_anchor(target.as_ref(), &[]);
        } else if written {
            self.write_anchor(target.as_ref(), &[("title", title.to_owned())]);
        }
        if let Some(target) = target {
            self.note_link(target, offset, false);
        }
    }

    pub(super) fn end_link(&mut self) {
        self.links_open -= 1;
        if self.leave() && !self.in_raw_anchor() {
            self.write("</a>");
        }
    }

    /// The start tag of a link; one that may lead nowhere keeps its text and loses its address.
    pub(super) fn write_anchor(
        &mut self,
        target: Option<&LinkTarget>,
        attributes: &[(&'static str, String)],
    ) {
        self.write("<a class=\"");
        self.write(target.map_or("blocked", destination::class));
        self.write("\"");
        if let Some(target) = target {
            self.write(" href=\"");
            destination::push_href(&mut self.out.html, target);
            self.write("\"");
        }
        match target {
            Some(LinkTarget::Document(id)) => self.write_attribute("data-id", id),
            Some(LinkTarget::Wiki(title)) => self.write_attribute("data-title", title),
            _ => {}
        }
        for (name, value) in attributes {
            self.write_attribute(name, value);
        }
        self.write(" rel=\"noreferrer noopener\">");
    }

    fn note_link(&mut self, target: LinkTarget, offset: usize, is_image: bool) {
        let line = self.line(offset) as u32;
        self.out.links.push(Link {
            target,
            line,
            is_image,
        });
    }

    pub(super) fn start_image(&mut self, url: CowStr<'a>, title: CowStr<'a>, offset: usize) {
        self.image = Some(Image {
            url,
            title,
            alt: String::new(),
            offset,
            depth: 0,
        });
    }

    /// Events between the start and the end of a picture are its alternative text.
    pub(super) fn image_event(&mut self, event: Event<'a>) {
        let Some(image) = &mut self.image else { return };
        match event {
            Event::End(TagEnd::Image) if image.depth == 0 => self.end_image(),
            Event::Start(_) => image.depth += 1,
            Event::End(_) => image.depth -= 1,
            Event::Text(text)
            | Event::Code(text)
            | Event::InlineMath(text)
            | Event::DisplayMath(text) => image.alt.push_str(&text),
            Event::SoftBreak | Event::HardBreak => image.alt.push(' '),
            _ => {}
        }
    }

    fn end_image(&mut self) {
        let Some(image) = self.image.take() else {
            return;
        };
        if self.muted.is_some() {
            return;
        }
        let source = Source::of(&image.url);
        let sized = Sized::of(&image.alt);
        self.heading_text(&sized.alt);
        let caption = Caption {
            alt: &sized.alt,
            title: &image.title,
            width: sized.width.as_deref(),
            height: sized.height.as_deref(),
        };
        self.write_image(&source, &caption);
        match source {
            Source::Attachment(id) => {
                self.note_link(LinkTarget::Document(id), image.offset, true);
            }
            Source::Remote(url) => self.note_link(LinkTarget::External(url), image.offset, true),
            Source::Embedded(_) | Source::Refused => {}
        }
    }

    pub(super) fn write_image(&mut self, source: &Source, caption: &Caption<'_>) {
        self.flow();
        match source {
            Source::Refused => {
                self.write("<span class=\"missing-image\" role=\"img\"");
                self.write_attribute("aria-label", caption.alt);
                self.write(">");
                push_text(&mut self.out.html, caption.alt);
                self.write("</span>");
            }
            Source::Remote(_) if !self.options.allow_remote_images => {
                self.out.remote_images += 1;
                self.write("<span class=\"remote-image\" data-src=\"");
                source.push_src(&mut self.out.html, "");
                self.write("\" role=\"img\"");
                self.write_attribute("aria-label", caption.alt);
                self.write("></span>");
            }
            Source::Attachment(_) | Source::Remote(_) | Source::Embedded(_) => {
                self.write(match source {
                    Source::Attachment(_) => "<img class=\"attachment\" src=\"",
                    _ => "<img src=\"",
                });
                source.push_src(&mut self.out.html, &self.options.attachment_base);
                self.write("\" alt=\"");
                push_attribute(&mut self.out.html, caption.alt);
                self.write("\"");
                self.write_caption(caption);
                self.write(" loading=\"lazy\" decoding=\"async\">");
            }
        }
    }

    fn write_caption(&mut self, caption: &Caption<'_>) {
        if !caption.title.is_empty() {
            self.write_attribute("title", caption.title);
        }
        if let Some(width) = caption.width {
            self.write_attribute("width", width);
        }
        if let Some(height) = caption.height {
            self.write_attribute("height", height);
        }
    }
}
