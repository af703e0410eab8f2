//! The key of an encrypted database: making one, getting in, keeping it where passwords are kept, and
//! the kit that opens the database without its passphrase.
//!
//! That a database is encrypted is remembered here for ever (`RemoteConfig::vault`). From then on
//! nothing plain is sent there, whatever the server says about it.

use std::sync::Arc;

use sheaf_crypto::Password as Passphrase;
use sheaf_ipc::{
    ApiError, ChangeVaultPassphrase, ConfirmVault, CreateVault, Encryption, ErrorCode, OpenVault,
    VaultKit, VaultProof,
};
use sheaf_net::{Password, RemoteUrl};
use sheaf_sync::RemoteId;
use sheaf_vault::{Lock, LockError, RecoveryCode, Vault};

use super::{Shared, Worker, life::Order, link::aside, network, settings, target, target::Target};
use crate::{convert, secrets::Account};

/// Whoever runs the server may try passphrases for as long as they like.
pub(super) const SHORTEST_PASSPHRASE: usize = 10;

/// A vault that is open on this computer.
pub(crate) struct Open {
    pub(crate) vault: Arc<Vault>,
    pub(crate) lock: Lock,
}

/// The key of a database. `None`: it is not encrypted, as far as this computer knows.
pub(super) async fn of(shared: &Shared, target: &Target) -> Result<Option<Open>, ApiError> {
    let Some(expected) = expected(shared, target).await? else {
        return Ok(None);
    };
    let found = shared
        .passwords
        .find_secret(&Account::of_vault(&target.url))
        .await?;
    let Some(text) = found else {
        return Err(ApiError::new(ErrorCode::VaultLocked));
    };
    let (lock, vault) =
        Lock::kept(text.reveal()).map_err(|_| ApiError::new(ErrorCode::VaultLocked))?;
    if vault.id().to_string() != expected {
        return Err(ApiError::new(ErrorCode::VaultLocked));
    }
    shared.passwords.hide_text(&vault.reveal_hex());
    Ok(Some(Open {
        vault: Arc::new(vault),
        lock,
    }))
}

/// Which vault the database must have, as far as anybody said.
async fn expected(shared: &Shared, target: &Target) -> Result<Option<String>, ApiError> {
    let known = network::remote_config(&shared.store, &target.id()).await;
    let known = known.map_err(convert::store_error)?;
    Ok(target.vault.clone().or(known.vault))
}

impl Shared {
    /// From now on this database is encrypted. The key first: without it the promise could not be
    /// kept.
    async fn keep_vault(&self, target: &Target, open: &Open) -> Result<(), ApiError> {
        self.passwords.hide_text(&open.vault.reveal_hex());
        let text = open.lock.keep(&open.vault);
        let account = Account::of_vault(&target.url);
        self.passwords
            .keep_secret(&account, &Password::new(text.as_str()))
            .await?;
        let id = open.vault.id().to_string();
        network::remember(&self.store, &target.id(), |config| config.vault = Some(id))
            .await
            .map_err(convert::store_error)
    }

    /// The key goes from this computer; that the database is encrypted stays known.
    pub(super) async fn forget_key(&self, url: &RemoteUrl) {
        let passwords = &self.passwords;
        passwords
            .forget_secret(passwords.in_force(), &Account::of_vault(url))
            .await;
    }

    /// The database itself is gone, or was never filled.
    pub(super) async fn forget_vault(&self, target: &Target) -> Result<(), ApiError> {
        self.forget_key(&target.url).await;
        network::remember(&self.store, &target.id(), |config| config.vault = None)
            .await
            .map_err(convert::store_error)
    }
}

impl Worker {
    pub(crate) async fn create_vault(&self, request: CreateVault) -> Result<VaultKit, ApiError> {
        self.unless_converting()?;
        let target = self.completed(target::of_form(&request.form)?).await;
        let config = self.config.lock().await;
        let in_force = settings::target(&config).is_some_and(|used| used.id() == target.id());
        if in_force {
            // What is on its way would arrive in the clear.
            self.order(Order::Hold).await;
        }
        let made = self.encrypt_empty(&target, request.passphrase).await;
        if in_force {
            self.put_into_force(&target, config.paused).await?;
        }
        Ok(kit(&target, &made?.vault))
    }

