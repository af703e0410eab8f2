//! For whoever helps and whoever needs help: the log and its folder, the support bundle, what does not travel, and the
//! diagnosis that comes by itself.

use serde_json::Value;
use sheaf_tests::{
    Account, Display, Installation, Keyring, Kind, Liar, Window, files_holding, on_server,
    spellings,
};

use super::{CONTROL, PASSWORD, SHIFT, leave_preferences, open_note, sync_by_fields, write_note};

const ENTER: &str = "\u{e007}";
const TITLE: &str = "Quince jelly for Ottilie";
const TEXT: &str = "three pounds of quinces from the neighbour";

fn preferences(window: &Window, section: &str) {
    window.page.part("open-preferences").click();
    window.page.part(&format!("prefs-{section}")).click();
}

fn command(window: &Window, name: &str) {
    window.page.press(&[CONTROL, SHIFT, "p"]);
    window.page.part("chooser-field").type_text(name);
    window.page.wait_until(&format!(
        "document.querySelector('[data-testid=choice]')?.textContent.includes('{name}')"
    ));
    window.page.press(&[ENTER]);
}

fn details(installation: &Installation) -> usize {
    let logs = files_holding(&installation.home(), &["sheaf_".to_owned()]);
    let logs = logs
        .iter()
        .filter(|file| file.extension().is_some_and(|name| name == "log"));
    let texts = logs.map(|file| std::fs::read_to_string(file).unwrap_or_default());
    texts
        .map(|text| text.lines().filter(|line| line.contains(" DEBUG ")).count())
        .sum()
}

#[test]
fn more_is_logged_at_once_when_asked_for_and_what_is_handed_on_holds_no_secret() {
    on_server(Kind::ExpressPouchdb, |server| {
        let (display, keyring) = (Display::start(), Keyring::start());
        let database = server.database();
        let anna = Account::create(server, PASSWORD);
        database.admit(&[&anna]);
        let installation = Installation::new();
        let window = installation.open(&display, &keyring);
        let page = &window.page;
        write_note(&window, TITLE, TEXT);
        let address = format!("http://{}", server.authority);
        sync_by_fields(&window, &address, &anna, &database.name);
        leave_preferences(&window);
        let arrived = |count: usize| {
            database.wait_for("note:", |notes| notes.len() == count);
        };
        arrived(1);
        assert_eq!(details(&installation), 0, "nobody asked for details");

        // Without a new start.
        let toggle = || {
            preferences(&window, "general");
            let switch = "[role=switch][aria-describedby='hint-verboseLogging']";
            let was = page.value(&format!(
                "document.querySelector(`{switch}`)?.getAttribute('aria-checked')"
            ));
            page.css(switch).click();
            page.wait_until(&format!(
                "document.querySelector(`{switch}`).getAttribute('aria-checked') !== '{}'",
                was.as_str().unwrap_or_default()
            ));
            leave_preferences(&window);
            // The settings are stored behind the switch: whatever is asked after it comes after it.
            page.outcome(
                "window.__TAURI_INTERNALS__.invoke('plugin:sheaf|settings', { request: null })",
            );
        };
        toggle();
        write_note(&window, "Second", TEXT);
        arrived(2);
        let detailed = details(&installation);
        assert!(detailed > 0, "details were asked for");
        toggle();
        let before = details(&installation);
        write_note(&window, "Third", TEXT);
        arrived(3);
        assert_eq!(
            details(&installation),
            before,
            "nobody wants details any more"
        );

        command(&window, "Open the log folder");
        while installation.opened().is_empty() {
            std::thread::yield_now();
        }
        let opened = installation.opened().join("\n");
        assert!(std::path::Path::new(&opened).is_dir(), "{opened}");
        let found = files_holding(std::path::Path::new(&opened), &["sheaf_".to_owned()]);
        assert!(!found.is_empty(), "the log is not in {opened}");

        preferences(&window, "general");
        page.part("open-support").click();
        page.wait_until(
            "document.querySelector('[data-testid=support-text]').textContent.length > 200",
        );
        window.photograph("support-bundle");
        let shown = page.part("support-text").text();
        page.part("support-save").click();
        page.wait_for_text("sheaf-support");
        let mut needles = spellings(&anna.name, PASSWORD);
        needles.extend([TITLE, "quinces"].map(str::to_owned));
        for needle in &needles {
            assert!(
                !shown.contains(needle.as_str()),
                "the bundle holds {needle:?}"
            );
        }
        // The secret alone is nowhere at all below this home; titles and texts are in the database only.
        let secret = files_holding(&installation.home(), &needles[..needles.len() - 2]);
        assert!(secret.is_empty(), "the password is in {secret:?}");
        let words = files_holding(&installation.home(), &needles[needles.len() - 2..]);
        let told = words.iter().filter(|file| {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            name.ends_with(".log") || name.ends_with(".txt")
        });
        assert_eq!(told.count(), 0, "{words:?}");
    });
}

