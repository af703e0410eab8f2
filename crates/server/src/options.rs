//! Flags, environment and file, put together: a flag wins over the environment, the environment
//! over the file, the file over the default.

use std::{fmt::Write as _, net::SocketAddr, path::PathBuf};

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use sheaf_protocol::ClientVersion;
use sheaf_server::config::{Database, File, Life, Limits, Lives, Registration, Settings};

#[derive(Args, Clone)]
pub(crate) struct Options {
    /// A file with any of these settings, in TOML
    #[arg(long, env = "SHEAF_SERVER_CONFIG", global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where the database and its backups are kept [default: sheaf-server below the user's data directory]
    #[arg(long, env = "SHEAF_SERVER_DATA_DIR", global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Address and port to listen on; only this computer reaches the default [default: 127.0.0.1:3650]
    #[arg(
        long,
        env = "SHEAF_SERVER_LISTEN",
        global = true,
        value_name = "ADDR:PORT"
    )]
    listen: Option<SocketAddr>,
    /// `sqlite`, a file in the data directory, or `postgres://user:password@host/name` [default: sqlite]
    #[arg(
        long,
        env = "SHEAF_SERVER_DATABASE",
        global = true,
        value_name = "URL",
        hide_env_values = true
    )]
    database: Option<String>,
    /// Who may register [default: first-only]
    #[arg(long, env = "SHEAF_SERVER_REGISTRATION", value_enum, global = true)]
    registration: Option<Registration>,
    /// Certificate chain in PEM; with --tls-key the server speaks https
    #[arg(
        long,
        env = "SHEAF_SERVER_TLS_CERTIFICATE",
        global = true,
        value_name = "FILE"
    )]
    tls_certificate: Option<PathBuf>,
    /// The certificate's private key in PEM
    #[arg(long, env = "SHEAF_SERVER_TLS_KEY", global = true, value_name = "FILE")]
    tls_key: Option<PathBuf>,
    /// Proxies in front whose X-Forwarded-For is believed [default: 0]
    #[arg(
        long,
        env = "SHEAF_SERVER_TRUSTED_PROXIES",
        global = true,
        value_name = "N"
    )]
    trusted_proxies: Option<usize>,
    /// The least version of Sheaf that is let in, such as 1.4.0; older ones say that they need an update [default: every version that understands this server]
    #[arg(
        long,
        env = "SHEAF_SERVER_LEAST_CLIENT",
        global = true,
        value_name = "VERSION"
    )]
    least_client: Option<ClientVersion>,
    /// Megabytes an account may keep [default: no limit]
    #[arg(
        long,
        env = "SHEAF_SERVER_ACCOUNT_MB",
        global = true,
        value_name = "MB"
    )]
    account_mb: Option<u64>,
    /// How the log is written to standard error
    #[arg(
        long,
        env = "SHEAF_SERVER_LOG_FORMAT",
        value_enum,
        default_value_t,
        global = true
    )]
    pub(crate) log_format: LogFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum LogFormat {
    #[default]
    Text,
    /// One object a line
    Json,
}

/// What holds, wherever it came from.
pub(crate) struct Configuration {
    /// `None` when no home directory is known and no directory was named.
    data_dir: Option<PathBuf>,
    pub(crate) listen: SocketAddr,
    pub(crate) database: Database,
    /// Certificate and key.
    pub(crate) tls: Option<(PathBuf, PathBuf)>,
    pub(crate) settings: Settings,
}

impl Options {
    pub(crate) fn resolve(&self) -> anyhow::Result<Configuration> {
        let file = match &self.config {
            Some(path) => File::read(path)?,
            None => File::default(),
        };
        let typed = self.database.as_deref().map(str::parse).transpose()?;
        let certificate = self.tls_certificate.clone().or(file.tls_certificate);
        let key = self.tls_key.clone().or(file.tls_key);
        let tls = match (certificate, key) {
            (Some(certificate), Some(key)) => Some((certificate, key)),
            (None, None) => None,
            (Some(_), None) => bail!("a TLS certificate needs its key: --tls-key FILE"),
            (None, Some(_)) => bail!("a TLS key needs its certificate: --tls-certificate FILE"),
        };
        let lives = Lives::default();
        let limits = Limits::default();
        let mb = |given: Option<usize>, default| given.map_or(default, |mb| mb << 20);
        let account_mb = self.account_mb.or(file.limits.account_mb);
        let settings = Settings {
            registration: self.registration.or(file.registration).unwrap_or_default(),
            trusted_proxies: self.trusted_proxies.or(file.trusted_proxies).unwrap_or(0),
            least_client: self.least_client.or(file.least_client),
            lives: Lives {
                access: file.sessions.access.unwrap_or(lives.access),
                refresh: file.sessions.refresh.unwrap_or(lives.refresh),
                ephemeral: file.sessions.ephemeral.unwrap_or(lives.ephemeral),
            },
            limits: Limits {
                body_bytes: mb(file.limits.request_mb, limits.body_bytes),
                item_bytes: mb(file.limits.item_mb, limits.item_bytes),
                items: file.limits.items.unwrap_or(limits.items),
                page_bytes: file
                    .limits
                    .page_kb
                    .map_or(limits.page_bytes, |kb| kb * 1000),
                account_bytes: account_mb.map(|mb| mb << 20),
            },
        };
        if settings.lives.access.micros() > settings.lives.refresh.micros() {
            bail!("sessions.access may not be longer than sessions.refresh");
        }
        Ok(Configuration {
            data_dir: self
                .data_dir
                .clone()
                .or(file.data_dir)
                .or_else(default_data_dir),
            listen: self
                .listen
                .or(file.listen)
                .unwrap_or(SocketAddr::from(([127, 0, 0, 1], 3650))),
            database: typed.or(file.database).unwrap_or_default(),
            tls,
            settings,
        })
    }
}

