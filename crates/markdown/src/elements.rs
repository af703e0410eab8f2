//! The HTML an author may write: elements, their attributes, and what values those may have.
//!
//! Kept out on purpose, for parsing rules that have broken every sanitiser so far: `svg`,
//! `math`, `style`, `title`, `textarea`, `noscript`, `template`; for what they load or submit:
//! `iframe`, `object`, `embed`, `form`, `input`, `link`, `meta`, `base`, `area`, `video`,
//! `audio`, `source`; for what they do to the page's own look and names: the attributes
//! `style`, `class`, `name`.

use crate::{image::length, slug::PREFIX};

/// How an element takes part in the structure around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Phrasing,
    Block,
    /// Only where a table, or the right part of one, is open.
    TablePart,
    Void,
    /// Void, and ends a paragraph.
    VoidBlock,
}

/// The allow-list; `a` and `img` get their addresses judged elsewhere.
const ELEMENTS: [(&str, Role); 66] = [
    ("a", Role::Phrasing),
    ("abbr", Role::Phrasing),
    ("article", Role::Block),
    ("aside", Role::Block),
    ("b", Role::Phrasing),
    ("bdi", Role::Phrasing),
    ("bdo", Role::Phrasing),
    ("blockquote", Role::Block),
    ("br", Role::Void),
    ("caption", Role::TablePart),
    ("center", Role::Block),
    ("cite", Role::Phrasing),
    ("code", Role::Phrasing),
    ("col", Role::TablePart),
    ("colgroup", Role::TablePart),
    ("dd", Role::Block),
    ("del", Role::Phrasing),
    ("details", Role::Block),
    ("dfn", Role::Phrasing),
    ("div", Role::Block),
    ("dl", Role::Block),
    ("dt", Role::Block),
    ("em", Role::Phrasing),
    ("figcaption", Role::Block),
    ("figure", Role::Block),
    ("h1", Role::Block),
    ("h2", Role::Block),
    ("h3", Role::Block),
    ("h4", Role::Block),
    ("h5", Role::Block),
    ("h6", Role::Block),
    ("hr", Role::VoidBlock),
    ("i", Role::Phrasing),
    ("img", Role::Void),
    ("ins", Role::Phrasing),
    ("kbd", Role::Phrasing),
    ("li", Role::Block),
    ("mark", Role::Phrasing),
    ("ol", Role::Block),
    ("p", Role::Block),
    ("pre", Role::Block),
    ("q", Role::Phrasing),
    ("rp", Role::Phrasing),
    ("rt", Role::Phrasing),
    ("ruby", Role::Phrasing),
    ("s", Role::Phrasing),
    ("samp", Role::Phrasing),
    ("section", Role::Block),
    ("small", Role::Phrasing),
    ("span", Role::Phrasing),
    ("strong", Role::Phrasing),
    ("sub", Role::Phrasing),
    ("summary", Role::Block),
    ("sup", Role::Phrasing),
    ("table", Role::Block),
    ("tbody", Role::TablePart),
    ("td", Role::TablePart),
    ("tfoot", Role::TablePart),
    ("th", Role::TablePart),
    ("thead", Role::TablePart),
    ("time", Role::Phrasing),
    ("tr", Role::TablePart),
    ("u", Role::Phrasing),
    ("ul", Role::Block),
    ("var", Role::Phrasing),
    ("wbr", Role::Void),
];

/// Elements whose content is no text for readers: it goes with them.
const SILENT: [&str; 14] = [
    "embed", "frameset", "iframe", "math", "noembed", "noframes", "noscript", "object", "script",
    "style", "svg", "template", "textarea", "title",
];

/// Classes that this crate writes itself, by element; a note's own are dropped.
const CLASSES: [(&str, &[&str]); 8] = [
    (
        "a",
        &[
            "blocked",
            "external",
            "footnote-back",
            "fragment",
            "internal",
            "wiki",
        ],
    ),
    (
        "div",
        &[
            "callout",
            "callout-caution",
            "callout-important",
            "callout-note",
            "callout-tip",
            "callout-warning",
        ],
    ),
    ("img", &["attachment"]),
    ("input", &["task"]),
    ("li", &["task-item"]),
    ("section", &["footnotes"]),
    (
        "span",
        &[
            "math",
            "math-display",
            "math-inline",
            "missing-image",
            "remote-image",
        ],
    ),
    ("sup", &["footnote-reference"]),
];

/// The allow-listed element of this lower-case name, with the name as a constant.
pub(crate) fn find(name: &str) -> Option<(&'static str, Role)> {
    ELEMENTS
        .binary_search_by_key(&name, |(element, _)| element)
        .ok()
        .map(|at| ELEMENTS[at])
}

pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    ELEMENTS.iter().map(|(name, _)| *name)
}

/// The silent element of this lower-case name.
pub(crate) fn find_silent(name: &str) -> Option<&'static str> {
    SILENT.iter().find(|silent| **silent == name).copied()
}

pub(crate) fn silent() -> impl Iterator<Item = &'static str> {
    SILENT.iter().copied()
}

/// True for every value of `class` that this crate writes on this element.
pub(crate) fn is_own_class(element: &str, value: &str) -> bool {
    if element == "code" {
        return value.strip_prefix("language-").is_some_and(is_language);
    }
    let own = CLASSES.iter().find(|(name, _)| *name == element);
    own.is_some_and(|(_, classes)| value.split(' ').all(|class| classes.contains(&class)))
}

