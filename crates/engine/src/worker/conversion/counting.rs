//! Whether the new database has everything that the old one has: both are counted.

use sheaf_couch::Tally;
use sheaf_ipc::{ApiError, DatabaseCounts};
use sheaf_model::{DocId, Kind};
use sheaf_sync::RemoteId;

use super::{Outcome, Plan};
use crate::{convert, worker::Worker};

impl Worker {
    /// Whether the new database has everything: the notes that are here, and as much of everything
    /// as the old one. The inner error is what it lacks.
    pub(super) async fn compare(
        &self,
        plan: &Plan,
        before: Tally,
    ) -> Result<Result<Outcome, String>, ApiError> {
        let after = self.asked(&plan.to, sheaf_couch::tally).await?;
        let store = &self.shared.store;
        let here = store.travelling_notes().await;
        let here = here.map_err(convert::store_error)?;
        let held = store.held_back(Some(&plan.to.id())).await;
        let held = held.map_err(convert::store_error)?;
        let held = count(held.iter().map(|document| document.id.kind()));
        let left = unreadable(self, &plan.from.id()).await?;
        let lacks = |what: &str, have: u32, want: u32| {
            (have < want).then(|| format!("{have} of {want} {what} are in the new database"))
        };
        let differs = lacks("notes", after.notes, here.saturating_sub(held.notes))
            .or_else(|| {
                lacks(
                    "notes",
                    after.notes,
                    rest(before.notes, left.notes, held.notes),
                )
            })
            .or_else(|| {
                lacks(
                    "notebooks",
                    after.notebooks,
                    rest(before.notebooks, left.notebooks, held.notebooks),
                )
            })
            .or_else(|| lacks("tags", after.tags, rest(before.tags, left.tags, held.tags)))
            .or_else(|| {
                lacks(
                    "attachments",
                    after.attachments,
                    rest(before.attachments, left.attachments, held.attachments),
                )
            });
        Ok(match differs {
            Some(detail) => Err(detail),
            None => Ok(Outcome {
                counts: counts(after),
                left: left.notes + left.notebooks + left.tags + left.attachments,
            }),
        })
    }
}

fn rest(before: u32, left: u32, held: u32) -> u32 {
    before.saturating_sub(left).saturating_sub(held)
}

fn counts(tally: Tally) -> DatabaseCounts {
    DatabaseCounts {
        notes: tally.notes,
        notebooks: tally.notebooks,
        tags: tally.tags,
        attachments: tally.attachments,
    }
}

fn count(kinds: impl Iterator<Item = Kind>) -> Tally {
    let mut tally = Tally::default();
    for kind in kinds {
        match kind {
            Kind::Note => tally.notes += 1,
            Kind::Notebook => tally.notebooks += 1,
            Kind::Tag => tally.tags += 1,
            Kind::File | Kind::SheafFile => tally.attachments += 1,
        }
    }
    tally
}

/// What of a database could not be taken in, and therefore does not move.
async fn unreadable(worker: &Worker, remote: &RemoteId) -> Result<Tally, ApiError> {
    let unreadable = worker.shared.store.unreadable(remote).await;
    let unreadable = unreadable.map_err(convert::store_error)?;
    Ok(count(unreadable.iter().filter_map(|(held, _)| {
        DocId::parse(&held.id).ok().map(|id| id.kind())
    })))
}
