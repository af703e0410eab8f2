//! What people do with the account that is in force: its password, its recovery kit, its options, what was suspicious about its
//! server.

use sheaf_hosted::{Credentials, Floor, Password};
use sheaf_ipc::{
    ApiError, ErrorCode, HostedChangePassword, HostedConfirm, HostedOptions, HostedWarning,
    HostedWarningKind, RecoveryKit, SecretStore, SyncSettings, SyncTarget,
};
use sheaf_model::DocId;

use super::{
    Target, Vault,
    given::{Given, new_password},
    trouble::as_error,
};
use crate::{
    SecretStoreChoice,
    config::{self, SyncConfig},
    convert,
    worker::{Worker, remote::Remote, settings},
};

impl Worker {
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

    pub(super) async fn signed_in(&self) -> Result<(Target, Credentials), ApiError> {
        let config = self.config.lock().await.clone();
        let target = hosted(&config)?;
        let credentials = Vault::of(&self.shared, &target).credentials().await?;
        let credentials = credentials.ok_or_else(|| ApiError::new(ErrorCode::PasswordMissing))?;
        Ok((target, credentials))
    }

    /// Never again less than this, whatever a server says.
    pub(super) async fn pin(&self, target: &Target, floor: Floor) -> Result<(), ApiError> {
        let store = &self.shared.store;
        let mut floors = config::floors(store).await.map_err(convert::store_error)?;
        let pinned = floors.entry(target.id().0).or_insert(floor);
        *pinned = floor.max(*pinned);
        config::save_floors(store, &floors)
            .await
            .map_err(convert::store_error)
    }
}

pub(super) fn hosted(config: &SyncConfig) -> Result<Target, ApiError> {
    match settings::in_force(config) {
        Some(Remote::Hosted(target)) => Ok(target),
        _ => Err(ApiError::new(ErrorCode::SyncOff)),
    }
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
