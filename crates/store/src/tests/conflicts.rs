//! Edits that met: merged where they can be, kept side by side where not.

use serde_json::json;
use sheaf_sync::IncomingRevision;

use super::support::{Home, NOW, history, id, incoming, note_body, note_id, object, remote};
use crate::{ConflictChoice, ConflictOutcome, LeafId, Scope};

const BASE: &str = "one\n\ntwo\n\nthree\n";

/// The common ancestor, and two edits of it.
fn fork(left: &str, right: &str) -> (IncomingRevision, IncomingRevision, IncomingRevision) {
    let base = incoming(&note_id(1), &[], false, note_body("t", BASE));
    let left = incoming(&note_id(1), &history(&base), false, note_body("t", left));
    let right = incoming(&note_id(1), &history(&base), false, note_body("t", right));
    (base, left, right)
}

fn choice(body: &str) -> ConflictChoice {
    ConflictChoice {
        title: "t".into(),
        body: body.into(),
        ..ConflictChoice::default()
    }
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
        .resolve_conflict(note_id(1), vec![ids[0].clone()], choice("x"), NOW)
        .await
        .unwrap();
    assert!(
        matches!(stale, ConflictOutcome::Stale { .. }),
        "a leaf was not seen"
    );
    let saved = home
        .store
        .resolve_conflict(note_id(1), ids, choice("both\n"), NOW)
        .await
        .unwrap();
    assert!(matches!(saved, ConflictOutcome::Decided(_)));
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
    let book = id("book:x");
    let body = |name: &str| object(json!({"name": name, "updatedAt": 1, "createdAt": 1}));
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

/// Two devices that edit one note at once, each with its own place, and hand each other what they
/// push after every few words. What one side pushed last is merged by the other, and the merge has
/// one parent only: when the writer of the other branch goes on, its next revision has no common
/// ancestor with the merge but the very first text.
#[tokio::test]
async fn two_people_writing_in_different_places_at_once_never_conflict() {
    for swap in [false, true] {
        let base = incoming(
            &note_id(1),
            &[],
            false,
            note_body("t", "left\n\nmiddle\n\nright\n"),
        );
        let devices = [Home::new(), Home::new()];
        for device in &devices {
            device.ingest(vec![base.clone()]).await;
            device.push().await;
        }
        for round in 0..8 {
            for (turn, place) in ["left", "right"].iter().enumerate() {
                let writer = if swap { 1 - turn } else { turn };
                let text = devices[writer].body(&note_id(1)).await;
                let longer = text.replace(place, &format!("{place} {round}"));
                devices[writer].write(&note_id(1), &longer).await;
            }
            let sent = [
                received(&devices[0].push().await),
                received(&devices[1].push().await),
            ];
            // Both sent before either received: the two branches of every round meet here. One of
            // them goes on in its line before it reads, and in every other round sends that too.
            let place = if swap { "right" } else { "left" };
            let typing = devices[0].body(&note_id(1)).await;
            let typing = typing.replace(place, &format!("{place} {round}!"));
            devices[0].write(&note_id(1), &typing).await;
            devices[1].ingest(sent[0].clone()).await;
            let merged = received(&devices[1].push().await);
            let more = if round % 2 == 0 {
                received(&devices[0].push().await)
            } else {
                Vec::new()
            };
            devices[0].ingest(sent[1].clone()).await;
            devices[0].ingest(merged).await;
            devices[1].ingest(more).await;
            for (from, to) in [(0, 1), (1, 0), (0, 1)] {
                let answer = received(&devices[from].push().await);
                devices[to].ingest(answer).await;
            }
            for device in &devices {
                let leaves = device.store.conflict_leaves(note_id(1)).await.unwrap();
                let texts: Vec<_> = leaves.iter().map(|leaf| &leaf.note.body).collect();
                assert_eq!(leaves.len(), 1, "swap {swap} round {round}: {texts:#?}");
                device.assert_sound().await;
            }
            let (a, b) = (
                devices[0].body(&note_id(1)).await,
                devices[1].body(&note_id(1)).await,
            );
            assert_eq!(a, b, "swap {swap} round {round}");
        }
        let text = devices[0].body(&note_id(1)).await;
        for round in 0..8 {
            assert!(text.contains(&format!("{round}!")), "{text}");
        }
    }
}

/// What a device pushed, as the other one receives it.
fn received(sent: &sheaf_sync::Outgoing) -> Vec<IncomingRevision> {
    let ours = sent.revisions.iter().filter(|sent| sent.id == note_id(1));
    ours.map(|sent| IncomingRevision {
        id: sent.id.clone(),
        revision: sent.revision.clone(),
        ancestors: sent.ancestors.clone(),
        deleted: sent.deleted,
        body: sent.body.clone(),
        attachments: Vec::new(),
    })
    .collect()
}

#[tokio::test]
async fn leaves_that_can_be_merged_are_merged_although_a_third_conflicts_with_both() {
    let text = |a: &str, b: &str, c: &str| note_body("t", &format!("{a}\n\n{b}\n\n{c}\n"));
    let base = incoming(&note_id(1), &[], false, text("a", "b", "c"));
    let child = |body| incoming(&note_id(1), &history(&base), false, body);
    let leaves = [
        child(text("A", "b", "c")),
        child(text("a", "B", "c")),
        child(text("x", "y", "c")),
    ];
    let mut outcomes = Vec::new();
    for order in [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ] {
        let home = Home::new();
        home.ingest(vec![base.clone()]).await;
        for place in order {
            home.ingest(vec![leaves[place].clone()]).await;
        }
        let live = home.store.conflict_leaves(note_id(1)).await.unwrap();
        let mut ids: Vec<_> = live.iter().map(|leaf| leaf.id.to_string()).collect();
        ids.sort();
        let mut texts: Vec<_> = live.into_iter().map(|leaf| leaf.note.body).collect();
        texts.sort();
        assert_eq!(texts, ["A\n\nB\n\nc\n", "x\n\ny\n\nc\n"], "{order:?}");
        outcomes.push(ids);
        home.assert_sound().await;
    }
    assert!(
        outcomes.windows(2).all(|pair| pair[0] == pair[1]),
        "{outcomes:?}"
    );
}

#[tokio::test]
async fn a_decision_joins_the_tags_and_takes_the_metadata_only_one_side_changed() {
    let home = Home::new();
    let with = |text: &str, tags: serde_json::Value, status: &str| {
        let mut body = note_body("t", text);
        body.insert("tags".into(), tags);
        body.insert("status".into(), status.into());
        body
    };
    let base = incoming(
        &note_id(1),
        &[],
        false,
        with("a\n", json!(["tag:a", "tag:b"]), "none"),
    );
    let left = with("b\n", json!(["tag:b", "tag:c"]), "none");
    let right = with("c\n", json!(["tag:a", "tag:b", "tag:d"]), "active");
    let left = incoming(&note_id(1), &history(&base), false, left);
    let right = incoming(&note_id(1), &history(&base), false, right);
    home.ingest(vec![base, left, right]).await;
    let leaves = home.store.conflict_leaves(note_id(1)).await.unwrap();
    let seen = leaves.iter().map(|leaf| leaf.id.clone()).collect();
    assert_eq!(leaves[1].base.as_ref().unwrap().body, "a\n");
    home.store
        .resolve_conflict(note_id(1), seen, choice("d\n"), NOW)
        .await
        .unwrap();
    let sent = home.outgoing().await.revisions;
    let decided = sent
        .iter()
        .find(|sent| sent.id == note_id(1) && !sent.deleted)
        .unwrap();
    let mut tags: Vec<_> = decided.body["tags"].as_array().unwrap().clone();
    tags.sort_by_key(ToString::to_string);
    assert_eq!(tags, [json!("tag:b"), json!("tag:c"), json!("tag:d")]);
    assert_eq!(decided.body["status"], "active");
}

#[tokio::test]
async fn of_three_versions_two_may_be_decided_and_the_third_stays() {
    let home = Home::new();
    let leaf = |text: &str| incoming(&note_id(1), &[], false, note_body("t", text));
    home.ingest(vec![leaf("one\n"), leaf("two\n"), leaf("three\n")])
        .await;
    let leaves = home.store.conflict_leaves(note_id(1)).await.unwrap();
    let seen: Vec<LeafId> = leaves.iter().map(|leaf| leaf.id.clone()).collect();
    let choice = ConflictChoice {
        keep_open: vec![seen[2].clone()],
        ..choice("both\n")
    };
    home.store
        .resolve_conflict(note_id(1), seen.clone(), choice, NOW)
        .await
        .unwrap();
    let left = home.store.conflict_leaves(note_id(1)).await.unwrap();
    let texts: Vec<_> = left.iter().map(|leaf| leaf.note.body.as_str()).collect();
    assert_eq!(texts, ["both\n", leaves[2].note.body.as_str()]);
    assert!(
        home.store
            .get_note(note_id(1))
            .await
            .unwrap()
            .row
            .conflicted
    );
    home.assert_sound().await;
}

async fn decided(home: &Home, text: &str) -> crate::Decision {
    let leaves = home.store.conflict_leaves(note_id(1)).await.unwrap();
    let seen = leaves.into_iter().map(|leaf| leaf.id).collect();
    let outcome = home
        .store
        .resolve_conflict(note_id(1), seen, choice(text), NOW)
        .await
        .unwrap();
    match outcome {
        ConflictOutcome::Decided(decision) => decision,
        ConflictOutcome::Stale { .. } => panic!("stale"),
    }
}

async fn texts(home: &Home) -> Vec<String> {
    let leaves = home.store.conflict_leaves(note_id(1)).await.unwrap();
    leaves.into_iter().map(|leaf| leaf.note.body).collect()
}

#[tokio::test]
async fn a_decision_is_taken_back_before_and_after_it_was_sent() {
    for sent in [false, true] {
        let home = Home::new();
        let (base, left, right) = fork("left\n", "right\n");
        home.ingest(vec![base, left, right]).await;
        let before = texts(&home).await;
        for _ in 0..2 {
            let decision = decided(&home, "decided\n").await;
            assert_eq!(texts(&home).await, ["decided\n"]);
            if sent {
                home.push().await;
            }
            let reopened = home
                .store
                .reopen_conflicts(vec![(note_id(1), decision)], NOW)
                .await
                .unwrap();
            assert_eq!(reopened, 1, "sent {sent}");
            assert_eq!(texts(&home).await, before, "sent {sent}");
            assert_eq!(home.store.sidebar().await.unwrap().conflicts, 1);
            home.assert_sound().await;
        }
        // Another device that receives all of it shows the same two versions.
        let other = Home::new();
        let elsewhere = sheaf_sync::RemoteId("other".into());
        let all = home
            .outgoing_after(&elsewhere, sheaf_sync::LocalSeq(0))
            .await;
        other.ingest(received(&all)).await;
        let mut there = texts(&other).await;
        there.sort();
        let mut here = before;
        here.sort();
        assert_eq!(there, here, "sent {sent}");
    }
}

/// The other device knows the decision already, for whichever of the two it was.
#[tokio::test]
async fn a_decision_that_another_device_has_is_taken_back_there_too() {
    let elsewhere = sheaf_sync::RemoteId("other".into());
    let all = sheaf_sync::LocalSeq(0);
    for kept in [0, 1] {
        for at_once in [false, true] {
            let (home, other) = (Home::new(), Home::new());
            let (base, left, right) = fork("left\n", "right\n");
            let three = vec![base, left, right];
            home.ingest(three.clone()).await;
            other.ingest(three).await;
            let before = texts(&home).await;
            let decision = decided(&home, &before[kept]).await;
            let decided = home.outgoing_after(&elsewhere, all).await;
            if !at_once {
                other.ingest(received(&decided)).await;
                assert_eq!(texts(&other).await, [before[kept].as_str()]);
            }
            let reopened = home
                .store
                .reopen_conflicts(vec![(note_id(1), decision)], NOW)
                .await
                .unwrap();
            assert_eq!(reopened, 1);
            let back = home.outgoing_after(&elsewhere, all).await;
            other.ingest(received(&back)).await;
            let (mut here, mut there) = (texts(&home).await, texts(&other).await);
            here.sort();
            there.sort();
            assert_eq!(here, ["left\n", "right\n"]);
            assert_eq!(there, here, "kept {kept}, at once {at_once}");
            other.assert_sound().await;
        }
    }
}

#[tokio::test]
async fn words_written_after_a_decision_survive_taking_it_back() {
    let home = Home::new();
    let (base, left, right) = fork("left\n", "right\n");
    home.ingest(vec![base, left, right]).await;
    let decision = decided(&home, "decided\n").await;
    home.write(&note_id(1), "decided, and more\n").await;
    home.store
        .reopen_conflicts(vec![(note_id(1), decision)], NOW)
        .await
        .unwrap();
    assert_eq!(texts(&home).await[0], "decided, and more\n");
    assert_eq!(texts(&home).await.len(), 2);
    home.assert_sound().await;
}

#[tokio::test]
async fn many_conflicts_are_decided_by_one_rule_and_taken_back_in_one_step() {
    let home = Home::new();
    let two = |number: u8, older: &str, newer: &str| {
        let version = |text: &str, at: i64| {
            let mut body = note_body("t", text);
            body.insert("updatedAt".into(), at.into());
            incoming(&note_id(number), &[], false, body)
        };
        vec![version(older, NOW - 5), version(newer, NOW)]
    };
    home.ingest(two(1, "old one\n", "new one\n")).await;
    home.ingest(two(2, "old two\n", "new two\n")).await;
    home.ingest(two(3, "a\nb\n", "a\nmore\nb\n")).await;
    let ids = vec![note_id(1), note_id(2), note_id(3), note_id(4)];
    let rule = crate::ConflictRule::Provable;
    let crate::ResolvedConflicts {
        decisions: decided,
        left,
    } = home
        .store
        .resolve_conflicts(ids.clone(), rule, NOW)
        .await
        .unwrap();
    assert_eq!(
        decided.len(),
        1,
        "the text that has every line of the other"
    );
    assert_eq!(left, [note_id(1), note_id(2)]);
    assert_eq!(home.body(&note_id(3)).await, "a\nmore\nb\n");
    let rule = crate::ConflictRule::Newest;
    let crate::ResolvedConflicts {
        decisions: decided,
        left,
    } = home.store.resolve_conflicts(ids, rule, NOW).await.unwrap();
    assert_eq!((decided.len(), left.len()), (2, 0));
    assert_eq!(home.body(&note_id(1)).await, "new one\n");
    assert_eq!(home.store.sidebar().await.unwrap().conflicts, 0);
    let reopened = home.store.reopen_conflicts(decided, NOW).await.unwrap();
    assert_eq!(reopened, 2);
    assert_eq!(home.store.sidebar().await.unwrap().conflicts, 2);
    home.assert_sound().await;
}

#[tokio::test]
async fn mine_is_what_was_written_on_this_computer_whoever_wins() {
    let home = Home::new();
    let (base, left, _) = fork("theirs\n", "");
    home.ingest(vec![base]).await;
    home.write(&note_id(1), "mine\n").await;
    home.push().await;
    home.ingest(vec![left]).await;
    let leaves = home.store.conflict_leaves(note_id(1)).await.unwrap();
    let mine: Vec<_> = leaves.iter().filter(|leaf| leaf.mine).collect();
    assert_eq!(mine.len(), 1);
    assert_eq!(mine[0].note.body, "mine\n");
    home.store
        .resolve_conflicts(vec![note_id(1)], crate::ConflictRule::Mine, NOW)
        .await
        .unwrap();
    assert_eq!(home.body(&note_id(1)).await, "mine\n");
}
