//! The engine itself: what it is made of, how it opens and how it ends.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use sheaf_ipc::Event;
use sheaf_model::Millis;
use sheaf_store::{OpenError, Store, StoreError};
use sheaf_sync::Environment as _;
use tokio::{
    sync::broadcast,
    task::{AbortHandle, JoinSet},
};

use crate::{
    DiagnosisPatience, Directories, EngineOptions, Logs, config,
    diagnosis::Desk,
    events::{self, Events},
    first_run, history, private,
    secrets::Secrets,
    socket::{self, Serving, SocketError},
    surroundings::Surroundings,
    visit::Visit,
    worker::Worker,
};

/// Second starts a window may be behind with; more are the same wish again.
const VISITS: usize = 16;

/// Sheaf without a face. Cheap to clone; all clones are the same engine.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    directories: Directories,
    surroundings: Surroundings,
    events: broadcast::Sender<Event>,
    logs: Logs,
    worker: Arc<Worker>,
    desk: Desk,
    patience: DiagnosisPatience,
    serving: Mutex<Option<Serving>>,
    visits: broadcast::Sender<Visit>,
    listening: AbortHandle,
    /// Dropped with the engine, and everything it runs with it.
    _tasks: JoinSet<()>,
}

/// Why the notes cannot be opened. Nothing was changed in any case.
#[derive(Debug, thiserror::Error)]
pub enum OpenEngineError {
    #[error("the data directory cannot be created")]
    Directory(#[source] std::io::Error),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("the notes were opened but cannot be read")]
    Read(#[from] StoreError),
}

impl Engine {
    /// Opens the notes of a data directory, creating it when missing, and starts what runs beside
    /// them. Must be called inside a Tokio runtime, which then carries the engine's tasks.
    pub async fn open(options: EngineOptions) -> Result<Self, OpenEngineError> {
        let EngineOptions {
            directories,
            clock,
            random,
            logs,
            network,
            patience,
            ..
        } = options;
        private::create_dir(&directories.data).map_err(OpenEngineError::Directory)?;
        let surroundings = Surroundings::new(clock, random);
        let store = open_store(&directories.data, &surroundings).await?;
        logs.set_verbose(config::preferences(&store).await?.verbose_logging);
        if options.first_run_notes {
            first_run::make(&store, &surroundings).await?;
        }
        let (events, _) = broadcast::channel(events::BACKLOG);
        let secrets = Secrets::new(&directories.data);
        let worker = Worker::new(
            store.clone(),
            surroundings.clone(),
            secrets,
            logs.clone(),
            events.clone(),
            options.secret_store,
            network,
        );
        let mut tasks = JoinSet::new();
        let listening = tasks.spawn(forward(store.clone(), events.clone(), worker.clone()));
        worker.start(options.live_sync).await?;
        if options.live_sync {
            tasks.spawn(sweep(store.clone(), surroundings.now()));
            tasks.spawn(history::expire_by_preference(
                store.clone(),
                surroundings.now(),
            ));
            let version = env!("CARGO_PKG_VERSION");
            tracing::info!(version, "the notes are open");
        }
        let inner = Inner {
            store,
            directories,
            surroundings,
            events,
            logs,
            worker,
            desk: Desk::default(),
            patience,
            serving: Mutex::default(),
            visits: broadcast::channel(VISITS).0,
            listening,
            _tasks: tasks,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// What happens from now on.
    pub fn subscribe(&self) -> Events {
        Events(self.inner.events.subscribe())
    }

    /// Begins to stay in step with the remote, for engines opened without `live_sync`.
    pub async fn start_sync(&self) {
        self.inner.worker.go_live().await;
    }

    /// The computer woke up or the network came back: whatever waits tries again at once.
    pub fn resumed(&self) {
        self.inner.worker.wake();
    }

    /// What second starts ask for from now on.
    pub fn visits(&self) -> broadcast::Receiver<Visit> {
        self.inner.visits.subscribe()
    }

    /// Passes a visit on to whoever draws; `false` when nobody does.
    pub(crate) fn receive(&self, visit: Visit) -> bool {
        self.inner.visits.send(visit).is_ok()
    }

    /// Lets the command line in while this engine holds the notes. The socket is closed with the
    /// engine.
    pub fn serve_socket(&self) -> Result<(), SocketError> {
        // Weakly: the engine owns what serves it.
        let weak = Arc::downgrade(&self.inner);
        let engine = move || weak.upgrade().map(|inner| Self { inner });
        let serving = socket::serve(&self.inner.directories.data, engine, &self.inner.events)?;
        *self
            .inner
            .serving
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(serving);
        Ok(())
    }

    /// Sends what is waiting if that takes less than about a second, then ends all work. Edits
    /// need no flush: they are on disk before they are acknowledged.
    pub async fn shutdown(&self) {
        self.inner
            .serving
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        self.inner.worker.shutdown().await;
        self.inner.listening.abort();
        tracing::debug!("the notes are closed");
    }

    /// Where the shell left its main window, in the shell's own form.
    pub async fn window_place(&self) -> Option<serde_json::Value> {
        config::window_place(self.store()).await.ok().flatten()
    }

    /// Keeps it for the next start. Losing a window's place is not worth a word.
    pub async fn remember_window_place(&self, place: serde_json::Value) {
        if let Err(error) = config::save_window_place(self.store(), place).await {
            tracing::debug!(%error, "the window's place was not kept");
        }
    }

    pub(crate) fn store(&self) -> &Store {
        &self.inner.store
    }

    pub(crate) fn surroundings(&self) -> &Surroundings {
        &self.inner.surroundings
    }

    pub(crate) fn now(&self) -> Millis {
        self.inner.surroundings.now()
    }

    pub(crate) fn directories(&self) -> &Directories {
        &self.inner.directories
    }

    pub(crate) fn logs(&self) -> &Logs {
        &self.inner.logs
    }

    pub(crate) fn desk(&self) -> &Desk {
        &self.inner.desk
    }

    pub(crate) fn diagnosis_patience(&self) -> &DiagnosisPatience {
        &self.inner.patience
    }

    pub(crate) fn events_sender(&self) -> broadcast::Sender<Event> {
        self.inner.events.clone()
    }

    pub(crate) fn worker(&self) -> &Arc<Worker> {
        &self.inner.worker
    }

    pub(crate) fn tell(&self, event: Event) {
        // Nobody listening is fine.
        let _ = self.inner.events.send(event);
    }
}

/// Opening may migrate or recover: file work that must not hold up the runtime.
async fn open_store(dir: &Path, surroundings: &Surroundings) -> Result<Store, OpenEngineError> {
    let (dir, clock) = (dir.to_owned(), surroundings.clock());
    let options = sheaf_store::Options {
        clock: Arc::new(move || clock.now()),
    };
    let opened = tokio::task::spawn_blocking(move || Store::open(&dir, options)).await;
    match opened {
        Ok(opened) => Ok(opened?),
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    }
}

/// Removes bytes that no note has needed for a week: long enough for an undo, for a deletion that
/// was a mistake, and for documents that are still on their way.
async fn sweep(store: Store, now: Millis) {
    const WEEK: Millis = 7 * 24 * 60 * 60 * 1000;
    match store.collect_garbage(now, WEEK).await {
        Ok(0) => {}
        Ok(files) => tracing::info!(files, "unused attachments were removed"),
        Err(error) => tracing::warn!(%error, "unused attachments stay"),
    }
}

/// The store's commits become events, and wake the sync worker when there is something to send.
async fn forward(store: Store, events: broadcast::Sender<Event>, worker: Arc<Worker>) {
    let mut commits = store.changes();
    drop(store);
    loop {
        match commits.recv().await {
            Ok(changed) => {
                worker.committed(&changed);
                for event in events::of_commit(changed) {
                    let _ = events.send(event);
                }
            }
            Err(broadcast::error::RecvError::Lagged(_)) => {
                let _ = events.send(events::everything());
                let _ = events.send(Event::SidebarChanged);
                worker.edited();
            }
            Err(broadcast::error::RecvError::Closed) => return,
        }
    }
}
