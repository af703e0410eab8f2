//! The log of what sync did, as the person at each device reads it.

use serde_json::{Value, json};
use sheaf_tests::{Couch, Device, closed_port, on_every_server, text};

on_every_server!(
    what_became_of_each_note_is_told_on_both_sides,
    a_refusal_is_told_skipped_and_tried_again,
    failures_are_told_with_their_cause,
);

fn activity(device: &Device, options: &[&str]) -> Vec<Value> {
    let log = device.sheaf.run(&[&["sync", "activity"], options].concat());
    log["sessions"].as_array().expect("a list").clone()
}

/// Kind and title of all entries, the newest first.
fn told(device: &Device, options: &[&str]) -> Vec<(String, String)> {
    let sessions = activity(device, options);
    let entries = sessions
        .iter()
        .flat_map(|session| session["entries"].as_array().expect("a list"));
    entries
        .filter(|entry| text(entry, "id").starts_with("note:"))
        .map(|entry| {
            (
                text(entry, "kind"),
                entry["name"].as_str().unwrap_or_default().to_owned(),
            )
        })
        .collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(kind, title): &(&str, &str)| ((*kind).to_owned(), (*title).to_owned());
    expected.iter().map(owned).collect()
}

fn what_became_of_each_note_is_told_on_both_sides(server: &'static Couch) {
    let database = server.database();
    let a = Device::on("A", &database.url());
    assert!(told(&a, &[]).is_empty(), "{:?}", activity(&a, &[]));
    let one = a.write("One", "first line\n\nlast line\n");
    a.sync();
    assert_eq!(told(&a, &[]), pairs(&[("pushed", "One")]));
    let b = Device::on("B", &database.url());
    assert_eq!(told(&b, &[]), pairs(&[("pulled", "One")]));

    // Different lines are put together, the same line conflicts.
    a.rewrite(&one, "first line of A\n\nlast line\n");
    a.sync();
    b.rewrite(&one, "first line\n\nlast line of B\n");
    b.sync();
    assert_eq!(told(&b, &["--kind", "merged"]), pairs(&[("merged", "One")]));
    a.sync();
    a.rewrite(&one, "A again\n\nlast line of B\n");
    a.sync();
    b.rewrite(&one, "B again\n\nlast line of B\n");
    b.sync();
    assert_eq!(
        told(&b, &["--kind", "conflict"]),
        pairs(&[("conflict", "One")])
    );
    // The same for one note, and for the words of its title.
    assert_eq!(told(&b, &["--note", &one]), told(&b, &["--search", "one"]));
    assert!(told(&b, &["--search", "elsewhere"]).is_empty());
    let sessions = activity(&b, &[]);
    let count = |kind: &str| -> u64 {
        let counts = sessions.iter().map(|session| &session["counts"][kind]);
        counts.filter_map(Value::as_u64).sum()
    };
    assert_eq!(
        (count("merged"), count("conflicts")),
        (1, 1),
        "{sessions:?}"
    );
}

fn a_refusal_is_told_skipped_and_tried_again(server: &'static Couch) {
    let database = server.database();
    database.validate_with("if (newDoc.title === 'my secret') throw({ forbidden: 'no secrets' });");
    let a = Device::on("A", &database.url());
    let id = a.write("my secret", "text");
    a.write("my plan", "text");
    a.sync();
    let not_taken = activity(&a, &["--kind", "not-taken"]);
    let entry = &not_taken[0]["entries"][0];
    assert_eq!(text(entry, "id"), id);
    assert_eq!(entry["reason"]["kind"], "refused");
    assert_eq!(a.status()["heldBack"], 1);

    a.sheaf.run(&["sync", "skip", &id]);
    assert_eq!(a.status()["heldBack"], 0);
    assert_eq!(a.held_back()[0]["skipped"], true);
    assert_eq!(
        told(&a, &["--kind", "skipped"]),
        pairs(&[("skipped", "my secret")])
    );
    // All are tried again, but for what was skipped.
    let rules = database.send("GET", "_design/rules", None).success();
    let lifted = json!({ "_id": "_design/rules", "_rev": rules["_rev"], "_deleted": true });
    let body = json!({ "docs": [lifted] });
    database.send("POST", "_bulk_docs", Some(&body)).success();
    a.sheaf.run(&["sync", "held-back", "--retry"]);
    a.sync();
    assert_eq!(database.documents_of("note:").len(), 1);
    a.sheaf.run(&["sync", "retry", &id]);
    assert_eq!(database.documents_of("note:").len(), 2);
    assert_eq!(a.held_back(), Vec::<Value>::new());
    assert_eq!(told(&a, &[])[0], pairs(&[("pushed", "my secret")])[0]);
}

fn failures_are_told_with_their_cause(server: &'static Couch) {
    let database = server.database();
    let a = Device::new("A");
    let url = database.url_through(&closed_port(), &server.admin, &server.password);
    a.sheaf
        .run(&["sync", "set", "couchdb", &url, "--although-unreachable"]);
    for _ in 0..3 {
        a.sync_refused();
    }
    let sessions = activity(&a, &[]);
    assert_eq!(sessions.len(), 1, "{sessions:?}");
    assert_eq!(sessions[0]["trouble"], "connectionRefused");
    assert_eq!(sessions[0]["tries"], 3);
}