/// True for what may follow `language-` in a class: no white space and nothing to escape.
pub(crate) fn is_language(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(is_language_byte)
}

pub(crate) fn is_language_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'#' | b'.' | b'_' | b'-')
}

/// The attribute to write for one that an author wrote (name in lower case, value decoded), or
/// `None` if the element may not have it. Addresses are not decided here.
pub(crate) fn attribute(element: &str, name: &str, value: &str) -> Option<(&'static str, String)> {
    let keep = |name: &'static str, allowed: bool| allowed.then(|| (name, value.to_owned()));
    let lower = |name: &'static str, choices: &[&str]| {
        let value = value.to_ascii_lowercase();
        choices.contains(&value.as_str()).then_some((name, value))
    };
    match (element, name) {
        (_, "title") => keep("title", true),
        (_, "lang") => keep(
            "lang",
            !value.is_empty()
                && value.len() <= 35
                && value
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-'),
        ),
        (_, "dir") => lower("dir", &["ltr", "rtl", "auto"]),
        (_, "id") => own_id(value).map(|id| ("id", id)),
        ("img" | "table" | "td" | "th", "width") => Some(("width", length(value)?)),
        ("img" | "table" | "td" | "th", "height") => Some(("height", length(value)?)),
        (
            "caption" | "col" | "colgroup" | "div" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6"
            | "img" | "p" | "table" | "tbody" | "td" | "tfoot" | "th" | "thead" | "tr",
            "align",
        ) => lower("align", &["left", "right", "center", "justify"]),
        ("td" | "th" | "tr" | "thead" | "tbody", "valign") => {
            lower("valign", &["top", "middle", "bottom", "baseline"])
        }
        ("td" | "th", "colspan") => Some(("colspan", count(value)?)),
        ("td" | "th", "rowspan") => Some(("rowspan", count(value)?)),
        ("col" | "colgroup", "span") => Some(("span", count(value)?)),
        ("th", "scope") => lower("scope", &["row", "col", "rowgroup", "colgroup"]),
        ("ol", "start") => Some(("start", value.trim().parse::<i32>().ok()?.to_string())),
        ("li", "value") => Some(("value", value.trim().parse::<i32>().ok()?.to_string())),
        ("ol", "type") => keep("type", matches!(value, "1" | "a" | "A" | "i" | "I")),
        ("ol", "reversed") => Some(("reversed", String::new())),
        ("details", "open") => Some(("open", String::new())),
        ("time" | "del" | "ins", "datetime") => keep(
            "datetime",
            value.len() <= 40
                && value.bytes().all(|b| {
                    b.is_ascii_alphanumeric() || matches!(b, b'-' | b':' | b'+' | b'.' | b' ')
                }),
        ),
        _ => None,
    }
}

/// Names and values for the sanitiser: what `attribute` lets through, and nothing else.
pub(crate) fn is_own_id(value: &str) -> bool {
    value
        .strip_prefix(PREFIX)
        .is_some_and(|rest| !rest.is_empty())
}

fn own_id(value: &str) -> Option<String> {
    let value = value.trim();
    let is_id = !value.is_empty()
        && value.chars().count() <= 128
        && value
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':'));
    let value = value.strip_prefix(PREFIX).unwrap_or(value);
    is_id.then(|| format!("{PREFIX}{value}"))
}

/// Columns and rows a cell may span; browsers clamp at 1000 columns.
fn count(value: &str) -> Option<String> {
    let count: u16 = value.trim().parse().ok()?;
    (1..=1000).contains(&count).then(|| count.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_so_that_it_can_be_searched() {
        assert!(ELEMENTS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(SILENT.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn no_dangerous_element_is_on_the_list() {
        for name in [
            "script",
            "style",
            "svg",
            "math",
            "title",
            "textarea",
            "noscript",
            "template",
            "iframe",
            "object",
            "embed",
            "form",
            "input",
            "button",
            "select",
            "link",
            "meta",
            "base",
            "area",
            "map",
            "video",
            "audio",
            "source",
            "picture",
            "frame",
            "applet",
            "marquee",
            "plaintext",
            "xmp",
            "listing",
            "image",
            "body",
            "html",
            "head",
            "use",
            "animate",
            "set",
            "foreignobject",
            "portal",
            "dialog",
            "slot",
            "keygen",
            "isindex",
        ] {
            assert_eq!(find(name), None, "{name}");
        }
    }

    #[test]
    fn attributes_are_judged_by_their_values() {
        for (element, name, value, expected) in [
            ("p", "align", "CENTER", Some("center")),
            ("p", "align", "x", None),
            ("p", "style", "color:red", None),
            ("p", "class", "task", None),
            ("p", "onclick", "x", None),
            ("p", "id", "a", Some("user-content-a")),
            ("p", "id", "user-content-a", Some("user-content-a")),
            ("p", "id", "a\"b", None),
            ("a", "name", "x", None),
            ("td", "colspan", "3", Some("3")),
            ("td", "colspan", "99999", None),
            ("ol", "start", "-5", Some("-5")),
            ("details", "open", "anything", Some("")),
            ("img", "width", "50%", Some("50%")),
            ("img", "width", "50vw", None),
            ("img", "srcset", "https://e.org/x", None),
            ("p", "lang", "ja", Some("ja")),
        ] {
            let found = attribute(element, name, value).map(|(_, value)| value);
            assert_eq!(found.as_deref(), expected, "{element} {name}={value}");
        }
    }
}
