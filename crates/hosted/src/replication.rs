//! The conversation as a whole: one round, or staying.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use sheaf_model::{DocId, Millis};
use sheaf_sync::{
    ChangedTarget, Environment, Fault, Identity, Policy, RecordReplica, RemoteId, step,
};

use crate::{
    Credentials, HostedError, Service, Vault,
    call::Position,
    keychain::Keychain,
    names::Account,
    pull::Pull,
    push::Push,
    seen::{self, RENAMED},
};

/// What a round of this conversation did.
pub type Round = sheaf_sync::Round<HostedError>;

/// How far this conversation is.
pub type Progress = sheaf_sync::Progress<HostedError>;

/// How this device takes part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Names this installation, stably.
    pub device: String,
    /// How many items are opened at once.
    pub cores: usize,
    /// Hide the sizes of notes by filling them up to a few steps.
    pub pad: bool,
}

/// One account and one replica. At most one of its futures runs at a time.
pub struct Replication<E, V> {
    pub(crate) service: Service,
    pub(crate) vault: V,
    pub(crate) environment: E,
    pub(crate) id: RemoteId,
    pub(crate) options: Options,
    pub(crate) account: Account,
    pub(crate) credentials: Mutex<Credentials>,
    pub(crate) renewing: tokio::sync::Mutex<()>,
    pub(crate) keys: Mutex<Option<Arc<Keychain>>>,
    pub(crate) memory: Mutex<Memory>,
}

/// What is worth knowing from one round to the next, and cheap to learn again.
#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) renamed: HashMap<DocId, String>,
    /// The first round after a start tells everything that is held back; later ones what is new.
    pub(crate) told_all: bool,
    /// A person asked that what cannot be opened be tried once more.
    pub(crate) look_again: bool,
    /// When all items were last compared with the server's.
    pub(crate) compared_at: Option<Millis>,
    /// What cannot be opened and was asked for once more.
    pub(crate) asked_for: HashSet<String>,
    /// When large folders were last written.
    pub(crate) folders_at: Option<Millis>,
    pub(crate) manifest_at: Option<Millis>,
    /// The list of this device may not be what it was when it was written.
    pub(crate) manifest_due: bool,
    /// Lists of other devices, or deletions, that were not looked at.
    pub(crate) lists_changed: bool,
}

/// Names a remote: an account at a place.
pub fn remote_id(server: &sheaf_net::Server, email: &str) -> RemoteId {
    RemoteId(format!("{server}#{}", crate::normal_email(email)))
}

impl<E: Environment, V: Vault> Replication<E, V> {
    pub fn new(
        service: Service,
        credentials: Credentials,
        vault: V,
        options: Options,
        environment: E,
    ) -> Self {
        Self {
            id: remote_id(service.server(), &credentials.email),
            account: Account::new(&credentials.user),
            service,
            vault,
            environment,
            options,
            credentials: Mutex::new(credentials),
            renewing: tokio::sync::Mutex::default(),
            keys: Mutex::default(),
            memory: Mutex::new(Memory {
                manifest_due: true,
                lists_changed: true,
                ..Memory::default()
            }),
        }
    }

    pub fn service(&self) -> &Service {
        &self.service
    }

    /// The account as it is kept now, tokens renewed.
    pub fn signed_in(&self) -> Credentials {
        self.credentials()
    }

    /// With the next round, what could not be opened is tried once more.
    pub fn look_again(&self) {
        self.memory().look_again = true;
    }

    /// Pulls everything, then pushes everything.
    ///
    /// Dropping the future cancels at once; what was done stays done and is not done again.
    pub async fn run_once<R: RecordReplica>(
        &self,
        replica: &R,
        policy: Policy,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Round, HostedError> {
        progress(Progress::Connecting);
        let mut round = Round::default();
        self.round(replica, policy, &mut round, progress).await?;
        Ok(round)
    }

    pub(crate) async fn round<R: RecordReplica>(
        &self,
        replica: &R,
        policy: Policy,
        round: &mut Round,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<(), HostedError> {
        self.meet(replica, policy.changed_target).await?;
        self.load(replica).await?;
        step::reached("meeting: over");
        self.pull(replica, policy, progress).catch_up(round).await?;
        self.settle_keys(replica).await?;
        step::reached("keys: settled");
        self.push_changes(replica, round, progress).await?;
        self.compare(replica, round, progress).await?;
        step::reached("items: compared");
        self.write_manifest(replica).await
    }

    /// Pushes what waits. That the server takes nothing is noted in the round; pulling goes on.
    pub(crate) async fn push_changes<R: RecordReplica>(
        &self,
        replica: &R,
        round: &mut Round,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<(), HostedError> {
        let push = Push {
            talk: self,
            replica,
            progress,
        };
        match push.catch_up(round).await {
            Err(error) if matches!(error.fault(), Fault::ReadOnly | Fault::QuotaExceeded) => {
                round.push_blocked = Some(error);
                Ok(())
            }
            other => other,
        }
    }

    pub(crate) fn pull<'a, R: RecordReplica>(
        &'a self,
        replica: &'a R,
        policy: Policy,
        progress: &'a (dyn Fn(Progress) + Sync),
    ) -> Pull<'a, R, E, V> {
        Pull {
            talk: self,
            replica,
            policy,
            progress,
        }
    }

    /// The same account as before?
    async fn meet<R: RecordReplica>(
        &self,
        replica: &R,
        changed: ChangedTarget,
    ) -> Result<(), HostedError> {
        let state = replica
            .remote_state(&self.id)
            .await
            .map_err(HostedError::replica)?;
        let user = self.credentials().user;
        let known = state.identity.and_then(|identity| identity.marker);
        let forget = match known {
            Some(known) if known == user => return Ok(()),
            Some(_) if changed == ChangedTarget::Ask => {
                return Err(HostedError::TargetChanged {
                    remote_documents: 0,
                });
            }
            Some(_) => true,
            None => false,
        };
        let identity = Identity {
            marker: Some(user),
            instance: None,
        };
        replica
            .set_identity(&self.id, identity, forget)
            .await
            .map_err(HostedError::replica)
    }

    /// Reads what earlier sessions have learned.
    pub(crate) async fn load<R: RecordReplica>(&self, replica: &R) -> Result<(), HostedError> {
        if self.keychain_now().is_some() {
            return Ok(());
        }
        let renamed = replica
            .records_with_prefix(&self.id, RENAMED)
            .await
            .map_err(HostedError::replica)?;
        self.memory().renamed = renamed
            .iter()
            .filter_map(|record| {
                let id = DocId::parse(seen::name(record, RENAMED)).ok()?;
                Some((id, seen::parse(record)?))
            })
            .collect();
        self.load_keys(replica).await
    }

    pub(crate) async fn position<R: RecordReplica>(
        &self,
        replica: &R,
    ) -> Result<Position, HostedError> {
        let state = replica
            .remote_state(&self.id)
            .await
            .map_err(HostedError::replica)?;
        Ok(Position::of(state.checkpoint.pulled.as_ref()))
    }

    pub(crate) fn memory(&self) -> std::sync::MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The item of a document, whatever its name is.
    pub(crate) fn item_of(&self, id: &DocId) -> String {
        let renamed = self.memory().renamed.get(id).cloned();
        renamed.unwrap_or_else(|| self.account.item(id))
    }

    /// Ends a session of staying. Nothing is put off that would be lost.
    pub async fn flush<R: RecordReplica>(&self, replica: &R) -> Result<(), HostedError> {
        if self.keychain_now().is_none() {
            return Ok(());
        }
        self.write_manifest_now(replica).await
    }
}
