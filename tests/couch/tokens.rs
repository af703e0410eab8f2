//! Signing in with a token, and with gateways that sign people out in the middle.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;
use sheaf_tests::{
    Couch, Database, Device, Fault, FaultProxy, Keyring, Kind, TokenGate, Tokens, encode_segment,
    files_holding, now, on_every_server,
};

on_every_server!(
    a_token_opens_the_database_and_stays_in_the_keyring,
    a_token_that_expires_stops_sync_once_and_a_new_one_lets_it_go_on,
    a_token_that_expires_in_the_middle_is_not_taken_for_a_missing_right,
    a_token_of_another_key_and_a_server_without_tokens_are_told_apart,
    a_gateway_that_signs_out_in_the_middle_is_signed_in_to_again,
    a_setup_link_carries_a_token_to_the_next_device,
);

const DAY: u64 = 86_400;

/// A server that reads tokens: the real one itself, where its handler is on, or a gate in front of it.
struct Door {
    tokens: Tokens,
    gate: Option<TokenGate>,
    authority: String,
}

impl Door {
    fn to(server: &'static Couch) -> Option<Self> {
        if server.kind == Kind::Couchdb {
            return Some(Self {
                tokens: Tokens::of(server)?,
                gate: None,
                authority: server.authority.clone(),
            });
        }
        let tokens = Tokens::new(b"a key of the gate");
        let gate = TokenGate::before(server, &tokens);
        Some(Self {
            authority: gate.authority.clone(),
            tokens,
            gate: Some(gate),
        })
    }

    fn url(&self, database: &Database) -> String {
        format!(
            "http://{}/{}",
            self.authority,
            encode_segment(&database.name)
        )
    }

    fn good(&self) -> String {
        self.tokens.make("anna", now() + DAY)
    }

    fn expired(&self) -> String {
        self.tokens.make("anna", now() - DAY)
    }
}

fn connect(device: &Device, url: &str, token: &str) -> Value {
    let file = device.file("token", token.as_bytes()).display().to_string();
    device
        .sheaf
        .run(&["sync", "set", "couchdb", url, "--token-file", &file])
}

fn renew(device: &Device, token: &str) {
    let file = device.file("token", token.as_bytes()).display().to_string();
    device
        .sheaf
        .run(&["sync", "password", "--password-file", &file]);
}

fn both_ways(device: &Device, database: &Database) {
    device.write("From here", "text");
    device.sync();
    assert_eq!(database.documents_of("note:").len(), 1);
    let other = Device::on("O", &database.url());
    other.write("From there", "text");
    other.sync();
    device.sync();
    assert_eq!(device.titles(), ["From here", "From there"]);
}

fn a_token_opens_the_database_and_stays_in_the_keyring(server: &'static Couch) {
    let Some(door) = Door::to(server) else { return };
    let database = server.database();
    let keyring = Keyring::start();
    let device = Device::with_keyring("A", &keyring);
    let token = door.good();
    // As it is copied from a header.
    let applied = connect(&device, &door.url(&database), &format!("Bearer {token}\n"));
    let fields = &applied["settings"]["target"]["fields"];
    assert_eq!(
        (&fields["token"], &fields["user"]),
        (&true.into(), &"".into())
    );
    assert_eq!(
        applied["report"]["signedInAs"],
        if door.gate.is_some() {
            server.admin.as_str()
        } else {
            "anna"
        }
    );
    let expires = applied["settings"]["tokenExpires"].as_u64();
    assert!(expires.is_some_and(|at| at > now() * 1000), "{applied}");
    both_ways(&device, &database);
    let report = examined(&device);
    assert_eq!(line(&report, "AUTH-1")["code"], "auth_good", "{report}");
    let written = files_holding(&device.sheaf.data_dir(), std::slice::from_ref(&token));
    assert_eq!(written, Vec::<std::path::PathBuf>::new());
    assert!(!device.sheaf.transcript().contains(&token));
}

/// What the diagnosis finds, whether or not that is good.
fn examined(device: &Device) -> Value {
    let mut command = device.sheaf.command();
    let output = command.arg("doctor").output().expect("sheaf starts");
    serde_json::from_slice(&output.stdout).expect("a report is JSON")
}

fn line<'a>(report: &'a Value, check: &str) -> &'a Value {
    let lines = report["lines"].as_array().expect("a report has lines");
    let found = lines.iter().find(|line| line["check"] == check);
    found.unwrap_or(&Value::Null)
}

