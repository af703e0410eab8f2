//! One database on one server, and the name it is shown and remembered by.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use crate::{Password, Request, Server, address::decode};

/// Everything outside RFC 3986's unreserved characters is encoded, `:` excepted: ids are full of
/// them and every server reads it raw.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b':');

/// A database as a signed-in person reaches it. Safe to show and to log: it has no password.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RemoteUrl {
    pub server: Server,
    /// Decoded: `team/notes` is one name with a slash in it.
    pub database: String,
    pub user: Option<String>,
    /// Signed in with a token in place of a name and a password; then there is no `user`.
    pub by_token: bool,
}

impl RemoteUrl {
    /// The database's URL with `segments` (not encoded) appended.
    pub fn url(&self, segments: &[&str]) -> Url {
        let path = std::iter::once(self.database.as_str()).chain(segments.iter().copied());
        self.server.url(path)
    }

    /// Whose secret opens it; the same twice is the same secret.
    pub fn who(&self) -> (Option<&str>, bool) {
        (self.user.as_deref(), self.by_token)
    }

    /// Whether there is a secret to it: a password or a token.
    pub fn wants_secret(&self) -> bool {
        self.by_token || self.user.is_some()
    }

    /// `request`, signed in as this one is: by name and password or by a token (RFC 6750).
    #[must_use]
    pub fn sign_in(&self, request: Request, secret: &Password) -> Request {
        match &self.user {
            _ if self.by_token => request.bearer(secret),
            Some(user) => request.basic(user, secret),
            None => request,
        }
    }

    /// The same for every way of writing the same place, whoever is signed in: scheme, host,
    /// port, path and database.
    pub fn place(&self) -> String {
        self.url(&[]).to_string()
    }
}

/// `anna@host:6984/my-notes`.
impl fmt::Display for RemoteUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(user) = &self.user {
            write!(f, "{user}@")?;
        }
        f.write_str(&self.server.host_and_port())?;
        let path = self.server.prefix().iter().map(String::as_str);
        path.chain([self.database.as_str()])
            .try_for_each(|segment| write!(f, "/{}", segment.replace('/', "%2F")))
    }
}

pub(crate) fn encode(segment: &str) -> String {
    utf8_percent_encode(segment, SEGMENT).to_string()
}

/// For the user part of a URL, where `:` separates.
pub(crate) fn encode_all(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// CouchDB's rule: `^[a-z][a-z0-9_$()+/-]*$`.
pub(crate) fn is_legal_name(name: &str) -> bool {
    let rest =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_$()+/-".contains(&byte);
    name.as_bytes().first().is_some_and(u8::is_ascii_lowercase) && name.bytes().all(rest)
}

pub(crate) struct PastedPath {
    pub(crate) prefix: Vec<String>,
    pub(crate) database: Option<String>,
    /// The path was one of the administration page.
    pub(crate) utils: bool,
}

/// The last segment is the database, what is before it a proxy's prefix. What follows a segment
/// that begins with `_` (`_utils`, `_all_docs`) is a page of the server, not a place.
pub(crate) fn split_path(path: &str) -> PastedPath {
    let end = path.find(['?', '#']).unwrap_or(path.len());
    let (path, tail) = path.split_at(end);
    let mut prefix: Vec<String> = Vec::new();
    let mut utils = false;
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        if segment.starts_with('_') {
            utils = segment == "_utils";
            break;
        }
        prefix.push(decode(segment));
    }
    let shown = if utils { database_shown(tail) } else { None };
    // Before `_utils` there is only a prefix; anywhere else the last segment is the database.
    let database = if utils { shown } else { prefix.pop() };
    PastedPath {
        prefix,
        database,
        utils,
    }
}

/// The database an administration page was showing: `#database/my-notes/_all_docs` or
/// `#/database/my-notes/…` today, `?my-notes` in 1.x.
fn database_shown(tail: &str) -> Option<String> {
    let tail = tail.trim_start_matches(['#', '?', '/']);
    let name = tail.strip_prefix("database/").unwrap_or(tail);
    let name = name.split(['/', '?', '#', '&']).next().map(decode)?;
    is_legal_name(&name).then_some(name)
}
