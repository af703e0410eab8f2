//! One account, used by Sheaf and by the published clients of both generations.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sheaf_tests::{
    Device,
    Generation::{Newer, Older},
    PublishedDevice, ServerOptions, SheafServer, text,
};

const EMAIL: &str = "anna@example.org";
const PASSWORD: &str = "correct horse battery";

fn enter(device: &Device, server: &SheafServer, more: &[&str]) {
    let file = device.file("password", PASSWORD.as_bytes());
    let file = file.display().to_string();
    let mut arguments = vec!["sync", "set", "server", server.url(), "--email", EMAIL];
    arguments.extend_from_slice(&["--password-file", &file]);
    arguments.extend_from_slice(more);
    device.sheaf.run(&arguments);
}

/// Sheaf on an account that the older client has made.
fn with_the_older(server: &SheafServer) -> (Device, PublishedDevice) {
    let mut other = PublishedDevice::start(Older, server.url());
    other.register(EMAIL, PASSWORD);
    let sheaf = Device::new("Sheaf");
    let file = sheaf.file("password", PASSWORD.as_bytes());
    let file = file.display().to_string();
    let arguments = ["sync", "set", "server", server.url(), "--email", EMAIL];
    let refused = sheaf
        .sheaf
        .refused(&[&arguments[..], &["--password-file", &file]].concat());
    assert_eq!(refused.code, "olderAccount", "only when somebody says so");
    enter(&sheaf, server, &["--older"]);
    sheaf.sync();
    (sheaf, other)
}

/// An account that Sheaf has made, and the newer client on it.
fn with_the_newer(server: &SheafServer) -> (Device, PublishedDevice) {
    let sheaf = Device::new("Sheaf");
    enter(&sheaf, server, &["--sign-up"]);
    sheaf.sync();
    let mut other = PublishedDevice::start(Newer, server.url());
    other.sign_in(EMAIL, PASSWORD);
    (sheaf, other)
}

fn named<'a>(items: &'a [Value], title: &str) -> &'a Value {
    let mut found = items.iter().filter(|item| item["title"] == title);
    let first = found
        .next()
        .unwrap_or_else(|| panic!("no {title} among {items:?}"));
    assert!(found.next().is_none(), "two {title} among {items:?}");
    first
}

fn texts(notes: &[Value]) -> BTreeMap<String, String> {
    notes
        .iter()
        .map(|note| (text(note, "title"), text(note, "text")))
        .collect()
}

/// Both directions: write, read, edit, delete.
fn notes_cross(sheaf: &Device, other: &mut PublishedDevice) {
    let ours = sheaf.write("From Sheaf", "one\n\n- [ ] Käse 牛乳 🧀");
    sheaf.sync();
    other.sync();
    let note = named(&other.notes(), "From Sheaf").clone();
    assert_eq!(note["text"], "one\n\n- [ ] Käse 牛乳 🧀");
    let theirs = other.write("From the other", "two");
    other.rewrite(&text(&note, "uuid"), "one, edited there");
    sheaf.sync();
    assert_eq!(sheaf.body(&ours), "one, edited there");
    let theirs_here = format!("note:{theirs}");
    assert_eq!(sheaf.body(&theirs_here), "two");
    sheaf.rewrite(&theirs_here, "two, edited in Sheaf");
    sheaf.sync();
    other.sync();
    assert_eq!(
        named(&other.notes(), "From the other")["text"],
        "two, edited in Sheaf"
    );
    // And again over the edit of the other, whose client carried our own fields along.
    sheaf.rewrite(&ours, "one, edited there and here");
    sheaf.sync();
    other.sync();
    assert_eq!(
        named(&other.notes(), "From Sheaf")["text"],
        "one, edited there and here"
    );
    other.delete(&theirs);
    sheaf.sync();
    assert!(!sheaf.titles().contains(&"From the other".to_owned()));
    let last = sheaf.sheaf.run(&["note", "deleted"]);
    assert!(last.to_string().contains("From the other"), "{last}");
    sheaf.sheaf.run(&["note", "delete", &ours]);
    sheaf.sync();
    other.sync();
    assert_eq!(named(&other.notes(), "From Sheaf")["trashed"], true);
    sheaf.sheaf.run(&["note", "delete", "--forever", &ours]);
    sheaf.sync();
    other.sync();
    assert!(!texts(&other.notes()).contains_key("From Sheaf"));
    assert_eq!(other.broken(), 0);
    assert!(!other.out_of_sync());
}

