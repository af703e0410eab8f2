//! One side gives way to the other: nothing but what was asked for is lost, and nothing at all is
//! gone without a snapshot.

use sheaf_model::{Body, DocId, Revision};
use sheaf_sync::{
    ChangedLeaves, HeldBack, IncomingRevision, LocalSeq, Replaceable, Replacing, Replica, Seq,
};

use super::support::*;
use crate::{NoteDetail, Scope, SnapshotReason};

fn row(of: &IncomingRevision) -> ChangedLeaves {
    ChangedLeaves {
        id: of.id.clone(),
        leaves: vec![of.revision.clone()],
    }
}

async fn begin(home: &Home, side: Replacing) {
    home.store
        .begin_replacing(&remote(), Some(side))
        .await
        .unwrap();
}

async fn finish(home: &Home) {
    let end = Seq("9-end".into());
    home.store
        .finish_replacing(&remote(), end, Vec::new(), Vec::new())
        .await
        .unwrap();
}

#[tokio::test]
async fn what_the_remote_has_is_what_is_here_afterwards() {
    let home = Home::new();
    let both = incoming(&note_id(1), &[], false, note_body("both", "the same"));
    let changed = incoming(&note_id(2), &[], false, note_body("changed", "theirs"));
    home.ingest(vec![both.clone()]).await;
    let gone = home.create("only here", "mine").await;
    let other = incoming(&note_id(2), &[], false, note_body("changed", "mine"));
    home.ingest(vec![other]).await;
    begin(&home, Replacing::Local).await;
    let differing = home
        .store
        .agree(&remote(), vec![row(&both), row(&changed)])
        .await
        .unwrap();
    assert_eq!(differing, [row(&changed)]);
    home.store
        .replace(&remote(), vec![changed.clone()])
        .await
        .unwrap();
    finish(&home).await;

    assert_eq!(home.titles(Scope::All, "").await, ["changed", "both"]);
    assert_eq!(home.body(&note_id(2)).await, "theirs");
    let versions = async |id: &DocId| home.store.history(id.clone()).await.unwrap().versions;
    let last = versions(&gone.row.id).await.remove(0);
    assert_eq!(last.reason, SnapshotReason::Deleted);
    let last = last.snapshot.unwrap();
    let text = home.store.version(gone.row.id, last).await.unwrap();
    assert_eq!(text.body, "mine");
    let replaced = versions(&note_id(2)).await;
    assert_eq!(replaced[0].reason, SnapshotReason::Arrived);
    let state = home.store.remote_state(&remote()).await.unwrap();
    assert_eq!(state.checkpoint.pulled, Some(Seq("9-end".into())));
    assert_eq!(home.store.replacing(&remote()).await.unwrap(), None);
    let sent = home.outgoing_after(&remote(), LocalSeq(0)).await;
    let ids: Vec<_> = sent.revisions.iter().map(|sent| sent.id.as_str()).collect();
    assert!(!ids.iter().any(|id| id.starts_with("note:")), "{ids:?}");
    home.assert_sound().await;
}

#[tokio::test]
async fn what_is_typed_after_the_decision_stays() {
    let home = Home::new();
    let theirs = incoming(&note_id(1), &[], false, note_body("one", "theirs"));
    let mine = incoming(&note_id(1), &[], false, note_body("one", "mine"));
    home.ingest(vec![mine]).await;
    let before: NoteDetail = home.create("before", "x").await;
    begin(&home, Replacing::Local).await;
    home.write(&note_id(1), "typed since").await;
    let after = home.create("after", "y").await;
    home.write(&before.row.id, "typed since").await;
    home.store
        .replace(&remote(), vec![theirs.clone()])
        .await
        .unwrap();
    finish(&home).await;

    assert_eq!(home.body(&note_id(1)).await, "typed since");
    assert_eq!(home.body(&before.row.id).await, "typed since");
    assert_eq!(home.body(&after.row.id).await, "y");
    let sent = home.push().await;
    let one = sent.revisions.iter().find(|sent| sent.id == note_id(1));
    assert_eq!(one.unwrap().ancestors, [theirs.revision]);
    home.assert_sound().await;
}

#[tokio::test]
async fn a_deletion_of_the_remote_replaces_what_is_here() {
    let home = Home::new();
    let first = incoming(&note_id(1), &[], false, note_body("one", "text"));
    home.ingest(vec![first.clone()]).await;
    home.write(&note_id(1), "more").await;
    begin(&home, Replacing::Local).await;
    home.store
        .replace(&remote(), vec![tombstone(&first)])
        .await
        .unwrap();
    finish(&home).await;
    assert!(home.titles(Scope::All, "").await.is_empty());
    let history = home.store.history(note_id(1)).await.unwrap();
    assert_eq!(history.versions[0].reason, SnapshotReason::Deleted);
    home.assert_sound().await;
}

#[tokio::test]
async fn what_the_remote_withholds_is_spared() {
    let home = Home::new();
    let note = home.create("spared", "x").await;
    begin(&home, Replacing::Local).await;
    let broken = HeldBack {
        id: note.row.id.to_string(),
        reason: "it is malformed".to_owned(),
    };
    home.store
        .finish_replacing(
            &remote(),
            Seq(1.into()),
            vec![note.row.id.clone()],
            vec![broken.clone()],
        )
        .await
        .unwrap();
    assert_eq!(home.titles(Scope::All, "").await, ["spared"]);
    let unreadable = home.store.unreadable(&remote()).await.unwrap();
    assert_eq!(unreadable, [(broken, NOW)]);
}

#[tokio::test]
async fn that_it_began_survives_a_restart_and_can_be_given_up() {
    let home = Home::new();
    home.create("one", "x").await;
    begin(&home, Replacing::Remote).await;
    let home = home.reopened();
    let begun = home.store.replacing(&remote()).await.unwrap();
    assert_eq!(begun, Some(Replacing::Remote));
    home.store.begin_replacing(&remote(), None).await.unwrap();
    assert_eq!(home.store.replacing(&remote()).await.unwrap(), None);
    assert_eq!(home.titles(Scope::All, "").await, ["one"]);
}

#[tokio::test]
async fn a_burial_is_the_same_from_every_device() {
    let leaf = Revision::new(3, "aa").unwrap();
    let burial = |home: &Home| home.store.burial(&note_id(1), &leaf);
    let (a, b) = (burial(&Home::new()), burial(&Home::new()));
    assert_eq!(a, b);
    assert_eq!((a.deleted, a.body), (true, Body::new()));
    assert_eq!(a.revision.generation(), 4);
}

#[tokio::test]
async fn what_could_not_be_taken_in_stays_known_until_it_can() {
    let home = Home::new();
    let batch = |revisions, unreadable| sheaf_sync::Incoming {
        revisions,
        unreadable,
        pulled: Some(Seq(1.into())),
        deletions: sheaf_sync::DeletionPolicy::Apply,
    };
    let broken = HeldBack {
        id: note_id(1).to_string(),
        reason: "it is malformed".to_owned(),
    };
    home.store
        .ingest(&remote(), batch(Vec::new(), vec![broken.clone()]))
        .await
        .unwrap();
    let home = home.reopened();
    assert_eq!(
        home.store.unreadable(&remote()).await.unwrap(),
        [(broken, NOW)]
    );
    let mended = incoming(&note_id(1), &[], false, note_body("mended", "x"));
    home.store
        .ingest(&remote(), batch(vec![mended], Vec::new()))
        .await
        .unwrap();
    assert_eq!(home.store.unreadable(&remote()).await.unwrap(), []);
}
