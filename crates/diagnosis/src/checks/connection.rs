//! Does something listen, at which addresses, and does IPv6 work?

use std::net::{IpAddr, SocketAddr};

use futures_util::future::join_all;
use sheaf_net::{Connection, DialFault, NotDialled, Scheme, Server, TlsFault};

use super::target;
use crate::{Code, Context, Finding, Fix, Target};

/// `203.0.113.24 and 2001:db8::24`
pub(super) fn list(addresses: &[IpAddr]) -> String {
    let texts: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    match texts.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
        None => "nothing".to_owned(),
    }
}

fn ips(addresses: &[SocketAddr]) -> String {
    let mut ips: Vec<IpAddr> = addresses.iter().map(SocketAddr::ip).collect();
    ips.dedup();
    list(&ips)
}

/// A connection to the server as requests make it, without a word said; through the proxy when one
/// is used. `None`: it cannot be made again.
pub(super) async fn connect(context: &Context, target: &Target, port: u16) -> Option<Connection> {
    let patience = context.patience.connect;
    if let sheaf_net::Route::Proxy(proxy) = context.client.route(&target.server.url([])) {
        for address in context.client.lookup(&proxy.host).await.ok()? {
            let opened = Connection::open((address, proxy.port).into(), patience).await;
            if let Ok(connection) = opened {
                let host = target.server.host();
                let asked = connection.tunnel(&proxy, host, port, context.patience.answer);
                let (connection, tunnel) = asked.await;
                return (tunnel == sheaf_net::Tunnel::Open).then_some(connection);
            }
        }
        return None;
    }
    let open = context.known().open.clone();
    for address in open {
        let address = SocketAddr::new(address.ip(), port);
        if let Ok(connection) = Connection::open(address, patience).await {
            return Some(connection);
        }
    }
    None
}

pub(super) async fn port(context: &Context) -> Finding {
    let target = match target(context) {
        Ok(target) => target,
        Err(finding) => return finding,
    };
    if context.known().proxy.is_some() {
        return Finding::new(Code::PortByProxy);
    }
    let port = target.server.port();
    let addresses: Vec<SocketAddr> = {
        let known = context.known();
        known
            .addresses
            .iter()
            .map(|ip| SocketAddr::new(*ip, port))
            .collect()
    };
    let patience = context.patience.connect;
    let tried = addresses.iter().map(|address| async move {
        let outcome = Connection::open(*address, patience).await.map(drop);
        (*address, outcome)
    });
    let tried = join_all(tried).await;
    let open: Vec<SocketAddr> = tried
        .iter()
        .filter(|(_, outcome)| outcome.is_ok())
        .map(|(address, _)| *address)
        .collect();
    let closed: Vec<(SocketAddr, NotDialled)> = tried
        .into_iter()
        .filter_map(|(address, outcome)| outcome.err().map(|error| (address, error)))
        .collect();
    let evidence: Vec<String> = closed
        .iter()
        .map(|(address, error)| format!("connect to {address}: {}", error.detail))
        .collect();
    {
        let mut known = context.known();
        known.open.clone_from(&open);
        known.closed = closed.iter().map(|(address, _)| *address).collect();
    }
    let finding = if open.is_empty() {
        nowhere(context, target, &addresses, &closed).await
    } else {
        let broken: Vec<SocketAddr> = closed.iter().map(|(address, _)| *address).collect();
        // IPv6 that leads nowhere beside IPv4 that works has a check of its own.
        let only_v6 =
            broken.iter().all(SocketAddr::is_ipv6) && open.iter().any(SocketAddr::is_ipv4);
        if broken.is_empty() || only_v6 {
            Finding::new(Code::PortOpen).with("addresses", ips(&open))
        } else {
            Finding::new(Code::PortPartly)
                .with("working", ips(&open))
                .with("broken", ips(&broken))
        }
    };
    finding
        .with("host", target.server.host())
        .with("port", port)
        .saw_all(evidence)
}

