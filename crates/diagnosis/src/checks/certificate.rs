//! Is the connection encrypted, and is the certificate to be trusted?

use sheaf_model::Millis;
use sheaf_net::{Certificate, CertificateFault, Handshake, Scheme, TlsFault};

use super::{
    connection::{connect, speaks, with_port},
    target,
};
use crate::{Code, Context, Finding, Fix, Target, dates::day};

const DAY: Millis = 24 * 60 * 60 * 1000;

/// Products that open encrypted connections, by a word of the issuer's name.
const INTERCEPTORS: &[&str] = &[
    "Zscaler",
    "Fortinet",
    "FortiGate",
    "Sophos",
    "Kaspersky",
    "ESET",
    "Avast",
    "AVG ",
    "Bitdefender",
    "Netskope",
    "Palo Alto",
    "Umbrella",
    "Blue Coat",
    "Symantec Web",
    "McAfee",
    "Check Point",
    "Barracuda",
    "Untangle",
    "mitmproxy",
    "Charles Proxy",
    "Fiddler",
    "PortSwigger",
    "Norton",
    "Lightspeed",
    "iboss",
    "Securly",
    "GoGuardian",
    "WatchGuard",
    "SonicWall",
    "Forcepoint",
    "Trend Micro",
    "AdGuard",
    "Dr.Web",
    "Web Shield",
];

pub(super) async fn tls(context: &Context) -> Finding {
    let target = match target(context) {
        Ok(target) => target,
        Err(finding) => return finding,
    };
    match target.server.scheme() {
        Scheme::Http => plain(context, target).await,
        Scheme::Https => encrypted(context, target).await,
    }
}

async fn plain(context: &Context, target: &Target) -> Finding {
    let server = &target.server;
    let (host, port) = (server.host(), server.port());
    // A proxy takes plain requests itself; there is no connection of our own to look at.
    let first = {
        let known = context.known();
        if known.proxy.is_some() {
            None
        } else {
            known.open.first().copied()
        }
    };
    if let Some(address) = first
        && speaks(context, target, address).await == Some(Scheme::Https)
    {
        let suggestion = with_port(server, Scheme::Https, port);
        return Finding::new(Code::TlsExpected)
            .with("host", host)
            .with("port", port)
            .with("suggestion", &suggestion)
            .fix(Fix::UseAddress {
                address: suggestion,
            });
    }
    if server.is_this_computer() {
        return Finding::new(Code::TlsLocal);
    }
    if let Some(address) = first {
        for other in [6984, 443] {
            if !context.patience.usual_ports.contains(&other) {
                continue;
            }
            let there = std::net::SocketAddr::new(address.ip(), other);
            if speaks(context, target, there).await == Some(Scheme::Https) {
                let suggestion = with_port(server, Scheme::Https, other);
                return Finding::new(Code::TlsAvailable)
                    .with("host", host)
                    .with("other", other)
                    .with("suggestion", &suggestion)
                    .fix(Fix::UseAddress {
                        address: suggestion,
                    });
            }
        }
    }
    Finding::new(Code::TlsNone).with("host", host)
}

async fn encrypted(context: &Context, target: &Target) -> Finding {
    let server = &target.server;
    let (host, port) = (server.host(), server.port());
    let Some(connection) = connect(context, target, port).await else {
        return named(Finding::new(Code::TlsOther), target).saw("no second connection was made");
    };
    let patience = context.patience.connect;
    let shaken = context.client.inspect_tls(connection, host, patience).await;
    // CouchDB keeps silent when its http port is greeted in TLS: it waits for the end of a line.
    if matches!(
        &shaken.outcome,
        Err(TlsFault::NotTls { .. } | TlsFault::Silent | TlsFault::Other(_))
    ) && let Some(connection) = connect(context, target, port).await
        && connection.speaks_http(host, patience).await
    {
        let suggestion = with_port(server, Scheme::Http, port);
        return named(Finding::new(Code::TlsPlainHttp), target)
            .with("suggestion", &suggestion)
            .fix(Fix::UseAddress {
                address: suggestion,
            });
    }
    judge(&shaken, target, context.now())
}

fn named(finding: Finding, target: &Target) -> Finding {
    finding
        .with("host", target.server.host())
        .with("port", target.server.port())
}

