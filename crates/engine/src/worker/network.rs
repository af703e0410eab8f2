//! What is known about the connection and kept between sessions.

use std::sync::{Arc, Mutex, PoisonError};

use sheaf_couch::{Remote, Replication};
use sheaf_ipc::ErrorCode;
use sheaf_model::Millis;
use sheaf_net::{Client, ClientError, Options};
use sheaf_store::{Store, StoreError};
use sheaf_sync::RemoteId;

use super::{Shared, target::Target, trouble::Trouble};
use crate::{
    config::{self, RemoteConfig},
    convert,
    surroundings::Surroundings,
};

pub(super) type Couch = Replication<Surroundings>;

/// What is known about the connection and worth keeping between sessions.
#[derive(Default)]
pub(super) struct Network {
    client: Mutex<Option<Client>>,
    remote: Mutex<Option<RemoteId>>,
    replication: Mutex<Option<Arc<Couch>>>,
}

impl Network {
    pub(super) fn remote(&self) -> Option<RemoteId> {
        self.remote
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Another target, or another password.
    pub(super) fn forget(&self, remote: Option<RemoteId>) {
        *self.remote.lock().unwrap_or_else(PoisonError::into_inner) = remote;
        *self
            .replication
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// The one HTTP client; made when it is first needed, because it reads the system's
    /// certificates.
    pub(super) fn client(&self) -> Result<Client, ClientError> {
        let mut client = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        match &*client {
            Some(client) => Ok(client.clone()),
            None => Ok(client.insert(Client::new(&Options::default())?).clone()),
        }
    }

    pub(super) fn known(&self) -> Option<Arc<Couch>> {
        self.replication
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn keep(&self, replication: Arc<Couch>) {
        *self
            .replication
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(replication);
    }
}

/// The conversation with the target; begun anew only after the target or its password changed.
pub(super) async fn connect(shared: &Shared, target: &Target) -> Result<Arc<Couch>, Trouble> {
    if let Some(known) = shared.network.known() {
        return Ok(known);
    }
    let password = shared
        .passwords
        .of(target)
        .await
        .map_err(|error| Trouble::here(error.code, error.detail.unwrap_or_default()))?;
    let client = shared
        .network
        .client()
        .map_err(|error| Trouble::here(ErrorCode::Certificate, convert::chain(&error)))?;
    let device = config::device(&shared.store, &shared.surroundings)
        .await
        .map_err(|error| Trouble::here(convert::store_code(&error), convert::chain(&error)))?;
    let remote = Remote {
        url: target.url.clone(),
        password,
    };
    let environment = shared.surroundings.clone();
    let replication = Arc::new(Replication::new(
        client,
        remote,
        target.id(),
        &device,
        environment,
    ));
    shared.network.keep(replication.clone());
    Ok(replication)
}

pub(super) async fn last_success(
    store: &Store,
    remote: &RemoteId,
) -> Result<Option<Millis>, StoreError> {
    let config = store.remote_config(remote).await?;
    let config: RemoteConfig = config
        .and_then(|value| serde_json::from_value(value).ok())
        .unwrap_or_default();
    Ok(config.last_success)
}

pub(super) async fn remember_success(
    store: &Store,
    remote: &RemoteId,
    at: Millis,
) -> Result<(), StoreError> {
    let config = RemoteConfig {
        last_success: Some(at),
    };
    store
        .put_remote_config(remote, serde_json::to_value(config)?)
        .await
}
