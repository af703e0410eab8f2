//! Former versions and decisions. What needs a second device is in the end-to-end suites.

use crate::program::{Home, id};

#[test]
fn the_history_of_a_note_begins_with_what_it_says_now() {
    let home = Home::new();
    let note = home.json_from(
        "two words\n",
        &["note", "new", "--title", "A", "--body-file", "-"],
    );
    let id = id(&note);
    let history = home.json(&["note", "history", &id]);
    assert_eq!(history["current"]["words"], 3);
    assert_eq!(history["versions"].as_array().map(Vec::len), Some(0));
    let said = home.says(&["note", "history", &id]);
    assert!(said.starts_with("now  just now  +3 -0 words  A"), "{said}");
    assert_eq!(
        home.says(&["note", "deleted"]),
        "Nothing was deleted elsewhere.\n"
    );
}

#[test]
fn a_version_that_does_not_exist_is_not_restored() {
    let home = Home::new();
    let id = id(&home.json(&["note", "new", "--title", "A"]));
    for arguments in [
        &["note", "history", &id, "--snapshot", "7"][..],
        &["note", "restore", &id, "--snapshot", "7"],
        &["conflict", "reopen", &id, "--decision", "7"],
    ] {
        let output = home.command(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    }
    // A version belongs to one note, and goes back to where it was.
    for arguments in [
        &["note", "restore", &id, "note:b", "--snapshot", "7"][..],
        &["note", "restore", &id, "--snapshot", "7", "--notebook", "b"],
        &["note", "restore", &id, "--copy"],
        &["conflict", "resolve-all"],
    ] {
        let output = home.command(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
    let none = home.json(&["conflict", "resolve-all", "--by", "newest"]);
    assert_eq!(none["decisions"].as_array().map(Vec::len), Some(0));
}
