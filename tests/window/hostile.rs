//! Words that attack, delivered by sync, wherever the real window shows words: list, editor, preview, names, search,
//! palette, versions, the merge view, what is pasted. Nothing runs, nobody is asked for anything, nothing becomes an
//! element and nothing freezes, and the content policy is not even needed.

use serde_json::{Value, json};
use sheaf_tests::listeners::Trap;
use sheaf_tests::{Database, Display, Installation, Keyring, Kind, Window, on_server};

use super::{ALT, CONTROL, SHIFT, leave_preferences, open_sync_preferences, write_note};

pub(super) const CORPUS: &str = include_str!("../../crates/markdown/src/tests/hostile.json");
/// In one note. Few enough that one which opens something does not hide all the others.
const IN_ONE: usize = 9;
const ESCAPE: &str = "\u{e00c}";
const ENTER: &str = "\u{e007}";
/// How long the window may leave a key without an answer, in milliseconds: a debug build on a busy machine.
const FROZEN: u32 = 3_000;

/// All that would fetch something from `trap`, each in the way in which it is usually forgotten.
pub(super) const FETCHING: [&str; 18] = [
    "![x](http://trap/1)",
    "![x][r]\n\n[r]: http://trap/2",
    "<img src=\"http://trap/3\">",
    "<img srcset=\"http://trap/4 1x, http://trap/5 2x\">",
    "<picture><source srcset=\"http://trap/6\"><img alt=x></picture>",
    "<video poster=\"http://trap/7\" src=\"http://trap/8\" autoplay></video>",
    "<audio src=\"http://trap/9\" autoplay></audio>",
    "<link rel=stylesheet href=\"http://trap/10\"><link rel=prefetch href=\"http://trap/11\">",
    "<style>@import 'http://trap/12'; body { background: url(http://trap/13) }</style>",
    "<p style=\"background: url(http://trap/14); list-style-image: url(http://trap/15)\">x</p>",
    "<iframe src=\"http://trap/16\"></iframe>",
    "<object data=\"http://trap/17\"></object><embed src=\"http://trap/18\">",
    "<svg><image href=\"http://trap/19\"/><use href=\"http://trap/20#x\"/></svg>",
    "<input type=image src=\"http://trap/21\">",
    "<table background=\"http://trap/22\"><tr><td background=\"http://trap/23\">x</td></tr></table>",
    "<meta http-equiv=refresh content=\"0;url=http://trap/24\">",
    "<script src=\"http://trap/25\"></script>",
    "```mermaid\ngraph LR; a[\"<img src=http://trap/26>\"]; click a \"http://trap/27\"\n```\n\n$\\includegraphics{http://trap/28}$",
];

fn corpus(kinds: &[&str]) -> Vec<String> {
    let corpus: Value = serde_json::from_str(CORPUS).expect("the corpus is JSON");
    let of = |kind: &&str| corpus[*kind].as_array().cloned().unwrap_or_default();
    let texts = kinds.iter().flat_map(of);
    texts
        .filter_map(|text| text.as_str().map(str::to_owned))
        .collect()
}

fn attacks(trap: &Trap) -> Vec<String> {
    let links = corpus(&["addresses"]);
    let links = links.iter().flat_map(|to| {
        [
            format!("[x](<{to}>) ![x](<{to}>)"),
            format!("<a href=\"{to}\">x</a>"),
        ]
    });
    corpus(&["active", "confusing", "forged", "markdown"])
        .into_iter()
        .chain(links)
        .chain(FETCHING.map(|text| text.replace("trap", &trap.authority)))
        .collect()
}

/// What takes long to read for whoever reads it the simple way.
fn bombs() -> [String; 5] {
    [
        format!("{}deep", "> ".repeat(10_000)),
        format!("{}deep", "- ".repeat(5_000)),
        format!("{}{}", "*a ".repeat(20_000), "b* ".repeat(20_000)),
        format!("{}x{}", "[".repeat(20_000), "](y)".repeat(20_000)),
        "ink and straw\n".repeat(70_000),
    ]
}

fn cut(text: &str, chars: usize) -> String {
    text.chars().take(chars).collect()
}

