//! Takes secrets out of text: by shape (credentials in URLs, `Authorization`, session cookies) and
//! by value (every password in use, in each form it could take on its way).
//!
//! This is the last defence, not the first: types that hold secrets cannot be printed at all.

use std::{
    borrow::Cow,
    sync::{PoisonError, RwLock},
};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use zeroize::Zeroizing;

const HIDDEN: &str = "[hidden]";

/// Shorter values would blot out ordinary words; such passwords are hidden by shape only.
const SHORTEST: usize = 4;

/// What browsers and PouchDB leave alone in a user's part of a URL.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

#[derive(Default)]
pub struct Redactor {
    known: RwLock<Vec<Zeroizing<String>>>,
}

impl Redactor {
    /// From now on `secret` is hidden: raw, escaped as in debug output, percent-encoded, and in
    /// base64 at any position inside a longer text.
    pub fn learn(&self, secret: &str) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        for form in forms(secret) {
            if form.len() >= SHORTEST && !known.iter().any(|old| **old == form) {
                known.push(Zeroizing::new(form));
            }
        }
        // Longest first: a form that contains another one is hidden as a whole.
        known.sort_by_key(|form| std::cmp::Reverse(form.len()));
    }

    /// `text` without anything secret.
    pub fn clean<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut text = Cow::Borrowed(text);
        for form in self
            .known
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
        {
            if text.contains(form.as_str()) {
                text = Cow::Owned(text.replace(form.as_str(), HIDDEN));
            }
        }
        for shape in [url_credentials, authorization, cookie] {
            if let Some(cleaned) = shape(&text) {
                text = Cow::Owned(cleaned);
            }
        }
        text
    }
}

fn forms(secret: &str) -> Vec<String> {
    let escaped = format!("{secret:?}");
    let mut forms = vec![secret.to_owned(), escaped[1..escaped.len() - 1].to_owned()];
    for set in [NON_ALPHANUMERIC, UNRESERVED] {
        let encoded = utf8_percent_encode(secret, set).to_string();
        forms.push(lower_hex(&encoded));
        forms.push(encoded);
    }
    for shift in 0..3 {
        forms.extend(base64_core(secret, shift));
    }
    forms
}

/// `%C3` as `%c3`, the other letters untouched.
fn lower_hex(encoded: &str) -> String {
    let mut since_percent = 3;
    encoded
        .chars()
        .map(|c| {
            since_percent = if c == '%' { 0 } else { since_percent + 1 };
            if since_percent <= 2 {
                c.to_ascii_lowercase()
            } else {
                c
            }
        })
        .collect()
}

/// What base64 makes of `secret` when `shift` bytes (modulo 3) stand before it and unknown bytes
/// follow: only the characters that depend on nothing else.
fn base64_core(secret: &str, shift: usize) -> Vec<String> {
    let mut bytes = vec![0; shift];
    bytes.extend_from_slice(secret.as_bytes());
    let first = (shift * 8).div_ceil(6);
    let last = bytes.len() * 8 / 6;
    if last <= first {
        return Vec::new();
    }
    [
        STANDARD_NO_PAD.encode(&bytes),
        URL_SAFE_NO_PAD.encode(&bytes),
    ]
    .iter()
    .map(|text| text[first..last].to_owned())
    .collect()
}

/// `scheme://name:password@host` becomes `scheme://name:[hidden]@host`. Also finds passwords that
/// should have been encoded and hold `/`, `?`, `#` or `@`.
fn url_credentials(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        out.push_str(before);
        rest = after;
        if let Some((name, length)) = credentials(after) {
            out.push_str(name);
            out.push(':');
            out.push_str(HIDDEN);
            rest = &after[length..];
        }
    }
    if rest.len() == text.len() {
        return None;
    }
    out.push_str(rest);
    Some(out)
}

/// The name, and how many bytes name and password take up to the `@`.
fn credentials(after_scheme: &str) -> Option<(&str, usize)> {
    let url = after_scheme
        .split(|c: char| c.is_whitespace() || "\"<>`".contains(c))
        .next()?;
    let authority = url.split(['/', '?', '#']).next()?;
    let end = match authority.rfind('@') {
        Some(end) => end,
        // `host:6984/a@b` is no password, `name:se/cret@host` is one.
        None if has_port(authority) => return None,
        None => url.rfind('@')?,
    };
    let (name, _) = url[..end].split_once(':')?;
    Some((name, end))
}

