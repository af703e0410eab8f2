//! Faults of a remote as codes of the ipc table.

use sheaf_ipc::ErrorCode;
use sheaf_sync::Fault;

pub(super) const fn code(fault: Fault) -> ErrorCode {
    match fault {
        Fault::HostNotFound => ErrorCode::HostNotFound,
        Fault::ConnectionRefused => ErrorCode::ConnectionRefused,
        Fault::TimedOut => ErrorCode::TimedOut,
        Fault::Unreachable => ErrorCode::Unreachable,
        Fault::Certificate => ErrorCode::Certificate,
        Fault::ProxyPassword => ErrorCode::ProxyPassword,
        Fault::ProxyUnreachable => ErrorCode::ProxyUnreachable,
        Fault::ProxyRefused => ErrorCode::ProxyRefused,
        Fault::NotTheServer => ErrorCode::NotCouchdb,
        Fault::Redirected => ErrorCode::Redirected,
        Fault::Unauthorised => ErrorCode::Unauthorised,
        Fault::TokenExpired => ErrorCode::TokenExpired,
        Fault::TokenRefused => ErrorCode::TokenRefused,
        Fault::LockedOut => ErrorCode::LockedOut,
        Fault::Forbidden => ErrorCode::Forbidden,
        Fault::ReadOnly => ErrorCode::ReadOnly,
        Fault::DatabaseMissing => ErrorCode::DatabaseMissing,
        Fault::RateLimited => ErrorCode::RateLimited,
        Fault::QuotaExceeded => ErrorCode::QuotaExceeded,
        Fault::TooLarge => ErrorCode::TooLarge,
        Fault::ServerFault => ErrorCode::ServerFault,
        Fault::TargetChanged => ErrorCode::TargetChanged,
        Fault::MassDeletion => ErrorCode::MassDeletion,
        Fault::Encrypted => ErrorCode::VaultLocked,
        Fault::OtherVault => ErrorCode::OtherVault,
        Fault::AppTooOld => ErrorCode::AppTooOld,
        Fault::Local => ErrorCode::Bug,
    }
}
