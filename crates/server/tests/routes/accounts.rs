//! Registering, signing in, sessions, passwords.

use axum::http::StatusCode;
use serde_json::{Value, json};
use sheaf_server::config::Registration;

use crate::server::{Kind, SECOND, Server, VERIFIER, newer_sign_in, note, registration};

crate::on_both_storages!(
    an_account_made_by_the_older_client_opens_in_the_newer_one,
    a_verifier_works_once_and_only_with_its_challenge,
    registration_closes_once_the_first_account_exists,
    an_invitation_lets_one_e_mail_in_once,
    answers_do_not_tell_who_has_an_account,
    a_stranger_cannot_lock_an_account,
    a_replayed_refresh_token_ends_the_session_for_both,
    a_revoked_session_is_told_that_it_was_revoked,
    an_expired_access_token_asks_for_a_refresh,
    a_password_change_ends_every_other_session_and_answers_a_token,
    a_disabled_account_is_signed_out_and_stays_out,
    parameters_with_which_nobody_could_sign_in_again_are_refused,
);

async fn an_account_made_by_the_older_client_opens_in_the_newer_one(on: Kind) {
    let server = Server::new(on, Registration::Open).await;
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

async fn a_verifier_works_once_and_only_with_its_challenge(on: Kind) {
    let server = Server::new(on, Registration::Open).await;
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

async fn registration_closes_once_the_first_account_exists(on: Kind) {
    let server = Server::new(on, Registration::FirstOnly).await;
    server.register("anna@example.org").await;
    let second = server
        .send("POST", "/auth", None, registration("eve@example.org"))
        .await;
    assert_eq!(second.status, StatusCode::UNAUTHORIZED);
}

async fn an_invitation_lets_one_e_mail_in_once(on: Kind) {
    let server = Server::new(on, Registration::Invite).await;
    server.invite("guest@example.org").await;
    let refused = server
        .send("POST", "/auth", None, registration("eve@example.org"))
        .await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    server.register("Guest@example.org").await;
}

async fn answers_do_not_tell_who_has_an_account(on: Kind) {
    let server = Server::new(on, Registration::Open).await;
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

async fn a_stranger_cannot_lock_an_account(on: Kind) {
    let server = Server::new(on, Registration::Open).await;
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

async fn a_replayed_refresh_token_ends_the_session_for_both(on: Kind) {
    let server = Server::new(on, Registration::Open).await;
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
async fn a_revoked_session_is_told_that_it_was_revoked(on: Kind) {
    let server = Server::new(on, Registration::Open).await;
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

async fn an_expired_access_token_asks_for_a_refresh(on: Kind) {
    let server = Server::new(on, Registration::Open).await;
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

async fn a_password_change_ends_every_other_session_and_answers_a_token(on: Kind) {
    let server = Server::new(on, Registration::Open).await;
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

async fn a_disabled_account_is_signed_out_and_stays_out(on: Kind) {
    let server = Server::new(on, Registration::Open).await;
    let token = server.register("anna@example.org").await;
    server.disable("anna@example.org").await;
    let empty = json!({"items": []});
    let out = server
        .send("POST", "/items/sync", Some(&token), empty)
        .await;
    assert_eq!(out.status, StatusCode::UNAUTHORIZED);
    let refused = server.sign_in("anna@example.org", "pw").await;
    let unknown = server.sign_in("nobody@example.org", "pw").await;
    assert_eq!(
        (refused.status, &refused.body),
        (unknown.status, &unknown.body),
        "and strangers do not learn of it"
    );
}

async fn parameters_with_which_nobody_could_sign_in_again_are_refused(on: Kind) {
    let server = Server::new(on, Registration::Open).await;
    for (field, value) in [
        ("pw_nonce", Value::Null),
        ("version", json!("0\u{0}3")),
        ("email", json!("")),
        ("email", json!("a\u{0}@example.org")),
        ("password", json!("")),
    ] {
        let mut body = registration("anna@example.org");
        body[field] = value;
        let answer = server.send("POST", "/auth", None, body.clone()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
    }
    let token = server.register("anna@example.org").await;
    let change = json!({"current_password": "pw", "new_password": "pw2", "version": "003"});
    let changed = server
        .send("POST", "/auth/change_pw", Some(&token), change)
        .await;
    assert_eq!(changed.status, StatusCode::BAD_REQUEST);
    assert_eq!(
        server.sign_in("anna@example.org", "pw").await.status,
        StatusCode::OK,
        "and nothing was changed"
    );
}
