//! An encrypted database in the real window: chosen for an empty one, opened on the next computer, moved into.

use std::sync::mpsc::channel;

use serde_json::Value;
use sheaf_tests::{
    Couch, Database, Device, Display, Fault, FaultProxy, Installation, Keyring, Kind, Window,
    files_holding, on_server, spellings, text,
};

use super::{CONTROL, expect_code, leave_preferences, open_sync_preferences, write_note};

const PASSPHRASE: &str = "straw ink lantern orchard";

fn fill_in(window: &Window, authority: &str, database: &Database) {
    open_sync_preferences(window);
    let (page, server) = (&window.page, database.server);
    let address = format!("http://{authority}");
    page.part("sync-address").type_text(&address);
    page.part("sync-user").type_text(&server.admin);
    page.part("sync-password").type_text(&server.password);
    page.part("sync-database").type_text(&database.name);
}

/// A passphrase and once more.
fn choose(window: &Window, passphrase: &str) {
    window.page.part("vault-passphrase").type_text(passphrase);
    window.page.part("vault-repeat").type_text(passphrase);
}

fn state(window: &Window, is: &str) {
    window.page.wait_until(&format!(
        "document.querySelector('[data-testid=encryption-state]').textContent === '{is}'"
    ));
}

fn stage(window: &Window, is: &str) {
    window.page.wait_until(&format!(
        "document.querySelector('[data-testid=conversion]').dataset.stage === '{is}'"
    ));
}

/// In both themes, and back in the one it was in.
fn photograph(window: &Window, name: &str) {
    window.photograph(name);
    let root = "document.documentElement.dataset";
    let before = window.page.value(&format!("{root}.theme"));
    let paint = |theme: &str, scheme: &str| {
        let script = format!("({root}.theme = '{theme}', {root}.scheme = '{scheme}')");
        window.page.value(&script);
    };
    paint("dark", "dark");
    window.photograph(&format!("{name}-dark"));
    paint(before.as_str().unwrap_or("light"), "light");
}

#[test]
fn an_empty_database_is_encrypted_and_opened_on_the_next_computer() {
    on_server(Kind::ExpressPouchdb, two_computers);
}

#[test]
fn the_same_encrypted_with_apache_couchdb() {
    on_server(Kind::Couchdb, two_computers);
}

fn two_computers(server: &'static Couch) {
    let (display, keyring) = (Display::start(), Keyring::start());
    let database = server.database();
    let first = Installation::new();
    let window = first.open(&display, &keyring);
    let page = &window.page;
    fill_in(&window, &server.authority, &database);
    page.part("sync-test").click();
    page.part("vault-new").click();
    page.part("vault-passphrase").type_text("short");
    page.wait_for_text("Ten characters or more.");
    page.part("vault-passphrase").click();
    page.press(&[CONTROL, "a"]);
    choose(&window, PASSPHRASE);
    photograph(&window, "vault-new");
    page.part("vault-go").click();
    let code = page.part("vault-code").text();
    assert!(code.len() > 60, "{code}");
    photograph(&window, "vault-kit");
    page.part("vault-kept").click();
    page.wait_until("!document.querySelector('[data-testid=vault-code]')");
    page.part("sync-apply").click();
    page.wait_for_text("Applied. Sync is on.");
    state(&window, "On");
    photograph(&window, "vault-on");
    leave_preferences(&window);
    write_note(&window, "Secret plans", "a text that nobody else reads");
    let notes = database.wait_for("note:", |notes| notes.len() == 1);
    assert!(notes[0].get("sheafSealed").is_some(), "{}", notes[0]);
    let all: String = database.documents().iter().map(Value::to_string).collect();
    for secret in ["Secret plans", "nobody else", PASSPHRASE, &code] {
        assert!(!all.contains(secret), "{secret}: {all}");
    }

    let second = Installation::new();
    let next = second.open(&display, &keyring);
    let page = &next.page;
    fill_in(&next, &server.authority, &database);
    page.part("sync-apply").click();
    expect_code(&next, "vaultLocked");
    photograph(&next, "vault-locked");
    page.part("vault-enter").click();
    page.part("vault-typed")
        .type_text("straw ink lantern orchid");
    page.part("vault-go").click();
    page.wait_for_text("This passphrase does not open it.");
    photograph(&next, "vault-wrong");
    page.part("vault-typed").click();
    page.press(&[CONTROL, "a"]);
    page.part("vault-typed").type_text(PASSPHRASE);
    page.part("vault-go").click();
    page.wait_for_text("Applied. Sync is on.");
    state(&next, "On");
    leave_preferences(&next);
    page.wait_for_text("Secret plans");

    // The kit once more, for who knows the passphrase; and its page.
    open_sync_preferences(&next);
    page.part("encryption-kit").click();
    page.part("vault-typed").type_text(PASSPHRASE);
    page.part("vault-go").click();
    assert_eq!(page.part("vault-code").text(), code);
    page.part("vault-print").click();
    let page_of_kit = "document.querySelector('body > .printed.kit').textContent";
    page.wait_until(&format!(
        "{page_of_kit}.includes('There is no other way in')"
    ));
    let printed = page.value(page_of_kit);
    assert!(printed.as_str().unwrap_or_default().contains(&code));
    drop(next);
    drop(window);

    let mut needles = spellings("", PASSPHRASE);
    needles.extend([code.replace('-', ""), code]);
    for installation in [&first, &second] {
        let found = files_holding(&installation.home(), &needles);
        assert!(
            found.is_empty(),
            "the key or its passphrase is in {found:?}"
        );
    }
}

