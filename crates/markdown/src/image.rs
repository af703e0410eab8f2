//! Where a picture comes from and how large it is drawn.

use crate::{destination, html, render::LinkTarget, url_policy::percent_encode_component};

/// A picture's source, judged.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// An attachment, by document id.
    Attachment(String),
    /// `http` or `https`: loaded only with consent.
    Remote(String),
    /// A `data:` URL of a bitmap format.
    Embedded(String),
    Refused,
}

/// Bitmaps only: an SVG in a `data:` URL is a document.
const EMBEDDED: [&str; 5] = [
    "data:image/png;base64,",
    "data:image/jpeg;base64,",
    "data:image/jpg;base64,",
    "data:image/gif;base64,",
    "data:image/webp;base64,",
];

impl Source {
    pub(crate) fn of(url: &str) -> Self {
        match destination::target(url) {
            Some(LinkTarget::Document(id)) if is_attachment(&id) => Self::Attachment(id),
            Some(LinkTarget::External(url)) if !is_mail(&url) => Self::Remote(url),
            Some(_) => Self::Refused,
            None => destination::clean(url)
                .filter(|url| is_embedded(url))
                .map_or(Self::Refused, |url| Self::Embedded(url.into_owned())),
        }
    }

    /// Appends the `src`, escaped for an attribute; `Refused` has none.
    pub(crate) fn push_src(&self, out: &mut String, attachment_base: &str) {
        match self {
            Self::Attachment(id) => {
                html::push_attribute(out, attachment_base);
                percent_encode_component(out, id);
            }
            Self::Remote(url) | Self::Embedded(url) => html::push_url(out, url),
            Self::Refused => {}
        }
    }
}

fn is_attachment(id: &str) -> bool {
    id.starts_with("file:") || id.starts_with("sheaf-file:")
}

fn is_mail(url: &str) -> bool {
    url.get(..7)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("mailto:"))
}

/// True for a `data:` URL of a bitmap in base64, and of nothing else.
pub(crate) fn is_embedded(url: &str) -> bool {
    EMBEDDED.iter().any(|prefix| {
        let head = url.get(..prefix.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(prefix))
            && url[prefix.len()..]
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='))
    })
}

/// Size words in an alternative text (`w:300`, `h:50%`, `width:10em`), and the text without them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Sized {
    pub(crate) alt: String,
    /// A value of the HTML attribute: pixels or a percentage.
    pub(crate) width: Option<String>,
    pub(crate) height: Option<String>,
}

impl Sized {
    pub(crate) fn of(alt: &str) -> Self {
        let mut sized = Self::default();
        for word in alt.split_whitespace() {
            let width = word
                .strip_prefix("w:")
                .or_else(|| word.strip_prefix("width:"));
            let height = word
                .strip_prefix("h:")
                .or_else(|| word.strip_prefix("height:"));
            if let Some(length) = width.and_then(size) {
                sized.width = length.attribute;
            } else if let Some(length) = height.and_then(size) {
                sized.height = length.attribute;
            } else {
                if !sized.alt.is_empty() {
                    sized.alt.push(' ');
                }
                sized.alt.push_str(word);
            }
        }
        sized
    }
}

/// The value of a size word; `auto` is one that needs no attribute.
struct Size {
    attribute: Option<String>,
}

fn size(value: &str) -> Option<Size> {
    let attribute = length(value);
    (attribute.is_some() || value == "auto").then_some(Size { attribute })
}

/// A CSS length as an HTML length: percentages stay, absolute units become pixels.
pub(crate) fn length(value: &str) -> Option<String> {
    let digits = value
        .bytes()
        .take_while(|b| b.is_ascii_digit() || *b == b'.')
        .count();
    let (number, unit) = value.split_at(digits);
    let number: f64 = number.parse().ok()?;
    let pixels = match unit {
        "" | "px" => number,
        "%" => return (number > 0.0 && number <= 100.0).then(|| format!("{}%", number.round())),
        "em" | "rem" | "pc" => number * 16.0,
        "pt" => number * 96.0 / 72.0,
        "in" => number * 96.0,
        "cm" => number * 96.0 / 2.54,
        "mm" => number * 96.0 / 25.4,
        _ => return None,
    };
    let pixels = pixels.round();
    (1.0..=10_000.0)
        .contains(&pixels)
        .then(|| format!("{pixels}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_told_apart() {
        assert_eq!(
            Source::of("inkdrop://file:abc"),
            Source::Attachment("file:abc".into())
        );
        assert_eq!(
            Source::of("sheaf://sheaf-file:a"),
            Source::Attachment("sheaf-file:a".into())
        );
        assert_eq!(
            Source::of("https://e.org/a.png"),
            Source::Remote("https://e.org/a.png".into())
        );
        let png = "data:image/png;base64,iVBORw0KGgo=";
        assert_eq!(Source::of(png), Source::Embedded(png.into()));
        for url in [
            "data:image/svg+xml;base64,PHN2Zz4=",
            "data:text/html;base64,PHN2Zz4=",
            "data:image/png;base64,\"><script>",
            "data:image/png,abc",
            "file:///a.png",
            "\\\\host\\a.png",
            "a.png",
            "mailto:a@b.c",
            "inkdrop://note:abc",
            "javascript:alert(1)",
            "",
        ] {
            assert_eq!(Source::of(url), Source::Refused, "{url}");
        }
    }

    #[test]
    fn sizes_are_read_from_the_alternative_text() {
        for (alt, text, width, height) in [
            ("a cat", "a cat", None, None),
            ("w:300 a cat", "a cat", Some("300"), None),
            ("a h:20px cat w:50%", "a cat", Some("50%"), Some("20")),
            ("width:2em height:1in", "", Some("32"), Some("96")),
            ("w:auto h:10", "", None, Some("10")),
            ("w:huge", "w:huge", None, None),
            ("w:1e9 w:0 w:\"x", "w:1e9 w:0 w:\"x", None, None),
        ] {
            let sized = Sized::of(alt);
            assert_eq!(sized.alt, text);
            assert_eq!(sized.width.as_deref(), width, "{alt}");
            assert_eq!(sized.height.as_deref(), height, "{alt}");
        }
    }

    #[test]
    fn an_attachment_id_cannot_leave_its_base() {
        let mut src = String::new();
        Source::Attachment("file:a?b&c".into()).push_src(&mut src, "sheaf-file://localhost/");
        assert_eq!(src, "sheaf-file://localhost/file%3Aa%3Fb%26c");
    }
}
