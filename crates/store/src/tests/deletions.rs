//! Deletions that arrive, and edits that beat them.

use sheaf_model::Body;
use sheaf_sync::{DeletionPolicy, Replica};

use super::support::{Home, NOW, history, incoming, note_body, note_id, tombstone};
use crate::{ChangeKind, Scope, SnapshotReason, StoreError};

#[tokio::test]
async fn a_deletion_hides_the_note_and_its_last_text_stays_here() {
    let home = Home::new();
    let note = incoming(&note_id(1), &[], false, note_body("t", "last words"));
    home.ingest(vec![note.clone()]).await;
    let mut changes = home.store.changes();
    home.ingest(vec![tombstone(&note)]).await;
    assert_eq!(
        changes.recv().await.unwrap().notes[0].kind,
        ChangeKind::Deleted
    );
    assert!(matches!(
        home.store.get_note(note_id(1)).await,
        Err(StoreError::NotFound(_))
    ));
    assert_eq!(home.titles(Scope::All, "words").await, [""; 0]);
    let history = home.store.history(note_id(1)).await.unwrap();
    assert_eq!((&history.current, history.versions.len()), (&None, 1));
    let version = &history.versions[0];
    assert_eq!(
        (version.reason, version.kept_at),
        (SnapshotReason::Deleted, NOW)
    );
    let said = home.store.version(note_id(1), version.snapshot.unwrap());
    assert_eq!(said.await.unwrap().body, "last words");
    home.assert_sound().await;
}

#[tokio::test]
async fn an_unsent_edit_beats_a_deletion() {
    let home = Home::new();
    let note = incoming(&note_id(1), &[], false, note_body("t", "a"));
    home.ingest(vec![note.clone()]).await;
    home.write(&note_id(1), "b").await;
    home.ingest(vec![tombstone(&note)]).await;
    assert_eq!(home.body(&note_id(1)).await, "b");
    let sent = home.push().await.revisions;
    let sent = sent.iter().find(|sent| sent.id == note_id(1)).unwrap();
    assert_eq!(
        (sent.deleted, &sent.ancestors),
        (false, &vec![note.revision])
    );
    assert_eq!(home.body(&note_id(1)).await, "b");
    home.assert_sound().await;
}

#[tokio::test]
async fn an_edit_from_elsewhere_beats_a_deletion_that_was_not_sent() {
    let home = Home::new();
    let note = incoming(&note_id(1), &[], false, note_body("t", "a"));
    home.ingest(vec![note.clone()]).await;
    home.push().await;
    home.store.trash_notes(vec![note_id(1)], NOW).await.unwrap();
    home.store.empty_trash().await.unwrap();
    home.ingest(vec![incoming(
        &note_id(1),
        &history(&note),
        false,
        note_body("t", "b"),
    )])
    .await;
    assert_eq!(home.body(&note_id(1)).await, "b");
    assert_eq!(home.push().await.revisions, []);
    home.assert_sound().await;
}

#[tokio::test]
async fn what_both_sides_deleted_is_deleted_once() {
    let home = Home::new();
    let note = incoming(&note_id(1), &[], false, note_body("t", "a"));
    home.ingest(vec![note.clone()]).await;
    home.push().await;
    home.store.trash_notes(vec![note_id(1)], NOW).await.unwrap();
    home.store.empty_trash().await.unwrap();
    home.ingest(vec![tombstone(&note)]).await;
    assert_eq!(home.push().await.revisions, []);
    home.assert_sound().await;
}

#[tokio::test]
async fn revived_notes_are_edits_on_top_of_the_deletion() {
    let home = Home::new();
    let note = incoming(&note_id(1), &[], false, note_body("t", "a"));
    home.ingest(vec![note.clone()]).await;
    assert_eq!(
        home.store
            .live_notes_among(vec![note_id(1), note_id(2)])
            .await
            .unwrap(),
        1
    );
    let grave = tombstone(&note);
    home.ingest_with(vec![grave.clone()], DeletionPolicy::Revive)
        .await;
    assert_eq!(home.body(&note_id(1)).await, "a");
    let sent = home.push().await.revisions;
    let sent = sent.iter().find(|sent| sent.id == note_id(1)).unwrap();
    assert_eq!(sent.ancestors, [grave.revision, note.revision]);
    home.assert_sound().await;
}

#[tokio::test]
async fn a_note_may_come_back_after_its_deletion() {
    let home = Home::new();
    let note = incoming(&note_id(1), &[], false, note_body("t", "a"));
    let grave = tombstone(&note);
    let back = incoming(
        &note_id(1),
        &history(&grave),
        false,
        note_body("t", "again"),
    );
    home.ingest(vec![note]).await;
    home.ingest(vec![grave]).await;
    home.ingest(vec![back]).await;
    assert_eq!(home.body(&note_id(1)).await, "again");
    home.assert_sound().await;
}

#[tokio::test]
async fn deleting_a_conflicted_note_deletes_all_its_leaves() {
    let home = Home::new();
    let one = incoming(&note_id(1), &[], false, note_body("t", "one"));
    let two = incoming(&note_id(1), &[], false, note_body("t", "two"));
    home.ingest(vec![one, two]).await;
    assert_eq!(
        home.store.conflict_leaves(note_id(1)).await.unwrap().len(),
        2
    );
    home.store.trash_notes(vec![note_id(1)], NOW).await.unwrap();
    home.store.empty_trash().await.unwrap();
    assert!(matches!(
        home.store.get_note(note_id(1)).await,
        Err(StoreError::NotFound(_))
    ));
    let sent = home.push().await.revisions;
    let graves = sent
        .iter()
        .filter(|sent| sent.id == note_id(1) && sent.deleted)
        .count();
    assert_eq!(graves, 2);
    home.assert_sound().await;
}

#[tokio::test]
async fn a_deletion_with_a_body_is_a_deletion() {
    let home = Home::new();
    let note = incoming(&note_id(1), &[], false, note_body("t", "a"));
    let mut body = Body::new();
    body.insert("why".into(), "cleaning".into());
    let grave = incoming(&note_id(1), &history(&note), true, body);
    home.ingest(vec![grave, note]).await;
    assert!(home.store.get_note(note_id(1)).await.is_err());
    home.assert_sound().await;
}
