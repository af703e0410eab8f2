//! Places of notebooks, templates, one notebook at a time, a trash that empties itself.

use sheaf_model::{DocId, Location, MAX_ICON_CHARS, NotebookIcon};

use super::support::{Home, NOW};
use crate::{ListNotes, NewNote, NotebookError, Scope};

async fn notebook(home: &Home, name: &str, parent: Option<&DocId>) -> DocId {
    let made = home
        .store
        .create_notebook(name.into(), parent.cloned(), home.random(), NOW)
        .await;
    made.unwrap().id
}

async fn names(home: &Home) -> Vec<String> {
    let rows = home.store.sidebar().await.unwrap().notebooks;
    rows.into_iter()
        .map(|row| format!("{}{}", "-".repeat(row.depth as usize), row.name))
        .filter(|name| name != "First Notebook")
        .collect()
}

#[tokio::test]
async fn notebooks_stand_where_they_were_put() {
    let home = Home::new();
    let [a, b, c] = [
        notebook(&home, "a", None).await,
        notebook(&home, "b", None).await,
        notebook(&home, "c", None).await,
    ];
    let put = |id: &DocId, parent: Option<&DocId>, before: Option<&DocId>| {
        home.store
            .arrange_notebook(id.clone(), parent.cloned(), before.cloned(), NOW)
    };
    put(&c, None, Some(&a)).await.unwrap();
    assert_eq!(names(&home).await, ["c", "a", "b"]);
    put(&c, None, Some(&b)).await.unwrap();
    assert_eq!(names(&home).await, ["a", "c", "b"]);
    put(&a, None, None).await.unwrap();
    assert_eq!(names(&home).await, ["c", "b", "a"]);
    put(&a, Some(&b), None).await.unwrap();
    assert_eq!(names(&home).await, ["c", "b", "-a"]);
    // A new one without a place follows those that have one.
    notebook(&home, "0", None).await;
    assert_eq!(names(&home).await, ["c", "b", "-a", "0"]);
    assert!(matches!(
        put(&b, Some(&a), None).await,
        Err(NotebookError::Cycle)
    ));
    // Many moves into the same gap use it up, and the neighbours make room.
    for _ in 0..14 {
        put(&a, None, Some(&b)).await.unwrap();
        put(&c, None, Some(&b)).await.unwrap();
    }
    assert_eq!(names(&home).await, ["a", "c", "b", "0"]);
    assert!(home.store.verify().await.unwrap().problems.is_empty());
}

#[tokio::test]
async fn a_template_is_a_copy_that_no_list_of_notes_shows() {
    let home = Home::new();
    let id = home.create("Weekly", "- [ ] agenda").await.row.id;
    let made = home
        .store
        .make_template(id.clone(), home.random(), NOW)
        .await
        .unwrap();
    assert_eq!(made.row.place, Location::Template);
    assert_ne!(made.row.id, id);
    assert_eq!(home.titles(Scope::Templates, "").await, ["Weekly"]);
    assert_eq!(home.titles(Scope::All, "").await, ["Weekly"]);
    assert_eq!(home.titles(Scope::All, "agenda").await, ["Weekly"]);
    let sidebar = home.store.sidebar().await.unwrap();
    assert_eq!((sidebar.all, sidebar.templates), (1, 1));
    assert!(home.store.verify().await.unwrap().problems.is_empty());
}

#[tokio::test]
async fn a_list_can_be_kept_to_one_notebook() {
    let home = Home::new();
    let outer = notebook(&home, "outer", None).await;
    let inner = notebook(&home, "inner", Some(&outer)).await;
    for (title, place) in [("out", Some(&outer)), ("in", Some(&inner)), ("else", None)] {
        let note = NewNote {
            title: title.into(),
            body: "salt".into(),
            notebook: place.cloned(),
            ..NewNote::default()
        };
        home.store
            .create_note(note, home.random(), NOW)
            .await
            .unwrap();
    }
    for search in ["", "salt"] {
        let list = ListNotes {
            search: search.into(),
            within: Some(outer.clone()),
            limit: 10,
            ..ListNotes::default()
        };
        let page = home.store.list_notes(list).await.unwrap();
        let mut titles: Vec<_> = page.rows.into_iter().map(|row| row.title).collect();
        titles.sort();
        assert_eq!(
            (titles, page.total),
            (vec!["in".into(), "out".into()], 2),
            "{search}"
        );
    }
}

#[tokio::test]
async fn the_trash_forgets_only_what_has_been_there_long() {
    let home = Home::new();
    let old = home.create("old", "x").await.row.id;
    let new = home.create("new", "x").await.row.id;
    home.store.trash_notes(vec![old], NOW).await.unwrap();
    home.store
        .trash_notes(vec![new], NOW + 1_000)
        .await
        .unwrap();
    home.create("kept", "x").await;
    assert_eq!(home.store.expire_trash(NOW + 500).await.unwrap(), 1);
    assert_eq!(home.titles(Scope::Trash, "").await, ["new"]);
    assert_eq!(home.titles(Scope::All, "").await, ["kept"]);
}

#[tokio::test]
async fn an_icon_stays_with_its_notebook_until_it_is_taken_away() {
    let home = Home::new();
    let id = notebook(&home, "a", None).await;
    let set = |icon: Option<NotebookIcon>| home.store.set_notebook_icon(id.clone(), icon, NOW);
    let icon = async || {
        let rows = home.store.sidebar().await.unwrap().notebooks;
        rows.into_iter().find(|row| row.id == id).unwrap().icon
    };
    assert_eq!(icon().await, None);
    let drawn = NotebookIcon::Inline("<svg/>".into());
    set(Some(drawn.clone())).await.unwrap();
    home.store
        .rename_notebook(id.clone(), "b".into(), NOW)
        .await
        .unwrap();
    assert_eq!(icon().await, Some(drawn.clone()));
    let large = NotebookIcon::Inline("x".repeat(MAX_ICON_CHARS + 1));
    assert!(matches!(
        set(Some(large)).await,
        Err(NotebookError::Invalid(_))
    ));
    assert_eq!(icon().await, Some(drawn));
    set(None).await.unwrap();
    assert_eq!(icon().await, None);
}
