//! Registering, parameters, signing in, changing the password, deleting the account.

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{
    AccountError, Accounts,
    admission::Admitted,
    new_email, normal_email, params,
    session::{Device, Signed},
};
use crate::storage::{Storage, StorageError, User, UserId};

/// A sign-in that has begun must end within an hour.
const CHALLENGE_LIFE: i64 = 3_600_000_000;

/// An e-mail, a password and the parameters that came with it.
#[derive(Default, Clone)]
pub struct NewCredentials {
    pub identifier: Option<String>,
    pub version: Option<String>,
    pub pw_nonce: Option<String>,
    pub pw_cost: Option<Value>,
    pub pw_salt: Option<String>,
    pub origination: Option<String>,
    pub created: Option<Value>,
}

impl NewCredentials {
    /// Whether somebody could sign in with these again.
    fn complete(&self) -> Result<(), AccountError> {
        if self.pw_nonce.is_none() && self.pw_salt.is_none() {
            return Err(AccountError::Incomplete("pw_nonce"));
        }
        let plain = |version: &String| {
            version.len() <= 16 && version.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        if !self.version.as_ref().is_none_or(plain) {
            return Err(AccountError::Incomplete("version"));
        }
        Ok(())
    }
}

impl<S: Storage> Accounts<S> {
    pub async fn register(
        &self,
        email: &str,
        password: String,
        new: NewCredentials,
        device: Device,
    ) -> Result<Signed, AccountError> {
        let email = new_email(email)?;
        if password.is_empty() {
            return Err(AccountError::Incomplete("password"));
        }
        new.complete()?;
        let only_first = self.admit(&email).await? == Admitted::IfFirst;
        let user = self.new_user(email, password, &new).await?;
        match self.storage.create_user(user.clone(), only_first).await {
            Err(StorageError::EmailTaken) => return Err(AccountError::EmailTaken),
            created => created?,
        }
        self.begin_session(user, device).await
    }

    pub(super) async fn new_user(
        &self,
        email: String,
        password: String,
        new: &NewCredentials,
    ) -> Result<User, AccountError> {
        Ok(User {
            id: UserId(self.edge.uuid()),
            password_hash: self.passwords.hash(password).await?,
            key_params: params::to_store(new, &email).to_string(),
            version: new.version.clone().unwrap_or_else(|| "003".to_owned()),
            email,
            disabled: false,
            created_at: self.edge.now(),
            generation: 1,
        })
    }

    /// Parameters for an e-mail, made up if it is unknown. With a `challenge` a sign-in begins.
    pub async fn key_params(
        &self,
        email: &str,
        challenge: Option<&str>,
    ) -> Result<Value, AccountError> {
        let email = normal_email(email);
        let plain = |challenge: &&str| {
            challenge.len() <= 128 && challenge.bytes().all(|b| b.is_ascii_graphic())
        };
        if let Some(challenge) = challenge.filter(plain) {
            let expires = sheaf_protocol::Micros(self.edge.now().0 + CHALLENGE_LIFE);
            self.storage.put_challenge(challenge, expires).await?;
        }
        Ok(match self.find(&email).await? {
            Some(user) => params::public(&user.key_params),
            None => params::made_up(&self.secret, &email),
        })
    }

    /// The older sign-in, without a challenge.
    pub async fn sign_in(
        &self,
        email: &str,
        password: String,
        device: Device,
    ) -> Result<Signed, AccountError> {
        let user = self
            .authenticate(&normal_email(email), password, &device.address)
            .await?;
        self.begin_session(user, device).await
    }

    /// The newer one: the verifier must be of a challenge that was put before.
    pub async fn sign_in_with_verifier(
        &self,
        email: &str,
        password: String,
        verifier: &str,
        device: Device,
    ) -> Result<Signed, AccountError> {
        let known = self
            .storage
            .take_challenge(&challenge_of(verifier), self.edge.now())
            .await?;
        let user = self
            .authenticate(&normal_email(email), password, &device.address)
            .await?;
        if !known {
            return Err(AccountError::WrongCredentials);
        }
        self.begin_session(user, device).await
    }

    /// No storage is asked for what no account can have.
    async fn find(&self, email: &str) -> Result<Option<User>, AccountError> {
        match new_email(email) {
            Ok(email) => Ok(self.storage.user_by_email(&email).await?),
            Err(_) => Ok(None),
        }
    }

    async fn authenticate(
        &self,
        email: &str,
        password: String,
        address: &str,
    ) -> Result<User, AccountError> {
        let now = self.edge.now();
        let wait = self.throttle.wait(address, email, now);
        if wait > 0 {
            return Err(AccountError::SlowDown(wait));
        }
        let user = self.find(email).await?;
        let stored = user.as_ref().map(|user| user.password_hash.as_str());
        let matches = self.passwords.verify(password, stored).await?;
        if let Some(user) = user.filter(|user| matches && !user.disabled) {
            self.throttle.succeeded(address, email);
            return Ok(user);
        }
        self.throttle.failed(address, email, now);
        Err(AccountError::WrongCredentials)
    }

    /// Replaces password and parameters (and e-mail, if one is given) and ends every session; a
    /// new one begins for the device that asked.
    pub async fn change_credentials(
        &self,
        user: &User,
        current: String,
        next: String,
        new_email: Option<&str>,
        new: NewCredentials,
        device: Device,
    ) -> Result<Signed, AccountError> {
        if next.is_empty() {
            return Err(AccountError::Incomplete("new_password"));
        }
        new.complete()?;
        let asked = new_email.map(self::new_email).transpose()?;
        let confirmed = self
            .authenticate(&user.email, current, &device.address)
            .await?;
        let email = asked.unwrap_or_else(|| confirmed.email.clone());
        let made = self.new_user(email, next, &new).await?;
        let changed = User {
            id: confirmed.id,
            created_at: confirmed.created_at,
            generation: confirmed.generation + 1,
            version: new.version.clone().unwrap_or(confirmed.version),
            ..made
        };
        match self.storage.change_credentials(changed.clone(), None).await {
            Err(StorageError::EmailTaken) => return Err(AccountError::EmailTaken),
            done => done?,
        }
        self.begin_session(changed, device).await
    }

    /// Deletes the account after the password was given once more.
    pub async fn delete_account(
        &self,
        user: &User,
        password: String,
        address: &str,
    ) -> Result<(), AccountError> {
        let confirmed = match self.authenticate(&user.email, password, address).await {
            Err(AccountError::WrongCredentials) => return Err(AccountError::WrongConfirmation),
            confirmed => confirmed?,
        };
        Ok(self.storage.delete_user(&confirmed.id).await?)
    }

    /// The owner's view of the parameters.
    pub fn own_params(user: &User) -> Value {
        params::private(&user.key_params)
    }
}

/// base64url, without padding, of the hexadecimal text of SHA-256 (what the published client does;
/// RFC 7636 would encode the digest itself).
fn challenge_of(verifier: &str) -> String {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    URL_SAFE_NO_PAD.encode(format!("{:x}", Sha256::digest(verifier)))
}
