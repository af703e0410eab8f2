//! Everything a request needs.

use std::sync::Arc;

use crate::{
    account::{AccountError, Accounts},
    changes::Changes,
    config::{Limits, Registration},
    edge::Edge,
    metrics::Metrics,
    storage::Storage,
};

pub struct App<S> {
    pub(crate) storage: Arc<S>,
    pub(crate) accounts: Accounts<S>,
    pub(crate) changes: Changes,
    pub(crate) metrics: Metrics,
    pub(crate) limits: Limits,
    pub(crate) edge: Edge,
    pub(crate) trusted_proxies: usize,
}

impl<S: Storage> App<S> {
    pub async fn new(
        storage: S,
        edge: Edge,
        registration: Registration,
        limits: Limits,
        trusted_proxies: usize,
    ) -> Result<Arc<Self>, AccountError> {
        let storage = Arc::new(storage);
        let accounts = Accounts::new(Arc::clone(&storage), edge.clone(), registration).await?;
        Ok(Arc::new(Self {
            storage,
            accounts,
            changes: Changes::default(),
            metrics: Metrics::default(),
            limits,
            edge,
            trusted_proxies,
        }))
    }
}