#[test]
fn after_failing_again_and_again_the_cause_is_looked_for_and_offered() {
    on_server(Kind::ExpressPouchdb, |server| {
        let (display, keyring) = (Display::start(), Keyring::start());
        let database = server.database();
        let anna = Account::create(server, PASSWORD);
        database.admit(&[&anna]);
        let liar = Liar::before(&server.authority);
        let installation = Installation::new();
        let window = installation.open(&display, &keyring);
        let page = &window.page;
        sync_by_fields(&window, &liar.url(), &anna, &database.name);
        leave_preferences(&window);
        liar.lie(|_, reply| reply.replace(502, "text/html", "<h1>502 Bad Gateway</h1>"));
        write_note(&window, TITLE, TEXT);
        page.wait_until("['error', 'offline'].includes(document.querySelector('[data-testid=sync-footer]').dataset.state)");
        page.wait_until("document.querySelector('[data-testid=footer-diagnose]')");
        let says = page.value("document.querySelector('[data-testid=footer-diagnose]').title");
        assert!(
            says.as_str().is_some_and(|says| says.contains("Probably")),
            "{says}"
        );
        window.photograph("diagnosis-by-itself");
        page.part("footer-diagnose").click();
        page.wait_until("document.querySelector('[data-testid=\"check-HTTP-1\"]').dataset.code === 'http_gateway_error'");
        liar.be_honest();
        page.part("diagnosis-again").click();
        page.wait_until("['done', 'warnings'].includes(document.querySelector('[data-testid=diagnosis]').dataset.verdict)");
        database.wait_for("note:", |notes| notes.len() == 1);
    });
}

#[test]
fn what_does_not_travel_is_named_skipped_cured_and_gone() {
    on_server(Kind::ExpressPouchdb, |server| {
        let (display, keyring) = (Display::start(), Keyring::start());
        let database = server.database();
        let anna = Account::create(server, PASSWORD);
        database.admit(&[&anna]);
        let installation = Installation::new();
        let window = installation.open(&display, &keyring);
        let page = &window.page;
        let long = format!("Stuck {}", "x".repeat(300));
        write_note(&window, &long, TEXT);
        let address = format!("http://{}", server.authority);
        sync_by_fields(&window, &address, &anna, &database.name);
        page.part("prefs-activity").click();
        page.part("stuck");
        window.photograph("stuck");
        page.part("skip-item").click();
        page.wait_until("document.querySelector('[data-testid=skip-item]') === null");
        assert_eq!(database.documents_of("note:"), Vec::<Value>::new());
        leave_preferences(&window);
        open_note(&window, "Stuck");
        page.part("note-title").click();
        page.press(&[CONTROL, "a"]);
        page.part("note-title").type_text("Short");
        database.wait_for("note:", |notes| {
            notes.iter().any(|note| note["title"] == "Short")
        });
        preferences(&window, "activity");
        page.wait_until("document.querySelector('[data-testid=stuck]') === null");
    });
}
