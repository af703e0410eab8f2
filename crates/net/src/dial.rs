//! One connection at a time, looked at step by step: TCP, then the tunnel of a proxy, then TLS.
//! For diagnosis; requests go through `Client::request`. The trust is the same.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use rustls::{
    DigitallySignedStruct, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpStream, UdpSocket},
    time::timeout,
};
use tokio_rustls::TlsConnector;

use crate::{
    Certificate, CertificateFault, Client, LookupFault, ProxyServer, error::certificate_fault,
    lookup::lookup_fault, trust,
};

/// Why no connection came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DialFault {
    /// The other computer says that the port is closed.
    Refused,
    /// Nothing came back.
    Silent,
    /// No way leads there.
    Unreachable,
    /// A rule on the way, or here, forbids it.
    Forbidden,
    Other,
}

/// A connection that was not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotDialled {
    pub fault: DialFault,
    /// The system's words.
    pub detail: String,
}

/// An open connection without a word said on it.
pub struct Connection(TcpStream);

/// How a proxy took the wish for a tunnel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tunnel {
    Open,
    /// Its HTTP status.
    Refused(u16),
    /// It closed, was silent, or said something that is not HTTP.
    Broken,
}

/// What a TLS handshake showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handshake {
    /// The server's own first; empty when it showed none.
    pub chain: Vec<Certificate>,
    pub outcome: Result<Established, TlsFault>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Established {
    /// `TLS 1.3`
    pub version: &'static str,
    /// Trusted because the person chose this very certificate.
    pub pinned: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TlsFault {
    Certificate(CertificateFault),
    /// The person chose to trust another certificate for this server.
    NotThePinned,
    /// What answered is not TLS. `http`: it is HTTP.
    NotTls {
        http: bool,
    },
    /// No version or cipher in common.
    NothingInCommon,
    Silent,
    Other(String),
}

impl Client {
    /// The addresses that requests to this host go to, with no deadline but the caller's.
    pub async fn lookup(&self, host: &str) -> Result<Vec<IpAddr>, LookupFault> {
        let found = self.names().addresses(host).await;
        match found {
            Ok(addresses) if addresses.is_empty() => Err(LookupFault::Unknown),
            Ok(addresses) => Ok(addresses),
            Err(error) => Err(lookup_fault(&error)),
        }
    }

    /// Whether the system knows a way there. Sends nothing.
    pub async fn has_way_to(address: IpAddr) -> bool {
        let from: SocketAddr = match address {
            IpAddr::V4(_) => (std::net::Ipv4Addr::UNSPECIFIED, 0).into(),
            IpAddr::V6(_) => (std::net::Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        let Ok(socket) = UdpSocket::bind(from).await else {
            return false;
        };
        // Connecting a datagram socket only chooses a route.
        socket.connect((address, 9)).await.is_ok()
    }

    /// Handshakes on `connection` with the trust that requests have, and tells what was shown.
    pub async fn inspect_tls(
        &self,
        connection: Connection,
        host: &str,
        patience: Duration,
    ) -> Handshake {
        let name = host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned();
        let Ok(server) = ServerName::try_from(name) else {
            return Handshake::failed(TlsFault::Other("not a host name".into()));
        };
        let recorder = Arc::new(Recorder {
            inner: self.verifier().clone(),
            shown: Mutex::default(),
        });
        let config = match trust::config_with(recorder.clone()) {
            Ok(config) => config,
            Err(error) => return Handshake::failed(TlsFault::Other(error.to_string())),
        };
        let connector = TlsConnector::from(Arc::new(config));
        let shaken = timeout(patience, connector.connect(server, connection.0)).await;
        let shown = recorder
            .shown
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let chain: Vec<Certificate> = shown.iter().filter_map(Certificate::read).collect();
        drop(shown);
        let pins = self.pins_of(host);
        let pinned = |chain: &[Certificate]| {
            chain
                .first()
                .is_some_and(|first| pins.contains(&first.sha256))
        };
        let outcome = match shaken {
            Ok(Ok(stream)) => {
                let version = match stream.get_ref().1.protocol_version() {
                    Some(rustls::ProtocolVersion::TLSv1_2) => "TLS 1.2",
                    _ => "TLS 1.3",
                };
                Ok(Established {
                    version,
                    pinned: pinned(&chain),
                })
            }
            Ok(Err(error)) => {
                let fault = tls_fault(&error);
                let untrusted = matches!(
                    fault,
                    TlsFault::Certificate(
                        CertificateFault::UnknownIssuer | CertificateFault::WrongHost
                    )
                );
                if untrusted && !pins.is_empty() && !pinned(&chain) {
                    Err(TlsFault::NotThePinned)
                } else {
                    Err(fault)
                }
            }
            Err(_) => Err(TlsFault::Silent),
        };
        Handshake { chain, outcome }
    }
}

impl Handshake {
    fn failed(fault: TlsFault) -> Self {
        Self {
            chain: Vec::new(),
            outcome: Err(fault),
        }
    }
}

impl Connection {
    pub async fn open(address: SocketAddr, patience: Duration) -> Result<Self, NotDialled> {
        match timeout(patience, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => Ok(Self(stream)),
            Ok(Err(error)) => Err(NotDialled {
                fault: dial_fault(&error),
                detail: error.to_string(),
            }),
            Err(_) => Err(NotDialled {
                fault: DialFault::Silent,
                detail: format!("no answer within {} ms", patience.as_millis()),
            }),
        }
    }

    /// Asks an HTTP proxy for a way to `host:port`.
    pub async fn tunnel(
        mut self,
        proxy: &ProxyServer,
        host: &str,
        port: u16,
        patience: Duration,
    ) -> (Self, Tunnel) {
        let mut request = format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n");
        if let Some(value) = proxy.authorization().and_then(|value| value.to_str().ok()) {
            request.push_str("Proxy-Authorization: ");
            request.push_str(value);
            request.push_str("\r\n");
        }
        request.push_str("\r\n");
        let head = timeout(patience, self.say(request.as_bytes())).await;
        let tunnel = match head {
            Ok(Some(head)) => match status_of(&head) {
                Some(200..=299) => Tunnel::Open,
                Some(status) => Tunnel::Refused(status),
                None => Tunnel::Broken,
            },
            _ => Tunnel::Broken,
        };
        (self, tunnel)
    }

    /// Asks in plain HTTP without credentials whether somebody understands.
    pub async fn speaks_http(mut self, host: &str, patience: Duration) -> bool {
        let request = format!("HEAD / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        match timeout(patience, self.say(request.as_bytes())).await {
            Ok(Some(head)) => status_of(&head).is_some_and(|status| {
                // Web servers answer 400 in plain text to plain text on their TLS port.
                status != 400
            }),
            _ => false,
        }
    }

    /// Sends `words` and reads the head of the answer, or its first kilobytes.
    async fn say(&mut self, words: &[u8]) -> Option<Vec<u8>> {
        const LONGEST: usize = 8 * 1024;
        self.0.write_all(words).await.ok()?;
        let mut head = Vec::new();
        while !head.windows(4).any(|end| end == b"\r\n\r\n") && head.len() < LONGEST {
            if self.0.read_buf(&mut head).await.ok()? == 0 {
                break;
            }
        }
        Some(head)
    }
}

fn status_of(head: &[u8]) -> Option<u16> {
    let text = std::str::from_utf8(head.get(..12)?).ok()?;
    let status = text.strip_prefix("HTTP/1.")?.get(2..5)?;
    status.parse().ok()
}

fn dial_fault(error: &io::Error) -> DialFault {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => DialFault::Refused,
        io::ErrorKind::TimedOut => DialFault::Silent,
        io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::NetworkDown
        | io::ErrorKind::AddrNotAvailable => DialFault::Unreachable,
        io::ErrorKind::PermissionDenied => DialFault::Forbidden,
        _ => DialFault::Other,
    }
}

fn tls_fault(error: &io::Error) -> TlsFault {
    let Some(tls) = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>())
    else {
        return TlsFault::Other(error.to_string());
    };
    match tls {
        rustls::Error::InvalidCertificate(fault) => TlsFault::Certificate(certificate_fault(fault)),
        rustls::Error::InvalidMessage(_) => TlsFault::NotTls { http: false },
        rustls::Error::PeerIncompatible(_)
        | rustls::Error::AlertReceived(
            rustls::AlertDescription::ProtocolVersion | rustls::AlertDescription::HandshakeFailure,
        ) => TlsFault::NothingInCommon,
        other => TlsFault::Other(other.to_string()),
    }
}

/// Remembers what was shown and leaves the judgement to the verifier that requests have.
#[derive(Debug)]
struct Recorder {
    inner: Arc<dyn ServerCertVerifier>,
    shown: Mutex<Vec<CertificateDer<'static>>>,
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = std::iter::once(end_entity)
            .chain(intermediates)
            .map(|certificate| certificate.clone().into_owned())
            .collect();
        self.inner
            .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}
