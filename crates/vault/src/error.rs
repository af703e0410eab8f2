//! Why something does not open. No variant carries a byte of key or text.

/// Of a document or an attachment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    #[error("it is not encrypted")]
    Plain,
    #[error("its encrypted form is malformed")]
    Malformed,
    #[error("it was encrypted by a newer version of Sheaf")]
    Newer,
    #[error("it is encrypted with the key of another vault")]
    OtherVault,
    /// Another text, id, revision, parent or fate than it was closed with.
    #[error("it was changed by somebody who does not have the key")]
    Authentication,
}

/// Of the key in a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LockError {
    #[error("the key in the database is malformed")]
    Malformed,
    #[error("the key in the database was written by a newer version of Sheaf")]
    Newer,
    /// Cheaper than Sheaf ever makes it, or so dear that it would stop the computer.
    #[error("the key in the database asks for a cost that Sheaf never writes")]
    Cost,
    /// Or the key was changed; the two cannot be told apart.
    #[error("the passphrase does not open this vault")]
    WrongPassphrase,
    #[error("this is not the recovery code of this vault")]
    WrongCode,
    #[error("the key could not be derived")]
    Derivation,
}
