//! As somebody runs it: starting, looking after accounts, copying, stopping.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::json;
use sheaf_tests::{
    Cluster, HostedDevice, Http, ServerOptions, SheafServer, new_item, register, say, sign_in,
};

const EMAIL: &str = "anna@example.org";
const PASSWORD: &str = "the half of a key";
const UUID: &str = "00000000-0000-4000-8000-000000000001";

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn device(server: &SheafServer) -> HostedDevice {
    let token = sign_in(&server.http(), EMAIL, PASSWORD);
    HostedDevice::new(server.http().with_token(&token))
}

#[test]
fn without_arguments_it_starts_and_says_where_the_data_is_and_what_to_type() {
    let server = ServerOptions::bare().start();
    let greeting = server.greeting().join("\n");
    let data = server.home().join("sheaf-server");
    assert!(greeting.contains(&data.display().to_string()), "{greeting}");
    assert!(data.join("server.db").is_file());
    assert!(
        greeting.contains("open until the first account exists"),
        "{greeting}"
    );
    assert_eq!(server.http().get("/healthcheck").status, 200);
    register(&server.http(), EMAIL, PASSWORD);
    let late =
        json!({"email": "eve@example.org", "password": "x", "pw_nonce": "n", "version": "003"});
    assert_eq!(server.http().post("/auth", &late).status, 401, "closed now");
}

#[test]
fn accounts_are_looked_after_while_the_server_runs() {
    let options = ServerOptions::new().with(&["--registration", "invite"]);
    let server = options.start();
    let added = server.command(&["user", "add", EMAIL]);
    assert!(said(&added).contains("may register once"), "{added:?}");
    register(&server.http(), EMAIL, PASSWORD);
    let mut device = device(&server);
    device.sync(&[new_item(UUID, "x")]);
    assert!(said(&server.command(&["user", "list"])).contains("active"));
    assert!(server.command(&["user", "disable", EMAIL]).status.success());
    let sign_in = json!({"email": EMAIL, "password": PASSWORD});
    assert_eq!(server.http().post("/auth/sign_in", &sign_in).status, 401);
    assert!(server.command(&["user", "enable", EMAIL]).status.success());
    assert_eq!(server.http().post("/auth/sign_in", &sign_in).status, 200);
    let careless = server.command(&["user", "delete", EMAIL]);
    assert!(!careless.status.success() && said(&careless).contains("--yes"));
    assert!(
        server
            .command(&["user", "delete", EMAIL, "--yes"])
            .status
            .success()
    );
    assert_eq!(said(&server.command(&["user", "list"])), "");
    assert!(
        !server.command(&["user", "disable", EMAIL]).status.success(),
        "there is nobody of that name any more"
    );
}

/// A copy, made while the server runs, opens on the other storage, with the same accounts and tokens.
#[test]
fn a_backup_of_either_storage_is_restored_to_the_other() {
    let server = ServerOptions::new().start();
    register(&server.http(), EMAIL, PASSWORD);
    let mut first = device(&server);
    first.sync(&[new_item(UUID, "kept")]);
    let copy = server.home().join("copy.db");
    let copy = copy.to_str().expect("a plain path");
    let backup = server.command(&["backup", copy]);
    assert!(backup.status.success(), "{backup:?}");
    assert!(
        !server.command(&["backup", copy]).status.success(),
        "nothing is overwritten"
    );
    assert!(said(&server.command(&["check"])).contains("sound"));
    let Some(cluster) = Cluster::shared() else {
        return;
    };
    let database = cluster.database();
    let restored = server.command(&["restore", copy, "--database", &database]);
    assert!(restored.status.success(), "{restored:?}");
    let other = ServerOptions::new()
        .with(&["--database", &database])
        .start();
    let mut fresh = device(&other);
    fresh.sync(&[]);
    assert_eq!(fresh.items[UUID]["content"], "kept");
    let back = server.home().join("back.db");
    let back = back.to_str().expect("a plain path");
    let backup = server.command(&["backup", back, "--database", &database]);
    assert!(backup.status.success(), "{backup:?}");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = folder.path().to_str().expect("a plain path");
    let restored = server.command(&["restore", back, "--data-dir", folder]);
    assert!(said(&restored).contains("1 accounts"), "{restored:?}");
    assert!(
        !server.command(&["restore", back]).status.success(),
        "only into an empty database"
    );
}

#[test]
fn told_to_stop_it_ends_although_somebody_listens_and_everything_is_kept() {
    let options = ServerOptions::new();
    let mut server = options.start();
    register(&server.http(), EMAIL, PASSWORD);
    let token = sign_in(&server.http(), EMAIL, PASSWORD);
    let mut lines = server.http().with_token(&token).lines("/v1/events");
    assert!(lines.any(|line| line == "event: listening"));
    device(&server).sync(&[new_item(UUID, "kept")]);
    assert!(server.terminate().success(), "{}", server.log());
    server.start_again(&options);
    let mut fresh = device(&server);
    fresh.sync(&[]);
    assert_eq!(fresh.items[UUID]["content"], "kept");
}

#[test]
fn the_settings_that_hold_are_shown_without_their_secrets() {
    let server = ServerOptions::new()
        .environment("SHEAF_SERVER_ACCOUNT_MB", "7")
        .start();
    let shown = server.command(&["config", "--database", "postgres://sheaf:pine@db/notes"]);
    let shown = said(&shown);
    assert!(
        shown.contains("postgres://sheaf:hidden@db/notes"),
        "{shown}"
    );
    assert!(!shown.contains("pine"), "{shown}");
    // A database that cannot be reached is named without its password, too.
    let refused = server.command(&["check", "--database", "postgres://a:pine@127.0.0.1:1/b"]);
    assert!(!refused.status.success());
    assert!(!said(&refused).contains("pine"), "{refused:?}");
}

#[test]
fn metrics_name_no_account() {
    let server = ServerOptions::new().start();
    register(&server.http(), EMAIL, PASSWORD);
    device(&server).sync(&[new_item(UUID, "x")]);
    let lines: Vec<String> = server.http().lines("/metrics").collect();
    let text = lines.join("\n");
    assert!(text.contains("sheaf_items_saved_total 1"), "{text}");
    assert!(!text.contains("anna"), "{text}");
}

/// The unit that `docs/hosting.md` publishes, as far as it can be judged without running it.
#[test]
fn the_published_unit_is_accepted() {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../docs/hosting/sheaf-server.service"
    );
    assert!(Path::new(file).is_file());
    let verified = Command::new("systemd-analyze")
        .args(["verify", "--man=no", file])
        .output();
    let Ok(verified) = verified else {
        say("skipped: the systemd unit is not verified (systemd-analyze is not installed)");
        return;
    };
    // The program is not installed here; that is all it may complain about.
    let complaints = String::from_utf8_lossy(&verified.stderr).into_owned();
    let other: Vec<&str> = complaints
        .lines()
        .filter(|line| line.contains("sheaf-server.service") && !line.contains("is not executable"))
        .collect();
    assert!(other.is_empty(), "{complaints}");
}

#[test]
fn an_address_that_is_taken_is_named() {
    let server = ServerOptions::new().start();
    let address = server.url().trim_start_matches("http://").to_owned();
    let second = server.command(&["--listen", &address]);
    assert!(!second.status.success());
    assert!(said(&second).contains(&address), "{second:?}");
    assert_eq!(Http::new(server.url()).get("/healthcheck").status, 200);
}
