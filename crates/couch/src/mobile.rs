//! The design document that phones of the shared data model replicate through: its filter leaves
//! attachments out.

use serde_json::{Map, Value, json};
use sheaf_net::{Body, Client, Method};

use crate::{
    Answer, Remote, SyncError,
    database::{self, Database},
};

const READ: &str = "GET _design/mobile";
const WRITE: &str = "PUT _design/mobile";
const PATH: [&str; 2] = ["_design", "mobile"];
/// `sheaf-file:` contains it too, and is left out with the rest.
const FILTER: &str = "function (doc) { return doc._id.indexOf('file:') === -1; }";

/// Whether phones find their filter: `filters.sync`, whoever wrote it.
pub async fn is_ready_for_mobile(client: &Client, remote: &Remote) -> Result<bool, SyncError> {
    let database = Database::new(client.clone(), remote.clone());
    Ok(read(&database)
        .await?
        .is_some_and(|found| has_filter(&found)))
}

/// Adds the filter, and the document when there is none. What stands in it already stays.
pub async fn prepare_for_mobile(client: &Client, remote: &Remote) -> Result<(), SyncError> {
    let database = Database::new(client.clone(), remote.clone());
    let mut again = true;
    loop {
        let found = read(&database).await?.unwrap_or_default();
        if has_filter(&found) {
            return Ok(());
        }
        let body = Body::Bytes(Value::Object(with_filter(found)).to_string().into());
        let request = database
            .request(Method::PUT, &PATH)
            .body(database::JSON, body);
        match database.open(WRITE, request).await {
            // Another device did the same at this moment.
            Err(SyncError::Answer(Answer { status: 409, .. })) if again => again = false,
            other => return other.map(drop),
        }
    }
}

async fn read(database: &Database) -> Result<Option<Map<String, Value>>, SyncError> {
    database
        .find_json(READ, database.request(Method::GET, &PATH))
        .await
}

fn has_filter(document: &Map<String, Value>) -> bool {
    document
        .get("filters")
        .and_then(|filters| filters.get("sync"))
        .is_some_and(Value::is_string)
}

fn with_filter(mut document: Map<String, Value>) -> Map<String, Value> {
    let filters = document.entry("filters").or_insert_with(|| json!({}));
    match filters {
        Value::Object(filters) => {
            filters.insert("sync".to_owned(), json!(FILTER));
        }
        other => *other = json!({ "sync": FILTER }),
    }
    document
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_the_document_already_stays() {
        let found = json!({ "_id": "_design/mobile", "_rev": "2-a", "filters": { "own": "f" } });
        let Value::Object(found) = found else {
            panic!()
        };
        assert!(!has_filter(&found));
        let after = with_filter(found);
        assert!(has_filter(&after));
        assert_eq!(
            (&after["_rev"], &after["filters"]["own"]),
            (&json!("2-a"), &json!("f"))
        );
        assert!(has_filter(&with_filter(Map::new())));
    }
}
