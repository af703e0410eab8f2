//! What sync is set to: the one place that tells one kind of remote from another.

use std::{future::Future, pin::Pin, sync::Arc};

use sheaf_sync::{Policy, RemoteId};

use super::{
    Shared, hosted,
    session::{self, Outcome},
    target::Target,
};

#[derive(Clone)]
pub(super) enum Remote {
    Couch(Target),
    Hosted(hosted::Target),
}

pub(super) type Activity = Pin<Box<dyn Future<Output = Outcome>>>;

impl Remote {
    pub(super) fn id(&self) -> RemoteId {
        match self {
            Self::Couch(target) => target.id(),
            Self::Hosted(target) => target.id(),
        }
    }

    /// As shown anywhere.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Couch(target) => target.url.to_string(),
            Self::Hosted(target) => target.shown(),
        }
    }

    pub(super) fn is_hosted(&self) -> bool {
        matches!(self, Self::Hosted(_))
    }

    /// One complete round.
    pub(super) fn round(self, shared: Arc<Shared>, policy: Policy) -> Activity {
        match self {
            Self::Couch(target) => Box::pin(session::round(shared, target, policy)),
            Self::Hosted(target) => Box::pin(hosted::round(shared, target, policy)),
        }
    }

    /// In step until something fails.
    pub(super) fn live(self, shared: Arc<Shared>) -> Activity {
        match self {
            Self::Couch(target) => Box::pin(session::live(shared, target)),
            Self::Hosted(target) => Box::pin(hosted::live(shared, target)),
        }
    }

    /// Sends what waits, and writes down how far the remote is known.
    pub(super) async fn flush(&self, shared: &Shared) {
        match self {
            Self::Couch(_) => session::flush(shared).await,
            Self::Hosted(target) => hosted::flush(shared, target).await,
        }
    }
}
