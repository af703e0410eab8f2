//! A database of one's own that whoever runs the server cannot read.

use std::sync::mpsc::channel;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sheaf_tests::{
    Couch, Database, Device, Fault, FaultProxy, Program, Seed, on_every_server, text,
};

on_every_server!(
    encrypted_notes_travel_and_nothing_of_them_can_be_read_in_the_database,
    a_database_in_use_that_holds_nothing_is_encrypted_at_once,
    attachments_travel_encrypted_and_come_back_whole,
    merges_that_two_devices_make_apart_are_the_same_revision,
    a_device_without_the_passphrase_takes_nothing_and_sends_nothing,
    a_wrong_passphrase_opens_nothing_and_the_recovery_code_does,
    a_passphrase_is_changed_and_the_notes_stay,
    a_plain_note_in_an_encrypted_database_is_left_where_it_is_and_told,
    what_somebody_without_the_key_changes_is_noticed,
    a_database_that_holds_notes_is_not_encrypted_in_place,
    everything_moves_into_an_encrypted_database_and_back,
    a_move_shows_on_a_terminal_how_far_it_is,
    a_move_that_was_killed_goes_on,
    a_move_that_is_given_up_leaves_nothing_behind,
    a_link_says_that_the_database_is_encrypted,
    a_key_that_went_missing_is_put_back,
);

const PASSPHRASE: &str = "straw and ink 墨";

fn words(device: &Device, name: &str, words: &str) -> String {
    let file = device.file(name, format!("{words}\n").as_bytes());
    file.display().to_string()
}

/// A device in the vault: it makes one where the database is empty.
fn enter(name: &'static str, url: &str) -> Device {
    let device = Device::new(name);
    join(&device, url);
    device.sync();
    device
}

fn join(device: &Device, url: &str) -> Value {
    let file = words(device, "passphrase", PASSPHRASE);
    device.sheaf.run(&[
        "sync",
        "set",
        "couchdb",
        url,
        "--encrypt",
        "--passphrase-file",
        &file,
    ])
}

/// Everything that the database hands out, as one text: all leaves, with their attachments.
fn everything(database: &Database) -> String {
    let mut all = String::new();
    for document in database.documents() {
        let id = text(&document, "_id");
        for leaf in database.leaves(&id) {
            all.push_str(&leaf.to_string());
        }
        if document.get("_attachments").is_some() {
            let path = format!("{}?attachments=true", id.replace(':', "%3A"));
            let whole = database.send("GET", &path, None).success();
            for attachment in whole["_attachments"].as_object().into_iter().flatten() {
                all.push_str(attachment.0);
                let data = attachment.1["data"].as_str().unwrap_or_default();
                let bytes = STANDARD.decode(data).expect("bytes come in base64");
                all.push_str(&String::from_utf8_lossy(&bytes));
            }
        }
    }
    all
}

fn live(leaves: &[Value]) -> Vec<&Value> {
    leaves
        .iter()
        .filter(|leaf| leaf["_deleted"] != true)
        .collect()
}

fn encrypted_notes_travel_and_nothing_of_them_can_be_read_in_the_database(server: &'static Couch) {
    let database = server.database();
    let a = Device::new("A");
    let made = join(&a, &database.url());
    let code = made["kit"]["code"]
        .as_str()
        .expect("a recovery kit")
        .to_owned();
    a.sheaf.run(&["notebook", "new", "canary-notebook"]);
    let id = a.write("canary-title", "canary-body\n");
    a.sheaf.run(&["note", "tag", &id, "--add", "canary-tag"]);
    a.sync();
    let all = everything(&database);
    assert!(all.contains(&id) && all.contains("sheaf-vault"));
    for secret in ["canary", PASSPHRASE, &code, "markdown", "bookId"] {
        assert!(!all.contains(secret), "{secret}: {all}");
    }

    let b = enter("B", &database.url());
    assert_eq!(b.body(&id), "canary-body\n");
    assert_eq!(b.list(&["--tag", "canary-tag"]).len(), 1);
    b.rewrite(&id, "canary-body from B\n");
    b.sync();
    a.sync();
    assert_eq!(a.body(&id), "canary-body from B\n");
    a.sheaf.run(&["note", "delete", &id]);
    a.sheaf.run(&["note", "delete", &id, "--forever"]);
    a.sync();
    b.sync();
    assert!(b.titles().is_empty(), "{:?}", b.titles());
    // A deletion is closed like everything else: nobody without the key can make one.
    for leaf in database.leaves(&id) {
        assert!(leaf.get("sheafSealed").is_some(), "{leaf}");
    }
    for device in [&a, &b] {
        assert!(!device.sheaf.transcript().contains(PASSPHRASE));
        assert_eq!(device.held_back().len(), 0, "{:?}", device.held_back());
    }
}

