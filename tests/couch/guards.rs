//! What looks like another database, or like a catastrophe, waits for a person.

use serde_json::json;
use sheaf_tests::{Couch, Device, ForeignClient, on_every_server};

on_every_server!(
    a_recreated_database_pauses_sync_until_answered,
    an_emptied_database_deletes_nothing_here,
    a_mass_deletion_waits_and_can_be_undone,
    a_mass_deletion_waits_and_can_be_let_through,
    a_handful_of_deletions_does_not_ask,
);

fn a_recreated_database_pauses_sync_until_answered(server: &'static Couch) {
    let database = server.database();
    let a = Device::on("A", &database.url());
    a.write("One", "text");
    a.write("Two", "text");
    a.sync();
    database.recreate();
    database.put(&json!({ "_id": "something-else", "value": 1 }));

    let refusal = a.sync_refused();
    assert_eq!(refusal.code, "targetChanged", "{refusal:?}");
    assert_eq!(refusal.exit, Some(3));
    assert_eq!(a.titles(), ["One", "Two"]);
    assert_eq!(
        database.documents_of("note:").len(),
        0,
        "nothing was sent either"
    );
    assert_eq!(a.sync_refused().code, "targetChanged", "it stays paused");

    a.sheaf.run(&["sync", "answer", "merge"]);
    a.sync();
    assert_eq!(a.titles(), ["One", "Two"]);
    assert_eq!(database.documents_of("note:").len(), 2);
}

fn an_emptied_database_deletes_nothing_here(server: &'static Couch) {
    let database = server.database();
    let a = Device::on("A", &database.url());
    a.write("One", "text");
    a.sync();
    database.recreate();
    a.sync_refused();
    let b = Device::on("B", &database.url());
    assert_eq!(b.titles(), Vec::<String>::new());
    assert_eq!(a.titles(), ["One"]);
}

/// A device in step with 30 notes, all of which a foreign client then deletes.
fn emptied_from_elsewhere(url: &str) -> Device {
    let a = Device::new("A");
    for number in 0..30 {
        a.write(&format!("Note {number:02}"), "text");
    }
    a.connect(url);
    a.sync();
    let mut foreign = ForeignClient::start();
    foreign.pull(url);
    for document in foreign.list() {
        let id = document["_id"].as_str().expect("documents have ids");
        if id.starts_with("note:") {
            foreign.delete(id);
        }
    }
    foreign.push(url);
    a
}

fn a_mass_deletion_waits_and_can_be_undone(server: &'static Couch) {
    let database = server.database();
    let a = emptied_from_elsewhere(&database.url());
    let refusal = a.sync_refused();
    assert_eq!(refusal.code, "massDeletion", "{refusal:?}");
    assert_eq!(a.titles().len(), 30);
    assert_eq!(
        a.sync_refused().code,
        "massDeletion",
        "it stays until answered"
    );
    a.sheaf.run(&["sync", "answer", "keep"]);
    a.sync();
    assert_eq!(a.titles().len(), 30);
    assert_eq!(
        database.documents_of("note:").len(),
        30,
        "and they are sent again"
    );
    let b = Device::on("B", &database.url());
    assert_eq!(b.titles().len(), 30);
}

fn a_mass_deletion_waits_and_can_be_let_through(server: &'static Couch) {
    let database = server.database();
    let a = emptied_from_elsewhere(&database.url());
    assert_eq!(a.sync_refused().code, "massDeletion");
    a.sheaf.run(&["sync", "answer", "delete"]);
    a.sync();
    assert_eq!(a.titles(), Vec::<String>::new());
    assert_eq!(database.documents_of("note:").len(), 0);
    a.sync();
}

fn a_handful_of_deletions_does_not_ask(server: &'static Couch) {
    let database = server.database();
    let a = Device::on("A", &database.url());
    let id = a.write("Gone soon", "text");
    a.write("Stays", "text");
    a.sync();
    let mut foreign = ForeignClient::start();
    foreign.pull(&database.url());
    foreign.delete(&id);
    foreign.push(&database.url());
    a.sync();
    assert_eq!(a.titles(), ["Stays"]);
}