    async fn encrypt_empty(&self, target: &Target, passphrase: String) -> Result<Open, ApiError> {
        if !self.asked(target, sheaf_couch::holds_nothing).await? {
            return Err(ApiError::new(ErrorCode::NotEmpty));
        }
        let open = self.new_vault(passphrase).await?;
        self.shared.keep_vault(target, &open).await?;
        self.put_lock(target, &open.lock).await?;
        tracing::info!(remote = %target.url, "the database is encrypted from its beginning");
        Ok(open)
    }

    /// A key that has never been, closed with a passphrase.
    pub(super) async fn new_vault(&self, passphrase: String) -> Result<Open, ApiError> {
        let passphrase = self.taken(passphrase)?;
        let mut random = self.shared.surroundings.clone();
        aside(move || {
            let vault = Vault::create(&mut random);
            let lock = Lock::close(&vault, &passphrase, &mut random).map_err(refusal)?;
            let vault = Arc::new(vault);
            Ok(Open { vault, lock })
        })
        .await
    }

    pub(super) async fn keep_vault(&self, target: &Target, open: &Open) -> Result<(), ApiError> {
        self.shared.keep_vault(target, open).await
    }

    pub(crate) async fn open_vault(&self, request: OpenVault) -> Result<(), ApiError> {
        self.unless_converting()?;
        let target = self.completed(target::of_form(&request.form)?).await;
        let found = self.asked(&target, sheaf_couch::find_lock).await?;
        let lock = found
            .ok_or_else(|| ApiError::new(ErrorCode::NotEncrypted))?
            .map_err(refusal)?;
        let expected = target.vault.clone();
        if expected.is_some() && expected != lock.vault().ok().map(|id| id.to_string()) {
            return Err(ApiError::new(ErrorCode::OtherVault));
        }
        let open = self.opened(lock, request.proof).await?;
        if let Some(password) = &target.password {
            self.shared.passwords.keep(&target, password).await?;
        }
        self.shared.keep_vault(&target, &open).await?;
        tracing::info!(remote = %target.url, "the encrypted database is open on this computer");
        let config = self.config.lock().await;
        if settings::target(&config).is_some_and(|used| used.id() == target.id()) {
            self.put_into_force(&target, config.paused).await?;
        }
        Ok(())
    }

    pub(crate) async fn vault_kit(&self, request: ConfirmVault) -> Result<VaultKit, ApiError> {
        let (target, open) = self.vault_in_force().await?;
        self.confirmed(&target, &open, request.proof).await?;
        Ok(kit(&target, &open.vault))
    }

    pub(crate) async fn change_vault_passphrase(
        &self,
        request: ChangeVaultPassphrase,
    ) -> Result<VaultKit, ApiError> {
        self.unless_converting()?;
        let (target, open) = self.vault_in_force().await?;
        self.confirmed(&target, &open, request.current).await?;
        let passphrase = self.taken(request.passphrase)?;
        let mut random = self.shared.surroundings.clone();
        let vault = open.vault.clone();
        let lock =
            aside(move || Lock::close(&vault, &passphrase, &mut random).map_err(refusal)).await?;
        self.put_lock(&target, &lock).await?;
        let open = Open { lock, ..open };
        self.shared.keep_vault(&target, &open).await?;
        tracing::info!(remote = %target.url, "the passphrase of the database was changed");
        let config = self.config.lock().await;
        self.put_into_force(&target, config.paused).await?;
        Ok(kit(&target, &open.vault))
    }

    async fn vault_in_force(&self) -> Result<(Target, Open), ApiError> {
        let config = self.config.lock().await.clone();
        let target = settings::target(&config).ok_or_else(|| ApiError::new(ErrorCode::SyncOff))?;
        let target = self.completed(target).await;
        let open = of(&self.shared, &target)
            .await?
            .ok_or_else(|| ApiError::new(ErrorCode::NotEncrypted))?;
        Ok((target, open))
    }

