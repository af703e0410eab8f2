//! The life of sync: off, connecting, receiving and sending, staying in step, and what is done
//! when that fails. `life` alone owns the connection; everybody else gives it orders and reads the
//! board.
//!
//! It never decides about notes: what is merged, kept or asked is settled below, in `sync`,
//! `couch` and `store`.

mod activity;
mod board;
mod conversion;
mod examined;
mod fault;
mod hosted;
mod life;
mod link;
mod network;
mod passwords;
mod pictures;
mod proxy;
mod pulse;
mod refused;
mod remote;
mod session;
mod settings;
mod setup;
mod sides;
mod stuck;
mod target;
mod told;
mod trouble;
mod vault;

use std::sync::{Arc, Mutex, PoisonError};

use sheaf_ipc::{ApiError, ErrorCode, Event, SyncRound, SyncStatus};
use sheaf_store::{Changed, Store, StoreError};
use tokio::{
    sync::{Mutex as AsyncMutex, Notify, broadcast, mpsc, oneshot},
    task::JoinSet,
};

use crate::{
    Logs, SecretStoreChoice,
    config::{self, SyncConfig},
    convert,
    secrets::Secrets,
    surroundings::Surroundings,
};
use board::Board;
pub(crate) use conversion::Record as ConversionRecord;
use life::{Given, Order};
pub(crate) use link::open_setup_link;
use network::Network;
use passwords::Passwords;
pub(crate) use refused::Refusals;
pub(crate) use target::{Target, of_form as target_of_form, parse_address};
pub(crate) use trouble::as_api_error as trouble_of;

/// Orders that may wait; each is handled within milliseconds.
const INBOX: usize = 16;

/// The handle to the sync worker.
pub(crate) struct Worker {
    shared: Arc<Shared>,
    /// What sync is set to; held while it is being changed, so that two changes do not mix.
    config: AsyncMutex<SyncConfig>,
    orders: mpsc::Sender<Given>,
    tasks: Mutex<JoinSet<()>>,
    conversion: conversion::Desk,
}

/// What the worker's tasks share.
struct Shared {
    store: Store,
    surroundings: Surroundings,
    passwords: Arc<Passwords>,
    network: Network,
    /// The conversation with an account, when that is the target.
    hosted: hosted::Line,
    board: Board,
    /// An edit that a remote does not have yet was committed.
    edited: Notify,
    /// The same, when the person has paused typing: the live session sends now.
    local_changes: Notify,
    /// Counts may have changed.
    recount: Notify,
    /// Documents of the remote that a person asked to be tried once more.
    look_again: Mutex<Vec<String>>,
}

impl Shared {
    /// What a person asked to be tried once more, once.
    fn take_look_again(&self) -> Vec<String> {
        let mut asked = self
            .look_again
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *asked)
    }
}

impl Worker {
    pub(crate) fn new(
        store: Store,
        surroundings: Surroundings,
        secrets: Secrets,
        logs: Logs,
        events: broadcast::Sender<Event>,
        secret_store: Option<SecretStoreChoice>,
        network: sheaf_net::Options,
    ) -> Arc<Self> {
        let shared = Arc::new(Shared {
            store,
            board: Board::new(events, surroundings.clone()),
            surroundings,
            passwords: Arc::new(Passwords::new(secrets, logs, secret_store)),
            hosted: hosted::Line::default(),
            network: Network::new(network),
            edited: Notify::new(),
            local_changes: Notify::new(),
            recount: Notify::new(),
            look_again: Mutex::default(),
        });
        let (orders, inbox) = mpsc::channel(INBOX);
        life::start(shared.clone(), inbox);
        let mut tasks = JoinSet::new();
        tasks.spawn(pulse::debounce(shared.clone()));
        tasks.spawn(pulse::keep_counting(shared.clone()));
        Arc::new(Self {
            shared,
            config: AsyncMutex::default(),
            orders,
            tasks: Mutex::new(tasks),
            conversion: conversion::Desk::default(),
        })
    }

    /// Reads what sync is set to and puts it into force.
    pub(crate) async fn start(&self, live: bool) -> Result<(), StoreError> {
        let mut config = self.config.lock().await;
        *config = config::sync(&self.shared.store).await?;
        let ways = config::ways(&self.shared.store).await?;
        self.shared.passwords.set_choice(config.secret_store);
        let password = self.shared.proxy_password(&ways).await;
        self.shared.network.set_ways(ways, password);
        self.recall_conversion().await;
        let target = settings::in_force(&config);
        let last_success = match &target {
            Some(target) => network::last_success(&self.shared.store, &target.id()).await?,
            None => None,
        };
        let paused = config.paused;
        if live {
            self.order(Order::GoLive).await;
        }
        self.order(Order::Target {
            target,
            last_success,
            paused,
        })
        .await;
        Ok(())
    }

    pub(crate) async fn go_live(&self) {
        self.order(Order::GoLive).await;
    }

    /// A commit of the store.
    pub(crate) fn committed(&self, changed: &Changed) {
        if changed.journal {
            self.shared.edited.notify_one();
        }
        if changed.journal || changed.sidebar || changed.activity {
            self.shared.recount.notify_one();
        }
    }

    /// Commits were missed; assume the worst.
    pub(crate) fn edited(&self) {
        self.shared.edited.notify_one();
        self.shared.recount.notify_one();
    }

    /// The network may be back.
    pub(crate) fn wake(&self) {
        // A full inbox means that the worker is about to act anyway.
        let (obeyed, _) = oneshot::channel();
        let _ = self.orders.try_send(Given {
            order: Order::Wake,
            obeyed,
        });
    }

    pub(crate) async fn status(&self) -> Result<SyncStatus, ApiError> {
        pulse::count(&self.shared).await?;
        Ok(self.shared.board.current())
    }

    pub(crate) async fn now(&self) -> Result<SyncRound, ApiError> {
        self.unless_converting()?;
        let (answer, answered) = oneshot::channel();
        self.order(Order::Now(answer)).await;
        let stopped = |_| ApiError::new(ErrorCode::Cancelled);
        let round = answered.await.map_err(stopped)?;
        pulse::count(&self.shared).await?;
        round
    }

    pub(crate) async fn pause(&self) -> Result<(), ApiError> {
        self.set_paused(true).await
    }

    pub(crate) async fn resume(&self) -> Result<(), ApiError> {
        self.set_paused(false).await
    }

    async fn set_paused(&self, paused: bool) -> Result<(), ApiError> {
        let mut config = self.config.lock().await;
        if config.target == config::Target::Off {
            return Err(ApiError::new(ErrorCode::SyncOff));
        }
        config.paused = paused;
        config::save_sync(&self.shared.store, &config)
            .await
            .map_err(convert::store_error)?;
        self.order(Order::Pause(paused)).await;
        Ok(())
    }

    /// Sends what is waiting if that is quick, then ends everything.
    pub(crate) async fn shutdown(&self) {
        self.stop_conversion().await;
        self.order(Order::Stop).await;
        self.tasks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .abort_all();
    }

    /// Answers when the order is in force.
    async fn order(&self, order: Order) {
        let (obeyed, done) = oneshot::channel();
        // The worker only ends with the engine; orders after that have no one to carry them out.
        if self.orders.send(Given { order, obeyed }).await.is_ok() {
            let _ = done.await;
        }
    }
}
