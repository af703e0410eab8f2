//! What can go wrong, as a closed set of codes. The wording is the window's (it is translated);
//! the full chain of causes went to the log where the error happened.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A code is added only when somebody acts differently on it, and removed when nobody does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ErrorCode {
    // The request
    /// No such note, notebook, tag, attachment or command.
    NotFound,
    /// A field of the request breaks a rule of the data model; `detail` names it.
    Invalid,
    /// A notebook cannot move into itself or one of its own notebooks.
    NotebookCycle,
    /// The default notebook cannot be deleted.
    DefaultNotebook,
    /// Another tag already has this name.
    NameTaken,

    // This computer
    /// Another program, or another Sheaf, holds the note database.
    DatabaseLocked,
    /// The database was written by a newer version of Sheaf.
    DatabaseNewer,
    DatabaseCorrupt,
    DiskFull,
    /// The system keyring is missing, locked or refused; a choice of store is needed.
    SecretStore,
    /// A password is needed and none is stored.
    PasswordMissing,
    /// A passphrase that opens nothing: mistyped, or what it should open was changed.
    WrongPassphrase,

    // The way to the server
    AddressInvalid,
    HostNotFound,
    ConnectionRefused,
    TimedOut,
    /// No network at all, or the connection broke on the way.
    Unreachable,
    Certificate,
    /// The proxy in between wants a name and a password, or others.
    ProxyPassword,
    /// The proxy in between does not answer.
    ProxyUnreachable,
    /// The proxy in between answers, and does not let us through.
    ProxyRefused,
    /// Something answers, but it is not a CouchDB: a login page, a proxy, another service.
    NotCouchdb,
    /// The same where a Sheaf server was expected.
    NotNotesServer,
    Redirected,

    // The server
    /// Wrong name or password.
    Unauthorised,
    /// The token was good until some time ago.
    TokenExpired,
    /// The server does not accept the token, or no tokens at all.
    TokenRefused,
    /// The account is locked for some minutes after failed sign-ins.
    LockedOut,
    /// Signed in, but this account may not read the database.
    Forbidden,
    /// Signed in and able to read, but not to write.
    ReadOnly,
    DatabaseMissing,
    RateLimited,
    QuotaExceeded,
    TooLarge,
    ServerFault,

    // An account at a Sheaf server
    EmailTaken,
    RegistrationClosed,
    /// Protected by the older version 003; opened only when the person says so.
    OlderAccount,
    /// The server offers weaker keys than this account was seen to have.
    WeakerKeys,
    /// The account asks for a second factor, which Sheaf does not have.
    SecondFactor,
    /// The session was ended at the server.
    SessionEnded,
    /// The password was changed on another device.
    PasswordChanged,
    /// Items are there, and none of the keys that open them.
    KeysMissing,
    /// This is not a recovery code, or one of another password.
    RecoveryCode,
    /// The server works only with newer versions of Sheaf.
    AppTooOld,
    /// Edits are not on the server yet and would be lost.
    Unsent,

    // An encrypted database
    /// The database is encrypted, and its passphrase was not entered here.
    VaultLocked,
    /// It is encrypted with another key than before, or than the setup link says.
    OtherVault,
    /// What is in the place of its key cannot be used: changed, or of a newer version.
    VaultUnreadable,
    /// It should be encrypted, and is not.
    NotEncrypted,
    /// Encryption begins with an empty database, and this one is not.
    NotEmpty,
    /// The notes are on their way into another database.
    Converting,
    /// The new database has not everything that the old one has.
    CountsDiffer,

    // Sync
    /// Sync is switched off.
    SyncOff,
    /// The remote is not the one these notes were synced with.
    TargetChanged,
    /// The remote asks for more deletions than the brake lets through.
    MassDeletion,
    Cancelled,

    /// A defect in Sheaf. The log has more.
    Bug,
}

/// An error as it crosses the boundary. `detail` is technical, redacted, never a note's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ApiError {
    pub code: ErrorCode,
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The proxy that stands in the way, `host:port`, where the code is one of a proxy's.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
}

impl ApiError {
    pub fn new(code: ErrorCode) -> Self {
        Self {
            code,
            detail: None,
            proxy: None,
        }
    }

    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    #[must_use]
    pub fn at_proxy(mut self, proxy: Option<&str>) -> Self {
        self.proxy = proxy.map(str::to_owned);
        self
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.detail {
            Some(detail) => write!(f, "{:?}: {detail}", self.code),
            None => write!(f, "{:?}", self.code),
        }
    }
}

impl std::error::Error for ApiError {}
