//! Source to HTML, outline, links and tasks in one pass over the parser's events.
//!
//! Safety is decided here, event by event, from allow-lists; nothing of the note reaches the
//! output unescaped. A note with raw HTML is put through the sanitiser as well, as a second
//! opinion that knows how browsers read HTML. A note whose HTML the sanitiser cannot bring to
//! rest is shown with its HTML as text: never something the two layers disagree about.

mod block;
mod inline;
mod raw;
mod run;

use pulldown_cmark::Alignment;

use crate::{FrontMatter, position::Position, sanitise, source::Body};

/// Deepest nesting of elements written; deeper ones lose their tags and keep their text.
/// HTML parsers flatten at 512, and layout is recursive in every engine.
const MAX_DEPTH: usize = 100;

/// What the caller decides about a rendering.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderOptions {
    /// What an attachment's document id (`file:…`, `sheaf-file:…`), percent-encoded, is appended
    /// to; for example `sheaf-file://localhost/`. The one URL trusted without a check.
    pub attachment_base: String,
    /// True only after the user asked for the pictures of this note: loading one tells its
    /// server who is reading, and when.
    pub allow_remote_images: bool,
}

impl Default for RenderOptions {
    fn default() -> Self {
        Self {
            attachment_base: "sheaf-file://localhost/".to_owned(),
            allow_remote_images: false,
        }
    }
}

/// A note as the preview shows it. All lines are zero-based lines of the whole source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rendered {
    /// Safe to insert into the page as it is. Footnotes come last, so `data-line` rises except
    /// inside `section.footnotes`.
    pub html: String,
    /// In document order; the same ones that [`crate::count_tasks`] counts.
    pub tasks: Vec<Task>,
    pub outline: Vec<Heading>,
    /// Every link and picture of the Markdown (raw HTML excepted) that leads somewhere.
    pub links: Vec<Link>,
    pub front_matter: Option<FrontMatter>,
    /// How many pictures wait for consent.
    pub remote_images: u32,
}

/// A check box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Task {
    /// Where its `[` is, in UTF-16 code units from the start of the source.
    pub offset: usize,
    pub checked: bool,
    pub line: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    pub text: String,
    /// The element's id, with its `user-content-` prefix.
    pub id: String,
    pub line: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub target: LinkTarget,
    pub line: u32,
    /// Drawn as a picture instead of being linked to.
    pub is_image: bool,
}

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkTarget {
    /// A document by its id: `note:…`, `book:…`, `tag:…`, `file:…` or `sheaf-file:…`.
    Document(String),
    /// `[[Title]]`: a note by its title, which may not exist yet.
    Wiki(String),
    /// `http`, `https` or `mailto`. To open it, ask [`crate::url_policy::external_link`].
    External(String),
    /// A heading or footnote of this note, without `#`.
    Fragment(String),
}

/// Renders a whole note. Never fails: what is not allowed is left out, its text stays.
pub fn render(source: &str, options: &RenderOptions) -> Rendered {
    let mut rendered = run::run(source, options, RawHtml::Filtered);
    if rendered.has_raw_html {
        match sanitise::settle(&rendered.output.html, options) {
            Some(html) => rendered.output.html = html,
            None => rendered = run::run(source, options, RawHtml::AsText),
        }
    }
    rendered.output
}

/// The first layer alone, for tests that must not be saved by the second.
#[cfg(test)]
pub(crate) fn render_unsanitised(source: &str, options: &RenderOptions) -> Rendered {
    run::run(source, options, RawHtml::Filtered).output
}

/// A note whose HTML does not come to rest; none is known.
#[cfg(test)]
pub(crate) fn render_html_as_text(source: &str, options: &RenderOptions) -> Rendered {
    run::run(source, options, RawHtml::AsText).output
}

/// What happens to HTML that the note's author wrote.
#[derive(Clone, Copy, PartialEq, Eq)]
enum RawHtml {
    Filtered,
    AsText,
}

/// What one pass produced.
struct Pass {
    output: Rendered,
    has_raw_html: bool,
}

/// The state of a pass. Methods are in the sibling modules, by what they write.
struct Renderer<'a> {
    options: &'a RenderOptions,
    raw_html: RawHtml,
    body: Body<'a>,
    position: Position<'a>,
    out: Rendered,
    has_raw_html: bool,

    /// Open Markdown elements, whether or not their tags were written.
    depth: usize,
    /// Open elements of the author's own HTML, each with the `depth` it was opened at.
    raw: Vec<raw::OpenElement>,
    /// Raw HTML of the block that is being read.
    raw_block: String,
    /// Line of that block, until an element has taken it.
    raw_line: Option<usize>,
    /// Depth of the Markdown element in which a raw `<script>` or `<style>` mutes the text.
    muted: Option<(usize, &'static str)>,

    /// Plain text that has not been written yet, as a range of `body.text`: links are looked for
    /// in whole runs, and the parser splits runs at every bracket.
    run: std::ops::Range<usize>,
    in_code: bool,
    links_open: usize,
    image: Option<inline::Image<'a>>,
    heading: Option<block::OpenHeading>,
    /// Where a class can still be added to the list item that was just opened.
    item_class: usize,
    alignments: Vec<Alignment>,
    column: usize,
    in_table_head: bool,

    slugs: crate::slug::Slugs,
    footnotes: block::Footnotes<'a>,
}
