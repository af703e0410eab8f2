//! What people do with an account: get one, get in, leave, change its password, delete it. In this
//! order always: ask the server, keep the keys, back up, put into force; so that whatever fails
//! leaves everything as it was.

use std::time::Duration;

use sheaf_hosted::{Credentials, Floor, Password, Proof, RecoveryCode, SignIn};
use sheaf_ipc::{
    ApiError, ErrorCode, HostedChangePassword, HostedConfirm, HostedOptions, HostedProof,
    HostedSignIn, HostedSignOut, HostedSignUp, HostedSignedUp, HostedWarning, HostedWarningKind,
    RecoveryKit, SecretStore, SyncSettings, SyncTarget,
};
use sheaf_model::DocId;
use sheaf_sync::{Environment as _, Replaceable as _, Replacing, Seq};

use super::{Target, Vault, service, trouble::as_error};
use crate::{
    SecretStoreChoice,
    config::{self, SyncConfig},
    convert,
    worker::{Worker, life::Order, remote::Remote, settings},
};

/// What every client of the protocol asks for.
const SHORTEST_PASSWORD: usize = 8;
/// A server that does not answer is no reason to stay signed in.
const FAREWELL: Duration = Duration::from_secs(5);

impl Worker {
    pub(crate) async fn sign_up(&self, request: HostedSignUp) -> Result<HostedSignedUp, ApiError> {
        self.unless_converting()?;
        let target = Target::of(&request.account, false)?;
        let password = new_password(request.password)?;
        self.can_keep_secrets().await?;
        self.shared.passwords.hide_text(password.reveal());
        let service = service(&self.shared, &target)?;
        let registered = service
            .register(&target.email, &password, &self.shared.surroundings)
            .await
            .map_err(|error| as_error(&error))?;
        let code = registered.recovery.reveal().to_owned();
        self.shared.passwords.hide_text(&code);
        let settings = self.enter_account(&target, &registered.credentials).await?;
        Ok(HostedSignedUp {
            settings,
            kit: RecoveryKit {
                account: target.account(),
                code,
            },
        })
    }

    pub(crate) async fn sign_in(&self, request: HostedSignIn) -> Result<SyncSettings, ApiError> {
        self.unless_converting()?;
        let hide_sizes = self.hosted_in_force().await.is_some_and(|it| it.hide_sizes);
        let target = Target::of(&request.account, hide_sizes)?;
        self.can_keep_secrets().await?;
        let given = Given::of(request.proof)?;
        self.shared.passwords.hide_text(given.reveal());
        let floors = config::floors(&self.shared.store)
            .await
            .map_err(convert::store_error)?;
        let sign_in = SignIn {
            // As typed: the oldest client made its keys from that.
            email: &request.account.email,
            proof: given.proof(),
            floor: floors.get(&target.id().0).copied(),
            allow_older: request.allow_older,
        };
        let credentials = service(&self.shared, &target)?
            .sign_in(sign_in, &self.shared.surroundings)
            .await
            .map_err(|error| as_error(&error))?;
        self.enter_account(&target, &credentials).await
    }

    /// Keeps the keys, then puts the account into force.
    async fn enter_account(
        &self,
        target: &Target,
        credentials: &Credentials,
    ) -> Result<SyncSettings, ApiError> {
        let mut config = self.config.lock().await;
        let old = settings::in_force(&config);
        let other_place = old.as_ref().is_none_or(|old| old.id() != target.id());
        if old.as_ref().is_some_and(Remote::is_hosted) {
            // A session of before must not write its tokens over the new ones.
            self.rest().await;
        }
        match self.keep_account(target, credentials, other_place).await {
            Ok(new) => *config = new,
            Err(error) => {
                if let Some(old) = old {
                    self.put_remote_into_force(old, config.paused).await?;
                }
                return Err(error);
            }
        }
        tracing::info!(remote = target.shown(), "sync is set to an account");
        self.put_remote_into_force(Remote::Hosted(target.clone()), false)
            .await?;
        if let Some(old) = old.filter(|_| other_place) {
            self.leave(&old).await;
        }
        Ok(self.shown(&config).await)
    }

