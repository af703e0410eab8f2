//! Password hashes. What arrives is already half of a derived key; it is hashed again, so that a
//! stolen database does not sign anybody in.

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::{Output, PasswordHash, Salt, SaltString},
};
use subtle::ConstantTimeEq as _;
use tokio::sync::Semaphore;

use super::AccountError;
use crate::edge::Edge;

/// OWASP's minimum: 19 MiB, two passes, one lane; about 22 ms of a core.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
/// Blocks that are asked for, of which the first [`MEMORY_KIB`] are used: address space, no memory. The
/// allocator of glibc gives what is larger than 32 MiB back to the system as soon as it is freed. Of
/// what is smaller it learns, from the first that is freed, to keep it: a server of 18 MB took 170 for
/// good after the first few sign-ins.
const RESERVED_BLOCKS: usize = (33 << 20) / Block::SIZE;

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
            hash(&argon2(), &password, salt.as_salt())
                .map(|output| phc(&salt, output))
                .ok_or(AccountError::Hashing)?
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
        let matches = self.run(move || is_of(&password, &stored)).await?;
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

/// `None`: the salt is no salt.
fn hash(argon2: &Argon2<'_>, password: &str, salt: Salt<'_>) -> Option<Output> {
    let mut bytes = [0; 64];
    let salt = salt.decode_b64(&mut bytes).ok()?;
    let params = argon2.params();
    let mut memory: Vec<Block> = Vec::with_capacity(RESERVED_BLOCKS);
    memory.resize(params.block_count(), Block::new());
    let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
    Output::init_with(length, |output| {
        Ok(
            argon2.hash_password_into_with_memory(
                password.as_bytes(),
                salt,
                output,
                &mut memory,
            )?,
        )
    })
    .ok()
}

/// The text that is kept: the hash with all it takes to make it again.
fn phc(salt: &SaltString, output: Output) -> Result<String, AccountError> {
    let argon2 = argon2();
    let params = argon2.params().try_into();
    let whole = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: params.map_err(|_| AccountError::Hashing)?,
        salt: Some(salt.as_salt()),
        hash: Some(output),
    };
    Ok(whole.to_string())
}

/// With the costs that stand in `stored`: they may be those of an earlier version.
fn is_of(password: &str, stored: &str) -> bool {
    let again = || {
        let stored = PasswordHash::new(stored).ok()?;
        let algorithm = Algorithm::try_from(stored.algorithm).ok()?;
        let version = Version::try_from(stored.version?).ok()?;
        let params = Params::try_from(&stored).ok()?;
        let output = hash(
            &Argon2::new(algorithm, version, params),
            password,
            stored.salt?,
        )?;
        Some(bool::from(output.as_bytes().ct_eq(stored.hash?.as_bytes())))
    };
    again().unwrap_or(false)
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).expect("the constants are within bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by the library's own one-step functions.
    #[test]
    fn hashes_are_those_of_everybody_else() {
        use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};

        let salt = SaltString::encode_b64(&[7; 16]).unwrap();
        let theirs = argon2().hash_password(b"words", &salt).unwrap().to_string();
        let ours = phc(&salt, hash(&argon2(), "words", salt.as_salt()).unwrap()).unwrap();
        assert_eq!(ours, theirs);
        assert!(is_of("words", &theirs));
        assert!(!is_of("other words", &theirs));
        let parsed = PasswordHash::new(&ours).unwrap();
        assert!(argon2().verify_password(b"words", &parsed).is_ok());
    }

    #[test]
    fn hashes_of_other_costs_are_understood_and_what_is_none_fits_nothing() {
        use argon2::password_hash::PasswordHasher as _;

        let salt = SaltString::encode_b64(&[7; 16]).unwrap();
        let dear = Argon2::new(
            Algorithm::Argon2id,
            Version::V0x13,
            Params::new(40 * 1024, 1, 1, None).unwrap(),
        );
        let stored = dear.hash_password(b"words", &salt).unwrap().to_string();
        assert!(is_of("words", &stored));
        for broken in ["", "words", "$argon2id$v=19$m=8,t=1,p=1"] {
            assert!(!is_of("words", broken), "{broken}");
        }
    }
}
