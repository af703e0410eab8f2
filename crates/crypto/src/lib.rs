//! Encryption. Standard Notes, versions 003 and 004: from a password to keys, from a text to the
//! strings a server keeps, and back.
//!
//! Bytes in, bytes out: no I/O, no clock, no randomness of its own ([`Random`] is handed in).
//! Keys are types that cannot be printed, compared or cloned by accident and that are wiped when
//! dropped. Authentication comes before anything else: no decrypted byte is parsed, returned or
//! logged before its tag was checked.
//!
//! Beside them, what is closed with a passphrase of Sheaf's own: the link that sets up the next device,
//! and the key of an encrypted database.
//!
//! The strings of 003 and 004 are a published protocol (Standard Notes specification,
//! `encryption-003` and `encryption-004`); what its documents leave open follows what the two
//! published clients write, as recorded in `tests/vectors/standard-notes.json`.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod error;
pub mod letters;
mod params;
pub mod passphrase;
mod secret;
mod text;
pub mod v003;
pub mod v004;
#[cfg(test)]
mod vectors;

pub use error::{DecryptError, KeyError};
pub use params::{KeyParams, Version};
pub use secret::{Key, Password};

/// Entropy, handed in by the caller: the operating system's in production, a seed in tests.
pub trait Random {
    fn fill(&mut self, bytes: &mut [u8]);
}

/// The strings of one encrypted item, as they travel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    pub content: String,
    pub enc_item_key: String,
}
