//! One side gives way to the other: when switching, from scratch, by rebuilding. And what is said
//! before anything is written into a database that is not Sheaf's alone.

use serde_json::json;
use sheaf_tests::{Account, Couch, Device, Kind, on_every_server};

on_every_server!(
    switching_merges_unless_told_otherwise,
    switching_can_replace_what_is_here,
    switching_can_replace_what_is_there,
    from_scratch_brings_back_exactly_what_the_database_has,
    rebuilding_makes_the_database_what_is_here,
    a_rebuilt_remote_reaches_the_other_devices,
    sides_are_counted_before_anything_happens,
    a_foreign_application_is_noticed_before_anything_is_written,
    another_account_is_noticed,
    an_unreadable_document_stays_known_after_a_restart,
);

/// A device with a note of its own, and a database with one of somebody else's.
fn two_sides(server: &'static Couch) -> (sheaf_tests::Database, Device) {
    let database = server.database();
    let other = Device::on("B", &database.url());
    other.write("There", "text");
    other.sync();
    let device = Device::new("A");
    device.write("Here", "text");
    (database, device)
}

fn titles_there(database: &sheaf_tests::Database) -> Vec<String> {
    let mut titles: Vec<String> = database
        .documents_of("note:")
        .iter()
        .map(|note| note["title"].as_str().expect("a title").to_owned())
        .collect();
    titles.sort();
    titles
}

fn backups(device: &Device) -> usize {
    std::fs::read_dir(device.sheaf.data_dir().join("backups")).map_or(0, Iterator::count)
}

fn switching_merges_unless_told_otherwise(server: &'static Couch) {
    let (database, a) = two_sides(server);
    a.connect(&database.url());
    a.sync();
    assert_eq!(a.titles(), ["Here", "There"]);
    assert_eq!(titles_there(&database), ["Here", "There"]);
    assert!(backups(&a) > 0, "a copy was taken first");
}

fn switching_can_replace_what_is_here(server: &'static Couch) {
    let (database, a) = two_sides(server);
    let set = ["sync", "set", "couchdb", &database.url(), "--replace-local"];
    a.sheaf.run(&set);
    a.sync();
    assert_eq!(a.titles(), ["There"]);
    assert_eq!(titles_there(&database), ["There"]);
    assert!(backups(&a) > 0, "what was here is in a copy");
}

fn switching_can_replace_what_is_there(server: &'static Couch) {
    let (database, a) = two_sides(server);
    let set = [
        "sync",
        "set",
        "couchdb",
        &database.url(),
        "--replace-remote",
    ];
    a.sheaf.run(&set);
    a.sync();
    assert_eq!(a.titles(), ["Here"]);
    assert_eq!(titles_there(&database), ["Here"]);
}

fn from_scratch_brings_back_exactly_what_the_database_has(server: &'static Couch) {
    let database = server.database();
    let a = Device::on("A", &database.url());
    let kept = a.write("Kept", "as it was");
    a.write("Other", "text");
    a.sync();
    a.rewrite(&kept, "an edit that was never sent");
    a.write("Never sent", "text");
    let dry = a.sheaf.run(&["sync", "reset", "--pull", "--dry-run"]);
    assert_eq!((&dry["hereNotes"], &dry["onBoth"]), (&json!(3), &json!(2)));
    assert_eq!(a.titles(), ["Kept", "Never sent", "Other"]);

    a.sheaf.run(&["sync", "reset", "--pull"]);
    assert_eq!(a.titles(), ["Kept", "Other"]);
    assert_eq!(a.body(&kept), "as it was");
    assert_eq!(a.status()["replacing"], json!(null));
    a.rewrite(&kept, "edited since");
    a.sync();
    assert_eq!(titles_there(&database), ["Kept", "Other"]);
    let b = Device::on("B", &database.url());
    assert_eq!(b.body(&kept), "edited since");
    a.sheaf.run(&["verify"]);
}

