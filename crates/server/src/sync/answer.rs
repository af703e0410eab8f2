//! From what was read and decided to what is answered.

use std::collections::HashMap;

use sha2::{Digest, Sha256};
use sheaf_protocol::{Generation, IntegrityEntry, Micros, SyncResponse};

use super::{Decision, Position, Row, answer_tokens};
use crate::storage::{SyncAnswer, SyncCall};

/// What an account's row says when a sync call begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    pub counter: u64,
    pub bytes: u64,
}

/// Items after a position.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    pub rows: Vec<Row>,
    /// Commit of the last item in order; items keys that were put in front do not count.
    pub last: Option<u64>,
    pub more: bool,
}

/// `counter` is the account's newest commit after saving, `times` those of all live items when the
/// client wants the integrity hash.
pub fn answer(
    call: &SyncCall,
    position: Position,
    page: &Page,
    decision: Decision,
    counter: u64,
    times: Option<Vec<Micros>>,
) -> SyncAnswer {
    let (sync_token, cursor_token) =
        answer_tokens(position, page.last.filter(|_| page.more), counter);
    let old = call.generation == Generation::V2016;
    let response = SyncResponse {
        retrieved_items: page
            .rows
            .iter()
            .filter(|row| !decision.settled.contains(&row.uuid))
            .map(Row::to_item)
            .collect(),
        saved_items: decision.saves.iter().map(Row::to_item).collect(),
        conflicts: (!old).then_some(decision.conflicts),
        unsaved: old.then_some(decision.unsaved),
        sync_token,
        cursor_token,
        integrity_hash: times.map(integrity_hash),
    };
    SyncAnswer {
        changed: !decision.saves.is_empty(),
        response,
        counter,
    }
}

/// SHA-256 over the times of all live items in milliseconds, newest first, joined by commas.
fn integrity_hash(mut times: Vec<Micros>) -> String {
    times.sort_unstable_by(|a, b| b.cmp(a));
    let text: Vec<String> = times
        .iter()
        .map(|at| at.0.div_euclid(1000).to_string())
        .collect();
    format!("{:x}", Sha256::digest(text.join(",")))
}

/// A live item as a check of integrity sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub entry: IntegrityEntry,
    pub content_type: String,
}

/// Items of these types are one application's own. The published newer client drops types it does not know as corrupt
/// and can never name such an item: told that it lacks one, it calls itself out of sync for ever.
const ONE_APPLICATIONS_OWN: &str = "Sheaf|";

/// Entries of which client and server hold different states, with the server's time; what the
/// server does not have keeps the client's. An application's own items are no matter of a client that names none of them.
pub fn mismatches(held: Vec<Held>, claimed: Vec<IntegrityEntry>) -> Vec<IntegrityEntry> {
    let mut claimed: HashMap<String, Micros> = claimed
        .into_iter()
        .map(|entry| (entry.uuid, entry.updated_at_timestamp))
        .collect();
    let mut found: Vec<IntegrityEntry> = held
        .into_iter()
        .filter(|held| match claimed.remove(&held.entry.uuid) {
            Some(at) => at != held.entry.updated_at_timestamp,
            None => !held.content_type.starts_with(ONE_APPLICATIONS_OWN),
        })
        .map(|held| held.entry)
        .collect();
    let mut unknown: Vec<IntegrityEntry> = claimed
        .into_iter()
        .map(|(uuid, updated_at_timestamp)| IntegrityEntry {
            uuid,
            updated_at_timestamp,
        })
        .collect();
    unknown.sort_by(|a, b| a.uuid.cmp(&b.uuid));
    found.extend(unknown);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_integrity_hash_is_over_milliseconds_newest_first() {
        let times = vec![Micros(1_000_999), Micros(3_000_000), Micros(2_000_000)];
        assert_eq!(
            integrity_hash(times),
            format!("{:x}", Sha256::digest("3000,2000,1000"))
        );
        assert_eq!(integrity_hash(vec![]), format!("{:x}", Sha256::digest("")));
    }

    #[test]
    fn mismatches_name_what_differs_and_what_only_one_side_has() {
        let entry = |uuid: &str, at| IntegrityEntry {
            uuid: uuid.into(),
            updated_at_timestamp: Micros(at),
        };
        let held = [("same", 1), ("newer", 2), ("here", 3)].map(|(uuid, at)| Held {
            entry: entry(uuid, at),
            content_type: "Note".into(),
        });
        let claimed = vec![entry("same", 1), entry("newer", 1), entry("there", 9)];
        assert_eq!(
            mismatches(held.into(), claimed),
            [entry("newer", 2), entry("here", 3), entry("there", 9)]
        );
    }

    /// A device of the published newer client, in an account that Sheaf writes to as well, said for ever that it was out
    /// of sync: it had dropped Sheaf's manifest, whose type it does not know, and was told of it after every sync.
    #[test]
    fn an_applications_own_items_are_checked_for_those_who_name_them() {
        let entry = |at| IntegrityEntry {
            uuid: "manifest".into(),
            updated_at_timestamp: Micros(at),
        };
        let held = || {
            vec![Held {
                entry: entry(2),
                content_type: "Sheaf|Manifest".into(),
            }]
        };
        assert_eq!(mismatches(held(), vec![]), []);
        assert_eq!(mismatches(held(), vec![entry(2)]), []);
        assert_eq!(mismatches(held(), vec![entry(1)]), [entry(2)]);
    }
}