fn has_port(authority: &str) -> bool {
    match authority.rsplit_once(':') {
        Some((_, port)) => port.bytes().all(|byte| byte.is_ascii_digit()),
        None => true,
    }
}

fn authorization(text: &str) -> Option<String> {
    hide_after(text, &["basic ", "bearer "], |c| {
        c.is_ascii_alphanumeric() || "+/=-_.~".contains(c)
    })
}

fn cookie(text: &str) -> Option<String> {
    hide_after(text, &["authsession="], |c| {
        !c.is_whitespace() && !";,\"'".contains(c)
    })
}

/// Hides the run of `secret` characters that follows one of the words, found in any case.
fn hide_after(text: &str, words: &[&str], secret: impl Fn(char) -> bool) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let mut out = String::new();
    let mut done = 0;
    while let Some(start) = words
        .iter()
        .filter_map(|word| Some(done + lower[done..].find(word)? + word.len()))
        .min()
    {
        let length: usize = text[start..]
            .chars()
            .take_while(|c| secret(*c))
            .map(char::len_utf8)
            .sum();
        out.push_str(&text[done..start]);
        // Prose may lose a longer word ("basic [hidden]"); a credential never slips through.
        out.push_str(if length >= SHORTEST {
            HIDDEN
        } else {
            &text[start..start + length]
        });
        done = start + length;
    }
    if done == 0 {
        return None;
    }
    out.push_str(&text[done..]);
    Some(out)
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    const PASSWORD: &str = "p@ss wörd/\"42\"";

    fn cleaned(text: &str) -> String {
        let redactor = Redactor::default();
        redactor.learn(PASSWORD);
        redactor.clean(text).into_owned()
    }

    #[test]
    fn a_known_password_is_hidden_in_every_form() {
        for form in [
            PASSWORD.to_owned(),
            format!("{PASSWORD:?}"),
            utf8_percent_encode(PASSWORD, NON_ALPHANUMERIC).to_string(),
            utf8_percent_encode(PASSWORD, UNRESERVED).to_string(),
            lower_hex(&utf8_percent_encode(PASSWORD, UNRESERVED).to_string()),
        ] {
            let line = cleaned(&format!("before {form} after"));
            assert!(
                line.contains(HIDDEN) && line.contains("before") && !line.contains("42"),
                "{line}"
            );
        }
    }

    #[test]
    fn base64_is_recognised_whatever_stands_before_it() {
        for user in ["a", "an", "ann", "anna"] {
            let token = STANDARD.encode(format!("{user}:{PASSWORD}"));
            let core = &token[8..token.len() - 8];
            assert!(
                !cleaned(&format!("header {token}")).contains(core),
                "{user}"
            );
        }
    }

    #[test]
    fn credentials_in_urls_are_hidden_by_shape_alone() {
        let clean = |text: &str| Redactor::default().clean(text).into_owned();
        assert_eq!(
            clean("GET http://anna:secret@host:5984/db failed"),
            "GET http://anna:[hidden]@host:5984/db failed"
        );
        assert_eq!(
            clean("http://anna:a@b@host/x"),
            "http://anna:[hidden]@host/x"
        );
        assert_eq!(
            clean("http://anna:se/cret@host/x"),
            "http://anna:[hidden]@host/x"
        );
        assert_eq!(
            clean("(\"https://u:p@h\", \"https://v:q@i\")")
                .matches(HIDDEN)
                .count(),
            2
        );
    }

    #[test]
    fn addresses_without_credentials_stay_readable() {
        for text in [
            "https://anna@host:6984/my-notes",
            "http://host:5984/a@b",
            "http://host/a:b@c",
        ] {
            assert_eq!(Redactor::default().clean(text), text);
        }
    }

    #[test]
    fn headers_and_cookies_lose_their_value() {
        let clean = |text: &str| Redactor::default().clean(text).into_owned();
        assert_eq!(
            clean("Authorization: Basic YW5uYTpzZWNyZXQ="),
            "Authorization: Basic [hidden]"
        );
        assert_eq!(
            clean("authorization=\"bearer abc.def\""),
            "authorization=\"bearer [hidden]\""
        );
        assert_eq!(
            clean("AuthSession=YW5uYQ; Path=/"),
            "AuthSession=[hidden]; Path=/"
        );
        assert_eq!(clean("a basic set"), "a basic set");
    }

    #[test]
    fn a_short_password_does_not_blot_out_the_log() {
        let redactor = Redactor::default();
        redactor.learn("a");
        assert_eq!(redactor.clean("a plain line"), "a plain line");
    }
}
