//! What arrives from a remote.

use serde_json::json;
use sheaf_model::{DEFAULT_NOTEBOOK_ID, Kind, Location, Revision, new_doc_id};
use sheaf_sync::{
    ChangedLeaves, DeletionPolicy, Incoming, IncomingRevision, RemoteId, Replica, Seq,
};

use super::support::{Home, NOW, history, id, incoming, note_body, note_id, object, remote};
use crate::{Origin, Scope};

#[tokio::test]
async fn a_note_that_arrives_is_listed_found_and_read() {
    let home = Home::new();
    let sent = incoming(
        &note_id(1),
        &[],
        false,
        note_body("Soup", "leek and potato"),
    );
    let ingested = home.ingest(vec![sent]).await;
    assert_eq!(
        (ingested.new, ingested.conflicts, ingested.merged),
        (1, 0, 0)
    );
    assert_eq!(home.titles(Scope::All, "leek").await, ["Soup"]);
    assert_eq!(home.body(&note_id(1)).await, "leek and potato");
    home.assert_sound().await;
}

#[tokio::test]
async fn a_batch_that_arrives_again_changes_nothing() {
    let home = Home::new();
    let one = incoming(&note_id(1), &[], false, note_body("a", "b"));
    let two = incoming(&note_id(1), &history(&one), false, note_body("a", "c"));
    let batch = vec![one, two];
    assert_eq!(home.ingest(batch.clone()).await.new, 2);
    let before = home.store.get_note(note_id(1)).await.unwrap();
    assert_eq!(home.ingest(batch).await, sheaf_sync::Ingested::default());
    assert_eq!(home.store.get_note(note_id(1)).await.unwrap(), before);
    home.assert_sound().await;
}

#[tokio::test]
async fn the_checkpoint_is_there_with_the_data_and_after_a_restart() {
    let home = Home::new();
    let revisions = (0..200u8)
        .map(|n| {
            incoming(
                &note_id(n % 64),
                &[],
                false,
                note_body(&format!("{n}"), "b"),
            )
        })
        .collect();
    let batch = Incoming {
        unreadable: Vec::new(),
        revisions,
        pulled: Some(Seq(json!("42-xyz"))),
        deletions: DeletionPolicy::Apply,
    };
    home.store.ingest(&remote(), batch).await.unwrap();
    let home = home.reopened();
    let state = home.store.remote_state(&remote()).await.unwrap();
    assert_eq!(state.checkpoint.pulled, Some(Seq(json!("42-xyz"))));
    assert_eq!(home.store.live_notes().await.unwrap(), 64);
}

#[tokio::test]
async fn unknown_fields_and_their_order_survive_an_edit_and_go_back() {
    let home = Home::new();
    let mut body = object(json!({"zeta": {"deep": [1, 2.5, null]}}));
    body.extend(note_body("t", "b"));
    body.insert("migratedBy".into(), "x".into());
    home.ingest(vec![incoming(&note_id(1), &[], false, body.clone())])
        .await;
    home.write(&note_id(1), "c").await;
    let outgoing = home.outgoing().await;
    let sent = &outgoing
        .revisions
        .iter()
        .find(|sent| sent.id == note_id(1))
        .unwrap()
        .body;
    let keys = |body: &sheaf_model::Body| body.keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(sent), keys(&body));
    assert_eq!(sent["zeta"], body["zeta"]);
    assert_eq!(sent["body"], "c");
}

