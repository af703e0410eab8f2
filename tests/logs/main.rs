//! A password is nowhere but where it was put: not in logs, settings, database or write-ahead log, not in anything
//! printed; not raw, not percent-encoded, not in base64.

use sheaf_tests::{
    Account, Couch, Device, closed_port, encode_segment, files_holding, on_every_server, spellings,
};

/// Nothing in it survives percent-encoding, JSON or base64 unchanged by accident.
const PASSWORD: &str = "s3 cr@t/%é\"\\+pineapple";
const WRONG: &str = "wr0ng one/%é\"\\+papaya";

#[cfg(target_os = "linux")]
on_every_server!(a_pasted_password_lives_in_the_keyring_only);

#[cfg(target_os = "linux")]
fn a_pasted_password_lives_in_the_keyring_only(server: &'static Couch) {
    let keyring = sheaf_tests::Keyring::start();
    let database = server.database();
    let anna = Account::create(server, PASSWORD);
    database.admit(&[&anna]);
    let device = Device::with_keyring("A", &keyring);
    let sheaf = &device.sheaf;
    device.write("One", "text");

    let wrong = database.url_as(&anna.name, WRONG);
    sheaf.refused(&["--enable-logging", "sync", "set", "couchdb", &wrong]);
    let nowhere = database.url_through(&closed_port(), &anna.name, PASSWORD);
    sheaf.refused(&["--enable-logging", "sync", "set", "couchdb", &nowhere]);
    let right = database.url_as(&anna.name, PASSWORD);
    sheaf.run(&["--enable-logging", "sync", "set", "couchdb", &right]);
    // Nobody types a password any more: the keyring has it.
    sheaf.run(&["--enable-logging", "sync", "now"]);
    assert_eq!(database.documents_of("note:").len(), 1);
    database.remove();
    sheaf.refused(&["--enable-logging", "sync", "now"]);
    sheaf.run(&["--enable-logging", "sync", "status"]);

    // What would be sent to somebody who helps holds the log and a report, and no more than they do.
    sheaf.run(&["support"]);

    for password in [PASSWORD, WRONG] {
        let needles = spellings(&anna.name, password);
        let found = files_holding(sheaf.home(), &needles);
        assert!(found.is_empty(), "a password is in {found:?}");
        let printed = sheaf.transcript();
        for needle in &needles {
            assert!(
                !printed.contains(needle.as_str()),
                "{needle} was printed:\n{printed}"
            );
        }
    }
    let logged = files_holding(sheaf.home(), std::slice::from_ref(&database.name));
    assert!(
        logged
            .iter()
            .any(|file| file.to_string_lossy().contains("logs")),
        "the log says nothing about the server, so this proves nothing: {logged:?}"
    );
}