    /// Whoever asks knows the passphrase, maybe one that was changed on another device, or the code.
    async fn confirmed(
        &self,
        target: &Target,
        open: &Open,
        proof: VaultProof,
    ) -> Result<(), ApiError> {
        let known = self.opened(open.lock.clone(), proof.clone()).await;
        if !known
            .as_ref()
            .is_err_and(|error| error.code == ErrorCode::WrongPassphrase)
        {
            return known.map(drop);
        }
        match self.asked(target, sheaf_couch::find_lock).await {
            Ok(Some(Ok(newer))) if newer != open.lock && newer.is_of(&open.vault) => {
                self.opened(newer, proof).await.map(drop)
            }
            _ => known.map(drop),
        }
    }

    async fn opened(&self, lock: Lock, proof: VaultProof) -> Result<Open, ApiError> {
        let (VaultProof::Passphrase { passphrase: secret }
        | VaultProof::RecoveryCode { code: secret }) = &proof;
        self.shared.passwords.hide_text(secret);
        aside(move || {
            let vault = match proof {
                VaultProof::Passphrase { passphrase } => lock.open(&Passphrase::new(passphrase)),
                VaultProof::RecoveryCode { code } => RecoveryCode::parse(&code)
                    .ok_or(LockError::WrongCode)
                    .and_then(|code| lock.open_with_code(&code)),
            };
            let vault = Arc::new(vault.map_err(refusal)?);
            Ok(Open { vault, lock })
        })
        .await
    }

    /// A passphrase that protects something from now on.
    fn taken(&self, passphrase: String) -> Result<Passphrase, ApiError> {
        self.shared.passwords.hide_text(&passphrase);
        if passphrase.chars().count() < SHORTEST_PASSPHRASE {
            return Err(
                ApiError::new(ErrorCode::Invalid).with_detail("the passphrase is too short")
            );
        }
        Ok(Passphrase::new(passphrase))
    }

    /// Which vault a database must have, as far as anybody said.
    pub(crate) async fn expected_vault(&self, target: &Target) -> Result<Option<String>, ApiError> {
        expected(&self.shared, target).await
    }

    /// A database is known by another address from now on: what was promised about it goes along, and so does its key.
    pub(super) async fn carry_vault(&self, from: &Target, to: &Target) -> Result<(), ApiError> {
        let Some(vault) = expected(&self.shared, from).await? else {
            return Ok(());
        };
        let passwords = &self.shared.passwords;
        let key = passwords.find_secret(&Account::of_vault(&from.url)).await?;
        if let Some(key) = key {
            passwords
                .keep_secret(&Account::of_vault(&to.url), &key)
                .await?;
        }
        self.promise_vault(to, vault).await
    }

    /// Nothing plain goes there any more, whatever the server shows.
    pub(super) async fn promise_vault(&self, to: &Target, vault: String) -> Result<(), ApiError> {
        network::remember(&self.shared.store, &to.id(), |config| {
            config.vault = Some(vault);
        })
        .await
        .map_err(convert::store_error)
    }

    pub(super) async fn encryption_of(&self, target: &Target) -> Encryption {
        match of(&self.shared, target).await {
            Ok(None) => Encryption::Off,
            Ok(Some(_)) => Encryption::On,
            Err(_) => Encryption::Locked,
        }
    }

    /// Which vault a remote is known to have.
    pub(super) async fn known_vault(&self, remote: &RemoteId) -> Option<String> {
        network::remote_config(&self.shared.store, remote)
            .await
            .ok()
            .and_then(|config| config.vault)
    }

    pub(crate) async fn open_vault_of(&self, target: &Target) -> Result<Option<Open>, ApiError> {
        of(&self.shared, target).await
    }
}

pub(super) fn kit(target: &Target, vault: &Vault) -> VaultKit {
    VaultKit {
        display: target.url.to_string(),
        vault: vault.id().to_string(),
        code: RecoveryCode::of(vault).reveal().to_owned(),
    }
}

fn refusal(error: LockError) -> ApiError {
    ApiError::new(match error {
        LockError::WrongPassphrase => ErrorCode::WrongPassphrase,
        LockError::WrongCode => ErrorCode::RecoveryCode,
        LockError::Malformed | LockError::Newer | LockError::Cost => ErrorCode::VaultUnreadable,
        LockError::Derivation => ErrorCode::Bug,
    })
    .with_detail(error.to_string())
}