    async fn keep_account(
        &self,
        target: &Target,
        credentials: &Credentials,
        other_place: bool,
    ) -> Result<SyncConfig, ApiError> {
        self.pin(target, credentials.floor()).await?;
        Vault::of(&self.shared, target).put(credentials).await?;
        if other_place {
            self.back_up().await?;
        }
        let new = SyncConfig {
            target: config::Target::Hosted {
                account: target.account(),
                hide_sizes: target.hide_sizes,
            },
            paused: false,
            secret_store: Some(self.shared.passwords.in_force().into()),
        };
        config::save_sync(&self.shared.store, &new)
            .await
            .map_err(convert::store_error)?;
        Ok(new)
    }

    /// Nobody talks to the account until it is put into force again.
    async fn rest(&self) {
        self.order(Order::Target {
            target: None,
            last_success: None,
            paused: false,
        })
        .await;
    }

    /// What is kept of a target that is no longer in force goes.
    pub(in crate::worker) async fn leave(&self, old: &Remote) {
        match old {
            Remote::Couch(old) => {
                let passwords = &self.shared.passwords;
                passwords.forget(passwords.in_force(), old).await;
                self.shared.forget_key(&old.url).await;
            }
            Remote::Hosted(old) => self.end_session(old).await,
        }
    }

    /// Ends the session at the server, as far as that can be reached, and forgets the keys.
    async fn end_session(&self, target: &Target) {
        let vault = Vault::of(&self.shared, target);
        if let (Ok(Some(credentials)), Ok(service)) =
            (vault.credentials().await, service(&self.shared, target))
        {
            let ended = tokio::time::timeout(FAREWELL, service.sign_out(&credentials)).await;
            if !matches!(ended, Ok(Ok(()))) {
                tracing::info!("the session could not be ended at the server; it ends by itself");
            }
        }
        vault.forget().await;
    }

    pub(crate) async fn sign_out(&self, request: HostedSignOut) -> Result<SyncSettings, ApiError> {
        if !request.keep_notes {
            self.all_is_sent().await?;
        }
        let mut config = self.config.lock().await;
        let target = hosted(&config)?;
        let new = SyncConfig {
            target: config::Target::Off,
            paused: false,
            ..config.clone()
        };
        self.rest().await;
        config::save_sync(&self.shared.store, &new)
            .await
            .map_err(convert::store_error)?;
        *config = new;
        self.end_session(&target).await;
        if !request.keep_notes {
            self.clear_notes(&target).await?;
        }
        tracing::info!(kept = request.keep_notes, "signed out");
        Ok(self.shown(&config).await)
    }

    /// A last round; nothing may be left that only this computer has.
    async fn all_is_sent(&self) -> Result<(), ApiError> {
        self.now().await?;
        let status = self.status().await?;
        if status.waiting > 0 || status.held_back > 0 {
            return Err(ApiError::new(ErrorCode::Unsent));
        }
        Ok(())
    }

    /// Everything is on the server: it goes from here, without a word to any remote.
    async fn clear_notes(&self, target: &Target) -> Result<(), ApiError> {
        let store = &self.shared.store;
        let remote = target.id();
        let cleared = async {
            store
                .begin_replacing(&remote, Some(Replacing::Local))
                .await?;
            let nothing = Seq(serde_json::Value::Null);
            store
                .finish_replacing(&remote, nothing, Vec::new(), Vec::new())
                .await?;
            store.forget_snapshots().await?;
            store
                .collect_garbage(self.shared.surroundings.now(), 0)
                .await
        };
        cleared.await.map_err(convert::store_error)?;
        Ok(())
    }

    pub(crate) async fn change_password(
        &self,
        request: HostedChangePassword,
    ) -> Result<RecoveryKit, ApiError> {
        let new = new_password(request.new_password)?;
        let given = Given::of(request.current)?;
        for text in [new.reveal(), given.reveal()] {
            self.shared.passwords.hide_text(text);
        }
        let config = self.config.lock().await;
        let target = hosted(&config)?;
        // Nobody else may use the account's keys meanwhile.
        self.rest().await;
        let changed = self.change_password_now(&target, &given, &new).await;
        self.put_remote_into_force(Remote::Hosted(target.clone()), config.paused)
            .await?;
        let (code, floor) = changed?;
        self.pin(&target, floor).await?;
        self.shared.passwords.hide_text(&code);
        Ok(RecoveryKit {
            account: target.account(),
            code,
        })
    }

