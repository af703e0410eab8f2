//! What people do with notes, notebooks and tags.

use sheaf_model::{DEFAULT_NOTEBOOK_ID, Location, Status, TagColor};

use super::support::{Home, NOW, id};
use crate::{
    ListNotes, NewNote, NoteEdit, NotebookError, Scope, Sort, SortKey, StoreError, TagError,
    UpdateOutcome,
};

#[tokio::test]
async fn a_note_is_what_was_written_and_survives_a_restart() {
    let home = Home::new();
    let note = home.create("Bread", "flour\n- [x] water\n- [ ] salt").await;
    assert_eq!((note.row.tasks, note.row.checked_tasks), (2, 1));
    assert_eq!(note.row.place, Location::Notebook(id(DEFAULT_NOTEBOOK_ID)));
    let home = home.reopened();
    assert_eq!(
        home.store.get_note(note.row.id.clone()).await.unwrap(),
        note
    );
    home.assert_sound().await;
}

#[tokio::test]
async fn an_edit_on_an_old_version_changes_nothing_and_shows_the_current_one() {
    let home = Home::new();
    let note = home.create("t", "one").await;
    home.write(&note.row.id, "two").await;
    let edit = NoteEdit {
        title: None,
        body: Some("three".into()),
    };
    let outcome = home
        .store
        .update_note(note.row.id.clone(), note.version, edit, NOW)
        .await
        .unwrap();
    let UpdateOutcome::Stale { current } = outcome else {
        panic!("saved over an unseen edit")
    };
    assert_eq!(current.body, "two");
    assert_eq!(home.body(&note.row.id).await, "two");
}

#[tokio::test]
async fn saving_what_is_there_already_writes_nothing() {
    let home = Home::new();
    let note = home.create("t", "same").await;
    let edit = NoteEdit {
        title: Some("t".into()),
        body: Some("same".into()),
    };
    let outcome = home
        .store
        .update_note(note.row.id, note.version, edit, NOW + 9)
        .await
        .unwrap();
    assert_eq!(
        outcome,
        UpdateOutcome::Saved {
            version: note.version
        }
    );
}

#[tokio::test]
async fn only_an_edit_of_the_content_changes_when_a_note_was_updated() {
    let home = Home::new();
    let note = home.create("t", "b").await;
    let ids = vec![note.row.id.clone()];
    let tag = home
        .store
        .create_tag("x".into(), TagColor::Red, home.random(), NOW)
        .await
        .unwrap();
    let book = home
        .store
        .create_notebook("B".into(), None, home.random(), NOW)
        .await
        .unwrap();
    home.store
        .set_pinned(ids.clone(), true, NOW + 5)
        .await
        .unwrap();
    home.store
        .set_status(ids.clone(), Status::Active, NOW + 5)
        .await
        .unwrap();
    home.store
        .change_tags(ids.clone(), vec![tag.id], vec![], NOW + 5)
        .await
        .unwrap();
    home.store
        .move_notes(ids.clone(), book.id, NOW + 5)
        .await
        .unwrap();
    assert_eq!(
        home.store
            .get_note(note.row.id.clone())
            .await
            .unwrap()
            .row
            .updated_at,
        NOW
    );
    home.write(&note.row.id, "c").await;
    assert_eq!(
        home.store
            .get_note(note.row.id)
            .await
            .unwrap()
            .row
            .updated_at,
        NOW + 1
    );
    home.assert_sound().await;
}

#[tokio::test]
async fn a_note_comes_back_from_the_trash_to_where_it_was() {
    let home = Home::new();
    let book = home
        .store
        .create_notebook("B".into(), None, home.random(), NOW)
        .await
        .unwrap();
    let new = NewNote {
        notebook: Some(book.id.clone()),
        title: "t".into(),
        ..NewNote::default()
    };
    let note = home
        .store
        .create_note(new, home.random(), NOW)
        .await
        .unwrap();
    let ids = vec![note.row.id.clone()];
    assert_eq!(home.store.trash_notes(ids.clone(), NOW).await.unwrap(), 1);
    assert_eq!(home.store.trash_notes(ids.clone(), NOW).await.unwrap(), 0);
    assert_eq!(home.titles(Scope::Trash, "").await, ["t"]);
    assert_eq!(home.titles(Scope::All, "").await, [""; 0]);
    home.store
        .restore_notes(ids.clone(), None, NOW)
        .await
        .unwrap();
    let scope = Scope::Notebook {
        id: book.id.clone(),
        deep: false,
    };
    assert_eq!(home.titles(scope, "").await, ["t"]);
    // And to the default notebook when that one is gone.
    home.store.delete_notebook(book.id, NOW).await.unwrap();
    home.store.restore_notes(ids, None, NOW).await.unwrap();
    let restored = home.store.get_note(note.row.id).await.unwrap();
    assert_eq!(
        restored.row.place,
        Location::Notebook(id(DEFAULT_NOTEBOOK_ID))
    );
    home.assert_sound().await;
}