/// The same note edited on both sides at once: both texts are on both sides afterwards.
fn conflicts_keep_both(sheaf: &Device, other: &mut PublishedDevice) {
    let first = sheaf.write("Torn", "one\n");
    let second = sheaf.write("Torn too", "one\n");
    sheaf.sync();
    other.sync();
    let name = |notes: &[Value], title: &str| text(named(notes, title), "uuid");
    let notes = other.notes();
    // Sheaf is second: it finds their edit and keeps its own beside it.
    sheaf.rewrite(&first, "by Sheaf\n");
    other.rewrite(&name(&notes, "Torn"), "by the other\n");
    sheaf.sync();
    assert_eq!(sheaf.leaves(&first).len(), 2);
    // Sheaf is first: the other client makes a copy, as it always does.
    other.rewrite_unsent(&name(&notes, "Torn too"), "by the other, too\n");
    sheaf.rewrite(&second, "by Sheaf, too\n");
    sheaf.sync();
    other.sync();
    sheaf.sync();
    other.sync();
    let all = |texts: Vec<String>| texts.join("|");
    let there = all(other
        .notes()
        .iter()
        .map(|note| text(note, "text"))
        .collect());
    let here = {
        let path = sheaf.sheaf.home().join("all.json");
        let file = path.display().to_string();
        sheaf
            .sheaf
            .run(&["export", &file, "--format", "standard-notes"]);
        let leaves = (sheaf.leaves(&first), sheaf.leaves(&second));
        let exported = std::fs::read_to_string(path).expect("it was written");
        format!("{exported} {leaves:?}")
    };
    for words in [
        "by Sheaf",
        "by the other",
        "by Sheaf, too",
        "by the other, too",
    ] {
        assert!(there.contains(&format!("{words}\n")), "{words} in {there}");
        assert!(here.contains(words), "{words} in {here}");
    }
    // Settled here, it is one note there.
    let torn = |other: &mut PublishedDevice| {
        let notes = other.notes();
        let torn = notes.iter().filter(|note| note["title"] == "Torn");
        torn.map(|note| text(note, "text")).collect::<Vec<_>>()
    };
    assert_eq!(torn(other).len(), 2);
    let kept = sheaf.leaves(&first)[0].clone();
    let revision = text(&kept, "revision");
    let decided = sheaf
        .sheaf
        .run(&["conflict", "resolve", &first, "--keep", &revision]);
    sheaf.sync();
    other.sync();
    let settled = sheaf.body(&first);
    assert_eq!(torn(other), [settled]);
    // Taken back, both are there again; and decided once more, one.
    let decision = text(&decided, "decision");
    sheaf
        .sheaf
        .run(&["conflict", "reopen", &first, "--decision", &decision]);
    sheaf.sync();
    other.sync();
    assert_eq!(sheaf.leaves(&first).len(), 2);
    let mut both = torn(other);
    both.sort();
    assert_eq!(both, ["by Sheaf\n", "by the other\n"]);
    let revision = text(&sheaf.leaves(&first)[0], "revision");
    sheaf
        .sheaf
        .run(&["conflict", "resolve", &first, "--keep", &revision]);
    sheaf.sync();
    other.sync();
    assert_eq!(torn(other).len(), 1);
    assert_eq!(other.broken(), 0);
}

