//! Words that attack, delivered by sync, wherever the real window shows words: list, editor, preview, names, search,
//! palette, versions, the merge view. Nothing runs, nothing is asked for, nothing becomes an element, and the content
//! policy is not even needed.

use serde_json::{Value, json};
use sheaf_tests::{Database, Display, Installation, Keyring, Kind, Window, on_server};

use super::{ALT, CONTROL, leave_preferences, open_sync_preferences};

const CORPUS: &str = include_str!("../../crates/markdown/src/tests/hostile.json");
/// In one note. Few enough that one which opens something does not hide all the others.
const IN_ONE: usize = 9;
const ESCAPE: &str = "\u{e00c}";

fn attacks() -> Vec<String> {
    let corpus: Value = serde_json::from_str(CORPUS).expect("the corpus is JSON");
    let of = |kind: &str| {
        let texts = corpus[kind].as_array().into_iter().flatten();
        texts.filter_map(Value::as_str).map(str::to_owned)
    };
    let links = of("addresses").flat_map(|to| {
        [
            format!("[x](<{to}>) ![x](<{to}>)"),
            format!("<a href=\"{to}\">x</a>"),
        ]
    });
    ["active", "confusing", "forged", "markdown"]
        .into_iter()
        .flat_map(of)
        .chain(links)
        .collect()
}

fn cut(text: &str, chars: usize) -> String {
    text.chars().take(chars).collect()
}

fn note(number: usize, title: &str, body: &str) -> Value {
    json!({
        "_id": format!("note:hostile{number:03}"), "doctype": "markdown", "title": cut(title, 200), "body": body,
        "bookId": format!("book:hostile{}", number % 9), "tags": [format!("tag:hostile{}", number % 9)],
        "status": "none", "share": "private", "pinned": false, "numOfTasks": 0, "numOfCheckedTasks": 0,
        "createdAt": 1_700_000_000_000_u64 + number as u64, "updatedAt": 1_700_000_000_000_u64 + number as u64,
    })
}

/// Everything but the conflict and the second version.
fn documents(attacks: &[String]) -> Vec<Value> {
    let name = |at: usize| cut(&attacks[at * 7 % attacks.len()], 60);
    let times = json!(1_700_000_000_000_u64);
    let books = (0..9).map(|n| json!({ "_id": format!("book:hostile{n}"), "name": name(n), "parentBookId": null, "createdAt": times, "updatedAt": times }));
    let tags = (0..9).map(|n| json!({ "_id": format!("tag:hostile{n}"), "name": name(n + 9), "color": "red", "count": 0, "createdAt": times, "updatedAt": times }));
    let notes = attacks.chunks(IN_ONE).enumerate().map(|(number, some)| {
        let body = format!("## {}\n\n{}\n\nthe end of it\n", some[0], some.join("\n\n"));
        note(number, &some[some.len() / 2], &body)
    });
    books.chain(tags).chain(notes).collect()
}

fn post(database: &Database, body: &Value) {
    database.send("POST", "_bulk_docs", Some(body)).success();
}

fn watch(window: &Window) {
    window.page.value(
        "(() => { window.found = []; window.alert = () => { window.found.push('alert'); };
            window.scripts = document.scripts.length;
            addEventListener('securitypolicyviolation', (event) => { window.found.push(event.violatedDirective + ' ' + event.blockedURI); }); return 0; })()",
    );
}

fn look(window: &Window, place: &str) {
    let found = window.page.value(
        "(() => { const bad = [...document.querySelectorAll('*')].filter((element) =>
                element.getAttributeNames().some((name) => name.startsWith('on') || ['srcdoc', 'formaction', 'ping'].includes(name))
                || ['IFRAME', 'FRAME', 'OBJECT', 'EMBED', 'BASE', 'PORTAL', 'TEMPLATE', 'MARQUEE', 'META'].includes(element.tagName) && element.closest('head') === null
                || /^\\s*(?:javascript|vbscript|data:text|file):/i.test(element.getAttribute('href') ?? '')
                || element.tagName === 'IMG' && /^(?:https?|file):/i.test(element.src) && !element.src.includes('sheaf-file'));
            return [...window.found, ...bad.map((element) => element.outerHTML.slice(0, 200)),
                ...(document.scripts.length > window.scripts ? ['a script more'] : []),
                ...(location.host === 'localhost' || location.protocol === 'tauri:' ? [] : [location.href])]; })()",
    );
    assert_eq!(found, json!([]), "{place}");
}

