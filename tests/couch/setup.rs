//! Setting up a server from inside the app, and carrying the settings to the next device.

use serde_json::json;
use sheaf_tests::{Account, Couch, Device, Kind, on_every_server};

on_every_server!(
    an_open_database_is_restricted_without_evicting_anybody,
    admins_alone_leave_a_database_open,
    phones_find_their_filter,
    the_way_to_the_server_is_measured_without_writing,
    a_link_sets_up_the_next_device,
);

fn an_open_database_is_restricted_without_evicting_anybody(server: &'static Couch) {
    let database = server.database();
    let [anna, berta] = [
        Account::create(server, "one pass"),
        Account::create(server, "two pass"),
    ];
    let security = json!({
        "admins": { "names": [anna.name], "roles": ["ops"] },
        "members": { "names": [], "roles": [] },
    });
    database.send("PUT", "_security", Some(&security)).success();
    let a = Device::on("A", &database.url_as(&anna.name, &anna.password));
    let before = a.sheaf.run(&["sync", "server", "show"]);
    assert_eq!(before["openToEverybody"], true, "{before}");

    a.sheaf.run(&["sync", "server", "restrict", &berta.name]);
    let after = a.sheaf.run(&["sync", "server", "restrict"]);
    assert_eq!(after["members"], json!([berta.name, anna.name]));
    assert_eq!(after["admins"], json!([anna.name]));
    assert_eq!(after["roles"], json!(["ops"]));
    assert_eq!(after["openToEverybody"], false, "{after}");
    for account in [&anna, &berta] {
        let b = Device::new("B");
        let url = database.url_as(&account.name, &account.password);
        b.sheaf.run(&["sync", "set", "couchdb", &url, "--merge"]);
        b.sync();
    }
    let stranger = Device::new("S");
    let url = database.url_without_credentials();
    stranger.sheaf.refused(&["sync", "set", "couchdb", &url]);
}

/// What the instructions of the reference print does the opposite of what they say.
fn admins_alone_leave_a_database_open(server: &'static Couch) {
    let database = server.database();
    let anna = Account::create(server, "one pass");
    let security = json!({ "admins": { "names": [anna.name] } });
    database.send("PUT", "_security", Some(&security)).success();
    let a = Device::on("A", &database.url_as(&anna.name, &anna.password));
    let setup = a.sheaf.run(&["sync", "server", "show"]);
    assert_eq!(setup["openToEverybody"], true, "{setup}");
    assert_eq!(setup["mayRestrict"], true, "{setup}");
    let setup = a.sheaf.run(&["sync", "server", "restrict"]);
    assert_eq!(setup["openToEverybody"], false, "{setup}");
    a.write("Still in", "text");
    a.sync();
}

fn phones_find_their_filter(server: &'static Couch) {
    let database = server.database();
    let a = Device::on("A", &database.url());
    assert_eq!(
        a.sheaf.run(&["sync", "server", "show"])["mobileReady"],
        false
    );
    let setup = a.sheaf.run(&["sync", "server", "mobile"]);
    assert_eq!(setup["mobileReady"], true);
    a.sheaf.run(&["sync", "server", "mobile"]);
    let design = database.send("GET", "_design/mobile", None).success();
    assert!(design["_rev"].as_str().expect("a rev").starts_with("1-"));
    a.write("One", "text");
    let picture = a.file("dot.png", b"\x89PNG\r\n\x1a\n0123");
    let note = a.write("With a picture", "text");
    a.sheaf.run(&[
        "attach",
        "add",
        &picture.display().to_string(),
        "--note",
        &note,
    ]);
    a.sync();
    let feed = database
        .send("GET", "_changes?filter=mobile/sync", None)
        .success();
    let ids: Vec<&str> = feed["results"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| row["id"].as_str().expect("an id"))
        .collect();
    assert!(ids.iter().any(|id| id.starts_with("note:")), "{ids:?}");
    assert!(!ids.iter().any(|id| id.contains("file:")), "{ids:?}");
}

fn the_way_to_the_server_is_measured_without_writing(server: &'static Couch) {
    let database = server.database();
    let a = Device::on("A", &database.url());
    let before = database.documents().len();
    let limits = a.sheaf.run(&["sync", "server", "limits"]);
    assert!(
        limits["takes"].is_u64() || limits["refuses"].is_u64(),
        "{limits}"
    );
    if server.kind == Kind::Couchdb {
        assert_eq!(limits["takes"], 9 << 20, "{limits}");
    }
    assert_eq!(database.documents().len(), before);
}

fn a_link_sets_up_the_next_device(server: &'static Couch) {
    let database = server.database();
    let anna = Account::create(server, "straw-7731-hat");
    database.admit(&[&anna]);
    let a = Device::on("A", &database.url_as(&anna.name, &anna.password));
    a.write("Carried", "text");
    a.sync();
    let words = a
        .file("words", b"correct horse battery\n")
        .display()
        .to_string();
    let create = ["sync", "link", "create", "--passphrase-file", &words];
    // Nobody gets a password out of the app that they cannot say.
    let guess = a.file("guess", b"straw-7731\n").display().to_string();
    let refusal = a
        .sheaf
        .refused(&[&create[..], &["--password-file", &guess]].concat());
    assert_eq!(refusal.code, "unauthorised");
    let password = format!("{}\n", anna.password);
    let password = a.file("password", password.as_bytes());
    let password = password.display().to_string();
    let link = a
        .sheaf
        .run(&[&create[..], &["--password-file", &password]].concat());
    let link = link["link"].as_str().expect("a link").to_owned();
    assert!(!link.contains(&anna.password) && !link.contains(&database.name));

    let b = Device::new("B");
    let wrong = b.file("wrong", b"correct horse\n").display().to_string();
    let refusal = b
        .sheaf
        .refused(&["sync", "link", "open", &link, "--passphrase-file", &wrong]);
    assert_eq!(refusal.code, "wrongPassphrase");
    let right = b
        .file("words", b"correct horse battery\n")
        .display()
        .to_string();
    b.sheaf
        .run(&["sync", "link", "open", &link, "--passphrase-file", &right]);
    b.sync();
    assert_eq!(b.titles(), ["Carried"]);
    assert!(!b.sheaf.transcript().contains(&anna.password));
}
