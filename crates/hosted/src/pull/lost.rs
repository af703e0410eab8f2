//! What the server had and does not name any more.

use std::collections::HashSet;

use sheaf_sync::{Environment, RecordReplica};

use super::Pull;
use crate::{
    HostedError, Vault,
    seen::{self, ITEM, Role, SUSPICION, Seen},
    suspicion::Suspicion,
};

impl<R: RecordReplica, E: Environment, V: Vault> Pull<'_, R, E, V> {
    /// After everything was asked for: what is remembered and was not named is not there any more.
    pub(super) async fn find_lost(&self, named: &HashSet<String>) -> Result<(), HostedError> {
        let all = self
            .replica
            .records_with_prefix(&self.talk.id, ITEM)
            .await
            .map_err(HostedError::replica)?;
        let mut again = Vec::new();
        let mut records = Vec::new();
        for record in &all {
            let name = seen::name(record, ITEM);
            let Some(seen) = Seen::parse(record) else {
                continue;
            };
            if named.contains(name) || seen.deleted {
                continue;
            }
            tracing::warn!(role = ?seen.role, "the server has lost an item");
            if let (Role::Document, Some(id)) = (seen.role, &seen.document) {
                records.push(seen::record(
                    SUSPICION,
                    &Suspicion::missing(id.to_string()).name(),
                    &Suspicion::missing(id.to_string()),
                ));
                again.push(id.clone());
            }
            records.push(seen::forget(ITEM, name));
        }
        if records.is_empty() {
            return Ok(());
        }
        self.replica
            .put_records(&self.talk.id, records)
            .await
            .map_err(HostedError::replica)?;
        self.replica
            .offer_again(&self.talk.id, again)
            .await
            .map_err(HostedError::replica)
    }
}
