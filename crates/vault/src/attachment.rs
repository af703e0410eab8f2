//! The bytes of attachments, in pieces, so that nothing is ever whole in memory.
//!
//! Each piece is closed on its own: nonce, ciphertext, tag. Its number, whether it is the last, and
//! the document, length and digest of the whole are covered, so that pieces can be neither moved nor
//! left out nor taken from another file.

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use sheaf_model::DocId;

use crate::{
    OpenError, Vault,
    key::{mac, put},
};

const CONTEXT: &[u8] = b"sheaf attachment 1";
const PIECE: usize = 64 * 1024;
const NONCE: usize = 24;
const TAG: usize = 16;
const OVERHEAD: usize = NONCE + TAG;
const NAME: usize = 16;

/// Which bytes are meant: what the document says about them.
#[derive(Debug, Clone, Copy)]
pub struct AttachmentId<'a> {
    pub document: &'a DocId,
    pub length: u64,
    /// Lower-case hexadecimal.
    pub sha256: &'a str,
}

/// How long `length` bytes are in the database.
pub const fn sealed_length(length: u64) -> u64 {
    length + pieces(length) * OVERHEAD as u64
}

/// An empty file is one empty piece: that it is empty is covered, too.
const fn pieces(length: u64) -> u64 {
    let full = length.div_ceil(PIECE as u64);
    if full == 0 { 1 } else { full }
}

impl Vault {
    /// What an attachment is called in the database. The same for all revisions of a document.
    pub fn attachment_name(&self, id: &DocId, name: &str) -> String {
        let mut text = Vec::new();
        put(&mut text, id.as_str().as_bytes());
        put(&mut text, name.as_bytes());
        let digest = mac(&self.attachment_name, &[&text]);
        digest[..NAME]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    pub fn attachment(&self, attachment: AttachmentId<'_>) -> AttachmentCipher<'_> {
        let mut covered = Vec::with_capacity(256);
        put(&mut covered, CONTEXT);
        put(&mut covered, self.id().bytes());
        put(&mut covered, attachment.document.as_str().as_bytes());
        put(&mut covered, attachment.sha256.as_bytes());
        covered.extend(attachment.length.to_be_bytes());
        AttachmentCipher {
            vault: self,
            covered,
            length: attachment.length,
        }
    }
}

/// One attachment's pieces, in both directions.
pub struct AttachmentCipher<'a> {
    vault: &'a Vault,
    covered: Vec<u8>,
    length: u64,
}

impl<'a> AttachmentCipher<'a> {
    /// Takes the bytes of the database as they come.
    pub fn opening(self) -> Opening<'a> {
        Opening {
            cipher: self,
            number: 0,
            held: Vec::new(),
        }
    }

    /// How many bytes of the file piece `number` holds; `None` after the last.
    pub fn piece_length(&self, number: u64) -> Option<usize> {
        let last = pieces(self.length) - 1;
        match number {
            _ if number < last => Some(PIECE),
            _ if number == last => {
                Some(usize::try_from(self.length - last * PIECE as u64).unwrap_or(PIECE))
            }
            _ => None,
        }
    }

    /// `piece` has the length that [`Self::piece_length`] names.
    pub fn seal(&self, number: u64, piece: &[u8]) -> Vec<u8> {
        let covered = self.covered(number);
        let nonce = mac(&self.vault.attachment_nonce, &[&covered, piece]);
        let nonce = &nonce[..NONCE];
        let payload = Payload {
            msg: piece,
            aad: &covered,
        };
        let closed = self
            .cipher()
            .encrypt(XNonce::from_slice(nonce), payload)
            .expect("only a message beyond 256 GiB cannot be encrypted");
        [nonce, &closed].concat()
    }

    fn open(&self, number: u64, sealed: &[u8]) -> Result<Vec<u8>, OpenError> {
        let (nonce, closed) = sealed.split_at_checked(NONCE).ok_or(OpenError::Malformed)?;
        let payload = Payload {
            msg: closed,
            aad: &self.covered(number),
        };
        self.cipher()
            .decrypt(XNonce::from_slice(nonce), payload)
            .map_err(|_| OpenError::Authentication)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.vault.attachment.reveal().into())
    }

    fn covered(&self, number: u64) -> Vec<u8> {
        let mut covered = self.covered.clone();
        covered.extend(number.to_be_bytes());
        covered.push(u8::from(number + 1 == pieces(self.length)));
        covered
    }
}

