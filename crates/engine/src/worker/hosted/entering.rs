//! Getting an account and getting into it. In this order always: ask the server, keep the keys, back up, put into force; so
//! that whatever fails leaves everything as it was.

use sheaf_hosted::{Credentials, SignIn};
use sheaf_ipc::{
    ApiError, ErrorCode, HostedSignIn, HostedSignUp, HostedSignedUp, RecoveryKit, SecretStore,
    SyncSettings,
};

use super::{
    Target, Vault,
    given::{Given, new_password},
    service,
    trouble::as_error,
};
use crate::{
    config::{self, SyncConfig},
    convert,
    worker::{Worker, remote::Remote, settings},
};

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

    /// Before an account is made whose keys could not be kept.
    async fn can_keep_secrets(&self) -> Result<(), ApiError> {
        match self.shared.passwords.shown().await {
            SecretStore::Unavailable => Err(ApiError::new(ErrorCode::SecretStore)),
            _ => Ok(()),
        }
    }
}
