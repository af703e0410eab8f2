//! What can stand between this computer and its remote, as a closed set, and what to do about
//! each. Every remote's error type maps onto it; workers and screens decide on nothing else.

/// A fault is added only when somebody acts differently on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
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
    /// Something answers that does not speak the protocol: a login page, a proxy, another service.
    NotTheServer,
    Redirected,
    /// Wrong name or password.
    Unauthorised,
    /// The token was good until some time ago.
    TokenExpired,
    /// The token is not accepted.
    TokenRefused,
    /// Locked for some minutes after failed sign-ins; even the right password is refused.
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
    /// The remote is not the one these notes were synced with.
    TargetChanged,
    /// The remote asks for more deletions than the brake lets through.
    MassDeletion,
    /// The remote is encrypted, and its passphrase was not entered here.
    Encrypted,
    /// The remote is encrypted with another key than the one known here.
    OtherVault,
    /// The server works only with newer versions of this program.
    AppTooOld,
    /// The notes on this computer could not be read or written.
    Local,
}

/// Who acts next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// The worker, after a pause.
    Transient,
    /// A person; trying again before that changes nothing or makes it worse.
    NeedsPerson,
    /// Nobody: one document is left out, the rest goes on.
    Document,
}

impl Fault {
    pub const fn class(self) -> Class {
        match self {
            // A login page of a hotel's network answers instead of the server, or redirects to
            // itself, until somebody has paid: both heal without a word to Sheaf.
            Self::HostNotFound
            | Self::ConnectionRefused
            | Self::TimedOut
            | Self::Unreachable
            // Left behind with the network it belongs to; a refusal may also mean that the proxy does not reach the server.
            | Self::ProxyUnreachable
            | Self::ProxyRefused
            | Self::NotTheServer
            | Self::Redirected
            | Self::LockedOut
            | Self::RateLimited
            | Self::ServerFault => Class::Transient,
            Self::Certificate
            | Self::ProxyPassword
            | Self::Unauthorised
            | Self::TokenExpired
            | Self::TokenRefused
            | Self::Forbidden
            | Self::ReadOnly
            | Self::DatabaseMissing
            | Self::QuotaExceeded
            | Self::TargetChanged
            | Self::MassDeletion
            | Self::Encrypted
            | Self::OtherVault
            | Self::AppTooOld
            | Self::Local => Class::NeedsPerson,
            Self::TooLarge => Class::Document,
        }
    }

    /// Whether this looks like being without a network rather than like trouble at the remote.
    pub const fn is_offline(self) -> bool {
        matches!(self, Self::HostNotFound | Self::Unreachable)
    }

    /// Whether the trouble is at a proxy and not at the remote.
    pub const fn is_of_a_proxy(self) -> bool {
        matches!(
            self,
            Self::ProxyPassword | Self::ProxyUnreachable | Self::ProxyRefused
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_password_is_never_tried_again_by_itself() {
        for fault in [
            Fault::Unauthorised,
            Fault::TokenExpired,
            Fault::TokenRefused,
        ] {
            assert_eq!(fault.class(), Class::NeedsPerson);
        }
    }

    #[test]
    fn being_offline_is_always_transient() {
        for fault in [Fault::HostNotFound, Fault::Unreachable] {
            assert!(fault.is_offline());
            assert_eq!(fault.class(), Class::Transient);
        }
    }
}
