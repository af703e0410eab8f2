//! Choosing what to sync with: addresses, the test before *Apply*, and what it finds.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::ErrorCode;

/// The fields of *Advanced (CouchDB)*, without the password.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct CouchFields {
    /// Scheme, host, port and path prefix: `https://couch.example.org:6984`.
    pub address: String,
    pub user: String,
    pub database: String,
    /// The secret is a token (JWT) in place of name and password; then `user` is empty.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[ts(as = "Option<bool>", optional)]
    pub token: bool,
}

/// What is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SyncSettings {
    pub target: SyncTarget,
    pub secret_store: SecretStore,
    /// Whether a password for the target can be read now.
    pub has_password: bool,
    /// When the token in use says that it expires, in milliseconds since 1970; `None`: it does not
    /// say, or none is in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "number", optional)]
    pub token_expires: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum SyncTarget {
    Off,
    Couchdb {
        fields: CouchFields,
        /// `anna@host:6984/my-notes`: safe to show anywhere.
        display: String,
        #[serde(default)]
        encryption: crate::Encryption,
    },
    Hosted {
        account: crate::HostedAccount,
        /// `anna@example.org at notes.example.org`: safe to show anywhere.
        display: String,
        /// `003` or `004`; `null` while nobody is signed in.
        version: Option<String>,
        hide_sizes: bool,
    },
}

/// Where passwords are kept (design.md section 4). `ClearFile` is labelled for what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum SecretStore {
    Keyring,
    ClearFile,
    /// Until the app is closed.
    Session,
    /// The keyring cannot be used and nothing else was chosen.
    Unavailable,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChooseSecretStore {
    pub store: SecretStore,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PastedAddress {
    pub text: String,
}

/// A pasted URL taken apart. The password is given back once, for the password field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ParsedAddress {
    pub fields: CouchFields,
    pub password: Option<String>,
    pub hints: Vec<AddressHint>,
    /// The vault that the database must have: a setup link said so.
    pub vault: Option<String>,
    /// When the token that a setup link carries says that it expires, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "number", optional)]
    pub token_expires: Option<i64>,
}

/// Slips worth a word before anything is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum AddressHint {
    /// `/_utils` (the administration page) was pasted; it was cut off.
    UtilsPage,
    /// No scheme was given; `http` is assumed for this computer, `https` elsewhere.
    SchemeAssumed,
    /// No port was given: the scheme's own port is used, not CouchDB's 5984 or 6984.
    NoPort,
    /// Plain http to a host that is not this computer: the password could be read on the way.
    PlainHttp,
    /// Database names are lower case, begin with a letter and have no spaces.
    DatabaseName,
    NoDatabase,
}

/// An address with the password to use: `null` means the stored one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RemoteForm {
    pub fields: CouchFields,
    pub password: Option<String>,
    /// The vault that the database must have; `null`: whatever is known about it here.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub vault: Option<String>,
}

impl std::fmt::Debug for RemoteForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let password = self.password.as_ref().map(|_| "…");
        f.debug_struct("RemoteForm")
            .field("fields", &self.fields)
            .field("password", &password)
            .field("vault", &self.vault)
            .finish()
    }
}

/// What the test found: the first half of the checks. Nothing was changed on either side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RemoteReport {
    /// The one thing that stands in the way; `null`: sync will work.
    pub problem: Option<RemoteProblem>,
    pub warnings: Vec<RemoteWarning>,
    /// `CouchDB 3.4.2`, when something that speaks the protocol answered.
    pub server: Option<String>,
    /// Time of one round trip in milliseconds.
    pub answered_in_ms: Option<u32>,
    pub signed_in_as: Option<String>,
    /// Documents in the database, design documents included.
    pub documents: Option<u32>,
    /// The database is missing and this account may create it.
    pub can_create: bool,
    /// What is there is encrypted.
    pub encrypted: bool,
    /// `host:port`, to be named in sentences.
    pub host: String,
    pub database: String,
    /// The checks that found something, the one that stands in the way first: their sentences say
    /// what it means and what to do.
    pub lines: Vec<crate::DiagnosisLine>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RemoteProblem {
    pub code: ErrorCode,
    /// Technical, redacted.
    pub detail: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum RemoteWarning {
    /// Asked without a name and password, the database answered with its contents.
    OpenToEverybody,
    PlainHttp,
    /// The database holds documents that are not notes: another application uses it too.
    ForeignDocuments,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum ApplySync {
    Off,
    Couchdb {
        form: RemoteForm,
        /// Apply although the server cannot be reached now. Problems that need a person (wrong
        /// password, no database) are never overridden.
        although_unreachable: bool,
        /// What happens to what both sides have. Without an answer nothing is put into force when
        /// both have something, or when others use the database too: `Applied.sides` asks.
        #[serde(default)]
        joining: Option<crate::Joining>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Applied {
    /// `false`: nothing was changed; `report` says why.
    pub applied: bool,
    pub settings: SyncSettings,
    pub report: Option<RemoteReport>,
    /// Nothing was changed: a person has to see both sides first and say how they are joined.
    pub sides: Option<crate::Sides>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EnterPassword {
    pub password: String,
}

impl std::fmt::Debug for EnterPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EnterPassword(…)")
    }
}
