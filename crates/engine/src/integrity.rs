//! Is everything whole, and what can be saved when it is not.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use sheaf_ipc::{ApiError, ErrorCode};
use sheaf_store::{OpenError, Problem, Store};

use crate::{
    Clock as _, Engine, OpenEngineError, SystemClock,
    config::{self, SyncConfig},
    convert, private,
};

/// What a complete check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Verification {
    pub sound: bool,
    pub notes: u32,
    pub documents: u32,
    pub problems: Vec<FoundProblem>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FoundProblem {
    /// `integrity`, `searchIndex`, `count`, `blobsMissing` or `head`.
    pub kind: String,
    pub text: String,
}

/// What was saved from a damaged database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Rescue {
    pub documents: u32,
    /// Rows that could not be read.
    pub lost: u32,
}

impl Engine {
    /// Reads everything once and compares what must agree.
    pub async fn verify(&self) -> Result<Verification, ApiError> {
        let found = self.store().verify().await.map_err(convert::store_error)?;
        Ok(Verification {
            sound: found.problems.is_empty(),
            notes: found.notes,
            documents: found.documents,
            problems: found.problems.iter().map(describe).collect(),
        })
    }
}

fn describe(problem: &Problem) -> FoundProblem {
    let (kind, text) = match problem {
        Problem::Integrity(text) => ("integrity", format!("SQLite says: {text}")),
        Problem::SearchIndex { missing, surplus } => (
            "searchIndex",
            format!("the search index lacks {missing} notes and has {surplus} too many"),
        ),
        Problem::Count {
            counter,
            key,
            stored,
            actual,
        } => (
            "count",
            format!("counter {counter}, key {key}: {stored} are counted, {actual} are there"),
        ),
        Problem::BlobsMissing { blobs } => (
            "blobsMissing",
            format!("the bytes of {blobs} attachments are missing"),
        ),
        Problem::Head { documents } => (
            "head",
            format!("{documents} documents are shown otherwise than they are stored"),
        ),
    };
    FoundProblem {
        kind: kind.to_owned(),
        text,
    }
}

/// Copies what can be read of the notes in `from` into the new data directory `to`. `from` is only
/// read: even SQLite's own recovery happens on a copy. Sync is off in the new directory, because
/// what was rescued has lost its history.
pub async fn rescue(from: &Path, to: &Path) -> Result<Rescue, ApiError> {
    if !sheaf_store::database_path(from).is_file() {
        return Err(ApiError::new(ErrorCode::NotFound).with_detail("there is no note database"));
    }
    if to
        .read_dir()
        .is_ok_and(|mut entries| entries.next().is_some())
    {
        return Err(ApiError::new(ErrorCode::Invalid).with_detail("the directory is not empty"));
    }
    let copied = copy(from, to).map_err(|error| OpenEngineError::Directory(error).as_api_error());
    let damaged = copied?;
    let options = sheaf_store::Options {
        clock: Arc::new(|| SystemClock.now()),
    };
    let store =
        Store::open(to, options).map_err(|error| OpenEngineError::Open(error).as_api_error())?;
    let rescued = async {
        let rescued = sheaf_store::rescue(&store, &sheaf_store::database_path(&damaged)).await?;
        config::save_sync(&store, &SyncConfig::default()).await?;
        Ok(rescued)
    };
    let rescued = rescued.await.map_err(convert::store_error)?;
    if let Err(error) = fs::remove_dir_all(&damaged) {
        tracing::warn!(%error, "the working copy of the damaged database stays");
    }
    Ok(Rescue {
        documents: rescued.documents,
        lost: rescued.lost,
    })
}

/// The attachments to where the new store will look for them, and the database with its log to a
/// directory of their own, which is answered.
fn copy(from: &Path, to: &Path) -> io::Result<PathBuf> {
    let damaged = to.join("damaged");
    private::create_dir(&damaged)?;
    for name in ["notes.db", "notes.db-wal"] {
        if from.join(name).is_file() {
            fs::copy(from.join(name), damaged.join(name))?;
        }
    }
    if from.join("attachments").is_dir() {
        copy_tree(&from.join("attachments"), &to.join("attachments"))?;
    }
    Ok(damaged)
}

fn copy_tree(from: &Path, to: &Path) -> io::Result<()> {
    private::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_tree(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

impl OpenEngineError {
    /// As a code of the ipc table.
    pub fn as_api_error(&self) -> ApiError {
        let code = match self {
            Self::Open(OpenError::Newer { .. }) => ErrorCode::DatabaseNewer,
            Self::Open(OpenError::Locked) => ErrorCode::DatabaseLocked,
            Self::Open(OpenError::DiskFull) => ErrorCode::DiskFull,
            Self::Open(OpenError::Corrupt(_) | OpenError::NotADatabase) => {
                ErrorCode::DatabaseCorrupt
            }
            Self::Open(OpenError::Missing) => ErrorCode::NotFound,
            Self::Open(OpenError::Sqlite(_) | OpenError::Migration(_) | OpenError::Io(_))
            | Self::Directory(_) => ErrorCode::Bug,
            Self::Read(error) => convert::store_code(error),
        };
        ApiError::new(code).with_detail(convert::chain(self))
    }
}
