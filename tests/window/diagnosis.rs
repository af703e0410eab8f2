//! The network diagnosis in the real window: broken worlds are found, cured from the screen, and the next run is
//! green. From the preferences, from the sync status, and before anything is configured; once by keyboard alone.

use std::net::TcpListener;

use serde_json::json;
use sheaf_tests::certificates::{Front, GOOD};
use sheaf_tests::listeners::{BlackHole, relay};
use sheaf_tests::{
    Account, Couch, Database, Display, Installation, Keyring, Window, encode_segment,
};

use super::{CONTROL, SHIFT, apply, expect_code, open_sync_preferences, write_note};

const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";

/// Each world is real twice: with the peer that is always there, and with Apache `CouchDB` where one is named.
macro_rules! worlds {
    ($($world:ident),+ $(,)?) => {
        mod express_pouchdb {
            $(#[test] fn $world() { sheaf_tests::on_server(sheaf_tests::Kind::ExpressPouchdb, super::$world); })+
        }
        mod couchdb {
            $(#[test] fn $world() { sheaf_tests::on_server(sheaf_tests::Kind::Couchdb, super::$world); })+
        }
    };
}

worlds! {
    a_closed_port_is_found_and_green_once_somebody_listens_there,
    a_black_hole_is_found_in_time_and_green_once_it_is_closed,
    a_self_signed_certificate_is_trusted_after_its_fingerprint_was_shown,
    a_world_readable_database_is_restricted_from_the_screen,
    a_missing_database_is_created_by_keyboard_alone,
    a_wrong_password_is_told_by_test_and_by_the_diagnosis_of_the_form,
    a_recreated_database_is_found_from_the_sync_status_and_green_after_merging,
}

/// A database for members only, as CouchDB makes them.
fn database(server: &'static Couch) -> Database {
    let database = server.database();
    let closed = json!({ "admins": { "roles": ["_admin"] }, "members": { "roles": ["_admin"] } });
    database.send("PUT", "_security", Some(&closed)).success();
    database
}

fn url(scheme: &str, authority: &str, database: &Database) -> String {
    let server = database.server;
    let [user, password, name] =
        [&server.admin, &server.password, &database.name].map(|part| encode_segment(part));
    format!("{scheme}://{user}:{password}@{authority}/{name}")
}

fn open_diagnosis(window: &Window) {
    window.page.part("open-preferences").click();
    window.page.part("prefs-diagnosis").click();
}

fn check_address(window: &Window, url: &str) {
    open_diagnosis(window);
    window.page.part("diagnosis-url").type_text(url);
    window.page.part("diagnosis-check").click();
}

/// The run is over, this is the one check that failed, and its line is open.
fn finds(window: &Window, check: &str, code: &str) {
    let page = &window.page;
    page.wait_until(&format!(
        "document.querySelector('[data-testid=\"check-{check}\"]').dataset.code === '{code}'"
    ));
    page.part("diagnosis-again");
    let failed = page.value(
        "[...document.querySelectorAll('[data-state=failed][data-code]')].map((line) => line.dataset.code).join()",
    );
    assert_eq!(failed, code, "somebody else is accused:\n{}", page.text());
    page.wait_for_text("What to do");
}

/// The run that `begin` begins is over, and nothing needs attention.
fn is_green_after(window: &Window, begin: impl FnOnce()) {
    let page = &window.page;
    let run = "document.querySelector('[data-testid=diagnosis]').dataset";
    let before = page.value(&format!("{run}.run"));
    begin();
    page.wait_until(&format!(
        "{run}.run !== {before} && {run}.verdict !== 'running'"
    ));
    let lines = page.value(
        "[...document.querySelectorAll('[data-state=failed][data-code], [data-state=warning][data-code]')].map((line) => line.dataset.code)",
    );
    // The peer from npm collects its signs of life; the diagnosis is right about it.
    let text = page.text();
    let green = if text.contains("express-pouchdb") {
        lines == json!(["feed_buffered"])
    } else {
        lines == json!([])
    };
    assert!(green, "{lines}:\n{text}");
}

fn is_green_again(window: &Window) {
    is_green_after(window, || window.page.part("diagnosis-again").click());
}

/// Presses the fix, agrees to what it says, and waits for the run that follows.
fn is_fixed_by(window: &Window, kind: &str) {
    window.page.part(&format!("fix-{kind}")).click();
    is_green_after(window, || window.page.part("confirm").click());
    window.page.part("undo-fix");
}

/// In the dark theme too.
fn photograph(window: &Window, name: &str) {
    if !Window::is_photographed() {
        return;
    }
    let theme = |theme: &str| {
        window.page.part("prefs-appearance").click();
        window.page.part(&format!("theme-{theme}")).click();
        window.page.part("prefs-diagnosis").click();
        window.page.part("diagnosis");
    };
    theme("light");
    window.photograph(&format!("{name}-light"));
    theme("dark");
    window.photograph(&format!("{name}-dark"));
    theme("light");
}

/// Before anything is configured.
fn a_closed_port_is_found_and_green_once_somebody_listens_there(server: &'static Couch) {
    let (display, keyring) = (Display::start(), Keyring::start());
    let database = database(server);
    let port = TcpListener::bind("127.0.0.31:0").expect("loopback has a free port");
    let authority = port.local_addr().expect("it is bound").to_string();
    drop(port);
    let installation = Installation::new();
    let window = installation.open(&display, &keyring);
    check_address(&window, &url("http", &authority, &database));
    finds(&window, "TCP-1", "port_refused");
    photograph(&window, "diagnosis-closed-port");
    relay(&authority, &server.authority);
    is_green_again(&window);
    photograph(&window, "diagnosis-healthy");
}

fn a_black_hole_is_found_in_time_and_green_once_it_is_closed(server: &'static Couch) {
    let (display, keyring) = (Display::start(), Keyring::start());
    let database = database(server);
    let hole = BlackHole::at("127.0.0.33:0");
    let authority = format!("127.0.0.33:{}", hole.port);
    let installation = Installation::new();
    let window = installation.open(&display, &keyring);
    check_address(&window, &url("http", &authority, &database));
    finds(&window, "TCP-1", "port_filtered");
    drop(hole);
    relay(&authority, &server.authority);
    is_green_again(&window);
}

/// The fingerprint is shown before anything is trusted.
fn a_self_signed_certificate_is_trusted_after_its_fingerprint_was_shown(server: &'static Couch) {
    let (display, keyring) = (Display::start(), Keyring::start());
    let database = database(server);
    let front = Front::to(&server.authority, GOOD.self_signed());
    let installation = Installation::new();
    let window = installation.open(&display, &keyring);
    let page = &window.page;
    let authority = format!("127.0.0.1:{}", front.port);
    check_address(&window, &url("https", &authority, &database));
    finds(&window, "TLS-1", "tls_self_signed");
    page.part("fix-trustCertificate").click();
    page.wait_until(
        "/([0-9a-f]{4} ){15}[0-9a-f]{4}/.test(document.querySelector('[role=dialog]').innerText)",
    );
    window.photograph("diagnosis-trust");
    is_green_after(&window, || page.part("confirm").click());
    page.wait_until(
        "document.querySelector('[data-testid=\"check-TLS-1\"], [data-testid=group-certificate]')",
    );
    page.part("undo-fix");
}

fn a_world_readable_database_is_restricted_from_the_screen(server: &'static Couch) {
    let (display, keyring) = (Display::start(), Keyring::start());
    let database = server.database();
    database.open_to_everybody();
    let installation = Installation::new();
    let window = installation.open(&display, &keyring);
    let page = &window.page;
    check_address(&window, &url("http", &server.authority, &database));
    page.wait_until(
        "document.querySelector('[data-testid=\"check-DB-2\"]').dataset.code === 'open_to_everybody'",
    );
    page.part("diagnosis-again");
    photograph(&window, "diagnosis-open-database");
    is_fixed_by(&window, "restrictSecurity");
    let members = &database.send("GET", "_security", None).success()["members"]["names"];
    assert_eq!(*members, json!([server.admin]));
}

/// No pointer at all: from the palette to the fix and the green run after it.
fn a_missing_database_is_created_by_keyboard_alone(server: &'static Couch) {
    let (display, keyring) = (Display::start(), Keyring::start());
    let database = server.database();
    database.remove();
    let installation = Installation::new();
    let window = installation.open(&display, &keyring);
    let page = &window.page;
    page.part("new-note");
    page.press(&[CONTROL, SHIFT, "p"]);
    page.wait_until("document.activeElement.matches('[role=dialog] input')");
    page.css(":focus").type_text("network diagnosis");
    page.press(&[ENTER]);
    page.part("diagnosis-url");
    tab_to(&window, "diagnosis-url");
    page.css(":focus")
        .type_text(&url("http", &server.authority, &database));
    page.press(&[ENTER]);
    finds(&window, "DB-1", "database_missing");
    tab_to(&window, "fix-createDatabase");
    page.press(&[ENTER]);
    page.part("confirm");
    tab_to(&window, "confirm");
    window.photograph("diagnosis-create");
    page.press(&[ENTER]);
    page.wait_until(
        "['done', 'warnings'].includes(document.querySelector('[data-testid=diagnosis]').dataset.verdict)",
    );
    assert!(database.send("GET", "", None).status == 200);
    let failed = page.value("document.querySelectorAll('[data-state=failed][data-code]').length");
    assert_eq!(failed, 0, "{}", page.text());
}

/// Tab until the part has the keys.
fn tab_to(window: &Window, part: &str) {
    for _ in 0..80 {
        let focused = window
            .page
            .value("document.activeElement?.dataset?.testid ?? ''");
        if focused == part {
            return;
        }
        window.page.press(&[TAB]);
    }
    panic!("{part} cannot be reached by Tab:\n{}", window.page.text());
}

/// *Test* says the failing check's sentence with its cure, and leads to the whole diagnosis.
fn a_wrong_password_is_told_by_test_and_by_the_diagnosis_of_the_form(server: &'static Couch) {
    let (display, keyring) = (Display::start(), Keyring::start());
    let database = database(server);
    let anna = Account::create(server, "straw-7731-hat");
    database.admit(&[&anna]);
    let installation = Installation::new();
    let window = installation.open(&display, &keyring);
    let page = &window.page;
    open_sync_preferences(&window);
    page.part("sync-address")
        .type_text(&format!("http://{}", server.authority));
    page.part("sync-user").type_text(&anna.name);
    page.part("sync-password").type_text("not the password");
    page.part("sync-database").type_text(&database.name);
    page.part("sync-test").click();
    expect_code(&window, "unauthorised");
    page.wait_for_text(&format!("Name or password for {} is wrong.", anna.name));
    window.photograph("test-wrong-password");
    page.part("test-diagnose").click();
    finds(&window, "AUTH-1", "auth_wrong");
    photograph(&window, "diagnosis-wrong-password");
    page.part("prefs-sync").click();
    page.part("sync-password").click();
    page.press(&[CONTROL, "a"]);
    page.part("sync-password").type_text(&anna.password);
    page.part("sync-test").click();
    expect_code(&window, "ok");
}

/// From the sync status. The cure is the guard's answer.
fn a_recreated_database_is_found_from_the_sync_status_and_green_after_merging(
    server: &'static Couch,
) {
    let (display, keyring) = (Display::start(), Keyring::start());
    let database = database(server);
    let installation = Installation::new();
    let window = installation.open(&display, &keyring);
    let page = &window.page;
    write_note(&window, "Here", "text");
    open_sync_preferences(&window);
    page.part("sync-address")
        .type_text(&format!("http://{}", server.authority));
    page.part("sync-user").type_text(&server.admin);
    page.part("sync-password").type_text(&server.password);
    page.part("sync-database").type_text(&database.name);
    apply(&window);
    database.wait_for("note:", |notes| notes.len() == 1);
    page.part("sync-pause").click();
    page.wait_for_text("Paused");
    database.recreate();
    let closed = json!({ "admins": { "roles": ["_admin"] }, "members": { "roles": ["_admin"] } });
    database.send("PUT", "_security", Some(&closed)).success();
    // Shift+F10 on the footer opens its menu.
    page.value("document.querySelector('[data-testid=sync-footer]').focus()");
    page.press(&[SHIFT, "\u{e03a}"]);
    page.xpath("//*[@role='menuitem' and contains(., 'Network diagnosis')]")
        .click();
    finds(&window, "SYNC-1", "identity_changed");
    photograph(&window, "diagnosis-recreated");
    page.part("prefs-sync").click();
    page.part("sync-resume").click();
    page.part("guard-merge").click();
    database.wait_for("note:", |notes| notes.len() == 1);
    page.wait_until("!document.querySelector('[data-testid=guard]')");
    page.part("prefs-diagnosis").click();
    is_green_again(&window);
}
