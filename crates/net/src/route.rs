//! Which way a request takes: to this computer itself, straight out, or through a proxy. Requests
//! and diagnosis ask the same function, so that they agree.

use std::{fmt, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hyper_util::client::proxy::matcher::Matcher;
use reqwest::header::HeaderValue;
use url::Url;
use zeroize::Zeroizing;

use crate::{Password, ProxyChoice, address::split_proxy};

/// The proxy settings of the environment. Read at the edge and passed in; may hold passwords.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ProxyVariables {
    pub http: Option<String>,
    pub https: Option<String>,
    pub all: Option<String>,
    /// Hosts that are reached directly, separated by commas.
    pub no: Option<String>,
}

impl fmt::Debug for ProxyVariables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let set = |value: &Option<String>| value.as_ref().map(|_| "…");
        f.debug_struct("ProxyVariables")
            .field("http", &set(&self.http))
            .field("https", &set(&self.https))
            .field("all", &set(&self.all))
            .field("no", &self.no)
            .finish()
    }
}

/// Where a proxy was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProxySource {
    /// The environment variable of this name.
    Variable(&'static str),
    /// The operating system's network settings.
    System,
    /// Chosen in the app.
    Chosen,
}

/// A proxy that a person named.
#[derive(Clone, PartialEq, Eq)]
pub struct ChosenProxy {
    /// `http`, `https`, `socks5` …
    pub scheme: String,
    /// IPv6 addresses in brackets.
    pub host: String,
    pub port: u16,
    pub user: Option<String>,
    pub password: Option<Arc<Password>>,
    /// Hosts that are reached directly, separated by commas.
    pub except: String,
}

impl fmt::Debug for ChosenProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}:{}", self.scheme, self.host, self.port)
    }
}

impl ChosenProxy {
    /// Takes an address apart as people write and paste it: without a scheme, with name and password,
    /// with `@` and `/` in them. `None`: no host, or a scheme that no proxy has.
    pub fn parse(text: &str) -> Option<Self> {
        let parts = split_proxy(text)?;
        Some(Self {
            scheme: parts.scheme,
            host: parts.host,
            port: parts.port,
            user: parts.user,
            password: parts.password.map(Arc::new),
            except: String::new(),
        })
    }
}

/// A proxy that is used for a server.
#[derive(Clone)]
pub struct ProxyServer {
    /// `http`, `https`, `socks5` …
    pub scheme: String,
    pub host: String,
    pub port: u16,
    pub source: ProxySource,
    /// With credentials, percent-encoded.
    url: Zeroizing<String>,
    /// `Basic …`
    authorization: Option<HeaderValue>,
}

impl fmt::Debug for ProxyServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self} ({:?})", self.source)
    }
}

/// `host:port`, without credentials.
impl fmt::Display for ProxyServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

impl ProxyServer {
    pub fn speaks_http(&self) -> bool {
        self.scheme == "http"
    }

    pub fn has_password(&self) -> bool {
        self.authorization.is_some()
    }

    pub(crate) fn authorization(&self) -> Option<&HeaderValue> {
        self.authorization.as_ref()
    }

    pub(crate) fn url(&self) -> Option<Url> {
        self.url.parse().ok()
    }
}

#[derive(Debug, Clone)]
pub enum Route {
    /// The server is this computer: never through a proxy.
    Here,
    Direct,
    Proxy(Box<ProxyServer>),
    /// A setting names a proxy but cannot be read; nobody uses it.
    Unreadable(ProxySource),
}

/// The rules, made once per client.
#[derive(Debug)]
pub(crate) struct Routes {
    rules: Rules,
    /// Hosts that the person wants to reach without a proxy.
    direct: Vec<String>,
}

#[derive(Debug)]
enum Rules {
    Direct,
    Chosen(Box<Chosen>),
    Variables(Box<Variables>),
    System(Box<Matcher>),
}

#[derive(Debug)]
struct Chosen {
    proxy: ChosenProxy,
    /// Answers only whether a host is excepted.
    exceptions: Matcher,
}

#[derive(Debug)]
struct Variables {
    given: ProxyVariables,
    /// Answers only whether a host is excepted.
    exceptions: Matcher,
}