fn a_database_in_use_that_holds_nothing_is_encrypted_at_once(server: &'static Couch) {
    let database = server.database();
    let a = Device::new("A");
    a.connect(&database.url());
    let file = words(&a, "passphrase", PASSPHRASE);
    let kit = a
        .sheaf
        .run(&["sync", "encrypt", "--passphrase-file", &file]);
    assert!(kit["code"].is_string(), "{kit}");
    let id = a.write("canary-title", "canary-body\n");
    a.sync();
    assert!(!everything(&database).contains("canary"));
    let b = enter("B", &database.url());
    assert_eq!(b.body(&id), "canary-body\n");
}

fn attachments_travel_encrypted_and_come_back_whole(server: &'static Couch) {
    let database = server.database();
    let a = enter("A", &database.url());
    let mut seed = Seed::new(11);
    let mut bytes = STANDARD
        .decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
        .expect("this is base64");
    bytes.extend_from_slice(b"canary-bytes");
    while bytes.len() < 200_000 {
        bytes.extend_from_slice(&seed.number().to_le_bytes());
    }
    let note = a.write("With a picture", "see below\n");
    let file = a.file("canary.png", &bytes).display().to_string();
    let added = a.sheaf.run(&["attach", "add", &file, "--note", &note]);
    let id = text(&added, "id");
    a.sync();
    let all = everything(&database);
    for secret in ["canary", "image/png", "\"index\"", "IHDR"] {
        assert!(!all.contains(secret), "{secret}");
    }

    let b = enter("B", &database.url());
    assert_eq!(forwarded(&b, &id, server), bytes);
}

/// The bytes that a device has, seen by sending them to a plain database.
fn forwarded(device: &Device, id: &str, server: &'static Couch) -> Vec<u8> {
    let next = server.database();
    device.connect(&next.url());
    device.sync();
    let documents = next.documents_of("file:");
    let document = documents.iter().find(|document| document["_id"] == id);
    let data = document.expect("the file travelled on")["_attachments"]["index"]["data"].clone();
    STANDARD
        .decode(data.as_str().expect("with its bytes"))
        .expect("bytes come in base64")
}