impl Configuration {
    pub(crate) fn data_dir(&self) -> anyhow::Result<&std::path::Path> {
        self.data_dir
            .as_deref()
            .context("no home directory is known; name a directory with --data-dir")
    }

    /// As a file that would say the same, with secrets hidden.
    pub(crate) fn to_toml(&self) -> String {
        let mut text = String::new();
        let mut line = |name: &str, value: String| {
            // Writing into a string does not fail.
            let _ = writeln!(text, "{name} = {value}");
        };
        let quoted =
            |value: &dyn std::fmt::Display| toml::Value::from(value.to_string()).to_string();
        if let Some(dir) = &self.data_dir {
            line("data_dir", quoted(&dir.display()));
        }
        line("listen", quoted(&self.listen));
        line("database", quoted(&self.database));
        line("registration", quoted(&self.settings.registration.name()));
        line("trusted_proxies", self.settings.trusted_proxies.to_string());
        line("least_client", quoted(&self.settings.least_client()));
        if let Some((certificate, key)) = &self.tls {
            line("tls_certificate", quoted(&certificate.display()));
            line("tls_key", quoted(&key.display()));
        }
        let Lives {
            access,
            refresh,
            ephemeral,
        } = self.settings.lives;
        let life = |life: Life| quoted(&life);
        line("\n[sessions]\naccess", life(access));
        line("refresh", life(refresh));
        line("ephemeral", life(ephemeral));
        let limits = &self.settings.limits;
        let mb = |bytes: usize| (bytes >> 20).to_string();
        line("\n[limits]\nrequest_mb", mb(limits.body_bytes));
        line("item_mb", mb(limits.item_bytes));
        line("items", limits.items.to_string());
        line("page_kb", (limits.page_bytes / 1000).to_string());
        if let Some(bytes) = limits.account_bytes {
            line("account_mb", (bytes >> 20).to_string());
        }
        text
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the edge: where this account keeps its files"
)]
fn default_data_dir() -> Option<PathBuf> {
    let from = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let base = from("XDG_DATA_HOME")
        .or_else(|| from("LOCALAPPDATA"))
        .or_else(|| Some(from("HOME")?.join(".local/share")))?;
    Some(base.join("sheaf-server"))
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use crate::cli::Arguments;

    fn resolved(arguments: &[&str]) -> anyhow::Result<super::Configuration> {
        let all = std::iter::once(&"sheaf-server").chain(arguments);
        Arguments::try_parse_from(all)?.options.resolve()
    }

    #[test]
    fn a_flag_wins_over_the_file_and_the_file_over_the_default() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("server.toml");
        std::fs::write(
            &path,
            "listen = \"127.0.0.1:1\"\nregistration = \"closed\"\n",
        )
        .unwrap();
        let path = path.to_str().unwrap();
        let from_file = resolved(&["--config", path]).unwrap();
        assert_eq!(from_file.listen.port(), 1);
        let flag = resolved(&["--config", path, "--listen", "127.0.0.1:2"]).unwrap();
        assert_eq!(flag.listen.port(), 2);
        assert_eq!(flag.settings.registration.name(), "closed");
        assert_eq!(resolved(&[]).unwrap().listen.port(), 3650);
    }

    #[test]
    fn the_shown_configuration_can_be_read_back_and_hides_the_password() {
        let shown = resolved(&["--data-dir", "/x", "--database", "postgres://a:pine@b/c"])
            .unwrap()
            .to_toml();
        assert!(!shown.contains("pine"), "{shown}");
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("server.toml");
        std::fs::write(&path, &shown).unwrap();
        let again = resolved(&["--config", path.to_str().unwrap()]).unwrap();
        assert_eq!(again.to_toml(), shown);
    }

    #[test]
    fn half_of_a_key_pair_and_sessions_the_wrong_way_round_are_refused() {
        assert!(resolved(&["--tls-key", "k"]).is_err());
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("server.toml");
        std::fs::write(&path, "[sessions]\naccess = \"2d\"\nrefresh = \"1d\"\n").unwrap();
        assert!(resolved(&["--config", path.to_str().unwrap()]).is_err());
    }

    #[test]
    fn a_wrong_database_is_refused_without_repeating_its_password() {
        let Err(error) = resolved(&["--database", "mysql://a:pine@b/c"]) else {
            panic!("it was taken");
        };
        assert!(!format!("{error:#}").contains("pine"));
    }
}
