//! Notes, notebooks, tags and their changes reach the other device, and come back.

use serde_json::json;
use sheaf_tests::{Couch, Device, ForeignClient, Kind, on_every_server, text};

on_every_server!(
    a_note_reaches_the_other_device_and_its_edit_comes_back,
    a_foreign_edit_arrives_and_its_unknown_fields_survive_ours,
    notebooks_tags_status_and_pins_travel,
    trash_restore_and_deletion_travel,
    fresh_devices_share_one_default_notebook,
    tags_of_one_name_made_apart_become_one,
    many_notes_arrive_complete,
    rounds_without_changes_write_nothing,
    a_second_database_receives_everything,
    documents_of_other_applications_are_left_alone,
    the_status_is_right_from_the_first_moment,
);

fn a_note_reaches_the_other_device_and_its_edit_comes_back(server: &'static Couch) {
    let database = server.database();
    let a = Device::new("A");
    let id = a.write("Shopping", "- bread\n- 牛乳\n");
    a.connect(&database.url());
    a.sync();
    let b = Device::on("B", &database.url());
    assert_eq!(b.titles(), ["Shopping"]);
    assert_eq!(b.body(&id), "- bread\n- 牛乳\n");

    b.rewrite(&id, "- bread\n- 牛乳\n- tea\n");
    b.sync();
    a.sync();
    assert_eq!(a.body(&id), "- bread\n- 牛乳\n- tea\n");
}

fn a_foreign_edit_arrives_and_its_unknown_fields_survive_ours(server: &'static Couch) {
    let database = server.database();
    let a = Device::on("A", &database.url());
    let id = a.write("Plan", "first");
    a.sync();

    let mut foreign = ForeignClient::start();
    foreign.pull(&database.url());
    let plugin = json!({ "colour": "teal", "sizes": [1, 2.5, null] });
    foreign.edit(
        &id,
        &json!({ "body": "second", "x-plugin": plugin, "updatedAt": 1_800_000_000_000_u64 }),
    );
    foreign.push(&database.url());
    a.sync();
    assert_eq!(a.body(&id), "second");

    a.rewrite(&id, "third");
    a.sync();
    let document = database.get(&id).success();
    assert_eq!(document["body"], "third");
    assert_eq!(document["x-plugin"], plugin);
    foreign.pull(&database.url());
    assert_eq!(foreign.get(&id)["body"], "third");
    assert_eq!(
        foreign.leaves(&id).len(),
        1,
        "the edits are one line of history"
    );
}

fn notebooks_tags_status_and_pins_travel(server: &'static Couch) {
    let database = server.database();
    let a = Device::on("A", &database.url());
    a.sheaf.run(&["notebook", "new", "Garden"]);
    a.sheaf
        .run(&["notebook", "new", "Beds", "--parent", "Garden"]);
    let id = a.write("Tulips", "in autumn");
    a.sheaf.run(&["note", "move", &id, "--notebook", "Beds"]);
    a.sheaf
        .run(&["note", "tag", &id, "--add", "bulbs", "--add", "spring"]);
    a.sheaf.run(&["note", "status", &id, "--status", "active"]);
    a.sheaf.run(&["note", "pin", &id]);
    a.sync();

    let b = Device::on("B", &database.url());
    let listed = |options: &[&str]| -> Vec<String> {
        b.list(options)
            .iter()
            .map(|note| text(note, "id"))
            .collect()
    };
    let only = [id.clone()];
    assert_eq!(listed(&["--notebook", "Beds"]), only);
    assert_eq!(listed(&["--notebook", "Garden", "--deep"]), only);
    assert_eq!(listed(&["--tag", "bulbs"]), only);
    assert_eq!(listed(&["--tag", "spring"]), only);
    assert_eq!(listed(&["--status", "active"]), only);
    assert_eq!(listed(&["--pinned"]), only);

    b.sheaf.run(&["notebook", "move", "Beds", "--root"]);
    b.sheaf.run(&["notebook", "rename", "Beds", "Flowers"]);
    b.sheaf.run(&["note", "tag", &id, "--remove", "bulbs"]);
    b.sheaf.run(&["note", "pin", &id, "--off"]);
    b.sync();
    a.sync();
    assert_eq!(a.list(&["--notebook", "Flowers"]).len(), 1);
    assert_eq!(a.list(&["--notebook", "Garden", "--deep"]).len(), 0);
    assert_eq!(a.list(&["--tag", "bulbs"]).len(), 0);
    assert_eq!(a.list(&["--tag", "spring"]).len(), 1);
    assert_eq!(a.list(&["--pinned"]).len(), 0);
}

fn trash_restore_and_deletion_travel(server: &'static Couch) {
    let database = server.database();
    let a = Device::on("A", &database.url());
    let id = a.write("Draft", "text");
    let keep = a.write("Keep", "text");
    a.sync();
    let b = Device::on("B", &database.url());

    a.sheaf.run(&["note", "delete", &id]);
    a.sync();
    b.sync();
    assert_eq!(b.titles(), ["Keep"]);
    assert_eq!(b.list(&["--trash"]).len(), 1);
    assert_eq!(database.get(&id).success()["bookId"], "trash");

    b.sheaf.run(&["note", "restore", &id]);
    b.sync();
    a.sync();
    assert_eq!(a.titles(), ["Draft", "Keep"]);

    a.sheaf.run(&["note", "delete", &id]);
    a.sheaf.run(&["note", "delete", "--forever", &id]);
    a.sync();
    b.sync();
    assert_eq!(b.titles(), ["Keep"]);
    assert_eq!(b.list(&["--trash"]).len(), 0);
    assert_eq!(database.get(&id).status, 404);
    assert_eq!(b.body(&keep), "text");
}

