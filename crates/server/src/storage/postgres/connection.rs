//! How the database is reached.

use std::{sync::Arc, time::Duration};

use deadpool_postgres::{Client, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use tokio_postgres::{Config, config::SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;
use tokio_rustls::rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

use crate::{config, storage::StorageError};

/// Of one node. A node answers when its turn comes; more connections would only queue in the
/// database.
const CONNECTIONS: usize = 16;
/// Until a request is answered that the database is busy.
const PATIENCE: Duration = Duration::from_secs(10);

const SCHEMA: &str = include_str!("schema.sql");
const VERSION: i64 = 1;

pub(super) struct Connect {
    pub(super) config: Config,
    pub(super) tls: MakeRustlsConnect,
}

impl Connect {
    /// `sslrootcert=FILE` names the authority to trust instead of the system's; `sslmode` is
    /// `disable`, `prefer` or `require`, and what is encrypted is always verified.
    pub(super) fn new(at: &config::Postgres) -> Result<Self, StorageError> {
        let mut url = url::Url::parse(at.secret_url()).map_err(wrong)?;
        let (own, rest): (Vec<_>, Vec<_>) = url
            .query_pairs()
            .into_owned()
            .partition(|(name, _)| name == "sslrootcert");
        url.set_query(None);
        if !rest.is_empty() {
            url.query_pairs_mut().extend_pairs(rest);
        }
        let mut config: Config = url.as_str().parse().map_err(wrong)?;
        config
            .application_name("sheaf-server")
            .connect_timeout(PATIENCE)
            .keepalives_idle(Duration::from_mins(1));
        if !own.is_empty() && config.get_ssl_mode() == SslMode::Prefer {
            config.ssl_mode(SslMode::Require);
        }
        let authority = own.first().map(|(_, file)| file.as_str());
        Ok(Self {
            config,
            tls: MakeRustlsConnect::new(trusting(authority)?),
        })
    }

    pub(super) fn pool(&self) -> Result<Pool, StorageError> {
        let manager = Manager::from_config(
            self.config.clone(),
            self.tls.clone(),
            ManagerConfig {
                recycling_method: RecyclingMethod::Fast,
            },
        );
        Pool::builder(manager)
            .max_size(CONNECTIONS)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(PATIENCE))
            .create_timeout(Some(PATIENCE))
            .recycle_timeout(Some(PATIENCE))
            .build()
            .map_err(wrong)
    }
}

fn wrong(error: impl std::error::Error + Send + Sync + 'static) -> StorageError {
    StorageError::Failed(Box::new(error))
}

fn trusting(authority: Option<&str>) -> Result<ClientConfig, StorageError> {
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(wrong)?;
    let Some(file) = authority else {
        let verifier = rustls_platform_verifier::Verifier::new(provider).map_err(wrong)?;
        return Ok(builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth());
    };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file).map_err(wrong)? {
        roots.add(certificate.map_err(wrong)?).map_err(wrong)?;
    }
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

/// Several nodes may start at once; whoever comes second finds everything there. A database of a
/// newer version is left alone.
pub(super) async fn bring_up_to_date(client: &mut Client) -> Result<(), StorageError> {
    let tx = client.transaction().await?;
    // A number of ours: whoever holds it creates, others wait.
    tx.query("SELECT pg_advisory_xact_lock(7308604)", &[])
        .await?;
    tx.batch_execute("CREATE TABLE IF NOT EXISTS sheaf_schema (version BIGINT PRIMARY KEY)")
        .await?;
    let found: Option<i64> = tx
        .query_one("SELECT max(version) FROM sheaf_schema", &[])
        .await?
        .get(0);
    match found {
        Some(VERSION) => {}
        None => {
            tx.batch_execute(SCHEMA).await?;
            tx.execute(
                "INSERT INTO sheaf_schema (version) VALUES ($1)",
                &[&VERSION],
            )
            .await?;
        }
        Some(other) => {
            return Err(StorageError::Failed(
                format!(
                    "the database has version {other} of the tables; this program knows {VERSION}"
                )
                .into(),
            ));
        }
    }
    Ok(tx.commit().await?)
}