    async fn change_password_now(
        &self,
        target: &Target,
        given: &Given,
        new: &Password,
    ) -> Result<(String, Floor), ApiError> {
        let talk = super::connect(&self.shared, target)
            .await
            .map_err(|trouble| trouble.as_error())?;
        let recovery = talk
            .change_password(&self.shared.store, given.proof(), new)
            .await
            .map_err(|error| as_error(&error))?;
        Ok((recovery.reveal().to_owned(), talk.signed_in().floor()))
    }

    pub(crate) async fn recovery_kit(
        &self,
        request: HostedConfirm,
    ) -> Result<RecoveryKit, ApiError> {
        let (target, credentials) = self.signed_in().await?;
        let password = Password::new(request.password);
        self.shared.passwords.hide_text(password.reveal());
        let code = sheaf_hosted::recovery_code(&credentials, &password)
            .await
            .map_err(|error| as_error(&error))?;
        self.shared.passwords.hide_text(code.reveal());
        Ok(RecoveryKit {
            account: target.account(),
            code: code.reveal().to_owned(),
        })
    }

    pub(crate) async fn delete_account(
        &self,
        request: HostedConfirm,
    ) -> Result<SyncSettings, ApiError> {
        let (target, credentials) = self.signed_in().await?;
        let password = Password::new(request.password);
        self.shared.passwords.hide_text(password.reveal());
        service(&self.shared, &target)?
            .delete_account(&credentials, &password)
            .await
            .map_err(|error| as_error(&error))?;
        self.sign_out(HostedSignOut { keep_notes: true }).await
    }

    pub(crate) async fn hosted_options(
        &self,
        request: HostedOptions,
    ) -> Result<SyncSettings, ApiError> {
        let mut config = self.config.lock().await;
        let target = Target {
            hide_sizes: request.hide_sizes,
            ..hosted(&config)?
        };
        let new = SyncConfig {
            target: config::Target::Hosted {
                account: target.account(),
                hide_sizes: target.hide_sizes,
            },
            ..config.clone()
        };
        config::save_sync(&self.shared.store, &new)
            .await
            .map_err(convert::store_error)?;
        *config = new;
        let paused = config.paused;
        self.put_remote_into_force(Remote::Hosted(target), paused)
            .await?;
        Ok(self.shown(&config).await)
    }

    pub(crate) async fn hosted_warnings(&self) -> Result<Vec<HostedWarning>, ApiError> {
        let Some(target) = self.hosted_in_force().await else {
            return Ok(Vec::new());
        };
        let found = sheaf_hosted::suspicions(&self.shared.store, &target.id())
            .await
            .map_err(|error| as_error(&error))?;
        let mut warnings = Vec::with_capacity(found.len());
        for suspicion in found {
            let title = match DocId::parse(&suspicion.about) {
                Ok(id) => self.shared.store.get_note(id).await.ok(),
                Err(_) => None,
            };
            warnings.push(HostedWarning {
                kind: kind(suspicion.kind),
                id: suspicion.about,
                title: title.map(|detail| detail.row.title),
            });
        }
        Ok(warnings)
    }

    pub(crate) async fn dismiss_hosted_warnings(&self) -> Result<(), ApiError> {
        let Some(target) = self.hosted_in_force().await else {
            return Ok(());
        };
        sheaf_hosted::dismiss_suspicions(&self.shared.store, &target.id())
            .await
            .map_err(|error| as_error(&error))
    }

    /// The keys move along when another place for secrets is chosen.
    pub(in crate::worker) async fn move_keys(
        &self,
        target: &Target,
        from: SecretStoreChoice,
        to: SecretStoreChoice,
    ) -> Result<(), ApiError> {
        if from == to {
            return Ok(());
        }
        let passwords = &self.shared.passwords;
        let vault = Vault::of(&self.shared, target);
        passwords.choose(from);
        let credentials = vault.credentials().await;
        passwords.choose(to);
        let Ok(Some(credentials)) = credentials else {
            return Ok(());
        };
        if let Err(error) = vault.put(&credentials).await {
            passwords.choose(from);
            return Err(error);
        }
        vault.forget_in(from).await;
        Ok(())
    }

