//! What went wrong between two computers, as something one can decide on. Never contains a name,
//! a password or content: only where the trouble was and of what kind.

use std::{error::Error, fmt, io};

use rustls::CertificateError;

use crate::{
    ProxyServer,
    proxied::{self, Way},
};

/// How far a request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Name look-up, connection, TLS.
    Connect,
    /// The request was being sent, or its answer waited for.
    Exchange,
    /// The answer was being read.
    Body,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CertificateFault {
    Expired,
    /// Often this computer's clock is wrong.
    NotYetValid,
    /// Self-signed, or of an authority this computer does not know.
    UnknownIssuer,
    /// Valid, but for another name.
    WrongHost,
    Revoked,
    Other,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum NetClass {
    HostNotFound,
    Refused,
    TimedOut,
    Unreachable,
    Certificate(CertificateFault),
    /// The proxy in between lets nobody through who has not signed in to it.
    ProxyPassword,
    /// The proxy in between is not there, or what is in its place is none.
    ProxyUnreachable,
    /// The proxy in between answers, and makes no way to the server. With its answer where that is known: a status of
    /// HTTP, or a code of SOCKS.
    ProxyRefused(Option<u16>),
    /// The connection ended before the message did.
    Reset,
    /// Where to, without credentials. Redirects are not followed: the password would go along.
    Redirected(String),
    /// Something answers that is not HTTP, or not the promised TLS.
    Protocol,
    /// The answer is longer than the caller takes.
    TooLong,
    /// The source of the request's body failed: nothing is wrong with the network.
    Source,
}

#[derive(Debug)]
pub struct NetError {
    pub class: NetClass,
    pub stage: Stage,
    /// `host:port`.
    pub server: String,
    /// The proxy that the request had to go through, `host:port`.
    pub proxy: Option<String>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl NetError {
    pub fn new(class: NetClass, stage: Stage, server: &str) -> Self {
        Self {
            class,
            stage,
            server: server.to_owned(),
            proxy: None,
            source: None,
        }
    }

    /// The same of a request that had to go through `proxy`.
    pub(crate) fn through(mut self, proxy: Option<&ProxyServer>) -> Self {
        self.proxy = proxy.map(ToString::to_string);
        self
    }

    pub(crate) fn from_reqwest(
        error: reqwest::Error,
        stage: Stage,
        server: &str,
        way: Option<&Way>,
    ) -> Self {
        let stage = if error.is_connect() {
            Stage::Connect
        } else {
            stage
        };
        let class = if error.is_timeout() {
            NetClass::TimedOut
        } else {
            classify(&error)
        };
        let class = match way {
            Some(way) if stage == Stage::Connect => proxied::class(&error, class, way),
            _ => class,
        };
        let source = Some(Box::new(error.without_url()) as _);
        Self {
            class,
            stage,
            server: server.to_owned(),
            proxy: way.map(|way| way.proxy.to_string()),
            source,
        }
    }
}

impl fmt::Display for NetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let server = &self.server;
        let proxy = Named(self.proxy.as_deref());
        match &self.class {
            NetClass::HostNotFound => write!(f, "the host of {server} was not found"),
            NetClass::Refused => write!(f, "nothing listens at {server}"),
            NetClass::TimedOut => write!(f, "{server} did not answer in time"),
            NetClass::Unreachable => write!(f, "{server} cannot be reached"),
            NetClass::Certificate(fault) => {
                write!(f, "the certificate of {server} is not trusted ({fault:?})")
            }
            NetClass::ProxyPassword => {
                write!(
                    f,
                    "{proxy} on the way to {server} wants a name and a password"
                )
            }
            NetClass::ProxyUnreachable => {
                write!(f, "{proxy} on the way to {server} does not answer")
            }
            NetClass::ProxyRefused(None) => write!(f, "{proxy} makes no way to {server}"),
            NetClass::ProxyRefused(Some(answer)) => {
                write!(f, "{proxy} makes no way to {server} ({answer})")
            }
            NetClass::Reset => write!(f, "the connection to {server} broke"),
            NetClass::Redirected(to) => write!(f, "{server} redirects to {to}"),
            NetClass::Protocol => write!(f, "what answers at {server} does not speak HTTP"),
            NetClass::TooLong => write!(f, "the answer of {server} is too long"),
            NetClass::Source => write!(f, "what was to be sent to {server} could not be read"),
        }
    }
}

/// `the proxy`, or `the proxy host:port`.
struct Named<'a>(Option<&'a str>);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(place) => write!(f, "the proxy {place}"),
            None => f.write_str("the proxy"),
        }
    }
}

impl Error for NetError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// The resolver's own error, so that it can be recognised by type below others' wrappers.
#[derive(Debug, thiserror::Error)]
#[error("the name could not be resolved")]
pub(crate) struct HostNotFound(#[source] pub(crate) io::Error);

/// Marks errors of the caller's own body stream.
#[derive(Debug, thiserror::Error)]
#[error("the body could not be read")]
pub(crate) struct BodySource(#[source] pub(crate) io::Error);

/// An error and what is below it, the deepest last.
pub(crate) fn causes<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| {
        let error: &'a (dyn Error + 'static) = *error;
        match error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
        {
            // `source` of an `io::Error` skips the error it wraps.
            Some(inner) => Some(inner as _),
            None => error.source(),
        }
    })
}

fn classify(error: &(dyn Error + 'static)) -> NetClass {
    let mut found = None;
    for error in causes(error) {
        // The deepest opinion is the most precise: an `io::Error` below a broken message.
        found = class_of(error).or(found);
        if matches!(found, Some(NetClass::HostNotFound | NetClass::Source)) {
            break;
        }
    }
    found.unwrap_or(NetClass::Unreachable)
}

fn class_of(error: &(dyn Error + 'static)) -> Option<NetClass> {
    if error.is::<HostNotFound>() {
        return Some(NetClass::HostNotFound);
    }
    if error.is::<BodySource>() {
        return Some(NetClass::Source);
    }
    if let Some(tls) = error.downcast_ref::<rustls::Error>() {
        return Some(match tls {
            rustls::Error::InvalidCertificate(fault) => {
                NetClass::Certificate(certificate_fault(fault))
            }
            _ => NetClass::Protocol,
        });
    }
    if let Some(http) = error.downcast_ref::<hyper::Error>() {
        return if http.is_parse() {
            Some(NetClass::Protocol)
        } else if http.is_incomplete_message() || http.is_closed() || http.is_canceled() {
            Some(NetClass::Reset)
        } else {
            None
        };
    }
    let io = error.downcast_ref::<io::Error>()?;
    match io.kind() {
        io::ErrorKind::ConnectionRefused => Some(NetClass::Refused),
        io::ErrorKind::TimedOut => Some(NetClass::TimedOut),
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::NotConnected
        | io::ErrorKind::UnexpectedEof => Some(NetClass::Reset),
        io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::NetworkDown
        | io::ErrorKind::AddrNotAvailable => Some(NetClass::Unreachable),
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => Some(NetClass::Protocol),
        _ => None,
    }
}

pub(crate) fn certificate_fault(fault: &CertificateError) -> CertificateFault {
    match fault {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            CertificateFault::Expired
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            CertificateFault::NotYetValid
        }
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            CertificateFault::UnknownIssuer
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            CertificateFault::WrongHost
        }
        CertificateError::Revoked => CertificateFault::Revoked,
        _ => CertificateFault::Other,
    }
}