fn open(window: &Window, id: &str) {
    let row = format!("[data-testid='note-row'][data-id='{id}']");
    // The list is virtual: rows far down are not on the page.
    window.page.wait_until(&format!(
        "(() => {{ const row = document.querySelector(`{row}`); if (row !== null) return true;
            const box = [...document.querySelectorAll('[data-testid=\"note-list\"], [data-testid=\"note-list\"] *')].find((e) => e.scrollHeight > e.clientHeight + 50);
            if (box !== undefined) box.scrollTop = box.scrollTop + box.clientHeight >= box.scrollHeight - 2 ? 0 : box.scrollTop + box.clientHeight / 2;
            return false; }})()"
    ));
    window.page.css(&row).click();
}

#[test]
fn attacks_that_arrive_by_sync_come_to_nothing_on_any_surface() {
    on_server(Kind::ExpressPouchdb, |server| {
        let (display, keyring) = (Display::start(), Keyring::start());
        let database = server.database();
        let attacks = attacks();
        post(&database, &json!({ "docs": documents(&attacks) }));
        // A conflict: two leaves that nobody can merge.
        let leaf = |hash: &str, text: &str| {
            let mut note = note(998, &attacks[3], text);
            note["_rev"] = json!(format!("1-{hash}"));
            note
        };
        let (one, two) = (attacks[..4].join("\n\n"), attacks[4..8].join("\n\n"));
        post(
            &database,
            &json!({ "new_edits": false, "docs": [leaf(&"a".repeat(32), &one), leaf(&"b".repeat(32), &two)] }),
        );

        let installation = Installation::new();
        let window = installation.open(&display, &keyring);
        let page = &window.page;
        watch(&window);
        open_sync_preferences(&window);
        page.part("sync-address")
            .type_text(&format!("http://{}", server.authority));
        page.part("sync-user").type_text(&server.admin);
        page.part("sync-password").type_text(&server.password);
        page.part("sync-database").type_text(&database.name);
        page.part("sync-apply").click();
        page.wait_for_text("Applied. Sync is on.");
        leave_preferences(&window);
        page.wait_until("document.querySelectorAll('[data-testid=\"note-row\"]').length > 5");
        look(&window, "list and sidebar");

        page.part("view-split").click();
        for (number, _) in attacks.chunks(IN_ONE).enumerate() {
            open(&window, &format!("note:hostile{number:03}"));
            page.wait_until(
                "document.querySelector('[data-testid=preview]').textContent.includes('the end of it')",
            );
            look(&window, &format!("editor and preview of note {number}"));
        }
        window.photograph("hostile-preview");

        page.part("search").type_text("alert");
        page.wait_until("document.querySelector('mark')");
        look(&window, "snippets");
        page.press(&[ESCAPE]);
        page.press(&[CONTROL, "o"]);
        page.part("chooser-field").type_text("script");
        page.wait_until("document.querySelector('[data-testid=choice]')");
        look(&window, "quick switcher");
        page.press(&[ESCAPE]);

        // A second version of a note arrives, and the first is in its history.
        let changed = database.get("note:hostile000").success();
        let mut again = note(0, &attacks[11], &attacks[8..16].join("\n\n"));
        again["_rev"] = changed["_rev"].clone();
        database
            .send("PUT", "note%3Ahostile000", Some(&again))
            .success();
        open(&window, "note:hostile000");
        page.wait_until("!document.querySelector('[data-testid=preview]').textContent.includes('the end of it')");
        page.press(&[CONTROL, ALT, "h"]);
        page.wait_until("document.querySelectorAll('[data-testid=version]').length > 1");
        look(&window, "versions, what changed");
        page.part("history-text").click();
        look(&window, "a version's text");
        page.press(&[ESCAPE]);

        open(&window, "note:hostile998");
        page.part("conflicted").click();
        page.wait_until("document.querySelector('[data-testid=merge-place]')");
        look(&window, "merge view");
        window.photograph("hostile-merge");
    });
}
