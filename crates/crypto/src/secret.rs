//! Types for what must not be seen. Neither `Debug` nor `Display`, `Clone` nor `PartialEq`:
//! whoever needs one of those has to write `reveal` and be seen in review.

use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{KeyError, text};

/// `N` bytes of key material, wiped when dropped.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Key<const N: usize>(Box<[u8; N]>);

impl<const N: usize> Key<N> {
    pub fn new(bytes: [u8; N]) -> Self {
        let mut bytes = bytes;
        let key = Self(Box::new(bytes));
        bytes.zeroize();
        key
    }

    pub(crate) fn from_slice(bytes: &[u8]) -> Result<Self, KeyError> {
        Ok(Self::new(
            bytes.try_into().map_err(|_| KeyError::Malformed)?,
        ))
    }

    /// From lower- or upper-case hexadecimal, as keys are written inside items keys.
    pub fn from_hex(hex: &str) -> Result<Self, KeyError> {
        let mut bytes = text::unhex(hex).ok_or(KeyError::Malformed)?;
        let key = Self::from_slice(&bytes);
        bytes.zeroize();
        key
    }

    pub fn reveal(&self) -> &[u8; N] {
        &self.0
    }

    /// Lower-case hexadecimal. The caller wipes it.
    pub fn reveal_hex(&self) -> String {
        text::hex(self.0.as_slice())
    }
}

/// A password as it was typed, wiped when dropped.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Password(String);

impl Password {
    pub fn new(text: String) -> Self {
        Self(text)
    }

    pub fn reveal(&self) -> &str {
        &self.0
    }
}
