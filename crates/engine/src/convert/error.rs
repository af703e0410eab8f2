//! Errors, told apart by what the person can do. The chain of causes is logged here, once.

use sheaf_ipc::{ApiError, ErrorCode};
use sheaf_store::{ErrorClass, NotebookError, StoreError, TagError};

use crate::secrets::SecretError;

pub(crate) fn store_code(error: &StoreError) -> ErrorCode {
    match error.class() {
        ErrorClass::NotFound => ErrorCode::NotFound,
        ErrorClass::Busy | ErrorClass::ReadOnly => ErrorCode::DatabaseLocked,
        ErrorClass::DiskFull => ErrorCode::DiskFull,
        ErrorClass::Corrupt => ErrorCode::DatabaseCorrupt,
        ErrorClass::Cancelled => ErrorCode::Cancelled,
        ErrorClass::Io | ErrorClass::Bug => ErrorCode::Bug,
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape that `map_err` takes"
)]
pub(crate) fn store_error(error: StoreError) -> ApiError {
    let code = store_code(&error);
    match code {
        ErrorCode::NotFound | ErrorCode::Cancelled => ApiError::new(code),
        _ => {
            tracing::error!(error = chain(&error), "the store failed");
            ApiError::new(code).with_detail(chain(&error))
        }
    }
}

pub(crate) fn notebook_error(error: NotebookError) -> ApiError {
    match error {
        NotebookError::Cycle => ApiError::new(ErrorCode::NotebookCycle),
        NotebookError::Default => ApiError::new(ErrorCode::DefaultNotebook),
        NotebookError::Invalid(rule) => {
            ApiError::new(ErrorCode::Invalid).with_detail(rule.to_string())
        }
        NotebookError::Store(error) => store_error(error),
    }
}

pub(crate) fn tag_error(error: TagError) -> ApiError {
    match error {
        TagError::NameTaken(_) => ApiError::new(ErrorCode::NameTaken),
        TagError::Invalid(rule) => ApiError::new(ErrorCode::Invalid).with_detail(rule.to_string()),
        TagError::Store(error) => store_error(error),
    }
}

pub(crate) fn secret_error(error: &SecretError) -> ApiError {
    tracing::warn!(error = chain(error), "a password could not be kept or read");
    ApiError::new(ErrorCode::SecretStore).with_detail(chain(error))
}

/// An error with its causes, in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let part = error.to_string();
        // Transparent errors repeat their source.
        if !text.ends_with(&part) {
            text.push_str(": ");
            text.push_str(&part);
        }
        cause = error.source();
    }
    text
}