fn merges_that_two_devices_make_apart_are_the_same_revision(server: &'static Couch) {
    let database = server.database();
    let a = enter("A", &database.url());
    let id = a.write("Shared", "one\n\ntwo\n\nthree\n");
    a.sync();
    let b = enter("B", &database.url());
    let c = enter("C", &database.url());
    let d = enter("D", &database.url());
    a.rewrite(&id, "one from A\n\ntwo\n\nthree\n");
    b.rewrite(&id, "one\n\ntwo\n\nthree from B\n");
    for device in [&a, &b, &a, &c, &d, &a, &b] {
        device.sync();
    }
    for device in [&a, &b, &c, &d] {
        assert_eq!(
            device.body(&id),
            "one from A\n\ntwo\n\nthree from B\n",
            "on {}",
            device.name
        );
        assert_eq!(device.list(&["--conflicts"]).len(), 0, "on {}", device.name);
    }
    let leaves = database.leaves(&id);
    assert_eq!(live(&leaves).len(), 1, "{leaves:?}");
    let revision = live(&leaves)[0]["_rev"].clone();

    // Two versions reach the database without either of their writers having seen the other's.
    let elsewhere = server.database();
    copy(&database, &elsewhere);
    a.rewrite(&id, "one from A\n\ntwo\n\nthree from B\nfour from A\n");
    a.sync();
    join(&b, &elsewhere.url());
    b.rewrite(&id, "zero from B\none from A\n\ntwo\n\nthree from B\n");
    b.sync();
    copy(&elsewhere, &database);
    assert_eq!(live(&database.leaves(&id)).len(), 2);

    // C merges them and cannot tell anybody; D merges them and can.
    let proxy = FaultProxy::to(&server.authority);
    join(
        &c,
        &database.url_through(&proxy.authority, &server.admin, &server.password),
    );
    proxy.plan(|request| {
        if request.path.contains("_bulk_docs") {
            Fault::Refuse
        } else {
            Fault::None
        }
    });
    c.sync_refused();
    let both = "zero from B\none from A\n\ntwo\n\nthree from B\nfour from A\n";
    assert_eq!(c.body(&id), both);
    d.sync();
    assert_eq!(d.body(&id), both);
    let leaves = database.leaves(&id);
    assert_eq!(live(&leaves).len(), 1, "{leaves:?}");
    let merged = live(&leaves)[0]["_rev"].clone();
    assert_ne!(merged, revision);

    // What C sends is what is there already.
    proxy.heal();
    c.sync();
    let leaves = database.leaves(&id);
    assert_eq!(live(&leaves).len(), 1, "{leaves:?}");
    assert_eq!(live(&leaves)[0]["_rev"], merged);
    join(&b, &database.url());
    for device in [&a, &b, &c, &d] {
        device.sync();
        assert_eq!(device.body(&id), both, "on {}", device.name);
        assert_eq!(device.list(&["--conflicts"]).len(), 0, "on {}", device.name);
    }
    let settled = database.send("GET", "", None).success()["update_seq"].clone();
    for device in [&a, &b, &c, &d, &a, &b] {
        let round = device.sync();
        assert_eq!(
            round["pushed"], 0,
            "{} has something to say: {round}",
            device.name
        );
    }
    let after = database.send("GET", "", None).success()["update_seq"].clone();
    let count = |seq: &Value| {
        let text = seq.as_str().map_or_else(|| seq.to_string(), str::to_owned);
        text.split('-').next().unwrap_or_default().to_owned()
    };
    assert_eq!(count(&settled), count(&after), "a ping-pong has begun");
}

/// Every leaf as it is, with its history, as a replicator copies it.
fn copy(from: &Database, to: &Database) {
    let mut all = Vec::new();
    for document in from.documents() {
        let id = text(&document, "_id").replace(':', "%3A");
        let leaves = from
            .send("GET", &format!("{id}?open_revs=all&revs=true"), None)
            .success();
        for leaf in leaves.as_array().expect("open_revs answers a list") {
            all.push(leaf["ok"].clone());
        }
    }
    to.put_revisions(&all);
}

fn a_device_without_the_passphrase_takes_nothing_and_sends_nothing(server: &'static Couch) {
    let database = server.database();
    // In step with the empty database before anybody thought of encryption.
    let b = Device::on("B", &database.url());
    b.sync();
    let a = Device::new("A");
    if database.documents().is_empty() {
        join(&a, &database.url());
    } else {
        // The one notebook that every installation has went there in the clear: too late.
        let next = server.database();
        return without_the_passphrase(&next);
    }
    a.write("Secret", "words");
    a.sync();
    b.write("Plain words", "canary");
    let refusal = b.sync_refused();
    assert_eq!(refusal.code, "vaultLocked", "{refusal:?}");
    assert!(!everything(&database).contains("canary"));
}

