//! Revision ids on the wire: a permutation of the 16 bytes of a revision's hash, keyed by vault and
//! document.
//!
//! A plain hash would let whoever runs the server test a guess of a note's text. A one-way keyed hash
//! would hide it as well, but then every device had to keep a table of what stands for what; a
//! permutation needs none, and a note keeps its history when it moves between a plain and an encrypted
//! database. The generation stays in the clear: `CouchDB` counts with it.

use aes::{
    Aes256,
    cipher::{Block, BlockDecrypt, BlockEncrypt, KeyInit},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sheaf_crypto::Key;
use sheaf_model::{DocId, Revision};
use subtle::ConstantTimeEq as _;

use crate::{Vault, key::mac};

/// Of a hash that is not 32 hexadecimal digits: none of Sheaf's, but a client may have written one.
const ODD: char = 's';
const ODD_TAG: usize = 12;
/// So that tag and hash stay within the 128 characters of a revision's hash.
const LONGEST_ODD: usize = 80;

impl Vault {
    /// As it stands in the database. `None`: a hash of another form, and too long to be hidden.
    pub fn seal_revision(&self, id: &DocId, revision: &Revision) -> Option<Revision> {
        let key = self.revision_key(id);
        let hash = match unhex(revision.hash()) {
            Some(hash) => {
                let mut block = Block::<Aes256>::from(hash);
                cipher(&key).encrypt_block(&mut block);
                hex(&block)
            }
            None => seal_odd(&key, revision.hash())?,
        };
        Revision::new(revision.generation(), &hash).ok()
    }

    /// The other way. `None`: nobody who has the key wrote this.
    pub fn open_revision(&self, id: &DocId, revision: &Revision) -> Option<Revision> {
        let key = self.revision_key(id);
        let hash = match unhex(revision.hash()) {
            Some(hash) => {
                let mut block = Block::<Aes256>::from(hash);
                cipher(&key).decrypt_block(&mut block);
                hex(&block)
            }
            None => open_odd(&key, revision.hash())?,
        };
        Revision::new(revision.generation(), &hash).ok()
    }

    fn revision_key(&self, id: &DocId) -> Key<32> {
        Key::new(*mac(&self.revision, &[id.as_str().as_bytes()]))
    }
}

fn cipher(key: &Key<32>) -> Aes256 {
    Aes256::new(key.reveal().into())
}

/// A tag that is also the nonce, and the hash under a stream that follows from it.
fn seal_odd(key: &Key<32>, hash: &str) -> Option<String> {
    if hash.len() > LONGEST_ODD {
        return None;
    }
    let tag = mac(key, &[b"odd", hash.as_bytes()]);
    let tag = &tag[..ODD_TAG];
    let mut out = tag.to_vec();
    out.extend(stream(key, tag, hash.as_bytes()));
    Some(format!("{ODD}{}", URL_SAFE_NO_PAD.encode(out)))
}

fn open_odd(key: &Key<32>, sealed: &str) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(sealed.strip_prefix(ODD)?).ok()?;
    let (tag, hidden) = bytes.split_at_checked(ODD_TAG)?;
    let hash = stream(key, tag, hidden);
    let expected = mac(key, &[b"odd", &hash]);
    if !bool::from(expected[..ODD_TAG].ct_eq(tag)) {
        return None;
    }
    String::from_utf8(hash).ok()
}

fn stream(key: &Key<32>, tag: &[u8], text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for (count, piece) in (0_u8..).zip(text.chunks(32)) {
        let pad = mac(key, &[b"stream", tag, &[count]]);
        out.extend(piece.iter().zip(pad.iter()).map(|(byte, pad)| byte ^ pad));
    }
    out
}

/// The bytes of 32 lower-case digits; anything else is odd.
fn unhex(text: &str) -> Option<[u8; 16]> {
    crate::VaultId::parse(text).map(|id| *id.bytes())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::vectors::vault;

    fn id(text: &str) -> DocId {
        DocId::parse(text).unwrap()
    }

    fn rev(text: &str) -> Revision {
        Revision::parse(text).unwrap()
    }

    const MD5: &str = "2-917fa2381192822767f010b95b45325b";

    #[test]
    fn a_revision_says_nothing_without_the_key_and_comes_back_with_it() {
        let sealed = vault(1).seal_revision(&id("note:a"), &rev(MD5)).unwrap();
        assert_eq!((sealed.generation(), sealed.hash().len()), (2, 32));
        assert_ne!(sealed, rev(MD5));
        assert_eq!(
            vault(1).open_revision(&id("note:a"), &sealed),
            Some(rev(MD5))
        );
        // The same text in another note, or in another vault, cannot be recognised.
        let elsewhere = vault(1).seal_revision(&id("note:b"), &rev(MD5)).unwrap();
        let otherwise = vault(2).seal_revision(&id("note:a"), &rev(MD5)).unwrap();
        assert!(sealed != elsewhere && sealed != otherwise);
    }

    #[test]
    fn a_hash_of_another_form_travels_unless_it_is_too_long() {
        for hash in ["a", "ABC", "s", &"x".repeat(LONGEST_ODD)] {
            let plain = Revision::new(7, hash).unwrap();
            let sealed = vault(1).seal_revision(&id("note:a"), &plain).unwrap();
            assert_eq!(
                vault(1).open_revision(&id("note:a"), &sealed),
                Some(plain.clone())
            );
            assert_eq!(vault(1).open_revision(&id("note:b"), &sealed), None);
            assert_eq!(vault(1).open_revision(&id("note:a"), &plain), None);
        }
        let long = Revision::new(1, &"x".repeat(LONGEST_ODD + 1)).unwrap();
        assert_eq!(vault(1).seal_revision(&id("note:a"), &long), None);
    }

    proptest! {
        #[test]
        fn every_revision_has_one_form_on_the_wire(
            hash in "[0-9a-f]{32}|[!#-+\\--~]{1,80}", generation in 1u64..1_000_000,
        ) {
            let plain = Revision::new(generation, &hash).unwrap();
            let sealed = vault(1).seal_revision(&id("note:a"), &plain).unwrap();
            prop_assert_eq!(vault(1).open_revision(&id("note:a"), &sealed), Some(plain));
        }

        #[test]
        fn no_revision_of_a_server_makes_it_panic(hash in "[!#-+\\--~]{1,128}") {
            let wire = Revision::new(1, &hash).unwrap();
            let _ = vault(1).open_revision(&id("note:a"), &wire);
        }
    }
}
