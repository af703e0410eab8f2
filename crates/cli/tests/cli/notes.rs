//! Notes, notebooks, tags and attachments.

use serde_json::json;

use crate::program::{Home, id, stderr};

#[test]
fn a_note_is_written_listed_shown_and_edited() {
    let home = Home::new();
    let text = "First line\n\nsecond\n";
    let note = home.json_from(
        text,
        &[
            "note",
            "new",
            "--title",
            "A",
            "--tag",
            "work",
            "--body-file",
            "-",
        ],
    );
    let id = id(&note);
    assert_eq!(note["body"], text);
    let list = home.json(&["note", "list"]);
    assert_eq!(
        (&list["total"], &list["items"][0]["id"]),
        (&json!(1), &json!(id))
    );
    let shown = home.says(&["note", "show", id.trim_start_matches("note:")]);
    assert!(
        shown.starts_with("A\nFirst Notebook · just now\n\nFirst line\n"),
        "{shown}"
    );
    let edited = home.json(&["note", "edit", &id, "--title", "B"]);
    assert_eq!(
        (&edited["title"], &edited["body"]),
        (&json!("B"), &json!(text))
    );
    let tags = home.json(&["tag", "list"]);
    assert_eq!(
        (&tags[0]["name"], &tags[0]["notes"]),
        (&json!("work"), &json!(1))
    );
}

#[test]
fn people_see_aligned_rows_and_the_id_of_what_they_made() {
    let home = Home::new();
    let first = home.says(&["note", "new", "--title", "日本語"]);
    assert!(first.starts_with("note:") && first.ends_with('\n'));
    home.says(&["note", "new", "--title", "Plain"]);
    let list = home.says(&["note", "list", "--sort", "title", "--ascending"]);
    let columns: Vec<Option<usize>> = list
        .lines()
        .map(|line| {
            let before = line.split("First").next()?;
            Some(unicode_width::UnicodeWidthStr::width(before))
        })
        .collect();
    assert_eq!(columns.len(), 2);
    assert_eq!(columns[0], columns[1], "{list}");
}

#[test]
fn notes_move_through_notebooks_status_pin_trash_and_back() {
    let home = Home::new();
    let note = id(&home.json(&["note", "new", "--title", "A", "--status", "onHold"]));
    let work = id(&home.json(&["notebook", "new", "Work"]));
    let inner = home.json(&["notebook", "new", "Inner", "--parent", "work"]);
    assert_eq!(
        (&inner["parent"], &inner["depth"]),
        (&json!(work), &json!(1))
    );
    assert_eq!(
        home.json(&["note", "move", &note, "--notebook", "Inner"])["notes"],
        1
    );
    assert_eq!(
        home.json(&["note", "status", &note, "--status", "active"])["notes"],
        1
    );
    assert_eq!(home.json(&["note", "pin", &note])["notes"], 1);
    let deep = home.json(&["note", "list", "--notebook", "Work", "--deep"]);
    assert_eq!(
        (&deep["total"], &deep["items"][0]["pinned"]),
        (&json!(1), &json!(true))
    );
    assert_eq!(
        home.json(&["note", "list", "--notebook", "Work"])["total"],
        0
    );
    assert_eq!(home.json(&["note", "delete", &note])["notes"], 1);
    assert_eq!(home.json(&["note", "list", "--trash"])["total"], 1);
    assert_eq!(home.json(&["note", "restore", &note])["notes"], 1);
    let restored = home.json(&["note", "show", &note]);
    assert_eq!(
        restored["place"],
        json!({ "kind": "notebook", "id": inner["id"] })
    );
    home.json(&["note", "delete", &note]);
    assert_eq!(
        home.json(&["note", "delete", "--forever", &note])["notes"],
        1
    );
    assert_eq!(home.refused(&["note", "show", &note]).1["code"], "notFound");
}

#[test]
fn notebooks_and_tags_are_renamed_moved_and_deleted_by_name() {
    let home = Home::new();
    home.json(&["notebook", "new", "Outer"]);
    home.json(&["notebook", "new", "Inner", "--parent", "Outer"]);
    let (exit, error) = home.refused(&["notebook", "move", "Outer", "--parent", "Inner"]);
    assert_eq!((exit, &error["code"]), (1, &json!("notebookCycle")));
    assert_eq!(
        home.json(&["notebook", "move", "Inner", "--root"])["depth"],
        0
    );
    assert_eq!(
        home.json(&["notebook", "rename", "Inner", "Free"])["name"],
        "Free"
    );
    assert_eq!(home.json(&["notebook", "delete", "Free"])["notes"], 0);
    home.json(&["tag", "new", "a", "--color", "red"]);
    home.json(&["tag", "new", "b"]);
    assert_eq!(
        home.refused(&["tag", "rename", "b", "a"]).1["code"],
        "nameTaken"
    );
    assert_eq!(home.json(&["tag", "color", "b", "teal"])["color"], "teal");
    assert_eq!(home.json(&["tag", "delete", "a"])["notes"], 0);
    assert_eq!(home.json(&["tag", "list"]).as_array().unwrap().len(), 1);
}

