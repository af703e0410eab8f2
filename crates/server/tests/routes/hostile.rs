//! Requests that nobody's client sends: too large, malformed, from nobody.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use sheaf_server::{
    config::{Limits, Registration},
    routes::ROUTES,
};
use tower::ServiceExt as _;

use crate::server::{Kind, Server, note};

crate::on_both_storages!(
    broken_requests_are_refused_without_saying_what_was_in_them,
    oversized_bodies_and_items_are_refused_one_by_one,
    malformed_bodies_are_never_the_server_s_failure,
    a_sheaf_older_than_the_server_works_with_is_told_so_and_nobody_else_is,
    every_route_exists_and_wants_a_session_if_it_says_so,
);

async fn broken_requests_are_refused_without_saying_what_was_in_them(on: Kind) {
    let server = Server::new(on, Registration::Open).await;
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

async fn oversized_bodies_and_items_are_refused_one_by_one(on: Kind) {
    let limits = Limits {
        body_bytes: 100_000,
        item_bytes: 10_000,
        items: 20,
        ..Limits::default()
    };
    let server = Server::with(on, Registration::Open, limits).await;
    let token = server.register("anna@example.org").await;
    let sync = async |items: Vec<Value>| {
        let call = json!({"items": items, "api": "20200115"});
        server.send("POST", "/items/sync", Some(&token), call).await
    };
    let body = sync(vec![note(1, &"x".repeat(100_000))]).await;
    assert_eq!(body.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(body.body["error"]["message"].is_string(), "told as JSON");
    let many = sync((0..21).map(|n| note(n, "x")).collect()).await;
    assert_eq!(many.status, StatusCode::BAD_REQUEST);
    let mixed = sync(vec![note(1, &"x".repeat(10_001)), note(2, "fine")]).await;
    assert_eq!(mixed.status, StatusCode::OK);
    assert_eq!(mixed.body["saved_items"].as_array().unwrap().len(), 1);
    assert_eq!(mixed.body["conflicts"][0]["type"], "invalid_server_item");
    assert_eq!(
        mixed.body["conflicts"][0]["unsaved_item"]["uuid"],
        note(1, "")["uuid"]
    );
    // Routes without items take far less, whoever asks.
    let password = json!({"email": "a@b.c", "password": "x".repeat(70_000)});
    let long = server.send("POST", "/auth/sign_in", None, password).await;
    assert_eq!(long.status, StatusCode::PAYLOAD_TOO_LARGE);
}

/// Who comes how, and whether it is let in.
async fn a_sheaf_older_than_the_server_works_with_is_told_so_and_nobody_else_is(on: Kind) {
    let server = Server::new(on, Registration::Open).await;
    let ask = async |agent: &str, path: &str| {
        let request = Request::builder()
            .uri(path)
            .header(header::USER_AGENT, agent)
            .body(Body::empty())
            .unwrap();
        server.router.clone().oneshot(request).await.unwrap()
    };
    for path in [
        "/v1/sessions",
        "/api/auth/params?email=a@b.c",
        "/auth/params?email=a@b.c",
    ] {
        let old = ask("Sheaf/0.0.9", path).await;
        assert_eq!(old.status(), StatusCode::UPGRADE_REQUIRED, "{path}");
        assert_eq!(old.headers()["sheaf-least-client"], "0.1.0");
        let body = old.into_body().collect().await.unwrap().to_bytes();
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["error"]["tag"], "client-too-old");
        for agent in ["Sheaf/0.1.0", "Sheaf/2.0.0", "curl/8.5.0", ""] {
            let answer = ask(agent, path).await;
            assert_ne!(answer.status(), StatusCode::UPGRADE_REQUIRED, "{agent}");
            assert_eq!(answer.headers()["sheaf-least-client"], "0.1.0", "{agent}");
        }
    }
    let health = ask("Sheaf/0.0.9", "/healthcheck").await;
    assert_eq!(health.status(), StatusCode::OK);
}

async fn malformed_bodies_are_never_the_server_s_failure(on: Kind) {
    let server = Server::new(on, Registration::Open).await;
    let token = server.register("anna@example.org").await;
    let deep = format!("{{\"items\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
    let bodies: [&[u8]; 8] = [
        b"",
        b"{",
        b"null",
        b"[]",
        b"\xff\xfe",
        b"{\"items\": [{\"uuid\": \"\\ud800\"}]}",
        b"{\"email\": \"a\\u0000b\", \"password\": \"x\\u0000\", \"code_challenge\": \"\\u0000\", \"code_verifier\": \"\\u0000\", \"refresh_token\": \"1:\\u0000:x\", \"access_token\": \"\", \"items\": [{\"uuid\": \"\\u0000\"}], \"content_type\": \"\\u0000\", \"sync_token\": \"\\u0000\", \"current_password\": \"\", \"new_password\": \"\\u0000\", \"pw_nonce\": \"\\u0000\", \"version\": \"\\u0000\"}",
        deep.as_bytes(),
    ];
    for route in ROUTES.iter().filter(|route| route.path != "/v1/logout") {
        for body in bodies {
            for token in [None, Some(token.as_str())] {
                let path = route.path.replace(['{', '}'], "%00");
                let answer = server
                    .send_bytes(route.method.name(), &path, token, body)
                    .await;
                assert!(
                    answer.status.as_u16() < 500,
                    "{} {path} {:?}: {} {}",
                    route.method.name(),
                    String::from_utf8_lossy(&body[..body.len().min(80)]),
                    answer.status,
                    answer.body
                );
            }
        }
    }
    let still = server
        .send("POST", "/items/sync", Some(&token), json!({"items": []}))
        .await;
    assert_eq!(still.status, StatusCode::OK, "and the session is untouched");
}

async fn every_route_exists_and_wants_a_session_if_it_says_so(on: Kind) {
    let server = Server::new(on, Registration::Open).await;
    for route in ROUTES {
        let (method, path) = (route.method.name(), route.path);
        let answer = server.send(method, path, None, Value::Null).await;
        let message = &answer.body["error"]["message"];
        assert_ne!(
            answer.status,
            StatusCode::METHOD_NOT_ALLOWED,
            "{method} {path}"
        );
        assert_ne!(
            message, "There is no such route on this server.",
            "{method} {path}"
        );
        let refused = answer.body["error"]["tag"] == "invalid-auth";
        assert_eq!(refused, route.signed_in, "{method} {path}: {}", answer.body);
    }
}
