//! A certificate authority that nobody knows until told, as a family or a company has one.

use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::TempDir;

pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: TempDir,
}

/// Files as a web server wants them.
pub struct ServerCertificate {
    pub chain: PathBuf,
    pub key: PathBuf,
}

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::new(Vec::<String>::new()).expect("no names at all");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key can be made");
        let issuer = CertifiedIssuer::self_signed(params, key).expect("it signs itself");
        let folder = TempDir::with_prefix("sheaf-ca-").expect("a temporary folder can be made");
        std::fs::write(folder.path().join("ca.pem"), issuer.pem()).expect("the folder is ours");
        Self { issuer, folder }
    }

    /// Its own certificate, to be trusted.
    pub fn file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// A certificate for `host`, a name or an address.
    pub fn certify(&self, host: &str) -> ServerCertificate {
        let params = CertificateParams::new(vec![host.to_owned()]).expect("a host's name");
        let key = KeyPair::generate().expect("a key can be made");
        let certificate = params.signed_by(&key, &self.issuer).expect("it can sign");
        let write = |name: &str, text: String| -> PathBuf {
            let path: &Path = self.folder.path();
            let path = path.join(name);
            std::fs::write(&path, text).expect("the folder is ours");
            path
        };
        let chain = certificate.pem() + &self.issuer.pem();
        ServerCertificate {
            chain: write("fullchain.pem", chain),
            key: write("privkey.pem", key.serialize_pem()),
        }
    }
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}