fn without_the_passphrase(database: &Database) {
    let a = enter("A", &database.url());
    a.write("Secret", "words");
    a.sync();
    let b = Device::new("B");
    b.write("Plain words", "canary");
    let wrong = words(&b, "wrong", "some other words");
    let refusal = b.sheaf.refused(&[
        "sync",
        "set",
        "couchdb",
        &database.url(),
        "--passphrase-file",
        &wrong,
    ]);
    assert_eq!(refusal.code, "wrongPassphrase", "{refusal:?}");
    assert!(refusal.message.contains("passphrase"), "{refusal:?}");
    assert_eq!(b.titles(), ["Plain words"]);
    // Set to the same place in spite of the test: while nothing answers there.
    let proxy = FaultProxy::to(&database.server.authority);
    proxy.plan(|_| Fault::Refuse);
    let server = database.server;
    let url = database.url_through(&proxy.authority, &server.admin, &server.password);
    b.sheaf
        .run(&["sync", "set", "couchdb", &url, "--although-unreachable"]);
    proxy.heal();
    let refusal = b.sync_refused();
    assert_eq!(refusal.code, "vaultLocked", "{refusal:?}");
    // Not even when the person says that the database shall become what is here.
    let refusal = b.sheaf.refused(&["sync", "reset", "--push"]);
    assert_eq!(refusal.code, "vaultLocked", "{refusal:?}");
    b.sheaf.attempt(&["sync", "reset", "--cancel"]).ok();
    assert_eq!(b.titles(), ["Plain words"]);
    assert!(!everything(database).contains("canary"));
    assert!(!everything(database).contains("Plain words"));

    let right = words(&b, "right", PASSPHRASE);
    b.sheaf
        .run(&["sync", "vault", "open", "--passphrase-file", &right]);
    b.sync();
    assert_eq!(b.titles(), ["Plain words", "Secret"]);
    assert!(!everything(database).contains("canary"));
}

fn a_wrong_passphrase_opens_nothing_and_the_recovery_code_does(server: &'static Couch) {
    let database = server.database();
    let a = Device::new("A");
    let made = join(&a, &database.url());
    let code = made["kit"]["code"]
        .as_str()
        .expect("a recovery kit")
        .to_owned();
    a.write("Kept", "text");
    a.sync();
    let file = words(&a, "right", PASSPHRASE);
    let again = a
        .sheaf
        .run(&["sync", "vault", "kit", "--passphrase-file", &file]);
    assert_eq!(again["code"], code.as_str());
    let short = words(&a, "short", "too short");
    let refusal = a.sheaf.refused(&[
        "sync",
        "vault",
        "passphrase",
        "--passphrase-file",
        &file,
        "--new-passphrase-file",
        &short,
    ]);
    assert_eq!(refusal.code, "invalid");

    let b = Device::new("B");
    let proxy = FaultProxy::to(&server.authority);
    proxy.plan(|_| Fault::Refuse);
    let url = database.url_through(&proxy.authority, &server.admin, &server.password);
    b.sheaf
        .run(&["sync", "set", "couchdb", &url, "--although-unreachable"]);
    proxy.heal();
    let wrong = words(&b, "code", &code.replacen(&code[..5], "AAAAA", 1));
    let refusal = b
        .sheaf
        .refused(&["sync", "vault", "open", "--recovery-code-file", &wrong]);
    assert_eq!(refusal.code, "recoveryCode", "{refusal:?}");
    let right = words(&b, "code", &code.to_lowercase());
    b.sheaf
        .run(&["sync", "vault", "open", "--recovery-code-file", &right]);
    b.sync();
    assert_eq!(b.titles(), ["Kept"]);
}

