//! Attachment bytes, addressed by their SHA-256: `attachments/ab/cdef…`.
//!
//! A blob is written to a temporary file, synced, renamed into place and the directory synced:
//! under its final name it is complete. Documents that name blobs keep them alive; this module
//! does not know them.

use std::{
    collections::HashMap,
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::{Duration, UNIX_EPOCH},
};

use md5::Md5;
use sha2::{Digest, Sha256};
use sheaf_model::Millis;
use sheaf_sync::{BlobId, BlobRef, UploadId};

use crate::{StoreError, private_files};

const INCOMING: &str = "incoming";

pub(crate) struct Blobs {
    dir: PathBuf,
    uploads: Mutex<Uploads>,
}

#[derive(Default)]
struct Uploads {
    last: u64,
    open: HashMap<u64, Upload>,
}

struct Upload {
    file: File,
    path: PathBuf,
    sha256: Sha256,
    md5: Md5,
    length: u64,
}

impl Blobs {
    pub(crate) fn at(dir: &Path) -> Self {
        Self {
            dir: dir.join("attachments"),
            uploads: Mutex::default(),
        }
    }

    /// Makes the directories and removes what a former process did not finish.
    pub(crate) fn prepare(&self) -> io::Result<()> {
        let incoming = self.dir.join(INCOMING);
        private_files::create_dir(&incoming)?;
        for entry in fs::read_dir(&incoming)? {
            fs::remove_file(entry?.path())?;
        }
        Ok(())
    }

    fn uploads(&self) -> std::sync::MutexGuard<'_, Uploads> {
        self.uploads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, upload: UploadId) -> Result<Upload, StoreError> {
        self.uploads()
            .open
            .remove(&upload.0)
            .ok_or(StoreError::UnknownUpload)
    }

    pub(crate) fn begin(&self) -> Result<UploadId, StoreError> {
        let mut uploads = self.uploads();
        uploads.last += 1;
        let id = uploads.last;
        let path = self.dir.join(INCOMING).join(id.to_string());
        let file = private_files::open_or_create(&path)?;
        file.set_len(0)?;
        let upload = Upload {
            file,
            path,
            sha256: Sha256::new(),
            md5: Md5::new(),
            length: 0,
        };
        uploads.open.insert(id, upload);
        Ok(UploadId(id))
    }

    pub(crate) fn append(&self, upload: UploadId, chunk: &[u8]) -> Result<(), StoreError> {
        let mut open = self.take(upload)?;
        open.file.write_all(chunk)?;
        open.sha256.update(chunk);
        open.md5.update(chunk);
        open.length += chunk.len() as u64;
        self.uploads().open.insert(upload.0, open);
        Ok(())
    }

    pub(crate) fn finish(&self, upload: UploadId) -> Result<BlobRef, StoreError> {
        let open = self.take(upload)?;
        open.file.sync_all()?;
        let blob = BlobRef {
            id: BlobId(hex(&open.sha256.finalize())),
            length: open.length,
            md5: hex(&open.md5.finalize()),
        };
        let target = self.path(&blob.id)?;
        let shelf = target.parent().ok_or(StoreError::BlobMissing)?;
        private_files::create_dir(shelf)?;
        // Also when the same bytes are there already: the new file is young, and so it is safe
        // from the next collection of garbage until a document names it.
        fs::rename(&open.path, &target)?;
        private_files::sync_dir(shelf)?;
        private_files::sync_dir(&self.dir)?;
        Ok(blob)
    }

    pub(crate) fn abandon(&self, upload: UploadId) -> Result<(), StoreError> {
        let open = self.take(upload)?;
        drop(open.file);
        fs::remove_file(open.path)?;
        Ok(())
    }

    /// Writes bytes that are already here.
    pub(crate) fn add(&self, bytes: &[u8]) -> Result<BlobRef, StoreError> {
        let upload = self.begin()?;
        let written = self.append(upload, bytes);
        if written.is_err() {
            self.abandon(upload)?;
        }
        written?;
        self.finish(upload)
    }

    pub(crate) fn read(
        &self,
        blob: &BlobId,
        offset: u64,
        len: usize,
    ) -> Result<Vec<u8>, StoreError> {
        let mut file = match File::open(self.path(blob)?) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(StoreError::BlobMissing);
            }
            opened => opened?,
        };
        file.seek(SeekFrom::Start(offset))?;
        let mut bytes = Vec::new();
        file.take(len as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    pub(crate) fn exists(&self, blob: &BlobId) -> bool {
        self.path(blob).is_ok_and(|path| path.is_file())
    }

    /// Ids of all blobs that were written before `before`.
    pub(crate) fn older_than(&self, before: Millis) -> Result<Vec<BlobId>, StoreError> {
        let before = UNIX_EPOCH + Duration::from_millis(before.max(0).unsigned_abs());
        let mut ids = Vec::new();
        for shelf in fs::read_dir(&self.dir)? {
            let shelf = shelf?;
            let name = shelf.file_name();
            if name == INCOMING || !shelf.file_type()?.is_dir() {
                continue;
            }
            for file in fs::read_dir(shelf.path())? {
                let file = file?;
                if file.metadata()?.modified()? < before {
                    ids.push(BlobId(format!(
                        "{}{}",
                        name.to_string_lossy(),
                        file.file_name().to_string_lossy()
                    )));
                }
            }
        }
        Ok(ids)
    }

    /// What is no longer there is gone already.
    pub(crate) fn delete(&self, blob: &BlobId) -> Result<(), StoreError> {
        match fs::remove_file(self.path(blob)?) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Ids come from remotes' documents too: only a digest names a file.
    fn path(&self, blob: &BlobId) -> Result<PathBuf, StoreError> {
        let is_digest = blob.0.len() == 64
            && blob
                .0
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if !is_digest {
            return Err(StoreError::BlobMissing);
        }
        Ok(self.dir.join(&blob.0[..2]).join(&blob.0[2..]))
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}
