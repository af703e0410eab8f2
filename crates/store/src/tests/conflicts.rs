//! Edits that met: merged where they can be, kept side by side where not.

use serde_json::json;
use sheaf_sync::IncomingRevision;

use super::support::{Home, NOW, history, incoming, note_body, note_id, remote};
use crate::{LeafId, Scope, UpdateOutcome};

const BASE: &str = "one\n\ntwo\n\nthree\n";

/// The common ancestor, and two edits of it.
fn fork(left: &str, right: &str) -> (IncomingRevision, IncomingRevision, IncomingRevision) {
    let base = incoming(&note_id(1), &[], false, note_body("t", BASE));
    let left = incoming(&note_id(1), &history(&base), false, note_body("t", left));
    let right = incoming(&note_id(1), &history(&base), false, note_body("t", right));
    (base, left, right)
}

#[tokio::test]
async fn edits_of_different_places_are_merged_the_same_way_on_every_device() {
    let (base, left, right) = fork("ONE\n\ntwo\n\nthree\n", "one\n\ntwo\n\nTHREE\n");
    let mut merged = Vec::new();
    for order in [[&left, &right], [&right, &left]] {
        let home = Home::new();
        home.ingest(vec![base.clone()]).await;
        for revision in order {
            home.ingest(vec![revision.clone()]).await;
        }
        assert_eq!(home.body(&note_id(1)).await, "ONE\n\ntwo\n\nTHREE\n");
        assert_eq!(
            home.store.conflict_leaves(note_id(1)).await.unwrap().len(),
            1
        );
        home.assert_sound().await;
        let mut sent: Vec<_> = home.outgoing().await.revisions;
        sent.retain(|sent| sent.id == note_id(1));
        sent.sort_by_key(|sent| sent.revision.clone());
        assert_eq!(
            sent.len(),
            2,
            "the merge, and a tombstone for the other leaf"
        );
        merged.push(sent);
    }
    assert_eq!(merged[0], merged[1]);
}

#[tokio::test]
async fn an_unsent_edit_is_made_again_on_top_of_what_arrived() {
    let home = Home::new();
    let (base, left, _) = fork("ONE\n\ntwo\n\nthree\n", "");
    home.ingest(vec![base]).await;
    home.write(&note_id(1), "one\n\ntwo\n\nTHREE\n").await;
    let version = home.store.get_note(note_id(1)).await.unwrap().version;
    let ingested = home.ingest(vec![left.clone()]).await;
    assert_eq!((ingested.conflicts, ingested.merged), (0, 1));
    let note = home.store.get_note(note_id(1)).await.unwrap();
    assert_eq!(note.body, "ONE\n\ntwo\n\nTHREE\n");
    assert_ne!(note.version, version, "the editor is told");
    let sent = home.outgoing().await.revisions;
    let sent: Vec<_> = sent.iter().filter(|sent| sent.id == note_id(1)).collect();
    assert_eq!(sent.len(), 1, "no side branch");
    assert_eq!(sent[0].ancestors[0], left.revision);
    home.assert_sound().await;
}

#[tokio::test]
async fn an_unsent_edit_that_overlaps_stays_in_view_beside_what_arrived() {
    let home = Home::new();
    let (base, left, _) = fork("theirs\n\ntwo\n\nthree\n", "");
    home.ingest(vec![base]).await;
    home.write(&note_id(1), "mine\n\ntwo\n\nthree\n").await;
    let ingested = home.ingest(vec![left.clone()]).await;
    assert_eq!((ingested.conflicts, ingested.merged), (1, 0));
    assert!(home.body(&note_id(1)).await.starts_with("mine"));
    let leaves = home.store.conflict_leaves(note_id(1)).await.unwrap();
    let ids: Vec<_> = leaves.iter().map(|leaf| leaf.id.clone()).collect();
    assert_eq!(ids, [LeafId::Draft, LeafId::Revision(left.revision)]);
    assert_eq!(home.titles(Scope::Conflicts, "").await, ["t"]);
    assert_eq!(home.store.sidebar().await.unwrap().conflicts, 1);
    home.assert_sound().await;
    // Offered, it is a leaf like the other and both stay.
    home.push().await;
    assert_eq!(
        home.store.conflict_leaves(note_id(1)).await.unwrap().len(),
        2
    );
    home.assert_sound().await;
}

