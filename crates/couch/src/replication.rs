//! The conversation as a whole: one round, or staying.

use std::sync::Arc;

use sheaf_net::{Client, Password, RemoteUrl};
use sheaf_sync::{Environment, Fault, RemoteId, Replica, Seq};

use crate::{
    SyncError,
    checkpoint::{self, Marker, Meeting},
    database::Database,
    pull::{Experience, Pull},
    push::Push,
};

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

/// One remote of one replica. Keeps what was learned about the server between rounds. At most one
/// of its futures runs at a time.
pub struct Replication<E> {
    pub(crate) database: Database,
    pub(crate) id: RemoteId,
    pub(crate) environment: E,
    pub(crate) experience: Experience,
    marker: Marker,
    marker_name: String,
}

impl<E: Environment> Replication<E> {
    /// `device` names this installation, stably; it goes hashed into the name of the `_local`
    /// document that this device keeps at the remote.
    pub fn new(client: Client, remote: Remote, id: RemoteId, device: &str, environment: E) -> Self {
        Self {
            database: Database::new(client, remote),
            marker_name: checkpoint::marker_name(device, &id),
            id,
            environment,
            experience: Experience::default(),
            marker: Marker::default(),
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
        let (round, _) = self.round(replica, policy, progress).await?;
        self.flush(replica).await?;
        Ok(round)
    }

    /// A round without the writing down; with the position of the feed it reached.
    pub(crate) async fn round<R: Replica>(
        &self,
        replica: &R,
        policy: Policy,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<(Round, Option<Seq>), SyncError> {
        progress(Progress::Connecting);
        let (information, checkpoint) = self.meeting(replica).meet(policy.changed_target).await?;
        let mut round = Round::default();
        let expected = if checkpoint.pulled.is_none() {
            information.rows()
        } else {
            0
        };
        let pull = self.pull(replica, policy);
        let since = checkpoint.pulled.clone();
        let pulled = pull.catch_up(since, expected, &mut round, progress).await;
        if pulled
            .as_ref()
            .is_ok_and(|reached| *reached != checkpoint.pulled)
        {
            self.marker.checkpoint_moved();
        }
        // Documents the server withholds are no reason to keep ours from it.
        let (position, incomplete) = match pulled {
            Ok(position) => (position, None),
            Err(error @ SyncError::Incomplete { .. }) => (None, Some(error)),
            Err(error) => return Err(error),
        };
        self.push_changes(replica, information.is_empty(), &mut round, progress)
            .await?;
        match incomplete {
            Some(error) => Err(error),
            None => Ok((round, position.or(checkpoint.pulled))),
        }
    }

    /// Pushes what waits. That the remote takes nothing is noted in the round; pulling goes on.
    pub(crate) async fn push_changes<R: Replica>(
        &self,
        replica: &R,
        remote_is_empty: bool,
        round: &mut Round,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<(), SyncError> {
        let state = replica
            .remote_state(&self.id)
            .await
            .map_err(SyncError::replica)?;
        let push = Push {
            database: &self.database,
            replica,
            environment: &self.environment,
            id: &self.id,
            remote_is_empty,
        };
        let pushed = push
            .catch_up(state.checkpoint.pushed, round, progress)
            .await;
        if round.pushed > 0 {
            self.marker.checkpoint_moved();
        }
        match pushed {
            Err(error) if matches!(error.fault(), Fault::ReadOnly | Fault::QuotaExceeded) => {
                round.push_blocked = Some(error);
                Ok(())
            }
            other => other,
        }
    }

    pub(crate) fn pull<'a, R: Replica>(&'a self, replica: &'a R, policy: Policy) -> Pull<'a, R> {
        Pull {
            database: &self.database,
            replica,
            id: &self.id,
            policy,
            experience: &self.experience,
        }
    }

    pub(crate) fn meeting<'a, R: Replica>(&'a self, replica: &'a R) -> Meeting<'a, R, E> {
        Meeting {
            database: &self.database,
            replica,
            environment: &self.environment,
            id: &self.id,
            name: &self.marker_name,
            marker: &self.marker,
        }
    }

    pub(crate) fn marker(&self) -> &Marker {
        &self.marker
    }

    /// Writes down at the remote how far it is known, if that was put off. For the end of a
    /// session; losing it costs nothing but a chance to notice a restored server.
    pub async fn flush<R: Replica>(&self, replica: &R) -> Result<(), SyncError> {
        self.meeting(replica).flush().await
    }
}

impl Round {
    pub(crate) fn did_something(&self) -> bool {
        self.pulled > 0
            || self.pushed > 0
            || self.refused > 0
            || self.merged > 0
            || !self.unreadable.is_empty()
            || self.push_blocked.is_some()
    }
}
