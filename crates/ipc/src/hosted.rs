//! An account at a Sheaf server, or another server of the same protocol: getting one, getting in,
//! leaving, and what its owner is told about it.

use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::SyncSettings;

/// Whose notes, and where.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HostedAccount {
    /// `https://notes.example.org`, as `sheaf-server` prints it when it starts.
    pub address: String,
    pub email: String,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HostedSignUp {
    pub account: HostedAccount,
    pub password: String,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HostedSignIn {
    pub account: HostedAccount,
    pub proof: HostedProof,
    /// The person knows that the account is protected by the older version (003).
    pub allow_older: bool,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum HostedProof {
    Password { password: String },
    RecoveryCode { code: String },
}

/// An account was made and is in force.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HostedSignedUp {
    pub settings: SyncSettings,
    pub kit: RecoveryKit,
}

/// What opens the account without its password. Shown, never kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RecoveryKit {
    pub account: HostedAccount,
    pub code: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HostedSignOut {
    /// `false`: the notes go from this computer; those on the server stay there.
    pub keep_notes: bool,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HostedChangePassword {
    pub current: HostedProof,
    pub new_password: String,
}

/// The password once more, before something that must not happen by accident.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HostedConfirm {
    pub password: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HostedOptions {
    /// Fill notes up to a few sizes, so that the server does not learn theirs.
    pub hide_sizes: bool,
}

/// What an honest server never does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum HostedWarningKind {
    /// It returned an older version of a note; the newer one was kept and sent again.
    Older,
    /// It showed this device another history than it showed before.
    Forked,
    /// It said that an item is of another type than it was written with.
    Retyped,
    /// It does not hand out what another device has written.
    Missing,
    /// It deleted what none of the devices that run Sheaf deleted.
    Deleted,
    /// It handed out what no device with the account's keys can have written.
    Altered,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HostedWarning {
    pub kind: HostedWarningKind,
    /// The document's id; the item's name where no document is known.
    pub id: String,
    /// The note's title, where it is here.
    pub title: Option<String>,
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
    HostedSignUp,
    HostedSignIn,
    HostedProof,
    HostedSignedUp,
    RecoveryKit,
    HostedChangePassword,
    HostedConfirm
);