fn fresh_devices_share_one_default_notebook(server: &'static Couch) {
    let database = server.database();
    let a = Device::new("A");
    let b = Device::new("B");
    a.write("From A", "a");
    b.write("From B", "b");
    for device in [&a, &b] {
        device.connect(&database.url());
        device.sync();
    }
    a.sync();
    assert_eq!(a.titles(), ["From A", "From B"]);
    assert_eq!(b.titles(), ["From A", "From B"]);
    let books = database.documents_of("book:");
    assert_eq!(books.len(), 1, "{books:?}");
    assert_eq!(database.leaves(&text(&books[0], "_id")).len(), 1);
}

fn tags_of_one_name_made_apart_become_one(server: &'static Couch) {
    let database = server.database();
    let a = Device::new("A");
    let b = Device::new("B");
    for device in [&a, &b] {
        let id = device.write(device.name, "text");
        device.sheaf.run(&["note", "tag", &id, "--add", "paper"]);
        device.connect(&database.url());
    }
    for device in [&a, &b, &a, &b] {
        device.sync();
    }
    for device in [&a, &b] {
        assert_eq!(
            device.list(&["--tag", "paper"]).len(),
            2,
            "on {}",
            device.name
        );
    }
    assert_eq!(database.documents_of("tag:").len(), 1);
}

fn many_notes_arrive_complete(server: &'static Couch) {
    let database = server.database();
    let documents: Vec<_> = (0..1_203).map(note_document).collect();
    database.put_revisions(&documents);
    let a = Device::on("A", &database.url());
    let page = a.sheaf.run(&["note", "list", "--limit", "1"]);
    assert_eq!(page["total"], 1_203);
    for index in [0, 500, 1_202] {
        assert_eq!(
            a.body(&format!("note:many{index:05}")),
            format!("body {index}")
        );
    }
    assert_eq!(a.sheaf.run(&["search", "body", "1202"])["total"], 1);
}

fn note_document(index: usize) -> serde_json::Value {
    json!({
        "_id": format!("note:many{index:05}"),
        "_rev": format!("1-{index:032x}"),
        "doctype": "markdown", "bookId": "book:inbox", "title": format!("Note {index}"),
        "body": format!("body {index}"), "tags": [], "status": "none", "share": "private",
        "pinned": false, "numOfTasks": 0, "numOfCheckedTasks": 0,
        "createdAt": 1_700_000_000_000_u64 + index as u64,
        "updatedAt": 1_700_000_000_000_u64 + index as u64,
        "timestamp": 1_700_000_000_000_u64 + index as u64,
    })
}

fn rounds_without_changes_write_nothing(server: &'static Couch) {
    let database = server.database();
    let a = Device::on("A", &database.url());
    a.write("One", "text");
    a.sync();
    let b = Device::on("B", &database.url());
    b.write("Two", "text");
    for device in [&b, &a, &b] {
        device.sync();
    }
    let sequence = || database.send("GET", "", None).success()["update_seq"].clone();
    let before = sequence();
    for device in [&a, &b, &a, &b] {
        let round = device.sync();
        assert_eq!(
            (&round["pulled"], &round["pushed"]),
            (&json!(0), &json!(0)),
            "on {}",
            device.name
        );
    }
    assert_eq!(sequence(), before);
}

#[test]
fn a_server_without_accounts_is_enough() {
    let server = Couch::shared(Kind::NoAccounts).expect("npm peers are always there");
    let database = server.database();
    let a = Device::new("A");
    a.write("One", "text");
    a.connect(&database.url_without_credentials());
    a.sync();
    let b = Device::on("B", &database.url_without_credentials());
    assert_eq!(b.titles(), ["One"]);
}

fn a_second_database_receives_everything(server: &'static Couch) {
    let (first, second) = (server.database(), server.database());
    let a = Device::on("A", &first.url());
    a.write("Old", "text");
    a.sync();
    a.connect(&second.url());
    a.write("New", "text");
    a.sync();
    assert_eq!(a.titles(), ["New", "Old"]);
    assert_eq!(second.documents_of("note:").len(), 2);
    assert_eq!(
        first.documents_of("note:").len(),
        1,
        "nothing is deleted where we came from"
    );
    a.connect(&first.url());
    a.sync();
    assert_eq!(first.documents_of("note:").len(), 2);
    let b = Device::on("B", &second.url());
    assert_eq!(b.titles(), ["New", "Old"]);
}

fn documents_of_other_applications_are_left_alone(server: &'static Couch) {
    let database = server.database();
    let stranger = json!({ "_id": "invoice-7", "total": 12.50, "title": "not a note" });
    database.put(&stranger);
    database.validate_with("");
    let a = Device::new("A");
    // Who is told that somebody else lives there has to say what to do.
    let merge = ["sync", "set", "couchdb", &database.url(), "--merge"];
    a.sheaf.run(&merge);
    a.write("One", "text");
    a.sync();
    assert_eq!(a.titles(), ["One"]);
    let still_there = database.get("invoice-7").success();
    assert_eq!(still_there["total"], 12.50);
    assert!(
        text(&still_there, "_rev").starts_with("1-"),
        "{still_there}"
    );
    assert_eq!(database.send("GET", "_design/rules", None).status, 200);
}

fn the_status_is_right_from_the_first_moment(server: &'static Couch) {
    let database = server.database();
    let a = Device::on("A", &database.url());
    // Each command is a new program that has just opened the notes.
    for _ in 0..10 {
        let status = a.status();
        assert_eq!(status["state"]["kind"], "idle", "{status}");
        assert!(
            status["remote"]
                .as_str()
                .is_some_and(|shown| shown.ends_with(&database.name))
        );
    }
}
