//! The second opinion: HTML that contains an author's markup, read by a real HTML parser and
//! filtered by the same lists once more.
//!
//! Invariant: what [`settle`] returns, it would return unchanged. HTML on which writer and
//! parser keep disagreeing is how sanitisers have been bypassed, so it is not shown at all.

use std::{borrow::Cow, collections::HashSet};

use ammonia::{Builder, UrlRelative};

use crate::{
    destination::split_scheme, elements, image::is_embedded, render::RenderOptions, slug::PREFIX,
};

/// Readings after which HTML that still changes is given up.
const MAX_PASSES: usize = 4;

/// The HTML as a parser leaves it, or `None` if it does not come to rest.
pub(crate) fn settle(html: &str, options: &RenderOptions) -> Option<String> {
    let policy = policy(options);
    let mut current = policy.clean(html).to_string();
    if current == html {
        return Some(current);
    }
    for _ in 1..MAX_PASSES {
        let next = policy.clean(&current).to_string();
        if next == current {
            return Some(next);
        }
        current = next;
    }
    None
}

fn policy(options: &RenderOptions) -> Builder<'_> {
    let mut schemes: HashSet<&str> = ["http", "https", "mailto", "sheaf", "data"]
        .into_iter()
        .collect();
    if let Some((scheme, _)) = split_scheme(&options.attachment_base) {
        schemes.insert(&options.attachment_base[..scheme.len()]);
    }
    // The filter has to own what it compares with.
    let filter = options.clone();
    let mut policy = Builder::empty();
    policy
        .tags(elements::names().chain(["input"]).collect())
        .clean_content_tags(elements::silent().collect())
        .generic_attributes(ATTRIBUTES.into_iter().collect())
        .set_tag_attribute_value("input", "type", "checkbox")
        .attribute_filter(move |element, attribute, value| {
            allows(element, attribute, value, &filter).then_some(Cow::Borrowed(value))
        })
        .url_schemes(schemes)
        .url_relative(UrlRelative::PassThrough)
        .link_rel(Some(REL))
        .id_prefix(Some(PREFIX))
        .strip_comments(true);
    policy
}

/// On every link: the page behind it learns neither where the reader comes from nor its opener.
const REL: &str = "noreferrer noopener";

/// Every attribute that is ever written; `allows` says where and with which values.
const ATTRIBUTES: [&str; 32] = [
    "align",
    "alt",
    "aria-label",
    "checked",
    "class",
    "colspan",
    "data-id",
    "data-line",
    "data-offset",
    "data-src",
    "data-title",
    "datetime",
    "decoding",
    "dir",
    "height",
    "href",
    "id",
    "lang",
    "loading",
    "open",
    "reversed",
    "role",
    "rowspan",
    "scope",
    "span",
    "src",
    "start",
    "title",
    "type",
    "valign",
    "value",
    "width",
];

fn allows(element: &str, attribute: &str, value: &str, options: &RenderOptions) -> bool {
    match (element, attribute) {
        ("a", "href") => is_own_href(value),
        ("a", "rel") => value == REL,
        ("a", "data-id" | "data-title") | ("img", "alt") | ("span", "aria-label") => true,
        ("img", "src") => is_own_source(value, options),
        ("img", "loading") => value == "lazy",
        ("img", "decoding") => value == "async",
        ("input", "type") => value == "checkbox",
        ("input", "data-offset") | (_, "data-line") => {
            !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit())
        }
        ("input", "checked") => value.is_empty(),
        ("span", "data-src") => is_web(value),
        ("span" | "div", "role") => matches!(value, "img" | "note"),
        (_, "class") => elements::is_own_class(element, value),
        (_, "id") => elements::is_own_id(value),
        _ => elements::attribute(element, attribute, value).is_some_and(|(_, kept)| kept == value),
    }
}

/// Addresses exactly as `destination` writes them: printable ASCII, scheme in lower case.
fn is_own_href(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_graphic())
        && (is_web(value)
            || value.starts_with("mailto:")
            || value.starts_with("sheaf://")
            || value
                .strip_prefix('#')
                .is_some_and(|rest| rest.starts_with(PREFIX)))
}

fn is_web(value: &str) -> bool {
    value.starts_with("https://") || value.starts_with("http://")
}

fn is_own_source(value: &str, options: &RenderOptions) -> bool {
    let is_attachment = value
        .strip_prefix(options.attachment_base.as_str())
        .is_some_and(|id| {
            !id.is_empty()
                && id.bytes().all(|b| {
                    b.is_ascii_alphanumeric() || matches!(b, b'%' | b'-' | b'_' | b'.' | b'~')
                })
        });
    is_attachment || is_embedded(value) || (options.allow_remote_images && is_web(value))
}