#[test]
fn a_database_with_notes_moves_into_an_encrypted_one_while_the_person_watches() {
    on_server(Kind::ExpressPouchdb, moved);
}

#[test]
fn the_same_moved_with_apache_couchdb() {
    on_server(Kind::Couchdb, moved);
}

fn moved(server: &'static Couch) {
    let (display, keyring) = (Display::start(), Keyring::start());
    let database = server.database();
    let other = Device::on("O", &database.url());
    for number in 0..12 {
        other.write(&format!("Recipe {number:02}"), "barley, leek");
    }
    other.sync();
    let before = database.documents();
    let proxy = FaultProxy::to(&server.authority);
    let installation = Installation::new();
    let window = installation.open(&display, &keyring);
    let page = &window.page;
    fill_in(&window, &proxy.authority, &database);
    page.part("sync-apply").click();
    page.wait_for_text("Applied. Sync is on.");
    state(&window, "Off");
    photograph(&window, "vault-off");

    // The copying stands still for the picture.
    let new = Database {
        name: format!("{}-encrypted", database.name),
        server,
    };
    let (reached, at_the_place) = channel();
    let (go_on, may_go_on) = channel::<()>();
    let name = new.name.clone();
    proxy.plan(move |request| {
        if request.path.contains(&name) && request.path.contains("_bulk_docs") {
            // Nobody waits for it any more: later requests just pass.
            let _ = reached.send(());
            let _ = may_go_on.recv();
        }
        Fault::None
    });
    page.part("encryption-on").click();
    choose(&window, PASSPHRASE);
    page.part("vault-go").click();
    page.wait_until(&format!(
        "document.querySelector('[data-testid=vault-name]').value === '{}'",
        new.name
    ));
    photograph(&window, "vault-move");
    page.part("vault-go").click();
    page.part("vault-kept").click();
    at_the_place.recv().expect("the copying begins");
    stage(&window, "copying");
    photograph(&window, "vault-moving");
    drop(go_on);
    stage(&window, "done");
    page.wait_for_text("still holds everything in the clear");
    photograph(&window, "vault-moved");
    page.part("conversion-close").click();
    state(&window, "On");
    leave_preferences(&window);
    page.wait_for_text("Recipe 11");
    write_note(&window, "After the move", "text");
    let notes = new.wait_for("note:", |notes| notes.len() > 12);
    assert!(notes.iter().all(|note| note.get("sheafSealed").is_some()));
    let titles = |documents: &[Value]| {
        let notes = documents
            .iter()
            .filter(|document| document["title"].is_string());
        notes.map(|note| text(note, "title")).collect::<Vec<_>>()
    };
    assert_eq!(titles(&database.documents()), titles(&before));
    assert!(titles(&new.documents()).is_empty());
}
