//! Everything a request needs.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

use crate::{
    account::{AccountError, Accounts},
    changes::Changes,
    config::Settings,
    edge::Edge,
    metrics::Metrics,
    storage::Storage,
};

pub struct App<S> {
    pub(crate) storage: Arc<S>,
    pub(crate) accounts: Accounts<S>,
    pub(crate) changes: Arc<Changes>,
    pub(crate) metrics: Metrics,
    pub(crate) settings: Settings,
    pub(crate) edge: Edge,
}

impl<S: Storage> App<S> {
    pub async fn new(
        storage: S,
        edge: Edge,
        settings: Settings,
    ) -> Result<Arc<Self>, AccountError> {
        let storage = Arc::new(storage);
        let accounts = Accounts::new(Arc::clone(&storage), edge.clone(), settings).await?;
        Ok(Arc::new(Self {
            storage,
            accounts,
            changes: Arc::default(),
            metrics: Metrics::default(),
            settings,
            edge,
        }))
    }

    /// Starts what goes on beside requests, until `stop` is true: expired sessions are swept,
    /// other nodes are listened to, and open event streams end with the server.
    pub fn run_beside(self: &Arc<Self>, sweep_every: Duration, mut stop: watch::Receiver<bool>) {
        let app = Arc::clone(self);
        tokio::spawn(async move {
            tokio::select! {
                () = app.sweep(sweep_every) => {}
                () = app.storage.hear_others(Arc::clone(&app.changes)) => {}
                _ = stop.wait_for(|stop| *stop) => {}
            }
            app.changes.close();
        });
    }

    async fn sweep(&self, every: Duration) {
        let mut times = tokio::time::interval(every);
        loop {
            times.tick().await;
            if let Err(error) = self.storage.sweep_sessions(self.edge.now()).await {
                tracing::warn!(%error, "expired sessions could not be swept");
            }
        }
    }
}
