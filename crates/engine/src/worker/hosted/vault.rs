//! The account's keys and session, in the secret store in force.

use std::sync::Arc;

use sheaf_hosted::Credentials;
use sheaf_ipc::ApiError;
use sheaf_net::Password;
use zeroize::Zeroizing;

use super::Target;
use crate::{
    SecretStoreChoice,
    secrets::Account,
    worker::{Shared, passwords::Passwords},
};

pub(crate) struct Vault {
    passwords: Arc<Passwords>,
    account: Account,
}

impl Vault {
    pub(super) fn of(shared: &Shared, target: &Target) -> Self {
        Self {
            passwords: shared.passwords.clone(),
            account: account(target),
        }
    }

    /// `None`: nobody is signed in.
    pub(super) async fn credentials(&self) -> Result<Option<Credentials>, ApiError> {
        let secret = self.passwords.find_secret(&self.account).await?;
        Ok(secret.and_then(|secret| Credentials::parse(secret.reveal())))
    }

    pub(super) async fn put(&self, credentials: &Credentials) -> Result<(), ApiError> {
        let secret = Password::new(credentials.to_secret().as_str());
        self.passwords.keep_secret(&self.account, &secret).await
    }

    pub(super) async fn forget(&self) {
        self.forget_in(self.passwords.in_force()).await;
    }

    pub(super) async fn forget_in(&self, store: SecretStoreChoice) {
        self.passwords.forget_secret(store, &self.account).await;
    }
}

fn account(target: &Target) -> Account {
    Account(format!("keys of {} at {}", target.email, target.server))
}

impl sheaf_hosted::Vault for Vault {
    type Error = ApiError;

    async fn keep(&self, secret: Zeroizing<String>) -> Result<(), ApiError> {
        let secret = Password::new(secret.as_str());
        self.passwords.keep_secret(&self.account, &secret).await
    }
}
