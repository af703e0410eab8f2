//! Should a script run in the page nevertheless: it still reaches no file, no password and no link that was not checked.
//! The driver's scripts run in the page as such a script would.

use serde_json::{Value, json};
use sheaf_tests::listeners::Trap;
use sheaf_tests::{
    Account, Database, Display, Installation, Keyring, Kind, Liar, Window, on_server, spellings,
};

use super::{PASSWORD, apply, leave_preferences, open_sync_preferences, write_note};

/// What every account of this machine has, and no page ever sees.
const FILE: &str = "/etc/passwd";
const IN_THE_FILE: &str = "root:";

/// Calls a command as the window does.
fn call(window: &Window, command: &str, arguments: &Value) -> Value {
    window.page.outcome(&format!(
        "window.__TAURI_INTERNALS__.invoke({}, {arguments})",
        Value::from(command)
    ))
}

/// Calls one of Sheaf's own commands.
fn ask(window: &Window, command: &str, request: &Value) -> Value {
    let command = format!("plugin:sheaf|{command}");
    call(window, &command, &json!({ "request": request }))
}

fn opened() -> (Display, Keyring, Installation, Window) {
    let (display, keyring) = (Display::start(), Keyring::start());
    let installation = Installation::new();
    let window = installation.open(&display, &keyring);
    window.page.part("new-note");
    // Otherwise all refusals below would mean nothing.
    let info = ask(&window, "app_info", &Value::Null);
    assert!(info["ok"]["version"].is_string(), "{info}");
    (display, keyring, installation, window)
}

#[test]
fn it_may_call_nothing_but_sheafs_own_commands() {
    let (_display, _keyring, installation, window) = opened();
    for (command, arguments) in [
        ("plugin:fs|read_text_file", json!({ "path": FILE })),
        ("plugin:fs|read_file", json!({ "path": FILE })),
        (
            "plugin:fs|write_text_file",
            json!({ "path": "/tmp/planted" }),
        ),
        ("plugin:shell|open", json!({ "path": "file:///etc/passwd" })),
        (
            "plugin:shell|execute",
            json!({ "program": "sh", "args": ["-c", "id"] }),
        ),
        (
            "plugin:opener|open_url",
            json!({ "url": "file:///etc/passwd" }),
        ),
        ("plugin:opener|open_path", json!({ "path": FILE })),
        (
            "plugin:http|fetch",
            json!({ "clientConfig": { "url": "http://127.0.0.1:1/" } }),
        ),
        ("plugin:dialog|open", json!({ "options": {} })),
        ("plugin:path|resolve_directory", json!({ "directory": 1 })),
        (
            "plugin:window|create",
            json!({ "options": { "label": "planted" } }),
        ),
        (
            "plugin:webview|create_webview_window",
            json!({ "options": { "label": "planted", "url": "https://example.org" } }),
        ),
        (
            "plugin:event|emit",
            json!({ "event": "shell", "payload": {} }),
        ),
        ("plugin:app|version", json!({})),
        ("plugin:resources|close", json!({ "rid": 1 })),
        (
            "plugin:sheaf|read_file",
            json!({ "request": { "path": FILE } }),
        ),
        ("plugin:sheaf|password", json!({ "request": null })),
        ("plugin:sheaf|execute_sql", json!({ "request": "SELECT 1" })),
        ("read_file", json!({ "path": FILE })),
    ] {
        let outcome = call(&window, command, &arguments);
        assert!(outcome["error"].is_string(), "{command}: {outcome}");
    }
    assert_eq!(installation.opened(), Vec::<String>::new());
}

