//! Nothing of a note is in any request that goes to an encrypted database: seen at the wire, whatever a person does.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sheaf_tests::{Couch, Database, Device, FaultProxy, on_every_server, text};

on_every_server!(
    nothing_of_a_note_is_in_any_request_to_an_encrypted_database,
    nothing_of_a_note_is_in_any_request_of_a_move_into_an_encrypted_database,
    the_listener_at_the_wire_would_hear_it,
);

const PASSPHRASE: &str = "canarybirdpassphrase of straw";
const CHANGED: &str = "canarybirdchanged passphrase";
/// Every word that is planted begins so, and nothing else does.
const CANARY: &str = "canarybird";
const PICTURE: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/// Behind the ear.
struct Listened {
    database: Database,
    proxy: FaultProxy,
}

impl Listened {
    fn to(server: &'static Couch) -> Self {
        let proxy = FaultProxy::to(&server.authority);
        proxy.listen();
        Self {
            database: server.database(),
            proxy,
        }
    }

    fn url(&self) -> String {
        let server = self.database.server;
        self.database
            .url_through(&self.proxy.authority, &server.admin, &server.password)
    }
}

fn words(device: &Device, name: &str, words: &str) -> String {
    let file = device.file(name, format!("{words}\n").as_bytes());
    file.display().to_string()
}

fn join(device: &Device, url: &str, passphrase: &str) {
    let file = words(device, "passphrase", passphrase);
    device.sheaf.run(&[
        "sync",
        "set",
        "couchdb",
        url,
        "--encrypt",
        "--passphrase-file",
        &file,
    ]);
    device.sync();
}

/// How bytes can be spelled in a request: as they are, and in base64 at each of its three places.
fn spelled(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut all = vec![bytes.to_vec()];
    for lead in 0..3 {
        let padded = [&vec![0_u8; lead][..], bytes].concat();
        let text = STANDARD.encode(padded);
        // Without the letters that the neighbours have a part in.
        let inner = &text[(lead * 8).div_ceil(6)..text.trim_end_matches('=').len() - 1];
        all.push(inner.as_bytes().to_vec());
    }
    all
}

/// The requests in which one of the needles is, with it.
fn found(heard: &[Vec<u8>], needles: &[Vec<u8>]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for request in heard {
        let lower = request.to_ascii_lowercase();
        for needle in needles {
            let here = |bytes: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
            if here(request) || here(&lower) {
                let head = String::from_utf8_lossy(&request[..request.len().min(400)]);
                let needle = String::from_utf8_lossy(needle);
                found.push((needle.into_owned(), head.into_owned()));
            }
        }
    }
    found
}

fn attach(device: &Device, note: &str) -> String {
    let mut bytes = STANDARD.decode(PICTURE).expect("this is base64");
    bytes.extend_from_slice(b"canarybirdbytes of a picture");
    let file = device
        .file("canarybirdfile.png", &bytes)
        .display()
        .to_string();
    let added = device.sheaf.run(&["attach", "add", &file, "--note", note]);
    text(&added, "id")
}

/// What a plain database says about the same notes: the hashes of their revisions, and of their files. With the text of a
/// note, or a guess at it, anybody can compute them.
fn plain_hashes(device: &Device, server: &'static Couch) -> Vec<Vec<u8>> {
    let plain = server.database();
    device.connect(&plain.url());
    device.sync();
    let mut hashes = Vec::new();
    for document in plain.documents() {
        let id = text(&document, "_id").replace(':', "%3A");
        let path = format!("{id}?open_revs=all&revs=true");
        let leaves = plain.send("GET", &path, None).success();
        for leaf in leaves.as_array().expect("open_revs answers a list") {
            for hash in leaf["ok"]["_revisions"]["ids"].as_array().expect("ids") {
                hashes.push(hash.as_str().expect("a hash").as_bytes().to_vec());
            }
            for stub in leaf["ok"]["_attachments"].as_object().into_iter().flatten() {
                let digest = text(stub.1, "digest");
                hashes.push(digest.trim_start_matches("md5-").as_bytes().to_vec());
            }
        }
    }
    assert!(hashes.len() > 10, "there is something to look for");
    hashes
}