/// Bytes of the database on their way to bytes of the file.
pub struct Opening<'a> {
    cipher: AttachmentCipher<'a>,
    number: u64,
    held: Vec<u8>,
}

impl Opening<'_> {
    /// The pieces that are complete now, opened.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<u8>, OpenError> {
        self.held.extend(bytes);
        let mut out = Vec::new();
        let mut used = 0;
        while let Some(length) = self.cipher.piece_length(self.number) {
            let end = used + length + OVERHEAD;
            let Some(piece) = self.held.get(used..end) else {
                break;
            };
            out.extend(self.cipher.open(self.number, piece)?);
            used = end;
            self.number += 1;
        }
        self.held.drain(..used);
        Ok(out)
    }

    /// Whether everything came and nothing else.
    pub fn is_complete(&self) -> bool {
        self.held.is_empty() && self.cipher.piece_length(self.number).is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::vault;

    fn id(text: &str) -> DocId {
        DocId::parse(text).unwrap()
    }

    fn file(length: usize) -> Vec<u8> {
        (0..length).map(|n| (n * 7 % 251) as u8).collect()
    }

    fn about<'a>(document: &'a DocId, bytes: &[u8], sha256: &'a str) -> AttachmentId<'a> {
        AttachmentId {
            document,
            length: bytes.len() as u64,
            sha256,
        }
    }

    fn seal(bytes: &[u8]) -> Vec<u8> {
        let (vault, id) = (vault(1), id("file:a"));
        let cipher = vault.attachment(about(&id, bytes, "d1"));
        let mut out = Vec::new();
        let mut rest = bytes;
        for number in 0.. {
            let Some(length) = cipher.piece_length(number) else {
                break;
            };
            let (piece, tail) = rest.split_at(length);
            out.extend(cipher.seal(number, piece));
            rest = tail;
        }
        out
    }

    /// Opens bytes that arrive `step` at a time.
    fn open(sealed: &[u8], about: AttachmentId<'_>, step: usize) -> Option<Vec<u8>> {
        let vault = vault(1);
        let mut opening = vault.attachment(about).opening();
        let mut out = Vec::new();
        for chunk in sealed.chunks(step) {
            out.extend(opening.push(chunk).ok()?);
        }
        opening.is_complete().then_some(out)
    }

    #[test]
    fn a_file_comes_back_however_the_bytes_are_cut() {
        for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 17] {
            let bytes = file(length);
            let sealed = seal(&bytes);
            assert_eq!(sealed.len() as u64, sealed_length(length as u64));
            for step in [4000, PIECE, 1 << 20] {
                let id = id("file:a");
                assert_eq!(
                    open(&sealed, about(&id, &bytes, "d1"), step).as_ref(),
                    Some(&bytes)
                );
            }
        }
    }

    #[test]
    fn pieces_cannot_be_changed_moved_left_out_added_or_taken_from_another_file() {
        let bytes = file(2 * PIECE + 5);
        let sealed = seal(&bytes);
        let a = id("file:a");
        let refused = |sealed: &[u8], about| assert_eq!(open(sealed, about, 9000), None);
        let piece = PIECE + OVERHEAD;
        for place in [0, 30, piece - 1, piece, sealed.len() - 1] {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            refused(&changed, about(&a, &bytes, "d1"));
        }
        let moved = [
            &sealed[piece..2 * piece],
            &sealed[..piece],
            &sealed[2 * piece..],
        ]
        .concat();
        refused(&moved, about(&a, &bytes, "d1"));
        refused(&sealed[..2 * piece], about(&a, &bytes, "d1"));
        refused(&sealed[..sealed.len() - 1], about(&a, &bytes, "d1"));
        refused(&[&sealed[..], b"x"].concat(), about(&a, &bytes, "d1"));
        // The first piece alone, for a file that is said to be just so long.
        refused(&sealed[..piece], about(&a, &bytes[..PIECE], "d1"));
        let b = id("file:b");
        refused(&sealed, about(&b, &bytes, "d1"));
        refused(&sealed, about(&a, &bytes, "d2"));
    }

    #[test]
    fn names_are_hidden_and_stay_the_same() {
        let name =
            |vault: &Vault, document: &str, name: &str| vault.attachment_name(&id(document), name);
        let index = name(&vault(1), "file:a", "index");
        assert_eq!(index.len(), 2 * NAME);
        assert_eq!(index, name(&vault(1), "file:a", "index"));
        assert_ne!(index, name(&vault(1), "file:b", "index"));
        assert_ne!(index, name(&vault(2), "file:a", "index"));
    }
}
