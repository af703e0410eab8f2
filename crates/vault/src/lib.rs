//! What an encrypted CouchDB holds. One random key, the vault's, closes every document, hides every
//! revision and covers every attachment; a passphrase closes the key, and the closed key lies in the
//! database, so that another device needs an address and a passphrase.
//!
//! Bytes in, bytes out: no I/O, no clock, no randomness of its own. The byte format and the reasons for
//! it are in `docs/decisions/0050-encrypted-couchdb.md`; `tests/vectors/vault.json` pins it.
//!
//! What must hold whoever runs the server:
//!
//! * Nothing is believed before its tag was checked, and the tag covers vault, id, revision, parent
//!   and deletion.
//! * The same revision of the same document is the same on the wire from every device, so that
//!   devices which merge independently still agree; without the key it says nothing of the text.
//! * No key meets a nonce twice with different texts: nonces follow from what they protect.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod attachment;
mod document;
mod error;
mod key;
mod lock;
mod recovery;
mod revision;
#[cfg(test)]
mod vectors;

pub use attachment::{AttachmentCipher, AttachmentId, Opening, sealed_length};
pub use document::{Content, Head, Opened, SealedAttachment, is_sealed};
pub use error::{LockError, OpenError};
pub use key::{Vault, VaultId};
pub use lock::{Lock, VAULT_DOCUMENT};
pub use recovery::RecoveryCode;