fn note(name: &str, number: usize, title: &str, body: &str) -> Value {
    let time = 1_700_000_000_000_u64 + number as u64;
    json!({
        "_id": format!("note:{name}"), "doctype": "markdown", "title": cut(title, 200), "body": body,
        "bookId": format!("book:hostile{}", number % 9), "tags": [format!("tag:hostile{}", number % 9)],
        "status": "none", "share": "private", "pinned": false, "numOfTasks": 0, "numOfCheckedTasks": 0,
        "createdAt": time, "updatedAt": time,
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
        let title = &some[some.len() / 2];
        note(&format!("hostile{number:03}"), number, title, &body)
    });
    books.chain(tags).chain(notes).collect()
}

fn post(database: &Database, body: &Value) {
    database.send("POST", "_bulk_docs", Some(body)).success();
}

/// Before anything hostile is in the window: from now on it remembers what was tried and how long it was deaf.
fn watch(window: &Window) {
    window.page.value(
        "(() => { window.found = []; window.deaf = 0; let last = performance.now();
            setInterval(() => { const now = performance.now(); window.deaf = Math.max(window.deaf, now - last); last = now; }, 50);
            window.alert = window.confirm = window.prompt = () => { window.found.push('ran'); };
            window.scripts = document.scripts.length; window.place = location.href;
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
                ...(location.href === window.place ? [] : [location.href])]; })()",
    );
    assert_eq!(found, json!([]), "{place}");
}

fn is_not_frozen(window: &Window, place: &str) {
    let deaf = window
        .page
        .value("(() => { const deaf = Math.round(window.deaf); window.deaf = 0; return deaf; })()");
    let deaf = deaf.as_u64().unwrap_or(u64::MAX);
    assert!(deaf < u64::from(FROZEN), "{place}: deaf for {deaf} ms");
}

/// Through the switcher's own way: the list is virtual, and a row far down is not on the page.
fn open(window: &Window, id: &str) {
    let row = format!("[data-testid='note-row'][data-id='{id}']");
    window.page.wait_until(&format!(
        "(() => {{ const row = document.querySelector(`{row}`); if (row !== null) {{ row.scrollIntoView({{ block: 'center' }}); return true; }}
            const list = [...document.querySelectorAll('[role=\"listbox\"], [role=\"listbox\"] *')].find((e) => e.scrollHeight > e.clientHeight + 50);
            if (list !== undefined) list.scrollTop = list.scrollTop + list.clientHeight >= list.scrollHeight - 2 ? 0 : list.scrollTop + list.clientHeight / 2;
            return false; }})()"
    ));
    window.page.css(&row).click();
    window.page.wait_until(&format!(
        "document.querySelector(`{row}`)?.closest('[aria-selected]')?.getAttribute('aria-selected') === 'true'"
    ));
}

fn sync(window: &Window, database: &Database) {
    open_sync_preferences(window);
    let (page, server) = (&window.page, database.server);
    page.part("sync-address")
        .type_text(&format!("http://{}", server.authority));
    page.part("sync-user").type_text(&server.admin);
    page.part("sync-password").type_text(&server.password);
    page.part("sync-database").type_text(&database.name);
    page.part("sync-apply").click();
    page.wait_for_text("Applied. Sync is on.");
    leave_preferences(window);
}

