//! Every way in and out of an account, in the real window, with a real `sheaf-server`.

use std::{
    fs,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use sheaf_tests::{
    Device, Display, Installation, Keyring, ServerOptions, SheafServer, Window, say,
};

use super::{CONTROL, append, leave_preferences, open_note, write_note};

const EMAIL: &str = "anna@example.org";
const PASSWORD: &str = "correct horse battery";
const NEW_PASSWORD: &str = "another horse, no battery";
fn open_account(window: &Window) {
    window.page.part("open-preferences").click();
    window.page.part("prefs-sync").click();
    window.page.part("sync-radio-hosted").click();
}

fn fill(window: &Window, field: &str, words: &str) {
    let field = window.page.part(field);
    field.click();
    // Over what is there: the field is one line, and its text is selected.
    window.page.press(&[CONTROL, "a"]);
    field.type_text(words);
}

fn enter(window: &Window, server: &SheafServer, password: &str) {
    fill(window, "account-address", server.url());
    fill(window, "account-email", EMAIL);
    fill(window, "account-password", password);
}

fn sign_up(window: &Window, server: &SheafServer) -> String {
    open_account(window);
    window.page.part("account-way-signUp").click();
    enter(window, server, PASSWORD);
    fill(window, "account-repeat", PASSWORD);
    window.photograph("account-sign-up");
    window.page.part("account-enter").click();
    let code = window.page.part("recovery-code").text();
    assert!(code.len() > 100, "{code}");
    window.photograph("account-recovery-kit");
    window.page.part("recovery-done").click();
    window.page.wait_for_text("Signed in: anna@example.org");
    window.page.wait_for_text("Up to date");
    window.photograph("account-in-force");
    code
}

fn sign_in(window: &Window, server: &SheafServer) {
    open_account(window);
    enter(window, server, PASSWORD);
    window.page.part("account-enter").click();
    window.page.wait_for_text("Signed in: anna@example.org");
}

/// Another device of the account, by the command line.
fn other_device(server: &SheafServer, password: &str) -> Device {
    let device = Device::new("O");
    let file = device.file("password", password.as_bytes());
    let file = file.display().to_string();
    device.sheaf.run(&[
        "sync",
        "set",
        "server",
        server.url(),
        "--email",
        EMAIL,
        "--password-file",
        &file,
    ]);
    device.sync();
    device
}

/// How long words typed in one window take to be seen in the other.
fn crossing(windows: &[&Window; 2], turn: usize) -> Duration {
    let (from, to) = (windows[turn % 2], windows[(turn + 1) % 2]);
    append(from, &format!(" and {turn}"));
    let typed = Instant::now();
    to.page.wait_until(&format!(
        "document.querySelector('.cm-content').innerText.includes('and {turn}')"
    ));
    typed.elapsed()
}

/// A newcomer's path: the address that `sheaf-server` prints is typed into two apps, and a note crosses.
#[test]
fn a_new_account_its_recovery_code_and_a_note_that_crosses_between_two_windows() {
    let server = ServerOptions::bare().start();
    let (display, keyring) = (Display::start(), Keyring::start());
    let (first, second) = (Installation::new(), Installation::new());
    let one = first.open(&display, &keyring);
    write_note(&one, "Shopping", "bread");
    let code = sign_up(&one, &server);

    let two = second.open(&display, &keyring);
    open_account(&two);
    enter(&two, &server, "not the password");
    two.page.part("account-enter").click();
    two.page.wait_until(
        "document.querySelector('[data-testid=account-result]').dataset.code === 'unauthorised'",
    );
    two.photograph("account-wrong-password");
    // What was typed is still there; the recovery code opens it as well.
    two.page.part("account-use-code").click();
    two.page
        .part("account-code")
        .type_text(&code.to_lowercase());
    two.page.part("account-enter").click();
    two.page.wait_for_text("Signed in: anna@example.org");
    leave_preferences(&two);
    two.page.wait_for_text("Shopping");
    open_note(&two, "Shopping");
    leave_preferences(&one);
    open_note(&one, "Shopping");
    append(&one, " and tea");
    two.page
        .wait_until("document.querySelector('.cm-content').innerText.includes('and tea')");
    append(&two, " and honey");
    one.page
        .wait_until("document.querySelector('.cm-content').innerText.includes('and honey')");
    // From the last key to the other window. Told, not judged: in the gate other tests use the computer too.
    let fastest = (0..6).map(|turn| crossing(&[&one, &two], turn)).min();
    let fastest = fastest.expect("there were some");
    say(&format!("words crossed between the windows in {fastest:?}"));
    // Neither password nor code lies about in a file.
    let needles = [PASSWORD.to_owned(), code.clone(), code.replace('-', "")];
    for installation in [&first, &second] {
        let found = sheaf_tests::files_holding(&installation.home(), &needles);
        assert!(found.is_empty(), "{found:?}");
    }
}

#[test]
fn the_password_is_changed_in_one_window_and_asked_for_on_the_other_device() {
    let server = ServerOptions::new().start();
    let (display, keyring) = (Display::start(), Keyring::start());
    let installation = Installation::new();
    let window = installation.open(&display, &keyring);
    let page = &window.page;
    write_note(&window, "Precious", "text");
    sign_up(&window, &server);
    let other = other_device(&server, PASSWORD);
    page.part("account-change-password").click();
    page.part("password-current").type_text("not the password");
    page.part("password-new").type_text(NEW_PASSWORD);
    page.part("password-repeat").type_text(NEW_PASSWORD);
    page.part("password-change").click();
    page.wait_for_text("was refused");
    window.photograph("account-change-refused");
    fill(&window, "password-current", PASSWORD);
    page.part("password-change").click();
    page.part("recovery-done").click();
    page.wait_for_text("Up to date");
    assert_eq!(other.sync_refused().code, "passwordChanged");
    let file = other.file("new", NEW_PASSWORD.as_bytes());
    let file = file.display().to_string();
    other
        .sheaf
        .run(&["sync", "password", "--password-file", &file]);
    other.sync();
    assert_eq!(other.titles(), ["Precious"]);

    // And the other way round: changed elsewhere, told here, typed here.
    let (old, new) = (
        file,
        other
            .file("newest", b"the third password")
            .display()
            .to_string(),
    );
    other.sheaf.run(&[
        "sync",
        "account",
        "change-password",
        "--password-file",
        &old,
        "--new-password-file",
        &new,
    ]);
    // Nobody has to ask: the server says so.
    page.wait_for_text("password was changed");
    window.photograph("account-changed-elsewhere");
    page.part("account-sign-in-again").click();
    page.part("sign-in-password")
        .type_text("the third password");
    page.part("sign-in").click();
    page.wait_for_text("Up to date");
    other.write("Later", "still in step");
    other.sync();
    leave_preferences(&window);
    page.wait_for_text("Later");
}

#[test]
fn a_session_ended_elsewhere_is_told_and_nothing_written_meanwhile_is_lost() {
    let server = ServerOptions::new().start();
    let (display, keyring) = (Display::start(), Keyring::start());
    let installation = Installation::new();
    let window = installation.open(&display, &keyring);
    let page = &window.page;
    sign_up(&window, &server);
    // The operator ends all of them.
    for command in ["disable", "enable"] {
        let done = server.command(&["user", command, EMAIL]);
        assert!(done.status.success(), "{done:?}");
    }
    leave_preferences(&window);
    write_note(&window, "Meanwhile", "kept");
    page.part("open-preferences").click();
    page.part("prefs-sync").click();
    page.wait_for_text("Sign in again to go on.");
    window.photograph("account-session-ended");
    page.part("account-sign-in-again").click();
    page.part("sign-in-password").type_text(PASSWORD);
    page.part("sign-in").click();
    page.wait_for_text("Up to date");
    assert_eq!(other_device(&server, PASSWORD).titles(), ["Meanwhile"]);
}

#[test]
fn signing_out_keeps_the_notes_or_takes_them_and_deleting_the_account_keeps_them() {
    let server = ServerOptions::new().start();
    let (display, keyring) = (Display::start(), Keyring::start());
    let installation = Installation::new();
    let window = installation.open(&display, &keyring);
    let page = &window.page;
    write_note(&window, "Stays", "text");
    sign_up(&window, &server);
    page.part("account-leave").click();
    window.photograph("account-leave");
    page.part("leave").click();
    page.part("account-enter");
    leave_preferences(&window);
    page.wait_for_text("Stays");

    sign_in(&window, &server);
    page.wait_for_text("Up to date");
    page.part("account-leave").click();
    page.part("leave-drop").click();
    page.part("leave").click();
    page.part("account-enter");
    leave_preferences(&window);
    page.wait_until("!document.body.innerText.includes('Stays')");

    // On the server they stayed.
    sign_in(&window, &server);
    leave_preferences(&window);
    page.wait_for_text("Stays");
    page.part("open-preferences").click();
    page.part("prefs-sync").click();
    page.part("account-delete").click();
    page.part("confirm-password").type_text("not the password");
    page.part("confirm-account").click();
    page.wait_for_text("was refused");
    fill(&window, "confirm-password", PASSWORD);
    window.photograph("account-delete");
    page.part("confirm-account").click();
    page.part("account-enter");
    leave_preferences(&window);
    page.wait_for_text("Stays");
    let users = server.command(&["user", "list"]);
    let users = String::from_utf8_lossy(&users.stdout).into_owned();
    assert!(!users.contains(EMAIL), "{users}");
}

#[test]
fn all_notes_go_out_as_a_file_and_come_in_from_one() {
    let (display, keyring) = (Display::start(), Keyring::start());
    let installation = Installation::new();
    let window = installation.open(&display, &keyring);
    let page = &window.page;
    write_note(&window, "Exported", "words");
    page.part("open-preferences").click();
    page.part("prefs-sync").click();
    page.part("items-save").click();
    page.wait_for_text("Saved as ");
    let said = page.part("items-said").text();
    let path = said
        .trim_start_matches("Saved as ")
        .split(". ")
        .next()
        .unwrap_or_default()
        .to_owned();
    let file = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let file: Value = serde_json::from_str(&file).expect("it is JSON");
    assert!(
        file["items"]
            .as_array()
            .is_some_and(|items| !items.is_empty())
    );
    let items = json!({"items": [{"uuid": "3162fe3a-1b5b-4cf5-b88a-afcb9996b23a", "content_type": "Note",
        "content": {"title": "From another app", "text": "words", "references": []},
        "created_at": "2020-01-01T00:00:00.000Z", "updated_at": "2020-01-01T00:00:00.000Z"}]});
    let theirs = installation.home().join("theirs.json");
    fs::write(&theirs, items.to_string()).expect("the home is ours");
    page.part("items-picker")
        .type_text(&theirs.display().to_string());
    page.wait_for_text("One note was taken in.");
    window.photograph("account-items-file");
    leave_preferences(&window);
    page.wait_for_text("From another app");
}