/// What leaves this computer on purpose: reports, logs and links for somebody else. The server's own words quote the
/// title here, as a validation function may.
#[test]
fn what_is_handed_on_holds_no_password_no_title_and_no_text() {
    const TITLE: &str = "a headline nobody else shall read";
    const TEXT: &str = "a sentence nobody else shall read";
    let server =
        Couch::shared(sheaf_tests::Kind::ExpressPouchdb).expect("npm peers are always there");
    let database = server.database();
    let anna = Account::create(server, PASSWORD);
    database.admit(&[&anna]);
    let device = Device::new("A");
    let sheaf = &device.sheaf;
    device.connect(&database.url_as(&anna.name, PASSWORD));
    let id = device.write(TITLE, TEXT);
    sheaf.run(&["--enable-logging", "sync", "now"]);
    let other = Device::on("B", &database.url_as(&anna.name, PASSWORD));
    let file = device.file("again.md", format!("{TEXT}, again").as_bytes());
    let file = file.display().to_string();
    sheaf.run(&["note", "edit", &id, "--body-file", &file]);
    sheaf.run(&["--enable-logging", "sync", "now"]);
    other.sync();
    let passphrase = device.file("passphrase", b"correct horse battery\n");
    let passphrase = passphrase.display().to_string();
    let password = format!("{PASSWORD}\n");
    let password = device.file("password", password.as_bytes());
    let password = password.display().to_string();
    // A title of more than 256 characters is held back, with a reason.
    let long = format!("{TITLE} {}", "x".repeat(300));
    let held = device.write(&long, TEXT);
    sheaf.run(&["--enable-logging", "sync", "now"]);
    sheaf.run(&["sync", "skip", &held]);

    let told: Vec<(&str, String)> = [
        &["sync", "activity", "--report"][..],
        &["sync", "activity", "--report", "--hide-names"],
        &["support"],
        &["support", "--hide-names"],
        &[
            "sync",
            "link",
            "create",
            "--passphrase-file",
            &passphrase,
            "--password-file",
            &password,
        ],
        &["sync", "status"],
        &["doctor"],
    ]
    .into_iter()
    .map(|arguments| {
        let mut command = sheaf.command();
        let output = command.args(arguments).output().expect("sheaf starts");
        let text = [output.stdout, output.stderr].concat();
        let name = arguments[arguments.len().saturating_sub(2).min(1)];
        (name, String::from_utf8_lossy(&text).into_owned())
    })
    .collect();
    assert!(
        told[0].1.contains(&id),
        "the log tells nothing, so this proves nothing: {}",
        told[0].1
    );
    let mut needles = spellings(&anna.name, PASSWORD);
    needles.extend([TITLE.to_owned(), TEXT.to_owned()]);
    for (what, text) in &told {
        for needle in &needles {
            assert!(
                !text.contains(needle.as_str()),
                "{what} holds {needle}:\n{text}"
            );
        }
    }
    for (hidden, text) in [(&anna.name, &told[1].1), (&database.name, &told[3].1)] {
        assert!(!text.contains(hidden.as_str()), "{hidden} is in\n{text}");
    }
    // Nor does any answer of a program hold a password, titles or not.
    let arguments = [
        &["sync", "activity"][..],
        &["sync", "held-back"],
        &["sync", "compare"],
        &["sync", "server", "show"],
        &["note", "list"],
    ];
    for arguments in arguments {
        sheaf.run(arguments);
    }
    let printed = sheaf.transcript();
    for needle in spellings(&anna.name, PASSWORD) {
        assert!(!printed.contains(needle.as_str()), "{needle} was printed");
    }
    assert!(printed.contains(TITLE), "the log for its owner names notes");
}

#[cfg(unix)]
#[test]
fn a_clear_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let server =
        Couch::shared(sheaf_tests::Kind::ExpressPouchdb).expect("npm peers are always there");
    let database = server.database();
    let anna = Account::create(server, PASSWORD);
    database.admit(&[&anna]);
    let device = Device::new("A");
    device.connect(&database.url_as(&anna.name, PASSWORD));
    device.sync();
    let holders = files_holding(device.sheaf.home(), &spellings(&anna.name, PASSWORD));
    assert_eq!(holders.len(), 1, "{holders:?}");
    let mode = std::fs::metadata(&holders[0])
        .expect("it was just read")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600, "{holders:?}");
    assert!(
        !device
            .sheaf
            .transcript()
            .contains(&encode_segment(PASSWORD))
    );
}

#[test]
fn note_texts_are_not_logged() {
    let device = Device::new("A");
    let server =
        Couch::shared(sheaf_tests::Kind::ExpressPouchdb).expect("npm peers are always there");
    let database = server.database();
    let file = device.file("secret.md", b"a sentence nobody else shall read");
    let arguments = [
        "--enable-logging",
        "note",
        "new",
        "--title",
        "a headline nobody else shall read",
    ];
    let path = file.display().to_string();
    device
        .sheaf
        .run(&[&arguments[..], &["--body-file", &path]].concat());
    device.sheaf.run(&[
        "--enable-logging",
        "sync",
        "set",
        "couchdb",
        &database.url(),
    ]);
    device.sheaf.run(&["--enable-logging", "sync", "now"]);
    device.sheaf.run(&["--enable-logging", "search", "nobody"]);
    let found = files_holding(
        &device.sheaf.data_dir(),
        &["nobody else shall read".to_owned()],
    );
    let logs: Vec<_> = found
        .iter()
        .filter(|file| file.components().any(|part| part.as_os_str() == "logs"))
        .collect();
    assert!(logs.is_empty(), "{logs:?}");
}
