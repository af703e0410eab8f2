//! What must not be written down anywhere but where it belongs.

use serde_json::{Value, json};
use sheaf_tests::{
    Cluster, HostedDevice, ServerOptions, SheafServer, new_item, register, sign_in, spellings,
};

const EMAIL: &str = "canary@example.org";
const PASSWORD: &str = "canary-password-5f1c";
const CONTENT: &str = "canary-content-a93e";
const UUID: &str = "00000000-0000-4000-8000-000000000001";

/// Everything a server is asked, the refused and the broken included, with every record of the log asked for.
fn everything(server: &SheafServer) -> Vec<String> {
    let http = server.http();
    register(&http, EMAIL, PASSWORD);
    let token = sign_in(&http, EMAIL, PASSWORD);
    let signed = http.clone().with_token(&token);
    let mut device = HostedDevice::new(signed.clone());
    device.sync(&[new_item(UUID, CONTENT)]);
    let wrong = json!({"email": EMAIL, "password": "canary-wrong-77aa"});
    assert_eq!(http.post("/auth/sign_in", &wrong).status, 401);
    assert_eq!(http.post("/auth", &wrong).status, 400);
    let broken = json!({"items": [{"uuid": UUID, "content": {"canary-broken-13bd": 1}}], "limit": "canary-limit-80fe"});
    assert_eq!(signed.post("/items/sync", &broken).status, 400);
    assert_eq!(
        http.get("/auth/params?email=canary-query-55cc%40example.org")
            .status,
        200
    );
    assert_eq!(http.get("/canary-path-91ab").status, 404);
    let next = "canary-next-02de";
    let change = json!({"current_password": PASSWORD, "new_password": next, "pw_nonce": "canary-nonce-6e6e",
                        "pw_cost": 110_000, "version": "003"});
    let changed = signed.post("/auth/change_pw", &change).success();
    let mut secrets: Vec<String> = [PASSWORD, next, "canary-wrong-77aa"]
        .iter()
        .flat_map(|password| spellings(EMAIL, password))
        .collect();
    for token in [Value::from(token), changed["token"].clone()] {
        let token = token.as_str().expect("a token is text").to_owned();
        secrets.extend(token.rsplit(':').next().map(str::to_owned));
    }
    secrets.extend(["canary".to_owned(), CONTENT.to_owned()]);
    secrets
}

fn the_log_holds_no_secret(server: &mut SheafServer) {
    let secrets = everything(server);
    assert!(server.terminate().success());
    let log = server.log();
    for secret in &secrets {
        assert!(!log.contains(secret), "{secret} is in the log:\n{log}");
    }
    let answered: Vec<Value> = log
        .lines()
        .map(|line| {
            serde_json::from_str(line).unwrap_or_else(|_| panic!("a record is JSON: {line}"))
        })
        .filter(|record: &Value| record["message"] == "answered")
        .collect();
    assert!(answered.len() >= 8, "{log}");
    for record in answered {
        let id = record["span"]["id"].as_str().unwrap_or_default();
        assert_eq!(id.len(), 36, "each names its request: {record}");
    }
}

fn loud() -> ServerOptions {
    ServerOptions::new()
        .environment("SHEAF_SERVER_LOG", "trace")
        .with(&["--log-format", "json"])
}

#[test]
fn the_log_on_sqlite_holds_no_credential_and_no_content() {
    the_log_holds_no_secret(&mut loud().start());
}

#[test]
fn the_log_on_postgresql_holds_no_credential_and_no_content() {
    if let Some(cluster) = Cluster::shared() {
        let options = loud().with(&["--database", &cluster.database()]);
        the_log_holds_no_secret(&mut options.start());
    }
}