fn a_token_that_expires_stops_sync_once_and_a_new_one_lets_it_go_on(server: &'static Couch) {
    let Some(door) = Door::to(server) else { return };
    let database = server.database();
    let device = Device::new("A");
    connect(&device, &door.url(&database), &door.good());
    device.sync();
    renew(&device, &door.expired());
    device.write("Waiting", "text");
    let refusal = device.sync_refused();
    assert_eq!(refusal.code, "tokenExpired", "{refusal:?}");
    let report = examined(&device);
    assert_eq!(
        line(&report, "AUTH-1")["code"],
        "auth_token_expired",
        "{report}"
    );

    // Whoever watches is told once; nobody asks again until there is another token.
    if let Some(gate) = &door.gate {
        gate.take_refused();
    }
    let mut watch = device.sheaf.follow(&["sync", "watch"]);
    let blocked = watch.line_where(|line| line.contains("blocked"));
    assert!(blocked.contains("tokenExpired"), "{blocked}");
    if let Some(gate) = &door.gate {
        assert_eq!(gate.take_refused(), ["exp not in future"]);
    }
    watch.terminate();
    assert_eq!(database.documents_of("note:").len(), 0);

    renew(&device, &door.good());
    device.sync();
    assert_eq!(database.documents_of("note:").len(), 1);
    assert_eq!(device.held_back(), Vec::<Value>::new());
}

/// After each number of requests once.
fn a_token_that_expires_in_the_middle_is_not_taken_for_a_missing_right(server: &'static Couch) {
    let Some(door) = Door::to(server) else { return };
    let Some(gate) = &door.gate else { return };
    let database = server.database();
    let device = Device::new("A");
    connect(&device, &door.url(&database), &door.good());
    device.sync();
    let file = device
        .file("scan.pdf", &vec![7; 200_000])
        .display()
        .to_string();
    let mut interrupted = 0;
    for requests in 0..12 {
        let note = device.write(&format!("Note {requests}"), "text");
        device.sheaf.run(&["attach", "add", &file, "--note", &note]);
        gate.expire_after(requests);
        match device.sheaf.attempt(&["sync", "now"]) {
            Ok(_) => {}
            Err(refusal) => {
                assert_eq!(refusal.code, "tokenExpired", "{refusal:?}");
                interrupted += 1;
            }
        }
        gate.renew();
        assert_eq!(device.held_back(), Vec::<Value>::new());
    }
    assert!(interrupted >= 4, "{interrupted}");
    device.sync();
    assert_eq!(database.documents_of("note:").len(), 12);
}

fn a_token_of_another_key_and_a_server_without_tokens_are_told_apart(server: &'static Couch) {
    let Some(door) = Door::to(server) else { return };
    let database = server.database();
    let device = Device::new("A");
    let set = |url: &str, token: &str| {
        let file = device.file("token", token.as_bytes()).display().to_string();
        let command = ["sync", "set", "couchdb", url, "--token-file", &file];
        let refusal = device.sheaf.refused(&command);
        assert_eq!(refusal.code, "tokenRefused", "{refusal:?}");
        assert!(!format!("{refusal:?}").contains(token), "{refusal:?}");
    };
    let stranger = Tokens::new(b"somebody else's key");
    set(&door.url(&database), &stranger.make("anna", now() + DAY));
    set(&door.url(&database), "no token at all");
    if server.kind != Kind::Couchdb {
        let bare = format!("http://{}/{}", server.authority, database.name);
        set(&bare, &door.good());
    }
    assert_eq!(device.status()["state"]["kind"], "off");
}

