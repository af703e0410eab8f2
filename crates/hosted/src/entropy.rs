//! Randomness of the environment, for keys, nonces and names.

use sheaf_crypto::{Key, Random};
use sheaf_sync::Environment;

/// The environment as a source of bytes.
pub(crate) struct Entropy<'a, E>(pub(crate) &'a E);

impl<E: Environment> Random for Entropy<'_, E> {
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let drawn = self.0.random().to_le_bytes();
            chunk.copy_from_slice(&drawn[..chunk.len()]);
        }
    }
}

/// A new key.
pub(crate) fn key(random: &mut dyn Random) -> Key<32> {
    let mut bytes = [0_u8; 32];
    random.fill(&mut bytes);
    Key::new(bytes)
}

/// 256 bits as hexadecimal text.
pub(crate) fn hex(random: &mut dyn Random) -> String {
    key(random).reveal_hex()
}

/// A version 4 UUID.
pub(crate) fn uuid(random: &mut dyn Random) -> String {
    let mut bytes = [0_u8; 16];
    random.fill(&mut bytes);
    uuid::Builder::from_random_bytes(bytes)
        .into_uuid()
        .to_string()
}
