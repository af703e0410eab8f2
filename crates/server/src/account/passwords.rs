//! Password hashes. What arrives is already half of a derived key; it is hashed again, so that a
//! stolen database does not sign anybody in.

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString},
};
use tokio::sync::Semaphore;

use super::AccountError;
use crate::edge::Edge;

/// OWASP's minimum: 19 MiB, two passes, one lane; about 22 ms of a core.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;

/// Hashes and verifies, a few at a time: each takes 19 MiB, and a flood of sign-ins must not take
/// the memory of the machine nor the cores from those who are signed in.
pub struct Passwords {
    slots: Semaphore,
    edge: Edge,
    /// Verified against when there is no such account, so that the answer takes as long.
    dummy: Arc<str>,
}

impl Passwords {
    pub(super) async fn new(edge: Edge) -> Result<Self, AccountError> {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let mut passwords = Self {
            slots: Semaphore::new((cores * 2).max(2)),
            edge,
            dummy: Arc::from(""),
        };
        let dummy = passwords
            .hash("no account has this password".to_owned())
            .await?;
        passwords.dummy = Arc::from(dummy);
        Ok(passwords)
    }

    pub(super) async fn hash(&self, password: String) -> Result<String, AccountError> {
        let salt =
            SaltString::encode_b64(&self.edge.random::<16>()).map_err(|_| AccountError::Hashing)?;
        self.run(move || {
            let hash = argon2().hash_password(password.as_bytes(), &salt);
            hash.map(|hash| hash.to_string())
                .map_err(|_| AccountError::Hashing)
        })
        .await?
    }

    /// `stored` is `None` for an unknown account; the work is the same.
    pub(super) async fn verify(
        &self,
        password: String,
        stored: Option<&str>,
    ) -> Result<bool, AccountError> {
        let known = stored.is_some();
        let stored: Arc<str> = stored.map_or_else(|| Arc::clone(&self.dummy), Arc::from);
        let matches = self
            .run(move || {
                PasswordHash::new(&stored)
                    .is_ok_and(|hash| argon2().verify_password(password.as_bytes(), &hash).is_ok())
            })
            .await?;
        Ok(matches && known)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AccountError> {
        let _slot = self
            .slots
            .acquire()
            .await
            .map_err(|_| AccountError::Hashing)?;
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| AccountError::Hashing)
    }
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).expect("the constants are within bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}
