//! https by our own certificate, on a real socket.

#![allow(clippy::unwrap_used)]

use std::{net::SocketAddr, path::Path, sync::Arc};

use axum::{Router, routing::get};
use sheaf_server::listen::{Tls, serve};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::CertificateDer},
};

/// Writes a certificate for `localhost` and its key, and answers the certificate.
fn certificate(folder: &Path) -> CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(folder.join("certificate.pem"), made.cert.pem()).unwrap();
    std::fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
    made.cert.der().clone()
}

fn load(folder: &Path) -> Tls {
    Tls::load(&folder.join("certificate.pem"), &folder.join("key.pem")).unwrap()
}

/// What a client that trusts this certificate alone is answered.
async fn ask(address: SocketAddr, trusted: &CertificateDer<'static>) -> std::io::Result<String> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(address).await?;
    let name = "localhost".try_into().unwrap();
    let mut stream = TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await?;
    stream
        .write_all(b"GET /hello HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        .await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[tokio::test]
async fn a_certificate_of_one_s_own_is_served_and_replaced_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let first = certificate(folder.path());
    let tls = load(folder.path());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().route("/hello", get(|| async { "good day" }));
    let (stop, stopped) = watch::channel(false);
    let serving = tokio::spawn(serve(listener, Some(tls.clone()), router, stopped));
    assert!(ask(address, &first).await.unwrap().ends_with("good day"));

    let second = certificate(folder.path());
    assert!(
        ask(address, &second).await.is_err(),
        "not before it was told"
    );
    tls.reload().unwrap();
    assert!(ask(address, &second).await.unwrap().ends_with("good day"));
    assert!(ask(address, &first).await.is_err());

    std::fs::write(folder.path().join("key.pem"), "no key").unwrap();
    assert!(tls.reload().is_err());
    assert!(
        ask(address, &second).await.unwrap().ends_with("good day"),
        "what cannot be read changes nothing"
    );
    stop.send_replace(true);
    serving.await.unwrap();
}

#[test]
fn a_key_of_another_certificate_is_refused_at_the_start() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    certificate(one.path());
    certificate(other.path());
    let mixed = Tls::load(
        &one.path().join("certificate.pem"),
        &other.path().join("key.pem"),
    );
    assert!(mixed.is_err());
    std::fs::write(one.path().join("certificate.pem"), "").unwrap();
    let empty = Tls::load(
        &one.path().join("certificate.pem"),
        &one.path().join("key.pem"),
    );
    assert!(empty.is_err());
}
