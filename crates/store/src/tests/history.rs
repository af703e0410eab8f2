//! Former versions: when they are kept, what they say, how they come back.

use serde_json::json;
use sheaf_model::{DocId, Location, Millis};

use super::support::{Home, NOW, history, id, incoming, note_body, note_id, options, tombstone};
use crate::{NoteEdit, Scope, SnapshotId, SnapshotReason, Store, StoreError, UpdateOutcome};

const MINUTE: Millis = 60_000;
const DAY: Millis = 24 * 60 * MINUTE;

impl Home {
    async fn write_at(&self, id: &DocId, body: &str, now: Millis) {
        let version = self.store.get_note(id.clone()).await.unwrap().version;
        let edit = NoteEdit {
            title: None,
            body: Some(body.into()),
        };
        let saved = self.store.update_note(id.clone(), version, edit, now).await;
        assert!(matches!(saved.unwrap(), UpdateOutcome::Saved { .. }));
    }

    /// Texts of the former versions, the newest first.
    async fn versions(&self, id: &DocId) -> Vec<String> {
        let mut texts = Vec::new();
        for version in self.store.history(id.clone()).await.unwrap().versions {
            let snapshot = version.snapshot.unwrap();
            let note = self.store.version(id.clone(), snapshot).await.unwrap();
            texts.push(note.body);
        }
        texts
    }

    async fn newest(&self, id: &DocId) -> SnapshotId {
        let history = self.store.history(id.clone()).await.unwrap();
        history.versions[0].snapshot.unwrap()
    }
}

#[tokio::test]
async fn each_editing_session_leaves_the_text_that_was_before_it() {
    let home = Home::new();
    let note = home.create("t", "first").await.row.id;
    for (minutes, text) in [(1, "first, m"), (2, "first, mo"), (3, "first, more")] {
        home.write_at(&note, text, NOW + minutes * MINUTE).await;
    }
    assert_eq!(
        home.versions(&note).await,
        [""; 0],
        "still the first session"
    );
    home.write_at(&note, "second", NOW + 20 * MINUTE).await;
    home.write_at(&note, "second, more", NOW + 21 * MINUTE)
        .await;
    home.write_at(&note, "third", NOW + 60 * MINUTE).await;
    assert_eq!(home.versions(&note).await, ["second, more", "first, more"]);
    let history = home.store.history(note).await.unwrap();
    let current = history.current.unwrap();
    assert_eq!((current.words, current.added, current.removed), (2, 1, 2));
    let newest = &history.versions[0];
    assert_eq!(
        (newest.reason, newest.edited_at, newest.kept_at),
        (SnapshotReason::Edited, NOW + 21 * MINUTE, NOW + 60 * MINUTE)
    );
    home.assert_sound().await;
}

#[tokio::test]
async fn metadata_alone_and_an_empty_note_make_no_version() {
    let home = Home::new();
    let note = home.create("", "").await.row.id;
    home.write_at(&note, "words", NOW + DAY).await;
    home.store
        .set_pinned(vec![note.clone()], true, NOW + 2 * DAY)
        .await
        .unwrap();
    assert_eq!(home.versions(&note).await, [""; 0]);
}

#[tokio::test]
async fn an_edit_that_arrives_leaves_what_was_shown() {
    let home = Home::new();
    let mut body = note_body("t", "mine");
    body.insert("updatedAt".into(), (NOW - DAY).into());
    let note = incoming(&note_id(1), &[], false, body);
    let next = incoming(
        &note_id(1),
        &history(&note),
        false,
        note_body("t", "theirs"),
    );
    home.ingest(vec![note]).await;
    home.ingest(vec![next]).await;
    assert_eq!(home.body(&note_id(1)).await, "theirs");
    assert_eq!(home.versions(&note_id(1)).await, ["mine"]);
    let history = home.store.history(note_id(1)).await.unwrap();
    assert_eq!(history.versions[0].reason, SnapshotReason::Arrived);
}