/// What a handshake means. Pure.
fn judge(shaken: &Handshake, target: &Target, now: Millis) -> Finding {
    let finding = match &shaken.outcome {
        Ok(established) => {
            let soon = shaken
                .chain
                .first()
                .is_some_and(|first| expires_soon(first, now));
            let code = if soon {
                Code::TlsExpiresSoon
            } else if established.pinned {
                Code::TlsPinned
            } else {
                Code::TlsGood
            };
            Finding::new(code).with("version", established.version)
        }
        Err(TlsFault::NotThePinned) => trusting(Finding::new(Code::TlsChanged), shaken, target),
        Err(TlsFault::Certificate(fault)) => certificate(*fault, shaken, target, now),
        Err(TlsFault::NothingInCommon) => Finding::new(Code::TlsVersion),
        Err(TlsFault::NotTls { .. }) => {
            Finding::new(Code::TlsOther).saw("what came back is not TLS")
        }
        Err(TlsFault::Silent) => Finding::new(Code::TlsOther).saw("no answer to the greeting"),
        Err(TlsFault::Other(words)) => Finding::new(Code::TlsOther).saw(words),
    };
    let mut finding = named(finding, target).with("today", day(now));
    if let Some(first) = shaken.chain.first() {
        let names = if first.names.is_empty() {
            first.subject.clone()
        } else {
            first.names.join(", ")
        };
        finding = finding
            .with("issuer", crate::finding::tidy(&issuer(&shaken.chain)))
            .with("names", crate::finding::tidy(&names))
            .with("until", day(first.not_after))
            .with("from", day(first.not_before))
            .with("sha256", grouped(&first.sha256));
    }
    finding.saw_all(shaken.chain.iter().map(described))
}

fn certificate(
    fault: CertificateFault,
    shaken: &Handshake,
    target: &Target,
    now: Millis,
) -> Finding {
    let Some(first) = shaken.chain.first() else {
        return Finding::new(Code::TlsOther);
    };
    // Dates first: an expired certificate of nobody's is not cured by trusting it.
    if shaken.chain.iter().any(|one| one.not_after < now) || fault == CertificateFault::Expired {
        return Finding::new(Code::TlsExpired);
    }
    if first.not_before > now || fault == CertificateFault::NotYetValid {
        return Finding::new(Code::TlsNotYetValid);
    }
    match fault {
        CertificateFault::WrongHost => Finding::new(Code::TlsWrongHost),
        CertificateFault::Revoked => Finding::new(Code::TlsRevoked),
        _ if intercepts(&shaken.chain) => Finding::new(Code::TlsIntercepted),
        _ if first.self_signed => trusting(Finding::new(Code::TlsSelfSigned), shaken, target),
        CertificateFault::UnknownIssuer => {
            // Public authorities say where their own certificate is to be had; a chain of one
            // that says so lacks its middle.
            let code = if shaken.chain.len() == 1 && first.names_issuers_address {
                Code::TlsMissingIntermediate
            } else {
                Code::TlsPrivateAuthority
            };
            trusting(Finding::new(code), shaken, target)
        }
        _ => Finding::new(Code::TlsOther).saw(format!("{fault:?}")),
    }
}

fn trusting(finding: Finding, shaken: &Handshake, target: &Target) -> Finding {
    match shaken.chain.first() {
        Some(first) => finding.fix(Fix::TrustCertificate {
            server: target.server.host_and_port(),
            sha256: first.sha256.clone(),
        }),
        None => finding,
    }
}

fn intercepts(chain: &[Certificate]) -> bool {
    chain.iter().any(|one| {
        INTERCEPTORS
            .iter()
            .any(|word| one.issuer.contains(word.trim()))
    })
}

/// Whoever stands at the end of what was shown: the authority that is missing or known.
fn issuer(chain: &[Certificate]) -> String {
    chain
        .first()
        .map(|one| one.issuer.clone())
        .unwrap_or_default()
}

/// Certificates that live for weeks are renewed in their last days; that is no news.
fn expires_soon(certificate: &Certificate, now: Millis) -> bool {
    let left = certificate.not_after - now;
    let life = certificate.not_after - certificate.not_before;
    left < 10 * DAY && life > 45 * DAY
}

/// `0a1b 2c3d …`: fingerprints are compared by eye.
fn grouped(hex: &str) -> String {
    let groups: Vec<&str> = (0..hex.len())
        .step_by(4)
        .filter_map(|start| hex.get(start..(start + 4).min(hex.len())))
        .collect();
    groups.join(" ")
}

fn described(certificate: &Certificate) -> String {
    format!(
        "{} issued by {}, {} to {}, SHA-256 {}",
        certificate.subject,
        certificate.issuer,
        day(certificate.not_before),
        day(certificate.not_after),
        certificate.sha256
    )
}
