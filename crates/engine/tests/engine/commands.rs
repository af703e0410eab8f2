//! Every command of the table that concerns this computer alone.

use crate::support::{Home, note, reopened};
use sheaf_engine::Engine;
use sheaf_ipc::*;

async fn list(engine: &Engine, scope: Scope) -> Vec<String> {
    let page = engine
        .list_notes(ListNotes {
            scope,
            limit: 50,
            ..ListNotes::default()
        })
        .await;
    let mut titles: Vec<_> = page
        .unwrap()
        .items
        .into_iter()
        .map(|row| row.title)
        .collect();
    titles.sort();
    titles
}

fn code<T: std::fmt::Debug>(answer: Result<T, ApiError>) -> ErrorCode {
    answer.unwrap_err().code
}

#[tokio::test]
async fn a_note_is_read_back_as_it_was_written() {
    let home = Home::new();
    let engine = home.open().await;
    let created = note(&engine, "Title", "Some *text*.\n").await;
    let read = engine
        .get_note(NoteRef {
            id: created.summary.id.clone(),
        })
        .await
        .unwrap();
    assert_eq!(read, created);
    assert_eq!(
        (read.summary.title.as_str(), read.body.as_str()),
        ("Title", "Some *text*.\n")
    );
    assert_eq!(read.summary.created_at, 1_700_000_000_000);
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_reopening() {
    let home = Home::new();
    let engine = home.open().await;
    note(&engine, "Kept", "x").await;
    engine.shutdown().await;
    drop(engine);
    let engine = reopened(&home).await;
    assert_eq!(list(&engine, Scope::All).await, ["Kept"]);
}

#[tokio::test]
async fn an_edit_on_an_old_version_changes_nothing_and_shows_the_new_one() {
    let home = Home::new();
    let engine = home.open().await;
    let created = note(&engine, "a", "first").await;
    let edit = |base: &str, body: &str| UpdateNote {
        id: created.summary.id.clone(),
        base: base.into(),
        title: None,
        body: Some(body.into()),
    };
    let saved = engine
        .update_note(edit(&created.version, "second"))
        .await
        .unwrap();
    assert!(matches!(saved, UpdateOutcome::Saved { .. }));
    match engine
        .update_note(edit(&created.version, "third"))
        .await
        .unwrap()
    {
        UpdateOutcome::Stale { current } => assert_eq!(current.body, "second"),
        UpdateOutcome::Saved { .. } => panic!("an edit of an old version was saved"),
    }
}

#[tokio::test]
async fn notes_are_moved_tagged_pinned_and_given_a_status() {
    let home = Home::new();
    let engine = home.open().await;
    let id = note(&engine, "a", "x").await.summary.id;
    let ids = vec![id.clone()];
    let request = CreateNotebook {
        name: "Work".into(),
        parent: None,
    };
    let book = engine.create_notebook(request).await.unwrap();
    let tag = engine
        .create_tag(CreateTag {
            name: "red".into(),
            color: TagColor::Red,
        })
        .await
        .unwrap();
    let request = MoveNotes {
        ids: ids.clone(),
        notebook: book.id.clone(),
    };
    assert_eq!(engine.move_notes(request).await.unwrap().notes, 1);
    let request = ChangeTags {
        ids: ids.clone(),
        add: vec![tag.id.clone()],
        remove: vec![],
    };
    assert_eq!(engine.change_tags(request).await.unwrap().notes, 1);
    let request = SetStatus {
        ids: ids.clone(),
        status: NoteStatus::Active,
    };
    assert_eq!(engine.set_status(request).await.unwrap().notes, 1);
    let request = SetPinned {
        ids: ids.clone(),
        pinned: true,
    };
    assert_eq!(engine.set_pinned(request).await.unwrap().notes, 1);
    for scope in [
        Scope::Notebook {
            id: book.id,
            deep: false,
        },
        Scope::Tag { id: tag.id },
        Scope::Status {
            status: NoteStatus::Active,
        },
        Scope::Pinned,
    ] {
        assert_eq!(list(&engine, scope.clone()).await, ["a"], "{scope:?}");
    }
    let sidebar = engine.sidebar(()).await.unwrap();
    assert_eq!((sidebar.all, sidebar.pinned, sidebar.trash), (1, 1, 0));
}

#[tokio::test]
async fn the_trash_gives_back_and_only_the_trash_deletes() {
    let home = Home::new();
    let engine = home.open().await;
    let id = note(&engine, "a", "x").await.summary.id;
    let refs = || NoteRefs {
        ids: vec![id.clone()],
    };
    assert_eq!(engine.delete_notes(refs()).await.unwrap().notes, 0);
    assert_eq!(engine.trash_notes(refs()).await.unwrap().notes, 1);
    assert_eq!(list(&engine, Scope::Trash).await, ["a"]);
    let restore = RestoreNotes {
        ids: vec![id.clone()],
        notebook: None,
    };
    assert_eq!(engine.restore_notes(restore).await.unwrap().notes, 1);
    assert_eq!(list(&engine, Scope::All).await, ["a"]);
    engine.trash_notes(refs()).await.unwrap();
    assert_eq!(engine.delete_notes(refs()).await.unwrap().notes, 1);
    assert_eq!(
        code(engine.get_note(NoteRef { id }).await),
        ErrorCode::NotFound
    );
}

#[tokio::test]
async fn emptying_the_trash_leaves_everything_else() {
    let home = Home::new();
    let engine = home.open().await;
    let gone = note(&engine, "gone", "x").await.summary.id;
    note(&engine, "stays", "x").await;
    engine
        .trash_notes(NoteRefs { ids: vec![gone] })
        .await
        .unwrap();
    assert_eq!(engine.empty_trash(()).await.unwrap().notes, 1);
    assert_eq!(list(&engine, Scope::All).await, ["stays"]);
    assert!(list(&engine, Scope::Trash).await.is_empty());
}

#[tokio::test]
async fn a_copy_has_the_text_and_another_id() {
    let home = Home::new();
    let engine = home.open().await;
    let original = note(&engine, "a", "text").await;
    let id = original.summary.id.clone();
    let copy = engine
        .duplicate_note(NoteRef { id: id.clone() })
        .await
        .unwrap();
    assert_ne!(copy.summary.id, id);
    assert_eq!(copy.body, "text");
}

#[tokio::test]
async fn a_search_finds_words_and_qualifiers() {
    let home = Home::new();
    let engine = home.open().await;
    note(&engine, "Shopping", "milk and bread").await;
    note(&engine, "東京", "散歩").await;
    for (search, found) in [
        ("mil", "Shopping"),
        ("title:shop", "Shopping"),
        ("散歩", "東京"),
    ] {
        let request = ListNotes {
            search: search.into(),
            limit: 5,
            ..ListNotes::default()
        };
        let page = engine.list_notes(request).await.unwrap();
        assert_eq!(
            page.items.first().map(|row| row.title.as_str()),
            Some(found),
            "{search}"
        );
    }
}

#[tokio::test]
async fn notebooks_nest_without_cycles_and_the_default_one_stays() {
    let home = Home::new();
    let engine = home.open().await;
    let create = |name: &str, parent: Option<&NotebookRow>| CreateNotebook {
        name: name.into(),
        parent: parent.map(|row| row.id.clone()),
    };
    let outer = engine.create_notebook(create("Outer", None)).await.unwrap();
    let inner = engine
        .create_notebook(create("Inner", Some(&outer)))
        .await
        .unwrap();
    let cycle = MoveNotebook {
        id: outer.id.clone(),
        parent: Some(inner.id.clone()),
    };
    assert_eq!(
        code(engine.move_notebook(cycle).await),
        ErrorCode::NotebookCycle
    );
    let root = MoveNotebook {
        id: inner.id.clone(),
        parent: None,
    };
    engine.move_notebook(root).await.unwrap();
    let rename = Rename {
        id: inner.id.clone(),
        name: "Renamed".into(),
    };
    engine.rename_notebook(rename).await.unwrap();
    let sidebar = engine.sidebar(()).await.unwrap();
    let row = sidebar
        .notebooks
        .iter()
        .find(|row| row.id == inner.id)
        .unwrap();
    assert_eq!((row.name.as_str(), row.depth), ("Renamed", 0));
    let default = Id {
        id: sidebar.default_notebook,
    };
    assert_eq!(
        code(engine.delete_notebook(default).await),
        ErrorCode::DefaultNotebook
    );
    engine.delete_notebook(Id { id: outer.id }).await.unwrap();
    let empty = CreateNotebook {
        name: String::new(),
        parent: None,
    };
    assert_eq!(
        code(engine.create_notebook(empty).await),
        ErrorCode::Invalid
    );
}

#[tokio::test]
async fn tags_are_unique_by_name_and_leave_their_notes_when_deleted() {
    let home = Home::new();
    let engine = home.open().await;
    let create = |name: &str| CreateTag {
        name: name.into(),
        color: TagColor::Default,
    };
    let red = engine.create_tag(create("red")).await.unwrap();
    let blue = engine.create_tag(create("blue")).await.unwrap();
    assert_eq!(engine.create_tag(create("red")).await.unwrap().id, red.id);
    let taken = Rename {
        id: blue.id.clone(),
        name: "red".into(),
    };
    assert_eq!(code(engine.rename_tag(taken).await), ErrorCode::NameTaken);
    let color = SetTagColor {
        id: blue.id.clone(),
        color: TagColor::Blue,
    };
    engine.set_tag_color(color).await.unwrap();
    let id = note(&engine, "a", "x").await.summary.id;
    let add = ChangeTags {
        ids: vec![id.clone()],
        add: vec![blue.id.clone()],
        remove: vec![],
    };
    engine.change_tags(add).await.unwrap();
    assert_eq!(
        engine.delete_tag(Id { id: blue.id }).await.unwrap().notes,
        1
    );
    assert!(
        engine
            .get_note(NoteRef { id })
            .await
            .unwrap()
            .summary
            .tags
            .is_empty()
    );
}

#[tokio::test]
async fn an_attachment_comes_back_byte_for_byte_with_the_type_of_its_bytes() {
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and the rest";
    use base64::Engine as _;
    let home = Home::new();
    let engine = home.open().await;
    let request = AddAttachment {
        name: "cat.png".into(),
        content_type: "text/html".into(),
        base64: base64::engine::general_purpose::STANDARD.encode(PNG),
    };
    let added = engine.add_attachment(request).await.unwrap();
    assert_eq!(added.content_type, "image/png");
    assert_eq!(
        added.markdown,
        format!("![cat.png](inkdrop://{})", added.id)
    );
    let id = sheaf_model::DocId::parse(&added.id).unwrap();
    let bytes = engine.attachment(&id).await.unwrap().unwrap();
    assert_eq!(
        (bytes.bytes.as_slice(), bytes.content_type.as_str()),
        (PNG, "image/png")
    );
    let other = sheaf_model::DocId::parse("file:nothing").unwrap();
    assert_eq!(engine.attachment(&other).await.unwrap(), None);
}

#[tokio::test]
async fn a_note_without_conflict_has_one_leaf() {
    let home = Home::new();
    let engine = home.open().await;
    let id = note(&engine, "a", "text").await.summary.id;
    let leaves = engine
        .conflict_leaves(NoteRef { id: id.clone() })
        .await
        .unwrap();
    assert_eq!(
        (leaves.len(), leaves[0].revision.as_str(), leaves[0].winner),
        (1, "draft", true)
    );
    let request = ResolveConflict {
        id,
        leaves: vec!["1-abc".into()],
        title: "t".into(),
        body: "b".into(),
        ..ResolveConflict::default()
    };
    let outcome = engine.resolve_conflict(request).await.unwrap();
    assert!(
        matches!(outcome, ConflictOutcome::Stale { .. }),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn markdown_is_rendered_without_scripts() {
    let home = Home::new();
    let engine = home.open().await;
    let source = "# A\n\n<script>alert(1)</script>\n\n![p](https://example.org/p.png)".to_owned();
    let rendered = engine
        .render(Render {
            source,
            allow_remote_images: false,
        })
        .await
        .unwrap();
    assert!(rendered.html.contains("<h1") && !rendered.html.contains("<script"));
    assert_eq!(rendered.remote_images, 1);
}

#[tokio::test]
async fn preferences_and_window_state_are_kept() {
    let home = Home::new();
    let engine = home.open().await;
    assert_eq!(engine.settings(()).await.unwrap(), Settings::default());
    let mut events = engine.subscribe();
    let settings = Settings {
        text_size: 20,
        theme: Theme::Dark,
        ..Settings::default()
    };
    engine.save_settings(settings.clone()).await.unwrap();
    assert_eq!(events.next().await, Some(Event::SettingsChanged));
    assert_eq!(engine.settings(()).await.unwrap(), settings);
    let state = serde_json::json!({ "sidebar": 232, "note": "note:a" });
    engine
        .save_ui_state(UiState {
            state: state.clone(),
        })
        .await
        .unwrap();
    assert_eq!(engine.ui_state(()).await.unwrap().state, state);
}

#[tokio::test]
async fn the_app_knows_where_it_keeps_things() {
    let home = Home::new();
    let engine = home.open().await;
    note(&engine, "a", "x").await;
    let info = engine.app_info(()).await.unwrap();
    assert!(info.data_dir.ends_with("data") && info.log_dir.ends_with("logs"));
    assert_eq!((info.notes, info.attachments), (1, 0));
}

#[tokio::test]
async fn what_is_no_id_of_the_right_kind_is_not_found() {
    let home = Home::new();
    let engine = home.open().await;
    for id in ["", "note:", "book:first", "../x", "note:missing"] {
        assert_eq!(
            code(engine.get_note(NoteRef { id: id.into() }).await),
            ErrorCode::NotFound,
            "{id}"
        );
    }
    let request = MoveNotes {
        ids: vec![],
        notebook: "tag:a".into(),
    };
    assert_eq!(code(engine.move_notes(request).await), ErrorCode::NotFound);
}

#[tokio::test]
async fn commands_can_be_called_by_name_with_json() {
    let home = Home::new();
    let engine = home.open().await;
    let request = serde_json::json!({ "title": "By name" });
    let created = dispatch(&engine, "create_note", request).await.unwrap();
    assert_eq!(created["title"], "By name");
    let refused = dispatch(&engine, "create_note", serde_json::json!({ "title": 7 })).await;
    assert_eq!(code(refused), ErrorCode::Invalid);
    assert_eq!(
        code(dispatch(&engine, "nonsense", serde_json::Value::Null).await),
        ErrorCode::NotFound
    );
}

#[tokio::test]
async fn a_change_is_told_to_every_listener_with_what_changed() {
    let home = Home::new();
    let engine = home.open().await;
    let (mut one, mut other) = (engine.subscribe(), engine.subscribe());
    let created = note(&engine, "a", "x").await;
    for events in [&mut one, &mut other] {
        let told = loop {
            if let Event::NotesChanged { notes, origin } = events.next().await.unwrap() {
                break (notes, origin);
            }
        };
        let expected = ChangedNote {
            id: created.summary.id.clone(),
            change: ChangeKind::Created,
            version: Some(created.version.clone()),
        };
        assert_eq!(told, (vec![expected], Origin::Local));
    }
}

#[tokio::test]
async fn first_notes_are_made_once_for_a_window_and_never_for_a_command() {
    let home = Home::new();
    let command = home.open().await;
    assert!(list(&command, Scope::All).await.is_empty());
    command.shutdown().await;

    let other = Home::new();
    let options = || sheaf_engine::EngineOptions {
        first_run_notes: true,
        ..other.options()
    };
    let window = Engine::open(options()).await.unwrap();
    let page = ListNotes {
        limit: 10,
        ..ListNotes::default()
    };
    let page = window.list_notes(page).await.unwrap();
    assert_eq!(page.items.len(), 3);
    assert_eq!(page.items[0].title, "Write your first note");
    let ids = page.items.into_iter().map(|row| row.id).collect();
    window.trash_notes(NoteRefs { ids }).await.unwrap();
    window.empty_trash(()).await.unwrap();
    window.shutdown().await;
    drop(window);
    let again = reopened(&other).await;
    assert!(list(&again, Scope::All).await.is_empty());
}

#[tokio::test]
async fn a_second_engine_on_the_same_notes_is_told_that_they_are_in_use() {
    let home = Home::new();
    let _first = home.open().await;
    let second = Engine::open(home.options()).await.err().unwrap();
    assert_eq!(second.as_api_error().code, ErrorCode::DatabaseLocked);
}

#[tokio::test]
async fn a_fresh_store_is_sound() {
    let home = Home::new();
    let engine = home.open().await;
    note(&engine, "a", "x").await;
    let found = engine.verify().await.unwrap();
    assert!(found.sound, "{found:?}");
    assert_eq!(found.notes, 1);
}
