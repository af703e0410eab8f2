//! Certificates, each wrong in its own way, from an authority made for the test.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::{
    ServerConfig,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use sheaf_net::{CertificateFault, Client, Method, NetClass, NetError, Options, Stage};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// A server that shows a certificate for `host`, valid in the years given; its port.
    async fn server(&self, host: &str, years: (i32, i32)) -> u16 {
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        params.not_before = date_time_ymd(years.0, 1, 1);
        params.not_after = date_time_ymd(years.1, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    continue;
                };
                let mut request = [0; 1024];
                let _ = stream.read(&mut request).await;
                let _ = stream
                    .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                    .await;
                let _ = stream.shutdown().await;
            }
        });
        port
    }
}

async fn ask(port: u16, trusted: Option<&Authority>) -> Result<(), NetError> {
    let extra_roots = trusted
        .map(|ours| ours.0.pem().into_bytes())
        .into_iter()
        .collect();
    let client = Client::new(&Options {
        extra_roots,
        ..Options::default()
    })
    .unwrap();
    let url = format!("https://localhost:{port}/").parse().unwrap();
    let reply = client.request(Method::GET, url).send().await?;
    assert_eq!(reply.bytes(10).await?, "ok");
    Ok(())
}

#[tokio::test]
async fn an_authority_is_trusted_when_the_user_added_it_and_not_before() {
    let ours = Authority::new();
    let port = ours.server("localhost", (2020, 2090)).await;
    ask(port, Some(&ours)).await.unwrap();
    let error = ask(port, None).await.unwrap_err();
    assert_eq!(
        error.class,
        NetClass::Certificate(CertificateFault::UnknownIssuer),
        "{error:?}"
    );
    assert_eq!(error.stage, Stage::Connect);
}

#[tokio::test]
async fn each_fault_of_a_certificate_has_its_name() {
    let ours = Authority::new();
    for (host, years, fault) in [
        ("localhost", (2001, 2002), CertificateFault::Expired),
        ("localhost", (2088, 2090), CertificateFault::NotYetValid),
        ("other.example", (2020, 2090), CertificateFault::WrongHost),
    ] {
        let port = ours.server(host, years).await;
        let error = ask(port, Some(&ours)).await.unwrap_err();
        assert_eq!(error.class, NetClass::Certificate(fault), "{error:?}");
    }
}

#[test]
fn a_file_that_holds_no_certificates_is_refused() {
    let options = Options {
        extra_roots: vec![b"-----BEGIN CERTIFICATE-----\nx".to_vec()],
        ..Options::default()
    };
    assert!(Client::new(&options).is_err());
}
