//! The recovery code: a vault's key in letters that can be written down. Whoever holds it reads
//! everything, without the passphrase.

use sha2::{Digest as _, Sha256};
use sheaf_crypto::{Key, letters};
use zeroize::Zeroizing;

use crate::{LockError, Vault};

/// Of the form; the recovery code of an account begins with another.
const VERSION: u8 = 2;
const KEY: usize = 32;
const CHECK: usize = 3;

/// Shown once and printed. Wiped when dropped.
pub struct RecoveryCode(Zeroizing<String>);

impl RecoveryCode {
    pub fn of(vault: &Vault) -> Self {
        let mut bytes = Zeroizing::new(vec![VERSION]);
        bytes.extend_from_slice(vault.key().reveal());
        let check = Sha256::digest(bytes.as_slice());
        bytes.extend_from_slice(&check[..CHECK]);
        Self(letters::write(&bytes))
    }

    /// Takes what somebody typed. `None`: this is no recovery code, or one with a slip of the pen.
    pub fn parse(text: &str) -> Option<Self> {
        let code = Self(Zeroizing::new(text.to_owned()));
        code.key().is_ok().then_some(code)
    }

    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub(crate) fn key(&self) -> Result<Key<32>, LockError> {
        let bytes = letters::read(&self.0).ok_or(LockError::WrongCode)?;
        if bytes.len() != 1 + KEY + CHECK || bytes[0] != VERSION {
            return Err(LockError::WrongCode);
        }
        let (content, check) = bytes.split_at(1 + KEY);
        if Sha256::digest(content)[..CHECK] != *check {
            return Err(LockError::WrongCode);
        }
        let mut key = Zeroizing::new([0; KEY]);
        key.copy_from_slice(&content[1..]);
        Ok(Key::new(*key))
    }
}

#[cfg(test)]
mod tests {
    use sheaf_crypto::Password;

    use super::*;
    use crate::{
        Lock,
        vectors::{Counting, vault},
    };

    #[test]
    fn a_code_opens_its_vault_however_it_is_typed_and_no_other() {
        let lock = |number| {
            let passphrase = Password::new("x".into());
            Lock::close(&vault(number), &passphrase, &mut Counting(0)).unwrap()
        };
        let typed = RecoveryCode::of(&vault(1))
            .reveal()
            .to_lowercase()
            .replace('-', " ");
        let code = RecoveryCode::parse(&typed).unwrap();
        assert_eq!(lock(1).open_with_code(&code).unwrap().id(), vault(1).id());
        assert_eq!(
            lock(2).open_with_code(&code).err(),
            Some(LockError::WrongCode)
        );
    }

    #[test]
    fn a_slip_of_the_pen_is_noticed() {
        let code = RecoveryCode::of(&vault(1)).reveal().to_owned();
        for at in [0, 7, 40, code.len() - 2] {
            let mut wrong = code.clone().into_bytes();
            if wrong[at] == b'-' {
                continue;
            }
            wrong[at] = if wrong[at] == b'7' { b'8' } else { b'7' };
            assert!(RecoveryCode::parse(&String::from_utf8(wrong).unwrap()).is_none());
        }
        assert!(RecoveryCode::parse("hello").is_none());
    }
}