    /// What is shown of an account.
    pub(in crate::worker) async fn shown_account(
        &self,
        target: &Target,
        secret_store: SecretStore,
    ) -> SyncSettings {
        let credentials = match secret_store {
            SecretStore::Unavailable => None,
            _ => Vault::of(&self.shared, target).credentials().await.ok(),
        };
        let credentials = credentials.flatten();
        SyncSettings {
            target: SyncTarget::Hosted {
                account: target.account(),
                display: target.shown(),
                version: credentials
                    .as_ref()
                    .map(|credentials| credentials.version().as_str().to_owned()),
                hide_sizes: target.hide_sizes,
            },
            secret_store,
            has_password: credentials.is_some(),
            token_expires: None,
        }
    }

    pub(super) async fn hosted_in_force(&self) -> Option<Target> {
        let config = self.config.lock().await;
        hosted(&config).ok()
    }

    async fn signed_in(&self) -> Result<(Target, Credentials), ApiError> {
        let config = self.config.lock().await.clone();
        let target = hosted(&config)?;
        let credentials = Vault::of(&self.shared, &target).credentials().await?;
        let credentials = credentials.ok_or_else(|| ApiError::new(ErrorCode::PasswordMissing))?;
        Ok((target, credentials))
    }

    /// Before an account is made whose keys could not be kept.
    async fn can_keep_secrets(&self) -> Result<(), ApiError> {
        match self.shared.passwords.shown().await {
            SecretStore::Unavailable => Err(ApiError::new(ErrorCode::SecretStore)),
            _ => Ok(()),
        }
    }

    /// Never again less than this, whatever a server says.
    async fn pin(&self, target: &Target, floor: Floor) -> Result<(), ApiError> {
        let store = &self.shared.store;
        let mut floors = config::floors(store).await.map_err(convert::store_error)?;
        let pinned = floors.entry(target.id().0).or_insert(floor);
        *pinned = floor.max(*pinned);
        config::save_floors(store, &floors)
            .await
            .map_err(convert::store_error)
    }
}

fn hosted(config: &SyncConfig) -> Result<Target, ApiError> {
    match settings::in_force(config) {
        Some(Remote::Hosted(target)) => Ok(target),
        _ => Err(ApiError::new(ErrorCode::SyncOff)),
    }
}

/// What somebody typed to prove who they are.
enum Given {
    Password(Password),
    Recovery(RecoveryCode),
}

impl Given {
    fn of(proof: HostedProof) -> Result<Self, ApiError> {
        match proof {
            HostedProof::Password { password } if password.is_empty() => {
                Err(ApiError::new(ErrorCode::PasswordMissing))
            }
            HostedProof::Password { password } => Ok(Self::Password(Password::new(password))),
            HostedProof::RecoveryCode { code } => RecoveryCode::parse(&code)
                .map(Self::Recovery)
                .map_err(|error| as_error(&error)),
        }
    }

    fn proof(&self) -> Proof<'_> {
        match self {
            Self::Password(password) => Proof::Password(password),
            Self::Recovery(code) => Proof::Recovery(code),
        }
    }

    fn reveal(&self) -> &str {
        match self {
            Self::Password(password) => password.reveal(),
            Self::Recovery(code) => code.reveal(),
        }
    }
}

fn new_password(text: String) -> Result<Password, ApiError> {
    if text.chars().count() < SHORTEST_PASSWORD {
        return Err(ApiError::new(ErrorCode::Invalid)
            .with_detail("a password has eight characters or more"));
    }
    Ok(Password::new(text))
}

fn kind(kind: sheaf_hosted::SuspicionKind) -> HostedWarningKind {
    match kind {
        sheaf_hosted::SuspicionKind::Older => HostedWarningKind::Older,
        sheaf_hosted::SuspicionKind::Forked => HostedWarningKind::Forked,
        sheaf_hosted::SuspicionKind::Retyped => HostedWarningKind::Retyped,
        sheaf_hosted::SuspicionKind::Missing => HostedWarningKind::Missing,
        sheaf_hosted::SuspicionKind::Deleted => HostedWarningKind::Deleted,
        sheaf_hosted::SuspicionKind::Altered => HostedWarningKind::Altered,
    }
}