#[tokio::test]
async fn only_leaves_that_are_not_held_are_asked_for() {
    let home = Home::new();
    let one = incoming(&note_id(1), &[], false, note_body("a", "b"));
    let two = incoming(&note_id(1), &history(&one), false, note_body("a", "c"));
    let three = incoming(&note_id(1), &history(&two), false, note_body("a", "d"));
    home.ingest(vec![two.clone()]).await;
    let rows = vec![
        ChangedLeaves {
            id: note_id(1),
            leaves: vec![one.revision, two.revision.clone()],
        },
        ChangedLeaves {
            id: note_id(2),
            leaves: vec![two.revision.clone()],
        },
        ChangedLeaves {
            id: note_id(1),
            leaves: vec![three.revision.clone(), two.revision.clone()],
        },
    ];
    let missing = home.store.missing(rows).await.unwrap();
    let seen: Vec<_> = missing
        .into_iter()
        .map(|row| (row.id, row.missing, row.new_document))
        .collect();
    assert_eq!(
        seen,
        [
            (note_id(2), vec![two.revision], true),
            (note_id(1), vec![three.revision], false)
        ]
    );
}

/// A note names its notebook before that has arrived: the document is nevertheless new.
#[tokio::test]
async fn a_notebook_that_was_only_named_is_a_new_document() {
    let home = Home::new();
    let mut body = note_body("t", "b");
    body.insert("bookId".into(), "book:later".into());
    home.ingest(vec![incoming(&note_id(1), &[], false, body)])
        .await;
    let note = home.store.get_note(note_id(1)).await.unwrap();
    assert_eq!(
        note.row.place,
        Location::Notebook(id(DEFAULT_NOTEBOOK_ID)),
        "shown somewhere"
    );
    let book = object(json!({"name": "Later", "updatedAt": 1, "createdAt": 1}));
    let book = incoming(&id("book:later"), &[], false, book);
    let rows = vec![ChangedLeaves {
        id: book.id.clone(),
        leaves: vec![book.revision.clone()],
    }];
    assert!(home.store.missing(rows).await.unwrap()[0].new_document);
    home.ingest(vec![book.clone()]).await;
    let note = home.store.get_note(note_id(1)).await.unwrap();
    assert_eq!(note.row.place, Location::Notebook(book.id.clone()));
    home.assert_sound().await;
    // And the way back, when the notebook is deleted elsewhere.
    home.ingest(vec![super::support::tombstone(&book)]).await;
    let note = home.store.get_note(note_id(1)).await.unwrap();
    assert_eq!(note.row.place, Location::Notebook(id(DEFAULT_NOTEBOOK_ID)));
    home.assert_sound().await;
}

#[tokio::test]
async fn tags_of_the_same_name_become_the_one_with_the_lowest_id() {
    let home = Home::new();
    let tag = |id: &str, name: &str| {
        let body =
            json!({"name": name, "count": 0, "color": "red", "updatedAt": 1, "createdAt": 1});
        incoming(&super::support::id(id), &[], false, object(body))
    };
    let mut body = note_body("t", "b");
    body.insert("tags".into(), json!(["tag:b", "tag:z"]));
    home.ingest(vec![
        tag("tag:b", "Work"),
        tag("tag:z", "x"),
        incoming(&note_id(1), &[], false, body),
    ])
    .await;
    home.push().await;
    home.ingest(vec![tag("tag:a", "WORK")]).await;
    let sidebar = home.store.sidebar().await.unwrap();
    let tags: Vec<_> = sidebar
        .tags
        .iter()
        .map(|tag| (tag.id.as_str(), tag.notes))
        .collect();
    assert_eq!(tags, [("tag:a", 1), ("tag:z", 1)]);
    let note = home.store.get_note(note_id(1)).await.unwrap();
    assert_eq!(note.row.tags, [id("tag:a"), id("tag:z")]);
    let outgoing = home.push().await;
    let sent: Vec<_> = outgoing
        .revisions
        .iter()
        .map(|sent| (sent.id.as_str(), sent.deleted))
        .collect();
    assert_eq!(sent, [(note_id(1).as_str(), false), ("tag:b", true)]);
    // The same edit on every device: no time of this one is in it.
    let edited = outgoing
        .revisions
        .iter()
        .find(|sent| sent.id == note_id(1))
        .unwrap();
    assert_eq!(edited.body["timestamp"], NOW);
    home.assert_sound().await;
}

