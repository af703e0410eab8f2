//! Connections: one pool for everything outside and one, without proxies, for this computer.

use std::{sync::Arc, time::Duration};

use reqwest::{Method, Proxy, redirect::Policy};
use rustls::client::danger::ServerCertVerifier;
use url::Url;

use crate::{
    ChosenProxy, Pin, ProxyVariables, Request, Resolver, Route,
    lookup::ForClient,
    proxied::Way,
    route::{Routes, is_here},
    transport::{Carrier, Transport},
    trust,
};

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
    Chosen(Box<ChosenProxy>),
}

#[derive(Debug, Clone, Default)]
pub struct Options {
    pub proxy: ProxyChoice,
    /// For [`ProxyChoice::System`].
    pub proxy_variables: ProxyVariables,
    /// Hosts that are reached without a proxy, whatever else is set.
    pub without_proxy: Vec<String>,
    /// Hosts of which only the IPv4 addresses are used.
    pub ipv4_only: Vec<String>,
    pub resolver: Resolver,
    pub pins: Vec<Pin>,
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
    outside: Carrier,
    /// Never proxied: a proxy's `localhost` is another computer.
    here: Carrier,
    deadlines: Deadlines,
    routes: Arc<Routes>,
    names: Arc<ForClient>,
    verifier: Arc<dyn ServerCertVerifier>,
    pins: Arc<[Pin]>,
}

impl Client {
    pub fn new(options: &Options) -> Result<Self, ClientError> {
        let verifier = trust::verifier(&options.extra_roots, &options.pins)?;
        let tls = trust::config_with(verifier.clone()).map_err(ClientError::Tls)?;
        let routes = Arc::new(Routes::new(
            &options.proxy,
            &options.proxy_variables,
            &options.without_proxy,
        ));
        let names = Arc::new(ForClient {
            resolver: options.resolver.clone(),
            ipv4_only: options.ipv4_only.clone(),
        });
        let builder = || {
            reqwest::Client::builder()
                .tls_backend_preconfigured(tls.clone())
                .dns_resolver(names.clone())
                .connect_timeout(options.deadlines.connect)
                .redirect(Policy::none())
                .retry(reqwest::retry::never())
                // One kind of connection to reason about, and parallel downloads that do not
                // share one window.
                .http1_only()
                .tcp_keepalive(Duration::from_secs(30))
                .pool_idle_timeout(Duration::from_secs(20))
                .user_agent(concat!("Sheaf/", env!("CARGO_PKG_VERSION")))
                .no_proxy()
        };
        let ways = routes.clone();
        let proxies = Proxy::custom(move |url| match ways.of(url) {
            Route::Proxy(proxy) => proxy.url(),
            Route::Here | Route::Direct | Route::Unreadable(_) => None,
        });
        let outside = builder().proxy(proxies);
        Ok(Self {
            outside: Carrier::Sockets(outside.build().map_err(ClientError::Http)?),
            here: Carrier::Sockets(builder().build().map_err(ClientError::Http)?),
            deadlines: options.deadlines,
            routes,
            names,
            verifier,
            pins: options.pins.clone().into(),
        })
    }

    /// A client whose requests go to `transport` instead of the network.
    pub fn over(transport: Arc<dyn Transport>, deadlines: Deadlines) -> Self {
        Self {
            outside: Carrier::Given(Arc::clone(&transport)),
            here: Carrier::Given(transport),
            deadlines,
            routes: Arc::new(Routes::new(
                &ProxyChoice::Direct,
                &ProxyVariables::default(),
                &[],
            )),
            names: Arc::new(ForClient {
                resolver: Resolver::default(),
                ipv4_only: Vec::new(),
            }),
            verifier: Arc::new(trust::Nobody),
            pins: Arc::default(),
        }
    }

    /// A request to `url`, which carries no credentials.
    pub fn request(&self, method: Method, url: Url) -> Request {
        let client = if is_here(&url) {
            &self.here
        } else {
            &self.outside
        };
        let way = match self.route(&url) {
            Route::Proxy(proxy) => {
                Some(Arc::new(Way::new(*proxy, url.scheme(), self.names.clone())))
            }
            Route::Here | Route::Direct | Route::Unreadable(_) => None,
        };
        Request::new(client.clone(), method, url, way, self.deadlines)
    }

    /// The way that requests to `url` take.
    pub fn route(&self, url: &Url) -> Route {
        self.routes.of(url)
    }

    pub(crate) fn names(&self) -> &ForClient {
        &self.names
    }

    pub(crate) fn verifier(&self) -> &Arc<dyn ServerCertVerifier> {
        &self.verifier
    }

    /// Fingerprints that are trusted for a host.
    pub(crate) fn pins_of(&self, host: &str) -> Vec<String> {
        let host = trust::host_of(host);
        let its = self
            .pins
            .iter()
            .filter(|pin| trust::host_of(&pin.host) == host);
        its.map(|pin| pin.sha256.clone()).collect()
    }
}
