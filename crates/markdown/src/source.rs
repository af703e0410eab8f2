//! One way to read Markdown, shared by everything in this crate: what counts as a task, a link
//! or a word must not differ between the preview and the list.

use pulldown_cmark::{Options, Parser};

use crate::front_matter;

/// A note's text without its metadata block.
pub(crate) struct Body<'a> {
    pub(crate) text: &'a str,
    /// Byte offset of `text` in the note.
    pub(crate) start: usize,
    pub(crate) front_matter: Option<&'a str>,
}

impl<'a> Body<'a> {
    pub(crate) fn of(source: &'a str) -> Self {
        let (front_matter, start) = front_matter::split(source);
        Self {
            text: &source[start..],
            start,
            front_matter,
        }
    }

    pub(crate) fn parser(&self) -> Parser<'a> {
        parser(self.text)
    }
}

/// The parser with the extensions the app has. The parser's own metadata option stays off: it
/// takes any two rules in the middle of a note for metadata and hides what is between them. So does
/// its option for wiki links: see `autolink`.
pub(crate) fn parser(text: &str) -> Parser<'_> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_MATH
        | Options::ENABLE_GFM;
    Parser::new_ext(text, options)
}