fn nothing_of_a_note_is_in_any_request_to_an_encrypted_database(server: &'static Couch) {
    let there = Listened::to(server);
    let url = there.url();
    let a = Device::new("A");
    join(&a, &url, PASSPHRASE);

    // All that a note is made of.
    let sheaf = &a.sheaf;
    sheaf.run(&["notebook", "new", "canarybirdshelf"]);
    sheaf.run(&[
        "notebook",
        "new",
        "canarybirdbox",
        "--parent",
        "canarybirdshelf",
    ]);
    sheaf.run(&["tag", "new", "canarybirdtag"]);
    let id = a.write(
        "canarybirdtitle",
        "canarybirdone\n\ncanarybirdtwo\n\ncanarybirdthree\n",
    );
    sheaf.run(&["note", "move", &id, "--notebook", "canarybirdbox"]);
    sheaf.run(&[
        "note",
        "tag",
        &id,
        "--add",
        "canarybirdtag",
        "--add",
        "canarybirdnew",
    ]);
    sheaf.run(&["note", "status", &id, "--status", "onHold"]);
    sheaf.run(&["note", "pin", &id]);
    let shown = a.write("canarybirdshown", "canarybirdtext\n");
    attach(&a, &shown);
    a.sync();
    sheaf.run(&["notebook", "rename", "canarybirdbox", "canarybirddrawer"]);
    sheaf.run(&["notebook", "move", "canarybirddrawer", "--root"]);
    sheaf.run(&["tag", "rename", "canarybirdtag", "canarybirdlabel"]);
    sheaf.run(&["tag", "color", "canarybirdlabel", "blue"]);
    // A second file of the same name, and the first one again as a stub.
    attach(&a, &shown);
    a.sync();

    // Merges, a tag of the same name on two sides, conflicts, decisions, and decisions taken back.
    let b = Device::new("B");
    join(&b, &url, PASSPHRASE);
    assert_eq!(b.list(&["--tag", "canarybirdlabel"]).len(), 1);
    for (device, body) in [
        (
            &a,
            "canarybirdone of A\n\ncanarybirdtwo\n\ncanarybirdthree\n",
        ),
        (
            &b,
            "canarybirdone\n\ncanarybirdtwo\n\ncanarybirdthree of B\n",
        ),
    ] {
        device.rewrite(&id, body);
        let other = device.write("canarybirdboth", "canarybirdtext\n");
        let add = ["note", "tag", &other, "--add", "canarybirdsame"];
        device.sheaf.run(&add);
    }
    let clash = a.write("canarybirdclash", "canarybirdred\n");
    for device in [&a, &b, &a, &b] {
        device.sync();
    }
    a.rewrite(&clash, "canarybirdgreen\n");
    b.rewrite(&clash, "canarybirdblue\n");
    for device in [&a, &b, &a] {
        device.sync();
    }
    // Somebody who comes later sees the leaves before he knows their history.
    let c = Device::new("C");
    join(&c, &url, PASSPHRASE);
    assert_eq!(c.list(&["--conflicts"]).len(), 1);
    let file = a.file("both.md", b"canarybirdgreen and canarybirdblue\n");
    let file = file.display().to_string();
    let decided = sheaf.run(&["conflict", "resolve", &clash, "--body-file", &file]);
    for device in [&a, &b, &c] {
        device.sync();
    }
    let decision = text(&decided, "decision");
    sheaf.run(&["conflict", "reopen", &clash, "--decision", &decision]);
    for device in [&a, &b, &c] {
        device.sync();
        assert_eq!(device.list(&["--conflicts"]).len(), 1, "on {}", device.name);
    }
    b.sheaf.run(&["conflict", "resolve-all", "--by", "newest"]);
    for device in [&b, &a, &c] {
        device.sync();
    }

    // The trash, a deletion, and back from it.
    b.sheaf.run(&["note", "delete", &clash]);
    b.sheaf.run(&["note", "delete", &clash, "--forever"]);
    b.sync();
    a.sync();
    let deleted = sheaf.run(&["note", "deleted"]);
    let snapshot = text(&deleted[0], "snapshot");
    sheaf.run(&["note", "restore", &clash, "--snapshot", &snapshot]);
    for device in [&a, &b] {
        device.sync();
    }

    what_does_not_travel(&there, &a);
    guards(&there, &a, &b);
    everything_else(&there, &a, &b, &c);

    let heard = there.proxy.take_heard();
    assert!(heard.len() > 100, "{} requests", heard.len());
    let mut needles = spelled(CANARY.as_bytes());
    let picture = STANDARD.decode(PICTURE).expect("this is base64");
    needles.push(picture[..24].to_vec());
    needles.push(PICTURE.as_bytes()[..30].to_vec());
    assert_eq!(found(&heard, &needles), [], "in clear text");
    let needles = plain_hashes(&a, server);
    assert_eq!(found(&heard, &needles), [], "a hash to test guesses with");
}

