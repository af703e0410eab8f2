//! A secret under a passphrase: Argon2id makes a key of it, XChaCha20-Poly1305 closes the box.
//!
//! `1 | passes | memory in MiB, two bytes, big-endian | salt, 16 | nonce, 24 | ciphertext and tag`.
//! Everything before the ciphertext is authenticated, and so is the context: a box made for one
//! purpose does not open for another.

use argon2::{Algorithm, Argon2, Params};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use zeroize::Zeroizing;

use crate::{DecryptError, Key, KeyError, Password, Random};

const VERSION: u8 = 1;
const PASSES: u8 = 3;
const MEMORY_MIB: u16 = 64;
/// What a stranger's box may ask of this computer.
const MOST_PASSES: u8 = 16;
const MOST_MEMORY_MIB: u16 = 256;
const SALT: usize = 16;
const NONCE: usize = 24;
const HEAD: usize = 4 + SALT + NONCE;

/// Closes `plain`. 64 MiB and about 110 ms of one core.
pub fn seal(
    passphrase: &Password,
    context: &str,
    plain: &[u8],
    random: &mut dyn Random,
) -> Result<Vec<u8>, KeyError> {
    let mut head = Vec::with_capacity(HEAD + plain.len() + 16);
    head.extend([VERSION, PASSES]);
    head.extend(MEMORY_MIB.to_be_bytes());
    let mut entropy = [0; SALT + NONCE];
    random.fill(&mut entropy);
    head.extend(entropy);
    let key = derive(passphrase, &entropy[..SALT], PASSES, MEMORY_MIB)?;
    let payload = Payload {
        msg: plain,
        aad: &authenticated(context, &head),
    };
    let closed = XChaCha20Poly1305::new(key.reveal().into())
        .encrypt(XNonce::from_slice(&entropy[SALT..]), payload)
        .map_err(|_| KeyError::Derivation)?;
    head.extend(closed);
    Ok(head)
}

/// Opens a box. A wrong passphrase and a changed box cannot be told apart.
pub fn open(
    passphrase: &Password,
    context: &str,
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
    let (head, closed) = sealed
        .split_at_checked(HEAD)
        .ok_or(DecryptError::Malformed)?;
    let [version, passes, high, low, entropy @ ..] = head else {
        return Err(DecryptError::Malformed);
    };
    let memory = u16::from_be_bytes([*high, *low]);
    if *version != VERSION {
        return Err(DecryptError::Version);
    }
    // What is cheaper than ours was made so by somebody who wants to guess the passphrase later.
    if !(PASSES..=MOST_PASSES).contains(passes) || !(MEMORY_MIB..=MOST_MEMORY_MIB).contains(&memory)
    {
        return Err(DecryptError::Cost);
    }
    let key = derive(passphrase, &entropy[..SALT], *passes, memory)
        .map_err(|_| DecryptError::Malformed)?;
    let payload = Payload {
        msg: closed,
        aad: &authenticated(context, head),
    };
    XChaCha20Poly1305::new(key.reveal().into())
        .decrypt(XNonce::from_slice(&entropy[SALT..]), payload)
        .map(Zeroizing::new)
        .map_err(|_| DecryptError::Authentication)
}

fn authenticated(context: &str, head: &[u8]) -> Vec<u8> {
    [context.as_bytes(), &[0], head].concat()
}

fn derive(
    passphrase: &Password,
    salt: &[u8],
    passes: u8,
    memory_mib: u16,
) -> Result<Key<32>, KeyError> {
    let memory = u32::from(memory_mib) * 1024;
    let cost =
        Params::new(memory, u32::from(passes), 1, Some(32)).map_err(|_| KeyError::Derivation)?;
    let mut out = Zeroizing::new([0_u8; 32]);
    Argon2::new(Algorithm::Argon2id, argon2::Version::V0x13, cost)
        .hash_password_into(passphrase.reveal().as_bytes(), salt, out.as_mut_slice())
        .map_err(|_| KeyError::Derivation)?;
    Ok(Key::new(*out))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting(u8);

    impl Random for Counting {
        fn fill(&mut self, bytes: &mut [u8]) {
            for byte in bytes {
                self.0 = self.0.wrapping_add(1);
                *byte = self.0;
            }
        }
    }

    fn password(text: &str) -> Password {
        Password::new(text.to_owned())
    }

    #[test]
    fn a_box_opens_with_its_passphrase_for_its_purpose_and_not_otherwise() {
        let sealed = seal(&password("straw"), "setup", b"secret", &mut Counting(0)).unwrap();
        assert!(!sealed.windows(6).any(|window| window == b"secret"));
        assert_eq!(
            *open(&password("straw"), "setup", &sealed).unwrap(),
            b"secret"
        );
        let refused = |passphrase: &str, context: &str, sealed: &[u8]| {
            open(&password(passphrase), context, sealed).unwrap_err()
        };
        let authentication = DecryptError::Authentication;
        assert_eq!(refused("Straw", "setup", &sealed), authentication);
        assert_eq!(refused("straw", "vault", &sealed), authentication);
        for place in [4, 20, HEAD, sealed.len() - 1] {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert_eq!(
                refused("straw", "setup", &changed),
                authentication,
                "{place}"
            );
        }
    }

    #[test]
    fn a_strangers_box_can_ask_neither_for_all_memory_nor_for_next_to_nothing() {
        let sealed = seal(&password("x"), "c", b"y", &mut Counting(9)).unwrap();
        for (place, value) in [(2, 0xff), (1, 2), (1, 17), (3, 63)] {
            let mut costly = sealed.clone();
            costly[place] = value;
            let opened = open(&password("x"), "c", &costly);
            assert_eq!(opened.unwrap_err(), DecryptError::Cost, "{place} {value}");
        }
        for short in [0, 1, HEAD - 1, HEAD] {
            assert!(open(&password("x"), "c", &sealed[..short]).is_err());
        }
    }
}