#[tokio::test]
async fn a_version_is_restored_in_place_as_an_edit_that_can_be_taken_back() {
    let home = Home::new();
    let note = home.create("old title", "old").await.row.id;
    let tag = home
        .store
        .create_tag("x".into(), sheaf_model::TagColor::Red, home.random(), NOW)
        .await
        .unwrap();
    home.write_at(&note, "new", NOW + DAY).await;
    home.store
        .change_tags(vec![note.clone()], vec![tag.id.clone()], Vec::new(), NOW)
        .await
        .unwrap();
    home.push().await;
    let snapshot = home.newest(&note).await;
    let (restored, replaced) = home
        .store
        .restore_in_place(note.clone(), snapshot, NOW + 2 * DAY)
        .await
        .unwrap();
    assert_eq!(
        (restored.body.as_str(), restored.row.tags.len()),
        ("old", 0)
    );
    assert_eq!(home.titles(Scope::All, "old").await, ["old title"]);
    // It travels as an edit of what was there.
    let sent = home.push().await.revisions;
    let sent: Vec<_> = sent.iter().filter(|sent| sent.id == note).collect();
    assert_eq!((sent.len(), sent[0].revision.generation()), (1, 2));
    let (back, _) = home
        .store
        .restore_in_place(note.clone(), replaced.unwrap(), NOW + 2 * DAY)
        .await
        .unwrap();
    assert_eq!(
        (back.body.as_str(), &back.row.tags[..]),
        ("new", &[tag.id][..])
    );
    assert_eq!(home.versions(&note).await, ["old", "new", "old"]);
    home.assert_sound().await;
}

#[tokio::test]
async fn a_version_is_restored_as_a_copy_and_the_note_stays() {
    let home = Home::new();
    let note = home.create("t", "old").await.row.id;
    home.write_at(&note, "new", NOW + DAY).await;
    let snapshot = home.newest(&note).await;
    let copy = home
        .store
        .restore_copy(note.clone(), snapshot, home.random(), NOW + DAY)
        .await
        .unwrap();
    assert_eq!((copy.body.as_str(), copy.row.title.as_str()), ("old", "t"));
    assert_ne!(copy.row.id, note);
    assert_eq!(home.body(&note).await, "new");
}

#[tokio::test]
async fn a_version_from_a_notebook_that_is_gone_and_one_from_the_trash_move_nothing() {
    let home = Home::new();
    let book = home
        .store
        .create_notebook("b".into(), None, home.random(), NOW)
        .await
        .unwrap();
    let note = home.create("t", "old").await.row.id;
    home.store
        .move_notes(vec![note.clone()], book.id.clone(), NOW)
        .await
        .unwrap();
    home.write_at(&note, "new", NOW + DAY).await;
    let snapshot = home.newest(&note).await;
    let default = home.store.sidebar().await.unwrap().default_notebook;
    home.store
        .move_notes(vec![note.clone()], default.clone(), NOW)
        .await
        .unwrap();
    home.store.delete_notebook(book.id, NOW).await.unwrap();
    let (restored, _) = home
        .store
        .restore_in_place(note, snapshot, NOW + DAY)
        .await
        .unwrap();
    assert_eq!(restored.row.place, Location::Notebook(default));
}

#[tokio::test]
async fn what_a_deletion_took_away_is_listed_and_comes_back_as_an_edit_on_top_of_it() {
    let home = Home::new();
    let note = incoming(&note_id(1), &[], false, note_body("Gone", "last *words*"));
    home.ingest(vec![note.clone()]).await;
    assert_eq!(home.store.recently_deleted().await.unwrap(), []);
    home.ingest(vec![tombstone(&note)]).await;
    let deleted = home.store.recently_deleted().await.unwrap();
    assert_eq!(deleted.len(), 1);
    assert_eq!(
        (
            deleted[0].title.as_str(),
            deleted[0].excerpt.as_str(),
            deleted[0].deleted_at
        ),
        ("Gone", "last words", NOW)
    );
    let (restored, replaced) = home
        .store
        .restore_in_place(note_id(1), deleted[0].snapshot, NOW + DAY)
        .await
        .unwrap();
    assert_eq!((restored.body.as_str(), replaced), ("last *words*", None));
    assert_eq!(home.store.recently_deleted().await.unwrap(), []);
    let sent = home.push().await.revisions;
    let sent = sent.iter().find(|sent| sent.id == note_id(1)).unwrap();
    assert_eq!((sent.deleted, sent.revision.generation()), (false, 3));
    home.assert_sound().await;
}

#[tokio::test]
async fn who_deletes_for_good_or_forgets_a_deleted_note_keeps_nothing_of_it() {
    let home = Home::new();
    let mine = home.create("t", "secret").await.row.id;
    home.write_at(&mine, "secret, too", NOW + DAY).await;
    home.store
        .trash_notes(vec![mine.clone()], NOW)
        .await
        .unwrap();
    home.store.empty_trash().await.unwrap();
    assert_eq!(home.versions(&mine).await, [""; 0]);

    let note = incoming(&note_id(1), &[], false, note_body("t", "words"));
    home.ingest(vec![note.clone()]).await;
    let ids = vec![note_id(1), note_id(9)];
    assert_eq!(
        home.store.forget_deleted(ids.clone()).await.unwrap(),
        0,
        "it lives"
    );
    home.ingest(vec![tombstone(&note)]).await;
    assert!(home.store.history_bytes().await.unwrap() > 0);
    assert_eq!(home.store.forget_deleted(ids).await.unwrap(), 1);
    assert_eq!(home.store.recently_deleted().await.unwrap(), []);
    assert_eq!(home.store.history_bytes().await.unwrap(), 0);
}

