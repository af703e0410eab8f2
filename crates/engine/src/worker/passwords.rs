//! Which secret store is in force, and the password of a target from it. Every password that
//! passes here is made known to the log's redaction first.

use std::sync::{Arc, Mutex, PoisonError};

use sheaf_ipc::{ApiError, ErrorCode, SecretStore};
use sheaf_net::Password;

use super::target::Target;
use crate::{
    Logs, SecretStoreChoice, convert,
    secrets::{Account, Secrets},
};

pub(super) struct Passwords {
    secrets: Secrets,
    logs: Logs,
    chosen: Mutex<Chosen>,
}

#[derive(Clone, Copy)]
struct Chosen {
    /// On the command line or in the environment.
    now: Option<SecretStoreChoice>,
    /// In the preferences.
    kept: Option<SecretStoreChoice>,
}

impl Passwords {
    pub(super) fn new(secrets: Secrets, logs: Logs, now: Option<SecretStoreChoice>) -> Self {
        Self {
            secrets,
            logs,
            chosen: Mutex::new(Chosen { now, kept: None }),
        }
    }

    pub(super) fn set_choice(&self, kept: Option<SecretStore>) {
        let mut chosen = self.chosen.lock().unwrap_or_else(PoisonError::into_inner);
        chosen.kept = kept.and_then(SecretStoreChoice::of);
    }

    /// From now on `choice`, whatever was asked for at the start.
    pub(super) fn choose(&self, choice: SecretStoreChoice) {
        *self.chosen.lock().unwrap_or_else(PoisonError::into_inner) = Chosen {
            now: None,
            kept: Some(choice),
        };
    }

    pub(super) fn in_force(&self) -> SecretStoreChoice {
        let chosen = *self.chosen.lock().unwrap_or_else(PoisonError::into_inner);
        chosen
            .now
            .or(chosen.kept)
            .unwrap_or(SecretStoreChoice::Keyring)
    }

    /// The store in force, as people see it.
    pub(super) async fn shown(&self) -> SecretStore {
        match self.in_force() {
            SecretStoreChoice::Keyring if !self.secrets.has_keyring().await => {
                SecretStore::Unavailable
            }
            choice => choice.into(),
        }
    }

    /// From now on this password cannot get into the log.
    pub(super) fn hide(&self, password: &Password) {
        self.logs.redactor().learn(password.reveal());
    }

    /// The password to sign in with; `None` for a database without accounts.
    pub(super) async fn of(&self, target: &Target) -> Result<Option<Arc<Password>>, ApiError> {
        if let Some(password) = &target.password {
            self.hide(password);
            return Ok(Some(password.clone()));
        }
        if !target.url.wants_secret() {
            return Ok(None);
        }
        match self.find(target).await? {
            Some(password) => Ok(Some(password)),
            None => Err(ApiError::new(ErrorCode::PasswordMissing)),
        }
    }

    /// What the store in force has.
    pub(super) async fn find(&self, target: &Target) -> Result<Option<Arc<Password>>, ApiError> {
        let account = Account::of(&target.url);
        let found = self.secrets.find(self.in_force(), &account).await;
        let found = found.map_err(|error| convert::secret_error(&error))?;
        if let Some(password) = &found {
            self.hide(password);
        }
        Ok(found.map(Arc::new))
    }

    pub(super) async fn keep(&self, target: &Target, password: &Password) -> Result<(), ApiError> {
        self.hide(password);
        let account = Account::of(&target.url);
        let kept = self.secrets.keep(self.in_force(), &account, password).await;
        kept.map_err(|error| convert::secret_error(&error))
    }

    /// From now on this text cannot get into the log.
    pub(super) fn hide_text(&self, text: &str) {
        self.logs.redactor().learn(text);
    }

    /// Another kind of secret than a password: an account's keys.
    pub(super) async fn find_secret(
        &self,
        account: &Account,
    ) -> Result<Option<Password>, ApiError> {
        let found = self.secrets.find(self.in_force(), account).await;
        found.map_err(|error| convert::secret_error(&error))
    }

    pub(super) async fn keep_secret(
        &self,
        account: &Account,
        secret: &Password,
    ) -> Result<(), ApiError> {
        let kept = self.secrets.keep(self.in_force(), account, secret).await;
        kept.map_err(|error| convert::secret_error(&error))
    }

    pub(super) async fn forget_secret(&self, store: SecretStoreChoice, account: &Account) {
        if let Err(error) = self.secrets.forget(store, account).await {
            tracing::warn!(
                error = convert::chain(&error),
                "an account's keys stay in their store"
            );
        }
    }

    /// Takes the password of a target that is no longer in force out of `store`. A password that
    /// cannot be removed is no reason to stop.
    pub(super) async fn forget(&self, store: SecretStoreChoice, target: &Target) {
        if let Err(error) = self.secrets.forget(store, &Account::of(&target.url)).await {
            tracing::warn!(
                error = convert::chain(&error),
                "an old password stays in its store"
            );
        }
    }
}
