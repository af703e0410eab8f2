//! Tags and folders name their notes, which follows from the notes: they are written again after
//! the notes were.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sheaf_model::{DocId, Millis};
use sheaf_sync::{Environment, Policy, RecordReplica};

use super::{ATTEMPTS, Push, parcels::Standing};
use crate::{
    HostedError, Round, Vault, mapping,
    plan::Parcel,
    seen::{self, Role, STALE, Seen},
};

/// Folders with more notes than this are written now and then, not for every note.
const LARGE_FOLDER: usize = 200;
const LARGE_FOLDERS_EVERY: Millis = 5 * 60 * 1000;

impl<R: RecordReplica, E: Environment, V: Vault> Push<'_, R, E, V> {
    /// Writes tags and folders whose notes are other ones now.
    pub(super) async fn write_stale(&self, round: &mut Round) -> Result<(), HostedError> {
        let stale = self
            .replica
            .records_with_prefix(&self.talk.id, STALE)
            .await
            .map_err(HostedError::replica)?;
        if stale.is_empty() {
            return Ok(());
        }
        let now = self.talk.environment.now();
        let large_too = self
            .talk
            .memory()
            .folders_at
            .is_none_or(|at| now - at >= LARGE_FOLDERS_EVERY || now < at);
        for record in stale {
            let Ok(id) = DocId::parse(seen::name(&record, STALE)) else {
                continue;
            };
            if !large_too && self.notes_in(&id).await?.len() > LARGE_FOLDER {
                continue;
            }
            self.write_references(&id, round).await?;
        }
        if large_too {
            self.talk.memory().folders_at = Some(now);
        }
        Ok(())
    }

    pub(super) async fn write_references(
        &self,
        id: &DocId,
        round: &mut Round,
    ) -> Result<(), HostedError> {
        let item = self.talk.item_of(id);
        let pull = self
            .talk
            .pull(self.replica, Policy::default(), self.progress);
        for _ in 0..ATTEMPTS {
            let seen = pull.seen_of(std::iter::once(item.as_str())).await?;
            // A tag that is not there yet, or no longer, has no references to be wrong.
            if seen.get(&item).is_none_or(|seen| seen.deleted) {
                break;
            }
            let leaves = self
                .replica
                .leaves(vec![id.clone()])
                .await
                .map_err(HostedError::replica)?;
            if !leaves.iter().any(|leaf| !leaf.deleted) {
                break;
            }
            let notes = self.notes_in(id).await?;
            let mut known = pull.references_of(&item).await?;
            known.sort();
            let mut sorted = notes.clone();
            sorted.sort();
            if known == sorted {
                break;
            }
            let documents = BTreeMap::from([(id.clone(), leaves)]);
            let mut sides = self.sides_of(&documents, &seen).await?;
            let standing = Standing {
                id,
                item: &item,
                seen: seen.get(&item),
                sides: sides.remove(id).unwrap_or_default(),
                leaves: documents.into_values().flatten().collect(),
            };
            let Ok(parcels) = self.parcels_of(standing, true).await? else {
                break;
            };
            let outcome = self.deliver(&parcels, round).await?;
            if outcome.saved.contains(&item) || outcome.refused.contains_key(&item) {
                break;
            }
        }
        self.replica
            .put_records(&self.talk.id, vec![seen::forget(STALE, id.as_str())])
            .await
            .map_err(HostedError::replica)
    }
}

/// Tags and notebooks whose notes are other ones after these parcels.
pub(super) fn containers_touched(
    parcels: &[Parcel],
    seen: &HashMap<String, Seen>,
) -> BTreeSet<DocId> {
    let mut touched = BTreeSet::new();
    for parcel in parcels {
        if parcel.after.role != Role::Document || parcel.content_type != mapping::NOTE {
            continue;
        }
        let before: BTreeSet<&DocId> = seen
            .get(&parcel.uuid)
            .filter(|seen| !seen.deleted)
            .into_iter()
            .flat_map(|seen| &seen.inside)
            .collect();
        let after: BTreeSet<&DocId> = parcel.after.inside.iter().collect();
        touched.extend(before.symmetric_difference(&after).map(|id| (*id).clone()));
    }
    touched
}
