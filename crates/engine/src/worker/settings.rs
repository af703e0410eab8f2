//! Changing what sync is set to: test, keep the password, back up, put into force. In this order,
//! so that whatever fails leaves everything as it was.

use std::time::Duration;

use sheaf_ipc::{
    ApiError, Applied, ApplySync, EnterPassword, ErrorCode, Joining, RemoteForm, RemoteReport,
    SecretStore, SyncSettings, SyncTarget,
};
use sheaf_net::{Password, expiry};
use sheaf_sync::Environment as _;

use super::{
    Worker, hosted, life::Order, network, proxy, refused, remote::Remote, sides, target,
    target::Target, trouble,
};
use crate::{
    SecretStoreChoice,
    config::{self, SyncConfig},
    convert,
    diagnosis::is_unreachable,
    secrets::Account,
};

/// A person is watching.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// What is in force. `None`: sync is off, or set to something this version cannot read.
pub(super) fn in_force(config: &SyncConfig) -> Option<Remote> {
    match &config.target {
        config::Target::Hosted {
            account,
            hide_sizes,
        } => hosted::Target::of(account, *hide_sizes)
            .ok()
            .map(Remote::Hosted),
        config::Target::Off | config::Target::Couchdb { .. } => target(config).map(Remote::Couch),
    }
}

/// The database in force. `None`: sync is off, or set to something else.
pub(super) fn target(config: &SyncConfig) -> Option<Target> {
    match &config.target {
        config::Target::Off | config::Target::Hosted { .. } => None,
        config::Target::Couchdb { fields } => {
            let form = RemoteForm {
                fields: fields.clone(),
                password: None,
                vault: None,
            };
            target::of_form(&form).ok()
        }
    }
}

impl Worker {
    pub(crate) async fn settings(&self) -> Result<SyncSettings, ApiError> {
        // Not under the lock: the keyring may ask the person first.
        let config = self.config.lock().await.clone();
        Ok(self.shown(&config).await)
    }