/// Held back here and there, and asked for once more.
fn what_does_not_travel(there: &Listened, a: &Device) {
    let long = format!("canarybirdlong {}", "x".repeat(300));
    let held = a.write(&long, "canarybirdtext\n");
    there.database.put(
        &json!({ "_id": "note:plain0001", "title": "of another app", "body": "in the clear" }),
    );
    a.sync();
    assert_eq!(a.held_back().len(), 2, "{:?}", a.held_back());
    a.sheaf.run(&["sync", "retry", "note:plain0001"]);
    a.sheaf.run(&["sync", "held-back", "--retry"]);
    a.sheaf.run(&["sync", "skip", &held]);
    a.sheaf
        .run(&["note", "edit", &held, "--title", "canarybirdshort"]);
    a.sync();
    assert_eq!(a.held_back().len(), 1, "{:?}", a.held_back());
}

/// Many deletions that are kept, a database that is another one, and both ways of beginning anew.
fn guards(there: &Listened, a: &Device, b: &Device) {
    let ids: Vec<String> = (0..30)
        .map(|number| a.write(&format!("canarybirdmany {number:02}"), "canarybirdtext\n"))
        .collect();
    a.sync();
    b.sync();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    b.sheaf.run(&[&["note", "delete"][..], &ids].concat());
    b.sheaf
        .run(&[&["note", "delete", "--forever"][..], &ids].concat());
    b.sync();
    assert_eq!(a.sync_refused().code, "massDeletion");
    a.sheaf.run(&["sync", "answer", "keep"]);
    for device in [a, b] {
        device.sync();
        assert!(device.titles().len() > 30, "on {}", device.name);
    }
    a.sheaf.run(&["sync", "reset", "--push"]);
    a.sheaf.run(&["sync", "reset", "--pull"]);

    there.database.recreate();
    assert_eq!(a.sync_refused().code, "targetChanged");
    a.sheaf.run(&["sync", "answer", "replace-remote"]);
    a.sync();
    assert!(there.database.documents_of("note:").len() > 30);
    there.database.recreate();
    assert_eq!(a.sync_refused().code, "targetChanged");
    a.sheaf.run(&["sync", "answer", "merge"]);
    a.sync();
    assert!(there.database.documents_of("note:").len() > 30);
}