#[test]
fn attacks_that_arrive_by_sync_come_to_nothing_on_any_surface() {
    on_server(Kind::ExpressPouchdb, |server| {
        let (display, keyring) = (Display::start(), Keyring::start());
        let database = server.database();
        let trap = Trap::set();
        let attacks = attacks(&trap);
        post(&database, &json!({ "docs": documents(&attacks) }));
        // A conflict: two leaves that nobody can merge.
        let leaf = |hash: &str, text: &str| {
            let mut note = note("hostile998", 998, &attacks[3], text);
            note["_rev"] = json!(format!("1-{hash}"));
            note
        };
        let (one, two) = (attacks[..4].join("\n\n"), attacks[4..8].join("\n\n"));
        database.put_revisions(&[leaf(&"a".repeat(32), &one), leaf(&"b".repeat(32), &two)]);

        let installation = Installation::new();
        let window = installation.open(&display, &keyring);
        let page = &window.page;
        watch(&window);
        sync(&window, &database);
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
        page.press(&[CONTROL, "a"]);
        page.part("search").type_text("tag:");
        look(&window, "completion of the search");
        page.press(&[ESCAPE]);
        page.press(&[ESCAPE]);
        page.press(&[CONTROL, "o"]);
        page.part("chooser-field").type_text("script");
        page.wait_until("document.querySelector('[data-testid=choice]')");
        look(&window, "quick switcher");
        page.press(&[ESCAPE]);

        // A second version of a note arrives, and the first is in its history.
        let changed = database.get("note:hostile000").success();
        let text = format!("{}\n\nits second version", attacks[8..16].join("\n\n"));
        let mut again = note("hostile000", 0, &attacks[11], &text);
        again["_rev"] = changed["_rev"].clone();
        database.put(&again);
        open(&window, "note:hostile000");
        page.wait_until(
            "document.querySelector('[data-testid=preview]').textContent.includes('its second version')",
        );
        page.press(&[CONTROL, SHIFT, "p"]);
        page.part("chooser-field").type_text("Move to notebook");
        page.press(&[ENTER]);
        page.wait_until("document.querySelectorAll('[data-testid=choice]').length > 5");
        look(&window, "palette and the choice of a notebook");
        page.press(&[ESCAPE]);
        page.press(&[CONTROL, ALT, "h"]);
        page.wait_until("document.querySelectorAll('[data-testid=version]').length > 1");
        look(&window, "versions, what changed");
        page.part("history-text").click();
        look(&window, "a version's text");
        window.photograph("hostile-history");
        page.part("history-back").click();

        open(&window, "note:hostile998");
        page.part("conflicted").click();
        page.wait_until("document.querySelector('[data-testid=merge-place]')");
        look(&window, "merge view");
        window.photograph("hostile-merge");
        page.part("merge-back").click();

        is_not_frozen(&window, "the corpus");
        assert_eq!(trap.heard(), Vec::<String>::new(), "somebody was asked");
        assert_eq!(installation.opened(), Vec::<String>::new());
    });
}

#[test]
fn what_is_pasted_becomes_markdown_and_nothing_else() {
    let (display, keyring) = (Display::start(), Keyring::start());
    let trap = Trap::set();
    let installation = Installation::new();
    let window = installation.open(&display, &keyring);
    let page = &window.page;
    write_note(&window, "Pasted", "here:");
    // The web view reads what is pasted as a document of its own; it reports handlers to the policy although none can
    // ever run there, so only what happens counts here.
    watch(&window);
    let attacks = Value::from(attacks(&trap));
    page.value(&format!(
        "(() => {{ for (const html of {attacks}) {{
            const data = new DataTransfer(); data.setData('text/html', html); data.setData('text/plain', 'pasted');
            document.querySelector('.cm-content').dispatchEvent(new ClipboardEvent('paste', {{ clipboardData: data, bubbles: true, cancelable: true }})); }}
            window.found = window.found.filter((what) => what === 'ran'); return 0; }})()"
    ));
    page.wait_for_text("Saved");
    page.part("view-split").click();
    page.wait_until(
        "document.querySelector('[data-testid=preview]').textContent.includes('here:')",
    );
    look(&window, "editor and preview after pasting");
    let text = page.value("document.querySelector('.cm-content').textContent");
    let text = text.as_str().unwrap_or_default().to_lowercase();
    assert!(text.len() > 40, "nothing was pasted: {text}");
    for scheme in ["javascript:", "vbscript:", "data:text"] {
        assert!(!text.contains(&format!("]({scheme}")), "{text}");
    }
    assert_eq!(trap.heard(), Vec::<String>::new(), "somebody was asked");
}

