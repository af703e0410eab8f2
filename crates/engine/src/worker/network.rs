//! What is known about the connection and kept between sessions.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use sheaf_couch::{Remote, Replication, Tuning};
use sheaf_ipc::ErrorCode;
use sheaf_model::Millis;
use sheaf_net::{Client, ClientError, Options, Password};
use sheaf_store::{Store, StoreError};
use sheaf_sync::RemoteId;
use tokio::sync::{AcquireError, Semaphore, SemaphorePermit};

use super::{Shared, proxy, refused, target::Target, trouble::Trouble, vault};
use crate::{
    config::{self, RemoteConfig, Ways},
    convert,
    surroundings::Surroundings,
};

pub(super) type Couch = Replication<Surroundings>;

/// What is known about the connection and worth keeping between sessions.
pub(super) struct Network {
    /// What this computer says, without the person's own settings.
    given: Options,
    ways: Mutex<Ways>,
    /// For the proxy that the ways name.
    proxy_password: Mutex<Option<Arc<Password>>>,
    client: Mutex<Option<Client>>,
    remote: Mutex<Option<RemoteId>>,
    replication: Mutex<Option<Arc<Couch>>>,
    /// Pictures of notes take turns: one with a thousand of them leaves room for sync.
    pictures: Semaphore,
}

/// Pictures fetched at once, as browsers do from one host.
const PICTURES_AT_ONCE: usize = 6;

impl Network {
    pub(super) fn new(given: Options) -> Self {
        Self {
            given,
            ways: Mutex::default(),
            proxy_password: Mutex::default(),
            client: Mutex::default(),
            remote: Mutex::default(),
            replication: Mutex::default(),
            pictures: Semaphore::new(PICTURES_AT_ONCE),
        }
    }

    pub(super) fn ways(&self) -> Ways {
        self.ways
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Connections made from now on follow these settings.
    pub(super) fn set_ways(&self, ways: Ways, proxy_password: Option<Arc<Password>>) {
        let mut kept = self.proxy_password.lock();
        **kept.as_mut().unwrap_or_else(|error| error.get_mut()) = proxy_password;
        drop(kept);
        *self.ways.lock().unwrap_or_else(PoisonError::into_inner) = ways;
        *self.client.lock().unwrap_or_else(PoisonError::into_inner) = None;
        *self
            .replication
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// How a client is set up now.
    pub(super) fn options(&self) -> Options {
        let Ways {
            pins,
            without_proxy,
            ipv4_only,
            proxy,
        } = self.ways();
        let mut options = self.given.clone();
        options
            .pins
            .extend(pins.into_iter().map(|pin| sheaf_net::Pin {
                host: pin.host,
                sha256: pin.sha256,
            }));
        options.without_proxy.extend(without_proxy);
        options.ipv4_only.extend(ipv4_only);
        let password = self.proxy_password.lock();
        let password = password.unwrap_or_else(PoisonError::into_inner).clone();
        options.proxy = proxy::choice(&proxy, password);
        options
    }

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
            None => Ok(client.insert(Client::new(&self.options())?).clone()),
        }
    }

    pub(super) async fn turn_for_a_picture(&self) -> Result<SemaphorePermit<'_>, AcquireError> {
        self.pictures.acquire().await
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
    refused::check(shared, &target.id()).await?;
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
    let config = remote_config(&shared.store, &target.id())
        .await
        .map_err(|error| Trouble::here(convert::store_code(&error), convert::chain(&error)))?;
    let open = vault::of(shared, target)
        .await
        .map_err(|error| Trouble::here(error.code, error.detail.unwrap_or_default()))?;
    let replication = Replication::new(client, remote, target.id(), &device, environment);
    let replication = match open {
        Some(open) => replication.in_vault(open.vault, open.lock),
        None => replication,
    };
    let replication = Arc::new(
        replication.tuned(Tuning {
            batch_bytes: config.batch_bytes,
            ask_every: config
                .ask_every
                .map(|seconds| Duration::from_secs(seconds.into())),
        }),
    );
    shared.network.keep(replication.clone());
    Ok(replication)
}

/// What is remembered about a remote; the default when that is of another version.
pub(super) async fn remote_config(
    store: &Store,
    remote: &RemoteId,
) -> Result<RemoteConfig, StoreError> {
    let config = store.remote_config(remote).await?;
    Ok(config
        .and_then(|value| serde_json::from_value(value).ok())
        .unwrap_or_default())
}

pub(super) async fn remember(
    store: &Store,
    remote: &RemoteId,
    change: impl FnOnce(&mut RemoteConfig),
) -> Result<(), StoreError> {
    let before = remote_config(store, remote).await?;
    let mut config = before.clone();
    change(&mut config);
    if config == before {
        return Ok(());
    }
    store
        .put_remote_config(remote, serde_json::to_value(config)?)
        .await
}

pub(super) async fn last_success(
    store: &Store,
    remote: &RemoteId,
) -> Result<Option<Millis>, StoreError> {
    Ok(remote_config(store, remote).await?.last_success)
}

pub(super) async fn remember_success(
    store: &Store,
    remote: &RemoteId,
    at: Millis,
) -> Result<(), StoreError> {
    remember(store, remote, |config| {
        config.last_success = Some(at);
        config.refusals = config.refusals.unless_older_than(at);
    })
    .await
}
