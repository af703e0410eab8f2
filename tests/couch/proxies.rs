//! A proxy that a person named, in place of what the environment says.

use serde_json::Value;
use sheaf_tests::{
    BEHIND_THE_PROXY, Couch, Database, Device, FORBIDDEN_BY_THE_PROXY, ForwardProxy, Keyring,
    ServerOptions, closed_port, encode_segment, files_holding, on_every_server,
};

on_every_server!(
    an_http_proxy_that_was_chosen_carries_sync_and_diagnosis,
    a_socks_proxy_that_was_chosen_carries_sync_and_diagnosis,
    a_proxy_that_is_gone_or_refuses_is_not_taken_for_the_server,
    without_a_proxy_means_without_one_whatever_the_environment_says,
);

const PASSWORD: &str = "a proxy's pass/word@1";

fn url(database: &Database) -> String {
    url_at(BEHIND_THE_PROXY, database)
}

fn url_at(host: &str, database: &Database) -> String {
    let [user, password] =
        [&database.server.admin, &database.server.password].map(|text| encode_segment(text));
    let name = encode_segment(&database.name);
    format!("http://{user}:{password}@{host}:5984/{name}")
}

fn code(device: &Device, check: &str) -> String {
    let mut command = device.sheaf.command();
    let output = command.arg("doctor").output().expect("sheaf starts");
    let report: Value = serde_json::from_slice(&output.stdout).expect("a report is JSON");
    let lines = report["lines"].as_array().expect("a report has lines");
    let line = lines.iter().find(|line| line["check"] == check);
    line.map_or("", |line| line["code"].as_str().unwrap_or_default())
        .to_owned()
}

/// The password is asked for, kept in the keyring, and goes along from then on.
fn chosen(server: &'static Couch, scheme: &str, spoken: &str) {
    let proxy = ForwardProxy::with_password(&server.authority, "anna", PASSWORD);
    let database = server.database();
    let keyring = Keyring::start();
    let device = Device::with_keyring("A", &keyring);
    let set = ["sync", "set", "couchdb", &url(&database)];
    assert_eq!(device.sheaf.refused(&set).code, "hostNotFound");

    let address = format!("{scheme}://anna@{}", proxy.authority);
    device.sheaf.run(&["sync", "proxy", "set", &address]);
    let refusal = device.sheaf.refused(&set);
    assert_eq!(refusal.code, "proxyPassword", "{refusal:?}");
    let wrong = device
        .file("wrong", b"no such word\n")
        .display()
        .to_string();
    let given = ["sync", "proxy", "set", &address, "--password-file", &wrong];
    device.sheaf.run(&given);
    let refusal = device.sheaf.refused(&set);
    assert_eq!(refusal.code, "proxyPassword", "{refusal:?}");

    let file = device
        .file("right", PASSWORD.as_bytes())
        .display()
        .to_string();
    let shown = device
        .sheaf
        .run(&["sync", "proxy", "set", &address, "--password-file", &file]);
    assert_eq!(shown["hasPassword"], true, "{shown}");
    assert_eq!(shown["setting"]["user"], "anna", "{shown}");
    proxy.take_log();
    device.sheaf.run(&set);
    device.write("From here", "text");
    device.sync();
    assert_eq!(database.documents_of("note:").len(), 1);
    let log = proxy.take_log();
    // The test of the address asks an HTTP proxy for a tunnel, too.
    assert!(log.iter().any(|how| how == spoken), "{log:?}");
    assert_eq!(code(&device, "SYS-4"), "proxy_works");
    assert!(!proxy.take_log().is_empty());

    let data = device.sheaf.data_dir();
    assert_eq!(
        files_holding(&data, &[PASSWORD.to_owned()]),
        Vec::<std::path::PathBuf>::new()
    );
    assert!(!device.sheaf.transcript().contains(PASSWORD));

    // The password stays with the proxy it was typed for.
    let other = ForwardProxy::with_password(&server.authority, "anna", PASSWORD);
    let elsewhere = format!("{scheme}://anna@{}", other.authority);
    let shown = device.sheaf.run(&["sync", "proxy", "set", &elsewhere]);
    assert_eq!(shown["hasPassword"], false, "{shown}");
    let refusal = device.sync_refused();
    assert_eq!(refusal.code, "proxyPassword", "{refusal:?}");
    assert_eq!(
        device.sheaf.run(&["sync", "proxy", "set", &address])["hasPassword"],
        false
    );
}

fn an_http_proxy_that_was_chosen_carries_sync_and_diagnosis(server: &'static Couch) {
    chosen(server, "http", "http");
}

fn a_socks_proxy_that_was_chosen_carries_sync_and_diagnosis(server: &'static Couch) {
    chosen(server, "socks5", "socks5");
}

