//! Whom TLS trusts: the operating system's store, certificates the user added, and single
//! certificates the user compared by their fingerprint. There is no switch that accepts everything.

use std::sync::Arc;

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
};
use rustls_platform_verifier::Verifier;

use crate::{
    ClientError,
    certificate::{Certificate, sha256},
};

/// One certificate that is trusted for one host, whoever issued it and whatever name is in it.
/// Its dates still count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    /// As in an address, without the port.
    pub host: String,
    /// Of the DER form, lower-case hex.
    pub sha256: String,
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

pub(crate) fn config_with(
    verifier: Arc<dyn ServerCertVerifier>,
) -> Result<ClientConfig, rustls::Error> {
    let mut config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// `extra_roots` are PEM files, each with any number of certificates.
pub(crate) fn verifier(
    extra_roots: &[Vec<u8>],
    pins: &[Pin],
) -> Result<Arc<dyn ServerCertVerifier>, ClientError> {
    let extra = extra_roots
        .iter()
        .flat_map(|pem| CertificateDer::pem_slice_iter(pem))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| ClientError::ExtraRoots)?;
    let platform = if extra.is_empty() {
        Verifier::new(provider())
    } else {
        Verifier::new_with_extra_roots(extra.clone(), provider())
    };
    let platform: Arc<dyn ServerCertVerifier> = match platform {
        Ok(verifier) => Arc::new(verifier),
        // A machine without any root certificates (a bare container) can still speak plain http
        // to itself; every TLS server is then honestly of an unknown issuer.
        Err(error) => {
            tracing::warn!(%error, "no trusted certificates were found on this computer");
            only(extra).unwrap_or_else(|| Arc::new(Nobody))
        }
    };
    if pins.is_empty() {
        return Ok(platform);
    }
    Ok(Arc::new(Pinned {
        platform,
        pins: pins.to_vec(),
    }))
}

/// The user's own certificates alone; `None` when there are none.
fn only(roots: Vec<CertificateDer<'static>>) -> Option<Arc<dyn ServerCertVerifier>> {
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(roots);
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(store), provider()).build();
    verifier.ok().map(|verifier| verifier as _)
}

#[derive(Debug)]
struct Pinned {
    platform: Arc<dyn ServerCertVerifier>,
    pins: Vec<Pin>,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let judged = self.platform.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        );
        let Err(error) = judged else { return judged };
        let host = server_name.to_str();
        let digest = sha256(end_entity);
        let chosen = self
            .pins
            .iter()
            .any(|pin| pin.sha256 == digest && host_of(&pin.host) == host);
        if !chosen {
            return Err(error);
        }
        let Some(certificate) = Certificate::read(end_entity) else {
            return Err(error);
        };
        let now = i64::try_from(now.as_secs())
            .unwrap_or(i64::MAX)
            .saturating_mul(1000);
        if now > certificate.not_after {
            return Err(CertificateError::Expired.into());
        }
        if now < certificate.not_before {
            return Err(CertificateError::NotValidYet.into());
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.platform.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.platform.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.platform.supported_verify_schemes()
    }
}

/// Addresses of IPv6 stand in brackets in URLs and without them in TLS.
pub(crate) fn host_of(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}

/// For a computer that knows no authority at all.
#[derive(Debug)]
pub(crate) struct Nobody;

impl ServerCertVerifier for Nobody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Err(CertificateError::UnknownIssuer.into())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = provider().signature_verification_algorithms;
        verify_tls12_signature(message, cert, dss, &algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = provider().signature_verification_algorithms;
        verify_tls13_signature(message, cert, dss, &algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        provider()
            .signature_verification_algorithms
            .supported_schemes()
    }
}
