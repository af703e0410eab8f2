//! Accounts at a Sheaf server, and computers that it does not know any longer.

use std::path::PathBuf;
use std::process::Command;

use sheaf_tests::{ServerOptions, Sheaf, SheafServer};

use super::Stage;
use crate::patient::Patient;

const EMAIL: &str = "anna@example.org";
const PASSWORD: &str = "correct horse battery";
const NEW: &str = "another horse battery";

fn secret(sheaf: &Sheaf, words: &str) -> String {
    let path: PathBuf = sheaf
        .home()
        .join(format!("{}.secret", words.replace(' ', "-")));
    std::fs::write(&path, format!("{words}\n")).expect("the home can be written to");
    path.display().to_string()
}

fn enter(sheaf: &Sheaf, server: &SheafServer, more: &[&str]) {
    let file = secret(sheaf, PASSWORD);
    let words = ["sync", "set", "server", server.url(), "--email", EMAIL];
    sheaf.run(&[&words[..], &["--password-file", &file], more].concat());
    sheaf.run(&["sync", "now"]);
}

/// The first device of an account, and a second one that is examined. Keys lie in a file here, and doctor says so.
fn account() -> (SheafServer, Sheaf, Patient) {
    let server = ServerOptions::new().start();
    let first = Sheaf::new();
    enter(&first, &server, &["--sign-up"]);
    let patient = Patient::new();
    patient.may_say("secret_in_clear");
    enter(&patient.sheaf, &server, &[]);
    (server, first, patient)
}

pub(crate) fn a_healthy_account(_: &Stage) -> String {
    let (_server, _first, patient) = account();
    let seen = patient.is_well(&[]);
    format!("{} in {:.1} s", patient.course(), seen.took.as_secs_f32())
}

/// The keys kept here were made from another passphrase than the account has now.
pub(crate) fn a_password_changed_elsewhere(_: &Stage) -> String {
    let (_server, first, patient) = account();
    patient.is_well(&[]);
    let (old, new) = (secret(&first, PASSWORD), secret(&first, NEW));
    first.run(&[
        "sync",
        "account",
        "change-password",
        "--password-file",
        &old,
        "--new-password-file",
        &new,
    ]);
    patient.finds(&[], &["auth_password_changed"]);
    patient
        .sheaf
        .run(&["sync", "password", "--password-file", &new]);
    patient.is_well(&[]);
    patient.course()
}

/// The server was updated and works with newer versions only. Sync says so too, and goes on once both fit again.
pub(crate) fn a_sheaf_too_old_for_the_server(_: &Stage) -> String {
    let listens = ["--listen", "127.0.0.71:3650"];
    let of_today = ServerOptions::new().with(&listens);
    let mut server = of_today.start();
    let (first, patient) = (Sheaf::new(), Patient::new());
    patient.may_say("secret_in_clear");
    enter(&first, &server, &["--sign-up"]);
    enter(&patient.sheaf, &server, &[]);
    patient.is_well(&[]);
    server.terminate();
    server.start_again(
        &ServerOptions::new().with(&[&listens[..], &["--least-client", "99.1"]].concat()),
    );
    patient.finds(&[], &["app_too_old"]);
    let refused = patient.sheaf.refused(&["sync", "now"]);
    assert_eq!(refused.code, "appTooOld", "{}", refused.message);
    server.terminate();
    server.start_again(&of_today);
    patient.sheaf.run(&["sync", "now"]);
    patient.is_well(&[]);
    patient.course()
}

/// Signed out, and then back from a backup of this computer that still has the session.
pub(crate) fn a_session_that_was_revoked(_: &Stage) -> String {
    let (_server, _first, patient) = account();
    let (data, kept) = (
        patient.sheaf.data_dir(),
        patient.sheaf.home().join("data.kept"),
    );
    let copy = |from: &PathBuf, to: &PathBuf| {
        let copied = Command::new("cp").arg("-a").arg(from).arg(to).status();
        assert!(copied.expect("there is cp").success());
    };
    copy(&data, &kept);
    patient.sheaf.run(&["sync", "account", "sign-out"]);
    std::fs::remove_dir_all(&data).expect("nobody has the notes open");
    copy(&kept, &data);
    patient.finds(&[], &["auth_session_ended"]);
    let file = secret(&patient.sheaf, PASSWORD);
    patient
        .sheaf
        .run(&["sync", "password", "--password-file", &file]);
    patient.is_well(&[]);
    patient.course()
}