#[tokio::test]
async fn listeners_hear_what_changed_and_from_where() {
    let home = Home::new();
    let mut changes = home.store.changes();
    let note = home.create("t", "b").await;
    let heard = changes.recv().await.unwrap();
    assert_eq!(
        (
            heard.origin,
            heard.notes.len(),
            heard.sidebar,
            heard.journal
        ),
        (Origin::Local, 1, true, true)
    );
    assert_eq!(heard.notes[0].version, Some(note.version));
    let many = (0..300u16)
        .map(|n| {
            let id = new_doc_id(
                Kind::Note,
                std::array::from_fn(|place| (n >> (6 * place.min(2))) as u8 & 63),
            );
            incoming(&id, &[], false, note_body("t", "b"))
        })
        .collect();
    home.ingest(many).await;
    let heard = changes.recv().await.unwrap();
    assert_eq!(heard.origin, Origin::Sync);
    assert!(heard.many_notes || !heard.notes.is_empty());
}

#[tokio::test]
async fn malformed_documents_are_kept_and_readable() {
    let home = Home::new();
    let body = object(json!({"title": 7, "bookId": "shelf", "tags": "x", "status": "later"}));
    home.ingest(vec![incoming(&note_id(1), &[], false, body)])
        .await;
    let note = home.store.get_note(note_id(1)).await.unwrap();
    assert_eq!((note.row.title.as_str(), note.body.as_str()), ("", ""));
    home.assert_sound().await;
}

/// Found by the simulation: a history that filled a gap below one that was there left that one marked as a leaf. It was
/// asked for again in every round, and offered to every other remote as a version of its own.
#[tokio::test]
async fn a_history_that_fills_a_gap_leaves_one_leaf() {
    let home = Home::new();
    let one = incoming(&note_id(1), &[], false, note_body("a", "1"));
    let two = incoming(&note_id(1), &history(&one), false, note_body("a", "2"));
    let three = incoming(&note_id(1), &history(&two), false, note_body("a", "3"));
    let four = incoming(&note_id(1), &history(&three), false, note_body("a", "4"));
    // As a first pull brings them.
    let mut alone = three.clone();
    alone.ancestors.clear();
    home.ingest(vec![one, alone]).await;
    home.ingest(vec![four.clone()]).await;
    let other = RemoteId("another".to_owned());
    let offered = home.outgoing_to(&other).await.revisions;
    let offered: Vec<_> = offered.iter().filter(|r| r.id == note_id(1)).collect();
    assert_eq!(offered.len(), 1, "{offered:?}");
    assert_eq!(offered[0].revision, four.revision);
    let row = ChangedLeaves {
        id: note_id(1),
        leaves: vec![four.revision],
    };
    assert!(home.store.missing(vec![row]).await.unwrap().is_empty());
    home.assert_sound().await;
}

fn tag(id: &str, name: &str) -> sheaf_sync::IncomingRevision {
    let body = object(json!({
        "name": name, "color": "default", "count": 0, "createdAt": NOW, "updatedAt": NOW,
    }));
    incoming(&self::id(id), &[], false, body)
}

/// Found by the simulation: a device tagged with the one of two tags that had been merged into the other elsewhere, before
/// it had heard of that. The note arrived with a tag that was nowhere any more.
#[tokio::test]
async fn a_note_that_names_a_tag_merged_meanwhile_has_the_one_that_stayed() {
    let home = Home::new();
    let (low, high) = (tag("tag:a", "Work"), tag("tag:b", "work"));
    home.ingest(vec![low, high.clone()]).await;
    let deleted = home.outgoing().await.revisions;
    let deleted = deleted.into_iter().find(|r| r.id == high.id).unwrap();
    assert!(deleted.deleted);

    let mut late = note_body("late", "text");
    late.insert("tags".into(), json!(["tag:b"]));
    home.ingest(vec![incoming(&note_id(1), &[], false, late.clone())])
        .await;
    let note = home.store.get_note(note_id(1)).await.unwrap();
    assert_eq!(note.row.tags, [id("tag:a")]);
    home.assert_sound().await;

    // On a device that hears of all of it in another order.
    let home = Home::new();
    home.ingest(vec![incoming(&note_id(1), &[], false, late)])
        .await;
    home.ingest(vec![high]).await;
    let tombstone = sheaf_sync::IncomingRevision {
        id: deleted.id,
        revision: deleted.revision,
        ancestors: deleted.ancestors,
        deleted: true,
        body: deleted.body,
        attachments: Vec::new(),
    };
    home.ingest(vec![tag("tag:a", "Work"), tombstone]).await;
    let note = home.store.get_note(note_id(1)).await.unwrap();
    assert_eq!(note.row.tags, [id("tag:a")]);
    home.assert_sound().await;
}

