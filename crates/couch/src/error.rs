//! Everything that can stop a replication, and which [`Fault`] that is.

use std::{error::Error, time::Duration};

use sheaf_net::{NetClass, NetError};
use sheaf_sync::{Class, Fault};

/// An answer that is not what was asked for. `error` and `reason` are CouchDB's own words,
/// redacted; both empty when the body was not CouchDB's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{request} was answered with status {status} {error}: {reason}")]
pub struct Answer {
    /// What was asked, without ids: `POST _bulk_docs`.
    pub request: &'static str,
    pub status: u16,
    pub error: String,
    pub reason: String,
    pub retry_after: Option<Duration>,
}

#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    #[error(transparent)]
    Net(#[from] NetError),
    #[error(transparent)]
    Answer(#[from] Answer),
    /// A success whose body is not what CouchDB sends: a login page, a truncated feed.
    #[error("the answer to {request} is not CouchDB's")]
    Garbled {
        request: &'static str,
        #[source]
        source: Option<serde_json::Error>,
    },
    /// Writing is not allowed to this account; reading is.
    #[error("this account may read the database but not write to it")]
    ReadOnly(#[source] Answer),
    #[error("this is not the database these notes were synced with")]
    TargetChanged { remote_documents: u32 },
    #[error("{deletions} of {notes} notes would be deleted")]
    MassDeletion { deletions: u32, notes: u32 },
    /// The server announced revisions that it did not hand over. Asked for again next time.
    #[error("{documents} announced documents were not handed over")]
    Incomplete { documents: u32 },
    /// What is there is encrypted, and this computer has no key to it.
    #[error("the database is encrypted, and its passphrase was not entered here")]
    Encrypted,
    /// What is there is encrypted with another key than the one that is known here.
    #[error("the database is encrypted with another key than before")]
    OtherVault,
    #[error("the notes on this computer could not be read or written")]
    Replica(#[source] Box<dyn Error + Send + Sync>),
}

impl SyncError {
    pub(crate) fn replica(error: impl Error + Send + Sync + 'static) -> Self {
        Self::Replica(Box::new(error))
    }

    pub fn fault(&self) -> Fault {
        match self {
            Self::Net(error) => net_fault(&error.class),
            Self::Answer(answer) => answer.fault(),
            Self::Garbled { .. } => Fault::NotTheServer,
            Self::ReadOnly(_) => Fault::ReadOnly,
            Self::TargetChanged { .. } => Fault::TargetChanged,
            Self::MassDeletion { .. } => Fault::MassDeletion,
            Self::Incomplete { .. } => Fault::ServerFault,
            Self::Encrypted => Fault::Encrypted,
            Self::OtherVault => Fault::OtherVault,
            Self::Replica(_) => Fault::Local,
        }
    }

    pub fn class(&self) -> Class {
        self.fault().class()
    }

    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Answer(answer) | Self::ReadOnly(answer) => answer.retry_after,
            _ => None,
        }
    }
}

fn net_fault(class: &NetClass) -> Fault {
    match class {
        NetClass::HostNotFound => Fault::HostNotFound,
        NetClass::Refused => Fault::ConnectionRefused,
        NetClass::TimedOut => Fault::TimedOut,
        NetClass::Unreachable | NetClass::Reset => Fault::Unreachable,
        NetClass::Certificate(_) => Fault::Certificate,
        NetClass::Redirected(_) => Fault::Redirected,
        NetClass::Protocol | NetClass::TooLong => Fault::NotTheServer,
        NetClass::Source => Fault::Local,
    }
}

impl Answer {
    /// It is the database that is not there, not what was asked for in it: in the words of CouchDB, or of its relatives.
    pub(crate) fn is_without_database(&self) -> bool {
        self.status == 404
            && (self.reason.starts_with("Database does not exist") || self.reason == "no_db_file")
    }

    pub fn fault(&self) -> Fault {
        match self.status {
            401 => Fault::Unauthorised,
            // CouchDB 3.4 and later, after five failed sign-ins.
            403 if self.reason.contains("locked") => Fault::LockedOut,
            403 => Fault::Forbidden,
            402 | 507 => Fault::QuotaExceeded,
            404 if self.error == "not_found" => Fault::DatabaseMissing,
            // A malformed cookie or header of the sign-in itself.
            400 if self.reason.contains("Authorization") => Fault::Unauthorised,
            413 => Fault::TooLarge,
            429 => Fault::RateLimited,
            408 | 500..=599 => Fault::ServerFault,
            _ => Fault::NotTheServer,
        }
    }
}
