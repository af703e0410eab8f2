//! Addresses as people type and paste them, taken apart without losing a port, a password
//! character or a path. Pure: nothing is looked up.
//!
//! The standard URL grammar is not enough here: passwords are pasted as they are, with `@`, `:`,
//! `/` and `#` in them, schemes are left out, and the page people copy from is often `/_utils`.

use std::fmt;

use percent_encoding::percent_decode_str;
use url::{Host, Url};

use crate::{Password, remote};

/// Slips worth a word before anything is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hint {
    /// `/_utils` (the administration page) was pasted; it was cut off.
    UtilsPage,
    /// No scheme was given; `http` is assumed for this computer, `https` elsewhere.
    SchemeAssumed,
    /// No port was given: the scheme's own port is used, not CouchDB's 5984 or 6984.
    NoPort,
    /// Plain http to a host that is not this computer: the password could be read on the way.
    PlainHttp,
    /// Database names are lower case, begin with a letter and have no spaces.
    DatabaseName,
    NoDatabase,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    #[error("the address is empty")]
    Empty,
    #[error("the address contains a control character or a line break")]
    ControlCharacter,
    #[error("only http and https can be used")]
    Scheme,
    #[error("the address names no host")]
    NoHost,
    #[error("the host is not a name or an IP address; IPv6 addresses need brackets")]
    Host,
    #[error("the port is not a number between 1 and 65535")]
    Port,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    Http,
    Https,
}

impl Scheme {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    const fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// Where a server is: scheme, host, port and path prefix. Never carries a name or a password.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Server {
    scheme: Scheme,
    /// IPv6 addresses in brackets, names in their ASCII form.
    host: String,
    /// As given, so that an explicit `:443` stays visible.
    port: Option<u16>,
    /// Decoded segments of a reverse proxy's path, usually none.
    prefix: Vec<String>,
}

/// A pasted URL, taken apart.
pub struct Pasted {
    pub server: Server,
    /// Decoded; `None` when the path was empty.
    pub database: Option<String>,
    pub user: Option<String>,
    pub password: Option<Password>,
    /// In order of declaration, without repeats.
    pub hints: Vec<Hint>,
}

impl Pasted {
    /// Takes `https://anna:secret@host:6984/my-notes` and its near misses.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text = tidy(text)?;
        let (scheme, rest) = split_scheme(text)?;
        let (userinfo, rest) = split_userinfo(rest);
        let (user, password) = userinfo.map_or((None, None), split_password);
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let (host, port) = parse_authority(authority)?;
        let assumed = if is_this_computer(&host) {
            Scheme::Http
        } else {
            Scheme::Https
        };
        let path = remote::split_path(path);
        let server = Server {
            scheme: scheme.unwrap_or(assumed),
            host,
            port,
            prefix: path.prefix,
        };
        let mut hints = Vec::new();
        let mut hint = |when: bool, hint: Hint| {
            if when {
                hints.push(hint);
            }
        };
        hint(path.utils, Hint::UtilsPage);
        hint(scheme.is_none(), Hint::SchemeAssumed);
        hint(port.is_none(), Hint::NoPort);
        hint(server.is_plain_http_elsewhere(), Hint::PlainHttp);
        hint(
            path.database
                .as_deref()
                .is_some_and(|name| !remote::is_legal_name(name)),
            Hint::DatabaseName,
        );
        hint(path.database.is_none(), Hint::NoDatabase);
        Ok(Self {
            server,
            database: path.database,
            user,
            password,
            hints,
        })
    }
}

impl Server {
    /// An address without a database: every path segment is part of the prefix. What people type
    /// into the *Address* field goes through [`Pasted::parse`] first.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let Pasted {
            mut server,
            database,
            ..
        } = Pasted::parse(text)?;
        server.prefix.extend(database);
        Ok(server)
    }

    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The host alone, IPv6 addresses in brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port connected to, whether it was given or is the scheme's own.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or_else(|| self.scheme.default_port())
    }

    /// `host`, or `host:port` when a port was given; for sentences.
    pub fn host_and_port(&self) -> String {
        match self.port {
            Some(port) => format!("{}:{port}", self.host),
            None => self.host.clone(),
        }
    }

    pub fn prefix(&self) -> &[String] {
        &self.prefix
    }

    /// Whether a password sent there leaves this computer in the clear.
    pub fn is_plain_http_elsewhere(&self) -> bool {
        self.scheme == Scheme::Http && !is_this_computer(&self.host)
    }

    pub fn is_this_computer(&self) -> bool {
        is_this_computer(&self.host)
    }

    /// The URL of the server's root, prefix included, with `segments` (not encoded) appended.
    /// `+` becomes `%2B` (CouchDB reads a bare one as a space) and `/` within a segment `%2F`. The root
    /// itself ends in `/`: a web server in front that takes a prefix off knows it in no other form.
    pub fn url<'a>(&self, segments: impl IntoIterator<Item = &'a str>) -> Url {
        let origin = format!("{}://{}:{}/", self.scheme.as_str(), self.host, self.port());
        let prefix = self.prefix.iter().map(|segment| remote::encode(segment));
        let rest = segments.into_iter().map(remote::encode);
        let mut path = prefix.chain(rest).collect::<Vec<_>>();
        if path.len() == self.prefix.len() {
            path.push(String::new());
        }
        let path = path.join("/");
        let mut url = Url::parse(&origin).expect("host and port were validated when parsed");
        url.set_path(&path);
        url
    }
}