fn a_passphrase_is_changed_and_the_notes_stay(server: &'static Couch) {
    let database = server.database();
    let a = enter("A", &database.url());
    a.write("Kept", "text");
    a.sync();
    let b = enter("B", &database.url());
    let (old, new) = (
        words(&a, "old", PASSPHRASE),
        words(&a, "new", "another sentence"),
    );
    a.sheaf.run(&[
        "sync",
        "vault",
        "passphrase",
        "--passphrase-file",
        &old,
        "--new-passphrase-file",
        &new,
    ]);
    // Whoever is in stays in.
    b.write("From B", "text");
    b.sync();
    a.sync();
    assert_eq!(a.titles(), ["From B", "Kept"]);
    let c = Device::new("C");
    let old = words(&c, "old", PASSPHRASE);
    let set = [
        "sync",
        "set",
        "couchdb",
        &database.url(),
        "--passphrase-file",
    ];
    let refusal = c.sheaf.refused(&[&set[..], &[&old]].concat());
    assert_eq!(refusal.code, "wrongPassphrase");
    let new = words(&c, "new", "another sentence");
    c.sheaf.run(&[&set[..], &[&new]].concat());
    c.sync();
    assert_eq!(c.titles(), ["From B", "Kept"]);
}

fn a_plain_note_in_an_encrypted_database_is_left_where_it_is_and_told(server: &'static Couch) {
    let database = server.database();
    let a = enter("A", &database.url());
    a.write("Ours", "text");
    a.sync();
    let plain = json!({
        "_id": "note:plain0001", "doctype": "markdown", "bookId": "book:first",
        "title": "written by another app", "body": "in the clear", "tags": [], "status": "none",
        "share": "private", "pinned": false, "createdAt": 1, "updatedAt": 2,
        "numOfTasks": 0, "numOfCheckedTasks": 0,
    });
    let put = database.put(&plain);
    a.sync();
    let b = enter("B", &database.url());
    for device in [&a, &b] {
        assert_eq!(device.titles(), ["Ours"], "on {}", device.name);
        let held = device.held_back();
        assert_eq!(held.len(), 1, "{held:?}");
        assert_eq!(held[0]["id"], "note:plain0001");
        assert!(held[0].to_string().contains("not encrypted"), "{held:?}");
    }
    // *Rebuild the remote* makes the database what this computer has, but deletes nothing that it
    // cannot read.
    a.sheaf.run(&["sync", "reset", "--push"]);
    assert_eq!(
        database.get("note:plain0001").success()["body"],
        "in the clear"
    );
    a.sheaf.run(&["sync", "reset", "--pull"]);
    assert_eq!(a.titles(), ["Ours"]);

    // Deleted by hand, it is nobody's trouble any more.
    let gone = json!({ "_id": "note:plain0001", "_rev": put["rev"], "_deleted": true });
    database.put(&gone);
    for device in [&a, &b] {
        device.sync();
        assert_eq!(device.held_back().len(), 0, "{:?}", device.held_back());
        assert_eq!(device.titles(), ["Ours"], "on {}", device.name);
    }
}

fn what_somebody_without_the_key_changes_is_noticed(server: &'static Couch) {
    let database = server.database();
    let a = enter("A", &database.url());
    let [one, two] = ["One", "Two"].map(|title| a.write(title, "text"));
    a.sync();
    let b = enter("B", &database.url());
    let [mut first, second] = [&one, &two].map(|id| database.get(id).success());
    // The text of one note under the id of the other, as a new revision of that.
    first["sheafSealed"] = second["sheafSealed"].clone();
    database.put(&first);
    b.sync();
    assert_eq!(b.titles(), ["One", "Two"]);
    let held = b.held_back();
    assert_eq!(held.len(), 1, "{held:?}");
    assert!(
        held[0].to_string().contains("does not have the key"),
        "{held:?}"
    );

    // A deletion by somebody who can write to the database, but not in our name.
    let rev = database.get(&two).success()["_rev"].clone();
    database.put(&json!({ "_id": two, "_rev": rev, "_deleted": true }));
    b.sync();
    assert_eq!(b.titles(), ["One", "Two"]);
    assert_eq!(b.held_back().len(), 2, "{:?}", b.held_back());
}

