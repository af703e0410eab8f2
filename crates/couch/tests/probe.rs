//! What *Test* finds, door by door.

#![allow(clippy::unwrap_used)]

mod common;

use common::{
    fake::{Asked, Fake, Reply},
    *,
};
use serde_json::json;
use sheaf_couch::probe;
use sheaf_sync::Fault;

/// A server with the routes that only the probe asks for.
fn furnished(asked: &Asked) -> Option<Reply> {
    let answer = match (asked.method.as_str(), asked.path.as_str()) {
        ("GET", "") if asked.headers.starts_with("GET / ") => {
            json!({ "couchdb": "Welcome", "version": "3.5.0" })
        }
        ("GET", "_session") => {
            json!({ "ok": true, "userCtx": { "name": "anna", "roles": ["_admin"] } })
        }
        ("GET", "_all_docs") => json!({ "total_rows": 0, "rows": [] }),
        ("HEAD", "") => return Some(Reply::Text(200, "application/json", String::new())),
        ("DELETE", path) if path.starts_with("_local/") => json!({ "ok": true }),
        _ => return None,
    };
    Some(Reply::Json(200, answer))
}

fn signed_in(asked: &Asked) -> bool {
    asked
        .headers
        .to_ascii_lowercase()
        .contains("authorization:")
}

fn unauthorized() -> Reply {
    let reason = "You are not authorized to access this db.";
    Reply::Json(401, json!({ "error": "unauthorized", "reason": reason }))
}

#[tokio::test]
async fn a_healthy_database_is_described() {
    let fake = Fake::start(|asked, _| {
        if signed_in(asked) {
            furnished(asked)
        } else {
            Some(unauthorized())
        }
    })
    .await;
    fake.note("a", "1-a");
    let found = probe(&client(), &remote(&fake.url)).await;
    assert!(found.problem.is_none(), "{found:?}");
    assert_eq!(found.server.as_deref(), Some("CouchDB 3.5.0"));
    assert_eq!(found.signed_in_as.as_deref(), Some("anna"));
    assert_eq!(found.documents, Some(1));
    assert!(found.database_exists && found.can_write && found.latency.is_some());
    assert!(!found.open_to_everybody && !found.foreign_documents);
}

#[tokio::test]
async fn a_database_that_answers_strangers_is_noticed() {
    let fake = Fake::start(|asked, _| furnished(asked)).await;
    assert!(probe(&client(), &remote(&fake.url)).await.open_to_everybody);
    let nameless = fake.url.replace("anna:secret@", "");
    assert!(probe(&client(), &remote(&nameless)).await.open_to_everybody);
}

#[tokio::test]
async fn reading_without_writing_is_a_problem_with_a_name_of_its_own() {
    let fake = Fake::start(|asked, _| {
        if asked.method == "PUT" {
            Some(unauthorized())
        } else {
            furnished(asked)
        }
    })
    .await;
    let found = probe(&client(), &remote(&fake.url)).await;
    assert_eq!(found.problem.unwrap().fault(), Fault::ReadOnly);
    assert!(found.database_exists && !found.can_write);
}

#[tokio::test]
async fn a_missing_database_may_be_created_by_an_administrator() {
    let fake = Fake::start(|asked, _| {
        let missing = json!({ "error": "not_found", "reason": "Database does not exist." });
        furnished(asked).or(Some(Reply::Json(404, missing)))
    })
    .await;
    let found = probe(&client(), &remote(&fake.url)).await;
    assert_eq!(found.problem.unwrap().fault(), Fault::DatabaseMissing);
    assert!(found.can_create && !found.database_exists);
}

#[tokio::test]
async fn a_wrong_password_is_tried_once() {
    let fake = Fake::start(|_, _| Some(unauthorized())).await;
    let found = probe(&client(), &remote(&fake.url)).await;
    assert_eq!(found.problem.unwrap().fault(), Fault::Unauthorised);
    assert_eq!(
        fake.asked.lock().unwrap().len(),
        1,
        "five make CouchDB lock the account"
    );
}

#[tokio::test]
async fn something_else_that_answers_is_no_couchdb() {
    let fake = Fake::start(|_, _| {
        Some(Reply::Text(
            200,
            "text/html",
            "<html>Sign in to the network</html>".to_owned(),
        ))
    })
    .await;
    let found = probe(&client(), &remote(&fake.url)).await;
    assert_eq!(found.problem.unwrap().fault(), Fault::NotTheServer);
    assert_eq!(found.server, None);
}