fn rebuilding_makes_the_database_what_is_here(server: &'static Couch) {
    let database = server.database();
    let a = Device::on("A", &database.url());
    let shared = a.write("Shared", "one");
    let mine = a.write("Mine", "text");
    a.sync();
    let b = Device::on("B", &database.url());
    b.write("Theirs", "text");
    b.rewrite(&shared, "two");
    b.sync();
    // What a careless administrator does.
    let note = database.get(&mine).success();
    let path = format!(
        "{}?rev={}",
        mine.replace(':', "%3A"),
        note["_rev"].as_str().expect("a rev")
    );
    database.send("DELETE", &path, None).success();

    a.sheaf.run(&["sync", "reset", "--push"]);
    assert_eq!(a.titles(), ["Mine", "Shared"]);
    assert_eq!(titles_there(&database), ["Mine", "Shared"]);
    assert_eq!(database.get(&shared).success()["body"], "one");
    a.sync();
    assert_eq!(a.titles(), ["Mine", "Shared"]);
    assert_eq!(a.status()["conflicts"], 0);
}

fn a_rebuilt_remote_reaches_the_other_devices(server: &'static Couch) {
    let database = server.database();
    let a = Device::on("A", &database.url());
    a.write("Stays", "text");
    a.sync();
    let b = Device::on("B", &database.url());
    b.write("Goes", "text");
    b.sync();
    a.sheaf.run(&["sync", "reset", "--push"]);
    b.sync();
    assert_eq!(b.titles(), ["Stays"]);
    a.sync();
    assert_eq!(a.titles(), ["Stays"]);
}

fn sides_are_counted_before_anything_happens(server: &'static Couch) {
    let (database, a) = two_sides(server);
    a.connect(&database.url());
    let sides = a.sheaf.run(&["sync", "compare"]);
    assert_eq!(sides["hereNotes"], 1);
    assert_eq!(sides["thereNotes"], 1);
    assert_eq!(sides["onBoth"], 0);
    assert_eq!(sides["otherDocuments"], 0);
}

fn a_foreign_application_is_noticed_before_anything_is_written(server: &'static Couch) {
    let database = server.database();
    database.put(&json!({ "_id": "invoice-17", "total": 12 }));
    let a = Device::new("A");
    a.write("Mine", "text");
    let refusal = a
        .sheaf
        .refused(&["sync", "set", "couchdb", &database.url()]);
    assert_eq!((refusal.exit, refusal.code.as_str()), (Some(3), "asks"));
    assert!(refusal.message.contains("invoice-17"), "{refusal:?}");
    assert_eq!(database.documents_of("note:").len(), 0);

    a.sheaf
        .run(&["sync", "set", "couchdb", &database.url(), "--merge"]);
    a.sync();
    assert_eq!(database.documents_of("note:").len(), 1);
    a.sheaf.run(&["sync", "reset", "--push"]);
    assert_eq!(database.get("invoice-17").success()["total"], 12);
}

/// Only CouchDB lists local documents.
fn another_account_is_noticed(server: &'static Couch) {
    let database = server.database();
    let [anna, berta] = [
        Account::create(server, "one pass"),
        Account::create(server, "two pass"),
    ];
    database.admit(&[&anna, &berta]);
    Device::on("B", &database.url_as(&berta.name, &berta.password));
    let a = Device::new("A");
    a.write("Mine", "text");
    let url = database.url_as(&anna.name, &anna.password);
    let outcome = a.sheaf.attempt(&["sync", "set", "couchdb", &url]);
    if server.kind == Kind::Couchdb {
        let refusal = outcome.expect_err("somebody else is there");
        assert_eq!(refusal.code, "asks");
        assert!(refusal.message.contains(&berta.name), "{refusal:?}");
        a.sheaf.run(&["sync", "set", "couchdb", &url, "--merge"]);
    }
    a.sync();
}

fn an_unreadable_document_stays_known_after_a_restart(server: &'static Couch) {
    let database = server.database();
    let mut deep = json!(1);
    for _ in 0..200 {
        deep = json!([deep]);
    }
    database.put(&json!({ "_id": "note:deep", "title": "deep", "body": "x", "deep": deep }));
    let a = Device::on("A", &database.url());
    a.sync();
    let held = a.held_back();
    assert_eq!(held.len(), 1, "{held:?}");
    assert_eq!(held[0]["id"], "note:deep");
    assert_eq!(a.status()["heldBack"], 1);
}
