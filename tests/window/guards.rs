//! Questions before anything is lost, and setting up a server, answered in the window.

use serde_json::{Value, json};
use sheaf_tests::{
    Account, Couch, Database, Device, Display, Installation, Keyring, Kind, Window, on_server, text,
};

use super::{CONTROL, leave_preferences, open_sync_preferences, write_note};

fn fill_in(window: &Window, server: &Couch, database: &Database) {
    open_sync_preferences(window);
    let page = &window.page;
    let address = format!("http://{}", server.authority);
    page.part("sync-address").type_text(&address);
    page.part("sync-user").type_text(&server.admin);
    page.part("sync-password").type_text(&server.password);
    page.part("sync-database").type_text(&database.name);
}

fn titles(notes: &[Value]) -> Vec<String> {
    let mut titles: Vec<String> = notes.iter().map(|note| text(note, "title")).collect();
    titles.sort();
    titles
}

/// A database with a note of somebody else's.
fn database_with_a_note(server: &'static Couch) -> (Database, Device) {
    let database = server.database();
    let other = Device::on("O", &database.url());
    other.write("There", "text");
    other.sync();
    (database, other)
}

#[test]
fn both_sides_are_counted_and_nothing_happens_before_the_answer() {
    on_server(Kind::ExpressPouchdb, |server| {
        let (display, keyring) = (Display::start(), Keyring::start());
        let (database, _other) = database_with_a_note(server);
        let installation = Installation::new();
        let window = installation.open(&display, &keyring);
        let page = &window.page;
        write_note(&window, "Here", "text");
        fill_in(&window, server, &database);
        page.part("sync-apply").click();
        page.wait_for_text("Both sides have notes");
        page.part("join-replaceRemote").click();
        page.wait_for_text("Delete 1 note there");
        window.photograph("guard-switch");
        // Another thought.
        page.xpath("//button[normalize-space()='Cancel']").click();
        page.wait_until("!document.querySelector('[data-testid=sides]')");
        assert_eq!(titles(&database.documents_of("note:")), ["There"]);

        page.part("sync-apply").click();
        page.part("join").click();
        page.wait_for_text("Applied. Sync is on.");
        database.wait_for("note:", |notes| titles(notes) == ["Here", "There"]);
        leave_preferences(&window);
        page.wait_for_text("There");
    });
}

/// The app may look while the new database is still empty: the numbers follow what comes into it.
#[test]
fn a_recreated_database_asks_and_can_be_made_what_this_computer_has() {
    on_server(Kind::ExpressPouchdb, |server| {
        let (display, keyring) = (Display::start(), Keyring::start());
        let database = server.database();
        let installation = Installation::new();
        let window = installation.open(&display, &keyring);
        let page = &window.page;
        write_note(&window, "Here", "text");
        fill_in(&window, server, &database);
        page.part("sync-apply").click();
        page.wait_for_text("Applied. Sync is on.");
        database.wait_for("note:", |notes| notes.len() == 1);

        // Paused, so that nobody looks at the moment in which there is no database at all.
        page.part("sync-pause").click();
        page.wait_for_text("Paused");
        database.recreate();
        page.part("sync-resume").click();
        page.part("guard-replace-remote").click();
        page.wait_for_text("It becomes what this computer has.");
        database.put(&json!({
            "_id": "note:stranger", "title": "Stranger", "body": "text", "bookId": "book:x",
            "createdAt": 1, "updatedAt": 1, "doctype": "markdown", "tags": [], "status": "none",
        }));
        page.wait_for_text("Delete 1 note there");
        window.photograph("guard-replace-remote");
        page.part("join").click();
        database.wait_for("note:", |notes| titles(notes) == ["Here"]);
        page.wait_until("!document.querySelector('[data-testid=guard]')");
    });
}

