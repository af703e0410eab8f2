//! The recovery code: the root key of an account in letters that can be written down. Whoever
//! holds it can sign in and read everything, without the password.

use sha2::{Digest as _, Sha256};
use sheaf_crypto::{Key, letters, v004::RootKey};
use zeroize::Zeroizing;

use crate::HostedError;

const VERSION: u8 = 1;
const CHECK: usize = 3;
const KEYS: usize = 64;

/// Shown once and printed. Wiped when dropped.
pub struct RecoveryCode(Zeroizing<String>);

impl RecoveryCode {
    pub(crate) fn of(root: &RootKey) -> Self {
        let mut bytes = Zeroizing::new(vec![VERSION]);
        bytes.extend_from_slice(root.master.reveal());
        bytes.extend_from_slice(root.server_password.reveal());
        let check = Sha256::digest(bytes.as_slice());
        bytes.extend_from_slice(&check[..CHECK]);
        Self(letters::write(&bytes))
    }

    /// Takes what somebody typed: any case, any grouping, O for 0 and I or L for 1.
    pub fn parse(text: &str) -> Result<Self, HostedError> {
        let code = Self(Zeroizing::new(text.to_owned()));
        code.open().map(|_| code)
    }

    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub(crate) fn open(&self) -> Result<RootKey, HostedError> {
        let bytes = letters::read(&self.0).ok_or(HostedError::RecoveryCode)?;
        if bytes.len() != 1 + KEYS + CHECK || bytes[0] != VERSION {
            return Err(HostedError::RecoveryCode);
        }
        let (content, check) = bytes.split_at(1 + KEYS);
        if Sha256::digest(content)[..CHECK] != *check {
            return Err(HostedError::RecoveryCode);
        }
        let key = |from: usize| {
            let mut key = [0_u8; 32];
            key.copy_from_slice(&content[from..from + 32]);
            Key::new(key)
        };
        Ok(RootKey {
            master: key(1),
            server_password: key(33),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> RootKey {
        RootKey {
            master: Key::new([0xA5; 32]),
            server_password: Key::new([0x0F; 32]),
        }
    }

    #[test]
    fn a_code_brings_the_keys_back_however_it_is_typed() {
        let code = RecoveryCode::of(&root());
        let typed = code
            .reveal()
            .to_lowercase()
            .replace('-', " ")
            .replace('0', "o")
            .replace('1', "l");
        let found = RecoveryCode::parse(&typed).unwrap().open().unwrap();
        assert_eq!(found.master.reveal(), &[0xA5; 32]);
        assert_eq!(found.server_password.reveal(), &[0x0F; 32]);
    }

    #[test]
    fn a_slip_of_the_pen_is_noticed() {
        let code = RecoveryCode::of(&root());
        let text = code.reveal().to_owned();
        for at in [0, 7, 50, text.len() - 2] {
            let mut wrong = text.clone().into_bytes();
            if wrong[at] == b'-' {
                continue;
            }
            wrong[at] = if wrong[at] == b'7' { b'8' } else { b'7' };
            let wrong = String::from_utf8(wrong).unwrap();
            assert!(RecoveryCode::parse(&wrong).is_err(), "{wrong}");
        }
        for text in ["", "hello", "12345"] {
            assert!(RecoveryCode::parse(text).is_err());
        }
    }
}