fn a_database_that_holds_notes_is_not_encrypted_in_place(server: &'static Couch) {
    let database = server.database();
    let a = Device::on("A", &database.url());
    a.write("In the clear", "text");
    a.sync();
    let b = Device::new("B");
    let file = words(&b, "passphrase", PASSPHRASE);
    let refusal = b.sheaf.refused(&[
        "sync",
        "set",
        "couchdb",
        &database.url(),
        "--encrypt",
        "--passphrase-file",
        &file,
    ]);
    assert_eq!(refusal.code, "notEmpty", "{refusal:?}");
    assert!(refusal.hint.contains("--into"), "{refusal:?}");
    assert_eq!(database.get("sheaf-vault").status, 404);
    // One that held notes once keeps their text in former revisions.
    let emptied = server.database();
    let put = emptied.put(&json!({ "_id": "note:gone", "title": "old" }));
    emptied.put(&json!({ "_id": "note:gone", "_rev": put["rev"], "_deleted": true }));
    let refusal = b.sheaf.refused(&[
        "sync",
        "set",
        "couchdb",
        &emptied.url(),
        "--encrypt",
        "--passphrase-file",
        &file,
    ]);
    assert_eq!(refusal.code, "notEmpty", "{refusal:?}");
}

/// A database beside another one, deleted with the test.
fn beside(database: &Database, suffix: &str) -> Database {
    Database {
        name: format!("{}-{suffix}", database.name),
        server: database.server,
    }
}

fn everything_moves_into_an_encrypted_database_and_back(server: &'static Couch) {
    let database = server.database();
    let a = Device::on("A", &database.url());
    a.sheaf.run(&["notebook", "new", "Garden"]);
    let id = a.write("canary-tulips", "canary-autumn\n");
    a.sheaf.run(&["note", "tag", &id, "--add", "bulbs"]);
    a.sync();
    let b = Device::on("B", &database.url());
    // Two versions of one note move as two versions.
    let both = a.write("Both", "the colour is red\n");
    a.sync();
    b.sync();
    a.rewrite(&both, "the colour is green\n");
    b.rewrite(&both, "the colour is blue\n");
    for device in [&a, &b, &a] {
        device.sync();
    }
    let before = database.documents();

    let file = words(&a, "passphrase", PASSPHRASE);
    let moved = a
        .sheaf
        .run(&["sync", "encrypt", "--passphrase-file", &file]);
    let new = beside(&database, "encrypted");
    assert_eq!(moved["conversion"]["stage"]["kind"], "done", "{moved}");
    assert_eq!(
        moved["conversion"]["stage"]["counts"]["notes"],
        a.list(&[]).len()
    );
    assert!(moved["kit"]["code"].is_string(), "{moved}");
    assert_eq!(database.documents(), before, "the old database was touched");
    let all = everything(&new);
    assert!(!all.contains("canary"), "{all}");
    a.write("After", "the move");
    a.sync();
    assert_eq!(database.documents(), before);

    let c = enter("C", &new.url());
    assert_eq!(c.titles(), a.titles());
    assert_eq!(c.list(&["--conflicts"]).len(), 1);
    assert_eq!(c.list(&["--tag", "bulbs"]).len(), 1);
    // The other device of the old days joins: what both have stays one.
    join(&b, &new.url());
    b.sync();
    assert_eq!(b.titles(), a.titles());

    let moved = a.sheaf.run(&["sync", "decrypt"]);
    assert_eq!(moved["conversion"]["stage"]["kind"], "done", "{moved}");
    let plain = beside(&new, "plain");
    let titles: Vec<String> = {
        let mut titles: Vec<String> = plain
            .documents_of("note:")
            .iter()
            .map(|note| text(note, "title"))
            .collect();
        titles.sort();
        titles
    };
    assert_eq!(titles, a.titles());
    assert_eq!(plain.get("sheaf-vault").status, 404);
    a.sync();
    assert_eq!(a.held_back().len(), 0, "{:?}", a.held_back());
}