#[tokio::test]
async fn a_decision_is_written_over_all_leaves_it_was_made_on() {
    let home = Home::new();
    let (base, left, right) = fork("left\n", "right\n");
    home.ingest(vec![base, left, right]).await;
    let leaves = home.store.conflict_leaves(note_id(1)).await.unwrap();
    assert_eq!(leaves.len(), 2);
    let ids: Vec<_> = leaves.iter().map(|leaf| leaf.id.clone()).collect();
    let stale = home
        .store
        .resolve_conflict(
            note_id(1),
            vec![ids[0].clone()],
            "t".into(),
            "x".into(),
            NOW,
        )
        .await
        .unwrap();
    assert!(
        matches!(stale, UpdateOutcome::Stale { .. }),
        "a leaf was not seen"
    );
    let saved = home
        .store
        .resolve_conflict(note_id(1), ids, "t".into(), "both\n".into(), NOW)
        .await
        .unwrap();
    assert!(matches!(saved, UpdateOutcome::Saved { .. }));
    assert_eq!(
        home.store.conflict_leaves(note_id(1)).await.unwrap().len(),
        1
    );
    assert_eq!(home.body(&note_id(1)).await, "both\n");
    assert_eq!(home.store.sidebar().await.unwrap().conflicts, 0);
    let sent = home.outgoing().await.revisions;
    let deleted: Vec<_> = sent
        .iter()
        .filter(|sent| sent.id == note_id(1))
        .map(|sent| sent.deleted)
        .collect();
    assert_eq!(deleted.len(), 2);
    assert!(deleted.contains(&true) && deleted.contains(&false));
    home.assert_sound().await;
}

#[tokio::test]
async fn identical_content_never_conflicts() {
    let home = Home::new();
    let unrelated = incoming(&note_id(2), &[], false, note_body("t", "other"));
    let one = incoming(&note_id(1), &[], false, note_body("t", "same"));
    // The same words with another history.
    let two = IncomingRevision {
        revision: unrelated.revision,
        ..incoming(&note_id(1), &[], false, note_body("t", "same"))
    };
    let ingested = home.ingest(vec![one, two]).await;
    assert_eq!(
        (ingested.new, ingested.conflicts, ingested.merged),
        (2, 0, 1)
    );
    assert_eq!(
        home.store.conflict_leaves(note_id(1)).await.unwrap().len(),
        1
    );
    home.assert_sound().await;
}

#[tokio::test]
async fn every_order_of_arrival_ends_with_the_same_leaves() {
    let base = incoming(&note_id(1), &[], false, note_body("t", "a\n"));
    let left = incoming(&note_id(1), &history(&base), false, note_body("t", "b\n"));
    let right = incoming(&note_id(1), &history(&base), false, note_body("t", "c\n"));
    let left_on = incoming(&note_id(1), &history(&left), false, note_body("t", "d\n"));
    let right_gone = incoming(
        &note_id(1),
        &history(&right),
        true,
        sheaf_model::Body::new(),
    );
    let right_on = incoming(&note_id(1), &history(&right), false, note_body("t", "f\n"));
    let all = [base, left, right, left_on, right_gone, right_on];
    let mut outcomes = Vec::new();
    for rotation in 0..all.len() {
        for reverse in [false, true] {
            let mut order: Vec<_> = all.to_vec();
            order.rotate_left(rotation);
            if reverse {
                order.reverse();
            }
            let home = Home::new();
            for revision in order {
                home.ingest(vec![revision]).await;
            }
            home.assert_sound().await;
            let leaves = home.store.conflict_leaves(note_id(1)).await.unwrap();
            outcomes.push(
                leaves
                    .into_iter()
                    .map(|leaf| leaf.id.to_string())
                    .collect::<Vec<_>>(),
            );
        }
    }
    assert_eq!(outcomes[0].len(), 2);
    assert!(
        outcomes.windows(2).all(|pair| pair[0] == pair[1]),
        "{outcomes:?}"
    );
}

#[tokio::test]
async fn notebooks_that_differ_take_the_winners_values_without_asking() {
    let home = Home::new();
    let book = super::support::id("book:x");
    let body =
        |name: &str| super::support::object(json!({"name": name, "updatedAt": 1, "createdAt": 1}));
    let base = incoming(&book, &[], false, body("base"));
    let one = incoming(&book, &history(&base), false, body("one"));
    let two = incoming(&book, &history(&base), false, body("two"));
    let winner = if one.revision > two.revision {
        "one"
    } else {
        "two"
    };
    home.ingest(vec![base, one, two]).await;
    let names: Vec<_> = home
        .store
        .sidebar()
        .await
        .unwrap()
        .notebooks
        .into_iter()
        .map(|row| row.name)
        .collect();
    assert!(names.contains(&winner.to_owned()), "{names:?}");
    let sent = home.outgoing().await;
    assert!(
        sent.revisions
            .iter()
            .any(|sent| sent.id == book && sent.deleted)
    );
    home.assert_sound().await;
}

#[tokio::test]
async fn a_merge_goes_to_the_remote_it_came_from() {
    let home = Home::new();
    let (base, left, right) = fork("ONE\n\ntwo\n\nthree\n", "one\n\ntwo\n\nTHREE\n");
    home.ingest(vec![base, left, right]).await;
    assert_eq!(
        home.store.waiting(&remote()).await.unwrap(),
        2,
        "default notebook and the merge"
    );
    home.push().await;
    assert_eq!(home.store.waiting(&remote()).await.unwrap(), 0);
    assert_eq!(home.push().await.revisions, []);
}
