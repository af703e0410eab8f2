//! What can go wrong. No variant carries a byte of key or plaintext.

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// A version this crate does not derive keys for; 001 and 002 are refused on purpose.
    #[error("accounts of version {0} are not supported")]
    Version(&'static str),
    /// The server named a cost below what every honest client used (003: 110,000 rounds), which
    /// would make the password cheap to guess.
    #[error("the server asks for {asked} rounds of key derivation; at least {least} are needed")]
    CostTooLow { asked: u32, least: u32 },
    #[error("the account's key parameters are incomplete: {0}")]
    Incomplete(&'static str),
    #[error("key derivation failed")]
    Derivation,
    #[error("not a key: expected hexadecimal digits of the right length")]
    Malformed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecryptError {
    /// Not the number of parts, encoding or lengths of its version.
    #[error("the encrypted text is malformed")]
    Malformed,
    #[error("the encrypted text is of another version than its key")]
    Version,
    /// Content without encryption (`000`) where encryption is required.
    #[error("the content is not encrypted")]
    Plaintext,
    /// The text belongs to another item.
    #[error("the encrypted text names another item")]
    Uuid,
    /// Wrong key, or the text was changed.
    #[error("the encrypted text does not pass authentication")]
    Authentication,
    /// Cheaper to guess than anything Sheaf closes, or so dear that opening it would stop the
    /// computer.
    #[error("opening it would cost what Sheaf never asks for")]
    Cost,
    #[error("the decrypted text is not UTF-8")]
    Encoding,
}
