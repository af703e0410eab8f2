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
    /// The question was signed in with a token.
    pub by_token: bool,
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
    /// Who was let in a moment ago is a stranger now, in the middle of a body that cannot be sent twice: a gateway's session
    /// ran out. The next question signs in anew.
    #[error("the sign-in ran out in the middle of {request}")]
    SignedOut { request: &'static str },
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
            Self::Incomplete { .. } | Self::SignedOut { .. } => Fault::ServerFault,
            Self::Encrypted => Fault::Encrypted,
            Self::OtherVault => Fault::OtherVault,
            Self::Replica(_) => Fault::Local,
        }
    }

    pub fn class(&self) -> Class {
        self.fault().class()
    }

    /// The proxy that stands in the way, `host:port`.
    pub fn proxy(&self) -> Option<&str> {
        match self {
            Self::Net(error) if self.fault().is_of_a_proxy() => error.proxy.as_deref(),
            _ => None,
        }
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
        NetClass::ProxyPassword => Fault::ProxyPassword,
        NetClass::ProxyUnreachable => Fault::ProxyUnreachable,
        NetClass::ProxyRefused(_) => Fault::ProxyRefused,
        NetClass::Source => Fault::Local,
    }
}

impl Answer {
    /// It is the database that is not there, not what was asked for in it: in the words of CouchDB, or of its relatives.
    pub(crate) fn is_without_database(&self) -> bool {
        self.status == 404
            && (self.reason.starts_with("Database does not exist") || self.reason == "no_db_file")
    }

    /// It is the token that is refused, not what was asked: in the words of CouchDB's `jwtf` or of a gateway that
    /// speaks RFC 6750 (section 3.1).
    pub(crate) fn is_about_the_token(&self) -> bool {
        const WORDS: [&str; 10] = [
            " not in future",
            " not in past",
            "invalid_token",
            "Malformed token",
            "Token missing",
            " claim",
            "Bad HMAC",
            "Bad signature",
            " kid",
            " header parameter",
        ];
        self.by_token
            && matches!(self.status, 400 | 401)
            && (self.says_expired() || WORDS.iter().any(|word| self.reason.contains(word)))
    }

    fn says_expired(&self) -> bool {
        let reason = self.reason.to_ascii_lowercase();
        reason.contains("exp not in future") || reason.contains("expired")
    }

    pub fn fault(&self) -> Fault {
        match self.status {
            400 | 401 if self.is_about_the_token() && self.says_expired() => Fault::TokenExpired,
            400 if self.is_about_the_token() => Fault::TokenRefused,
            401 if self.by_token => Fault::TokenRefused,
            401 => Fault::Unauthorised,
            // CouchDB 3.4 and later, after five failed sign-ins.
            403 if self.reason.contains("locked") => Fault::LockedOut,
            403 => Fault::Forbidden,
            402 | 507 => Fault::QuotaExceeded,
            404 if self.error == "not_found" => Fault::DatabaseMissing,
            // A malformed cookie or header of the sign-in itself.
            400 if self.reason.contains("Authorization") => Fault::Unauthorised,
            407 => Fault::ProxyPassword,
            413 => Fault::TooLarge,
            429 => Fault::RateLimited,
            408 | 500..=599 => Fault::ServerFault,
            _ => Fault::NotTheServer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, reason: &str, by_token: bool) -> Answer {
        Answer {
            request: "GET database",
            status,
            error: "unauthorized".to_owned(),
            reason: reason.to_owned(),
            retry_after: None,
            by_token,
        }
    }

    /// As CouchDB 3.5.0 answers, and gateways with RFC 6750.
    #[test]
    fn a_token_that_is_too_old_is_told_from_one_that_is_wrong() {
        for (status, reason, fault) in [
            (401, "exp not in future", Fault::TokenExpired),
            (
                401,
                "error=\"invalid_token\", error_description=\"The token expired\"",
                Fault::TokenExpired,
            ),
            (401, "nbf not in past", Fault::TokenRefused),
            (401, "Token missing sub claim.", Fault::TokenRefused),
            (400, "Bad HMAC", Fault::TokenRefused),
            (400, "Unknown kid", Fault::TokenRefused),
            (400, "Malformed token", Fault::TokenRefused),
            (400, "Invalid alg header parameter", Fault::TokenRefused),
            // No handler for tokens: the question counts as a stranger's.
            (
                401,
                "You are not authorized to access this db.",
                Fault::TokenRefused,
            ),
            (
                400,
                "Malformed sequence supplied in 'since' parameter.",
                Fault::NotTheServer,
            ),
        ] {
            assert_eq!(answer(status, reason, true).fault(), fault, "{reason}");
        }
        assert_eq!(
            answer(401, "exp not in future", false).fault(),
            Fault::Unauthorised
        );
    }
}
