//! Which links may be handed to the system's browser or mail program.
//!
//! This is the only place that decides it: the shell calls [`external_link`] and opens what it
//! returns, nothing else. A click must never start a program, touch a file or send the
//! machine's credentials to a file server, so the rule is an allow-list of `http`, `https` and
//! `mailto`, and of one spelling for each; the result is plain ASCII without quotes, so it means
//! the same to every program it passes through.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::{Host, Url};

use crate::destination::{has_authority, split_scheme};

/// Longest link opened, in bytes; browsers and mail programs begin to cut beyond it.
const MAX_BYTES: usize = 8192;

/// The fields of a `mailto` link that only fill in text. Others attach files in some programs.
const MAIL_FIELDS: [&str; 5] = ["to", "cc", "bcc", "subject", "body"];

const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// The URL to open outside the app, in its canonical spelling, or `None` if it must not be.
///
/// Refused besides other schemes: user names and passwords in the address (they exist to make
/// one host look like another), control characters, backslashes, and missing hosts.
pub fn external_link(link: &str) -> Option<String> {
    let link = link.trim_matches(' ');
    if link.len() > MAX_BYTES || has_control(link) {
        return None;
    }
    let (scheme, rest) = split_scheme(link)?;
    let is = |name: &str| scheme.eq_ignore_ascii_case(name);
    let opened = if is("https") || is("http") {
        web_link(link, rest)?
    } else if is("mailto") {
        mail_link(rest)?
    } else {
        return None;
    };
    (opened.len() <= MAX_BYTES && opened.bytes().all(|byte| byte.is_ascii_graphic()))
        .then_some(opened)
}

/// True if the text has a control character, or one that makes text look like other text.
pub(crate) fn has_control(text: &str) -> bool {
    if text.is_ascii() {
        return text.bytes().any(|byte| byte.is_ascii_control());
    }
    text.chars().any(|c| {
        c.is_control()
            || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}'
                | '\u{E0000}'..='\u{E007F}')
    })
}

/// Appends `text` as one component of a URL.
pub(crate) fn percent_encode_component(out: &mut String, text: &str) {
    out.extend(utf8_percent_encode(text, COMPONENT));
}

fn web_link(link: &str, rest: &str) -> Option<String> {
    if !has_authority(rest) || link.contains('\\') {
        return None;
    }
    let url = Url::parse(link).ok()?;
    let has_host = match url.host()? {
        Host::Domain(name) => is_domain(name),
        Host::Ipv4(_) | Host::Ipv6(_) => true,
    };
    if !has_host || !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    // The parser leaves some characters alone that end a URL elsewhere.
    let mut opened = String::from(url);
    for (character, encoded) in [('\'', "%27"), ('`', "%60"), ('|', "%7C")] {
        if opened.contains(character) {
            opened = opened.replace(character, encoded);
        }
    }
    Some(opened)
}

/// The parser lets quotes and the like into host names, which no real one has.
fn is_domain(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
}

fn mail_link(rest: &str) -> Option<String> {
    let (addresses, fields) = rest.split_once('?').unwrap_or((rest, ""));
    if !is_address_list(addresses) {
        return None;
    }
    for field in fields.split('&').filter(|field| !field.is_empty()) {
        let (name, value) = field.split_once('=')?;
        let name = name.to_ascii_lowercase();
        let folds = value.to_ascii_lowercase();
        let has_line_break = folds.contains("%0a") || folds.contains("%0d");
        if !MAIL_FIELDS.contains(&name.as_str()) || (has_line_break && name != "body") {
            return None;
        }
    }
    let mut link = String::from("mailto:");
    for c in rest.chars() {
        match c {
            'a'..='z'
            | 'A'..='Z'
            | '0'..='9'
            | '@'
            | ','
            | '.'
            | '-'
            | '_'
            | '+'
            | '~'
            | '%'
            | '?'
            | '&'
            | '='
            | ';'
            | ':'
            | '/'
            | '!'
            | '*'
            | '('
            | ')'
            | '$' => link.push(c),
            _ => percent_encode_component(&mut link, c.encode_utf8(&mut [0; 4])),
        }
    }
    Some(link)
}

/// Addresses as mail programs read them; anything that could be taken for an option or a second
/// command is not one.
fn is_address_list(addresses: &str) -> bool {
    !addresses.is_empty()
        && addresses.split(',').all(|address| {
            let Some((user, host)) = address.split_once('@') else {
                return false;
            };
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
            !user.is_empty()
                && !user.starts_with('-')
                && user
                    .chars()
                    .all(|c| plain(c) || matches!(c, '+' | '~' | '!' | '$' | '='))
                && host.starts_with(|c: char| c.is_ascii_alphanumeric())
                && host.chars().all(plain)
        })
}