#[tokio::test]
async fn versions_that_say_the_same_share_one_text() {
    let home = Home::new();
    let note = home.create("t", &"x".repeat(1000)).await.row.id;
    for day in 1..6 {
        let text = if day % 2 == 0 { "x" } else { "y" }.repeat(1000);
        home.write_at(&note, &text, NOW + day * DAY).await;
    }
    assert_eq!(home.versions(&note).await.len(), 5);
    assert_eq!(home.store.history_bytes().await.unwrap(), 2000);
    home.store.expire_history(NOW + 3 * DAY).await.unwrap();
    assert_eq!(home.versions(&note).await.len(), 3);
    home.store.expire_history(NOW + 100 * DAY).await.unwrap();
    assert_eq!(home.store.history_bytes().await.unwrap(), 0);
}

#[tokio::test]
async fn old_versions_are_thinned_out_as_new_ones_come() {
    let home = Home::new();
    let note = home.create("t", "0").await.row.id;
    for hour in 1..=24 * 5 {
        home.write_at(&note, &hour.to_string(), NOW + hour * 60 * MINUTE)
            .await;
    }
    let left = home.versions(&note).await.len();
    // The last day whole, and one of each day before it.
    assert!((24..=30).contains(&left), "{left}");
}

#[tokio::test]
async fn a_version_of_another_note_is_no_version_of_this_one() {
    let home = Home::new();
    let note = home.create("t", "a").await.row.id;
    let other = home.create("u", "b").await.row.id;
    home.write_at(&note, "c", NOW + DAY).await;
    let snapshot = home.newest(&note).await;
    let refused = home.store.version(other.clone(), snapshot).await;
    assert!(matches!(refused, Err(StoreError::UnknownVersion)));
    let refused = home.store.restore_in_place(other, snapshot, NOW).await;
    assert!(matches!(refused, Err(StoreError::UnknownVersion)));
}

#[tokio::test]
async fn unknown_fields_of_a_deleted_note_come_back_with_it() {
    let home = Home::new();
    let mut body = note_body("t", "x");
    body.insert("foreign".into(), json!({"deep": [1]}));
    let note = incoming(&note_id(1), &[], false, body);
    home.ingest(vec![note.clone()]).await;
    home.ingest(vec![tombstone(&note)]).await;
    let snapshot = home.newest(&note_id(1)).await;
    home.store
        .restore_in_place(note_id(1), snapshot, NOW)
        .await
        .unwrap();
    let sent = home.push().await.revisions;
    let sent = sent.iter().find(|sent| sent.id == note_id(1)).unwrap();
    assert_eq!(sent.body["foreign"], json!({"deep": [1]}));
    assert_eq!(sent.body["bookId"], id("book:first").as_str());
}

/// A database of the version before histories, with one deleted note in it.
#[tokio::test]
async fn what_an_older_database_kept_of_deleted_notes_is_still_there() {
    let home = Home::new();
    home.create("kept", "text").await;
    let dir = home.dir;
    drop(home.store);
    let path = crate::database_path(dir.path());
    let sql = rusqlite::Connection::open(&path).unwrap();
    sql.execute_batch(
        "DROP TABLE snapshots; DROP TABLE texts; DROP TABLE history_size; DROP TABLE spare_bases;
         DROP TABLE unnamed_blobs; DROP TABLE sync_entries; DROP TABLE sync_sessions;
         DROP TABLE skipped;
         ALTER TABLE revisions DROP COLUMN here;
         ALTER TABLE notebooks DROP COLUMN icon;
         CREATE TABLE snapshots (
             snapshot INTEGER PRIMARY KEY, id TEXT NOT NULL, taken_at INTEGER NOT NULL,
             reason TEXT NOT NULL, body TEXT NOT NULL) STRICT;
         CREATE INDEX snapshots_by_document ON snapshots (id, taken_at);
         INSERT INTO snapshots VALUES (7, 'note:gone', 5, 'deleted',
             '{\"title\":\"Gone\",\"body\":\"日本 \\u0001\",\"updatedAt\":3,\"x\":[1]}');
         PRAGMA user_version = 7;",
    )
    .unwrap();
    drop(sql);
    let store = Store::open(dir.path(), options()).unwrap();
    let deleted = store.recently_deleted().await.unwrap();
    assert_eq!(deleted[0].title, "Gone");
    let note = store.version(id("note:gone"), deleted[0].snapshot).await;
    assert_eq!(note.unwrap().body, "日本 \u{1}");
    assert_eq!(store.verify().await.unwrap().problems, []);
}
