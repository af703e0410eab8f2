//! Leaving an account, with its notes or without them, and deleting it.

use std::time::Duration;

use sheaf_hosted::Password;
use sheaf_ipc::{ApiError, ErrorCode, HostedConfirm, HostedSignOut, SyncSettings};
use sheaf_sync::{Environment as _, Replaceable as _, Replacing, Seq};

use super::{Target, Vault, account::hosted, service, trouble::as_error};
use crate::{
    config::{self, SyncConfig},
    convert,
    worker::{Worker, life::Order, remote::Remote},
};

/// A server that does not answer is no reason to stay signed in.
const FAREWELL: Duration = Duration::from_secs(5);

impl Worker {
    /// Nobody talks to the account until it is put into force again.
    pub(super) async fn rest(&self) {
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
}
