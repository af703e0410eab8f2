//! The examples of `CommonMark` and of GitHub's extensions, as `pulldown-cmark` claims them: they are read
//! from the sources of the very version that is linked, whose test suite is made from the
//! specifications. What an example becomes is compared as a document: its elements, its text, where
//! its links lead. Addresses that a note may not name (`/url`) are no links here, and raw HTML has
//! been through the sanitiser on both sides.

use std::{
    cell::RefCell,
    fmt::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use html5ever::{
    tendril::StrTendril,
    tokenizer::{
        BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
    },
};

use url::Url;

use crate::{RenderOptions, render, sanitise::settle};

struct Example {
    number: usize,
    source: String,
    expected: String,
}

/// The platform this was built for: of other platforms' packages nothing need be on this computer.
fn platform() -> String {
    let output = Command::new("rustc")
        .args(["--print", "host-tuple"])
        .output()
        .expect("the compiler tells its platform");
    let text = String::from_utf8(output.stdout).expect("a platform's name is text");
    text.trim().to_owned()
}

/// Where cargo keeps the sources of the `pulldown-cmark` that this crate is linked to.
fn parser_sources() -> PathBuf {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--locked"])
        .args(["--filter-platform", &platform()])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo tells its metadata");
    let text = String::from_utf8(output.stdout).expect("metadata is text");
    let found = text
        .split('"')
        .find(|part| part.contains("pulldown-cmark-0") && part.ends_with("Cargo.toml"))
        .unwrap_or_else(|| {
            panic!(
                "no pulldown-cmark: {}",
                String::from_utf8_lossy(&output.stderr)
            )
        });
    let manifest = PathBuf::from(found.replace("\\\\", "\\"));
    manifest
        .parent()
        .expect("a manifest lies in a folder")
        .to_owned()
}

/// The pairs of raw string literals of a file of the parser's suite.
fn examples(suite: &Path, file: &str) -> Vec<Example> {
    let path = suite.join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    let literals = |after: &str| -> Vec<String> {
        let mark = format!("{after} = r##\"");
        text.split(&mark)
            .skip(1)
            .map(|rest| {
                rest.split_once("\"##;")
                    .expect("the literal ends")
                    .0
                    .to_owned()
            })
            .collect()
    };
    let (sources, expected) = (literals("original"), literals("expected"));
    assert_eq!(sources.len(), expected.len());
    (1..)
        .zip(sources.into_iter().zip(expected))
        .map(|(number, (source, expected))| Example {
            number,
            source,
            expected,
        })
        .collect()
}

/// Elements of Markdown; others are an author's and are looked through.
const ELEMENTS: &str = " p h1 h2 h3 h4 h5 h6 ul ol li blockquote pre code em strong del hr br table \
    thead tbody tr th td a ";
const BLOCKS: &str = " p h1 h2 h3 h4 h5 h6 ul ol li blockquote pre hr table thead tbody tr th td ";

/// Writes a document down so that two of the same meaning read alike.
#[derive(Default)]
struct Outline {
    out: RefCell<String>,
    /// Open `<pre>`s: white space counts there.
    pre: RefCell<usize>,
    /// Whether the `<a>`s that are open lead anywhere.
    links: RefCell<Vec<bool>>,
    /// Inside the text that stands for a picture.
    picture: RefCell<bool>,
}

fn attribute<'a>(tag: &'a Tag, name: &str) -> Option<&'a str> {
    tag.attrs
        .iter()
        .find(|attribute| &*attribute.name.local == name)
        .map(|attribute| &*attribute.value)
}

impl Outline {
    fn text(&self, text: &str) {
        if *self.picture.borrow() {
            return;
        }
        let mut out = self.out.borrow_mut();
        if *self.pre.borrow() > 0 {
            out.push_str(text);
            return;
        }
        for c in text.chars() {
            if c != '\n' && !(c == ' ' && out.ends_with('\n')) {
                out.push(c);
            } else if !out.ends_with(['\n', ' ']) {
                out.push('\n');
            }
        }
    }

    fn tag(&self, tag: &Tag) {
        let name = &*tag.name;
        let open = tag.kind == TagKind::StartTag;
        match name {
            // What parts a box from its words is not the same everywhere, and means nothing.
            "input" => self.text(if attribute(tag, "checked").is_some() {
                "[x]\n"
            } else {
                "[ ]\n"
            }),
            "img" => self.text(&format!(
                "(picture: {})",
                attribute(tag, "alt").unwrap_or_default()
            )),
            "span" if open && attribute(tag, "role") == Some("img") => {
                let words = attribute(tag, "aria-label").unwrap_or_default().to_owned();
                self.text(&format!("(picture: {words})"));
                *self.picture.borrow_mut() = true;
            }
            "span" if !open => *self.picture.borrow_mut() = false,
            _ if ELEMENTS.contains(&format!(" {name} ")) => self.element(tag, name, open),
            _ => {}
        }
    }

