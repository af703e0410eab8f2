//! Why a session ended, in the terms of whoever acts next.

use std::time::Duration;

use sheaf_couch::SyncError;
use sheaf_ipc::{ApiError, ErrorCode, GuardQuestion};
use sheaf_store::{Store, StoreError};
use sheaf_sync::{Class, Fault, Replica as _};

use super::{board::Block, fault, told::Stop};
use crate::convert;

/// Why a session ended.
#[derive(Debug)]
pub(super) struct Trouble {
    pub(super) fault: Fault,
    pub(super) code: ErrorCode,
    /// Technical, redacted.
    pub(super) detail: String,
    /// What stands in the way, `host:port`.
    pub(super) proxy: Option<String>,
    pub(super) retry_after: Option<Duration>,
    pub(super) question: Option<GuardQuestion>,
}

impl Trouble {
    /// Trouble on this computer, before anything was sent.
    pub(super) fn here(code: ErrorCode, detail: String) -> Self {
        let fault = match code {
            ErrorCode::PasswordMissing | ErrorCode::SecretStore | ErrorCode::Unauthorised => {
                Fault::Unauthorised
            }
            ErrorCode::VaultLocked => Fault::Encrypted,
            _ => Fault::Local,
        };
        Self {
            fault,
            code,
            detail,
            proxy: None,
            retry_after: None,
            question: None,
        }
    }

    pub(super) async fn of(error: SyncError, store: &Store) -> Self {
        let question = match &error {
            SyncError::TargetChanged { remote_documents } => Some(GuardQuestion::TargetChanged {
                local_notes: store.live_notes().await.unwrap_or_default(),
                remote_documents: *remote_documents,
            }),
            SyncError::MassDeletion { deletions, notes } => Some(GuardQuestion::MassDeletion {
                deletions: *deletions,
                notes: *notes,
            }),
            _ => None,
        };
        Self {
            fault: error.fault(),
            code: code(&error),
            detail: detail(&error),
            proxy: error.proxy().map(str::to_owned),
            retry_after: error.retry_after(),
            question,
        }
    }

    pub(super) fn block(&self) -> Option<Block> {
        (self.fault.class() == Class::NeedsPerson).then(|| Block {
            fault: self.fault,
            code: self.code,
            question: self.question.clone(),
        })
    }

    pub(super) fn as_error(&self) -> ApiError {
        let error = ApiError::new(self.code).at_proxy(self.proxy.as_deref());
        if self.detail.is_empty() {
            return error;
        }
        error.with_detail(self.detail.clone())
    }
}

impl Stop for SyncError {
    fn fault(&self) -> Fault {
        SyncError::fault(self)
    }

    fn code(&self) -> ErrorCode {
        code(self)
    }

    fn detail(&self) -> String {
        detail(self)
    }
}

/// The ipc code of an error, more precise than its fault where the store knows more.
pub(super) fn code(error: &SyncError) -> ErrorCode {
    match error {
        SyncError::Replica(source) => match source.downcast_ref::<StoreError>() {
            Some(error) => convert::store_code(error),
            None => ErrorCode::Bug,
        },
        other => fault::code(other.fault()),
    }
}

pub(crate) fn as_api_error(error: &SyncError) -> ApiError {
    ApiError::new(code(error))
        .with_detail(detail(error))
        .at_proxy(error.proxy())
}

pub(super) fn detail(error: &SyncError) -> String {
    sheaf_net::redact(&convert::chain(error)).into_owned()
}
