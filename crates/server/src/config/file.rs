//! The configuration file, in TOML. Its names are those of the flags.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Deserializer, de::Error as _};
use sheaf_protocol::ClientVersion;

use super::{Database, Life, Registration};

/// Everything is optional; a name that is not known is an error, so that a typing mistake is not
/// taken for a default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    pub data_dir: Option<PathBuf>,
    pub listen: Option<SocketAddr>,
    pub database: Option<Database>,
    pub registration: Option<Registration>,
    pub trusted_proxies: Option<usize>,
    #[serde(default, deserialize_with = "version")]
    pub least_client: Option<ClientVersion>,
    pub tls_certificate: Option<PathBuf>,
    pub tls_key: Option<PathBuf>,
    #[serde(default)]
    pub sessions: SessionsFile,
    #[serde(default)]
    pub limits: LimitsFile,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionsFile {
    pub access: Option<Life>,
    pub refresh: Option<Life>,
    pub ephemeral: Option<Life>,
}

/// Whole megabytes, but for the number of items and the size of a page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitsFile {
    pub account_mb: Option<u64>,
    pub request_mb: Option<usize>,
    pub item_mb: Option<usize>,
    pub items: Option<usize>,
    pub page_kb: Option<usize>,
}

fn version<'de, D: Deserializer<'de>>(given: D) -> Result<Option<ClientVersion>, D::Error> {
    let text = String::deserialize(given)?;
    text.parse().map(Some).map_err(D::Error::custom)
}

#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("the configuration {path} cannot be read")]
    Read {
        path: PathBuf,
        source: std::io::Error,
    },
    /// Names the line and what is wrong with it, never a value.
    #[error("the configuration {path} is wrong in line {line}: {what}")]
    Content {
        path: PathBuf,
        line: usize,
        what: String,
    },
}

impl File {
    pub fn read(path: &Path) -> Result<Self, FileError> {
        let text = std::fs::read_to_string(path).map_err(|source| FileError::Read {
            path: path.to_owned(),
            source,
        })?;
        toml::from_str(&text).map_err(|error| FileError::Content {
            path: path.to_owned(),
            line: error
                .span()
                .and_then(|span| text.get(..span.start))
                .map_or(1, |before| before.matches('\n').count() + 1),
            what: error.message().to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<File, FileError> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("server.toml");
        std::fs::write(&path, text).unwrap();
        File::read(&path)
    }

    #[test]
    fn a_file_with_everything_is_read() {
        let file = read(
            "data_dir = \"/var/lib/sheaf\"\nlisten = \"[::1]:80\"\ndatabase = \"postgres://a:b@c/d\"\n\
             registration = \"invite\"\ntrusted_proxies = 1\nleast_client = \"1.4\"\ntls_certificate = \"c\"\ntls_key = \"k\"\n\
             [sessions]\naccess = \"1d\"\nrefresh = \"30d\"\nephemeral = \"1h\"\n\
             [limits]\naccount_mb = 1\nrequest_mb = 2\nitem_mb = 3\nitems = 4\npage_kb = 5\n",
        )
        .unwrap();
        assert_eq!(file.registration, Some(Registration::Invite));
        assert_eq!(file.sessions.refresh, Some(Life::days(30)));
        assert_eq!(file.limits.items, Some(4));
        assert_eq!(file.least_client, Some(ClientVersion::new(1, 4, 0)));
    }

    #[test]
    fn a_mistake_is_named_with_its_line_and_no_value_is_quoted() {
        let unknown = read("listen = \"127.0.0.1:1\"\nregistratoin = \"open\"\n").unwrap_err();
        let told = unknown.to_string();
        assert!(
            told.contains("line 2") && told.contains("registratoin"),
            "{told}"
        );
        let secret = read("database = \"mysql://a:pine@b/c\"").unwrap_err();
        assert!(!secret.to_string().contains("pine"), "{secret}");
    }
}
