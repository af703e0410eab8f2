//! The real app in a real window, driven as a person would: by what it reads and what is typed.

#![cfg(target_os = "linux")]

mod account;
mod diagnosis;
mod encryption;
mod guards;
mod hostile;
mod merging;
mod places;
mod planted;
mod policy;
mod support;

use serde_json::Value;
use sheaf_tests::{
    Account, Couch, Display, Installation, Keyring, Kind, Window, files_holding, on_server,
    spellings, text,
};

const CONTROL: &str = "\u{e009}";
const ALT: &str = "\u{e00a}";
const SHIFT: &str = "\u{e008}";
const PASSWORD: &str = "s3 cr@t/%é";

#[test]
fn a_note_written_in_one_window_is_synced_edited_in_another_and_there_after_reopening() {
    on_server(Kind::ExpressPouchdb, one_note_two_windows);
}

#[test]
fn the_same_with_apache_couchdb() {
    on_server(Kind::Couchdb, one_note_two_windows);
}

fn one_note_two_windows(server: &'static Couch) {
    let (display, keyring) = (Display::start(), Keyring::start());
    let database = server.database();
    let anna = Account::create(server, PASSWORD);
    database.admit(&[&anna]);

    let first = Installation::new();
    let one = first.open(&display, &keyring);
    write_note(&one, "Shopping", "bread\n牛乳");
    sync_by_fields(
        &one,
        &format!("http://{}", server.authority),
        &anna,
        &database.name,
    );
    let notes = database.wait_for("note:", |notes| notes.len() == 1);
    assert_eq!(text(&notes[0], "title"), "Shopping");
    assert_eq!(text(&notes[0], "body"), "bread\n牛乳");

    let second = Installation::new();
    let two = second.open(&display, &keyring);
    sync_by_pasting(
        &two,
        &database.url_as(&anna.name, &anna.password),
        &anna,
        &database.name,
    );
    leave_preferences(&two);
    two.page.wait_for_text("Shopping");
    open_note(&two, "Shopping");
    append(&two, "\ntea");
    database.wait_for("note:", |notes| body(notes) == "bread\n牛乳\ntea");
    leave_preferences(&one);
    open_note(&one, "Shopping");
    one.page
        .wait_until("document.querySelector('.cm-content').innerText.includes('tea')");

    drop(one);
    let again = first.open(&display, &keyring);
    again.page.wait_for_text("Shopping");
    open_note(&again, "Shopping");
    again
        .page
        .wait_until("document.querySelector('.cm-content').innerText.includes('tea')");
    // Still in step, with the password from the keyring.
    append(&again, "\nhoney");
    database.wait_for("note:", |notes| body(notes) == "bread\n牛乳\ntea\nhoney");

    let needles = spellings(&anna.name, PASSWORD);
    for installation in [&first, &second] {
        let found = files_holding(&installation.home(), &needles);
        assert!(found.is_empty(), "the password is in {found:?}");
    }
}

#[test]
fn words_typed_just_before_closing_are_there_after_reopening() {
    let (display, keyring) = (Display::start(), Keyring::start());
    let installation = Installation::new();
    let window = installation.open(&display, &keyring);
    write_note(&window, "Diary", "today");
    append(&window, " and the last words");
    display.close_windows();
    drop(window);
    let window = installation.open(&display, &keyring);
    open_note(&window, "Diary");
    window.page.wait_until(
        "document.querySelector('.cm-content').innerText.includes('today and the last words')",
    );
}

/// A second start used to show a dialog: "Sheaf is running already, look for the other window."
#[test]
fn a_second_start_brings_what_it_was_started_for_to_the_first_window() {
    let (display, keyring) = (Display::start(), Keyring::start());
    let installation = Installation::new();
    let window = installation.open(&display, &keyring);
    write_note(&window, "Wanted", "the one");
    let id = window
        .page
        .value("document.querySelector('[data-testid=note-row][aria-selected=true]').dataset.id");
    write_note(&window, "Other", "another one");
    let link = id.as_str().unwrap().replace("note:", "sheaf://note/");
    let ended = installation.start_again(&display, &keyring, &[&link]);
    assert!(ended.success());
    window
        .page
        .wait_until("document.querySelector('[data-testid=note-title]').value === 'Wanted'");

    let ended = installation.start_again(&display, &keyring, &["--quick-note"]);
    assert!(ended.success());
    display.wait_for_windows(2);
}

#[test]
fn a_note_in_a_window_of_its_own_and_the_main_window_show_the_same_words() {
    let (display, keyring) = (Display::start(), Keyring::start());
    let installation = Installation::new();
    let window = installation.open(&display, &keyring);
    write_note(&window, "Shared", "one");
    window.page.press(&[CONTROL, ALT, "w"]);
    display.wait_for_windows(2);
    append(&window, " and two");
    window.page.wait_for_text("Saved");
    // Both save and go, and the app with them.
    display.close_windows();
    drop(window);
    let window = installation.open(&display, &keyring);
    open_note(&window, "Shared");
    window
        .page
        .wait_until("document.querySelector('.cm-content').innerText.includes('one and two')");
}