/// What looks at the database besides sync, another passphrase, and a device that comes with other notes.
fn everything_else(there: &Listened, a: &Device, b: &Device, c: &Device) {
    let [old, new] = [("old", PASSPHRASE), ("new", CHANGED)].map(|(name, it)| words(a, name, it));
    a.sheaf.run(&[
        "sync",
        "vault",
        "passphrase",
        "--passphrase-file",
        &old,
        "--new-passphrase-file",
        &new,
    ]);
    for looks in [
        &["sync", "compare"][..],
        &["sync", "server", "show"],
        &["sync", "server", "limits"],
        &["sync", "server", "mobile"],
        &["sync", "activity", "--report"],
        &[
            "sync",
            "link",
            "create",
            "--passphrase-file",
            &new,
            "--without-password",
        ],
        &["support"],
    ] {
        a.sheaf.run(looks);
    }
    let mut doctor = a.sheaf.command();
    let doctor = doctor.args(["doctor"]).output().expect("sheaf starts");
    let doctor: Value = serde_json::from_slice(&doctor.stdout).expect("a run of checks");
    let lines = doctor["lines"].as_array().expect("lines");
    let key = lines.iter().find(|line| line["check"] == "KEY-1");
    assert_eq!(
        key.expect("the key is looked at")["code"],
        "key_good",
        "{doctor}"
    );
    for (device, side) in [(b, "--replace-local"), (c, "--replace-remote")] {
        device.write("canarybirdown", "canarybirdtext\n");
        let file = words(device, "passphrase", CHANGED);
        // Somewhere else in between, so that it is a change of place.
        device.sheaf.run(&["sync", "set", "off"]);
        let set = [
            "sync",
            "set",
            "couchdb",
            &there.url(),
            "--passphrase-file",
            &file,
            side,
        ];
        device.sheaf.run(&set);
        device.sync();
    }
}

fn nothing_of_a_note_is_in_any_request_of_a_move_into_an_encrypted_database(
    server: &'static Couch,
) {
    let there = Listened::to(server);
    let a = Device::on("A", &there.url());
    a.sheaf.run(&["notebook", "new", "canarybirdshelf"]);
    let id = a.write("canarybirdtitle", "canarybirdtext\n");
    a.sheaf.run(&["note", "tag", &id, "--add", "canarybirdtag"]);
    attach(&a, &id);
    a.sync();
    let before = there.proxy.take_heard();
    let needles = spelled(CANARY.as_bytes());
    assert!(!found(&before, &needles).is_empty());

    let file = words(&a, "passphrase", PASSPHRASE);
    let moved = a
        .sheaf
        .run(&["sync", "encrypt", "--passphrase-file", &file]);
    assert_eq!(moved["conversion"]["stage"]["kind"], "done", "{moved}");
    a.rewrite(&id, "canarybirdafter\n");
    a.sync();
    let heard = there.proxy.take_heard();
    let name = format!("{}-encrypted", there.database.name);
    let into =
        |request: &&Vec<u8>| !found(&[(*request).clone()], &[name.clone().into_bytes()]).is_empty();
    assert!(heard.iter().filter(into).count() > 5);
    assert_eq!(found(&heard, &needles), []);
    // For the one that drops it.
    drop(Database { name, server });
}

/// The same words on their way to a database that is not encrypted: a test that cannot fail proves nothing.
fn the_listener_at_the_wire_would_hear_it(server: &'static Couch) {
    let there = Listened::to(server);
    let a = Device::on("A", &there.url());
    let id = a.write("canarybirdtitle", "canarybirdtext\n");
    a.sync();
    let heard = there.proxy.take_heard();
    assert!(!found(&heard, &spelled(CANARY.as_bytes())).is_empty());
    let revision = text(&there.database.get(&id).success(), "_rev");
    let hash = revision.split('-').nth(1).expect("a hash").as_bytes();
    assert!(!found(&heard, &[hash.to_vec()]).is_empty());
    let hidden = STANDARD.encode("..canarybird..").into_bytes();
    assert!(!found(&[hidden], &spelled(CANARY.as_bytes())).is_empty());
}