#[test]
fn it_reads_and_names_no_file() {
    let (_display, _keyring, installation, window) = opened();
    let page = &window.page;
    std::fs::write(installation.home().join("secret.txt"), IN_THE_FILE).expect("our own home");
    let secret = installation.home().join("secret.txt");
    let secret = secret.display();
    for address in [
        format!("file://{FILE}"),
        format!("file://{secret}"),
        format!("asset://localhost/{FILE}"),
        "asset://localhost/%2Fetc%2Fpasswd".to_owned(),
        "http://asset.localhost/%2Fetc%2Fpasswd".to_owned(),
        "sheaf-file://localhost/../../../../etc/passwd".to_owned(),
        "sheaf-file://localhost/%2e%2e%2f%2e%2e%2f%2e%2e%2fetc%2fpasswd".to_owned(),
        "sheaf-file://localhost//etc/passwd".to_owned(),
        "sheaf-file://localhost/note:a".to_owned(),
        "tauri://localhost/../../../../../../etc/passwd".to_owned(),
        "tauri://localhost/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd".to_owned(),
        "ipc://localhost/plugin:fs|read_text_file".to_owned(),
    ] {
        let address = Value::from(address);
        for promise in [
            format!("fetch({address}).then((answer) => answer.text())"),
            format!("fetch({address}, {{ mode: 'no-cors' }}).then((answer) => answer.text())"),
            format!(
                "new Promise((done) => {{ const request = new XMLHttpRequest(); request.onloadend = () => done(request.responseText); request.open('GET', {address}); request.send(); }})"
            ),
            format!("import({address}).then((module) => Object.keys(module).join())"),
            format!(
                "new Promise((done) => {{ const frame = document.createElement('iframe'); const end = () => {{ let text = ''; try {{ text = frame.contentDocument?.body?.innerText ?? ''; }} catch {{ text = ''; }} frame.remove(); done(text); }};
                    frame.onload = frame.onerror = end; frame.src = {address}; document.body.append(frame); setTimeout(end, 300); }})"
            ),
            format!(
                "new Promise((done) => {{ const image = new Image(); image.onload = () => done('{IN_THE_FILE} a picture'); image.onerror = () => done(''); image.src = {address}; }})"
            ),
        ] {
            let outcome = page.outcome(&promise);
            let text = outcome["ok"].as_str().unwrap_or_default();
            assert!(!text.contains(IN_THE_FILE), "{promise}: {text}");
        }
    }

    // Commands that write or open have no place for a path, wherever one is put.
    let downloads = || installation.home().join("planted");
    let target = downloads().display().to_string();
    for command in [
        "save_items",
        "save_support_bundle",
        "save_activity_report",
        "open_folder",
    ] {
        let request = json!({
            "path": target, "fileName": "../../planted", "file_name": target, "folder": target, "hideNames": false,
        });
        ask(&window, command, &request);
        assert!(!downloads().exists(), "{command} wrote where it was told");
    }
    for folder in ["/etc", "../..", "file:///etc", ""] {
        let outcome = ask(&window, "open_folder", &json!({ "folder": folder }));
        assert!(outcome["error"].is_string(), "{folder}: {outcome}");
    }
    assert_eq!(installation.opened(), Vec::<String>::new());
}

