//! Two people, one note.

use serde_json::json;
use sheaf_tests::{Couch, Device, ForeignClient, on_every_server, text};

on_every_server!(
    edits_of_different_lines_become_one_text,
    edits_of_one_line_are_both_kept_and_shown,
    a_decision_ends_the_conflict_everywhere,
    a_decision_that_was_sent_is_taken_back_everywhere,
    a_note_deleted_elsewhere_is_listed_and_comes_back_everywhere,
    two_devices_that_write_on_before_they_read_do_not_conflict,
    an_edit_beats_a_deletion,
    leaves_that_foreign_clients_made_are_all_listed,
);

/// Two devices in step on one note.
fn two_devices(url: &str, body: &str) -> (Device, Device, String) {
    let a = Device::on("A", url);
    let id = a.write("Shared", body);
    a.sync();
    let b = Device::on("B", url);
    (a, b, id)
}

fn edits_of_different_lines_become_one_text(server: &'static Couch) {
    let database = server.database();
    let (a, b, id) = two_devices(&database.url(), "one\n\ntwo\n\nthree\n");
    a.rewrite(&id, "one from A\n\ntwo\n\nthree\n");
    b.rewrite(&id, "one\n\ntwo\n\nthree from B\n");
    for device in [&a, &b, &a, &b] {
        device.sync();
    }
    for device in [&a, &b] {
        assert_eq!(
            device.body(&id),
            "one from A\n\ntwo\n\nthree from B\n",
            "on {}",
            device.name
        );
        assert_eq!(device.list(&["--conflicts"]).len(), 0, "on {}", device.name);
    }
    let live = live_leaves(&database.leaves(&id));
    assert_eq!(live.len(), 1, "{live:?}");
}

fn edits_of_one_line_are_both_kept_and_shown(server: &'static Couch) {
    let database = server.database();
    let (a, b, id) = two_devices(&database.url(), "the colour is red\n");
    a.rewrite(&id, "the colour is green\n");
    b.rewrite(&id, "the colour is blue\n");
    for device in [&a, &b, &a, &b] {
        device.sync();
    }
    let both = ["the colour is blue\n", "the colour is green\n"];
    assert_eq!(sorted_bodies(&database.leaves(&id)), both);
    for device in [&a, &b] {
        assert_eq!(
            sorted_bodies(&device.leaves(&id)),
            both,
            "on {}",
            device.name
        );
        let listed = device.list(&["--conflicts"]);
        assert_eq!(listed.len(), 1, "on {}", device.name);
        assert_eq!(listed[0]["conflicted"], true);
        assert_eq!(device.status()["conflicts"], 1, "on {}", device.name);
    }
    assert_eq!(a.body(&id), b.body(&id), "both show the same version");
    let shown = database.get(&id).success();
    assert_eq!(
        a.body(&id),
        text(&shown, "body"),
        "which is the one every client shows"
    );
}

fn a_decision_ends_the_conflict_everywhere(server: &'static Couch) {
    let database = server.database();
    let (a, b, id) = two_devices(&database.url(), "red\n");
    a.rewrite(&id, "green\n");
    b.rewrite(&id, "blue\n");
    for device in [&a, &b, &a] {
        device.sync();
    }
    let file = a.file("both.md", b"green and blue\n").display().to_string();
    a.sheaf
        .run(&["conflict", "resolve", &id, "--body-file", &file]);
    a.sync();
    b.sync();
    for device in [&a, &b] {
        assert_eq!(device.body(&id), "green and blue\n", "on {}", device.name);
        assert_eq!(device.list(&["--conflicts"]).len(), 0, "on {}", device.name);
    }
    assert_eq!(live_leaves(&database.leaves(&id)).len(), 1);
    let mut foreign = ForeignClient::start();
    foreign.pull(&database.url());
    assert!(foreign.get(&id).get("_conflicts").is_none());
}

fn a_decision_that_was_sent_is_taken_back_everywhere(server: &'static Couch) {
    let database = server.database();
    let (a, b, id) = two_devices(&database.url(), "red\n");
    a.rewrite(&id, "green\n");
    b.rewrite(&id, "blue\n");
    for device in [&a, &b, &a] {
        device.sync();
    }
    let decided = a.sheaf.run(&["conflict", "resolve-all", "--by", "newest"]);
    let decision = text(&decided["decisions"][0], "decision").clone();
    for device in [&a, &b] {
        device.sync();
        assert_eq!(device.list(&["--conflicts"]).len(), 0, "on {}", device.name);
    }
    a.sheaf
        .run(&["conflict", "reopen", &id, "--decision", &decision]);
    for device in [&a, &b] {
        device.sync();
        let both = sorted_bodies(&device.leaves(&id));
        assert_eq!(both, ["blue\n", "green\n"], "on {}", device.name);
    }
}

