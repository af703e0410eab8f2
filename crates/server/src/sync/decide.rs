//! Save or conflict, by generation (what the reference servers do, measured; their races left out).

use std::collections::{HashMap, HashSet};

use sheaf_protocol::{Conflict, ConflictKind, Generation, Micros, Unsaved, UnsavedError};

use super::{
    Row,
    incoming::{Base, Incoming, Rejected},
};

/// The 2016 protocol reports an overwritten copy only when it was this much older than the save.
const OVERWRITE_GRACE: i64 = 20_000_000;

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Decision {
    /// States to write, with their commits; a uuid sent twice appears once, as it ended.
    pub saves: Vec<Row>,
    pub conflicts: Vec<Conflict>,
    pub unsaved: Vec<Unsaved>,
    /// Uuids that must not also be among the retrieved items.
    pub settled: HashSet<String>,
}

/// Decides over everything sent. `existing` holds the account's rows of the sent uuids, `counter`
/// its newest commit, `retrieved` the uuids this answer would otherwise hand out.
pub fn decide(
    generation: Generation,
    sent: Vec<Result<Incoming, Rejected>>,
    mut existing: HashMap<String, Row>,
    retrieved: &HashSet<String>,
    counter: u64,
    now: Micros,
) -> Decision {
    let mut decision = Decision::default();
    let mut saves: HashMap<String, Row> = HashMap::new();
    let mut order = Vec::new();
    let mut commit = counter;
    for item in sent {
        let incoming = match item {
            Ok(incoming) => incoming,
            Err(rejected) => {
                decision.conflicts.push(refuse(rejected));
                continue;
            }
        };
        let row = existing.get(&incoming.uuid);
        if let Some(row) = row.filter(|row| !may_save(generation, incoming.base, row)) {
            decision.settled.insert(row.uuid.clone());
            decision.conflicts.push(Conflict {
                kind: ConflictKind::SyncConflict,
                server_item: Some(row.to_item()),
                unsaved_item: None,
            });
            continue;
        }
        commit += 1;
        let saved = save(incoming, row, commit, now);
        if generation == Generation::V2016
            && let Some(row) = row.filter(|row| retrieved.contains(&row.uuid))
            && saved.updated_at.0.saturating_sub(row.updated_at.0) > OVERWRITE_GRACE
        {
            decision.unsaved.push(overwritten(row));
        }
        decision.settled.insert(saved.uuid.clone());
        if saves.insert(saved.uuid.clone(), saved.clone()).is_none() {
            order.push(saved.uuid.clone());
        }
        existing.insert(saved.uuid.clone(), saved);
    }
    decision.saves = order.iter().filter_map(|uuid| saves.remove(uuid)).collect();
    decision
}

fn may_save(generation: Generation, base: Base, row: &Row) -> bool {
    match (generation, base) {
        (Generation::V2016, _) => true,
        (_, Base::Exact(at)) => at == row.updated_at,
        (_, Base::Millisecond(at)) => at.same_millisecond(row.updated_at),
        (_, Base::Unknown) => false,
    }
}

fn save(incoming: Incoming, row: Option<&Row>, commit: u64, now: Micros) -> Row {
    let kept = |field: Option<String>, of: fn(&Row) -> &Option<String>| {
        field.or_else(|| row.and_then(|row| of(row).clone()))
    };
    let live = |field: Option<String>| field.filter(|_| !incoming.deleted);
    Row {
        commit,
        updated_at: next_time(row, now),
        created_at: incoming
            .created_at
            .or(row.map(|row| row.created_at))
            .unwrap_or(now),
        content_type: kept(incoming.content_type, |row| &row.content_type),
        content: live(kept(incoming.content, |row| &row.content)),
        enc_item_key: live(kept(incoming.enc_item_key, |row| &row.enc_item_key)),
        items_key_id: live(kept(incoming.items_key_id, |row| &row.items_key_id)),
        auth_hash: live(incoming.auth_hash),
        duplicate_of: kept(incoming.duplicate_of, |row| &row.duplicate_of),
        deleted: incoming.deleted,
        uuid: incoming.uuid,
    }
}

/// Whole milliseconds, and later than the item's last by at least one: clients that only have
/// milliseconds would otherwise overwrite a save of the same millisecond without a conflict.
fn next_time(row: Option<&Row>, now: Micros) -> Micros {
    let now = now.0.div_euclid(1000) * 1000;
    let after = row.map_or(i64::MIN, |row| {
        row.updated_at.0.div_euclid(1000) * 1000 + 1000
    });
    Micros(now.max(after))
}

fn refuse(rejected: Rejected) -> Conflict {
    Conflict {
        kind: rejected.kind,
        server_item: None,
        unsaved_item: Some(rejected.item),
    }
}

