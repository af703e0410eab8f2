//! Certificates as they go wrong, and a TLS front for a plain server.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DnType, IsCa, Issuer, KeyPair,
    date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection};

/// An authority and the certificate to trust it by.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub certificate: CertificateDer<'static>,
    pub pem: String,
}

impl Authority {
    pub fn root(name: &str) -> Self {
        let (params, key) = (authority_params(name), key());
        let certificate = params
            .self_signed(&key)
            .expect("our own parameters are sound");
        Self::of(params, key, &certificate)
    }

    /// An authority below this one.
    #[must_use]
    pub fn intermediate(&self, name: &str) -> Self {
        let (params, key) = (authority_params(name), key());
        let certificate = params
            .signed_by(&key, &self.issuer)
            .expect("our own parameters are sound");
        Self::of(params, key, &certificate)
    }

    fn of(params: CertificateParams, key: KeyPair, certificate: &rcgen::Certificate) -> Self {
        Self {
            pem: certificate.pem(),
            certificate: certificate.der().clone(),
            issuer: Issuer::new(params, key),
        }
    }

    pub fn issue(&self, asked: &Asked) -> Shown {
        let key = key();
        let certificate = asked
            .params()
            .signed_by(&key, &self.issuer)
            .expect("our own parameters are sound");
        Shown {
            chain: vec![certificate.der().clone()],
            key: PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
        }
    }
}

/// What a certificate should say.
pub struct Asked {
    pub names: &'static [&'static str],
    pub from: (i32, u8, u8),
    pub until: (i32, u8, u8),
    /// Says where its issuer's own certificate is to be had, as those of public authorities do.
    pub names_issuer: bool,
}

/// The worlds' host names, and this computer.
pub const GOOD: Asked = Asked {
    names: &["127.0.0.1", "couch.test", "secure.test", "other.test"],
    from: (2020, 1, 1),
    until: (2999, 1, 1),
    names_issuer: false,
};

impl Asked {
    fn params(&self) -> CertificateParams {
        let names: Vec<String> = self.names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).expect("names of ours");
        params.not_before = date_time_ymd(self.from.0, self.from.1, self.from.2);
        params.not_after = date_time_ymd(self.until.0, self.until.1, self.until.2);
        params
            .distinguished_name
            .push(DnType::CommonName, self.names[0]);
        if self.names_issuer {
            // AuthorityInfoAccess (RFC 5280, 4.2.2.1): one caIssuers description with http://ca.test/ca.
            let mut url = b"http://ca.test/ca".to_vec();
            let mut description = vec![
                0x06,
                0x08,
                0x2b,
                0x06,
                0x01,
                0x05,
                0x05,
                0x07,
                0x30,
                0x02,
                0x86,
                url.len() as u8,
            ];
            description.append(&mut url);
            let inner = [&[0x30, description.len() as u8][..], &description].concat();
            let content = [&[0x30, inner.len() as u8][..], &inner].concat();
            params
                .custom_extensions
                .push(CustomExtension::from_oid_content(
                    &[1, 3, 6, 1, 5, 5, 7, 1, 1],
                    content,
                ));
        }
        params
    }

    pub fn self_signed(&self) -> Shown {
        let key = key();
        let certificate = self
            .params()
            .self_signed(&key)
            .expect("our own parameters are sound");
        Shown {
            chain: vec![certificate.der().clone()],
            key: PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
        }
    }
}

/// What a server shows, the server's own certificate first.
pub struct Shown {
    pub chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl Shown {
    #[must_use]
    pub fn with(mut self, authority: &Authority) -> Self {
        self.chain.push(authority.certificate.clone());
        self
    }

    fn config(self) -> Arc<ServerConfig> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("ring knows TLS 1.2 and 1.3")
            .with_no_client_auth()
            .with_single_cert(self.chain, self.key)
            .expect("the key belongs to the certificate");
        Arc::new(config)
    }
}

fn authority_params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

fn key() -> KeyPair {
    KeyPair::generate().expect("ring makes keys")
}

/// TLS in front of a plain server.
pub struct Front {
    pub port: u16,
    config: Arc<Mutex<Arc<ServerConfig>>>,
}

impl Front {
    pub fn to(upstream: &str, shown: Shown) -> Self {
        Self::at("127.0.0.1:0", upstream, shown)
    }

    pub fn at(address: &str, upstream: &str, shown: Shown) -> Self {
        let listener = TcpListener::bind(address).expect("the namespace's ports are ours");
        let port = listener
            .local_addr()
            .expect("a bound socket has an address")
            .port();
        let config = Arc::new(Mutex::new(shown.config()));
        let (current, upstream) = (Arc::clone(&config), upstream.to_owned());
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let config = Arc::clone(&current.lock().unwrap_or_else(PoisonError::into_inner));
                let upstream = upstream.clone();
                // A handshake that fails concerns only the two ends.
                std::thread::spawn(move || bridge(client, config, &upstream).ok());
            }
        });
        Self { port, config }
    }

    /// From now on this is shown.
    pub fn show(&self, shown: Shown) {
        *self.config.lock().unwrap_or_else(PoisonError::into_inner) = shown.config();
    }
}

/// How long one side is listened to before it is the other's turn.
const TURN: Duration = Duration::from_millis(5);

fn bridge(mut client: TcpStream, config: Arc<ServerConfig>, upstream: &str) -> std::io::Result<()> {
    let mut tls = ServerConnection::new(config).map_err(std::io::Error::other)?;
    while tls.is_handshaking() {
        tls.complete_io(&mut client)?;
    }
    let mut server = TcpStream::connect(upstream)?;
    client.set_read_timeout(Some(TURN))?;
    server.set_read_timeout(Some(TURN))?;
    let mut buffer = vec![0; 64 * 1024];
    loop {
        // The first words may have come together with the end of the handshake.
        while let Ok(count @ 1..) = tls.reader().read(&mut buffer) {
            server.write_all(&buffer[..count])?;
        }
        match tls.read_tls(&mut client) {
            Ok(0) => return server.shutdown(Shutdown::Both),
            Ok(_) => {
                tls.process_new_packets().map_err(std::io::Error::other)?;
            }
            Err(error) if is_a_turn(&error) => {}
            Err(error) => return Err(error),
        }
        match server.read(&mut buffer) {
            Ok(0) => {
                tls.send_close_notify();
                while tls.wants_write() {
                    tls.write_tls(&mut client)?;
                }
                return client.shutdown(Shutdown::Both);
            }
            Ok(count) => {
                tls.writer().write_all(&buffer[..count])?;
                while tls.wants_write() {
                    tls.write_tls(&mut client)?;
                }
            }
            Err(error) if is_a_turn(&error) => {}
            Err(error) => return Err(error),
        }
    }
}

fn is_a_turn(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}