/// It was: sync said that nothing listens at the server, or that the account may not read the database, and people looked for
/// the fault there.
fn a_proxy_that_is_gone_or_refuses_is_not_taken_for_the_server(server: &'static Couch) {
    let proxy = ForwardProxy::to(&server.authority);
    let gone = closed_port();
    let database = server.database();
    for scheme in ["http", "socks5"] {
        let choose = |device: &Device, authority: &str| {
            let address = format!("{scheme}://{authority}");
            device.sheaf.run(&["sync", "proxy", "set", &address]);
        };
        let device = Device::new("A");
        choose(&device, &proxy.authority);
        device.connect(&url(&database));
        device.sync();

        // The same where an address is tested, and where sync was under way already.
        choose(&device, &gone);
        let elsewhere = url_at(FORBIDDEN_BY_THE_PROXY, &database);
        let tested = device
            .sheaf
            .refused(&["sync", "set", "couchdb", &elsewhere]);
        for refusal in [tested, device.sync_refused()] {
            assert_eq!(refusal.code, "proxyUnreachable", "{scheme} {refusal:?}");
            assert!(refusal.message.contains(&gone), "{scheme} {refusal:?}");
            assert!(refusal.message.contains("safe"), "{scheme} {refusal:?}");
        }
        assert_eq!(code(&device, "SYS-4"), "proxy_unreachable", "{scheme}");

        choose(&device, &proxy.authority);
        let refusal = device
            .sheaf
            .refused(&["sync", "set", "couchdb", &elsewhere]);
        assert_eq!(refusal.code, "proxyRefused", "{scheme} {refusal:?}");
        let set = [
            "sync",
            "set",
            "couchdb",
            &elsewhere,
            "--although-unreachable",
        ];
        device.sheaf.run(&set);
        let refusal = device.sync_refused();
        assert_eq!(refusal.code, "proxyRefused", "{scheme} {refusal:?}");
        assert!(
            refusal.message.contains(&proxy.authority),
            "{scheme} {refusal:?}"
        );
        assert_eq!(code(&device, "SYS-4"), "proxy_refuses", "{scheme}");

        // Whoever watches is told the same, and that it goes on by itself.
        let mut watch = device.sheaf.follow(&["sync", "watch"]);
        let told = watch.line_where(|line| line.contains("proxyRefused"));
        assert!(told.contains(&proxy.authority), "{scheme} {told}");
        assert!(told.contains("retryAt"), "{scheme} {told}");
        watch.terminate();
    }
}

fn without_a_proxy_means_without_one_whatever_the_environment_says(server: &'static Couch) {
    let proxy = ForwardProxy::to(&server.authority);
    let address = format!("http://{}", proxy.authority);
    let database = server.database();
    let mut device = Device::new("A");
    device.sheaf.set_variable("NO_PROXY", "");
    device.sheaf.set_variable("http_proxy", &address);
    device.connect(&url(&database));
    device.sync();
    device.sheaf.run(&["sync", "proxy", "direct"]);
    proxy.take_log();
    let refusal = device.sync_refused();
    assert_eq!(refusal.code, "hostNotFound", "{refusal:?}");
    assert_eq!(proxy.take_log(), Vec::<String>::new());
    device.sheaf.run(&["sync", "proxy", "system"]);
    device.sync();
    assert!(!proxy.take_log().is_empty());
    // A host that is left out is not asked of the proxy either.
    device.sheaf.run(&[
        "sync",
        "proxy",
        "set",
        &address,
        "--except",
        BEHIND_THE_PROXY,
    ]);
    proxy.take_log();
    assert_eq!(device.sync_refused().code, "hostNotFound");
    assert_eq!(proxy.take_log(), Vec::<String>::new());
}

#[test]
fn an_account_is_reached_through_the_chosen_proxy_as_well() {
    let server = ServerOptions::new().start();
    let upstream = server.url().trim_start_matches("http://");
    let proxy = ForwardProxy::to(upstream);
    let device = Device::new("A");
    device.sheaf.run(&[
        "sync",
        "proxy",
        "set",
        &format!("http://{}", proxy.authority),
    ]);
    let password = device
        .file("password", b"a long enough password\n")
        .display()
        .to_string();
    let address = format!("http://{BEHIND_THE_PROXY}:3650");
    device.sheaf.run(&[
        "sync",
        "set",
        "server",
        &address,
        "--email",
        "anna@example.org",
        "--sign-up",
        "--password-file",
        &password,
    ]);
    device.write("From here", "text");
    device.sync();
    let log = proxy.take_log();
    assert!(log.iter().any(|how| how == "http"), "{log:?}");
}
