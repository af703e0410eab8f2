//! Does a login page of the network stand in the way, as in hotels and trains? Asked over plain HTTP, which such networks
//! answer themselves, and at the person's own host, because no other is asked anything.
//!
//! A login page at that host may be its own: a network is only accused when the server cannot be reached as it should be
//! *and* what answers looks like the page of a network.

use std::net::{IpAddr, SocketAddr};

use sheaf_net::{Connection, Method, NetClass, Scheme, Url};
use tokio::time::timeout;

use super::{server::Answer, target};
use crate::{Code, Context, Finding, Target};

/// Nobody has this page; whoever shows one all the same answers everything.
const NOBODY_HAS: &str = ".well-known/sheaf-is-anybody-in-the-way";

pub(super) async fn login_page(context: &Context) -> Finding {
    let target = match target(context) {
        Ok(target) => target,
        Err(finding) => return finding,
    };
    let host = target.server.host();
    if target.server.is_this_computer() {
        return Finding::new(Code::PortalLocal);
    }
    if context.known().proxy.is_some() {
        return Finding::new(Code::PortalByProxy);
    }
    let Some(page) = plain(target) else {
        return Finding::new(Code::PortalNone);
    };
    // Whoever is silent here is silent in the checks to come, which have a name for it.
    let looked = timeout(context.patience.answer, stands(context, target, &page)).await;
    match looked {
        Ok(Some(sign)) => Finding::new(Code::PortalFound)
            .with("host", host)
            .with("page", &page)
            .saw(sign),
        Ok(None) | Err(_) => Finding::new(Code::PortalNone),
    }
}

/// The host over plain HTTP: at its own port, or, where that is encrypted, at the usual one.
fn plain(target: &Target) -> Option<Url> {
    let server = &target.server;
    let authority = match server.scheme() {
        Scheme::Http => server.host_and_port(),
        Scheme::Https => server.host().to_owned(),
    };
    format!("http://{authority}/").parse().ok()
}

async fn stands(context: &Context, target: &Target, page: &Url) -> Option<String> {
    let looked = look(context, target.server.host(), page);
    if target.server.scheme() == Scheme::Http {
        return looked.await;
    }
    let reached = is_reached(context, target);
    tokio::pin!(looked, reached);
    tokio::select! {
        reached = &mut reached => if reached { None } else { looked.await },
        sign = &mut looked => match sign {
            Some(sign) if !reached.await => Some(sign),
            _ => None,
        },
    }
}

/// Whether the server shows a certificate that is trusted: no network in between has that.
async fn is_reached(context: &Context, target: &Target) -> bool {
    let addresses = context.known().addresses.clone();
    let patience = context.patience.connect;
    for address in addresses {
        let address = SocketAddr::new(address, target.server.port());
        if let Ok(connection) = Connection::open(address, patience).await {
            let host = target.server.host();
            let shaken = context.client.inspect_tls(connection, host, patience).await;
            if shaken.outcome.is_ok() {
                return true;
            }
        }
    }
    false
}

/// What a network's login page gives itself away by, in words for the technical detail.
async fn look(context: &Context, host: &str, page: &Url) -> Option<String> {
    let answer = match ask(context, page.clone()).await {
        Ok(answer) => answer,
        Err(NetClass::Redirected(to)) => {
            let sent = to.parse::<Url>().ok()?;
            return leads_to_a_portal(host, &sent).then(|| format!("GET {page} was sent to {to}"));
        }
        Err(_) => return None,
    };
    let shown = || answer.shown(&format!("GET {page}"));
    if answer.status == 511 || answer.is_page_of_a_network() {
        return Some(shown());
    }
    if !answer.has_form() {
        return None;
    }
    let elsewhere = ask(context, page.join(NOBODY_HAS).ok()?).await.ok()?;
    elsewhere.has_form().then(shown)
}

async fn ask(context: &Context, url: Url) -> Result<Answer, NetClass> {
    let request = context.client.request(Method::GET, url);
    let reply = request.deadlines(context.deadlines()).send().await;
    let answer = match reply {
        Ok(reply) => Answer::read(reply).await,
        Err(error) => Err(error),
    };
    answer.map_err(|error| error.class)
}

/// Whether a redirection leads to the login page of a network, and not to another name of the same server or to the
/// sign-in of whoever runs it.
fn leads_to_a_portal(host: &str, to: &Url) -> bool {
    const WORDS: &[&str] = &[
        "login", "logon", "signin", "sign-in", "portal", "captive", "hotspot", "guest", "wifi",
        "wlan", "splash", "welcome", "connect",
    ];
    /// What portals hand themselves in the query.
    const KEYS: &[&str] = &[
        "url",
        "userurl",
        "orig",
        "origurl",
        "original_url",
        "dst",
        "redirect",
        "redir",
        "continue",
        "continue_url",
        "res",
        "uamip",
        "called",
        "mac",
        "client_mac",
        "clientmac",
        "ap",
        "ap_mac",
        "ssid",
        "ip",
    ];
    let Some(other) = to.host_str() else {
        return false;
    };
    if is_same_house(host, other) {
        return false;
    }
    let shown = format!("{other}{}", to.path()).to_lowercase();
    let bare = other.trim_start_matches('[').trim_end_matches(']');
    WORDS.iter().any(|word| shown.contains(word))
        || bare.parse::<IpAddr>().is_ok()
        || to
            .query_pairs()
            .any(|(key, _)| KEYS.contains(&key.to_lowercase().as_str()))
}

/// `couch.example.org` and `www.example.org`: the last two parts of the names are the same.
fn is_same_house(one: &str, other: &str) -> bool {
    let house = |name: &str| -> Vec<String> {
        let labels: Vec<String> = name.split('.').map(str::to_lowercase).collect();
        labels[labels.len().saturating_sub(2)..].to_vec()
    };
    if [one, other]
        .iter()
        .any(|name| name.parse::<IpAddr>().is_ok())
    {
        return one == other;
    }
    house(one) == house(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirection_is_a_portals_only_when_it_leads_out_of_the_house() {
        for (to, portal) in [
            ("http://10.0.0.1:8000/", true),
            ("http://portal.hotel.test/", true),
            ("https://wifi.train.test/start", true),
            ("http://gate.test/?userurl=&mac=", true),
            ("https://couch.example.org/", false),
            ("https://www.example.org/login?url=", false),
            ("https://auth.example.org/login", false),
            ("https://elsewhere.test/notes", false),
        ] {
            let to = to.parse().unwrap();
            assert_eq!(leads_to_a_portal("couch.example.org", &to), portal, "{to}");
        }
    }

    #[test]
    fn an_address_is_only_the_same_house_as_itself() {
        assert!(is_same_house("192.0.2.7", "192.0.2.7"));
        assert!(!is_same_house("192.0.2.7", "198.51.2.7"));
    }
}
