//! The one HTTP stack: addresses as people paste them, proxies, trust, deadlines, redirects,
//! secrets. Synchronisation and diagnosis see the network through this crate and no other.
//!
//! It does not know what it carries: a status is an answer, not an error.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod address;
mod certificate;
mod client;
mod dial;
mod error;
mod lookup;
mod proxied;
mod redact;
mod remote;
mod reply;
mod request;
mod route;
mod secret;
mod token;
mod transport;
mod trust;

pub use address::{AddressError, Hint, Pasted, Scheme, Server};
pub use certificate::Certificate;
pub use client::{Client, ClientError, Deadlines, Options, ProxyChoice};
pub use dial::{Connection, DialFault, Established, Handshake, NotDialled, TlsFault, Tunnel};
pub use error::{CertificateFault, NetClass, NetError, Stage};
pub use lookup::{Lookup, LookupFault, LookupFuture, Resolver, SystemLookup};
pub use redact::{RedactedUrl, redact};
pub use remote::RemoteUrl;
pub use reply::Reply;
pub use request::{Body, Request};
pub use reqwest::{Method, StatusCode, header};
pub use route::{ChosenProxy, ProxyServer, ProxySource, ProxyVariables, Route};
pub use secret::Password;
pub use token::expiry;
pub use transport::{Exchange, Inbound, Outbound, Transport};
pub use trust::Pin;
pub use url::Url;