#[tokio::test]
async fn only_notes_in_the_trash_are_deleted_for_good() {
    let home = Home::new();
    let (kept, gone) = (home.create("kept", "").await, home.create("gone", "").await);
    home.store
        .trash_notes(vec![gone.row.id.clone()], NOW)
        .await
        .unwrap();
    let both = vec![kept.row.id, gone.row.id.clone()];
    assert_eq!(home.store.delete_notes(both).await.unwrap(), 1);
    assert!(matches!(
        home.store.get_note(gone.row.id).await,
        Err(StoreError::NotFound(_))
    ));
    assert_eq!(home.titles(Scope::All, "").await, ["kept"]);
    assert_eq!(home.titles(Scope::All, "gone").await, [""; 0]);
    home.assert_sound().await;
}

#[tokio::test]
async fn emptying_the_trash_deletes_everything_in_it() {
    let home = Home::new();
    let mut ids = Vec::new();
    for title in ["a", "b", "c"] {
        ids.push(home.create(title, "text").await.row.id);
    }
    home.store
        .trash_notes(ids[..2].to_vec(), NOW)
        .await
        .unwrap();
    assert_eq!(home.store.empty_trash().await.unwrap(), 2);
    assert_eq!(home.store.sidebar().await.unwrap().trash, 0);
    assert_eq!(home.titles(Scope::All, "").await, ["c"]);
    home.assert_sound().await;
}

#[tokio::test]
async fn a_copy_has_the_content_and_an_id_of_its_own() {
    let home = Home::new();
    let note = home.create("t", "b").await;
    home.store
        .set_status(vec![note.row.id.clone()], Status::OnHold, NOW)
        .await
        .unwrap();
    let copy = home
        .store
        .duplicate_note(note.row.id.clone(), home.random(), NOW + 1)
        .await
        .unwrap();
    assert_ne!(copy.row.id, note.row.id);
    assert_eq!((copy.body.as_str(), copy.row.status), ("b", Status::OnHold));
}

#[tokio::test]
async fn a_notebook_cannot_move_into_itself_or_below() {
    let home = Home::new();
    let a = home
        .store
        .create_notebook("a".into(), None, home.random(), NOW)
        .await
        .unwrap()
        .id;
    let b = home
        .store
        .create_notebook("b".into(), Some(a.clone()), home.random(), NOW)
        .await
        .unwrap();
    for parent in [&a, &b.id] {
        let moved = home
            .store
            .move_notebook(a.clone(), Some(parent.clone()), NOW)
            .await;
        assert!(matches!(moved, Err(NotebookError::Cycle)));
    }
    home.store
        .move_notebook(b.id.clone(), None, NOW)
        .await
        .unwrap();
    home.store.move_notebook(a, Some(b.id), NOW).await.unwrap();
}

#[tokio::test]
async fn deleting_a_notebook_takes_those_inside_and_trashes_the_notes() {
    let home = Home::new();
    let a = home
        .store
        .create_notebook("a".into(), None, home.random(), NOW)
        .await
        .unwrap()
        .id;
    let b = home
        .store
        .create_notebook("b".into(), Some(a.clone()), home.random(), NOW)
        .await
        .unwrap()
        .id;
    for (title, notebook) in [("in a", &a), ("in b", &b)] {
        let new = NewNote {
            notebook: Some(notebook.clone()),
            title: title.into(),
            ..NewNote::default()
        };
        home.store
            .create_note(new, home.random(), NOW)
            .await
            .unwrap();
    }
    let deep = Scope::Notebook {
        id: a.clone(),
        deep: true,
    };
    assert_eq!(home.titles(deep, "").await.len(), 2);
    assert_eq!(home.store.delete_notebook(a, NOW).await.unwrap(), 2);
    let sidebar = home.store.sidebar().await.unwrap();
    assert_eq!(sidebar.notebooks.len(), 1);
    assert_eq!((sidebar.all, sidebar.trash), (0, 2));
    let default = home
        .store
        .delete_notebook(id(DEFAULT_NOTEBOOK_ID), NOW)
        .await;
    assert!(matches!(default, Err(NotebookError::Default)));
    home.assert_sound().await;
}

