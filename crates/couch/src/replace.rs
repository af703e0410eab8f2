//! One side gives way to the other: *Sync from scratch* and *Rebuild the remote*. What has begun is
//! the replica's to remember ([`Replaceable`]); this carries it out, again from its first step after
//! an interruption, which costs the listing and nothing that has travelled already.

use std::collections::{HashMap, HashSet};

use sheaf_model::{DocId, Revision};
use sheaf_sync::{
    ChangedLeaves, ChangedTarget, Environment, HeldBack, IncomingRevision, Policy, Replaceable,
    Replacing, Seq,
};

use crate::{
    Progress, Replication, Round, SyncError,
    bulk::{self, Parcel},
    changes::{self, Announced, Question, Row},
    document::Unreadable,
    fetch::{self, Wanted},
    vault,
};

const ROWS_PER_PAGE: usize = 1000;
const BURIALS_PER_REQUEST: usize = 500;

/// A page of the feed, sorted by what can be done with its rows.
#[derive(Default)]
struct Listing {
    announced: Vec<Announced>,
    unreadable: Vec<HeldBack>,
    /// Ours by their ids, and nothing can be said about them.
    spared: Vec<DocId>,
    foreign: u32,
}

impl<E: Environment> Replication<E> {
    /// Finishes what has begun, if anything has. Afterwards both sides are equal, but for what was
    /// changed on either side meanwhile, which the next round takes.
    pub async fn finish_replacing<R: Replaceable>(
        &self,
        replica: &R,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Option<Round>, SyncError> {
        let begun = replica
            .replacing(&self.id)
            .await
            .map_err(SyncError::replica)?;
        let Some(side) = begun else { return Ok(None) };
        progress(Progress::Connecting);
        // Whoever asked for this has seen both sides.
        let (information, _) = self.meeting(replica).meet(ChangedTarget::Merge).await?;
        let mut round = Round::default();
        match side {
            Replacing::Local => {
                self.replace_local(replica, information.rows(), &mut round, progress)
                    .await?;
            }
            Replacing::Remote => {
                self.replace_remote(replica, information.rows(), &mut round, progress)
                    .await?;
            }
        }
        self.marker().checkpoint_moved();
        self.flush(replica).await?;
        Ok(Some(round))
    }

    async fn replace_local<R: Replaceable>(
        &self,
        replica: &R,
        expected: u32,
        round: &mut Round,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<(), SyncError> {
        let mut spared = Vec::new();
        let mut unreadable = Vec::new();
        let (mut since, mut done) = (None, 0);
        progress(Progress::Pulling {
            done,
            total: expected,
        });
        loop {
            let (rows, end, last) = self.listing(since.as_ref()).await?;
            done += u32::try_from(rows.len()).unwrap_or(u32::MAX);
            let page = sort_out(rows);
            round.foreign += page.foreign;
            spared.extend(page.spared);
            unreadable.extend(page.unreadable);
            let differing = replica
                .agree(&self.id, leaves_of(&page.announced))
                .await
                .map_err(SyncError::replica)?;
            for some in differing.chunks(self.experience.habits.documents_per_request()) {
                let (kept, trouble) = self.replace_some(replica, some, round).await?;
                spared.extend(kept);
                unreadable.extend(trouble);
            }
            progress(Progress::Pulling {
                done,
                total: expected.max(done),
            });
            if last {
                round.unreadable.extend(unreadable.iter().cloned());
                return replica
                    .finish_replacing(&self.id, end, spared, unreadable)
                    .await
                    .map_err(SyncError::replica);
            }
            since = Some(end);
        }
    }

    /// Fetches documents whole and puts them in the place of what is here. Answers which ones could
    /// not be had; those stay as they are.
    async fn replace_some<R: Replaceable>(
        &self,
        replica: &R,
        differing: &[ChangedLeaves],
        round: &mut Round,
    ) -> Result<(Vec<DocId>, Vec<HeldBack>), SyncError> {
        let wanted: Vec<Wanted> = differing.iter().flat_map(wanted).collect();
        let habits = &self.experience.habits;
        let handed = fetch::fetch(&self.database, habits, &wanted, true).await?;
        let mut withheld = handed.withheld;
        let mut trouble = handed.unreadable;
        let mut revisions = self
            .pull(replica, Policy::default())
            .complete(handed.documents, &mut withheld)
            .await?;
        trouble.extend(withheld.iter().map(|id| HeldBack {
            id: id.to_string(),
            reason: Unreadable::Withheld.to_string(),
        }));
        // A document of which a leaf is missing is not replaced by its half.
        let incomplete: HashSet<String> = trouble.iter().map(|held| held.id.clone()).collect();
        revisions.retain(|revision| !incomplete.contains(revision.id.as_str()));
        revisions.sort_by(|a, b| a.id.cmp(&b.id));
        round.pulled += u32::try_from(revisions.len()).unwrap_or(u32::MAX);
        replica
            .replace(&self.id, revisions)
            .await
            .map_err(SyncError::replica)?;
        let spared = differing
            .iter()
            .map(|row| &row.id)
            .filter(|id| incomplete.contains(id.as_str()))
            .cloned()
            .collect();
        Ok((spared, trouble))
    }

    /// First everything that is here goes there; only then what is there alone is buried, so that
    /// the remote is at no moment without what both have.
    async fn replace_remote<R: Replaceable>(
        &self,
        replica: &R,
        expected: u32,
        round: &mut Round,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<(), SyncError> {
        // An ordinary round reads before it sends; this one would learn too late.
        vault::must_be_plain(&self.database).await?;
        self.push_all(replica, expected == 0, round, progress)
            .await?;
        let (mut since, mut done) = (None, 0);
        loop {
            let (rows, end, last) = self.listing(since.as_ref()).await?;
            done += u32::try_from(rows.len()).unwrap_or(u32::MAX);
            let page = sort_out(rows);
            round.foreign += page.foreign;
            self.overrule_unknown(replica, &page.announced, round)
                .await?;
            progress(Progress::Pushing {
                done,
                total: expected.max(done),
            });
            if last {
                self.push_all(replica, false, round, progress).await?;
                return replica
                    .finish_replacing(&self.id, end, Vec::new(), page.unreadable)
                    .await
                    .map_err(SyncError::replica);
            }
            since = Some(end);
        }
    }

    async fn push_all<R: Replaceable>(
        &self,
        replica: &R,
        remote_is_empty: bool,
        round: &mut Round,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<(), SyncError> {
        self.push_changes(replica, remote_is_empty, round, progress)
            .await?;
        round.push_blocked.take().map_or(Ok(()), Err)
    }

    /// Puts what is here on top of leaves that were made on top of it, and tombstones on the other
    /// live leaves that are not held here.
    async fn overrule_unknown<R: Replaceable>(
        &self,
        replica: &R,
        announced: &[Announced],
        round: &mut Round,
    ) -> Result<(), SyncError> {
        let unknown = replica
            .missing(leaves_of(announced))
            .await
            .map_err(SyncError::replica)?;
        let by_id: HashMap<&DocId, &Announced> =
            announced.iter().map(|row| (&row.id, row)).collect();
        let mut live: Vec<(DocId, Revision)> = Vec::new();
        let mut unclear = Vec::new();
        for document in unknown {
            match by_id.get(&document.id) {
                // The feed says of a document with one leaf whether that is deleted.
                // In an encrypted database it may be a plain one, which is another app's to delete.
                Some(row)
                    if document.new_document
                        && row.leaves.len() == 1
                        && self.database.wire().vault().is_none() =>
                {
                    if !row.deleted {
                        live.extend(pairs(&document.id, document.missing));
                    }
                }
                _ => unclear.extend(pairs(&document.id, document.missing)),
            }
        }
        let habits = &self.experience.habits;
        for some in unclear.chunks(habits.documents_per_request()) {
            let wanted: Vec<Wanted> = some
                .iter()
                .map(|(id, revision)| Wanted {
                    id: id.clone(),
                    revision: revision.clone(),
                })
                .collect();
            let handed = fetch::fetch(&self.database, habits, &wanted, true).await?;
            let mut theirs: Vec<IncomingRevision> = handed
                .documents
                .into_iter()
                .filter(|found| some.contains(&(found.id.clone(), found.revision.clone())))
                // Their bytes are of no use: something goes on top, or they are buried.
                .map(|found| crate::resolve::incoming(found, Vec::new()))
                .collect();
            theirs.sort_by(|a, b| a.id.cmp(&b.id));
            let left = replica
                .overrule(&self.id, theirs)
                .await
                .map_err(SyncError::replica)?;
            live.extend(left);
        }
        self.bury(replica, &live, round).await
    }

    async fn bury<R: Replaceable>(
        &self,
        replica: &R,
        live: &[(DocId, Revision)],
        round: &mut Round,
    ) -> Result<(), SyncError> {
        for some in live.chunks(BURIALS_PER_REQUEST) {
            let mut parcel = Parcel::default();
            for (id, leaf) in some {
                parcel.add(self.database.wire(), &replica.burial(id, leaf));
            }
            let sent = bulk::send(&self.database, parcel).await;
            round.pushed += u32::try_from(sent.accepted.len()).unwrap_or(u32::MAX);
            round.refused += u32::try_from(sent.refused.len()).unwrap_or(u32::MAX);
            if let Some(trouble) = sent.trouble {
                return Err(trouble);
            }
        }
        Ok(())
    }

    /// A page of the feed, where it ends, and whether it is the last.
    async fn listing(&self, since: Option<&Seq>) -> Result<(Vec<Row>, Seq, bool), SyncError> {
        let question = Question {
            since,
            limit: ROWS_PER_PAGE,
            documents: false,
            seq_interval: Some(ROWS_PER_PAGE),
            wait: None,
        };
        let page = changes::ask(&self.database, &question).await?;
        let (rows, end) = page.collect().await?;
        let last = crate::pull::is_last(rows.len(), ROWS_PER_PAGE, &end, since);
        Ok((rows, end.last_seq, last))
    }
}

fn sort_out(rows: Vec<Row>) -> Listing {
    let mut listing = Listing::default();
    for row in rows {
        match row.content {
            Ok(announced) => listing.announced.push(announced),
            Err(Unreadable::Foreign) => listing.foreign += 1,
            Err(Unreadable::Lock) => {}
            Err(reason) => {
                listing.spared.extend(DocId::parse(&row.id).ok());
                listing.unreadable.push(HeldBack {
                    id: row.id,
                    reason: reason.to_string(),
                });
            }
        }
    }
    listing
}

fn leaves_of(announced: &[Announced]) -> Vec<ChangedLeaves> {
    announced
        .iter()
        .map(|row| ChangedLeaves {
            id: row.id.clone(),
            leaves: row.leaves.clone(),
        })
        .collect()
}

fn wanted(row: &ChangedLeaves) -> impl Iterator<Item = Wanted> {
    row.leaves.iter().map(|revision| Wanted {
        id: row.id.clone(),
        revision: revision.clone(),
    })
}

fn pairs(id: &DocId, revisions: Vec<Revision>) -> impl Iterator<Item = (DocId, Revision)> {
    let id = id.clone();
    revisions
        .into_iter()
        .map(move |revision| (id.clone(), revision))
}
