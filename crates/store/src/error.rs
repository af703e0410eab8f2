//! What can go wrong, told apart by what the caller does next.

use sheaf_model::{DocId, Invalid};

/// A failed read or write. Nothing of the operation was kept: every write is one transaction.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("there is no document {0}")]
    NotFound(DocId),
    /// The text of a version or leaf that a caller handed back is not one of ours.
    #[error("the version handed back is not one this store gave out")]
    UnknownVersion,
    #[error("the store was opened for reading only")]
    ReadOnly,
    /// The writer has stopped: the store is being closed.
    #[error("the store is closed")]
    Closed,
    /// A search that somebody no longer waits for.
    #[error("the query was interrupted")]
    Interrupted,
    /// No upload with this id, or it was finished already.
    #[error("there is no such upload")]
    UnknownUpload,
    #[error("the bytes of an attachment are missing from the disk")]
    BlobMissing,
    #[error("a stored document is not a JSON object")]
    StoredJson(#[from] serde_json::Error),
    #[error("a stored value is not of the form this version writes")]
    StoredValue,
    #[error("a file of the store could not be read or written")]
    Io(#[from] std::io::Error),
    #[error("SQLite refused")]
    Sqlite(#[from] rusqlite::Error),
}

/// What the caller can do about a [`StoreError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorClass {
    NotFound,
    /// Another process holds the file; try again.
    Busy,
    DiskFull,
    /// Verify, then rescue.
    Corrupt,
    ReadOnly,
    /// The answer is no longer wanted, or the store is closing.
    Cancelled,
    Io,
    /// A defect of ours.
    Bug,
}

impl StoreError {
    pub fn class(&self) -> ErrorClass {
        match self {
            Self::NotFound(_) | Self::UnknownVersion | Self::UnknownUpload => ErrorClass::NotFound,
            Self::ReadOnly => ErrorClass::ReadOnly,
            Self::Closed | Self::Interrupted => ErrorClass::Cancelled,
            Self::BlobMissing | Self::StoredJson(_) | Self::StoredValue => ErrorClass::Corrupt,
            Self::Io(error) => io_class(error),
            Self::Sqlite(error) => sqlite_class(error),
        }
    }
}

fn io_class(error: &std::io::Error) -> ErrorClass {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => ErrorClass::DiskFull,
        _ => ErrorClass::Io,
    }
}

pub(crate) fn sqlite_class(error: &rusqlite::Error) -> ErrorClass {
    use rusqlite::ErrorCode;
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => ErrorClass::Busy,
        Some(ErrorCode::DiskFull) => ErrorClass::DiskFull,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => ErrorClass::Corrupt,
        Some(ErrorCode::ReadOnly) => ErrorClass::ReadOnly,
        Some(ErrorCode::OperationInterrupted) => ErrorClass::Cancelled,
        Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            ErrorClass::Io
        }
        _ => ErrorClass::Bug,
    }
}

#[derive(Debug, thiserror::Error)]
pub enum NotebookError {
    #[error("a notebook cannot move into itself or one of its own notebooks")]
    Cycle,
    #[error("the default notebook cannot be deleted")]
    Default,
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[derive(Debug, thiserror::Error)]
pub enum TagError {
    #[error("another tag already has this name")]
    NameTaken(DocId),
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<rusqlite::Error> for NotebookError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<rusqlite::Error> for TagError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}
