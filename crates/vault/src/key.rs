//! The vault's key and what is derived from it, one key for each purpose.

use std::fmt;

use hmac::{Hmac, Mac};
use sha2::Sha256;
use sheaf_crypto::{Key, Random};
use zeroize::Zeroizing;

/// 16 random bytes that tell vaults apart. Not secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct VaultId([u8; 16]);

impl VaultId {
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        // One way of writing it, or two vaults that are one would look like two.
        if bytes.len() != 32 || !bytes.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return None;
        }
        let mut id = [0; 16];
        for (byte, pair) in id.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            let pair = std::str::from_utf8(pair).ok()?;
            *byte = u8::from_str_radix(pair, 16).ok()?;
        }
        Some(Self(id))
    }

    pub(crate) fn bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for VaultId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// An open vault. Can be neither printed nor cloned; wiped when dropped.
pub struct Vault {
    id: VaultId,
    key: Key<32>,
    pub(crate) revision: Key<32>,
    pub(crate) document: Key<32>,
    pub(crate) document_nonce: Key<32>,
    pub(crate) attachment: Key<32>,
    pub(crate) attachment_nonce: Key<32>,
    pub(crate) attachment_name: Key<32>,
    pub(crate) proof: Key<32>,
}

impl Vault {
    /// A vault that has never been.
    pub fn create(random: &mut dyn Random) -> Self {
        let mut id = [0; 16];
        random.fill(&mut id);
        let mut key = Zeroizing::new([0; 32]);
        random.fill(key.as_mut_slice());
        Self::new(VaultId(id), Key::new(*key))
    }

    pub(crate) fn new(id: VaultId, key: Key<32>) -> Self {
        let of = |purpose: &str| {
            let text = [&b"sheaf vault 1\0"[..], id.bytes(), purpose.as_bytes()];
            Key::new(*mac(&key, &text))
        };
        Self {
            revision: of("revision"),
            document: of("document"),
            document_nonce: of("document nonce"),
            attachment: of("attachment"),
            attachment_nonce: of("attachment nonce"),
            attachment_name: of("attachment name"),
            proof: of("proof"),
            id,
            key,
        }
    }

    pub fn id(&self) -> VaultId {
        self.id
    }

    pub(crate) fn key(&self) -> &Key<32> {
        &self.key
    }
}

/// HMAC-SHA-256 over the pieces as they follow each other.
pub(crate) fn mac(key: &Key<32>, pieces: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key.reveal()).expect("HMAC takes a key of any length");
    for piece in pieces {
        mac.update(piece);
    }
    Zeroizing::new(mac.finalize().into_bytes().into())
}

/// Appends `bytes` behind their length, so that no two lists of pieces read the same.
pub(crate) fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend((bytes.len() as u64).to_be_bytes());
    out.extend(bytes);
}
