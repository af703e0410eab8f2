//! One process writes. The lock is the operating system's, so it ends with the process, however
//! that ends.

use std::{
    fs::{File, TryLockError},
    io,
    path::Path,
};

use crate::private_files;

const NAME: &str = "sheaf.lock";

/// Held until dropped.
#[derive(Debug)]
pub(crate) struct DirectoryLock {
    _file: File,
}

impl DirectoryLock {
    /// `None`: another process, or another store of this one, holds it.
    pub(crate) fn acquire(dir: &Path) -> io::Result<Option<Self>> {
        let file = private_files::open_or_create(&dir.join(NAME))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}
