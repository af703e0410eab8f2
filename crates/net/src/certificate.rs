//! What a certificate says about itself. For explanations only: whom to trust is decided by
//! `trust`.

use std::{fmt::Write as _, net::IpAddr};

use rustls::pki_types::CertificateDer;
use sha2::{Digest as _, Sha256};
use x509_parser::{
    extensions::{GeneralName, ParsedExtension},
    oid_registry,
    prelude::{FromDer as _, X509Certificate, X509Name},
};

/// One certificate of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Common name, else organisation, else the whole name.
    pub subject: String,
    pub issuer: String,
    /// DNS names and addresses it is for.
    pub names: Vec<String>,
    /// Milliseconds since the Unix epoch.
    pub not_before: i64,
    pub not_after: i64,
    /// Of the DER form, lower-case hex.
    pub sha256: String,
    /// Subject and issuer are the same.
    pub self_signed: bool,
    pub is_authority: bool,
    /// It says where its issuer's certificate can be fetched, as public authorities' do.
    pub names_issuers_address: bool,
}

impl Certificate {
    /// `None`: not a certificate.
    pub(crate) fn read(der: &CertificateDer<'_>) -> Option<Self> {
        let (_, parsed) = X509Certificate::from_der(der).ok()?;
        let mut names = Vec::new();
        if let Ok(Some(extension)) = parsed.subject_alternative_name() {
            names.extend(
                extension
                    .value
                    .general_names
                    .iter()
                    .filter_map(general_name),
            );
        }
        let names_issuers_address = parsed.extensions().iter().any(|extension| {
            matches!(
                extension.parsed_extension(),
                ParsedExtension::AuthorityInfoAccess(access) if access
                    .accessdescs
                    .iter()
                    .any(|description| description.access_method == oid_registry::OID_PKIX_ACCESS_DESCRIPTOR_CA_ISSUERS)
            )
        });
        Some(Self {
            subject: name(parsed.subject()),
            issuer: name(parsed.issuer()),
            names,
            not_before: parsed
                .validity()
                .not_before
                .timestamp()
                .saturating_mul(1000),
            not_after: parsed.validity().not_after.timestamp().saturating_mul(1000),
            sha256: sha256(der),
            self_signed: parsed.subject() == parsed.issuer(),
            is_authority: parsed.is_ca(),
            names_issuers_address,
        })
    }
}

/// SHA-256 as lower-case hex.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

fn general_name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => match bytes.len() {
            4 => <[u8; 4]>::try_from(*bytes)
                .ok()
                .map(|b| IpAddr::from(b).to_string()),
            16 => <[u8; 16]>::try_from(*bytes)
                .ok()
                .map(|b| IpAddr::from(b).to_string()),
            _ => None,
        },
        _ => None,
    }
}

fn name(name: &X509Name<'_>) -> String {
    let organisation = name
        .iter_organization()
        .next()
        .and_then(|part| part.as_str().ok());
    let common = name
        .iter_common_name()
        .next()
        .and_then(|part| part.as_str().ok());
    match (common, organisation) {
        (Some(common), Some(organisation)) if !common.contains(organisation) => {
            format!("{common} ({organisation})")
        }
        (Some(text), _) | (None, Some(text)) => text.to_owned(),
        (None, None) => name.to_string(),
    }
}