#[test]
fn many_deletions_wait_for_a_person_who_keeps_the_notes() {
    on_server(Kind::ExpressPouchdb, |server| {
        let (display, keyring) = (Display::start(), Keyring::start());
        let database = server.database();
        let other = Device::on("O", &database.url());
        let ids: Vec<String> = (0..30)
            .map(|number| other.write(&format!("Note {number:02}"), "text"))
            .collect();
        other.sync();
        let installation = Installation::new();
        let window = installation.open(&display, &keyring);
        let page = &window.page;
        fill_in(&window, server, &database);
        page.part("sync-apply").click();
        page.wait_for_text("Applied. Sync is on.");
        leave_preferences(&window);
        page.wait_for_text("Note 29");

        let deleted: Vec<Value> = ids
            .iter()
            .map(|id| {
                let note = database.get(id).success();
                json!({ "_id": id, "_rev": note["_rev"], "_deleted": true })
            })
            .collect();
        let body = json!({ "docs": deleted });
        database.send("POST", "_bulk_docs", Some(&body)).success();
        open_sync_preferences(&window);
        page.wait_for_text("Delete 30 notes");
        window.photograph("guard-mass-deletion");
        page.part("guard-keep").click();
        database.wait_for("note:", |notes| notes.len() == 30);
        leave_preferences(&window);
        page.wait_for_text("Note 29");
    });
}

#[test]
fn a_server_is_set_up_and_carried_to_the_next_device_in_the_window() {
    on_server(Kind::ExpressPouchdb, set_up);
}

#[test]
fn the_same_server_set_up_with_apache_couchdb() {
    on_server(Kind::Couchdb, set_up);
}

fn set_up(server: &'static Couch) {
    let (display, keyring) = (Display::start(), Keyring::start());
    let database = server.database();
    database.open_to_everybody();
    let anna = Account::create(server, "straw-7731-hat");
    let security = json!({ "admins": { "names": [anna.name] } });
    database.send("PUT", "_security", Some(&security)).success();
    let installation = Installation::new();
    let window = installation.open(&display, &keyring);
    let page = &window.page;
    write_note(&window, "Carried", "text");
    super::sync_by_fields(
        &window,
        &format!("http://{}", server.authority),
        &anna,
        &database.name,
    );
    page.part("server-look").click();
    page.wait_for_text("Everybody, without a password");
    window.photograph("server-open");
    page.part("server-restrict").click();
    page.wait_for_text("Only who is named");
    page.part("server-prepare").click();
    page.wait_for_text("They find the filter they need.");
    page.part("server-measure").click();
    page.wait_until(
        "/went through/.test(document.querySelector('[data-testid=server-limits]').innerText)",
    );
    window.photograph("server-restricted");
    let security = database.send("GET", "_security", None).success();
    assert_eq!(security["members"]["names"], json!([anna.name]));
    assert_eq!(security["admins"]["names"], json!([anna.name]));

    page.part("link-create").click();
    page.part("setup-passphrase")
        .type_text("correct horse battery");
    page.part("setup-password").type_text(&anna.password);
    window.photograph("link-create");
    page.part("setup-go").click();
    page.wait_until("document.querySelector('[data-testid=setup-made]')");
    window.photograph("link-made");
    let link = page.value("document.querySelector('[data-testid=setup-made]').value");
    let link = link.as_str().expect("a link").to_owned();
    assert!(!link.contains(&anna.password));
    database.wait_for("note:", |notes| notes.len() == 1);

    let next = Installation::new();
    let window = next.open(&display, &keyring);
    let page = &window.page;
    open_sync_preferences(&window);
    page.part("link-use").click();
    page.part("setup-link").type_text(&link);
    page.part("setup-passphrase").type_text("correct horse");
    page.part("setup-go").click();
    page.wait_for_text("This passphrase does not open it.");
    window.photograph("link-wrong");
    page.part("setup-passphrase").click();
    page.press(&[CONTROL, "a"]);
    page.part("setup-passphrase")
        .type_text("correct horse battery");
    page.part("setup-go").click();
    let name = Value::from(database.name.as_str());
    page.wait_until(&format!(
        "document.querySelector('#sync-database').value === {name}"
    ));
    page.part("sync-apply").click();
    page.wait_for_text("Applied. Sync is on.");
    leave_preferences(&window);
    page.wait_for_text("Carried");
}
