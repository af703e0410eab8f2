//! The routes as clients speak them, on SQLite, with a clock that the tests own.

#![allow(clippy::unwrap_used)]

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header},
};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use sheaf_protocol::Micros;
use sheaf_server::{
    app::App,
    config::{Registration, Settings},
    edge::Edge,
    routes::router,
    storage::{Storage as _, sqlite::Sqlite},
};
use tower::ServiceExt as _;

const SECOND: i64 = 1_000_000;

struct Server {
    router: Router,
    clock: Arc<AtomicI64>,
    storage: Sqlite,
    _dir: tempfile::TempDir,
}

struct Answer {
    status: StatusCode,
    body: Value,
    retry_after: Option<String>,
}

impl Server {
    async fn new(registration: Registration) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let storage = Sqlite::open(&dir.path().join("server.db")).unwrap();
        let clock = Arc::new(AtomicI64::new(1_700_000_000 * SECOND));
        let counter = AtomicU64::new(1);
        let now = Arc::clone(&clock);
        let edge = Edge {
            now: Arc::new(move || Micros(now.load(Ordering::SeqCst))),
            // Distinct, and the same in every run.
            random: Arc::new(move |bytes| {
                for chunk in bytes.chunks_mut(8) {
                    let next = counter
                        .fetch_add(1, Ordering::SeqCst)
                        .wrapping_mul(0x9e37_79b9_7f4a_7c15);
                    chunk.copy_from_slice(&next.to_le_bytes()[..chunk.len()]);
                }
            }),
        };
        let settings = Settings {
            registration,
            trusted_proxies: 1,
            ..Settings::default()
        };
        let app = App::new(storage.clone(), edge, settings).await.unwrap();
        Self {
            router: router(app),
            clock,
            storage,
            _dir: dir,
        }
    }

    fn pass(&self, micros: i64) {
        self.clock.fetch_add(micros, Ordering::SeqCst);
    }

    async fn send(&self, method: &str, path: &str, token: Option<&str>, body: Value) -> Answer {
        self.send_from("192.0.2.1", method, path, token, body).await
    }

    async fn send_from(
        &self,
        address: &str,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: Value,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("x-forwarded-for", address)
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let body = if body.is_null() {
            Body::empty()
        } else {
            Body::from(body.to_string())
        };
        let response = self
            .router
            .clone()
            .oneshot(request.body(body).unwrap())
            .await
            .unwrap();
        let status = response.status();
        let retry_after = response
            .headers()
            .get(header::RETRY_AFTER)
            .map(|v| v.to_str().unwrap().to_owned());
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer {
            status,
            body,
            retry_after,
        }
    }

    async fn register(&self, email: &str) -> String {
        let answer = self.send("POST", "/auth", None, registration(email)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body["token"].as_str().unwrap().to_owned()
    }

    async fn sign_in(&self, email: &str, password: &str) -> Answer {
        self.send(
            "POST",
            "/auth/sign_in",
            None,
            json!({"email": email, "password": password}),
        )
        .await
    }
}

fn registration(email: &str) -> Value {
    json!({"email": email, "password": "pw", "pw_nonce": "n", "pw_cost": 110_000, "version": "003"})
}

fn note(n: u32, content: &str) -> Value {
    json!({"uuid": format!("00000000-0000-4000-8000-{n:012x}"), "content_type": "Note",
           "content": content, "enc_item_key": "k"})
}

/// `base64url(hex(SHA-256("verifier")))`, as the newer client computes it.
const VERIFIER: &str = "verifier";
fn challenge() -> String {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    use sha2::{Digest as _, Sha256};
    URL_SAFE_NO_PAD.encode(format!("{:x}", Sha256::digest(VERIFIER)))
}

