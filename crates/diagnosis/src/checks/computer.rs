//! What this computer brings along: a network, a proxy, a clock.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use sheaf_model::Millis;
use sheaf_net::{
    Client, Connection, Method, NetClass, ProxyServer, ProxySource, Route, Scheme, Tunnel,
};

use super::target;
use crate::{Code, Context, Finding, Fix, Target, dates::moment};

/// Addresses that are reserved for documentation: a route to them is a route out.
const OUTSIDE: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
    IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)),
];

pub(super) async fn network(context: &Context) -> Finding {
    let target = match target(context) {
        Ok(target) => target,
        Err(finding) => return finding,
    };
    if target.server.is_this_computer() {
        return Finding::new(Code::NetworkLocal);
    }
    let host = target
        .server
        .host()
        .trim_start_matches('[')
        .trim_end_matches(']');
    let own = host.parse::<IpAddr>().ok();
    for address in own.into_iter().chain(OUTSIDE) {
        if Client::has_way_to(address).await {
            return Finding::new(Code::NetworkThere).saw(format!("there is a route to {address}"));
        }
    }
    // A network without a way out may still hold a resolver that knows a computer nearby.
    if let Ok(Ok(addresses)) =
        tokio::time::timeout(context.patience.lookup, context.client.lookup(host)).await
    {
        for address in addresses {
            if Client::has_way_to(address).await {
                return Finding::new(Code::NetworkThere)
                    .saw(format!("there is a route to {address}"));
            }
        }
    }
    Finding::new(Code::NetworkOffline).saw("no route leads out over IPv4 or IPv6")
}

pub(super) async fn proxy(context: &Context) -> Finding {
    let target = match target(context) {
        Ok(target) => target,
        Err(finding) => return finding,
    };
    let host = target.server.host();
    match context.client.route(&target.server.url([])) {
        Route::Here | Route::Direct => Finding::new(Code::ProxyNone).with("host", host),
        Route::Unreadable(source) => Finding::new(Code::ProxyAddress)
            .with("host", host)
            .with("source", words(&source)),
        Route::Proxy(proxy) => {
            let found = ask_proxy(context, &proxy, host, target.server.port()).await;
            let tunnels = target.server.scheme() == Scheme::Https;
            let finding = match found {
                Asked::Silent(detail) => Finding::new(Code::ProxyUnreachable).saw(detail),
                Asked::Status(407) => Finding::new(Code::ProxyPassword)
                    .saw("the proxy answered 407 Proxy Authentication Required"),
                Asked::Status(status) if tunnels => Finding::new(Code::ProxyRefuses)
                    .with("status", status)
                    .saw(format!(
                        "CONNECT {host}:{} was answered {status}",
                        target.server.port()
                    )),
                // Plain requests are not tunnelled; a proxy may allow them and no tunnel there.
                Asked::Status(_) | Asked::Works => beyond(context, &proxy, target).await,
            };
            let finding = finding
                .with("host", host)
                .with("port", target.server.port())
                .with("proxy", &proxy)
                .with("source", words(&proxy.source));
            if finding.severity() == crate::Severity::Failure {
                return finding.fix(Fix::WithoutProxy);
            }
            finding
        }
    }
}

/// What an HTTP proxy answers to the wish for a tunnel, it says otherwise, and another one always, only on the way to
/// somewhere.
async fn beyond(context: &Context, proxy: &ProxyServer, target: &Target) -> Finding {
    if proxy.speaks_http() && target.server.scheme() == Scheme::Https {
        return through(context, proxy);
    }
    let request = context.anonymous(target, Method::HEAD, &[]);
    let Err(error) = request.send().await else {
        return through(context, proxy);
    };
    match error.class {
        NetClass::ProxyPassword => Finding::new(Code::ProxyPassword)
            .saw("the proxy refused the sign-in that SOCKS begins with"),
        NetClass::ProxyUnreachable => {
            Finding::new(Code::ProxyUnreachable).saw(format!("HEAD /: {error}"))
        }
        NetClass::ProxyRefused(answer) => Finding::new(Code::ProxyRefuses)
            .with(
                "status",
                answer.map_or("no".to_owned(), |answer| answer.to_string()),
            )
            .saw(format!("HEAD /: {error}")),
        _ => through(context, proxy),
    }
}

fn through(context: &Context, proxy: &ProxyServer) -> Finding {
    context.known().proxy = Some(proxy.to_string());
    Finding::new(Code::ProxyWorks)
}

enum Asked {
    Works,
    Silent(String),
    Status(u16),
}

async fn ask_proxy(context: &Context, proxy: &ProxyServer, host: &str, port: u16) -> Asked {
    let patience = &context.patience;
    let addresses = match context.client.lookup(&proxy.host).await {
        Ok(addresses) => addresses,
        Err(fault) => return Asked::Silent(format!("{}: {fault:?}", proxy.host)),
    };
    let mut last = String::new();
    for address in addresses {
        match Connection::open((address, proxy.port).into(), patience.connect).await {
            // Only an HTTP proxy can be asked in a few words; another one shows with the request.
            Ok(_) if !proxy.speaks_http() => return Asked::Works,
            Ok(connection) => {
                let (_, tunnel) = connection.tunnel(proxy, host, port, patience.answer).await;
                return match tunnel {
                    Tunnel::Open => Asked::Works,
                    Tunnel::Refused(status) => Asked::Status(status),
                    Tunnel::Broken => Asked::Silent("what listens there is not a proxy".into()),
                };
            }
            Err(error) => last = error.detail,
        }
    }
    Asked::Silent(last)
}

fn words(source: &ProxySource) -> String {
    match source {
        ProxySource::Variable(name) => format!("the environment variable {name}"),
        ProxySource::System => "the network settings of the system".to_owned(),
        ProxySource::Chosen => "Preferences, Sync".to_owned(),
    }
}

const SECOND: Millis = 1000;
const MINUTE: Millis = 60 * SECOND;

pub(super) fn clock(context: &Context) -> Finding {
    let Some((there, here)) = context.known().times else {
        return Finding::new(Code::ClockUnknown);
    };
    let skew = (there - here).abs();
    let code = if skew < MINUTE {
        Code::ClockRight
    } else if skew < 10 * MINUTE {
        Code::ClockOff
    } else {
        Code::ClockWrong
    };
    Finding::new(code)
        // The header has whole seconds.
        .with("seconds", skew / SECOND)
        .with("skew", span(skew))
        .with("here", moment(here))
        .with("there", moment(there))
}

/// `2 hours`, `3 minutes`.
fn span(millis: Millis) -> String {
    let (number, unit) = match millis / MINUTE {
        minutes if minutes >= 48 * 60 => (minutes / (24 * 60), "day"),
        minutes if minutes >= 60 => (minutes / 60, "hour"),
        0 => (millis / SECOND, "second"),
        minutes => (minutes, "minute"),
    };
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_told_in_the_unit_that_matters() {
        for (millis, text) in [
            (9_000, "9 seconds"),
            (60_000, "1 minute"),
            (7_200_000, "2 hours"),
            (40 * 24 * 3_600_000, "40 days"),
        ] {
            assert_eq!(span(millis), text);
        }
    }
}
