//! The conversation as a whole: one round, or staying.

use std::sync::Arc;

use sheaf_net::{Client, Password, RemoteUrl};
use sheaf_sync::{Environment, Fault, Policy, RemoteId, Replica, Seq};
use sheaf_vault::{Lock, Vault};

use crate::{
    SyncError, Tuning,
    checkpoint::{self, Marker, Meeting},
    database::Database,
    pull::{Experience, Pull},
    push::Push,
    wire::Wire,
};

/// A database and how to sign in to it.
#[derive(Clone)]
pub struct Remote {
    pub url: RemoteUrl,
    pub password: Option<Arc<Password>>,
}

/// What a round of this conversation did.
pub type Round = sheaf_sync::Round<SyncError>;

/// How far this conversation is.
pub type Progress = sheaf_sync::Progress<SyncError>;

/// One remote of one replica. Keeps what was learned about the server between rounds. At most one
/// of its futures runs at a time.
pub struct Replication<E> {
    pub(crate) database: Database,
    pub(crate) id: RemoteId,
    pub(crate) environment: E,
    pub(crate) experience: Experience,
    pub(crate) tuning: Tuning,
    marker: Marker,
    marker_name: String,
    /// The closed key, to be put back where it is missing.
    lock: Option<Lock>,
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
            tuning: Tuning::default(),
            marker: Marker::default(),
            lock: None,
        }
    }

    /// Everything is closed with this vault's key, and nothing that is not is taken in.
    #[must_use]
    pub fn in_vault(mut self, vault: Arc<Vault>, lock: Lock) -> Self {
        self.database.in_form(Wire::in_vault(Some(vault)));
        self.lock = Some(lock);
        self
    }

    #[must_use]
    pub fn tuned(mut self, tuning: Tuning) -> Self {
        self.tuning = tuning;
        self
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
            batch_bytes: self.tuning.batch_bytes,
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
            lock: self.lock.as_ref(),
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