#[tokio::test]
async fn notebooks_are_listed_depth_first_with_their_counts() {
    let home = Home::new();
    let b = home
        .store
        .create_notebook("b".into(), None, home.random(), NOW)
        .await
        .unwrap()
        .id;
    let inner = home
        .store
        .create_notebook("inner".into(), Some(b.clone()), home.random(), NOW)
        .await
        .unwrap();
    home.store
        .create_notebook("a".into(), None, home.random(), NOW)
        .await
        .unwrap();
    let new = NewNote {
        notebook: Some(inner.id),
        title: "n".into(),
        ..NewNote::default()
    };
    let note = home
        .store
        .create_note(new, home.random(), NOW)
        .await
        .unwrap();
    let rows = home.store.sidebar().await.unwrap().notebooks;
    let seen: Vec<_> = rows
        .iter()
        .map(|row| (row.name.as_str(), row.depth, row.notes, row.notes_deep))
        .collect();
    let expected = [
        ("a", 0, 0, 0),
        ("b", 0, 0, 1),
        ("inner", 1, 1, 1),
        ("First Notebook", 0, 0, 0),
    ];
    assert_eq!(seen, expected);
    // Completed notes are not counted in their notebook, and not listed there.
    home.store
        .set_status(vec![note.row.id], Status::Completed, NOW)
        .await
        .unwrap();
    assert_eq!(
        home.store.sidebar().await.unwrap().notebooks[1].notes_deep,
        0
    );
    assert_eq!(
        home.titles(Scope::Notebook { id: b, deep: true }, "").await,
        [""; 0]
    );
    assert_eq!(
        home.titles(Scope::Status(Status::Completed), "").await,
        ["n"]
    );
}

#[tokio::test]
async fn names_of_tags_are_unique_without_regard_to_case() {
    let home = Home::new();
    let one = home
        .store
        .create_tag("Work".into(), TagColor::Blue, home.random(), NOW)
        .await
        .unwrap();
    let same = home
        .store
        .create_tag(" work".into(), TagColor::Red, home.random(), NOW)
        .await
        .unwrap();
    assert_eq!(one, same);
    let other = home
        .store
        .create_tag("home".into(), TagColor::Red, home.random(), NOW)
        .await
        .unwrap();
    let taken = home
        .store
        .rename_tag(other.id.clone(), "WORK".into(), NOW)
        .await;
    assert!(matches!(taken, Err(TagError::NameTaken(id)) if id == one.id));
    home.store
        .rename_tag(one.id, "WORK".into(), NOW)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_deleted_tag_is_taken_off_its_notes() {
    let home = Home::new();
    let tag = home
        .store
        .create_tag("x".into(), TagColor::Red, home.random(), NOW)
        .await
        .unwrap()
        .id;
    let note = home.create("t", "b").await.row.id;
    home.store
        .change_tags(vec![note.clone()], vec![tag.clone()], vec![], NOW)
        .await
        .unwrap();
    assert_eq!(home.titles(Scope::Tag(tag.clone()), "").await, ["t"]);
    assert_eq!(home.store.sidebar().await.unwrap().tags[0].notes, 1);
    assert_eq!(home.store.delete_tag(tag, NOW).await.unwrap(), 1);
    assert_eq!(home.store.get_note(note).await.unwrap().row.tags, []);
    home.assert_sound().await;
}

#[tokio::test]
async fn lists_are_sorted_as_asked_and_cut_into_windows() {
    let home = Home::new();
    for (title, created) in [("b", 1), ("C", 2), ("a", 3)] {
        let new = NewNote {
            title: title.into(),
            ..NewNote::default()
        };
        home.store
            .create_note(new, home.random(), NOW + created)
            .await
            .unwrap();
    }
    let titles = async |key, ascending, offset, limit| {
        let sort = Sort { key, ascending };
        let list = ListNotes {
            sort,
            offset,
            limit,
            ..ListNotes::default()
        };
        let page = home.store.list_notes(list).await.unwrap();
        assert_eq!(page.total, 3);
        page.rows
            .into_iter()
            .map(|row| row.title)
            .collect::<Vec<_>>()
    };
    assert_eq!(titles(SortKey::Title, true, 0, 10).await, ["a", "b", "C"]);
    assert_eq!(titles(SortKey::Title, false, 0, 10).await, ["C", "b", "a"]);
    assert_eq!(titles(SortKey::Created, true, 0, 10).await, ["b", "C", "a"]);
    assert_eq!(
        titles(SortKey::Updated, false, 0, 10).await,
        ["a", "C", "b"]
    );
    assert_eq!(titles(SortKey::Updated, false, 1, 1).await, ["C"]);
    assert_eq!(titles(SortKey::Updated, false, 3, 5).await, [""; 0]);
}

#[tokio::test]
async fn a_note_too_long_to_travel_is_kept_and_says_so() {
    let home = Home::new();
    let note = home.create(&"t".repeat(257), "b").await;
    assert_eq!(
        note.row.held_back,
        Some(crate::HeldBack::TitleTooLong {
            chars: 257,
            max: 256
        })
    );
    let held = home.store.held_back(None).await.unwrap();
    assert_eq!((held.len(), held[0].since), (1, NOW));
    let edit = NoteEdit {
        title: Some("short".into()),
        body: None,
    };
    home.store
        .update_note(note.row.id.clone(), note.version, edit, NOW)
        .await
        .unwrap();
    assert_eq!(
        home.store
            .get_note(note.row.id)
            .await
            .unwrap()
            .row
            .held_back,
        None
    );
    assert_eq!(home.store.held_back(None).await.unwrap(), []);
}