/// In step through a proxy, and about to move.
struct Moving {
    a: Device,
    database: Database,
    proxy: FaultProxy,
    /// Where to.
    new: Database,
}

fn moving(server: &'static Couch, notes: usize) -> Moving {
    let database = server.database();
    let proxy = FaultProxy::to(&server.authority);
    let url = database.url_through(&proxy.authority, &server.admin, &server.password);
    let a = Device::on("A", &url);
    for number in 0..notes {
        a.write(&format!("Note {number}"), "text");
    }
    a.sync();
    let new = beside(&database, "encrypted");
    Moving {
        a,
        database,
        proxy,
        new,
    }
}

impl Moving {
    /// Asks about every request that puts documents into the new database.
    fn while_copying(&self, mut fault: impl FnMut() -> Fault + Send + 'static) {
        let name = self.new.name.clone();
        self.proxy.plan(move |request| {
            if request.path.contains(&name) && request.path.contains("_bulk_docs") {
                fault()
            } else {
                Fault::None
            }
        });
    }
}

fn a_move_shows_on_a_terminal_how_far_it_is(server: &'static Couch) {
    let moving = moving(server, 5);
    let a = &moving.a;
    let (seen, after_it_was_seen) = channel::<()>();
    moving.while_copying(move || {
        let _ = after_it_was_seen.recv();
        Fault::None
    });
    let file = words(a, "passphrase", PASSPHRASE);
    let plain = a.sheaf.command();
    let quoted = |word: &std::ffi::OsStr| format!("'{}'", word.to_string_lossy());
    let mut line: Vec<String> = std::iter::once(plain.get_program())
        .chain(plain.get_args().filter(|word| *word != "--json"))
        .map(quoted)
        .collect();
    line.push(format!("sync encrypt --passphrase-file '{file}'"));
    // Gives it a terminal.
    let mut command = std::process::Command::new("script");
    command.args(["-qec", &line.join(" "), "/dev/null"]);
    for (variable, value) in plain.get_envs() {
        match value {
            Some(value) => command.env(variable, value),
            None => command.env_remove(variable),
        };
    }
    let mut script = command
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("script, of util-linux, is there");
    let mut output = script.stdout.take().expect("it is piped");
    let mut shown = String::new();
    let mut piece = [0; 4096];
    let mut seen = Some(seen);
    loop {
        let read = std::io::Read::read(&mut output, &mut piece).expect("a pipe can be read");
        if read == 0 {
            break;
        }
        shown.push_str(&String::from_utf8_lossy(&piece[..read]));
        if shown.contains("Sending to ") {
            // Only now the copying goes on.
            drop(seen.take());
        }
    }
    assert!(script.wait().expect("it was started").success(), "{shown}");
    let progress = shown.rfind("\r\u{1b}[2K").expect("the line was drawn");
    assert!(shown[progress..].contains("Everything is in "), "{shown}");
    assert!(shown.contains(" of "), "{shown}");
    assert!(!a.sheaf.transcript().contains('\u{1b}'));
}

fn a_move_that_was_killed_goes_on(server: &'static Couch) {
    let moving = moving(server, 5);
    let (reached, at_the_place) = channel();
    let (killed, after_the_kill) = channel::<()>();
    moving.while_copying(move || {
        let _ = reached.send(());
        // Until the program is gone.
        let _ = after_the_kill.recv();
        Fault::Refuse
    });
    let Moving {
        a,
        database,
        proxy,
        new,
    } = moving;
    let file = words(&a, "passphrase", PASSPHRASE);
    let mut command = a.sheaf.command();
    command.args(["sync", "encrypt", "--passphrase-file", &file]);
    let mut program = Program::start("sheaf sync encrypt", &mut command);
    at_the_place.recv().expect("the copying begins");
    program.kill();
    drop(killed);
    proxy.heal();

    let moved = a.sheaf.run(&["sync", "vault", "move"]);
    assert_eq!(moved["stage"]["kind"], "interrupted", "{moved}");
    // Meanwhile the old database is in use as before.
    a.write("Meanwhile", "text");
    a.sync();
    assert_eq!(database.documents_of("note:").len(), a.list(&[]).len());
    let moved = a.sheaf.run(&["sync", "vault", "continue"]);
    assert_eq!(moved["conversion"]["stage"]["kind"], "done", "{moved}");
    let b = enter("B", &new.url());
    assert_eq!(b.titles(), a.titles());
}