fn overwritten(row: &Row) -> Unsaved {
    Unsaved {
        item: row.to_item(),
        error: UnsavedError {
            tag: "sync_conflict".into(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UUID: &str = "3162fe3a-1b5b-4cf5-b88a-afcb9996b23a";
    const NOW: Micros = Micros(1_700_000_000_123_456);

    fn incoming(base: Base) -> Incoming {
        Incoming {
            uuid: UUID.into(),
            content_type: Some("Note".into()),
            content: Some("new".into()),
            enc_item_key: Some("key".into()),
            items_key_id: None,
            auth_hash: None,
            duplicate_of: None,
            deleted: false,
            created_at: None,
            base,
        }
    }

    fn row(updated_at: i64) -> Row {
        save(
            Incoming {
                content: Some("old".into()),
                ..incoming(Base::Unknown)
            },
            None,
            1,
            Micros(updated_at),
        )
    }

    fn run(generation: Generation, sent: Vec<Incoming>, rows: Vec<Row>) -> Decision {
        let retrieved = rows.iter().map(|row| row.uuid.clone()).collect();
        let existing = rows
            .into_iter()
            .map(|row| (row.uuid.clone(), row))
            .collect();
        decide(
            generation,
            sent.into_iter().map(Ok).collect(),
            existing,
            &retrieved,
            7,
            NOW,
        )
    }

    #[test]
    fn a_new_item_is_saved_whatever_it_says_about_its_past() {
        for base in [
            Base::Unknown,
            Base::Exact(Micros(9)),
            Base::Millisecond(Micros(0)),
        ] {
            let decision = run(Generation::V2020, vec![incoming(base)], vec![]);
            assert_eq!(decision.saves.len(), 1);
            assert_eq!(
                (
                    decision.saves[0].commit,
                    decision.saves[0].updated_at.0 % 1000
                ),
                (8, 0)
            );
        }
    }

    #[test]
    fn a_save_on_another_state_is_answered_with_the_servers_item() {
        let at = 1_600_000_000_000_000;
        for (base, saved) in [
            (Base::Exact(Micros(at)), true),
            (Base::Exact(Micros(at - 1)), false),
            (Base::Millisecond(Micros(at + 999)), true),
            (Base::Millisecond(Micros(at + 1000)), false),
            (Base::Unknown, false),
        ] {
            let decision = run(Generation::V2019, vec![incoming(base)], vec![row(at)]);
            assert_eq!(decision.saves.len(), usize::from(saved), "{base:?}");
            assert_eq!(decision.conflicts.len(), usize::from(!saved), "{base:?}");
            assert!(decision.settled.contains(UUID));
        }
    }

    #[test]
    fn the_oldest_protocol_always_saves_and_reports_what_it_overwrote() {
        let old = NOW.0 - OVERWRITE_GRACE - 2_000_000;
        let decision = run(
            Generation::V2016,
            vec![incoming(Base::Unknown)],
            vec![row(old)],
        );
        assert_eq!((decision.saves.len(), decision.unsaved.len()), (1, 1));
        assert_eq!(decision.unsaved[0].item.content.as_deref(), Some("old"));
        let fresh = run(
            Generation::V2016,
            vec![incoming(Base::Unknown)],
            vec![row(NOW.0 - 1_000_000)],
        );
        assert_eq!((fresh.saves.len(), fresh.unsaved.len()), (1, 0));
    }

    #[test]
    fn times_of_one_item_grow_by_whole_milliseconds_even_when_the_clock_stands_still() {
        let first = row(NOW.0);
        let second = run(
            Generation::V2020,
            vec![incoming(Base::Exact(first.updated_at))],
            vec![first.clone()],
        );
        assert_eq!(second.saves[0].updated_at.0, first.updated_at.0 + 1000);
        // A server's clock set back must not make a later save look older.
        let future = row(NOW.0 + 3_600_000_000);
        let base = Base::Exact(future.updated_at);
        let saved = run(
            Generation::V2020,
            vec![incoming(base)],
            vec![future.clone()],
        );
        assert!(saved.saves[0].updated_at > future.updated_at);
    }

    #[test]
    fn a_deletion_keeps_the_row_and_nothing_of_its_content() {
        let at = 1_600_000_000_000_000;
        let gone = Incoming {
            deleted: true,
            ..incoming(Base::Exact(Micros(at)))
        };
        let saved = run(Generation::V2020, vec![gone], vec![row(at)])
            .saves
            .remove(0);
        assert!(saved.deleted);
        assert_eq!(
            (saved.content, saved.enc_item_key, saved.auth_hash),
            (None, None, None)
        );
        assert_eq!(saved.content_type.as_deref(), Some("Note"));
    }

    #[test]
    fn the_same_uuid_twice_in_one_call_is_decided_in_order() {
        let decision = run(
            Generation::V2020,
            vec![incoming(Base::Unknown), incoming(Base::Unknown)],
            vec![],
        );
        assert_eq!((decision.saves.len(), decision.conflicts.len()), (1, 1));
    }
}
