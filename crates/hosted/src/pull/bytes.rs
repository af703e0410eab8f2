//! The bytes of attachments: kept piece by piece, made whole when all are here.

use std::collections::HashMap;

use sheaf_sync::{BlobId, Environment, IncomingAttachment, RecordReplica, step};

use super::Pull;
use crate::{HostedError, Vault, marker::FileParts, seen::Seen};

impl<R: RecordReplica, E: Environment, V: Vault> Pull<'_, R, E, V> {
    /// Makes attachments whole from their pieces. `None`: not all are here.
    pub(super) async fn assemble(
        &self,
        files: &[FileParts],
        seen: &HashMap<String, Seen>,
    ) -> Result<Option<Vec<IncomingAttachment>>, HostedError> {
        let missing: Vec<&str> = files
            .iter()
            .flat_map(|file| &file.chunks)
            .filter(|chunk| !seen.contains_key(*chunk))
            .map(String::as_str)
            .collect();
        let earlier = self.seen_of(missing.into_iter()).await?;
        let blob_of = |chunk: &String| {
            let seen = seen.get(chunk).or_else(|| earlier.get(chunk))?;
            seen.blob.clone().map(BlobId)
        };
        let mut attachments = Vec::new();
        for file in files {
            let Some(pieces) = file.chunks.iter().map(blob_of).collect::<Option<Vec<_>>>() else {
                return Ok(None);
            };
            let Some(attachment) = self.join(file, &pieces).await? else {
                return Ok(None);
            };
            attachments.push(attachment);
        }
        Ok(Some(attachments))
    }

    /// One attachment from its pieces; `None`: they do not make what was described.
    pub(super) async fn join(
        &self,
        file: &FileParts,
        pieces: &[BlobId],
    ) -> Result<Option<IncomingAttachment>, HostedError> {
        let held = BlobId(file.sha256.clone());
        let whole = if self.is_held(&held, file.meta.length).await {
            held
        } else if let [only] = pieces {
            only.clone()
        } else {
            let upload = self
                .replica
                .begin_blob()
                .await
                .map_err(HostedError::replica)?;
            for piece in pieces {
                // Pieces are swept some time after the whole was made of them.
                let Ok(bytes) = self.replica.read_blob(piece, 0, usize::MAX).await else {
                    return Ok(None);
                };
                self.replica
                    .append_blob(upload, bytes)
                    .await
                    .map_err(HostedError::replica)?;
            }
            self.replica
                .finish_blob(upload)
                .await
                .map_err(HostedError::replica)?
                .id
        };
        Ok((whole.0 == file.sha256).then(|| IncomingAttachment {
            meta: file.meta.clone(),
            blob: whole,
        }))
    }

    pub(super) async fn is_held(&self, blob: &BlobId, length: u64) -> bool {
        let first = self.replica.read_blob(blob, 0, 1).await;
        first.is_ok_and(|first| length == 0 || !first.is_empty())
    }

    pub(super) async fn keep_bytes(&self, bytes: Vec<u8>) -> Result<BlobId, HostedError> {
        let upload = self
            .replica
            .begin_blob()
            .await
            .map_err(HostedError::replica)?;
        self.replica
            .append_blob(upload, bytes)
            .await
            .map_err(HostedError::replica)?;
        let kept = self
            .replica
            .finish_blob(upload)
            .await
            .map_err(HostedError::replica)?;
        step::reached("pull: piece durable");
        Ok(kept.id)
    }
}
