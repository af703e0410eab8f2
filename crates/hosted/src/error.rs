//! Everything that can stop an account or a conversation, and which [`Fault`] that is.

use std::{error::Error, time::Duration};

use sheaf_crypto::{KeyError, Version};
use sheaf_net::{NetClass, NetError};
use sheaf_protocol::ErrorTag;
use sheaf_sync::{Class, Fault};

/// An answer that is not what was asked for. `message` is the server's own words, redacted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{request} was answered with status {status}: {message}")]
pub struct Answer {
    /// What was asked, without names: `POST items`.
    pub request: &'static str,
    pub status: u16,
    pub tag: Option<ErrorTag>,
    pub message: String,
    pub retry_after: Option<Duration>,
}

#[derive(Debug, thiserror::Error)]
pub enum HostedError {
    #[error(transparent)]
    Net(#[from] NetError),
    #[error(transparent)]
    Answer(#[from] Answer),
    /// A success whose body is not what such a server sends: a login page, a cut answer.
    #[error("the answer to {request} is not that of a notes server")]
    Garbled {
        request: &'static str,
        #[source]
        source: Option<serde_json::Error>,
    },
    #[error("the keys of the account cannot be made")]
    Key(#[from] KeyError),
    /// An account of an older client. Opened only when the person says so.
    #[error("the account is protected by version {} with {cost} rounds", .version.as_str())]
    OlderAccount { version: Version, cost: u32 },
    /// The server names a weaker protection than was seen for this account before.
    #[error("the server offers weaker protection than this account has")]
    Downgrade,
    /// The server answers with parameters of somebody else.
    #[error("the server answered with the parameters of another account")]
    AnotherIdentifier,
    #[error("the account asks for a second factor")]
    SecondFactor,
    #[error("the e-mail is registered already")]
    EmailTaken,
    #[error("registration is not open on this server")]
    RegistrationClosed,
    #[error("this is not a recovery code")]
    RecoveryCode,
    /// The server does not accept this session any longer.
    #[error("the session has ended")]
    SessionLost,
    /// The server has other key parameters than this device.
    #[error("the password was changed on another device")]
    PasswordChanged,
    /// Items are there and none of the keys that open them.
    #[error("the keys of {items} items are not on the server")]
    KeysMissing { items: u32 },
    /// Something else has to be finished first.
    #[error("the account is protected by an older version; upgrade it first")]
    UpgradeFirst,
    #[error("this is another account than the one these notes were synced with")]
    TargetChanged { remote_documents: u32 },
    #[error("{deletions} of {notes} notes would be deleted")]
    MassDeletion { deletions: u32, notes: u32 },
    /// The same place in the feed again and again.
    #[error("the server does not get to the end of its answer")]
    Endless,
    #[error("the key of the account could not be kept")]
    Vault(#[source] Box<dyn Error + Send + Sync>),
    #[error("the notes on this computer could not be read or written")]
    Replica(#[source] Box<dyn Error + Send + Sync>),
}

impl HostedError {
    pub(crate) fn replica(error: impl Error + Send + Sync + 'static) -> Self {
        Self::Replica(Box::new(error))
    }

    pub(crate) fn vault(error: impl Error + Send + Sync + 'static) -> Self {
        Self::Vault(Box::new(error))
    }

    pub fn fault(&self) -> Fault {
        match self {
            Self::Net(error) => net_fault(&error.class),
            Self::Answer(answer) => answer.fault(),
            Self::Garbled { .. } | Self::Endless => Fault::NotTheServer,
            Self::Key(_)
            | Self::OlderAccount { .. }
            | Self::Downgrade
            | Self::AnotherIdentifier
            | Self::SecondFactor
            | Self::RecoveryCode
            | Self::SessionLost
            | Self::PasswordChanged
            | Self::UpgradeFirst
            | Self::KeysMissing { .. } => Fault::Unauthorised,
            Self::EmailTaken | Self::RegistrationClosed => Fault::Forbidden,
            Self::TargetChanged { .. } => Fault::TargetChanged,
            Self::MassDeletion { .. } => Fault::MassDeletion,
            Self::Vault(_) | Self::Replica(_) => Fault::Local,
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
            Self::Answer(answer) => answer.retry_after,
            _ => None,
        }
    }

    /// Wrong e-mail or password, or a session that is over.
    pub(crate) fn is_unauthorised(&self) -> bool {
        matches!(self, Self::Answer(answer) if answer.status == 401)
    }

    pub(crate) fn is_missing_route(&self) -> bool {
        matches!(self, Self::Answer(answer) if matches!(answer.status, 404 | 405))
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
    pub fn fault(&self) -> Fault {
        match self.status {
            _ if self.tag == Some(ErrorTag::ClientTooOld) => Fault::AppTooOld,
            401 | 498 => Fault::Unauthorised,
            423 => Fault::LockedOut,
            403 => Fault::Forbidden,
            402 | 507 => Fault::QuotaExceeded,
            407 => Fault::ProxyPassword,
            413 => Fault::TooLarge,
            429 => Fault::RateLimited,
            408 | 500..=599 => Fault::ServerFault,
            _ => Fault::NotTheServer,
        }
    }
}
