//! What a call changes, beyond its items: the account's counter and the space it takes.

use std::collections::{HashMap, HashSet};

use super::{Account, Decision, Incoming, Page, Rejected, Row, decide};
use crate::storage::{StorageError, SyncCall};

/// Decided, not yet written.
pub struct Plan {
    pub decision: Decision,
    /// The account's newest commit afterwards.
    pub counter: u64,
    /// Bytes of content and keys that the account will keep more than before.
    pub growth: i64,
}

/// `existing` holds the account's rows of the sent uuids, `page` what the answer will hand out.
pub fn plan(
    call: &SyncCall,
    sent: Vec<Result<Incoming, Rejected>>,
    account: Account,
    page: &Page,
    existing: HashMap<String, Row>,
) -> Result<Plan, StorageError> {
    let before: HashMap<String, i64> = existing
        .iter()
        .map(|(uuid, row)| (uuid.clone(), row.payload_bytes() as i64))
        .collect();
    let handed_out: HashSet<String> = page.rows.iter().map(|row| row.uuid.clone()).collect();
    let decision = decide(
        call.generation,
        sent,
        existing,
        &handed_out,
        account.counter,
        call.now,
    );
    let growth: i64 = decision
        .saves
        .iter()
        .map(|row| row.payload_bytes() as i64 - before.get(&row.uuid).copied().unwrap_or(0))
        .sum();
    let over = |quota| growth > 0 && account.bytes.saturating_add_signed(growth) > quota;
    if call.quota.is_some_and(over) {
        return Err(StorageError::Quota);
    }
    let last = decision.saves.iter().map(|row| row.commit).max();
    Ok(Plan {
        counter: last.unwrap_or(account.counter),
        decision,
        growth,
    })
}
