//! The middle of a pull: from a stretch of the feed to complete revisions, by asking for exactly
//! what is neither here nor came with its row.

use std::{
    collections::{HashMap, HashSet},
    sync::PoisonError,
};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use sheaf_model::DocId;
use sheaf_sync::{
    ChangedLeaves, Environment, IncomingAttachment, IncomingRevision, Replica, Seq,
    mutant::{Mutant, planted},
    step,
};

use crate::{
    HeldBack, SyncError, attachment,
    changes::Announced,
    document::{Fetched, Unreadable},
    fetch::{self, Wanted},
    pull::{Batch, Pull},
};

const PARALLEL_DOWNLOADS: usize = 4;
/// After so many rounds the server is believed that it has nothing to hand over.
const PATIENCE_WITH_WITHHELD: u32 = 5;

/// A batch with everything it announced and that is not here yet.
pub(crate) struct Resolved {
    pub(crate) revisions: Vec<IncomingRevision>,
    pub(crate) foreign: u32,
    pub(crate) unreadable: Vec<HeldBack>,
    pub(crate) withheld: u32,
    /// Documents with several leaves at the remote, or with something new beside what is here.
    pub(crate) entangled: Vec<ChangedLeaves>,
    pub(crate) rows: u32,
    pub(crate) seq: Option<Seq>,
}

impl<R: Replica, E: Environment> Pull<'_, R, E> {
    pub(crate) async fn resolve(&self, batch: Batch) -> Result<Resolved, SyncError> {
        let Batch {
            announced,
            foreign,
            mut unreadable,
            rows,
            seq,
            ..
        } = batch;
        let leaves: Vec<ChangedLeaves> = announced
            .iter()
            .map(|row| ChangedLeaves {
                id: row.id.clone(),
                leaves: row.leaves.clone(),
            })
            .collect();
        let missing = if leaves.is_empty() {
            Vec::new()
        } else {
            let missing = self.replica.missing(leaves.clone()).await;
            missing.map_err(SyncError::replica)?
        };
        let news = missing.iter().filter(|missing| !missing.new_document);
        let news: HashSet<&DocId> = news.map(|missing| &missing.id).collect();
        let mut entangled = leaves;
        entangled.retain(|row| row.leaves.len() > 1 || news.contains(&row.id));
        let mut by_id: HashMap<DocId, Announced> = announced
            .into_iter()
            .map(|row| (row.id.clone(), row))
            .collect();
        let mut documents = Vec::with_capacity(missing.len());
        let (mut alone, mut with_history) = (Vec::new(), Vec::new());
        for missing in missing {
            let Some(row) = by_id.remove(&missing.id) else {
                continue;
            };
            // An only leaf of a document that is not known here needs no history: a later
            // revision names it. Anything else has to find its place in a tree.
            let simple = missing.new_document && row.leaves.len() == 1;
            match row.document {
                Some(Ok(document)) if simple && document.revision == row.leaves[0] => {
                    documents.push(document);
                }
                Some(Err(reason)) if simple => unreadable.push(held_back(&row.id, &reason)),
                _ => {
                    let list = if simple {
                        &mut alone
                    } else {
                        &mut with_history
                    };
                    list.extend(missing.missing.into_iter().map(|revision| Wanted {
                        id: missing.id.clone(),
                        revision,
                    }));
                }
            }
        }
        let mut withheld = Vec::new();
        let per_request = self.experience.habits.documents_per_request();
        let histories = !planted(Mutant::NoHistories);
        for (wanted, histories) in [(&alone, false), (&with_history, histories)] {
            for some in wanted.chunks(per_request) {
                let handed =
                    fetch::fetch(self.database, &self.experience.habits, some, histories).await?;
                documents.extend(handed.documents);
                unreadable.extend(handed.unreadable);
                withheld.extend(handed.withheld);
            }
        }
        step::reached("pull: documents handed over");
        let revisions = self.complete(documents, &mut withheld).await?;
        let (withheld, given_up) = self.count_withheld(withheld);
        unreadable.extend(given_up);
        Ok(Resolved {
            revisions,
            foreign,
            unreadable,
            withheld,
            entangled,
            rows,
            seq,
        })
    }

    /// Documents with their attachments' bytes here and durable.
    pub(crate) async fn complete(
        &self,
        documents: Vec<Fetched>,
        withheld: &mut Vec<DocId>,
    ) -> Result<Vec<IncomingRevision>, SyncError> {
        let mut revisions = Vec::with_capacity(documents.len());
        let mut with_bytes = Vec::new();
        for document in documents {
            if document.stubs.is_empty() || document.deleted {
                revisions.push(incoming(document, Vec::new()));
            } else {
                with_bytes.push(document);
            }
        }
        let completed: Vec<Result<IncomingRevision, DocId>> = stream::iter(with_bytes)
            .map(|document| self.download_all(document))
            .buffer_unordered(PARALLEL_DOWNLOADS)
            .try_collect()
            .await?;
        for document in completed {
            match document {
                Ok(revision) => revisions.push(revision),
                Err(id) => withheld.push(id),
            }
        }
        Ok(revisions)
    }

    async fn download_all(
        &self,
        mut document: Fetched,
    ) -> Result<Result<IncomingRevision, DocId>, SyncError> {
        let mut attachments = Vec::with_capacity(document.stubs.len());
        for stub in std::mem::take(&mut document.stubs) {
            let found = attachment::download(
                self.database,
                self.replica,
                &document.id,
                &document.revision,
                &stub,
            );
            match found.await? {
                Some(attachment) => attachments.push(attachment),
                None => return Ok(Err(document.id)),
            }
        }
        Ok(Ok(incoming(document, attachments)))
    }

    /// How many are worth waiting for, and those that are not any more.
    fn count_withheld(&self, withheld: Vec<DocId>) -> (u32, Vec<HeldBack>) {
        let mut seen = self
            .experience
            .withheld
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut given_up = Vec::new();
        let mut waiting = 0;
        let unique: HashSet<DocId> = withheld.into_iter().collect();
        for id in unique {
            let times = seen.entry(id.clone()).or_default();
            *times += 1;
            if planted(Mutant::WithheldIsSkipped) {
                continue;
            }
            if *times >= PATIENCE_WITH_WITHHELD {
                given_up.push(held_back(&id, &Unreadable::Withheld));
            } else {
                waiting += 1;
            }
        }
        (waiting, given_up)
    }
}

pub(crate) fn incoming(
    document: Fetched,
    attachments: Vec<IncomingAttachment>,
) -> IncomingRevision {
    IncomingRevision {
        id: document.id,
        revision: document.revision,
        ancestors: document.ancestors,
        deleted: document.deleted,
        body: document.body,
        attachments,
    }
}

fn held_back(id: &DocId, reason: &Unreadable) -> HeldBack {
    HeldBack {
        id: id.to_string(),
        reason: reason.to_string(),
    }
}
