//! Accounts: registering, signing in, sessions, changing the password, leaving.

mod admission;
mod credentials;
mod params;
mod passwords;
mod session;
mod throttle;
mod token;

use std::sync::Arc;

use crate::{
    config::Settings,
    edge::Edge,
    storage::{Storage, StorageError, User},
};

pub use credentials::NewCredentials;
pub use passwords::Passwords;
pub use session::{Device, Pair, Signed};
pub use throttle::Throttle;

/// What can be refused. Uniform on purpose: whoever asks learns nothing about who has an account.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    #[error("registration is not open on this server")]
    RegistrationClosed,
    #[error("this e-mail is already registered")]
    EmailTaken,
    #[error("the request lacks {0}")]
    Incomplete(&'static str),
    /// Wrong e-mail, password, or verifier: one answer for all.
    #[error("invalid email or password")]
    WrongCredentials,
    #[error("the session is not valid")]
    InvalidSession,
    /// Ended from another device of the account.
    #[error("the session was revoked")]
    Revoked,
    /// The password that confirms a deletion is wrong.
    #[error("the password is not the account's")]
    WrongConfirmation,
    #[error("the access token has expired")]
    Expired,
    #[error("the refresh token is not valid")]
    InvalidRefresh,
    #[error("the refresh token has expired")]
    ExpiredRefresh,
    /// Too many failures; seconds to wait.
    #[error("too many attempts")]
    SlowDown(u32),
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error("the password could not be processed")]
    Hashing,
}

/// The use-cases over one storage.
pub struct Accounts<S> {
    pub(crate) storage: Arc<S>,
    pub(crate) edge: Edge,
    passwords: Passwords,
    throttle: Throttle,
    settings: Settings,
    /// Behind made-up key parameters.
    secret: [u8; 32],
}

impl<S: Storage> Accounts<S> {
    pub async fn new(
        storage: Arc<S>,
        edge: Edge,
        settings: Settings,
    ) -> Result<Self, AccountError> {
        let secret = storage.server_secret(edge.random()).await?;
        let passwords = Passwords::new(edge.clone()).await?;
        Ok(Self {
            storage,
            edge,
            passwords,
            throttle: Throttle::default(),
            settings,
            secret,
        })
    }

    /// The account as its owner may see it.
    pub fn public(user: &User) -> sheaf_protocol::AuthenticatedUser {
        sheaf_protocol::AuthenticatedUser {
            uuid: user.id.0.clone(),
            email: user.email.clone(),
            protocol_version: Some(user.version.clone()),
        }
    }
}

/// What sign-in compares: trimmed, in lower case.
pub(crate) fn normal_email(text: &str) -> String {
    text.trim().to_lowercase()
}

/// An e-mail that an account can have: not empty, not longer than one can be, nothing invisible in it.
pub(crate) fn new_email(text: &str) -> Result<String, AccountError> {
    let email = normal_email(text);
    if email.is_empty() || email.len() > 255 || email.contains(char::is_control) {
        return Err(AccountError::Incomplete("email"));
    }
    Ok(email)
}
