//! Bringing changes here: three stages that overlap. The feed is read and cut into batches; each
//! batch is resolved into complete revisions, several at a time; they are taken in one after the
//! other, in the order of the feed.
//!
//! The invariant: a position is handed to the replica only together with the last of everything
//! that was announced up to it, and never after something announced before it is still missing.

use futures_util::{StreamExt as _, stream};
use sheaf_net::NetClass;
use sheaf_sync::{
    DELETIONS_ALWAYS_ALLOWED, DeletionPolicy, Environment, Fault, Incoming, RemoteId, Replica, Seq,
    mutant::{Mutant, planted},
    step,
};
use tokio::sync::mpsc;

use crate::{
    Brake, HeldBack, Policy, Progress, Round, SyncError,
    changes::{self, Announced, PageEnd, Question, Row},
    checkpoint::{Meeting, WRITE_DOWN_EVERY},
    database::Database,
    document::Unreadable,
    experience::Experience,
    resolve::Resolved,
};

/// Up to seven batches are somewhere between the line and the disk, and a document takes several
/// times its bytes while it is taken apart: what a batch may weigh decides the memory of a pull.
const ROWS_PER_BATCH: usize = 250;
const BYTES_PER_BATCH: usize = 768 * 1024;
const ROWS_PER_LISTING: usize = 2000;
const BATCHES_IN_FLIGHT: usize = 3;
/// A long feed shows that it moves even when everything on it is known.
const ROWS_WORTH_SHOWING: u32 = 500;

pub(crate) struct Pull<'a, R, E> {
    pub(crate) meeting: Meeting<'a, R, E>,
    pub(crate) database: &'a Database,
    pub(crate) replica: &'a R,
    pub(crate) id: &'a RemoteId,
    pub(crate) policy: Policy,
    pub(crate) experience: &'a Experience,
}

/// A stretch of the feed.
#[derive(Default)]
pub(crate) struct Batch {
    pub(crate) announced: Vec<Announced>,
    pub(crate) foreign: u32,
    pub(crate) unreadable: Vec<HeldBack>,
    pub(crate) rows: u32,
    bytes: usize,
    /// The position after the last row, if it is known.
    pub(crate) seq: Option<Seq>,
}

/// The page of the listing after a position, asked for before it was known whether it is read from there.
pub(crate) struct Ahead {
    since: Seq,
    page: Result<(Vec<Row>, PageEnd), SyncError>,
}