#[test]
fn the_window_opens_as_large_as_it_was_left() {
    let (display, keyring) = (Display::start(), Keyring::start());
    let installation = Installation::new();
    let window = installation.open(&display, &keyring);
    display.resize_windows(900, 640);
    window
        .page
        .wait_until("innerWidth === 900 && innerHeight === 640");
    display.close_windows();
    drop(window);
    let window = installation.open(&display, &keyring);
    window
        .page
        .wait_until("innerWidth === 900 && innerHeight === 640");
}

#[test]
fn a_missing_database_is_told_created_and_applied() {
    on_server(Kind::ExpressPouchdb, |server| {
        let (display, keyring) = (Display::start(), Keyring::start());
        let database = server.database();
        database.remove();
        let installation = Installation::new();
        let window = installation.open(&display, &keyring);
        open_sync_preferences(&window);
        let address = format!("http://{}", server.authority);
        window.page.part("sync-address").type_text(&address);
        window.page.part("sync-user").type_text(&server.admin);
        window
            .page
            .part("sync-password")
            .type_text("not the password");
        window.page.part("sync-database").type_text(&database.name);
        window.page.part("sync-test").click();
        expect_code(&window, "unauthorised");
        // Over what is there: the field is one line, and its text is selected.
        window.page.part("sync-password").click();
        window.page.press(&[CONTROL, "a"]);
        window
            .page
            .part("sync-password")
            .type_text(&server.password);
        window.page.part("sync-apply").click();
        expect_code(&window, "databaseMissing");
        window.page.part("create-database").click();
        window
            .page
            .wait_for_text(&format!("{} was created.", database.name));
        apply(&window);
        leave_preferences(&window);
        write_note(&window, "First", "text");
        database.wait_for("note:", |notes| {
            notes.iter().any(|note| note["title"] == "First")
        });
    });
}

fn expect_code(window: &Window, code: &str) {
    window.page.wait_until(&format!(
        "document.querySelector('[data-testid=sync-result]').dataset.code === '{code}'"
    ));
}

fn body(notes: &[Value]) -> &str {
    notes
        .first()
        .and_then(|note| note["body"].as_str())
        .unwrap_or_default()
}

fn write_note(window: &Window, title: &str, body: &str) {
    window.page.part("new-note").click();
    // On a busy computer the first letter went into the note that was still open.
    window
        .page
        .wait_until("document.querySelector('[data-testid=note-title]')?.value === ''");
    window.page.part("note-title").type_text(title);
    window.page.css(".cm-content").click();
    window.page.css(".cm-content").type_text(body);
    window.page.wait_for_text("Saved");
}

fn open_note(window: &Window, title: &str) {
    window
        .page
        .xpath(&format!("//*[@role='option' and contains(., '{title}')]"))
        .click();
}

/// At the end of the open note.
fn append(window: &Window, text: &str) {
    const END: &str = "\u{e010}";
    window.page.css(".cm-content").click();
    window.page.press(&[CONTROL, END]);
    window.page.css(".cm-content").type_text(text);
}

fn open_sync_preferences(window: &Window) {
    window.page.part("open-preferences").click();
    window.page.part("prefs-sync").click();
    window.page.part("sync-radio-couchdb").click();
}

fn leave_preferences(window: &Window) {
    window.page.part("close-preferences").click();
}

fn sync_by_fields(window: &Window, address: &str, account: &Account, database: &str) {
    open_sync_preferences(window);
    window.page.part("sync-address").type_text(address);
    window.page.part("sync-user").type_text(&account.name);
    window
        .page
        .part("sync-password")
        .type_text(&account.password);
    window.page.part("sync-database").type_text(database);
    apply(window);
}

fn sync_by_pasting(window: &Window, url: &str, account: &Account, database: &str) {
    open_sync_preferences(window);
    window.page.part("sync-url").type_text(url);
    // Leaving the field takes the address apart.
    window.page.part("sync-database").click();
    for (field, value) in [("user", account.name.as_str()), ("database", database)] {
        let value = Value::from(value);
        window.page.wait_until(&format!(
            "document.querySelector('#sync-{field}').value === {value}"
        ));
    }
    let shown = window
        .page
        .value("document.querySelector('#sync-url').value");
    assert_eq!(shown, "", "the password does not stay in sight");
    apply(window);
}

fn apply(window: &Window) {
    window.page.part("sync-apply").click();
    window.page.wait_for_text("Applied. Sync is on.");
}