#[test]
fn it_opens_only_links_that_were_checked_and_leads_nowhere_else() {
    let (display, _keyring, installation, window) = opened();
    let page = &window.page;
    let trap = Trap::set();
    let corpus: Value =
        serde_json::from_str(include_str!("../../crates/markdown/src/tests/hostile.json"))
            .expect("the corpus is JSON");
    let addresses = corpus["addresses"].as_array().cloned().unwrap_or_default();
    let more = [
        "file:///etc/passwd",
        FILE,
        "/usr/bin/id",
        "smb://host/share",
        "\\\\host\\share",
        "ssh://host",
        "sheaf://note/x",
        "https://user:word@example.org",
        "https:///etc/passwd",
        "http://",
        "mailto:a@example.org?attach=/etc/passwd",
        "--help",
        "https://example.org\n--version",
        "",
    ];
    let all = addresses.into_iter().chain(more.map(Value::from));
    for url in all {
        let outcome = ask(&window, "open_link", &json!({ "url": url }));
        // Some of the corpus are harmless where they are opened from, and only must not be links inside the page.
        if outcome.get("ok").is_some() {
            let opened = installation.opened();
            assert!(
                opened.iter().all(|line| is_plain_web_or_mail(line)),
                "{url}: {opened:?}"
            );
        }
    }
    let before = installation.opened().len();
    let outcome = ask(
        &window,
        "open_link",
        &json!({ "url": "https://example.org/a b" }),
    );
    assert!(outcome.get("ok").is_some(), "{outcome}");
    while installation.opened().len() == before {
        std::thread::yield_now();
    }
    for line in installation.opened() {
        assert!(is_plain_web_or_mail(&line), "{line}");
    }

    // Nor does the page go or speak anywhere by itself.
    let there = format!("http://{}/there", trap.authority);
    let place = page.value("location.href");
    for attempt in [
        "location.href = THERE",
        "location.assign('file:///etc/passwd')",
        "window.open(THERE)",
        "window.open('file:///etc/passwd')",
        "Object.assign(document.createElement('a'), { href: THERE, target: '_blank' }).click()",
        "(() => { const a = Object.assign(document.createElement('a'), { href: THERE }); document.body.append(a); a.click(); a.remove(); })()",
        "(() => { const form = Object.assign(document.createElement('form'), { action: THERE, method: 'post' }); document.body.append(form); form.submit(); form.remove(); })()",
        "new Promise((done) => { const image = new Image(); image.onload = image.onerror = done; image.src = THERE; })",
        "fetch(THERE, { method: 'POST', body: 'x', mode: 'no-cors' }).catch(() => 0)",
        "navigator.sendBeacon(THERE, 'x')",
        "new WebSocket(THERE.replace('http', 'ws'))",
        "new EventSource(THERE)",
        "(() => { const r = new XMLHttpRequest(); r.open('GET', THERE); r.send(); })()",
        "import(THERE).catch(() => 0)",
        "new Worker(THERE)",
        "document.head.append(Object.assign(document.createElement('script'), { src: THERE }))",
        "document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: THERE }))",
        "document.head.append(Object.assign(document.createElement('link'), { rel: 'prefetch', href: THERE }))",
        "document.body.append(Object.assign(document.createElement('iframe'), { src: THERE }))",
        "document.body.append(Object.assign(document.createElement('object'), { data: THERE }))",
        "document.body.append(Object.assign(document.createElement('video'), { src: THERE }))",
    ] {
        let attempt = attempt.replace("THERE", &Value::from(there.as_str()).to_string());
        page.outcome(&format!("(async () => {{ {attempt}; }})()"));
        page.wait_until("document.querySelector('[data-testid=new-note]') !== null");
        assert_eq!(page.value("location.href"), place, "{attempt}");
        display.wait_for_windows(1);
    }
    // A round trip through the app after all of them: what was going to be asked has been asked.
    let info = ask(&window, "app_info", &Value::Null);
    assert!(info["ok"]["version"].is_string(), "{info}");
    assert_eq!(
        trap.heard(),
        Vec::<String>::new(),
        "the page spoke to somebody"
    );
}

fn is_plain_web_or_mail(line: &str) -> bool {
    ["http://", "https://", "mailto:"]
        .iter()
        .any(|scheme| line.starts_with(scheme))
        && line.chars().all(|c| c.is_ascii_graphic())
}