impl<R: Replica, E: Environment> Pull<'_, R, E> {
    /// What else is wrong with the page counts only where it is needed; a server that asks to be left alone for a while
    /// is not asked anything more.
    pub(crate) async fn read_ahead(&self, since: Option<Seq>) -> Result<Option<Ahead>, SyncError> {
        let Some(since) = since else {
            return Ok(None);
        };
        match self.read_page(Some(&since)).await {
            Err(error) if error.retry_after().is_some() || error.fault() == Fault::RateLimited => {
                Err(error)
            }
            page => Ok(Some(Ahead { since, page })),
        }
    }

    /// Pulls from `since` to the end of the feed. `expected` is how many rows that may be.
    /// Answers the position reached; what was done before an error stays done. `ahead` saves its first question if it is
    /// about `since`.
    pub(crate) async fn catch_up(
        &self,
        since: Option<Seq>,
        ahead: Option<Ahead>,
        expected: u32,
        round: &mut Round,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Option<Seq>, SyncError> {
        // The first pull streams whole documents. With no more notes here than the brake always
        // lets through there is nothing it could protect, and little that is known already.
        let notes = self
            .replica
            .live_notes()
            .await
            .map_err(SyncError::replica)?;
        let stream_documents = since.is_none() && notes <= DELETIONS_ALWAYS_ALLOWED;
        self.run(round, expected, progress, |batches| async move {
            if stream_documents {
                self.read_documents(since, &batches).await
            } else {
                self.read_listing(since, ahead, &batches).await
            }
        })
        .await
    }

    /// Takes in a page that was read already.
    pub(crate) async fn take_in(
        &self,
        rows: Vec<Row>,
        end: PageEnd,
        round: &mut Round,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Option<Seq>, SyncError> {
        self.check_brake(&rows, &end).await?;
        let expected = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        self.run(round, expected, progress, |batches| async move {
            self.send_rows(rows, end.last_seq, &batches).await;
            Ok(())
        })
        .await
    }

    /// Asks for these documents once more, wherever the feed is; the position stays.
    pub(crate) async fn look_again(
        &self,
        ids: &[String],
        round: &mut Round,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<(), SyncError> {
        let rows = changes::of_documents(self.database, ids).await?;
        let run = self.run(round, 0, progress, |batches| async move {
            for row in rows {
                let mut batch = Batch::default();
                batch.add(row);
                batch.seq = None;
                if batches.send(batch).await.is_err() {
                    break;
                }
            }
            Ok(())
        });
        match run.await {
            // Withheld as before: it stays among what could not be taken in.
            Ok(_) | Err(SyncError::Incomplete { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn run<F: Future<Output = Result<(), SyncError>> + Send>(
        &self,
        round: &mut Round,
        expected: u32,
        progress: &(dyn Fn(Progress) + Sync),
        read: impl FnOnce(mpsc::Sender<Batch>) -> F + Send,
    ) -> Result<Option<Seq>, SyncError> {
        let (batches, received) = mpsc::channel(1);
        let (resolved, ready) = mpsc::channel(1);
        let reading = read(batches);
        // Trouble with the feed or with one batch waits until what came before it is taken in;
        // trouble with the replica ends everything at once.
        let (read, resolution, position) = tokio::try_join!(
            async { Ok::<_, SyncError>(reading.await) },
            async { Ok(self.resolve_all(received, resolved).await) },
            self.ingest_all(ready, expected, round, progress),
        )?;
        resolution?;
        read?;
        position
    }

    /// The first pull: winners come with their rows.
    async fn read_documents(
        &self,
        mut since: Option<Seq>,
        batches: &mpsc::Sender<Batch>,
    ) -> Result<(), SyncError> {
        loop {
            let rows = self.experience.rows_per_stream();
            let question = Question {
                since: since.as_ref(),
                limit: rows,
                documents: true,
                seq_interval: Some(rows.min(ROWS_PER_BATCH)),
                wait: None,
            };
            let page = self.stream_page(&question, batches).await;
            if let Err(SyncError::Net(error)) = &page
                && matches!(error.class, NetClass::Reset | NetClass::TimedOut)
            {
                self.experience.line_broke();
            }
            let (count, end) = page?;
            if is_last(count, rows, &end, since.as_ref()) || batches.is_closed() {
                return Ok(());
            }
            since = Some(end.last_seq);
        }
    }

    async fn stream_page(
        &self,
        question: &Question<'_>,
        batches: &mpsc::Sender<Batch>,
    ) -> Result<(usize, PageEnd), SyncError> {
        let mut page = changes::ask(self.database, question).await?;
        let mut count = 0;
        let mut batch = Batch::default();
        let end = loop {
            let row = match page.next().await {
                Ok(Some(row)) => row,
                Ok(None) => break page.end()?,
                Err(error) => {
                    // What came before the line broke is as good as ever.
                    let _ = batches.send(batch).await;
                    return Err(error);
                }
            };
            count += 1;
            let at_position = batch.add(row);
            if batch.is_full(at_position) && batches.send(std::mem::take(&mut batch)).await.is_err()
            {
                // The stages behind ended; they know why.
                let seq = question.since.cloned().unwrap_or(Seq(0.into()));
                return Ok((
                    0,
                    PageEnd {
                        last_seq: seq,
                        pending: Some(0),
                    },
                ));
            }
        };
        batch.seq = Some(end.last_seq.clone());
        let _ = batches.send(batch).await;
        Ok((count, end))
    }

    /// Later pulls: leaves first, and only what is not here is asked for.
    async fn read_listing(
        &self,
        mut since: Option<Seq>,
        ahead: Option<Ahead>,
        batches: &mpsc::Sender<Batch>,
    ) -> Result<(), SyncError> {
        let mut counted = false;
        let mut ahead = ahead.filter(|ahead| since.as_ref() == Some(&ahead.since));
        loop {
            let (rows, end) = match ahead.take() {
                Some(ahead) => ahead.page?,
                None => self.read_page(since.as_ref()).await?,
            };
            if !counted {
                counted = self.check_brake(&rows, &end).await?;
            }
            let last = is_last(rows.len(), ROWS_PER_LISTING, &end, since.as_ref());
            since = Some(end.last_seq.clone());
            self.send_rows(rows, end.last_seq, batches).await;
            if last || batches.is_closed() {
                return Ok(());
            }
        }
    }

    async fn read_page(&self, since: Option<&Seq>) -> Result<(Vec<Row>, PageEnd), SyncError> {
        let question = Question {
            since,
            limit: ROWS_PER_LISTING,
            documents: false,
            seq_interval: Some(self.experience.habits.documents_per_request()),
            wait: None,
        };
        let page = changes::ask(self.database, &question).await?;
        page.collect().await
    }

    async fn send_rows(&self, rows: Vec<Row>, last_seq: Seq, batches: &mpsc::Sender<Batch>) {
        let most = self.experience.habits.documents_per_request();
        let mut batch = Batch::default();
        for row in rows {
            batch.add(row);
            if batch.announced.len() >= most
                && batches.send(std::mem::take(&mut batch)).await.is_err()
            {
                return;
            }
        }
        batch.seq = Some(last_seq);
        let _ = batches.send(batch).await;
    }

    async fn resolve_all(
        &self,
        received: mpsc::Receiver<Batch>,
        resolved: mpsc::Sender<Resolved>,
    ) -> Result<(), SyncError> {
        let batches = stream::unfold(received, |mut received| async move {
            received.recv().await.map(|batch| (batch, received))
        });
        let mut ready = std::pin::pin!(
            batches
                .map(|batch| self.resolve(batch))
                .buffered(BATCHES_IN_FLIGHT)
        );
        while let Some(batch) = ready.next().await {
            if resolved.send(batch?).await.is_err() {
                break;
            }
        }
        Ok(())
    }

    async fn ingest_all(
        &self,
        mut ready: mpsc::Receiver<Resolved>,
        expected: u32,
        round: &mut Round,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Result<Option<Seq>, SyncError>, SyncError> {
        let deletions = match self.policy.brake {
            Brake::Ask | Brake::Allow => DeletionPolicy::Apply,
            Brake::Keep => DeletionPolicy::Revive,
        };
        let mut position = None;
        let mut documents = 0;
        let mut done = 0;
        while let Some(batch) = ready.recv().await {
            // From the first thing that is missing on, nothing later may vouch for it.
            documents += batch.withheld;
            let pulled = batch.seq.filter(|_| documents == 0);
            done += batch.rows;
            round.foreign += batch.foreign;
            let mut new = 0;
            if planted(Mutant::CheckpointBeforeData) {
                let early = Incoming {
                    unreadable: Vec::new(),
                    revisions: Vec::new(),
                    pulled: pulled.clone(),
                    deletions,
                };
                let early = self.replica.ingest(self.id, early).await;
                early.map_err(SyncError::replica)?;
            }
            if batch.rows > 0 || pulled.is_some() {
                step::reached("pull: batch ready");
                let incoming = Incoming {
                    revisions: batch.revisions,
                    unreadable: batch.unreadable.clone(),
                    pulled: pulled.clone(),
                    deletions,
                };
                let ingested = self
                    .replica
                    .ingest(self.id, incoming)
                    .await
                    .map_err(SyncError::replica)?;
                step::reached("pull: batch taken in");
                // A pull that takes long and then breaks off is not made again from its beginning.
                if batch.rows > 0 && pulled.is_some() {
                    self.meeting.marker.checkpoint_moved();
                    let all_sent = self.experience.joining().is_empty();
                    if all_sent && self.meeting.is_due(WRITE_DOWN_EVERY) {
                        Box::pin(self.meeting.flush()).await?;
                    }
                }
                new = ingested.new;
                round.pulled += new;
                round.conflicts += ingested.conflicts;
                round.merged += ingested.merged;
            }
            if !batch.entangled.is_empty() {
                let joining = self.replica.joining(self.id, batch.entangled).await;
                self.experience
                    .join_later(joining.map_err(SyncError::replica)?);
            }
            round
                .unreadable
                .extend(batch.unreadable.into_iter().filter(HeldBack::is_held));
            position = pulled.or(position);
            // The echo of our own changes is not news.
            if new > 0 || expected > ROWS_WORTH_SHOWING {
                progress(Progress::Pulling {
                    done,
                    total: expected.max(done),
                });
            }
        }
        Ok(if documents == 0 {
            Ok(position)
        } else {
            Err(SyncError::Incomplete { documents })
        })
    }
}

/// Whether a page was the last one. Relatives of CouchDB do not count what is pending.
pub(crate) fn is_last(count: usize, limit: usize, end: &PageEnd, since: Option<&Seq>) -> bool {
    count == 0 || since == Some(&end.last_seq) || end.pending.map_or(count < limit, |n| n == 0)
}

impl Batch {
    /// Answers whether the feed's position after this row is known.
    fn add(&mut self, row: Row) -> bool {
        self.rows += 1;
        self.bytes += row.bytes;
        let at_position = row.seq.is_some();
        self.seq = row.seq;
        match row.content {
            Ok(announced) => self.announced.push(announced),
            Err(Unreadable::Foreign) => self.foreign += 1,
            Err(Unreadable::Lock) => {}
            Err(reason) => {
                self.unreadable.push(HeldBack {
                    id: row.id,
                    reason: reason.to_string(),
                });
            }
        }
        at_position
    }

    /// Best cut where a position is known, at the latest when memory asks for it.
    fn is_full(&self, at_position: bool) -> bool {
        let rows = self.rows as usize;
        (at_position && (rows >= ROWS_PER_BATCH / 2 || self.bytes >= BYTES_PER_BATCH / 2))
            || rows >= 2 * ROWS_PER_BATCH
            || self.bytes >= BYTES_PER_BATCH
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(last_seq: u64, pending: Option<u64>) -> PageEnd {
        PageEnd {
            last_seq: Seq(last_seq.into()),
            pending,
        }
    }

    #[test]
    fn the_feed_ends_where_the_server_says_so_or_where_a_page_is_not_full() {
        let since = Seq(4.into());
        for (count, end, last) in [
            (10, end(9, Some(0)), true),
            (10, end(9, Some(3)), false),
            (7, end(9, Some(3)), false),
            (7, end(9, None), true),
            (10, end(9, None), false),
            (0, end(9, Some(3)), true),
            // A server that repeats itself does not keep us busy for ever.
            (10, end(4, Some(3)), true),
        ] {
            assert_eq!(
                is_last(count, 10, &end, Some(&since)),
                last,
                "{count} {end:?}"
            );
        }
    }
}