async fn newer_sign_in(server: &Server, email: &str) -> Answer {
    let begun = json!({"email": email, "code_challenge": challenge(), "api": "20200115"});
    let params = server.send("POST", "/v2/login-params", None, begun).await;
    assert_eq!(params.status, StatusCode::OK);
    let body =
        json!({"email": email, "password": "pw", "code_verifier": VERIFIER, "api": "20200115"});
    server.send("POST", "/v2/login", None, body).await
}

#[tokio::test]
async fn an_account_made_by_the_older_client_opens_in_the_newer_one() {
    let server = Server::new(Registration::Open).await;
    let token = server.register("anna@example.org").await;
    let sync =
        json!({"items": [note(1, "003:x")], "limit": 150, "api": "20190520", "sync_token": null});
    let saved = server.send("POST", "/items/sync", Some(&token), sync).await;
    assert_eq!(
        saved.body["saved_items"][0]["content"], "003:x",
        "saved items come back in full"
    );
    let signed = newer_sign_in(&server, "ANNA@example.org ").await;
    assert_eq!(signed.status, StatusCode::OK, "{}", signed.body);
    let access = signed.body["data"]["session"]["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let pulled = server
        .send(
            "POST",
            "/v1/items",
            Some(&access),
            json!({"items": [], "api": "20200115"}),
        )
        .await;
    assert_eq!(
        pulled.body["data"]["retrieved_items"][0]["content"],
        "003:x"
    );
    assert_eq!(signed.body["data"]["key_params"]["pw_cost"], 110_000);
}

#[tokio::test]
async fn a_verifier_works_once_and_only_with_its_challenge() {
    let server = Server::new(Registration::Open).await;
    server.register("anna@example.org").await;
    assert_eq!(
        newer_sign_in(&server, "anna@example.org").await.status,
        StatusCode::OK
    );
    let again = json!({"email": "anna@example.org", "password": "pw", "code_verifier": VERIFIER});
    assert_eq!(
        server.send("POST", "/v2/login", None, again).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn registration_closes_once_the_first_account_exists() {
    let server = Server::new(Registration::FirstOnly).await;
    server.register("anna@example.org").await;
    let second = server
        .send("POST", "/auth", None, registration("eve@example.org"))
        .await;
    assert_eq!(second.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_invitation_lets_one_e_mail_in_once() {
    let server = Server::new(Registration::Invite).await;
    server
        .storage
        .put_invite("guest@example.org")
        .await
        .unwrap();
    let refused = server
        .send("POST", "/auth", None, registration("eve@example.org"))
        .await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    server.register("Guest@example.org").await;
}

#[tokio::test]
async fn answers_do_not_tell_who_has_an_account() {
    let server = Server::new(Registration::Open).await;
    server.register("anna@example.org").await;
    let wrong = server.sign_in("anna@example.org", "wrong").await;
    let unknown = server.sign_in("nobody@example.org", "wrong").await;
    assert_eq!((wrong.status, &wrong.body), (unknown.status, &unknown.body));
    let path = |email: &str| format!("/auth/params?email={email}");
    let known = server
        .send("GET", &path("anna@example.org"), None, Value::Null)
        .await;
    let first = server
        .send("GET", &path("nobody@example.org"), None, Value::Null)
        .await;
    server.pass(86_400 * SECOND);
    let next_day = server
        .send("GET", &path("nobody@example.org"), None, Value::Null)
        .await;
    assert_eq!(first.body, next_day.body, "made-up parameters are stable");
    assert_eq!(
        (known.status, first.status),
        (StatusCode::OK, StatusCode::OK)
    );
}

#[tokio::test]
async fn a_stranger_cannot_lock_an_account() {
    let server = Server::new(Registration::Open).await;
    server.register("anna@example.org").await;
    let attempt = json!({"email": "anna@example.org", "password": "wrong"});
    let mut slowed = false;
    for _ in 0..12 {
        let answer = server
            .send_from(
                "203.0.113.9",
                "POST",
                "/auth/sign_in",
                None,
                attempt.clone(),
            )
            .await;
        slowed |= answer.status == StatusCode::TOO_MANY_REQUESTS && answer.retry_after.is_some();
    }
    assert!(slowed, "the stranger waits");
    assert_eq!(
        server.sign_in("anna@example.org", "pw").await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_replayed_refresh_token_ends_the_session_for_both() {
    let server = Server::new(Registration::Open).await;
    server.register("anna@example.org").await;
    let signed = newer_sign_in(&server, "anna@example.org").await;
    let session = &signed.body["data"]["session"];
    let refresh =
        json!({"access_token": session["access_token"], "refresh_token": session["refresh_token"]});
    let fresh = server
        .send("POST", "/v1/sessions/refresh", None, refresh.clone())
        .await;
    assert_eq!(fresh.status, StatusCode::OK);
    // The answer may have been lost: until the new pair is used the old one still refreshes.
    server.pass(86_400 * SECOND);
    let old = session["access_token"].as_str().unwrap();
    let told = server
        .send("POST", "/v1/items", Some(old), json!({"items": []}))
        .await;
    assert_eq!(told.status.as_u16(), 498, "and is told to");
    let fresh = server
        .send("POST", "/v1/sessions/refresh", None, refresh.clone())
        .await;
    assert_eq!(fresh.status, StatusCode::OK);
    let access = fresh.body["data"]["session"]["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let used = server
        .send("POST", "/v1/items", Some(&access), json!({"items": []}))
        .await;
    assert_eq!(used.status, StatusCode::OK);
    server.pass(3600 * SECOND);
    let replayed = server
        .send("POST", "/v1/sessions/refresh", None, refresh)
        .await;
    assert_eq!(replayed.status, StatusCode::BAD_REQUEST);
    let after = server
        .send("POST", "/v1/items", Some(&access), json!({"items": []}))
        .await;
    assert_eq!(after.status, StatusCode::UNAUTHORIZED);
}

/// `session.test.js` of the published client: an app whose session was revoked elsewhere removes what
/// it keeps, and must be able to tell that from a session that merely ended.
#[tokio::test]
async fn a_revoked_session_is_told_that_it_was_revoked() {
    let server = Server::new(Registration::Open).await;
    let first = server.register("anna@example.org").await;
    let second = server.sign_in("anna@example.org", "pw").await.body["token"]
        .as_str()
        .unwrap()
        .to_owned();
    let rows = server
        .send("GET", "/v1/sessions", Some(&first), Value::Null)
        .await;
    let other = rows.body["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["current"] == false)
        .unwrap()["uuid"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/v1/sessions/{other}");
    let ended = server
        .send("DELETE", &path, Some(&first), Value::Null)
        .await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT);
    let told = server
        .send("POST", "/items/sync", Some(&second), json!({"items": []}))
        .await;
    assert_eq!(told.status, StatusCode::UNAUTHORIZED);
    assert_eq!(told.body["error"]["tag"], "revoked-session");
}

#[tokio::test]
async fn an_expired_access_token_asks_for_a_refresh() {
    let server = Server::new(Registration::Open).await;
    server.register("anna@example.org").await;
    let signed = newer_sign_in(&server, "anna@example.org").await;
    let access = signed.body["data"]["session"]["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    server.pass(61 * 86_400 * SECOND);
    let expired = server
        .send("POST", "/v1/items", Some(&access), json!({"items": []}))
        .await;
    assert_eq!(expired.status.as_u16(), 498);
    assert_eq!(expired.body["error"]["tag"], "expired-access-token");
}

#[tokio::test]
async fn a_password_change_ends_every_other_session_and_answers_a_token() {
    let server = Server::new(Registration::Open).await;
    let first = server.register("anna@example.org").await;
    let second = server.sign_in("anna@example.org", "pw").await.body["token"]
        .as_str()
        .unwrap()
        .to_owned();
    let change = json!({"current_password": "pw", "new_password": "pw2", "pw_nonce": "n2", "pw_cost": 110_000, "version": "003"});
    let changed = server
        .send("POST", "/auth/change_pw", Some(&first), change)
        .await;
    assert_eq!(changed.status, StatusCode::OK);
    let token = changed.body["token"].as_str().unwrap().to_owned();
    let empty = json!({"items": []});
    assert_eq!(
        server
            .send("POST", "/items/sync", Some(&second), empty.clone())
            .await
            .status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        server
            .send("POST", "/items/sync", Some(&token), empty)
            .await
            .status,
        StatusCode::OK
    );
    assert_eq!(
        server.sign_in("anna@example.org", "pw").await.status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        server.sign_in("anna@example.org", "pw2").await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn another_account_is_neither_read_nor_overwritten_nor_deleted() {
    let server = Server::new(Registration::Open).await;
    let anna = server.register("anna@example.org").await;
    let eve = server.register("eve@example.org").await;
    server
        .send(
            "POST",
            "/items/sync",
            Some(&anna),
            json!({"items": [note(1, "anna")]}),
        )
        .await;
    let id = note(1, "")["uuid"].as_str().unwrap().to_owned();
    let probe = server
        .send("GET", &format!("/v1/items/{id}"), Some(&eve), Value::Null)
        .await;
    assert_eq!(probe.status, StatusCode::NOT_FOUND);
    let taken = server
        .send(
            "POST",
            "/items/sync",
            Some(&eve),
            json!({"items": [note(1, "eve")], "api": "20190520"}),
        )
        .await;
    assert_eq!(
        taken.body["conflicts"],
        json!([]),
        "a uuid of another account tells nothing"
    );
    let mine = server
        .send("GET", &format!("/v1/items/{id}"), Some(&anna), Value::Null)
        .await;
    assert_eq!(mine.body["data"]["item"]["content"], "anna");
    let path = "/v1/users/somebody-else/attributes/credentials";
    let body = json!({"current_password": "pw", "new_password": "x"});
    assert_eq!(
        server
            .send("PUT", path, Some(&eve), body.clone())
            .await
            .status,
        StatusCode::BAD_REQUEST
    );
    // Somebody's or nobody's: the answer is the same.
    let path = format!("/v1/users/{id}/attributes/credentials");
    assert_eq!(
        server.send("PUT", &path, Some(&eve), body).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn broken_requests_are_refused_without_saying_what_was_in_them() {
    let server = Server::new(Registration::Open).await;
    let token = server.register("anna@example.org").await;
    for body in [
        json!({"items": 7}),
        json!({"items": ["text"]}),
        json!({"limit": "many", "items": []}),
    ] {
        let answer = server
            .send("POST", "/items/sync", Some(&token), body.clone())
            .await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
    }
    let secret = server
        .send(
            "POST",
            "/auth/sign_in",
            None,
            json!({"email": "a", "password": ["hunter2"]}),
        )
        .await;
    assert!(!secret.body.to_string().contains("hunter2"));
    let stale = server
        .send(
            "POST",
            "/items/sync",
            Some(&token),
            json!({"items": [], "sync_token": "bm9wZQ=="}),
        )
        .await;
    assert_eq!(
        stale.status,
        StatusCode::BAD_REQUEST,
        "a token of another server starts over"
    );
    assert_eq!(
        server
            .send("POST", "/items/sync", None, json!({}))
            .await
            .status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        server
            .send("GET", "/nowhere", None, Value::Null)
            .await
            .status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn every_route_of_the_list_exists_and_wants_what_it_should() {
    let server = Server::new(Registration::Open).await;
    for (method, path) in sheaf_server::routes::ROUTES {
        let answer = server.send(method, path, None, Value::Null).await;
        assert_ne!(
            answer.status,
            StatusCode::METHOD_NOT_ALLOWED,
            "{method} {path}"
        );
        let unknown_route =
            answer.body["error"]["message"] == "There is no such route on this server.";
        assert!(!unknown_route, "{method} {path}");
    }
}
