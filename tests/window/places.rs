//! Putting in order, finding again, and going back in time, in the real window with the real store.

use serde_json::json;
use sheaf_tests::{Account, Display, Installation, Keyring, Kind, Window, on_server};

use super::{
    ALT, CONTROL, SHIFT, append, leave_preferences, open_note, sync_by_fields, write_note,
};

const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";

/// A command by its name, through the palette.
fn command(window: &Window, name: &str) {
    let page = &window.page;
    page.press(&[CONTROL, SHIFT, "p"]);
    page.part("chooser-field").type_text(name);
    page.wait_until(&format!(
        "document.querySelector('[data-testid=choice]')?.textContent.includes('{name}')"
    ));
    page.press(&[ENTER]);
}

fn count(window: &Window, says: &str) {
    window.page.wait_until(&format!(
        "document.querySelector('[data-testid=list-count]').textContent.includes('{says}')"
    ));
}

#[test]
fn notes_are_put_into_notebooks_tagged_found_trashed_and_back_where_they_were() {
    let (display, keyring) = (Display::start(), Keyring::start());
    let installation = Installation::new();
    let window = installation.open(&display, &keyring);
    let page = &window.page;
    write_note(&window, "Barley soup", "pearl barley, leek and 人参");
    write_note(&window, "Bus to Graz", "platform seven");

    page.part("new-notebook").click();
    page.part("name-field").type_text("Recipes");
    page.part("name-submit").click();
    page.wait_for_text("Nothing in Recipes yet");
    page.xpath("//*[@role='treeitem' and contains(., 'All notes')]")
        .click();
    open_note(&window, "Barley soup");
    command(&window, "Move to notebook");
    page.part("chooser-field").type_text("Rec");
    page.press(&[ENTER]);
    page.wait_until(
        "document.querySelector('[data-testid=note-notebook]').textContent.includes('Recipes')",
    );
    command(&window, "Edit tags");
    page.part("chooser-field").type_text("winter");
    page.press(&[ENTER]);
    page.press(&[ESCAPE]);
    page.wait_until("[...document.querySelectorAll('[role=treeitem]')].some((row) => row.textContent.includes('winter'))");

    // By part of a word, by one sign of Japanese, by what a note has.
    for query in ["barl", "参", "tag:winter", "book:Recipes leek"] {
        page.part("search").click();
        page.press(&[CONTROL, "a"]);
        page.part("search").type_text(query);
        count(&window, "1");
        page.wait_until("document.querySelectorAll('[data-testid=note-row]').length === 1 && document.querySelector('[data-testid=note-row]').textContent.includes('Barley')");
    }
    window.photograph("places-found");
    page.part("search").click();
    page.press(&[ESCAPE]);
    page.wait_until("document.querySelectorAll('[data-testid=note-row]').length > 1");

    open_note(&window, "Barley soup");
    command(&window, "Move to trash");
    page.xpath("//*[@role='treeitem' and contains(., 'Trash')]")
        .click();
    open_note(&window, "Barley soup");
    command(&window, "Restore from trash");
    page.xpath("//*[@role='treeitem' and contains(., 'Recipes')]")
        .click();
    open_note(&window, "Barley soup");
    page.wait_until(
        "document.querySelector('[data-testid=note-notebook]').textContent.includes('Recipes')",
    );
}

/// A version is kept per editing session, and a session begins after a pause of ten minutes: the letter is of long ago.
#[test]
fn what_an_old_note_said_is_compared_and_brought_back() {
    on_server(Kind::ExpressPouchdb, |server| {
        let (display, keyring) = (Display::start(), Keyring::start());
        let database = server.database();
        database.put(&json!({
            "_id": "note:letter", "doctype": "markdown", "title": "Letter", "body": "first words", "bookId": "book:x",
            "tags": [], "status": "none", "createdAt": 1_700_000_000_000_u64, "updatedAt": 1_700_000_000_000_u64,
        }));
        let anna = Account::create(server, super::PASSWORD);
        database.admit(&[&anna]);
        let installation = Installation::new();
        let window = installation.open(&display, &keyring);
        let page = &window.page;
        let address = format!("http://{}", server.authority);
        sync_by_fields(&window, &address, &anna, &database.name);
        leave_preferences(&window);
        page.wait_for_text("Letter");
        open_note(&window, "Letter");
        page.wait_until("document.querySelector('.cm-content').innerText.includes('first words')");
        append(&window, " and later ones");
        page.wait_for_text("Saved");
        page.press(&[CONTROL, ALT, "h"]);
        page.wait_until("document.querySelectorAll('[data-testid=version]').length > 1");
        window.photograph("places-history");
        page.part("history-restore").click();
        page.wait_until("!document.querySelector('[data-testid=history]')");
        page.wait_until("document.querySelector('.cm-content').innerText.trim() === 'first words'");
        // Bringing back is itself taken back.
        page.part("toast-undo").click();
        page.wait_until("document.querySelector('.cm-content').innerText.includes('later ones')");
        database.wait_for("note:", |notes| {
            super::body(notes) == "first words and later ones"
        });
    });
}
