//! Taking local changes there: batches in journal order, a few on their way at once, answered for
//! in order.
//!
//! The invariant: the pushed checkpoint passes a change only when the remote has acknowledged it
//! or refused it for good.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use futures_util::{StreamExt as _, stream};
use sheaf_model::Revision;
use sheaf_sync::{
    Acknowledgement, Environment, Limits, LocalSeq, Outgoing, OutgoingAttachment, OutgoingRevision,
    Refusal, RemoteId, Replica,
    mutant::{Mutant, planted},
    step,
};

use crate::{
    Progress, Round, SyncError, attachment,
    bulk::{self, Parcel, Sent},
    database::Database,
    difference::{self, Difference},
    verdict,
};

const LIMITS: Limits = Limits {
    documents: 1000,
    bytes: 3 * 1024 * 1024,
};
const BATCHES_IN_FLIGHT: usize = 2;
/// Another client can have given a revision such a name; Sheaf never does.
const UNHIDDEN: &str = "the name of its revision is too long to be encrypted";
/// A handful of documents is sent unasked: what the remote has already, it ignores.
const UNASKED: usize = 10;

pub(crate) struct Push<'a, R, E> {
    pub(crate) database: &'a Database,
    pub(crate) replica: &'a R,
    pub(crate) environment: &'a E,
    pub(crate) id: &'a RemoteId,
    /// Nothing there that could be known already.
    pub(crate) remote_is_empty: bool,
    /// What the person agreed to for a server that takes less at once.
    pub(crate) batch_bytes: Option<u64>,
}

/// What became of one batch.
struct Answered {
    acknowledgement: Acknowledgement,
    through: LocalSeq,
    /// Why some of it is neither accepted nor refused.
    trouble: Option<SyncError>,
}

