//! Which way a request takes: to this computer itself, straight out, or through a proxy. Requests
//! and diagnosis ask the same function, so that they agree.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hyper_util::client::proxy::matcher::Matcher;
use reqwest::header::HeaderValue;
use url::Url;
use zeroize::Zeroizing;

use crate::{ProxyChoice, address::split_proxy};

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
    Chosen(Url),
    Variables(Box<Variables>),
    System(Box<Matcher>),
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
            ProxyChoice::Url(url) => Rules::Chosen(url.clone()),
            ProxyChoice::System if variables.names_one() => {
                let exceptions = Matcher::builder()
                    .all("http://proxy")
                    .no(variables.no.clone().unwrap_or_default())
                    .build();
                Rules::Variables(Box::new(Variables {
                    given: variables.clone(),
                    exceptions,
                }))
            }
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
            Rules::Chosen(url) => read(url.as_str(), ProxySource::Chosen),
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
        let excepted = uri(url).is_some_and(|uri| self.exceptions.intercept(&uri).is_none());
        if excepted {
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

/// Reads a proxy's address as people write it: without a scheme, with `@` and `/` in the password.
fn read(text: &str, source: ProxySource) -> Route {
    let Some(parts) = split_proxy(text) else {
        return Route::Unreadable(source);
    };
    let credentials = match (&parts.user, &parts.password) {
        (None, _) => String::new(),
        (Some(user), password) => {
            let password = password.as_ref().map_or("", |password| password.reveal());
            let encoded = [user.as_str(), password].map(crate::remote::encode_all);
            format!("{}:{}@", encoded[0], encoded[1])
        }
    };
    let authorization = parts.user.as_ref().and_then(|user| {
        let password = parts
            .password
            .as_ref()
            .map_or("", |password| password.reveal());
        let plain = Zeroizing::new(format!("{user}:{password}"));
        let encoded = Zeroizing::new(format!("Basic {}", STANDARD.encode(plain.as_bytes())));
        let mut value = HeaderValue::from_str(&encoded).ok()?;
        value.set_sensitive(true);
        Some(value)
    });
    let url = Zeroizing::new(format!(
        "{}://{credentials}{}:{}",
        parts.scheme, parts.host, parts.port
    ));
    Route::Proxy(Box::new(ProxyServer {
        scheme: parts.scheme,
        host: parts.host,
        port: parts.port,
        source,
        url,
        authorization,
    }))
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
