//! Many deletions at once ask a person first.

use sheaf_protocol::Item;
use sheaf_sync::{Brake, Environment, RecordReplica, is_mass_deletion};

use super::Pull;
use crate::{HostedError, Vault, call::Page, seen::Role};

impl<R: RecordReplica, E: Environment, V: Vault> Pull<'_, R, E, V> {
    /// Counts deletions before the first of them is taken in. Answers whether the rest of the
    /// feed was counted as well.
    pub(super) async fn check_brake(
        &self,
        page: &Page,
        has_more: bool,
    ) -> Result<bool, HostedError> {
        if self.policy.brake != Brake::Ask {
            return Ok(true);
        }
        let mut deletions = self.live_notes_deleted_by(&page.retrieved).await?;
        if deletions == 0 {
            return Ok(false);
        }
        let mut position = page.next.clone();
        let mut more = has_more;
        while more {
            let page = self.talk.sync(&[], &position).await?;
            deletions =
                deletions.saturating_add(self.live_notes_deleted_by(&page.retrieved).await?);
            more = page.has_more;
            if more && page.next.cursor == position.cursor {
                return Err(HostedError::Endless);
            }
            position = page.next;
        }
        let notes = self
            .replica
            .live_notes()
            .await
            .map_err(HostedError::replica)?;
        if is_mass_deletion(deletions, notes) {
            return Err(HostedError::MassDeletion { deletions, notes });
        }
        Ok(true)
    }

    pub(super) async fn live_notes_deleted_by(&self, items: &[Item]) -> Result<u32, HostedError> {
        let deleted: Vec<&Item> = items.iter().filter(|item| item.deleted).collect();
        if deleted.is_empty() {
            return Ok(0);
        }
        let seen = self
            .seen_of(deleted.iter().map(|item| item.uuid.as_str()))
            .await?;
        let documents = seen
            .into_values()
            .filter(|seen| seen.role == Role::Document && !seen.deleted)
            .filter_map(|seen| seen.document)
            .collect();
        self.replica
            .live_notes_among(documents)
            .await
            .map_err(HostedError::replica)
    }
}