fn announced(leaves: &[&IncomingRevision]) -> Vec<ChangedLeaves> {
    vec![ChangedLeaves {
        id: note_id(1),
        leaves: leaves.iter().map(|one| one.revision.clone()).collect(),
    }]
}

/// Whoever has not got the history that joins the two would show both for ever: a server that keeps short histories does
/// not hand it on.
#[tokio::test]
async fn a_leaf_of_the_remote_that_another_one_there_follows_gets_a_tombstone() {
    let home = Home::new();
    let old = incoming(&note_id(1), &[], false, note_body("t", "old\n"));
    let new = incoming(&note_id(1), &history(&old), false, note_body("t", "new\n"));
    home.ingest(vec![old.clone(), new.clone()]).await;
    let rows = announced(&[&new, &old]);
    let joining = home.store.joining(&remote(), rows.clone()).await.unwrap();
    assert!(joining.in_journal);
    let again: Vec<_> = joining.again.iter().map(|one| &one.revision).collect();
    assert_eq!(again, [&new.revision]);
    assert_eq!(joining.again[0].ancestors, [old.revision.clone()]);
    let sent = home.push().await.revisions;
    let ours: Vec<_> = sent.iter().filter(|sent| sent.id == note_id(1)).collect();
    assert_eq!(ours.len(), 1);
    assert!(ours[0].deleted);
    assert_eq!(ours[0].ancestors, [old.revision]);
    assert_eq!(home.body(&note_id(1)).await, "new\n");
    let joining = home.store.joining(&remote(), rows).await.unwrap();
    assert!(!joining.in_journal, "once is enough");
    home.assert_sound().await;
}

#[tokio::test]
async fn a_leaf_that_the_remote_has_forgotten_is_offered_to_it_again() {
    let home = Home::new();
    let old = incoming(&note_id(1), &[], false, note_body("t", "old\n"));
    home.ingest(vec![old.clone()]).await;
    // Its history is cut: nobody here knows that the one became the other.
    let above = Revision::new(8, &"8".repeat(32)).unwrap();
    let new = incoming(&note_id(1), &[above], false, note_body("t", "new\n"));
    home.ingest(vec![new.clone()]).await;
    assert!(
        home.push()
            .await
            .revisions
            .iter()
            .all(|sent| sent.id != note_id(1))
    );
    let both = announced(&[&new, &old]);
    let joining = home.store.joining(&remote(), both).await.unwrap();
    assert!(!joining.in_journal, "it has both");
    let elsewhere = RemoteId("elsewhere".into());
    let rows = announced(&[&new]);
    let joining = home.store.joining(&elsewhere, rows.clone()).await.unwrap();
    assert!(!joining.in_journal, "it never had the old one");
    let joining = home.store.joining(&remote(), rows).await.unwrap();
    assert!(joining.in_journal);
    let sent = home.push().await.revisions;
    let ours: Vec<_> = sent.iter().filter(|sent| sent.id == note_id(1)).collect();
    assert_eq!(ours.len(), 1);
    assert_eq!(ours[0].revision, old.revision);
    home.assert_sound().await;
}
