//! Nothing of a note is in any request that goes to an encrypted database: seen at the wire, whatever a person does.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sheaf_tests::{Couch, Database, Device, FaultProxy, on_every_server, text};

on_every_server!(
    nothing_of_a_note_is_in_any_request_of_a_move_into_an_encrypted_database,
    the_listener_at_the_wire_would_hear_it,
);

const PASSPHRASE: &str = "canarybirdpassphrase of straw";
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
        |request: &&Vec<u8>| found(&[request.to_vec()], &[name.clone().into_bytes()]).len() > 0;
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
