//! Words of notes that arrive many at a time.

use sheaf_model::{DocId, Kind, new_doc_id};

use super::support::{Home, NOW, history, incoming, note_body, tombstone};
use crate::{ListNotes, NoteEdit, Origin, Scope, UpdateOutcome};

fn id_of(number: u16) -> DocId {
    let mut random = [7; 12];
    random[0] = (number & 63) as u8;
    random[1] = (number >> 6 & 63) as u8;
    new_doc_id(Kind::Note, random)
}

/// Notes that all say "harvest", each with a word of its own.
async fn harvest(home: &Home, notes: u16) -> Vec<sheaf_sync::IncomingRevision> {
    let revisions: Vec<_> = (0..notes)
        .map(|n| {
            let body = note_body(&format!("Note {n}"), &format!("harvest sheaf{n}x"));
            incoming(&id_of(n), &[], false, body)
        })
        .collect();
    assert_eq!(home.ingest(revisions.clone()).await.new, u32::from(notes));
    revisions
}

#[tokio::test]
async fn what_arrived_many_at_a_time_is_found_by_the_next_search() {
    let home = Home::new();
    harvest(&home, 200).await;
    assert_eq!(home.titles(Scope::All, "sheaf150x").await, ["Note 150"]);
    home.assert_sound().await;
}

/// A search does not wait until a hundred thousand notes are indexed: it says how many it could not
/// look into, and each one that is asked goes on where the last one stopped.
#[tokio::test]
async fn a_search_says_what_it_could_not_look_into_and_the_next_goes_on() {
    let home = Home::new();
    harvest(&home, 2_500).await;
    let mut searches = 0;
    let page = loop {
        let list = ListNotes {
            search: "harvest".into(),
            limit: 1,
            ..ListNotes::default()
        };
        let page = home.store.list_notes(list).await.unwrap();
        searches += 1;
        if page.not_searched == 0 {
            break page;
        }
        assert!(page.total + page.not_searched >= 2_500, "{page:?}");
    };
    assert_eq!(page.total, 2_500);
    assert!(searches <= 3, "{searches} searches");
    home.assert_sound().await;
}

#[tokio::test]
async fn without_a_search_all_of_them_are_listed_at_once() {
    let home = Home::new();
    harvest(&home, 300).await;
    let page = home.store.list_notes(ListNotes::default()).await.unwrap();
    assert_eq!((page.total, page.not_searched), (300, 0));
}

/// Its words must not come back when the index gets to it.
#[tokio::test]
async fn a_note_that_is_edited_or_deleted_before_it_was_indexed_is_found_as_it_is_now() {
    let home = Home::new();
    let sent = harvest(&home, 100).await;
    let edited = home.store.get_note(id_of(3)).await.unwrap();
    let outcome = home
        .store
        .update_note(
            id_of(3),
            edited.version,
            NoteEdit {
                body: Some("threshing".into()),
                ..NoteEdit::default()
            },
            NOW,
        )
        .await
        .unwrap();
    assert!(
        matches!(outcome, UpdateOutcome::Saved { .. }),
        "{outcome:?}"
    );
    let again = incoming(
        &id_of(4),
        &history(&sent[4]),
        false,
        note_body("Note 4", "winnowing"),
    );
    home.ingest(vec![again, tombstone(&sent[5])]).await;
    assert_eq!(home.titles(Scope::All, "threshing").await, ["Note 3"]);
    assert_eq!(home.titles(Scope::All, "winnowing").await, ["Note 4"]);
    for gone in ["sheaf3x", "sheaf4x", "sheaf5x"] {
        assert_eq!(home.titles(Scope::All, gone).await, [""; 0], "{gone}");
    }
    home.assert_sound().await;
}

#[tokio::test]
async fn what_waited_when_the_app_ended_is_found_after_the_next_start() {
    let home = Home::new();
    harvest(&home, 100).await;
    let home = home.reopened();
    assert_eq!(home.titles(Scope::All, "sheaf99x").await, ["Note 99"]);
    home.assert_sound().await;
}

/// An open list with a search in it is read anew then.
#[tokio::test]
async fn whoever_listens_hears_when_everything_can_be_found() {
    let home = Home::new();
    let mut changes = home.store.changes();
    harvest(&home, 100).await;
    assert!(changes.recv().await.unwrap().journal);
    // They may come in more than one slice. After them nothing but the idle writer does anything.
    let indexed = loop {
        let change = changes.recv().await.unwrap();
        if !change.journal {
            break change;
        }
    };
    assert_eq!(indexed.origin, Origin::Sync);
    assert!(indexed.many_notes, "{indexed:?}");
}
