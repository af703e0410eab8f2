//! Putting in order, finding again, and going back in time, in the real window with the real store.

use sheaf_tests::{Display, Installation, Keyring, Window};

use super::{CONTROL, open_note, write_note};

const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";

/// A command by its name, through the palette.
fn command(window: &Window, name: &str) {
    const SHIFT: &str = "\u{e008}";
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