/// Whatever a note is, somebody can go on writing.
#[test]
fn deep_marks_and_many_lines_freeze_nothing() {
    on_server(Kind::ExpressPouchdb, |server| {
        let (display, keyring) = (Display::start(), Keyring::start());
        let database = server.database();
        let bombs = bombs();
        let notes = bombs.iter().enumerate().map(|(number, body)| {
            note(
                &format!("bomb{number}"),
                number,
                &format!("Bomb {number}"),
                body,
            )
        });
        post(&database, &json!({ "docs": notes.collect::<Vec<_>>() }));
        let installation = Installation::new();
        let window = installation.open(&display, &keyring);
        let page = &window.page;
        watch(&window);
        sync(&window, &database);
        page.wait_until("document.querySelectorAll('[data-testid=\"note-row\"]').length >= 5");
        page.part("view-split").click();
        for number in 0..bombs.len() {
            open(&window, &format!("note:bomb{number}"));
            page.wait_until(&format!(
                "document.querySelector('[data-testid=note-title]').value === 'Bomb {number}'"
            ));
            page.css(".cm-content").click();
            page.press(&["Q"]);
            page.wait_until("document.querySelector('.cm-content').textContent.includes('Q')");
            is_not_frozen(&window, &format!("bomb {number}"));
        }
        let saved = |notes: &[Value]| {
            let bodies = notes.iter().filter_map(|note| note["body"].as_str());
            bodies.filter(|body| body.contains('Q')).count() == bombs.len()
        };
        database.wait_for("note:", saved);
    });
}

/// A key, a picture written as text: one word in one line. The editor drew all of it once before it knew how high the
/// line is, and `WebKit` measures the rest of a word anew for every line it breaks: the window stood still for nineteen
/// seconds.
#[test]
fn a_word_of_900_000_letters_is_a_note_like_any_other() {
    let (display, keyring) = (Display::start(), Keyring::start());
    let installation = Installation::new();
    let window = installation.open(&display, &keyring);
    let page = &window.page;
    write_note(&window, "Before", "a short one");
    watch(&window);
    let made = page.outcome(
        "window.__TAURI_INTERNALS__.invoke('plugin:sheaf|create_note', { request: {
            notebook: null, title: 'Wide', body: `wide ${'a'.repeat(900_000)}`, tags: [], status: 'none' } }).then((note) => note.id)",
    );
    let id = made["ok"].as_str().unwrap_or_default().to_owned();
    let body = |expected: &str| {
        let ask = format!(
            "window.__TAURI_INTERNALS__.invoke('plugin:sheaf|get_note', {{ request: {{ id: '{id}' }} }}).then((note) => note.body.replace(/a{{1000,}}/, '…'))"
        );
        assert_eq!(page.outcome(&ask), json!({ "ok": expected }));
    };
    body("wide …");
    open(&window, &id);
    page.wait_until("document.querySelector('[data-testid=note-title]').value === 'Wide' && document.querySelector('.cm-content').textContent.startsWith('wide aaa')");
    is_not_frozen(&window, "opening the word");
    page.css(".cm-content").click();
    page.press(&[CONTROL, "\u{e010}"]);
    page.press(&["Q"]);
    page.wait_until("document.querySelector('.cm-content').textContent.endsWith('aQ')");
    page.press(&[CONTROL, "\u{e011}"]);
    page.press(&["R"]);
    page.wait_until("document.querySelector('.cm-content').textContent.startsWith('Rwide')");
    is_not_frozen(&window, "writing at both ends of the word");
    page.wait_until(
        "document.querySelector('[data-testid=saved-state]').dataset.saving === 'saved'",
    );
    body("Rwide …Q");
    page.press(&[CONTROL, "z"]);
    page.wait_until("document.querySelector('.cm-content').textContent.startsWith('wide')");
    page.press(&[CONTROL, "z"]);
    page.wait_until("!document.querySelector('.cm-content').textContent.endsWith('Q')");
    page.wait_until(
        "document.querySelector('[data-testid=saved-state]').dataset.saving === 'saved'",
    );
    body("wide …");
    page.part("view-split").click();
    page.wait_until("document.querySelector('[data-testid=preview]').textContent.length > 900_000");
    is_not_frozen(&window, "the word beside its preview");
    window.photograph("wide-word");
}