/// It was left out, and the next device asked for a token that only the first one had.
fn a_setup_link_carries_a_token_to_the_next_device(server: &'static Couch) {
    let Some(door) = Door::to(server) else { return };
    let database = server.database();
    let keyring = Keyring::start();
    let a = Device::with_keyring("A", &keyring);
    let token = door.good();
    connect(&a, &door.url(&database), &token);
    a.write("Carried", "text");
    a.sync();
    let file = |device: &Device, name: &str, words: &str| {
        let path = device.file(name, format!("{words}\n").as_bytes());
        path.display().to_string()
    };
    let words = file(&a, "words", "correct horse battery");
    let link_with = |token: &str| {
        let token = file(&a, "carried", token);
        let create = ["sync", "link", "create", "--passphrase-file", &words];
        let made = a
            .sheaf
            .attempt(&[&create[..], &["--token-file", &token]].concat())?;
        Ok::<_, sheaf_tests::Refusal>(made["link"].as_str().expect("a link").to_owned())
    };
    // Nobody gets a token out of the app that they do not have.
    let refusal = link_with(&door.expired()).expect_err("another token");
    assert!(refusal.message.contains("not the token"), "{refusal:?}");
    let link = link_with(&format!("Bearer {token}")).expect("the token in use");
    assert!(!link.contains(&token) && !link.contains(&database.name));

    let keyring = Keyring::start();
    let b = Device::with_keyring("B", &keyring);
    let words = file(&b, "words", "correct horse battery");
    let open = ["sync", "link", "open", &link, "--passphrase-file", &words];
    let applied = b.sheaf.run(&open);
    assert_eq!(applied["settings"]["target"]["fields"]["token"], true);
    b.sync();
    assert_eq!(b.titles(), ["Carried"]);
    for device in [&a, &b] {
        assert!(!device.sheaf.transcript().contains(&token));
        let written = files_holding(&device.sheaf.data_dir(), std::slice::from_ref(&token));
        assert_eq!(written, Vec::<std::path::PathBuf>::new());
    }

    // A link that was made long ago says why it does not work, and takes another token.
    let old = door.expired();
    renew(&a, &old);
    let late = link_with(&old).expect("the token in use");
    let c = Device::new("C");
    let words = file(&c, "words", "correct horse battery");
    let open = ["sync", "link", "open", &late, "--passphrase-file", &words];
    assert_eq!(c.sheaf.refused(&open).code, "tokenExpired");
    let said = c.sheaf.transcript();
    assert!(said.contains("The token in this link expired"), "{said}");
    let fresh = file(&c, "fresh", &door.good());
    c.sheaf
        .run(&[&open[..], &["--token-file", &fresh]].concat());
    c.sync();
    assert_eq!(c.titles(), ["Carried"]);
}

/// Gateways keep people signed in by a cookie of their own and forget them when it expires. Sheaf sends name and password
/// with every request and keeps no cookie, so it is let in when it asks once more.
fn a_gateway_that_signs_out_in_the_middle_is_signed_in_to_again(server: &'static Couch) {
    let database = server.database();
    let proxy = FaultProxy::to(&server.authority);
    let url = database.url_through(&proxy.authority, &server.admin, &server.password);
    let device = Device::new("A");
    device.connect(&url);
    device.sync();
    let other = Device::on("O", &database.url());
    for number in 0..4 {
        other.write(&format!("Theirs {number}"), "text");
    }
    other.sync();
    let large = device
        .file("large.pdf", &vec![7; 3 << 20])
        .display()
        .to_string();
    let note = device.write("With a scan", "text");
    device
        .sheaf
        .run(&["attach", "add", &large, "--note", &note]);

    // The first request is let in. Of every other the session is over each time it is new, those with large bodies too;
    // two may be on their way at once.
    let signed_out = Arc::new(AtomicUsize::new(0));
    let out = signed_out.clone();
    let mut let_in = HashMap::new();
    proxy.listen();
    proxy.plan(move |request| {
        let first_of_all = let_in.is_empty();
        let name = (request.method.clone(), request.path.clone());
        let next = let_in.entry(name).or_insert(first_of_all);
        *next = !*next;
        if *next {
            out.fetch_add(1, Ordering::SeqCst);
            Fault::SignedOut
        } else {
            Fault::None
        }
    });
    device.sync();
    assert!(
        signed_out.load(Ordering::SeqCst) >= 3,
        "{}",
        proxy.take_log().len()
    );
    for request in proxy.take_heard() {
        let head = String::from_utf8_lossy(&request[..request.len().min(2000)]).to_lowercase();
        assert!(!head.contains("\r\ncookie:"), "{head}");
    }
    assert_eq!(device.held_back(), Vec::<Value>::new());
    assert_eq!(device.list(&[]).len(), 5);
    assert_eq!(database.documents_of("note:").len(), 5);

    // A gateway that lets nobody in any more is not asked over and over.
    proxy.plan(|_| Fault::SignedOut);
    proxy.take_log();
    let refusal = device.sync_refused();
    assert_eq!(refusal.code, "unauthorised", "{refusal:?}");
    assert_eq!(proxy.take_log().len(), 1);
    proxy.heal();
    device.sync();
    assert_eq!(device.status()["state"]["kind"], "idle");
}
