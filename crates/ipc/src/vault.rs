//! Encryption of one's own database: turning it on, getting in, the recovery kit, and moving between
//! a plain and an encrypted database.

use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{ErrorCode, RemoteForm};

/// How the database in use lies at the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Encryption {
    /// In the clear, as other apps read it.
    #[default]
    Off,
    /// Encrypted, and this computer has the key.
    On,
    /// Encrypted, and the passphrase has to be entered here.
    Locked,
}

/// Encrypts a database that holds nothing yet.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CreateVault {
    pub form: RemoteForm,
    pub passphrase: String,
}

/// Gets into a database that is encrypted already.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OpenVault {
    pub form: RemoteForm,
    pub proof: VaultProof,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum VaultProof {
    Passphrase { passphrase: String },
    RecoveryCode { code: String },
}

/// The passphrase or the recovery code once more, before the kit is shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConfirmVault {
    pub proof: VaultProof,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChangeVaultPassphrase {
    pub current: VaultProof,
    pub passphrase: String,
}

/// What opens the database without its passphrase. Shown and printed, never kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VaultKit {
    /// `anna@host:6984/my-notes`.
    pub display: String,
    /// Tells this database's key from others; not secret.
    pub vault: String,
    pub code: String,
}

/// Copies everything into a new database of another form, and changes over to it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BeginConversion {
    /// The name of the new database, on the same server.
    pub database: String,
    /// Of the new database; `null`: it lies in the clear.
    pub passphrase: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BegunConversion {
    pub conversion: Conversion,
    /// Of the new database, when that is encrypted.
    pub kit: Option<VaultKit>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Conversion {
    /// `anna@host:6984/my-notes`; stays as it is whatever happens.
    pub from: String,
    pub to: String,
    /// Whether the new database is the encrypted one.
    pub encrypts: bool,
    pub stage: ConversionStage,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum ConversionStage {
    /// Everything that the old database has comes here first.
    Receiving,
    Creating,
    Copying {
        done: u32,
        total: u32,
    },
    /// Both databases are counted.
    Checking,
    /// Sheaf was closed meanwhile. The old database is in use.
    Interrupted,
    /// It stopped. The old database is in use.
    Failed {
        code: ErrorCode,
        /// Technical, redacted.
        detail: String,
    },
    /// The new database is in use.
    Done {
        counts: DatabaseCounts,
        /// Documents of the old database that could not be read and are only there.
        left: u32,
    },
}

impl ConversionStage {
    /// Whether it goes on by itself.
    pub fn is_running(&self) -> bool {
        matches!(
            self,
            Self::Receiving | Self::Creating | Self::Copying { .. } | Self::Checking
        )
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DatabaseCounts {
    pub notes: u32,
    pub notebooks: u32,
    pub tags: u32,
    pub attachments: u32,
}

macro_rules! unprintable {
    ($($name:ident),+) => {
        $(impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        })+
    };
}

unprintable!(
    CreateVault,
    OpenVault,
    VaultProof,
    ConfirmVault,
    ChangeVaultPassphrase,
    VaultKit,
    BeginConversion,
    BegunConversion
);