/// The password is used, never told: not to the page, and not to a server of the script's choice.
#[test]
fn it_learns_no_password_and_sends_none_elsewhere() {
    on_server(Kind::ExpressPouchdb, |server| {
        let (display, keyring) = (Display::start(), Keyring::start());
        let database = server.database();
        let anna = Account::create(server, PASSWORD);
        database.admit(&[&anna]);
        let installation = Installation::new();
        let window = installation.open(&display, &keyring);
        write_note(&window, "Here", "text");
        fill_in(&window, &database, &anna);
        apply(&window);
        leave_preferences(&window);
        database.wait_for("note:", |notes| notes.len() == 1);

        // The same server, seen from where the script wants the password to go.
        let elsewhere = Liar::before(&server.authority);
        let here = json!({ "address": format!("http://{}", server.authority), "user": anna.name, "database": database.name });
        let there =
            json!({ "address": elsewhere.url(), "user": anna.name, "database": database.name });
        let form = |fields: &Value| json!({ "fields": fields, "password": null });
        let needles = spellings(&anna.name, PASSWORD);
        let is_told = |text: &str| needles.iter().any(|needle| text.contains(needle.as_str()));

        let mut calls: Vec<(&str, Value)> = [
            "app_info",
            "sidebar",
            "settings",
            "user_styles",
            "ui_state",
            "sync_settings",
            "sync_status",
            "list_held_back",
            "diagnosis",
            "export_items",
            "hosted_warnings",
            "recently_deleted",
        ]
        .map(|command| (command, Value::Null))
        .into();
        for fields in [&here, &there] {
            for command in [
                "test_remote",
                "compare_sides",
                "server_setup",
                "server_limits",
                "create_database",
                "prepare_for_mobile",
            ] {
                calls.push((command, form(fields)));
            }
            let subject = json!({ "kind": "form", "form": form(fields) });
            calls.push((
                "start_diagnosis",
                json!({ "subject": subject, "deep": false, "half": false }),
            ));
        }
        calls.extend([
            (
                "start_diagnosis",
                json!({ "subject": { "kind": "target" }, "deep": false, "half": false }),
            ),
            ("wait_for_diagnosis", json!({ "run": 3 })),
            ("diagnosis_report", json!({ "run": 3, "hideNames": false })),
            ("support_bundle", json!({ "hideNames": false })),
            ("activity_report", json!({ "hideNames": false })),
            ("hosted_recovery_kit", json!({ "password": "guess" })),
            ("choose_secret_store", json!({ "store": "keyring" })),
        ]);
        for (command, request) in &calls {
            let outcome = ask(&window, command, request).to_string();
            // What is misspelt here would prove nothing.
            let is_form = request.to_string().contains("fields");
            assert!(
                !is_form || !outcome.contains("code\\\":\\\"invalid"),
                "{command}: {outcome}"
            );
            assert!(
                !is_told(&outcome),
                "{command} {request} tells the password: {outcome}"
            );
        }
        assert!(
            !is_told(&String::from_utf8_lossy(&elsewhere.heard())),
            "the password went elsewhere"
        );
        let status = ask(&window, "sync_settings", &Value::Null);
        assert_eq!(
            status["ok"]["target"]["fields"]["address"], here["address"],
            "{status}"
        );

        // A link whose passphrase the script has chosen: the stored password does not get into it.
        for (password, extra) in [
            (Value::Null, false),
            (Value::Null, true),
            (json!("guess"), true),
        ] {
            let request =
                json!({ "passphrase": "12345678", "password": password, "withPassword": extra });
            let made = ask(&window, "create_setup_link", &request);
            let Some(link) = made["ok"]["link"].as_str() else {
                assert_eq!(password, "guess", "{made}");
                continue;
            };
            let request = json!({ "link": link, "passphrase": "12345678" });
            let opened = ask(&window, "open_setup_link", &request);
            assert_eq!(
                opened["ok"]["fields"]["user"],
                anna.name.as_str(),
                "{opened}"
            );
            assert_eq!(opened["ok"]["password"], Value::Null, "{opened}");
        }
    });
}

fn fill_in(window: &Window, database: &Database, anna: &Account) {
    open_sync_preferences(window);
    let page = &window.page;
    page.part("sync-address")
        .type_text(&format!("http://{}", database.server.authority));
    page.part("sync-user").type_text(&anna.name);
    page.part("sync-password").type_text(&anna.password);
    page.part("sync-database").type_text(&database.name);
}
