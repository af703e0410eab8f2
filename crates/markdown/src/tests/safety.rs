//! What makes HTML unsafe, written down a second time and independently of the code under test:
//! the output is read by a browser's tokenizer, and every tag and attribute is held against
//! this page.

use std::cell::RefCell;

use html5ever::{
    tendril::StrTendril,
    tokenizer::{BufferQueue, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts},
};

use crate::{RenderOptions, Rendered};

/// Elements that an output may have at all.
const ELEMENTS: &str = " a abbr article aside b bdi bdo blockquote br caption center cite code col \
    colgroup dd del details dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img input ins \
    kbd li mark ol p pre q rp rt ruby s samp section small span strong sub summary sup table tbody \
    td tfoot th thead time tr u ul var wbr ";

/// Attributes that an output may have at all; none of them is an event handler, a style or a name.
const ATTRIBUTES: &str = " align alt aria-label checked class colspan data-id data-line data-offset \
    data-src data-title datetime decoding dir height href id lang loading open rel reversed role \
    rowspan scope span src start title type valign value width ";

#[derive(Default)]
struct Findings {
    violations: RefCell<Vec<String>>,
    inputs: RefCell<usize>,
    base: String,
    remote: bool,
}

impl Findings {
    fn report(&self, violation: String) {
        self.violations.borrow_mut().push(violation);
    }

    fn attribute(&self, element: &str, name: &str, value: &str) {
        let complain = || self.report(format!("<{element} {name}={value:?}>"));
        if !ATTRIBUTES.contains(&format!(" {name} ")) {
            complain();
        }
        match name {
            "href" if element != "a" || !is_safe_link(value) => complain(),
            "src" if element != "img" || !self.is_safe_source(value) => complain(),
            "data-src" if element != "span" || !is_web(value) => complain(),
            "id" if !value.starts_with("user-content-") => complain(),
            "rel" if value != "noreferrer noopener" => complain(),
            "class" if value.split(' ').any(|class| class == "task") && element != "input" => {
                complain();
            }
            "type" if element == "input" && value != "checkbox" => complain(),
            _ => {}
        }
    }

    fn is_safe_source(&self, value: &str) -> bool {
        let bitmap = ["png", "jpeg", "jpg", "gif", "webp"].iter().any(|kind| {
            value
                .to_lowercase()
                .starts_with(&format!("data:image/{kind};base64,"))
        });
        let attachment = value.strip_prefix(&self.base).is_some_and(|id| {
            !id.contains(['/', '\\', '?', '#', ':']) && !id.trim_matches('.').is_empty()
        });
        bitmap || attachment || (self.remote && is_web(value))
    }
}

fn is_web(value: &str) -> bool {
    let plain = value
        .chars()
        .all(|c| c.is_ascii_graphic() && !matches!(c, '\\' | '"' | '<' | '>'));
    plain && (value.starts_with("http://") || value.starts_with("https://"))
}

fn is_safe_link(value: &str) -> bool {
    let plain = value.chars().all(|c| c.is_ascii_graphic());
    plain
        && (is_web(value)
            || value.starts_with("mailto:")
            || value.starts_with("sheaf://")
            || value.starts_with("#user-content-"))
}

impl TokenSink for Findings {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        match token {
            Token::TagToken(tag) => {
                if !ELEMENTS.contains(&format!(" {} ", &*tag.name)) {
                    self.report(format!("<{}>", &*tag.name));
                }
                if &*tag.name == "input" {
                    *self.inputs.borrow_mut() += 1;
                    if !tag.attrs.iter().any(|a| &*a.name.local == "type") {
                        self.report("an input without a type".to_owned());
                    }
                }
                for attribute in &tag.attrs {
                    self.attribute(&tag.name, &attribute.name.local, &attribute.value);
                }
            }
            Token::CommentToken(_) => self.report("a comment".to_owned()),
            Token::DoctypeToken(_) => self.report("a doctype".to_owned()),
            // Markup that every parser reads alike has no errors; a control character in the text
            // is one that a note may have.
            Token::ParseError(error) if !error.ends_with(char::is_control) => {
                self.report(format!("parse error: {error}"));
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// What is unsafe about a rendered note; empty for every note there is.
pub(super) fn violations(rendered: &Rendered, options: &RenderOptions) -> Vec<String> {
    let findings = Findings {
        base: options.attachment_base.clone(),
        remote: options.allow_remote_images,
        ..Findings::default()
    };
    let tokenizer = Tokenizer::new(findings, TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(rendered.html.as_str()));
    let _ = tokenizer.feed(&input);
    assert!(input.is_empty(), "the tokenizer stopped for a script");
    tokenizer.end();
    let findings = tokenizer.sink;
    if *findings.inputs.borrow() != rendered.tasks.len() {
        findings.report("a check box that is no task, or the other way round".to_owned());
    }
    findings.violations.into_inner()
}

#[test]
fn the_judge_sees_what_is_unsafe() {
    let judge = |html: &str| {
        let rendered = Rendered {
            html: html.to_owned(),
            ..Rendered::default()
        };
        violations(&rendered, &RenderOptions::default())
    };
    for html in [
        "<script>x</script>",
        "<p onclick=\"x\">",
        "<p style=\"x\">",
        "<a href=\"javascript:x\">",
        "<a href=\"JAVASCRIPT:x\">",
        "<img src=\"https://e.org/x.png\">",
        "<img src=\"data:image/svg+xml;base64,x\">",
        "<p id=\"app\">",
        "<!-- x -->",
        "<input type=\"checkbox\">",
        "<p class=\"task\">",
        "<svg>",
        "<p title=\"a\"b>",
        "a <3 b",
        "sheaf-file://localhost/<img src=\"sheaf-file://localhost/../x\">",
    ] {
        assert_ne!(judge(html), Vec::<String>::new(), "{html}");
    }
    assert_eq!(
        judge("<p>a <a href=\"https://e.org/\" rel=\"noreferrer noopener\">b</a></p>"),
        [""; 0]
    );
}
