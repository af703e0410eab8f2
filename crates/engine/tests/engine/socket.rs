//! The running app's side door.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};
use sheaf_engine::{Client, SocketError, Visit};
use sheaf_ipc::{ErrorCode, Event};

use crate::support::{Home, note};

#[tokio::test]
async fn commands_go_through_the_socket_and_come_back() {
    let home = Home::new();
    let engine = home.open().await;
    engine.serve_socket().unwrap();
    let client = Client::connect(&home.dir.path().join("data"))
        .await
        .unwrap();
    let created = client
        .call("create_note", json!({ "title": "From outside" }))
        .await
        .unwrap();
    let read = client
        .call("get_note", json!({ "id": created["id"] }))
        .await
        .unwrap();
    assert_eq!(read["title"], "From outside");
    let missing = client
        .call("get_note", json!({ "id": "note:none" }))
        .await
        .unwrap_err();
    assert_eq!(missing.code, ErrorCode::NotFound);
    let verified = client.call("verify", Value::Null).await.unwrap();
    assert_eq!(verified["sound"], true);
}

#[tokio::test]
async fn only_this_account_may_connect() {
    let home = Home::new();
    let engine = home.open().await;
    engine.serve_socket().unwrap();
    let data = home.dir.path().join("data");
    let mode = |path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(data.join("sheaf.sock")), 0o600);
    assert_eq!(mode(data), 0o700);
}

#[tokio::test]
async fn a_listener_hears_what_happens() {
    let home = Home::new();
    let engine = home.open().await;
    engine.serve_socket().unwrap();
    let client = Client::connect(&home.dir.path().join("data"))
        .await
        .unwrap();
    client.listen().await.unwrap();
    let created = note(&engine, "a", "x").await;
    let heard = loop {
        if let Event::NotesChanged { notes, .. } = client.next_event().await.unwrap() {
            break notes;
        }
    };
    assert_eq!(heard[0].id, created.summary.id);
}

#[tokio::test]
async fn the_socket_goes_with_the_engine() {
    let home = Home::new();
    let engine = home.open().await;
    engine.serve_socket().unwrap();
    engine.shutdown().await;
    let refused = Client::connect(&home.dir.path().join("data")).await;
    assert!(matches!(refused, Err(SocketError::NobodyThere { .. })));
}

#[tokio::test]
async fn a_socket_that_was_left_behind_is_replaced() {
    let home = Home::new();
    let path = home.dir.path().join("data/sheaf.sock");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let engine = home.open().await;
    engine.serve_socket().unwrap();
    assert!(Client::connect(path.parent().unwrap()).await.is_ok());
}

#[tokio::test]
async fn a_second_start_hands_over_what_it_is_for() {
    let home = Home::new();
    let engine = home.open().await;
    engine.serve_socket().unwrap();
    let client = Client::connect(&home.dir.path().join("data"))
        .await
        .unwrap();
    let wish = Visit::Note {
        id: "note:a".to_owned(),
    };
    let refused = client.visit(&wish).await.unwrap_err();
    assert_eq!(
        refused.code,
        ErrorCode::DatabaseLocked,
        "nobody draws windows here yet"
    );
    let mut visits = engine.visits();
    client.visit(&wish).await.unwrap();
    assert_eq!(visits.recv().await.unwrap(), wish);
    let nonsense = client.call("visit", json!({ "visit": "elsewhere" })).await;
    assert_eq!(nonsense.unwrap_err().code, ErrorCode::Invalid);
}
