//! Connections: one pool for everything outside and one, without proxies, for this computer.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use reqwest::{
    Method, Proxy,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect::Policy,
};
use url::Url;

use crate::{Request, error::HostNotFound, trust};

/// The longest silences that are put up with. None of them bounds a whole transfer: a slow line
/// that moves is not dead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// Name look-up, connection and TLS together.
    pub connect: Duration,
    /// From the last byte sent to the first byte of the answer, and between two pieces sent.
    pub first_byte: Duration,
    /// Between two pieces of the answer.
    pub idle: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            first_byte: Duration::from_mins(1),
            idle: Duration::from_secs(30),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ProxyChoice {
    /// What the environment and the operating system say.
    #[default]
    System,
    Direct,
    Url(Url),
}

#[derive(Debug, Clone, Default)]
pub struct Options {
    pub proxy: ProxyChoice,
    /// PEM files with certificates to trust beside the system's.
    pub extra_roots: Vec<Vec<u8>>,
    pub deadlines: Deadlines,
}

#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error("a file of additional certificates cannot be read")]
    ExtraRoots,
    #[error("TLS cannot be set up")]
    Tls(#[source] rustls::Error),
    #[error("the HTTP client cannot be set up")]
    Http(#[source] reqwest::Error),
}

/// Cheap to clone; clones share connections.
#[derive(Debug, Clone)]
pub struct Client {
    outside: reqwest::Client,
    /// Never proxied: a proxy's `localhost` is another computer.
    here: reqwest::Client,
    deadlines: Deadlines,
}

impl Client {
    pub fn new(options: &Options) -> Result<Self, ClientError> {
        let tls = trust::client_config(&options.extra_roots)?;
        let builder = || {
            reqwest::Client::builder()
                .tls_backend_preconfigured(tls.clone())
                .dns_resolver(Arc::new(SystemResolver))
                .connect_timeout(options.deadlines.connect)
                .redirect(Policy::none())
                .retry(reqwest::retry::never())
                // One kind of connection to reason about, and parallel downloads that do not
                // share one window.
                .http1_only()
                .tcp_keepalive(Duration::from_secs(30))
                .pool_idle_timeout(Duration::from_secs(20))
                .user_agent(concat!("Sheaf/", env!("CARGO_PKG_VERSION")))
        };
        let outside = match &options.proxy {
            ProxyChoice::System => builder(),
            ProxyChoice::Direct => builder().no_proxy(),
            ProxyChoice::Url(url) => {
                builder().proxy(Proxy::all(url.clone()).map_err(ClientError::Http)?)
            }
        };
        Ok(Self {
            outside: outside.build().map_err(ClientError::Http)?,
            here: builder().no_proxy().build().map_err(ClientError::Http)?,
            deadlines: options.deadlines,
        })
    }

    /// A request to `url`, which carries no credentials.
    pub fn request(&self, method: Method, url: Url) -> Request {
        let here = match url.host() {
            Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        let client = if here { &self.here } else { &self.outside };
        Request::new(client.clone(), method, url, self.deadlines)
    }
}

/// The operating system's resolver, with an error that can be told from others by type.
struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0))
                .await
                .map_err(HostNotFound)?;
            let addresses: Vec<SocketAddr> = found.collect();
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}