#[test]
fn a_search_needs_no_quotes_and_takes_a_minus() {
    let home = Home::new();
    home.json(&["note", "new", "--title", "Milk and bread"]);
    home.json(&["note", "new", "--title", "Milk and honey"]);
    assert_eq!(home.json(&["search", "milk"])["total"], 2);
    let found = home.json(&["search", "milk", "-honey"]);
    assert_eq!(
        (&found["total"], &found["items"][0]["title"]),
        (&json!(1), &json!("Milk and bread"))
    );
}

/// `sheaf search milk --json` printed text and looked for the word "--json": everything after the first word was
/// taken for the query.
#[test]
fn an_option_after_the_words_of_a_search_is_an_option() {
    let home = Home::new();
    home.json(&["note", "new", "--title", "Milk and bread"]);
    home.json(&["note", "new", "--title", "Milk with --limit"]);
    let found = home.json(&["search", "milk", "--limit", "1"]);
    assert_eq!(found["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(found["total"], 2);
    let left_out = home.json(&["search", "milk", "-bread", "--limit", "1"]);
    assert_eq!(left_out["items"][0]["title"], "Milk with --limit");
    let literal = home.json(&["search", "--", "milk", "--limit"]);
    assert_eq!(
        literal["total"], 1,
        "after -- an option is a word like any other"
    );
}

#[test]
fn an_attachment_is_written_at_the_end_of_a_note() {
    let home = Home::new();
    let note = id(&home.json_from("Text\n", &["note", "new", "--body-file", "-"]));
    let file = home.path().join("cat.gif");
    std::fs::write(&file, b"GIF89a....").unwrap();
    let added = home.json(&["attach", "add", file.to_str().unwrap(), "--note", &note]);
    assert_eq!(added["contentType"], "image/gif");
    let body = home.json(&["note", "show", &note])["body"].clone();
    assert_eq!(
        body,
        format!("Text\n\n{}\n", added["markdown"].as_str().unwrap())
    );
}

#[test]
fn a_note_without_conflict_has_nothing_to_decide() {
    let home = Home::new();
    let note = id(&home.json(&["note", "new", "--title", "A"]));
    assert_eq!(home.json(&["conflict", "list"])["total"], 0);
    assert_eq!(
        home.json(&["conflict", "show", &note])
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let (exit, error) = home.refused(&["conflict", "resolve", &note, "--keep", "9-f"]);
    assert_eq!((exit, &error["code"]), (1, &json!("notFound")));
}

#[test]
fn rendering_opens_no_notes() {
    let home = Home::new();
    let file = home.path().join("a.md");
    std::fs::write(&file, "# Title\n\n<script>alert(1)</script>\n").unwrap();
    let html = home.says(&["render", file.to_str().unwrap()]);
    assert!(html.contains("<h1") && !html.contains("<script"), "{html}");
    assert!(!home.data().exists());
}

#[test]
fn a_whole_database_is_verified_and_rescue_makes_another() {
    let home = Home::new();
    home.json(&["note", "new", "--title", "Saved"]);
    let verified = home.json(&["verify"]);
    assert_eq!(
        (&verified["sound"], &verified["notes"]),
        (&json!(true), &json!(1))
    );
    let other = home.path().join("rescued");
    let rescued = home.json(&["rescue", other.to_str().unwrap()]);
    assert_eq!(rescued["lost"], 0);
    let list = home.command_in(&other, &["note", "list"]).output().unwrap();
    assert!(String::from_utf8(list.stdout).unwrap().contains("Saved"));
    assert_eq!(
        home.refused(&["rescue", other.to_str().unwrap()]).1["code"],
        "invalid"
    );
}

#[test]
fn errors_are_one_line_of_json_with_a_code_a_message_and_a_hint() {
    let home = Home::new();
    let (exit, error) = home.refused(&["note", "show", "nothing"]);
    assert_eq!(exit, 1);
    assert_eq!(error["code"], "notFound");
    assert!(error["message"].as_str().unwrap().ends_with('.'));
    assert!(error["hint"].as_str().unwrap().contains("sheaf note list"));
    let (exit, error) = home.refused(&["note", "frobnicate"]);
    assert_eq!((exit, &error["code"]), (2, &json!("usage")));
    let (exit, error) = home.refused(&["note", "new", "--body-file", "/nonexistent"]);
    assert_eq!((exit, &error["code"]), (1, &json!("fileUnreadable")));
}

#[test]
fn people_read_sentences_when_something_does_not_work() {
    let home = Home::new();
    let output = home.command(&["note", "show", "nothing"]).output().unwrap();
    let text = stderr(&output);
    assert!(
        text.starts_with("There is nothing with this name or id. Nothing was changed.\n"),
        "{text}"
    );
}

#[cfg(unix)]
#[test]
fn a_damaged_database_is_said_to_be_one_and_left_alone() {
    let home = Home::new();
    home.json(&["note", "new", "--title", "A"]);
    let database = home.data().join("notes.db");
    let garbage = vec![b'x'; 8192];
    std::fs::write(&database, &garbage).unwrap();
    let (exit, error) = home.refused(&["note", "list"]);
    assert_eq!((exit, &error["code"]), (5, &json!("databaseCorrupt")));
    assert_eq!(std::fs::read(&database).unwrap(), garbage);
}