async fn nowhere(
    context: &Context,
    target: &Target,
    addresses: &[SocketAddr],
    closed: &[(SocketAddr, NotDialled)],
) -> Finding {
    let all = |fault| closed.iter().all(|(_, error)| error.fault == fault);
    let any = |fault| closed.iter().any(|(_, error)| error.fault == fault);
    if all(DialFault::Refused) {
        return match elsewhere(context, target, addresses).await {
            Some(finding) => finding,
            None => Finding::new(Code::PortRefused),
        };
    }
    let code = if any(DialFault::Silent) {
        Code::PortFiltered
    } else if any(DialFault::Forbidden) {
        Code::PortForbidden
    } else {
        Code::PortUnreachable
    };
    Finding::new(code)
        .with("seconds", context.patience.connect.as_secs_f32().ceil())
        .with("addresses", ips(addresses))
}

/// Looks whether a server of the kind that is looked for listens on another usual port of the same computer. A home page
/// there is none: name and password would go to it.
async fn elsewhere(
    context: &Context,
    target: &Target,
    addresses: &[SocketAddr],
) -> Option<Finding> {
    let address = addresses.first()?.ip();
    for port in &context.patience.usual_ports {
        if *port == target.server.port() {
            continue;
        }
        if let Some(scheme) = speaks(context, target, SocketAddr::new(address, *port)).await {
            let suggestion = with_port(&target.server, scheme, *port);
            if !super::server::is_there(context, target.kind, &suggestion).await {
                continue;
            }
            return Some(
                Finding::new(Code::PortElsewhere)
                    .with("other", port)
                    .with("scheme", scheme.as_str())
                    .with("suggestion", &suggestion)
                    .fix(Fix::UseAddress {
                        address: suggestion,
                    }),
            );
        }
    }
    None
}

/// Which of the two schemes is spoken at an address, if any.
pub(super) async fn speaks(
    context: &Context,
    target: &Target,
    address: SocketAddr,
) -> Option<Scheme> {
    let patience = context.patience.connect;
    let host = target.server.host();
    let connection = Connection::open(address, patience).await.ok()?;
    if connection.speaks_http(host, patience).await {
        return Some(Scheme::Http);
    }
    let connection = Connection::open(address, patience).await.ok()?;
    let handshake = context.client.inspect_tls(connection, host, patience).await;
    match handshake.outcome {
        Ok(_) | Err(TlsFault::Certificate(_) | TlsFault::NotThePinned) => Some(Scheme::Https),
        Err(_) => None,
    }
}

/// The same place with another scheme and port.
pub(super) fn with_port(server: &Server, scheme: Scheme, port: u16) -> String {
    let usual = match scheme {
        Scheme::Http => 80,
        Scheme::Https => 443,
    };
    let port = if port == usual {
        String::new()
    } else {
        format!(":{port}")
    };
    let path: String = server
        .prefix()
        .iter()
        .map(|segment| format!("/{segment}"))
        .collect();
    format!("{}://{}{port}{path}", scheme.as_str(), server.host())
}

pub(super) fn ipv6(context: &Context) -> Finding {
    let target = match target(context) {
        Ok(target) => target,
        Err(finding) => return finding,
    };
    let host = target.server.host();
    let (addresses, open, closed) = {
        let known = context.known();
        (
            known.addresses.clone(),
            known.open.clone(),
            known.closed.clone(),
        )
    };
    if !addresses.iter().any(IpAddr::is_ipv6) {
        return Finding::new(Code::Ipv6NotOffered).with("host", host);
    }
    let broken: Vec<SocketAddr> = closed.into_iter().filter(SocketAddr::is_ipv6).collect();
    if broken.is_empty() || !open.iter().any(SocketAddr::is_ipv4) {
        return Finding::new(Code::Ipv6Works);
    }
    Finding::new(Code::Ipv6Broken)
        .with("host", host)
        .with("addresses", ips(&broken))
        .fix(Fix::PreferIpv4)
}
