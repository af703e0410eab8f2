//! Choosing a target, as far as that goes without a server.

use std::{net::TcpListener, path::Path};

use serde_json::json;

use crate::program::Home;

const PASSWORD: &str = "s3cr€t/42@home";
const ENCODED: &str = "s3cr%E2%82%ACt%2F42%40home";

fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

fn url(host: &str) -> String {
    format!("http://anna:{ENCODED}@{host}/notes")
}

#[test]
fn sync_is_off_at_first_and_says_so() {
    let home = Home::new();
    assert_eq!(home.says(&["sync", "status"]), "Not syncing\n");
    assert_eq!(
        home.json(&["sync", "status"])["state"],
        json!({ "kind": "off" })
    );
    let (exit, error) = home.refused(&["sync", "now"]);
    assert_eq!((exit, &error["code"]), (1, &json!("syncOff")));
}

#[test]
fn a_server_that_does_not_answer_is_named_and_nothing_is_set() {
    let home = Home::new();
    let host = nobody();
    let (exit, error) = home.refused(&["sync", "set", "couchdb", &url(&host)]);
    assert_eq!((exit, &error["code"]), (4, &json!("connectionRefused")));
    assert!(error["message"].as_str().unwrap().contains(&host));
    assert_eq!(home.json(&["sync", "status"])["state"]["kind"], "off");
}

#[test]
fn an_address_can_be_set_although_nobody_answers_and_is_shown_without_the_password() {
    let home = Home::new();
    let host = nobody();
    let set = [
        "sync",
        "set",
        "couchdb",
        &url(&host),
        "--although-unreachable",
    ];
    let applied = home.json(&set);
    let shown = format!("anna@{host}/notes");
    assert_eq!(applied["settings"]["target"]["display"], shown.as_str());
    assert_eq!(applied["settings"]["secretStore"], "clearFile");
    assert!(!applied.to_string().contains("s3cr"));
    let (exit, error) = home.refused(&["sync", "now"]);
    assert_eq!((exit, &error["code"]), (4, &json!("connectionRefused")));
    let status = home.json(&["sync", "status"]);
    assert_eq!(
        (&status["remote"], &status["lastSuccess"]),
        (&json!(shown), &json!(null))
    );
    assert_eq!(home.json(&["sync", "pause"])["state"]["kind"], "paused");
    assert!(home.says(&["sync", "status"]).starts_with("Paused"));
    home.json(&["sync", "resume"]);
    home.json(&["sync", "set", "off"]);
    assert_eq!(home.json(&["sync", "status"])["state"]["kind"], "off");
}

#[test]
fn a_password_is_asked_for_only_where_somebody_can_answer() {
    let home = Home::new();
    let address = format!("http://anna@{}/notes", nobody());
    let (exit, error) = home.refused(&["sync", "set", "couchdb", &address]);
    assert_eq!((exit, &error["code"]), (3, &json!("passwordMissing")));
    assert!(error["hint"].as_str().unwrap().contains("--password-file"));
}

#[test]
fn without_a_keyring_nothing_is_kept_silently_elsewhere() {
    let home = Home::new();
    let mut command = home.command(&["--json", "sync", "set", "couchdb", &url(&nobody())]);
    command
        .arg("--although-unreachable")
        .env("SHEAF_SECRET_STORE", "keyring");
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        text.contains("\"secretStore\"") && text.contains("clear-file"),
        "{text}"
    );
    assert_eq!(holding(&home.path(), PASSWORD), Vec::<String>::new());
    assert_eq!(home.json(&["sync", "status"])["state"]["kind"], "off");
}

/// The log at its most talkative, the database, its write-ahead log, backups: everything below the
/// home but the one file that says what it is.
#[test]
fn the_password_is_in_no_log_and_no_database() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let home = Home::new();
    let host = nobody();
    for arguments in [
        vec!["--enable-logging", "sync", "set", "couchdb", &url(&host)],
        vec![
            "--enable-logging",
            "sync",
            "set",
            "couchdb",
            &url(&host),
            "--although-unreachable",
        ],
        vec!["--enable-logging", "sync", "now"],
        vec!["--enable-logging", "note", "new", "--title", "x"],
    ] {
        let output = home.command(&arguments).output().unwrap();
        let printed = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!printed.contains("s3cr"), "{printed}");
    }
    let logs = home.data().join("logs");
    assert!(
        std::fs::read_dir(&logs).unwrap().count() > 0,
        "there is a log to search"
    );
    let pair = STANDARD.encode(format!("anna:{PASSWORD}"));
    for form in [PASSWORD, ENCODED, &STANDARD.encode(PASSWORD), &pair] {
        let found = holding(&home.path(), form);
        let expected: &[&str] = if form == PASSWORD {
            &["passwords-in-clear-text.json"]
        } else {
            &[]
        };
        assert_eq!(found, expected, "{form}");
    }
}

fn holding(dir: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holding(&path, text));
        } else if std::fs::read(&path).is_ok_and(|bytes| {
            bytes
                .windows(text.len())
                .any(|window| window == text.as_bytes())
        }) {
            found.push(path.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
    found
}