/// Notebooks are tags with a parent, tags are tags, and what another client puts into a tag is in it here.
fn tags_and_notebooks_are_tags(sheaf: &Device, other: &mut PublishedDevice) {
    sheaf.sheaf.run(&["notebook", "new", "Work"]);
    sheaf
        .sheaf
        .run(&["notebook", "new", "Plans", "--parent", "Work"]);
    sheaf.sheaf.run(&["tag", "new", "essays"]);
    let note = sheaf.write("Sorted", "text");
    sheaf
        .sheaf
        .run(&["note", "move", &note, "--notebook", "Plans"]);
    sheaf.sheaf.run(&["note", "tag", &note, "--add", "essays"]);
    sheaf.sync();
    other.sync();
    let uuid = text(named(&other.notes(), "Sorted"), "uuid");
    let tags = other.tags();
    assert_eq!(named(&tags, "Plans")["notes"], json!([uuid]));
    assert_eq!(named(&tags, "essays")["notes"], json!([uuid]));
    assert_eq!(
        named(&tags, "Plans")["parent"],
        named(&tags, "Work")["uuid"]
    );
    // A tag of theirs, and one of ours taken off there.
    let loose = other.write("Loose", "text");
    let theirs = other.tag("from there", &loose);
    let essays = text(named(&other.tags(), "essays"), "uuid");
    other.untag(&essays, &uuid);
    sheaf.sync();
    let loose_here = sheaf.note(&format!("note:{loose}"));
    assert_eq!(loose_here["tags"], json!([format!("tag:{theirs}")]));
    assert_eq!(sheaf.note(&note)["tags"], json!([]));
    // Which Sheaf then writes back.
    sheaf
        .sheaf
        .run(&["note", "tag", &note, "--add", "from there"]);
    sheaf.sync();
    other.sync();
    let mut both = vec![loose, uuid];
    both.sort();
    assert_eq!(named(&other.tags(), "from there")["notes"], json!(both));
}

#[test]
fn the_older_client_and_sheaf_write_read_and_edit_the_same_notes() {
    let server = ServerOptions::new().start();
    let (sheaf, mut other) = with_the_older(&server);
    notes_cross(&sheaf, &mut other);
}

#[test]
fn the_newer_client_and_sheaf_write_read_and_edit_the_same_notes() {
    let server = ServerOptions::new().start();
    let (sheaf, mut other) = with_the_newer(&server);
    notes_cross(&sheaf, &mut other);
}

#[test]
fn a_conflict_between_the_older_client_and_sheaf_keeps_both_texts() {
    let server = ServerOptions::new().start();
    let (sheaf, mut other) = with_the_older(&server);
    conflicts_keep_both(&sheaf, &mut other);
}

#[test]
fn a_conflict_between_the_newer_client_and_sheaf_keeps_both_texts() {
    let server = ServerOptions::new().start();
    let (sheaf, mut other) = with_the_newer(&server);
    conflicts_keep_both(&sheaf, &mut other);
}

#[test]
fn tags_and_notebooks_of_sheaf_are_tags_and_folders_of_the_newer_client() {
    let server = ServerOptions::new().start();
    let (sheaf, mut other) = with_the_newer(&server);
    tags_and_notebooks_are_tags(&sheaf, &mut other);
}

#[test]
fn tags_and_notebooks_of_sheaf_are_tags_of_the_older_client() {
    let server = ServerOptions::new().start();
    let (sheaf, mut other) = with_the_older(&server);
    tags_and_notebooks_are_tags(&sheaf, &mut other);
}

/// Upgraded in Sheaf, what the older client wrote opens in the newer one.
#[test]
fn an_account_of_the_older_client_upgraded_by_sheaf_opens_in_the_newer_one() {
    let server = ServerOptions::new().start();
    let (sheaf, mut older) = with_the_older(&server);
    older.write("From the older", "one");
    sheaf.sync();
    sheaf.write("From Sheaf", "two");
    sheaf.sync();
    let file = sheaf.file("password", PASSWORD.as_bytes());
    let file = file.display().to_string();
    sheaf.sheaf.run(&[
        "sync",
        "account",
        "change-password",
        "--password-file",
        &file,
        "--new-password-file",
        &file,
    ]);
    sheaf.sync();
    let mut newer = PublishedDevice::start(Newer, server.url());
    newer.sign_in(EMAIL, PASSWORD);
    let notes = texts(&newer.notes());
    assert_eq!(notes["From the older"], "one");
    assert_eq!(notes["From Sheaf"], "two");
    let theirs = newer.write("From the newer", "three");
    sheaf.sync();
    assert_eq!(sheaf.body(&format!("note:{theirs}")), "three");
    assert_eq!(newer.broken(), 0);
}
