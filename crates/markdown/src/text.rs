//! A note as plain text: excerpts, word counts and titles.

use pulldown_cmark::{Event, Tag, TagEnd};
use unicode_segmentation::UnicodeSegmentation;

use crate::{
    FrontMatter,
    source::{Body, parser},
};

/// The beginning of a note as one line of plain text, at most `max_chars` characters, white
/// space folded. Looks only at as much of the note as it needs, however long the note is: it runs
/// for every note that is taken in.
pub fn plain_text(source: &str, max_chars: usize) -> String {
    let body = Body::of(source).text;
    let most = max_chars.saturating_mul(8).saturating_add(4096);
    let mut limit = max_chars.saturating_mul(2).saturating_add(256);
    loop {
        let window = window(body, limit);
        let mut line = Line {
            text: String::new(),
            left: max_chars,
            space: false,
        };
        let filled = !each_text(&window, |text| line.push(text));
        // Markup or addresses can take up a whole window; then a longer one is tried.
        if filled || limit >= most || limit >= body.len() {
            return line.text;
        }
        limit = limit.saturating_mul(4).min(most);
    }
}

/// Words by the rules of Unicode; in scripts without spaces every ideograph counts.
pub fn word_count(source: &str) -> u32 {
    let mut count = 0;
    let mut pending = String::new();
    each_text(Body::of(source).text, |text| {
        // The parser cuts text at every bracket and emphasis, in the middle of words too.
        pending.push_str(text);
        if text.ends_with(char::is_whitespace) {
            count += pending.unicode_words().count();
            pending.clear();
        }
        true
    });
    (count + pending.unicode_words().count()) as u32
}

/// The title a note gives itself: of its metadata block, else its first heading of level one.
pub fn title_from(source: &str) -> Option<String> {
    let body = Body::of(source);
    let block = body.front_matter.map(|text| FrontMatter {
        source: text.to_owned(),
    });
    block
        .and_then(|block| block.scalar("title"))
        .or_else(|| first_heading(&body))
}

fn first_heading(body: &Body<'_>) -> Option<String> {
    let mut title: Option<String> = None;
    for event in body.parser() {
        match (event, &mut title) {
            (Event::Start(Tag::Heading { level, .. }), title) if level as u8 == 1 => {
                *title = Some(String::new());
            }
            (Event::End(TagEnd::Heading(_)), Some(text)) => {
                let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
                if !folded.is_empty() {
                    return Some(folded);
                }
                title = None;
            }
            (Event::Text(part) | Event::Code(part), Some(text)) => text.push_str(&part),
            (Event::SoftBreak | Event::HardBreak, Some(text)) => text.push(' '),
            _ => {}
        }
    }
    None
}

/// Calls `take` with every piece of text in order, a space where markup separates words, until
/// it returns false; false if it did. Raw HTML and alternative texts are left out.
fn each_text(source: &str, mut take: impl FnMut(&str) -> bool) -> bool {
    let mut images = 0;
    for event in parser(source) {
        let more = match event {
            Event::Start(Tag::Image { .. }) => {
                images += 1;
                true
            }
            Event::End(TagEnd::Image) => {
                images -= 1;
                true
            }
            _ if images > 0 => true,
            Event::Text(text)
            | Event::Code(text)
            | Event::InlineMath(text)
            | Event::DisplayMath(text) => take(&text),
            Event::End(end) if !is_inline(end) => take(" "),
            Event::SoftBreak | Event::HardBreak | Event::Rule => take(" "),
            _ => true,
        };
        if !more {
            return false;
        }
    }
    true
}

fn is_inline(end: TagEnd) -> bool {
    matches!(
        end,
        TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::Link
            | TagEnd::Image
    )
}

/// The first `max_bytes` of a note, pictures embedded in the text not counted: one of them can
/// be longer than all the words around it.
fn window(body: &str, max_bytes: usize) -> std::borrow::Cow<'_, str> {
    if body.len() <= max_bytes {
        return body.into();
    }
    let mut window = String::new();
    let mut rest = body;
    while window.len() < max_bytes && !rest.is_empty() {
        let limit = rest.floor_char_boundary(max_bytes - window.len());
        match rest[..limit].find("](data:") {
            None => {
                window.push_str(&rest[..limit]);
                break;
            }
            Some(at) => {
                window.push_str(&rest[..at + 2]);
                rest = rest[at + 2..]
                    .find(')')
                    .map_or("", |end| &rest[at + 2 + end..]);
            }
        }
    }
    window.into()
}

/// Text of a list row in the making.
struct Line {
    text: String,
    left: usize,
    space: bool,
}

impl Line {
    /// False once the row is full.
    fn push(&mut self, text: &str) -> bool {
        for c in text.chars() {
            if c.is_whitespace() || c.is_control() {
                self.space = !self.text.is_empty();
                continue;
            }
            if self.left <= usize::from(self.space) {
                self.left = 0;
                return false;
            }
            if std::mem::take(&mut self.space) {
                self.text.push(' ');
                self.left -= 1;
            }
            self.text.push(c);
            self.left -= 1;
        }
        true
    }
}