/// `https://host:6984/prefix`, without a trailing slash: what the *Address* field shows.
impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme.as_str(), self.host_and_port())?;
        self.prefix
            .iter()
            .try_for_each(|segment| write!(f, "/{}", remote::encode(segment)))
    }
}

/// A proxy's address, taken apart with the same leniency.
pub(crate) struct ProxyParts {
    pub(crate) scheme: String,
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) user: Option<String>,
    pub(crate) password: Option<Password>,
}

/// `None`: no host, or a scheme that no proxy has.
pub(crate) fn split_proxy(text: &str) -> Option<ProxyParts> {
    let text = tidy(text).ok()?;
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) if !scheme.contains(['@', ':', '/']) => {
            (scheme.to_ascii_lowercase(), rest)
        }
        _ => ("http".to_owned(), text),
    };
    let default_port = match scheme.as_str() {
        "http" => 80,
        "https" => 443,
        "socks4" | "socks4a" | "socks5" | "socks5h" => 1080,
        _ => return None,
    };
    let (userinfo, rest) = split_userinfo(rest);
    let (user, password) = userinfo.map_or((None, None), split_password);
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, port) = parse_authority(&rest[..end]).ok()?;
    Some(ProxyParts {
        scheme,
        host,
        port: port.unwrap_or(default_port),
        user,
        password,
    })
}

fn tidy(text: &str) -> Result<&str, AddressError> {
    let text = text.trim().trim_matches(['"', '\'', '<', '>', '`']).trim();
    if text.is_empty() {
        return Err(AddressError::Empty);
    }
    if text.chars().any(char::is_control) {
        return Err(AddressError::ControlCharacter);
    }
    Ok(text)
}

fn split_scheme(text: &str) -> Result<(Option<Scheme>, &str), AddressError> {
    let Some((scheme, rest)) = text.split_once("://") else {
        return Ok((None, text));
    };
    match scheme.to_ascii_lowercase().as_str() {
        "http" => Ok((Some(Scheme::Http), rest)),
        "https" => Ok((Some(Scheme::Https), rest)),
        // `anna:x://y@host`: the colon and slashes are the password's.
        other if other.contains([':', '@', '/']) => Ok((None, text)),
        _ => Err(AddressError::Scheme),
    }
}

/// The last `@` that is followed by something like a host separates; every other one belongs to
/// the name (an e-mail address) or to the password. A path cannot contain one: database names
/// have no `@`.
fn split_userinfo(rest: &str) -> (Option<&str>, &str) {
    let looks_like_host = |tail: &str| {
        let end = tail.find(['/', '?', '#']).unwrap_or(tail.len());
        parse_authority(&tail[..end]).is_ok()
    };
    rest.rmatch_indices('@')
        .map(|(at, _)| (&rest[..at], &rest[at + 1..]))
        // Without a colon there is no password that could hold a slash: it is a path.
        .find(|(info, tail)| looks_like_host(tail) && (info.contains(':') || !info.contains('/')))
        .map_or((None, rest), |(info, tail)| (Some(info), tail))
}

fn split_password(userinfo: &str) -> (Option<String>, Option<Password>) {
    let (user, password) = match userinfo.split_once(':') {
        Some((user, password)) => (user, Some(password)),
        None => (userinfo, None),
    };
    let user = Some(decode(user)).filter(|user| !user.is_empty());
    let password = password.map(|text| Password::new(decode(text)));
    (user, password.filter(|password| !password.is_empty()))
}

/// Percent-decodes unless a `%` in it cannot be an escape: then the text was pasted as it is.
pub(crate) fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let escaped = bytes
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'%')
        .all(|(at, _)| {
            bytes
                .get(at + 1..at + 3)
                .is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit))
        });
    if !escaped {
        return text.to_owned();
    }
    percent_decode_str(text)
        .decode_utf8()
        .map_or_else(|_| text.to_owned(), std::borrow::Cow::into_owned)
}

fn parse_authority(authority: &str) -> Result<(String, Option<u16>), AddressError> {
    let (host, port) = if authority.starts_with('[') {
        let close = authority.find(']').ok_or(AddressError::Host)?;
        let (host, tail) = authority.split_at(close + 1);
        match tail.strip_prefix(':') {
            Some(port) => (host, Some(port)),
            None if tail.is_empty() => (host, None),
            None => return Err(AddressError::Host),
        }
    } else {
        match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        }
    };
    if host.is_empty() {
        return Err(AddressError::NoHost);
    }
    let host = Host::parse(host)
        .map_err(|_| AddressError::Host)?
        .to_string();
    let port = match port {
        None | Some("") => None,
        Some(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => Some(
            text.parse()
                .ok()
                .filter(|port| *port != 0)
                .ok_or(AddressError::Port)?,
        ),
        // A second colon: an IPv6 address without brackets.
        Some(text) if text.contains(':') => return Err(AddressError::Host),
        Some(_) => return Err(AddressError::Port),
    };
    Ok((host, port))
}

fn is_this_computer(host: &str) -> bool {
    match Host::parse(host) {
        Ok(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        Ok(Host::Ipv4(address)) => address.is_loopback(),
        Ok(Host::Ipv6(address)) => {
            address.is_loopback()
                || address
                    .to_ipv4_mapped()
                    .is_some_and(|mapped| mapped.is_loopback())
        }
        Err(_) => false,
    }
}

#[cfg(test)]
#[path = "address_tests.rs"]
mod tests;