impl Routes {
    pub(crate) fn new(choice: &ProxyChoice, variables: &ProxyVariables, direct: &[String]) -> Self {
        let rules = match choice {
            ProxyChoice::Direct => Rules::Direct,
            ProxyChoice::Chosen(proxy) => Rules::Chosen(Box::new(Chosen {
                exceptions: exceptions(&proxy.except),
                proxy: (**proxy).clone(),
            })),
            ProxyChoice::System if variables.names_one() => Rules::Variables(Box::new(Variables {
                given: variables.clone(),
                exceptions: exceptions(variables.no.as_deref().unwrap_or_default()),
            })),
            ProxyChoice::System => Rules::System(Box::new(Matcher::from_system())),
        };
        Self {
            rules,
            direct: direct.to_vec(),
        }
    }

    pub(crate) fn of(&self, url: &Url) -> Route {
        if is_here(url) {
            return Route::Here;
        }
        let host = url.host_str().unwrap_or_default();
        if self.direct.iter().any(|direct| direct == host) {
            return Route::Direct;
        }
        match &self.rules {
            Rules::Direct => Route::Direct,
            Rules::Chosen(chosen) if is_excepted(&chosen.exceptions, url) => Route::Direct,
            Rules::Chosen(chosen) => of_chosen(&chosen.proxy),
            Rules::Variables(variables) => variables.of(url),
            Rules::System(matcher) => of_system(matcher, url),
        }
    }
}

impl ProxyVariables {
    fn names_one(&self) -> bool {
        [&self.http, &self.https, &self.all]
            .into_iter()
            .flatten()
            .any(|text| !text.trim().is_empty())
    }
}

impl Variables {
    fn of(&self, url: &Url) -> Route {
        if is_excepted(&self.exceptions, url) {
            return Route::Direct;
        }
        let own = match url.scheme() {
            "https" => (&self.given.https, "HTTPS_PROXY"),
            _ => (&self.given.http, "HTTP_PROXY"),
        };
        let given = [own, (&self.given.all, "ALL_PROXY")];
        let found = given.into_iter().find_map(|(value, name)| {
            let text = value.as_deref()?.trim();
            (!text.is_empty()).then_some((text, name))
        });
        match found {
            Some((text, name)) => read(text, ProxySource::Variable(name)),
            None => Route::Direct,
        }
    }
}

fn of_system(matcher: &Matcher, url: &Url) -> Route {
    let Some(found) = uri(url).and_then(|uri| matcher.intercept(&uri)) else {
        return Route::Direct;
    };
    match read(&found.uri().to_string(), ProxySource::System) {
        Route::Proxy(mut proxy) => {
            if let Some(authorization) = found.basic_auth() {
                proxy.authorization = Some(authorization.clone());
            }
            Route::Proxy(proxy)
        }
        other => other,
    }
}

fn exceptions(hosts: &str) -> Matcher {
    Matcher::builder().all("http://proxy").no(hosts).build()
}

fn is_excepted(exceptions: &Matcher, url: &Url) -> bool {
    uri(url).is_some_and(|uri| exceptions.intercept(&uri).is_none())
}

/// Reads a proxy's address as people write it: without a scheme, with `@` and `/` in the password.
fn read(text: &str, source: ProxySource) -> Route {
    let Some(parts) = split_proxy(text) else {
        return Route::Unreadable(source);
    };
    let password = parts.password.as_ref();
    let user = parts.user.as_deref();
    let place = (parts.scheme.as_str(), parts.host.as_str(), parts.port);
    Route::Proxy(Box::new(server(place, user, password, source)))
}

fn of_chosen(proxy: &ChosenProxy) -> Route {
    // A name that only the proxy knows is the proxy's to look up.
    let scheme = match proxy.scheme.as_str() {
        "socks5" => "socks5h",
        other => other,
    };
    let place = (scheme, proxy.host.as_str(), proxy.port);
    let (user, password) = (proxy.user.as_deref(), proxy.password.as_deref());
    Route::Proxy(Box::new(server(place, user, password, ProxySource::Chosen)))
}

fn server(
    (scheme, host, port): (&str, &str, u16),
    user: Option<&str>,
    password: Option<&Password>,
    source: ProxySource,
) -> ProxyServer {
    let password = password.map_or("", Password::reveal);
    let credentials = user.map_or_else(String::new, |user| {
        let encoded = [user, password].map(crate::remote::encode_all);
        format!("{}:{}@", encoded[0], encoded[1])
    });
    let authorization = user.and_then(|user| {
        let plain = Zeroizing::new(format!("{user}:{password}"));
        let encoded = Zeroizing::new(format!("Basic {}", STANDARD.encode(plain.as_bytes())));
        let mut value = HeaderValue::from_str(&encoded).ok()?;
        value.set_sensitive(true);
        Some(value)
    });
    ProxyServer {
        scheme: scheme.to_owned(),
        host: host.to_owned(),
        port,
        source,
        url: Zeroizing::new(format!("{scheme}://{credentials}{host}:{port}")),
        authorization,
    }
}

