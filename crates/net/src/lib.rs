//! The one HTTP stack: addresses as people paste them, proxies, trust, deadlines, redirects,
//! secrets. Synchronisation and diagnosis see the network through this crate and no other.
//!
//! It does not know what it carries: a status is an answer, not an error.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod address;
mod client;
mod error;
mod redact;
mod remote;
mod reply;
mod request;
mod secret;
mod trust;

pub use address::{AddressError, Hint, Pasted, Scheme, Server};
pub use client::{Client, ClientError, Deadlines, Options, ProxyChoice};
pub use error::{CertificateFault, NetClass, NetError, Stage};
pub use redact::{RedactedUrl, redact};
pub use remote::RemoteUrl;
pub use reply::Reply;
pub use request::{Body, Request};
pub use reqwest::{Method, StatusCode, header};
pub use secret::Password;
pub use url::Url;
