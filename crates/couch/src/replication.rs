//! The conversation as a whole: one round, or staying.

use std::sync::{Arc, PoisonError};

use sheaf_model::Millis;
use sheaf_net::{Client, Password, RemoteUrl};
use sheaf_sync::{Environment, Fault, Policy, RemoteId, Replica, Seq};
use sheaf_vault::{Lock, Vault};

use crate::{
    SyncError, Tuning,
    checkpoint::{self, Marker, Meeting},
    database::Database,
    document::Unreadable,
    experience::Experience,
    pull::Pull,
    push::Push,
    wire::Wire,
};

/// An hour.
const ASK_AGAIN_AFTER: Millis = 3_600_000;

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
        self.exchange(replica, policy, progress).await
    }

    /// The same when the connection is nobody's news.
    pub(crate) async fn exchange<R: Replica>(
        &self,
        replica: &R,
        policy: Policy,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<(Round, Option<Seq>), SyncError> {
        let meeting = self.meeting(replica);
        let pull = self.pull(replica, policy);
        let information = meeting.greet().await?;
        let state = replica.remote_state(&self.id).await;
        let here = state.map_err(SyncError::replica)?.checkpoint.pulled;
        // Almost always it is known how far it was known; a server far away is waited for once less then.
        let (checkpoint, ahead) = tokio::try_join!(
            Box::pin(meeting.agree(&information, policy.changed_target)),
            Box::pin(pull.read_ahead(here)),
        )?;
        let mut round = Round::default();
        let since = if self.asks_again(replica).await? {
            None
        } else {
            checkpoint.pulled.clone()
        };
        let expected = if since.is_none() {
            information.rows()
        } else {
            0
        };
        let pulled = pull.catch_up(since, ahead, expected, &mut round, progress);
        let pulled = Box::pin(pulled).await;
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

    /// Whether the feed is read from its beginning: something was announced on it and not handed over until nobody waited
    /// for it any more, and is asked for again now and then. The feed alone says which revision it was to be.
    async fn asks_again<R: Replica>(&self, replica: &R) -> Result<bool, SyncError> {
        let now = self.environment.now();
        {
            let asked = &self.experience.asked_again;
            let asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
            let recently = |at: Millis| (0..ASK_AGAIN_AFTER).contains(&(now - at));
            if asked.is_some_and(recently) {
                return Ok(false);
            }
        }
        let left_out = replica.left_out(&self.id).await;
        let withheld = Unreadable::Withheld.to_string();
        let mut left_out = left_out.map_err(SyncError::replica)?.into_iter();
        if !left_out.any(|held| held.reason == withheld) {
            return Ok(false);
        }
        let asked = &self.experience.asked_again;
        *asked.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
        Ok(true)
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
        let pushed = match pushed {
            Ok(()) => {
                let joining = std::mem::take(&mut *self.experience.joining());
                let names = joining.iter();
                let names = names.map(|one| (one.id.clone(), one.revision.clone()));
                let names = names.collect();
                push.join(joining)
                    .await
                    .map(|()| self.experience.have_joined(names))
            }
            Err(error) => Err(error),
        };
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

    /// Asks once more for documents that could not be taken in, as a person wished.
    pub async fn look_again<R: Replica>(
        &self,
        replica: &R,
        ids: &[String],
    ) -> Result<Round, SyncError> {
        let mut round = Round::default();
        let quiet = |_| {};
        self.pull(replica, Policy::default())
            .look_again(ids, &mut round, &quiet)
            .await?;
        Ok(round)
    }

    pub(crate) fn pull<'a, R: Replica>(&'a self, replica: &'a R, policy: Policy) -> Pull<'a, R, E> {
        Pull {
            meeting: self.meeting(replica),
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