fn uri(url: &Url) -> Option<hyper::Uri> {
    url.as_str().parse().ok()
}

pub(crate) fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes(variables: &ProxyVariables) -> Routes {
        Routes::new(&ProxyChoice::System, variables, &["mine.example".into()])
    }

    fn shown(routes: &Routes, url: &str) -> String {
        match routes.of(&url.parse().unwrap()) {
            Route::Here => "here".into(),
            Route::Direct => "direct".into(),
            Route::Proxy(proxy) => format!("{} {proxy}", proxy.scheme),
            Route::Unreadable(_) => "unreadable".into(),
        }
    }

    #[test]
    fn each_scheme_has_its_variable_and_exceptions_hold() {
        let routes = routes(&ProxyVariables {
            http: Some("http://one:3128".into()),
            https: Some("two:3129".into()),
            all: None,
            no: Some("inside.example,10.0.0.0/8".into()),
        });
        assert_eq!(shown(&routes, "http://host.example/"), "http one:3128");
        assert_eq!(shown(&routes, "https://host.example/"), "http two:3129");
        assert_eq!(shown(&routes, "https://a.inside.example/"), "direct");
        assert_eq!(shown(&routes, "http://10.1.2.3/"), "direct");
        assert_eq!(shown(&routes, "http://mine.example/"), "direct");
        assert_eq!(shown(&routes, "http://localhost:5984/"), "here");
    }

    /// The standard grammar refuses this address, and a client that relies on it goes out without
    /// the proxy and without a word.
    #[test]
    fn an_at_sign_in_the_name_or_password_of_a_proxy_is_understood() {
        for text in [
            "http://anna@corp:p@ss@proxy:3128",
            "http://anna%40corp:p%40ss@proxy:3128",
        ] {
            let routes = routes(&ProxyVariables {
                all: Some(text.into()),
                ..ProxyVariables::default()
            });
            let Route::Proxy(proxy) = routes.of(&"http://host.example/".parse().unwrap()) else {
                panic!("{text}");
            };
            assert_eq!(proxy.to_string(), "proxy:3128");
            assert_eq!(proxy.url().unwrap().username(), "anna%40corp");
            let expected = format!("Basic {}", STANDARD.encode("anna@corp:p@ss"));
            assert_eq!(proxy.authorization().unwrap(), expected.as_str());
            assert!(!format!("{proxy:?}{proxy}").contains("ss"));
        }
    }

    #[test]
    fn a_chosen_proxy_comes_before_the_environment_and_leaves_its_exceptions_out() {
        let variables = ProxyVariables {
            all: Some("http://other:3128".into()),
            ..ProxyVariables::default()
        };
        let chosen = ChosenProxy {
            except: "inside.example, 10.0.0.0/8".into(),
            ..ChosenProxy::parse("socks5://anna:p@ss/word@[2001:db8::1]:1080").unwrap()
        };
        assert!(!format!("{chosen:?}").contains("ss/word"));
        let routes = Routes::new(&ProxyChoice::Chosen(Box::new(chosen)), &variables, &[]);
        assert_eq!(
            shown(&routes, "https://host.example/"),
            "socks5h [2001:db8::1]:1080"
        );
        assert_eq!(shown(&routes, "https://a.inside.example/"), "direct");
        assert_eq!(shown(&routes, "http://10.1.2.3/"), "direct");
        assert_eq!(shown(&routes, "http://localhost:5984/"), "here");
        let Route::Proxy(proxy) = routes.of(&"https://host.example/".parse().unwrap()) else {
            panic!("a proxy was chosen");
        };
        let url = proxy.url().unwrap();
        assert_eq!(
            url.as_str(),
            "socks5h://anna:p%40ss%2Fword@[2001:db8::1]:1080"
        );
        assert!(!format!("{proxy:?}").contains("ss/word"));
        let none = Routes::new(&ProxyChoice::Direct, &variables, &[]);
        assert_eq!(shown(&none, "https://host.example/"), "direct");
    }

    #[test]
    fn what_names_no_host_is_not_silently_used() {
        for text in ["proxy one", "ftp://proxy:21", "http://", "http://proxy:x"] {
            let routes = routes(&ProxyVariables {
                all: Some(text.into()),
                ..ProxyVariables::default()
            });
            assert_eq!(
                shown(&routes, "http://host.example/"),
                "unreadable",
                "{text}"
            );
        }
    }
}
