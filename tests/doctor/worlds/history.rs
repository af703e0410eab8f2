//! What only somebody who synced before can see.

use serde_json::Value;

use super::{Stage, database};
use crate::patient::Patient;

/// An installation that is in step with `url`. Passwords lie in a file here, and doctor says so.
fn in_step(url: &str) -> Patient {
    let patient = Patient::new();
    patient.may_say("secret_in_clear");
    patient.sheaf.run(&["sync", "set", "couchdb", url]);
    write(&patient, "first");
    patient.sheaf.run(&["sync", "now"]);
    patient
}

fn write(patient: &Patient, title: &str) -> Value {
    let file = patient.sheaf.home().join("body.md");
    std::fs::write(&file, "words").expect("the home can be written to");
    patient.sheaf.run(&[
        "note",
        "new",
        "--title",
        title,
        "--body-file",
        &file.display().to_string(),
    ])
}

/// An installation in step with an encrypted database.
fn in_vault(url: &str) -> Patient {
    let patient = Patient::new();
    patient.may_say("secret_in_clear");
    let file = passphrase(&patient, "straw and ink");
    patient.sheaf.run(&[
        "sync",
        "set",
        "couchdb",
        url,
        "--encrypt",
        "--passphrase-file",
        &file,
    ]);
    write(&patient, "first");
    patient.sheaf.run(&["sync", "now"]);
    patient
}

fn passphrase(patient: &Patient, words: &str) -> String {
    let file = patient.sheaf.home().join("passphrase");
    std::fs::write(&file, words).expect("the home can be written to");
    file.display().to_string()
}

pub(crate) fn an_encrypted_database_without_its_passphrase(_: &Stage) -> String {
    let database = database();
    in_vault(&database.url());
    let patient = Patient::new();
    patient.may_say("secret_in_clear");
    let url = database.url();
    patient.finds(&[&url], &["key_locked"]);
    let file = passphrase(&patient, "straw and inc");
    let set = ["sync", "set", "couchdb", &url, "--passphrase-file"];
    let refusal = patient.sheaf.refused(&[&set[..], &[&file]].concat());
    assert_eq!(refusal.code, "wrongPassphrase");
    patient.finds(&[&url], &["key_locked"]);
    let file = passphrase(&patient, "straw and ink");
    patient.sheaf.run(&[&set[..], &[&file]].concat());
    patient.is_well(&[]);
    patient.course()
}

pub(crate) fn a_plain_note_among_encrypted_ones(_: &Stage) -> String {
    let database = database();
    let patient = in_vault(&database.url());
    patient.is_well(&[]);
    let plain = serde_json::json!({ "_id": "note:plain", "title": "in the clear" });
    let put = database.put(&plain);
    patient.sheaf.run(&["sync", "now"]);
    patient.finds(&[], &["key_mixed", "documents_unreadable"]);
    let gone = serde_json::json!({ "_id": "note:plain", "_rev": put["rev"], "_deleted": true });
    database.put(&gone);
    patient.sheaf.run(&["sync", "now"]);
    patient.is_well(&[]);
    patient.course()
}

pub(crate) fn another_key_than_before(_: &Stage) -> String {
    let database = database();
    let patient = in_vault(&database.url());
    let other = super::database();
    in_vault(&other.url());
    let mut theirs = other.get("sheaf-vault").success();
    let ours = database.get("sheaf-vault").success();
    theirs["_rev"] = ours["_rev"].clone();
    let put = database.put(&theirs);
    patient.finds(&[], &["key_wrong_passphrase"]);
    let mut back = ours;
    back["_rev"] = put["rev"].clone();
    database.put(&back);
    patient.is_well(&[]);
    patient.course()
}

pub(crate) fn a_recreated_database(_: &Stage) -> String {
    let database = database();
    let patient = in_step(&database.url());
    patient.is_well(&[]);
    database.recreate();
    super::close(&database);
    patient.finds(&[], &["identity_changed"]);
    patient.sheaf.run(&["sync", "answer", "merge"]);
    patient.is_well(&[]);
    patient.course()
}

/// The server's copy of our marker is older than ours, as after a restored backup.
pub(crate) fn a_server_from_a_backup(_: &Stage) -> String {
    let database = database();
    let patient = in_step(&database.url());
    let locals = |database: &sheaf_tests::Database| {
        let rows = database
            .send("GET", "_local_docs?include_docs=true", None)
            .success();
        rows["rows"].as_array().cloned().unwrap_or_default()
    };
    let before = locals(&database);
    for title in ["second", "third"] {
        write(&patient, title);
        patient.sheaf.run(&["sync", "now"]);
    }
    for row in before {
        let mut document = row["doc"].clone();
        let path = row["id"].as_str().expect("a row has an id").to_owned();
        let now = database.send("GET", &path, None).success();
        document["_rev"] = now["_rev"].clone();
        database.send("PUT", &path, Some(&document)).success();
    }
    patient.finds(&[], &["identity_rolled_back"]);
    patient.sheaf.run(&["sync", "now"]);
    patient.is_well(&[]);
    patient.course()
}

pub(crate) fn a_document_that_is_stuck(_: &Stage) -> String {
    let database = database();
    let patient = in_step(&database.url());
    let note = write(&patient, &"long ".repeat(60));
    let id = note["id"].as_str().expect("a note has an id").to_owned();
    patient.sheaf.run(&["sync", "now"]);
    patient.finds(&[], &["documents_stuck"]);
    patient
        .sheaf
        .run(&["note", "edit", &id, "--title", "short"]);
    patient.sheaf.run(&["sync", "now"]);
    patient.is_well(&[]);
    patient.course()
}

pub(crate) fn notes_in_a_synced_folder(_: &Stage) -> String {
    let database = database();
    let patient = Patient::new();
    let folder = patient
        .sheaf
        .home()
        .join("Dropbox/sheaf")
        .display()
        .to_string();
    std::fs::create_dir_all(&folder).expect("the home can be written to");
    patient.keeps_notes_in(Some(folder));
    patient.finds(&[&database.url()], &["store_synced_folder"]);
    patient.keeps_notes_in(None);
    patient.is_well(&[&database.url()]);
    patient.course()
}
