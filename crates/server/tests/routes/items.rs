//! What several devices save at once, in pages, across accounts.

use std::collections::BTreeSet;

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use sheaf_server::config::Registration;
use tower::ServiceExt as _;

use crate::server::{Kind, Server, note};

crate::on_both_storages!(
    another_account_is_neither_read_nor_overwritten_nor_deleted,
    two_devices_that_save_at_once_learn_of_each_other_s_items,
    every_page_arrives_while_others_save_and_delete,
    a_listener_is_told_of_each_save_and_of_no_other_account_s,
);

async fn another_account_is_neither_read_nor_overwritten_nor_deleted(on: Kind) {
    let server = Server::new(on, Registration::Open).await;
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

impl Server {
    async fn sync(&self, token: &str, body: Value) -> Value {
        let answer = self.send("POST", "/items/sync", Some(token), body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body
    }

    /// What follows a token, page by page, and the token at the end.
    async fn follow(&self, token: &str, from: &Value) -> (Vec<String>, Value) {
        let (mut seen, mut cursor) = (Vec::new(), Value::Null);
        loop {
            let call = json!({"items": [], "limit": 150, "api": "20190520",
                              "sync_token": from, "cursor_token": cursor});
            let page = self.sync(token, call).await;
            seen.extend(uuids(&page["retrieved_items"]));
            cursor = page["cursor_token"].clone();
            if cursor.is_null() {
                return (seen, page["sync_token"].clone());
            }
        }
    }
}

fn uuids(items: &Value) -> Vec<String> {
    let items = items.as_array().unwrap().iter();
    items
        .map(|item| item["uuid"].as_str().unwrap().to_owned())
        .collect()
}

fn uuid(n: u32) -> String {
    note(n, "")["uuid"].as_str().unwrap().to_owned()
}

/// A reference server's tokens are times: the device whose upload took longer got one that lay beyond the other's
/// save, and never learned of it (13 rounds of 13).
async fn two_devices_that_save_at_once_learn_of_each_other_s_items(on: Kind) {
    let server = Server::new(on, Registration::Open).await;
    let token = server.register("anna@example.org").await;
    let mut known = [Value::Null, Value::Null];
    for round in 0..12 {
        let base = 1000 * round;
        let batch: Vec<Value> = (base..base + 100).map(|n| note(n, "batch")).collect();
        let one = vec![note(base + 500, "one")];
        let call = |items: Vec<Value>, from: &Value| json!({"items": items, "limit": 150, "api": "20190520", "sync_token": from});
        let (long, short) = tokio::join!(
            server.sync(&token, call(batch, &known[0])),
            server.sync(&token, call(one, &known[1])),
        );
        let mut at_long: BTreeSet<String> = retrieved(&long).collect();
        let mut at_short: BTreeSet<String> = retrieved(&short).collect();
        assert!(long["cursor_token"].is_null() && short["cursor_token"].is_null());
        let (later, next) = server.follow(&token, &long["sync_token"]).await;
        at_long.extend(later);
        known[0] = next;
        let (later, next) = server.follow(&token, &short["sync_token"]).await;
        at_short.extend(later);
        known[1] = next;
        assert!(at_long.contains(&uuid(base + 500)), "round {round}");
        let whole = (base..base + 100).all(|n| at_short.contains(&uuid(n)));
        assert!(whole, "round {round}");
    }
}

/// Reference servers answer pages by time: what shares a time with the end of a page comes twice or never (150 of 420
/// notes arrived at a third device).
async fn every_page_arrives_while_others_save_and_delete(on: Kind) {
    let server = Server::new(on, Registration::Open).await;
    let token = server.register("anna@example.org").await;
    let mut saved = Vec::new();
    for first in [0, 150, 300] {
        let items: Vec<Value> = (first..(first + 150).min(420))
            .map(|n| note(n, "x"))
            .collect();
        let answer = server
            .sync(&token, json!({"items": items, "api": "20190520"}))
            .await;
        saved.extend(answer["saved_items"].as_array().unwrap().clone());
    }
    let page = |cursor: &Value| json!({"items": [], "limit": 150, "api": "20190520", "cursor_token": cursor});
    let first = server.sync(&token, page(&Value::Null)).await;
    // Between two pages another device deletes the last note, changes one that was handed out, and adds one.
    let mut gone = saved[419].clone();
    gone["deleted"] = json!(true);
    let mut changed = saved[0].clone();
    changed["content"] = json!("changed");
    let meanwhile = json!({"items": [gone, changed, note(900, "late")], "api": "20190520"});
    server.sync(&token, meanwhile).await;
    let mut contents = std::collections::BTreeMap::new();
    let mut times = 0;
    let mut answer = first;
    loop {
        for item in answer["retrieved_items"].as_array().unwrap() {
            times += 1;
            let uuid = item["uuid"].as_str().unwrap().to_owned();
            contents.insert(uuid, (item["content"].clone(), item["deleted"] == true));
        }
        if answer["cursor_token"].is_null() {
            break;
        }
        answer = server.sync(&token, page(&answer["cursor_token"])).await;
    }
    assert_eq!(contents.len(), 421, "every note, the late one among them");
    assert_eq!(times, 422, "only the one that changed comes twice");
    assert_eq!(contents[&uuid(0)].0, "changed");
    assert_eq!(contents[&uuid(419)], (Value::Null, true));
    let (rest, _) = server.follow(&token, &answer["sync_token"]).await;
    assert!(rest.is_empty(), "nothing comes twice: {rest:?}");
}

async fn a_listener_is_told_of_each_save_and_of_no_other_account_s(on: Kind) {
    let server = Server::new(on, Registration::Open).await;
    let anna = server.register("anna@example.org").await;
    let eve = server.register("eve@example.org").await;
    let request = Request::get("/v1/events")
        .header("x-forwarded-for", "192.0.2.1")
        .header("authorization", format!("Bearer {anna}"));
    let listening = request.body(Body::empty()).unwrap();
    let stream = server.router.clone().oneshot(listening).await.unwrap();
    let mut stream = stream.into_body();
    let mut next = async || {
        let frame = stream.frame().await.unwrap().unwrap();
        String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap()
    };
    assert!(next().await.contains("event: listening"));
    let call = json!({"items": [note(1, "x")], "api": "20190520"});
    server.sync(&eve, call.clone()).await;
    let answer = server.sync(&anna, call).await;
    let told = next().await;
    let token = answer["sync_token"].as_str().unwrap();
    assert!(
        told.contains("event: changed") && told.contains(token),
        "{told}"
    );
}

fn retrieved(answer: &Value) -> impl Iterator<Item = String> {
    uuids(&answer["retrieved_items"]).into_iter()
}