impl<R: Replica, E: Environment> Push<'_, R, E> {
    /// Pushes everything after `after`. What was answered for before an error stays so.
    pub(crate) async fn catch_up(
        &self,
        after: LocalSeq,
        round: &mut Round,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<(), SyncError> {
        let total = Arc::new(AtomicU32::new(0));
        let limits = Limits {
            bytes: self
                .batch_bytes
                .and_then(|bytes| usize::try_from(bytes).ok())
                .map_or(LIMITS.bytes, |bytes| bytes.min(LIMITS.bytes)),
            ..LIMITS
        };
        let batches = stream::unfold(Some(after), |after| {
            let total = total.clone();
            async move {
                let after = after?;
                let next = self.replica.outgoing(self.id, after, limits).await;
                match next.map_err(SyncError::replica) {
                    Ok(batch) if batch.revisions.is_empty() && batch.through <= after => None,
                    Ok(batch) => {
                        let here = u32::try_from(batch.revisions.len()).unwrap_or(u32::MAX);
                        total.fetch_add(here, Ordering::Relaxed);
                        let rest = (batch.remaining > 0).then_some(batch.through);
                        Some((Ok((batch, total.load(Ordering::Relaxed))), rest))
                    }
                    Err(error) => Some((Err(error), None)),
                }
            }
        });
        let mut answers = std::pin::pin!(
            batches
                .map(|batch| async {
                    let (batch, so_far) = batch?;
                    let total = so_far.saturating_add(batch.remaining);
                    Ok::<_, SyncError>((self.send(batch).await?, total))
                })
                .buffered(BATCHES_IN_FLIGHT)
        );
        let mut done = 0;
        while let Some(answer) = answers.next().await {
            let (answer, total) = answer?;
            let Answered {
                mut acknowledgement,
                through,
                trouble,
            } = answer;
            let all = trouble.is_none() || planted(Mutant::TroubleMovesTheCheckpoint);
            acknowledgement.pushed = all.then_some(through);
            step::reached("push: batch answered");
            let accepted = acknowledgement.accepted.len() + acknowledgement.had.len();
            let accepted = u32::try_from(accepted).unwrap_or(u32::MAX);
            let refused = u32::try_from(acknowledgement.refused.len()).unwrap_or(u32::MAX);
            self.replica
                .acknowledge(self.id, acknowledgement)
                .await
                .map_err(SyncError::replica)?;
            step::reached("push: answer kept");
            round.pushed += accepted;
            round.refused += refused;
            done += accepted + refused;
            if accepted + refused > 0 {
                progress(Progress::Pushing {
                    done,
                    total: total.max(done),
                });
            }
            if let Some(trouble) = trouble {
                return Err(trouble);
            }
        }
        Ok(())
    }

    async fn send(&self, batch: Outgoing) -> Result<Answered, SyncError> {
        let Outgoing {
            revisions, through, ..
        } = batch;
        let mut acknowledgement = Acknowledgement::default();
        let mut travelling = Vec::with_capacity(revisions.len());
        for revision in revisions {
            match unfit(self.database, &revision) {
                Some(reason) => acknowledgement.refused.push(refusal(&revision, reason)),
                None => travelling.push(revision),
            }
        }
        step::reached("push: batch offered");
        let difference = self.difference(&travelling).await?;
        step::reached("push: difference known");
        let mut trouble = None;
        let mut written = 0;
        // Bytes before the notes that show them: nobody sees a hole where a picture should be.
        let (with_bytes, plain): (Vec<_>, Vec<_>) = travelling
            .into_iter()
            .partition(|revision| !revision.attachments.is_empty());
        for revision in with_bytes {
            if !difference.is_missing(&revision) {
                acknowledgement.had.push((revision.id, revision.revision));
                continue;
            }
            let sent = self.send_with_bytes(&revision, &difference).await;
            step::reached("push: attachment sent");
            match sent {
                Ok(Ok(())) => {
                    written += 1;
                    acknowledgement
                        .accepted
                        .push((revision.id, revision.revision));
                }
                Ok(Err(reason)) => acknowledgement.refused.push(refusal(&revision, reason)),
                Err(error) => {
                    trouble = Some(error);
                    break;
                }
            }
        }
        if trouble.is_none() {
            let mut parcel = Parcel::default();
            for revision in plain {
                if difference.is_missing(&revision) {
                    if !parcel.add(self.database.wire(), &revision) {
                        let refusal = refusal(&revision, UNHIDDEN.to_owned());
                        acknowledgement.refused.push(refusal);
                    }
                } else {
                    acknowledgement.had.push((revision.id, revision.revision));
                }
            }
            let Sent {
                accepted,
                refused,
                trouble: cause,
            } = bulk::send(self.database, parcel).await;
            written += accepted.len();
            acknowledgement.accepted.extend(accepted);
            acknowledgement.refused.extend(refused);
            trouble = cause;
        }
        if trouble.is_none() {
            let refused = &mut acknowledgement.refused;
            trouble = verdict::on_everything(self.database, refused, written)
                .await
                .unwrap_or_else(Some);
            if trouble.is_some() {
                // They wait, like everything else.
                refused.retain(|refusal| !verdict::is_verdict(refusal));
            }
        }
        Ok(Answered {
            acknowledgement,
            through,
            trouble,
        })
    }

    /// Sends again what the remote has without its history. That it has them is no answer to the question whether it
    /// misses any, so it is not asked. Attachments are not sent again for that: two files stay two.
    pub(crate) async fn join(&self, revisions: Vec<OutgoingRevision>) -> Result<(), SyncError> {
        let mut parcel = Parcel::default();
        for revision in revisions.iter().filter(|one| one.attachments.is_empty()) {
            // One that cannot be hidden was never sent there.
            parcel.add(self.database.wire(), revision);
        }
        match bulk::send(self.database, parcel).await.trouble {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    async fn difference(&self, revisions: &[OutgoingRevision]) -> Result<Difference, SyncError> {
        let has_bytes = revisions
            .iter()
            .any(|revision| !revision.attachments.is_empty());
        let unasked = self.remote_is_empty || (revisions.len() <= UNASKED && !has_bytes);
        if unasked || revisions.is_empty() {
            return Ok(Difference::everything());
        }
        difference::ask(self.database, revisions).await
    }

    /// The inner result is the remote's refusal of this document.
    async fn send_with_bytes(
        &self,
        revision: &OutgoingRevision,
        difference: &Difference,
    ) -> Result<Result<(), String>, SyncError> {
        let boundary = format!(
            "{:016x}{:016x}",
            self.environment.random(),
            self.environment.random()
        );
        let newest = difference.newest_ancestor_there(revision);
        // A stub is taken when the remote has the attachment from an ancestor of this revision.
        let has = |attachment: &OutgoingAttachment| {
            newest
                .is_some_and(|ancestor: &Revision| attachment.meta.revpos <= ancestor.generation())
        };
        let mut sent =
            attachment::upload(self.database, self.replica, revision, &boundary, has).await;
        if matches!(&sent, Err(SyncError::Answer(answer)) if answer.status == 412) {
            // It was compacted away, or was another file of that name: all bytes, then.
            sent = attachment::upload(self.database, self.replica, revision, &boundary, |_| false)
                .await;
        }
        if matches!(sent, Err(SyncError::SignedOut { .. })) {
            sent = attachment::upload(self.database, self.replica, revision, &boundary, has).await;
        }
        let bytes = revision
            .attachments
            .iter()
            .map(|attachment| attachment.meta.length)
            .sum();
        match sent {
            Ok(()) => Ok(Ok(())),
            Err(error) => {
                match bulk::refusal_of_one(&error, bytes).or_else(|| bulk::verdict_on_one(&error)) {
                    Some(reason) => Ok(Err(reason)),
                    None => Err(bulk::as_read_only(error)),
                }
            }
        }
    }
}

/// Why a document does not travel, if the shared schema does not allow it.
fn unfit(database: &Database, revision: &OutgoingRevision) -> Option<String> {
    if database
        .wire()
        .revision(&revision.id, &revision.revision)
        .is_none()
    {
        return Some(UNHIDDEN.to_owned());
    }
    if revision.deleted {
        return None;
    }
    sheaf_model::check(&revision.id, &revision.body)
        .err()
        .map(|invalid| invalid.to_string())
}

fn refusal(revision: &OutgoingRevision, reason: String) -> Refusal {
    Refusal {
        id: revision.id.clone(),
        revision: revision.revision.clone(),
        reason,
    }
}