fn a_move_that_is_given_up_leaves_nothing_behind(server: &'static Couch) {
    let moving = moving(server, 1);
    moving.while_copying(|| Fault::Status(507));
    let Moving {
        a,
        database,
        proxy,
        new,
    } = moving;
    let file = words(&a, "passphrase", PASSPHRASE);
    let refusal = a
        .sheaf
        .refused(&["sync", "encrypt", "--passphrase-file", &file]);
    assert_eq!(refusal.code, "quotaExceeded", "{refusal:?}");
    proxy.heal();
    assert_eq!(new.send("GET", "", None).status, 200);
    a.sheaf.run(&["sync", "vault", "end"]);
    assert_eq!(new.send("GET", "", None).status, 404);
    a.sync();
    assert_eq!(database.documents_of("note:").len(), a.list(&[]).len());
    assert_eq!(a.sheaf.run(&["sync", "vault", "move"]), Value::Null);
}

fn a_link_says_that_the_database_is_encrypted(server: &'static Couch) {
    let database = server.database();
    let a = enter("A", &database.url());
    a.write("Carried", "text");
    a.sync();
    let link_words = words(&a, "link", "correct horse battery");
    let password = words(&a, "password", &server.password);
    let link = a.sheaf.run(&[
        "sync",
        "link",
        "create",
        "--passphrase-file",
        &link_words,
        "--password-file",
        &password,
    ]);
    let link = text(&link, "link");
    let b = Device::new("B");
    let (link_words, vault_words) = (
        words(&b, "link", "correct horse battery"),
        words(&b, "vault", PASSPHRASE),
    );
    let open = |device: &Device| {
        device.sheaf.attempt(&[
            "sync",
            "link",
            "open",
            &link,
            "--passphrase-file",
            &link_words,
            "--vault-passphrase-file",
            &vault_words,
        ])
    };
    open(&b).expect("the link opens the database");
    b.sync();
    assert_eq!(b.titles(), ["Carried"]);

    // A server that passes an empty database off as the encrypted one gets nothing.
    database.recreate();
    let c = Device::new("C");
    c.write("Secret", "words");
    let refusal = open(&c).expect_err("the database is not the one that was meant");
    assert_eq!(refusal.code, "notEncrypted", "{refusal:?}");
    assert!(database.documents().is_empty());
}

fn a_key_that_went_missing_is_put_back(server: &'static Couch) {
    let database = server.database();
    let a = enter("A", &database.url());
    a.write("Kept", "text");
    a.sync();
    let lock = database.get("sheaf-vault").success();
    database.put(&json!({ "_id": "sheaf-vault", "_rev": lock["_rev"], "_deleted": true }));
    a.sync();
    assert_eq!(database.get("sheaf-vault").success()["key"], lock["key"]);
    let b = enter("B", &database.url());
    assert_eq!(b.titles(), ["Kept"]);
    // Another vault in its place opens nothing, and nothing is sent under it.
    let other = server.database();
    enter("X", &other.url());
    let mut theirs = other.get("sheaf-vault").success();
    theirs["_rev"] = database.get("sheaf-vault").success()["_rev"].clone();
    database.put(&theirs);
    let refusal = a.sync_refused();
    assert_eq!(refusal.code, "otherVault", "{refusal:?}");
}
