//! The recovery code: the root key of an account in letters that can be written down. Whoever
//! holds it can sign in and read everything, without the password.

use sha2::{Digest as _, Sha256};
use sheaf_crypto::{Key, v004::RootKey};
use zeroize::Zeroizing;

use crate::HostedError;

/// Crockford's: no I, L, O and U, so that nothing is read as something else.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const VERSION: u8 = 1;
const CHECK: usize = 3;
const KEYS: usize = 64;
const GROUP: usize = 5;

/// Shown once and printed. Wiped when dropped.
pub struct RecoveryCode(Zeroizing<String>);

impl RecoveryCode {
    pub(crate) fn of(root: &RootKey) -> Self {
        let mut bytes = Zeroizing::new(vec![VERSION]);
        bytes.extend_from_slice(root.master.reveal());
        bytes.extend_from_slice(root.server_password.reveal());
        let check = Sha256::digest(bytes.as_slice());
        bytes.extend_from_slice(&check[..CHECK]);
        Self(Zeroizing::new(write(&bytes)))
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
        let bytes = read(&self.0).ok_or(HostedError::RecoveryCode)?;
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

fn write(bytes: &[u8]) -> String {
    let mut text = String::new();
    let (mut bits, mut held, mut written) = (0_u32, 0_u32, 0_usize);
    let mut put = |index: u32, text: &mut String| {
        if written > 0 && written.is_multiple_of(GROUP) {
            text.push('-');
        }
        text.push(char::from(ALPHABET[(index & 31) as usize]));
        written += 1;
    };
    for byte in bytes {
        bits = bits << 8 | u32::from(*byte);
        held += 8;
        while held >= 5 {
            held -= 5;
            put(bits >> held, &mut text);
        }
        bits &= (1 << held) - 1;
    }
    if held > 0 {
        put(bits << (5 - held), &mut text);
    }
    text
}

fn read(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::new());
    let (mut bits, mut held) = (0_u32, 0_u32);
    for letter in text.chars() {
        if letter == '-' || letter.is_whitespace() {
            continue;
        }
        let letter = match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let value = ALPHABET
            .iter()
            .position(|known| char::from(*known) == letter)?;
        bits = bits << 5 | value as u32;
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    (bits == 0).then_some(bytes)
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
