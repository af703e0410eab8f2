//! What the diagnosis needs from the worker: its subject, its way into the network, the password,
//! and the changes that a fix makes.

use std::sync::Arc;

use sheaf_couch::{Remote, Replication};
use sheaf_diagnosis::Patience;
use sheaf_ipc::{ApiError, DiagnosisSubject, ErrorCode, SecretStore};
use sheaf_net::{Client, Deadlines, Password};

use super::{Worker, network, remote, settings, target::Target};
use crate::{
    config::{self, RemoteConfig, SyncConfig, Ways},
    convert,
    diagnosis::{Examined, examined_of_request},
    surroundings::Surroundings,
};

impl Worker {
    pub(crate) async fn examined(&self, asked: &DiagnosisSubject) -> Result<Examined, ApiError> {
        let config = self.config.lock().await.clone();
        let in_force = settings::target(&config);
        let Some(mut examined) = examined_of_request(asked) else {
            return Ok(match settings::in_force(&config) {
                Some(remote::Remote::Hosted(account)) => {
                    let server = account.server.clone();
                    Examined::of_account(server, account.shown()).in_force(account.account())
                }
                Some(remote::Remote::Couch(target)) => Examined::of(target, true),
                None => Examined::nothing(),
            });
        };
        if let (Some(asked), Some(in_force)) = (&examined.target, &in_force) {
            examined.in_force =
                asked.id() == in_force.id() && asked.url.who() == in_force.url.who();
        }
        Ok(examined)
    }

    /// A client with the trust and the ways that sync has, which waits no longer than a person who
    /// watches.
    pub(crate) fn client_with(&self, patience: &Patience) -> Result<Client, ApiError> {
        let mut options = self.shared.network.options();
        options.deadlines = Deadlines {
            connect: patience.connect,
            first_byte: patience.answer,
            idle: patience.answer,
        };
        Client::new(&options).map_err(|error| {
            ApiError::new(ErrorCode::Certificate).with_detail(convert::chain(&error))
        })
    }

    pub(crate) fn secret_store_in_force(&self) -> SecretStore {
        self.shared.passwords.in_force().into()
    }

    pub(crate) async fn password_of(
        &self,
        target: &Target,
    ) -> Result<Option<Arc<Password>>, ApiError> {
        self.shared.passwords.find(target).await
    }

    /// What is remembered about a remote.
    pub(crate) async fn remote_config(&self, target: &Target) -> Result<RemoteConfig, ApiError> {
        network::remote_config(&self.shared.store, &target.id())
            .await
            .map_err(convert::store_error)
    }

    /// Changes it, for what runs too.
    pub(crate) async fn set_remote_config(
        &self,
        target: &Target,
        remote: RemoteConfig,
    ) -> Result<(), ApiError> {
        self.unless_converting()?;
        let config = self.config.lock().await;
        let value = serde_json::to_value(remote)
            .map_err(|error| ApiError::new(ErrorCode::Bug).with_detail(error.to_string()))?;
        self.shared
            .store
            .put_remote_config(&target.id(), value)
            .await
            .map_err(convert::store_error)?;
        match settings::target(&config) {
            Some(in_force) if in_force.id() == target.id() => {
                self.put_into_force(&in_force, config.paused).await
            }
            _ => Ok(()),
        }
    }

    /// The conversation with a remote, by a client and a password of the caller's.
    pub(crate) async fn conversation(
        &self,
        target: &Target,
        client: Client,
        password: Option<Arc<Password>>,
    ) -> Result<Replication<Surroundings>, ApiError> {
        let device = config::device(&self.shared.store, &self.shared.surroundings)
            .await
            .map_err(convert::store_error)?;
        let remote = Remote {
            url: target.url.clone(),
            password,
        };
        let environment = self.shared.surroundings.clone();
        let talk = Replication::new(client, remote, target.id(), &device, environment);
        Ok(match self.open_vault_of(target).await? {
            Some(open) => talk.in_vault(open.vault, open.lock),
            None => talk,
        })
    }

    pub(crate) fn ways(&self) -> Ways {
        self.shared.network.ways()
    }

    /// The same notes at another address: the password goes along, nothing is tested.
    pub(crate) async fn move_to(&self, to: &Target) -> Result<(), ApiError> {
        self.unless_converting()?;
        let mut config = self.config.lock().await;
        let from = settings::target(&config);
        if let Some(from) = &from
            && from.url.who() == to.url.who()
            && let Some(password) = self.shared.passwords.find(from).await?
        {
            self.shared.passwords.keep(to, &password).await?;
        }
        if let Some(from) = &from {
            self.carry_vault(from, to).await?;
        }
        if from.is_none_or(|from| from.id() != to.id()) {
            self.back_up().await?;
        }
        let new = SyncConfig {
            target: config::Target::Couchdb {
                fields: to.fields(),
            },
            ..config.clone()
        };
        config::save_sync(&self.shared.store, &new)
            .await
            .map_err(convert::store_error)?;
        *config = new;
        tracing::info!(remote = %to.url, "sync is set to another address");
        self.put_into_force(to, config.paused).await
    }
}