    /// One that is there already is as good.
    pub(crate) async fn create_database(&self, form: &RemoteForm) -> Result<(), ApiError> {
        let target = self.completed(target::of_form(form)?).await;
        let client = self.client()?;
        let remote = remote(&target);
        let created = sheaf_couch::create_database(&client, &remote);
        match tokio::time::timeout(PATIENCE, created).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => {
                Err(ApiError::new(trouble::code(&error)).with_detail(trouble::detail(&error)))
            }
            Err(_) => Err(ApiError::new(ErrorCode::TimedOut)),
        }
    }

    /// `report`: what the test of the address found just now.
    pub(crate) async fn apply(
        &self,
        request: ApplySync,
        report: Option<RemoteReport>,
    ) -> Result<Applied, ApiError> {
        self.unless_converting()?;
        match request {
            ApplySync::Off => self.switch_off().await,
            ApplySync::Couchdb {
                form,
                although_unreachable,
                joining,
            } => {
                let report = report.ok_or_else(|| ApiError::new(ErrorCode::Bug))?;
                self.switch_to(&form, report, although_unreachable, joining)
                    .await
            }
        }
    }

    async fn switch_off(&self) -> Result<Applied, ApiError> {
        let mut config = self.config.lock().await;
        let new = SyncConfig {
            target: config::Target::Off,
            paused: false,
            ..config.clone()
        };
        config::save_sync(&self.shared.store, &new)
            .await
            .map_err(convert::store_error)?;
        let old = std::mem::replace(&mut *config, new);
        self.order(Order::Target {
            target: None,
            last_success: None,
            paused: false,
        })
        .await;
        if let Some(old) = in_force(&old) {
            self.leave(&old).await;
        }
        tracing::info!("sync was switched off");
        Ok(Applied {
            applied: true,
            settings: self.shown(&config).await,
            report: None,
            sides: None,
        })
    }

    async fn switch_to(
        &self,
        form: &RemoteForm,
        report: RemoteReport,
        although_unreachable: bool,
        joining: Option<Joining>,
    ) -> Result<Applied, ApiError> {
        let wanted = self.completed(target::of_form(form)?).await;
        let mut config = self.config.lock().await;
        if let Some(problem) = &report.problem
            && !(although_unreachable && is_unreachable(problem.code))
        {
            let settings = self.shown(&config).await;
            return Ok(Applied {
                applied: false,
                settings,
                report: Some(report),
                sides: None,
            });
        }
        let account = in_force(&config).filter(Remote::is_hosted);
        let old = target(&config);
        let other_place = old.as_ref().is_none_or(|old| old.id() != wanted.id());
        if other_place && joining.is_none() && report.problem.is_none() {
            let sides = self.count_sides(&wanted).await?;
            if sides::wants_an_answer(&sides) {
                return Ok(Applied {
                    applied: false,
                    settings: self.shown(&config).await,
                    report: Some(report),
                    sides: Some(sides),
                });
            }
        }
        if let Some(password) = &wanted.password {
            self.shared.passwords.keep(&wanted, password).await?;
            refused::forget(&self.shared.store, &wanted.id()).await;
        }
        if let Some(vault) = &wanted.vault {
            // Of a setup link, and maybe of a database that nobody could look at yet.
            self.promise_vault(&wanted, vault.clone()).await?;
        }
        if other_place {
            self.back_up().await?;
            self.join(&wanted.id(), joining.unwrap_or(Joining::Merge))
                .await?;
        }
        let new = SyncConfig {
            target: config::Target::Couchdb {
                fields: wanted.fields(),
            },
            paused: false,
            secret_store: Some(self.shared.passwords.in_force().into()),
        };
        config::save_sync(&self.shared.store, &new)
            .await
            .map_err(convert::store_error)?;
        *config = new;
        tracing::info!(remote = %wanted.url, "sync is set to another target");
        self.put_into_force(&wanted, false).await?;
        if let Some(account) = account {
            self.leave(&account).await;
        }
        if let Some(old) = old.as_ref().filter(|_| other_place) {
            self.shared.forget_key(&old.url).await;
        }
        if let Some(old) = old.filter(|old| old.url.who() != wanted.url.who() || other_place) {
            self.shared
                .passwords
                .forget(self.shared.passwords.in_force(), &old)
                .await;
        }
        Ok(Applied {
            applied: true,
            settings: self.shown(&config).await,
            report: Some(report),
            sides: None,
        })
    }

    pub(crate) async fn enter_password(
        &self,
        request: EnterPassword,
    ) -> Result<SyncSettings, ApiError> {
        self.unless_converting()?;
        let config = self.config.lock().await;
        let Some(mut target) = target(&config) else {
            return Err(ApiError::new(ErrorCode::SyncOff));
        };
        let typed = match request.password.as_str() {
            text if target.url.by_token => target::token(text),
            text => text,
        };
        if typed.is_empty() {
            return Err(ApiError::new(ErrorCode::PasswordMissing));
        }
        let password = Password::new(typed);
        self.shared.passwords.keep(&target, &password).await?;
        refused::forget(&self.shared.store, &target.id()).await;
        target.password = Some(std::sync::Arc::new(password));
        self.put_into_force(&target, config.paused).await?;
        Ok(self.shown(&config).await)
    }

    /// The password moves along, when there is one that can be read.
    pub(crate) async fn choose_secret_store(
        &self,
        store: SecretStore,
    ) -> Result<SyncSettings, ApiError> {
        let Some(choice) = SecretStoreChoice::of(store) else {
            return Err(ApiError::new(ErrorCode::Invalid));
        };
        self.unless_converting()?;
        let mut config = self.config.lock().await;
        let passwords = &self.shared.passwords;
        let before = passwords.in_force();
        let target = target(&config);
        let password = match &target {
            Some(target) => passwords.find(target).await.ok().flatten(),
            None => None,
        };
        let key = target.as_ref().map(|target| Account::of_vault(&target.url));
        let kept = match &key {
            Some(key) => passwords.find_secret(key).await.ok().flatten(),
            None => None,
        };
        passwords.choose(choice);
        if let (Some(key), Some(kept)) = (&key, &kept) {
            if let Err(error) = passwords.keep_secret(key, kept).await {
                passwords.choose(before);
                return Err(error);
            }
            if before != choice {
                passwords.forget_secret(before, key).await;
            }
        }
        if let (Some(target), Some(password)) = (&target, &password) {
            if let Err(error) = passwords.keep(target, password).await {
                passwords.choose(before);
                return Err(error);
            }
            if before != choice {
                passwords.forget(before, target).await;
            }
        }
        if let Some(proxy) = proxy::account(&self.shared.network.ways().proxy) {
            self.move_secret(&proxy, before, choice).await?;
        }
        if let Some(Remote::Hosted(account)) = in_force(&config) {
            self.move_keys(&account, before, choice).await?;
        }
        config.secret_store = Some(store);
        config::save_sync(&self.shared.store, &config)
            .await
            .map_err(convert::store_error)?;
        Ok(self.shown(&config).await)
    }

    /// Takes a secret from one store into another, when there is one that can be read.
    async fn move_secret(
        &self,
        account: &Account,
        from: SecretStoreChoice,
        to: SecretStoreChoice,
    ) -> Result<(), ApiError> {
        let passwords = &self.shared.passwords;
        passwords.choose(from);
        let secret = passwords.find_secret(account).await.ok().flatten();
        passwords.choose(to);
        let Some(secret) = secret.filter(|_| from != to) else {
            return Ok(());
        };
        if let Err(error) = passwords.keep_secret(account, &secret).await {
            passwords.choose(from);
            return Err(error);
        }
        passwords.forget_secret(from, account).await;
        Ok(())
    }

    /// A copy of all notes beside them, before another remote can change anything.
    pub(super) async fn back_up(&self) -> Result<(), ApiError> {
        let name = format!("before-switch-{}", self.shared.surroundings.now());
        self.shared
            .store
            .back_up(&name)
            .await
            .map_err(convert::store_error)?;
        tracing::info!(name, "all notes were backed up");
        Ok(())
    }

    pub(super) async fn put_into_force(
        &self,
        target: &Target,
        paused: bool,
    ) -> Result<(), ApiError> {
        self.put_remote_into_force(Remote::Couch(target.clone()), paused)
            .await
    }

    pub(super) async fn put_remote_into_force(
        &self,
        target: Remote,
        paused: bool,
    ) -> Result<(), ApiError> {
        let last_success = network::last_success(&self.shared.store, &target.id()).await;
        let last_success = last_success.map_err(convert::store_error)?;
        self.order(Order::Target {
            target: Some(target),
            last_success,
            paused,
        })
        .await;
        Ok(())
    }

    /// With the stored password where none was given.
    pub(super) async fn completed(&self, mut target: Target) -> Target {
        if let Some(password) = &target.password {
            self.shared.passwords.hide(password);
        }
        if target.password.is_none() && target.url.wants_secret() {
            target.password = self.shared.passwords.find(&target).await.ok().flatten();
        }
        target
    }

    pub(super) fn client(&self) -> Result<sheaf_net::Client, ApiError> {
        self.shared.network.client().map_err(|error| {
            ApiError::new(ErrorCode::Certificate).with_detail(convert::chain(&error))
        })
    }

    pub(super) async fn shown(&self, config: &SyncConfig) -> SyncSettings {
        let secret_store = self.shared.passwords.shown().await;
        if let Some(Remote::Hosted(target)) = in_force(config) {
            return self.shown_account(&target, secret_store).await;
        }
        let Some(target) = target(config) else {
            return SyncSettings {
                target: SyncTarget::Off,
                secret_store,
                has_password: false,
                token_expires: None,
            };
        };
        let secret = if secret_store == SecretStore::Unavailable {
            None
        } else {
            self.shared.passwords.find(&target).await.ok().flatten()
        };
        let token_expires = secret
            .as_ref()
            .filter(|_| target.url.by_token)
            .and_then(|token| expiry(token));
        let shown = SyncTarget::Couchdb {
            fields: target.fields(),
            display: target.url.to_string(),
            encryption: self.encryption_of(&target).await,
        };
        SyncSettings {
            target: shown,
            secret_store,
            has_password: secret.is_some(),
            token_expires,
        }
    }
}

pub(super) fn remote(target: &Target) -> sheaf_couch::Remote {
    sheaf_couch::Remote {
        url: target.url.clone(),
        password: target.password.clone(),
    }
}
