//! The port that a replication sees (`sheaf_sync::Replica`), over the writer and the readers.

mod acknowledge;
mod ingest;
mod nobody;
mod outgoing;
mod records;
mod remotes;
mod replace;
mod settle;

use sheaf_model::DocId;
use sheaf_sync::{
    Acknowledgement, BlobId, BlobRef, ChangedLeaves, Checkpoint, HeldBack, Identity, Incoming,
    Ingested, Joining, Limits, LocalSeq, MissingLeaves, Outgoing, RecordReplica as _, RemoteId,
    RemoteState, Replica, UploadId, step,
};

use crate::{Origin, Store, StoreError, counts::Counter, slice::Slice, txn::Txn};

pub(crate) use acknowledge::{retry_refused, waiting};
pub(crate) use remotes::{config, find, key as remote_key, put_config, unreadable};

impl Replica for Store {
    type Error = StoreError;

    async fn remote_state(&self, remote: &RemoteId) -> Result<RemoteState, StoreError> {
        let remote = remote.clone();
        self.read(move |sql| remotes::state(sql, &remote)).await
    }

    async fn set_identity(
        &self,
        remote: &RemoteId,
        identity: Identity,
        forget_checkpoint: bool,
    ) -> Result<(), StoreError> {
        let remote = remote.clone();
        self.write(Origin::Sync, move |txn| {
            remotes::set_identity(txn, &remote, &identity, forget_checkpoint)
        })
        .await
    }

    async fn go_back(&self, remote: &RemoteId, to: Checkpoint) -> Result<(), StoreError> {
        let remote = remote.clone();
        self.write(Origin::Sync, move |txn| remotes::go_back(txn, &remote, &to))
            .await
    }

    async fn missing(&self, rows: Vec<ChangedLeaves>) -> Result<Vec<MissingLeaves>, StoreError> {
        self.read(move |sql| ingest::missing(sql, rows)).await
    }

    async fn joining(
        &self,
        remote: &RemoteId,
        rows: Vec<ChangedLeaves>,
    ) -> Result<Joining, StoreError> {
        let of = remote.clone();
        let owed = self
            .read(move |sql| outgoing::owed(sql, &of, &rows))
            .await?;
        let outgoing::Owed { again, documents } = owed;
        if documents.is_empty() {
            return Ok(Joining {
                again,
                in_journal: false,
            });
        }
        let remote = remote.clone();
        let put = move |txn: &mut Txn<'_>| outgoing::put_owed(txn, &remote, &documents);
        let in_journal = self.write(Origin::Sync, put).await?;
        Ok(Joining { again, in_journal })
    }

    async fn left_out(&self, remote: &RemoteId) -> Result<Vec<HeldBack>, StoreError> {
        let left_out = self.unreadable(remote).await?;
        Ok(left_out.into_iter().map(|(held, _)| held).collect())
    }

    async fn live_notes_among(&self, deleted: Vec<DocId>) -> Result<u32, StoreError> {
        self.read(move |sql| ingest::live_notes_among(sql, &deleted))
            .await
    }

    async fn live_notes(&self) -> Result<u32, StoreError> {
        self.read(|sql| {
            let sum = sql
                .prepare_cached(
                    "SELECT COALESCE(sum(notes), 0) FROM counts WHERE counter IN (?1, ?2)",
                )?
                .query_row([Counter::All as i64, Counter::Trash as i64], |row| {
                    row.get(0)
                })?;
            Ok(sum)
        })
        .await
    }

    async fn ingest(&self, remote: &RemoteId, batch: Incoming) -> Result<Ingested, StoreError> {
        self.ingest_with(remote, batch, Vec::new()).await
    }

    async fn outgoing(
        &self,
        remote: &RemoteId,
        after: LocalSeq,
        limits: Limits,
    ) -> Result<Outgoing, StoreError> {
        let mut offer = outgoing::Offer::new(remote.clone(), after, limits);
        self.bulk(move |core| {
            let mut slice = Slice::begin(core);
            let step = core.write(Origin::Sync, |txn| offer.extend(txn, &mut slice))?;
            step::reached("store: offer committed");
            Ok((step, offer.take_when(step)))
        })
        .await
    }

    async fn acknowledge(
        &self,
        remote: &RemoteId,
        answer: Acknowledgement,
    ) -> Result<(), StoreError> {
        self.acknowledge_with(remote, answer, Vec::new()).await
    }

    async fn begin_blob(&self) -> Result<UploadId, StoreError> {
        self.blobs(crate::blobs::Blobs::begin).await
    }

    async fn append_blob(&self, upload: UploadId, chunk: Vec<u8>) -> Result<(), StoreError> {
        self.blobs(move |blobs| blobs.append(upload, &chunk)).await
    }

    async fn finish_blob(&self, upload: UploadId) -> Result<BlobRef, StoreError> {
        self.blobs(move |blobs| blobs.finish(upload)).await
    }

    async fn abandon_blob(&self, upload: UploadId) -> Result<(), StoreError> {
        self.blobs(move |blobs| blobs.abandon(upload)).await
    }

    async fn read_blob(
        &self,
        blob: &BlobId,
        offset: u64,
        len: usize,
    ) -> Result<Vec<u8>, StoreError> {
        let blob = blob.clone();
        self.blobs(move |blobs| blobs.read(&blob, offset, len))
            .await
    }
}