fn a_note_deleted_elsewhere_is_listed_and_comes_back_everywhere(server: &'static Couch) {
    let database = server.database();
    let (a, b, id) = two_devices(&database.url(), "last words\n");
    b.sheaf.run(&["note", "delete", &id]);
    b.sheaf.run(&["note", "delete", "--forever", &id]);
    for device in [&b, &a] {
        device.sync();
        assert_eq!(device.list(&[]).len(), 0, "on {}", device.name);
    }
    let deleted = a.sheaf.run(&["note", "deleted"]);
    assert_eq!(text(&deleted[0], "id"), id);
    assert_eq!(
        b.sheaf.run(&["note", "deleted"]).as_array().map(Vec::len),
        Some(0)
    );
    let snapshot = text(&deleted[0], "snapshot");
    a.sheaf
        .run(&["note", "restore", &id, "--snapshot", &snapshot]);
    for device in [&a, &b] {
        device.sync();
        assert_eq!(device.body(&id), "last words\n", "on {}", device.name);
    }
}

/// Each pushes once more before it has read what the other one pushed.
fn two_devices_that_write_on_before_they_read_do_not_conflict(server: &'static Couch) {
    let database = server.database();
    let (a, b, id) = two_devices(&database.url(), "left\n\nmiddle\n\nright\n");
    a.rewrite(&id, "left one\n\nmiddle\n\nright\n");
    a.sync();
    b.rewrite(&id, "left\n\nmiddle\n\nright one\n");
    b.sync();
    // B has merged both; A goes on in its line from what it wrote.
    a.rewrite(&id, "left one two\n\nmiddle\n\nright\n");
    for device in [&a, &b, &a] {
        device.sync();
        assert_eq!(device.list(&["--conflicts"]).len(), 0, "on {}", device.name);
    }
    for device in [&a, &b] {
        let merged = "left one two\n\nmiddle\n\nright one\n";
        assert_eq!(device.body(&id), merged, "on {}", device.name);
    }
    assert_eq!(live_leaves(&database.leaves(&id)).len(), 1);
}

fn an_edit_beats_a_deletion(server: &'static Couch) {
    let database = server.database();
    let (a, b, id) = two_devices(&database.url(), "text\n");
    a.sheaf.run(&["note", "delete", &id]);
    a.sheaf.run(&["note", "delete", "--forever", &id]);
    b.rewrite(&id, "text that somebody still needs\n");
    for device in [&a, &b, &a, &b] {
        device.sync();
    }
    for device in [&a, &b] {
        assert_eq!(
            device.body(&id),
            "text that somebody still needs\n",
            "on {}",
            device.name
        );
        assert_eq!(device.list(&["--conflicts"]).len(), 0, "on {}", device.name);
    }
}

fn leaves_that_foreign_clients_made_are_all_listed(server: &'static Couch) {
    let database = server.database();
    let a = Device::on("A", &database.url());
    let id = a.write("Shared", "start\n");
    a.sync();
    let base = database.get(&id).success();
    let revision = text(&base, "_rev");
    let ancestor = revision
        .split_once('-')
        .expect("revisions have a generation")
        .1
        .to_owned();
    let generation: u32 = revision
        .split('-')
        .next()
        .and_then(|n| n.parse().ok())
        .expect("a number");
    let leaves: Vec<_> = (1..=5)
        .map(|number| {
            let hash = format!("{number:032x}");
            let mut leaf = base.clone();
            leaf["body"] = json!(format!("version {number}\n"));
            leaf["_rev"] = json!(format!("{}-{hash}", generation + 1));
            leaf["_revisions"] = json!({ "start": generation + 1, "ids": [hash, ancestor] });
            leaf
        })
        .collect();
    database.put_revisions(&leaves);
    a.sync();
    let expected: Vec<String> = (1..=5)
        .map(|number| format!("version {number}\n"))
        .collect();
    assert_eq!(sorted_bodies(&a.leaves(&id)), expected);
    assert_eq!(a.body(&id), "version 5\n", "the highest revision is shown");
}

fn live_leaves(leaves: &[serde_json::Value]) -> Vec<serde_json::Value> {
    leaves
        .iter()
        .filter(|leaf| leaf["_deleted"] != true)
        .cloned()
        .collect()
}

fn sorted_bodies(leaves: &[serde_json::Value]) -> Vec<String> {
    let mut bodies: Vec<String> = live_leaves(leaves)
        .iter()
        .map(|leaf| text(leaf, "body"))
        .collect();
    bodies.sort();
    bodies
}
