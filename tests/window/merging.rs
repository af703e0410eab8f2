//! Two windows on one database: what arrives while somebody types, and what a person decides.

use sheaf_tests::{Account, Couch, Display, Installation, Keyring, Kind, Window, on_server};

use super::{
    ALT, CONTROL, PASSWORD, SHIFT, append, body, leave_preferences, open_note, sync_by_fields,
    sync_by_pasting, write_note,
};

const HOME: &str = "\u{e011}";
const END: &str = "\u{e010}";
const ENTER: &str = "\u{e007}";

#[test]
fn edits_that_arrive_while_somebody_types_move_neither_caret_nor_undo_history() {
    on_server(Kind::ExpressPouchdb, |server| {
        with_two_windows(server, "top\nmiddle\nbottom", |one, two, stored| {
            two.page.css(".cm-content").click();
            two.page.press(&[CONTROL, END]);
            one.page.css(".cm-content").click();
            one.page.press(&[CONTROL, HOME]);
            for round in 0..6 {
                for key in [format!("{round}"), ",".to_owned()] {
                    one.page.press(&[&key]);
                    two.page.press(&[&key]);
                }
                if round == 2 {
                    // In the middle of it everything has arrived once, both ways.
                    let both = "0,1,2,top\nmiddle\nbottom0,1,2,";
                    stored(both);
                    shows(one, both);
                    shows(two, both);
                }
            }
            let both = "0,1,2,3,4,5,top\nmiddle\nbottom0,1,2,3,4,5,";
            stored(both);
            shows(two, both);
            shows(one, both);
            // The carets stand where they were typing, although lines above and below changed.
            two.page.press(&["!"]);
            one.page.press(&["?"]);
            let both = "0,1,2,3,4,5,?top\nmiddle\nbottom0,1,2,3,4,5,!";
            shows(two, both);
            shows(one, both);
            // Undo takes back what was typed in this window, and nothing that arrived.
            for _ in 0..16 {
                two.page.press(&[CONTROL, "z"]);
            }
            shows(two, "0,1,2,3,4,5,?top\nmiddle\nbottom");
            for _ in 0..16 {
                two.page.press(&[CONTROL, SHIFT, "z"]);
            }
            shows(two, both);
            stored(both);
        });
    });
}

#[test]
fn a_conflict_is_decided_by_keys_in_one_window_and_gone_from_the_other() {
    on_server(Kind::ExpressPouchdb, |server| {
        with_two_windows(server, "limit is 100", |one, two, stored| {
            command(one, "Pause sync");
            command(two, "Pause sync");
            append(one, " requests");
            one.page.wait_for_text("Saved");
            append(two, " documents");
            two.page.wait_for_text("Saved");
            command(one, "Resume sync");
            stored("limit is 100 requests");
            command(two, "Resume sync");
            two.page.part("conflicted");
            two.page.press(&[CONTROL, ALT, "m"]);
            two.page.part("merge-place");
            two.page
                .wait_until("document.activeElement.closest('[data-testid=merge-place]') !== null");
            two.page.wait_for_text("0 of 1 decided");
            two.page.press(&["2"]);
            two.page.wait_for_text("1 of 1 decided");
            two.page.press(&[CONTROL, ENTER]);
            two.page
                .wait_until("document.querySelector('[data-testid=merge]') === null");
            let both = "limit is 100 documents\nlimit is 100 requests";
            stored(both);
            shows(two, both);
            shows(one, both);
            for window in [one, two] {
                window
                    .page
                    .wait_until("document.querySelector('[data-testid=conflicted]') === null");
            }
        });
    });
}

/// One note, open in two windows that sync with one database. `stored` waits until the database
/// says it.
fn with_two_windows(
    server: &'static Couch,
    text: &str,
    then: impl FnOnce(&Window, &Window, &dyn Fn(&str)),
) {
    let (display, keyring) = (Display::start(), Keyring::start());
    let database = server.database();
    let anna = Account::create(server, PASSWORD);
    database.admit(&[&anna]);
    let (first, second) = (Installation::new(), Installation::new());
    let one = first.open(&display, &keyring);
    write_note(&one, "Shared", text);
    let address = format!("http://{}", server.authority);
    sync_by_fields(&one, &address, &anna, &database.name);
    let stored = |text: &str| {
        database.wait_for("note:", |notes| body(notes) == text);
    };
    stored(text);
    leave_preferences(&one);
    open_note(&one, "Shared");
    let two = second.open(&display, &keyring);
    let url = database.url_as(&anna.name, &anna.password);
    sync_by_pasting(&two, &url, &anna, &database.name);
    leave_preferences(&two);
    open_note(&two, "Shared");
    shows(&two, text);
    then(&one, &two, &stored);
}

/// Waits until the editor shows this text and no other.
fn shows(window: &Window, text: &str) {
    let text = serde_json::Value::from(text);
    window.page.wait_until(&format!(
        "[...document.querySelectorAll('.cm-content .cm-line')].map((line) => line.textContent).join('\\n') === {text}"
    ));
}

/// Through the palette.
fn command(window: &Window, name: &str) {
    window.page.press(&[CONTROL, SHIFT, "p"]);
    window.page.css("[role=dialog] input").type_text(name);
    window.page.press(&[ENTER]);
    window
        .page
        .wait_until("document.querySelector('[role=dialog]') === null");
}