    fn element(&self, tag: &Tag, name: &str, open: bool) {
        if name == "a" {
            let leads = if open {
                let leads = attribute(tag, "href").is_some_and(|href| !href.starts_with("#user-"));
                self.links.borrow_mut().push(leads);
                leads
            } else {
                self.links.borrow_mut().pop().unwrap_or(false)
            };
            if !leads {
                return;
            }
        }
        if name == "pre" {
            let mut pre = self.pre.borrow_mut();
            *pre = if open {
                *pre + 1
            } else {
                pre.saturating_sub(1)
            };
        }
        let mut out = self.out.borrow_mut();
        if BLOCKS.contains(&format!(" {name} ")) {
            let end = out.trim_end_matches(['\n', ' ']).len();
            out.truncate(end);
            out.push('\n');
        }
        let mut written = format!("<{}{name}", if open { "" } else { "/" });
        for (attribute_name, of) in [
            ("href", "a"),
            ("start", "ol"),
            ("align", "td"),
            ("align", "th"),
        ] {
            if name == of
                && let Some(value) = attribute(tag, attribute_name)
            {
                // The same address may be written in several ways.
                let value = Url::parse(value).map_or_else(|_| value.to_owned(), String::from);
                let value = value.replace("%5D", "]").replace("%5B", "[");
                write!(written, " {attribute_name}={value}").expect("a string takes everything");
            }
        }
        if name == "code"
            && let Some(class) = attribute(tag, "class")
        {
            write!(written, " {class}").expect("a string takes everything");
        }
        out.push_str(&written);
        out.push('>');
        if BLOCKS.contains(&format!(" {name} ")) && name != "pre" {
            out.push('\n');
        }
    }
}

impl TokenSink for Outline {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        match token {
            Token::TagToken(tag) => self.tag(&tag),
            Token::CharacterTokens(text) => self.text(&text),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

fn outline(html: &str) -> String {
    let tokenizer = Tokenizer::new(Outline::default(), TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    let written = tokenizer
        .sink
        .out
        .into_inner()
        .replace("<tbody>\n</tbody>\n", "");
    written.trim().to_owned()
}

/// The numbers of the examples that become another document here.
fn others(file: &str, at_least: usize) -> Vec<usize> {
    let options = RenderOptions {
        allow_remote_images: true,
        ..RenderOptions::default()
    };
    let all = examples(&parser_sources().join("tests/suite"), file);
    assert!(
        all.len() >= at_least,
        "{file} has only {} examples",
        all.len()
    );
    all.iter()
        .filter(|example| {
            let expected = example
                .expected
                .replace("style=\"text-align: left\"", "align=\"left\"")
                .replace("style=\"text-align: center\"", "align=\"center\"")
                .replace("style=\"text-align: right\"", "align=\"right\"");
            let expected = settle(&expected, &options).unwrap_or_default();
            let (expected, ours) = (
                outline(&expected),
                outline(&render(&example.source, &options).html),
            );
            expected != ours
        })
        .map(|example| example.number)
        .collect()
}

#[test]
fn examples_of_commonmark() {
    // Each of these is another document on purpose, or by the rules of HTML:
    let differing = [
        // a note may begin with front matter;
        &[96, 98][..],
        // two brackets make a link to a note;
        &[548, 590],
        // a bare address is a link, as on GitHub;
        &[602, 608, 611],
        // addresses that programs read in different ways are no links;
        &[20, 346, 600, 603],
        // a tag that never ends is words, and a table's cells are put in order by the parser of HTML;
        &[148, 156, 157, 158, 191],
        // classes are ASCII;
        &[34],
        // the sanitiser's list of schemes, through which the expected page was put, is in lower case.
        &[597],
    ];
    let mut differing = differing.concat();
    differing.sort_unstable();
    assert_eq!(others("spec.rs", 649), differing);
}

#[test]
fn examples_of_githubs_tables() {
    assert_eq!(others("gfm_table.rs", 8), [0; 0]);
}

#[test]
fn examples_of_githubs_task_lists() {
    assert_eq!(others("gfm_tasklist.rs", 2), [0; 0]);
}

#[test]
fn examples_of_githubs_strikethrough() {
    assert_eq!(others("gfm_strikethrough.rs", 2), [0; 0]);
}
