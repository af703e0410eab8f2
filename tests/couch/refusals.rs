//! One document that a server does not take keeps nothing else from travelling.

use sheaf_tests::{Couch, Device, Fault, FaultProxy, on_every_server, text};

on_every_server!(
    a_forbidden_note_stays_with_its_reason_and_the_rest_goes,
    a_refused_note_goes_when_the_server_takes_it,
    a_note_too_large_for_a_proxy_is_found_by_halving,
    a_note_too_large_for_the_shared_format_stays_at_home,
    a_database_that_forbids_everything_is_read_only,
);

const RULE: &str =
    "if ((newDoc.title || '').indexOf('secret') >= 0) throw({ forbidden: 'no secrets here' });";

fn a_forbidden_note_stays_with_its_reason_and_the_rest_goes(server: &'static Couch) {
    let database = server.database();
    database.validate_with(RULE);
    let a = Device::new("A");
    for title in ["one", "two", "my secret", "three", "four"] {
        a.write(title, "text");
    }
    a.connect(&database.url());
    let round = a.sync();
    assert_eq!(round["heldBack"], 1, "{round}");
    let b = Device::on("B", &database.url());
    assert_eq!(b.titles(), ["four", "one", "three", "two"]);
    let held = a.held_back();
    assert_eq!(held.len(), 1, "{held:?}");
    assert_eq!(text(&held[0], "name"), "my secret");
    assert_eq!(held[0]["reason"]["kind"], "refused");
    assert!(held[0].to_string().contains("no secrets here"), "{held:?}");
    assert_eq!(a.titles().len(), 5, "it is still here");
}

fn a_refused_note_goes_when_the_server_takes_it(server: &'static Couch) {
    let database = server.database();
    database.validate_with(RULE);
    let a = Device::on("A", &database.url());
    let id = a.write("my secret", "text");
    a.sync();
    assert_eq!(a.held_back().len(), 1);
    a.sheaf.run(&["note", "edit", &id, "--title", "my plan"]);
    a.sync();
    assert_eq!(a.held_back(), Vec::<serde_json::Value>::new());
    assert_eq!(database.get(&id).success()["title"], "my plan");
}

fn a_note_too_large_for_a_proxy_is_found_by_halving(server: &'static Couch) {
    let database = server.database();
    let proxy = FaultProxy::to(&server.authority);
    proxy.plan(|request| {
        let writes = request.method == "PUT" || request.path.contains("_bulk_docs");
        if writes && request.body > 60_000 {
            Fault::Status(413)
        } else {
            Fault::None
        }
    });
    let a = Device::new("A");
    for number in 0..8 {
        a.write(&format!("small {number}"), &"word ".repeat(4_000));
    }
    let large = a.write("large", &"word ".repeat(20_000));
    a.connect(&database.url_through(&proxy.authority, &server.admin, &server.password));
    a.sync();
    let sent = database.documents_of("note:");
    assert_eq!(sent.len(), 8, "every small note went");
    assert_eq!(database.get(&large).status, 404);
    let held = a.held_back();
    assert_eq!(held.len(), 1, "{held:?}");
    assert_eq!(text(&held[0], "id"), large);
}

fn a_note_too_large_for_the_shared_format_stays_at_home(server: &'static Couch) {
    let database = server.database();
    let a = Device::on("A", &database.url());
    a.write("fits", "text");
    let long_title = a.write(&"t".repeat(257), "text");
    let long_body = a.write("long", &"x".repeat(1_048_577));
    a.sync();
    assert_eq!(database.documents_of("note:").len(), 1);
    let mut kinds: Vec<(String, String)> = a
        .held_back()
        .iter()
        .map(|item| (text(item, "id"), text(&item["reason"], "kind")))
        .collect();
    kinds.sort();
    let mut expected = vec![
        (long_title.clone(), "titleTooLong".to_owned()),
        (long_body, "bodyTooLong".to_owned()),
    ];
    expected.sort();
    assert_eq!(kinds, expected);

    a.sheaf
        .run(&["note", "edit", &long_title, "--title", "shorter"]);
    a.sync();
    assert_eq!(database.get(&long_title).success()["title"], "shorter");
}

/// Each note used to be held back by itself, as if it had to be changed.
fn a_database_that_forbids_everything_is_read_only(server: &'static Couch) {
    let database = server.database();
    let writer = Device::on("W", &database.url());
    writer.write("theirs", "text");
    writer.sync();
    database.validate_with("throw({ forbidden: 'this database is an archive' });");
    let a = Device::new("A");
    a.connect(&database.url());
    drop(a.sheaf.attempt(&["sync", "now"]));
    assert_eq!(a.titles(), ["theirs"], "reading goes on");
    a.write("mine", "text");
    let refusal = a.sync_refused();
    assert_eq!(refusal.code, "readOnly", "{refusal:?}");
    assert_eq!(a.held_back(), Vec::<serde_json::Value>::new());
    assert_ne!(a.status()["waiting"], 0);

    let rules = database.send("GET", "_design/rules", None).success();
    let revision = text(&rules, "_rev");
    let path = format!("_design/rules?rev={revision}");
    database.send("DELETE", &path, None).success();
    a.sync();
    assert_eq!(database.documents_of("note:").len(), 2);
    assert_eq!(a.status()["state"]["kind"], "idle");
}
