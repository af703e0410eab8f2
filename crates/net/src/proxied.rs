//! What the failure of a request says about the proxy it had to go through, and what about the server behind it.

use std::{error::Error, sync::Arc, time::Duration};

use reqwest::{StatusCode, header::HeaderMap};
use tokio::{net::TcpStream, time::timeout};

use crate::{NetClass, ProxyServer, error::causes, lookup::ForClient};

/// How long a proxy is given to take a connection, after one through it did not come about in time.
const MOMENT: Duration = Duration::from_secs(3);

/// How a request goes through a proxy.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    pub(crate) proxy: ProxyServer,
    /// The proxy only passes bytes on; otherwise it reads the request and answers it itself.
    pub(crate) tunnelled: bool,
    names: Arc<ForClient>,
}

impl Way {
    pub(crate) fn new(proxy: ProxyServer, scheme: &str, names: Arc<ForClient>) -> Self {
        let tunnelled = proxy.scheme.starts_with("socks") || scheme == "https";
        Self {
            proxy,
            tunnelled,
            names,
        }
    }

    /// Whether anybody takes a connection at the proxy's port: asked when a tunnel took too long, because whoever waits for
    /// one does not see on which side of the proxy it stands still.
    pub(crate) async fn is_there(&self, patience: Duration) -> bool {
        let host = self.proxy.host.trim_matches(['[', ']']);
        let tried = async {
            for address in self.names.addresses(host).await.unwrap_or_default() {
                if TcpStream::connect((address, self.proxy.port)).await.is_ok() {
                    return true;
                }
            }
            false
        };
        timeout(patience.min(MOMENT), tried).await.unwrap_or(false)
    }
}

/// The connectors of `hyper-util` keep their types to themselves: `TunnelError` and `SocksError` are known by their words
/// (0.1.21), which the tests with real proxies hold on to. A code of SOCKS is that of RFC 1928, section 6.
fn said(words: &str) -> Option<NetClass> {
    if let Some(tunnel) = words.strip_prefix("tunnel error: ") {
        return Some(match tunnel {
            "proxy authorization required" => NetClass::ProxyPassword,
            "unsuccessful" => NetClass::ProxyRefused(None),
            // It is not there, broke off, or spoke of other things.
            _ => NetClass::ProxyUnreachable,
        });
    }
    Some(match words.strip_prefix("SOCKS error: ")? {
        "server does not support user/pass authentication"
        | "server implements authentication incorrectly"
        | "credentials not accepted" => NetClass::ProxyPassword,
        "host address is more than 255 characters" => NetClass::ProxyRefused(None),
        "general server failure" => NetClass::ProxyRefused(Some(1)),
        "connection not allowed" => NetClass::ProxyRefused(Some(2)),
        "command not supported" => NetClass::ProxyRefused(Some(7)),
        "address type not supported" => NetClass::ProxyRefused(Some(8)),
        // What the proxy found when it looked.
        "connection refused" => NetClass::Refused,
        "host unreachable" | "network unreachable" | "ttl expired" => NetClass::Unreachable,
        _ => NetClass::ProxyUnreachable,
    })
}

/// Whose trouble it is that no connection came about; `class` is what it looks like where there is no proxy.
pub(crate) fn class(error: &(dyn Error + 'static), class: NetClass, way: &Way) -> NetClass {
    // A proxy that is spoken to by TLS has a certificate, too.
    if matches!(class, NetClass::Certificate(_)) {
        return class;
    }
    if let Some(said) = causes(error).find_map(|error| said(&error.to_string())) {
        return said;
    }
    match class {
        NetClass::HostNotFound
        | NetClass::Refused
        | NetClass::TimedOut
        | NetClass::Unreachable
        | NetClass::Reset
            if !way.tunnelled =>
        {
            NetClass::ProxyUnreachable
        }
        other => other,
    }
}

/// Whether an answer to a request that was not tunnelled is the proxy's own: it says so (RFC 9209; squid has a header of its
/// own), or forbids in a page what a server of notes forbids in JSON.
pub(crate) fn refuses(status: StatusCode, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let says_so = headers.contains_key("x-squid-error")
        || text("proxy-status").is_some_and(|value| value.contains("error="));
    let is_json = text("content-type").is_some_and(|kind| kind.contains("json"));
    let fails = status.is_client_error() || status.is_server_error();
    (says_so && fails) || (status == StatusCode::FORBIDDEN && !is_json)
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn what_a_proxy_says_about_itself_is_told_from_what_it_says_about_the_server() {
        for (words, class) in [
            (
                "tunnel error: failed to create underlying connection",
                NetClass::ProxyUnreachable,
            ),
            (
                "tunnel error: unexpected end of file",
                NetClass::ProxyUnreachable,
            ),
            ("tunnel error: unsuccessful", NetClass::ProxyRefused(None)),
            (
                "tunnel error: proxy authorization required",
                NetClass::ProxyPassword,
            ),
            (
                "SOCKS error: failed to create underlying connection",
                NetClass::ProxyUnreachable,
            ),
            (
                "SOCKS error: connection not allowed",
                NetClass::ProxyRefused(Some(2)),
            ),
            ("SOCKS error: connection refused", NetClass::Refused),
            ("SOCKS error: host unreachable", NetClass::Unreachable),
            (
                "SOCKS error: credentials not accepted",
                NetClass::ProxyPassword,
            ),
        ] {
            assert_eq!(said(words), Some(class), "{words}");
        }
        assert_eq!(said("client error (Connect)"), None);
    }

    #[test]
    fn a_page_that_forbids_is_the_proxys_and_json_is_the_servers() {
        let head = |pairs: &[(&'static str, &'static str)]| -> HeaderMap {
            let pair = |(name, value): &(&'static str, &'static str)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            };
            pairs.iter().map(pair).collect()
        };
        let page = head(&[("content-type", "text/html")]);
        let json = head(&[("content-type", "application/json")]);
        let squid = head(&[("x-squid-error", "ERR_CONNECT_FAIL 111")]);
        let status = head(&[("proxy-status", "edge; error=connection_refused")]);
        assert!(refuses(StatusCode::FORBIDDEN, &page));
        assert!(!refuses(StatusCode::FORBIDDEN, &json));
        assert!(!refuses(StatusCode::BAD_GATEWAY, &page));
        assert!(refuses(StatusCode::SERVICE_UNAVAILABLE, &squid));
        assert!(refuses(StatusCode::BAD_GATEWAY, &status));
        assert!(!refuses(StatusCode::OK, &status));
    }
}
