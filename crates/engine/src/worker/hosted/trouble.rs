//! What stops a conversation with an account, in the terms of whoever acts next.

use sheaf_hosted::HostedError;
use sheaf_ipc::{ApiError, ErrorCode, GuardQuestion};
use sheaf_store::{Store, StoreError};
use sheaf_sync::{Fault, Replica as _};

use crate::{
    convert,
    worker::{fault, told::Stop, trouble::Trouble},
};

pub(super) async fn trouble(error: HostedError, store: &Store) -> Trouble {
    let question = match &error {
        HostedError::TargetChanged { remote_documents } => Some(GuardQuestion::TargetChanged {
            local_notes: store.live_notes().await.unwrap_or_default(),
            remote_documents: *remote_documents,
        }),
        HostedError::MassDeletion { deletions, notes } => Some(GuardQuestion::MassDeletion {
            deletions: *deletions,
            notes: *notes,
        }),
        _ => None,
    };
    Trouble {
        fault: error.fault(),
        code: code(&error),
        detail: detail(&error),
        proxy: error.proxy().map(str::to_owned),
        retry_after: error.retry_after(),
        question,
    }
}

impl Stop for HostedError {
    fn fault(&self) -> Fault {
        HostedError::fault(self)
    }

    fn code(&self) -> ErrorCode {
        code(self)
    }

    fn detail(&self) -> String {
        detail(self)
    }
}

pub(super) fn here(error: &ApiError) -> Trouble {
    Trouble::here(error.code, error.detail.clone().unwrap_or_default())
}

pub(super) fn as_error(error: &HostedError) -> ApiError {
    ApiError::new(code(error))
        .with_detail(detail(error))
        .at_proxy(error.proxy())
}

pub(super) fn code(error: &HostedError) -> ErrorCode {
    match error {
        HostedError::EmailTaken => ErrorCode::EmailTaken,
        HostedError::RegistrationClosed => ErrorCode::RegistrationClosed,
        HostedError::OlderAccount { .. } => ErrorCode::OlderAccount,
        HostedError::Downgrade | HostedError::Key(_) | HostedError::AnotherIdentifier => {
            ErrorCode::WeakerKeys
        }
        HostedError::SecondFactor => ErrorCode::SecondFactor,
        HostedError::SessionLost => ErrorCode::SessionEnded,
        HostedError::PasswordChanged => ErrorCode::PasswordChanged,
        HostedError::KeysMissing { .. } => ErrorCode::KeysMissing,
        HostedError::RecoveryCode => ErrorCode::RecoveryCode,
        HostedError::Vault(_) => ErrorCode::SecretStore,
        HostedError::Replica(source) => match source.downcast_ref::<StoreError>() {
            Some(error) => convert::store_code(error),
            None => ErrorCode::Bug,
        },
        other => hosted_code(fault::code(other.fault())),
    }
}

/// Where a Sheaf server was expected.
pub(in crate::worker) fn hosted_code(code: ErrorCode) -> ErrorCode {
    match code {
        ErrorCode::NotCouchdb => ErrorCode::NotNotesServer,
        other => other,
    }
}

pub(super) fn detail(error: &HostedError) -> String {
    sheaf_net::redact(&convert::chain(error)).into_owned()
}
