//! The *Test* button: what is at an address, and what this account may do there. Leaves nothing
//! behind: its one write is a `_local` document, which no feed shows, and it is removed.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use sheaf_model::Kind;
use sheaf_net::{Body, Client, Method};
use sheaf_vault::{Lock, LockError, VAULT_DOCUMENT};

use crate::{
    Answer, Remote, SyncError, access,
    checkpoint::{self, Information},
    database::{self, Database},
    vault,
};

const WELCOME: &str = "GET server";
const CREATE: &str = "PUT database";
const REMOVE: &str = "DELETE database";
const TRY_WRITING: &str = "PUT _local document";
const LOOK_FOR_OTHERS: &str = "GET _all_docs";
const PROBE_DOCUMENT: &str = "sheaf-probe";

/// What was found, as far as the questions could be asked; `problem` stopped the rest.
#[derive(Debug, Default)]
pub struct Probe {
    pub problem: Option<SyncError>,
    /// `CouchDB 3.4.2`.
    pub server: Option<String>,
    /// One round trip on an open connection.
    pub latency: Option<Duration>,
    pub signed_in_as: Option<String>,
    pub database_exists: bool,
    /// Design documents included.
    pub documents: Option<u32>,
    pub can_write: bool,
    /// The database is missing and this account may create it, as far as its roles tell.
    pub can_create: bool,
    /// Asked without a name and password, the database answered with its contents.
    pub open_to_everybody: bool,
    /// Documents that are not of the shared data model, design documents excepted.
    pub foreign_documents: bool,
    /// The closed key of the database, if it is encrypted.
    pub lock: Option<Result<Lock, LockError>>,
}

/// Asks everything the *Test* shows, in the order in which trouble explains itself.
pub async fn probe(client: &Client, remote: &Remote) -> Probe {
    let database = Database::new(client.clone(), remote.clone());
    let mut found = Probe::default();
    if let Err(error) = questions(&database, &mut found).await {
        found.problem = Some(error);
    }
    found
}

/// Creates the database; one that is there already is as good.
pub async fn create_database(client: &Client, remote: &Remote) -> Result<(), SyncError> {
    let database = Database::new(client.clone(), remote.clone());
    match database::open(CREATE, database.request(Method::PUT, &[])).await {
        Err(SyncError::Answer(Answer { status: 412, .. })) => Ok(()),
        other => other.map(drop),
    }
}

/// Takes a database back that was only just created. One that holds anything stays, and so does
/// one that held something before: the answer is `false`.
pub async fn remove_empty_database(client: &Client, remote: &Remote) -> Result<bool, SyncError> {
    let database = Database::new(client.clone(), remote.clone());
    if !checkpoint::information(&database).await?.is_empty() {
        return Ok(false);
    }
    database::open(REMOVE, database.request(Method::DELETE, &[])).await?;
    Ok(true)
}

async fn questions(database: &Database, found: &mut Probe) -> Result<(), SyncError> {
    // A server that wants a name for everything hides its greeting; the database tells the rest.
    match database::json::<Value>(WELCOME, database.server_request(Method::GET, &[])).await {
        Ok(welcome) => found.server = server_name(&welcome),
        Err(error @ SyncError::Answer(Answer { status: 401, .. })) => return Err(error),
        // Behind a proxy only the database's own path may be let through.
        Err(SyncError::Answer(_) | SyncError::Garbled { .. }) => {}
        Err(error) => return Err(error),
    }
    let session = access::session(database).await;
    found.signed_in_as = session.as_ref().and_then(|session| session.name.clone());
    let information = match checkpoint::information(database).await {
        Err(error @ SyncError::Answer(Answer { status: 404, .. })) => {
            found.can_create = session.is_some_and(|session| session.is_admin());
            return Err(error);
        }
        other => other?,
    };
    found.database_exists = true;
    found.documents = Some(information.doc_count);
    let again = database::open(WELCOME, database.request(Method::HEAD, &[])).await?;
    found.latency = Some(again.answered_in());
    found.open_to_everybody = access::answers_strangers(database).await;
    found.foreign_documents = has_others(database, &information).await?;
    found.lock = match vault::read(database).await {
        Ok(found) => found.map(|found| Lock::read(&found)),
        // Behind a proxy not every path may be let through; whatever is encrypted shows itself in
        // the feed, before anything is sent.
        Err(SyncError::Answer(_) | SyncError::Garbled { .. }) => None,
        Err(error) => return Err(error),
    };
    try_writing(database).await?;
    found.can_write = true;
    Ok(())
}

/// `CouchDB 3.5.0`, or what a relative calls itself. A JSON object without a greeting is no
/// CouchDB.
fn server_name(welcome: &Value) -> Option<String> {
    if welcome.get("couchdb").is_some() {
        let version = welcome
            .get("version")
            .and_then(Value::as_str)
            .unwrap_or_default();
        return Some(database::tidy(format!("CouchDB {version}").trim_end()));
    }
    let name = welcome
        .as_object()?
        .iter()
        .find(|(_, value)| {
            value
                .as_str()
                .is_some_and(|text| text.starts_with("Welcome"))
        })?
        .0;
    let vendor = welcome.get("vendor");
    let version = vendor
        .and_then(|vendor| vendor.get("version"))
        .and_then(Value::as_str)
        .unwrap_or_default();
    Some(database::tidy(format!("{name} {version}").trim_end()))
}

/// Looks into the gaps between the prefixes of the data model, without listing what is in them.
async fn has_others(database: &Database, information: &Information) -> Result<bool, SyncError> {
    #[derive(Deserialize)]
    struct Page {
        rows: Vec<RowId>,
    }
    #[derive(Deserialize)]
    struct RowId {
        id: String,
    }
    if information.doc_count == 0 {
        return Ok(false);
    }
    for (start, end) in gaps() {
        let (start, end) = (json!(start).to_string(), json!(end).to_string());
        let request = database.request(Method::GET, &["_all_docs"]).query([
            ("limit", "3"),
            ("startkey", start.as_str()),
            ("endkey", end.as_str()),
        ]);
        let page: Page = database::json(LOOK_FOR_OTHERS, request).await?;
        // The order of ids is the server's (CouchDB collates); a hit is looked at, not believed.
        let other = |row: &RowId| {
            row.id != VAULT_DOCUMENT
                && !row.id.starts_with("_design/")
                && Kind::of_id(&row.id).is_none()
        };
        if page.rows.iter().any(other) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The stretches of ids before, between and after the prefixes.
fn gaps() -> Vec<(String, String)> {
    let mut prefixes: Vec<&str> = Kind::ALL.iter().map(|kind| kind.prefix()).collect();
    prefixes.sort_unstable();
    let starts = std::iter::once("_design0".to_owned())
        .chain(prefixes.iter().map(|prefix| format!("{prefix}\u{fff0}")));
    let ends = prefixes
        .iter()
        .map(|prefix| (*prefix).to_owned())
        .chain(["\u{fff0}".to_owned()]);
    std::iter::once((String::new(), "_design".to_owned()))
        .chain(starts.zip(ends))
        .collect()
}

async fn try_writing(database: &Database) -> Result<(), SyncError> {
    #[derive(Deserialize)]
    struct Written {
        #[serde(default)]
        rev: Option<String>,
    }
    let path = ["_local", PROBE_DOCUMENT];
    let put = || {
        let body = json!({ "by": "Sheaf" }).to_string();
        database
            .request(Method::PUT, &path)
            .body(database::JSON, Body::Bytes(body.into()))
    };
    let written: Written = match database::json(TRY_WRITING, put()).await {
        Ok(written) => written,
        // Another probe at the same moment: it could write, so can we.
        Err(SyncError::Answer(Answer { status: 409, .. })) => return Ok(()),
        Err(SyncError::Answer(answer)) if matches!(answer.status, 401 | 403) => {
            return Err(SyncError::ReadOnly(answer));
        }
        Err(other) => return Err(other),
    };
    let mut delete = database.request(Method::DELETE, &path);
    if let Some(rev) = &written.rev {
        delete = delete.query([("rev", rev.as_str())]);
    }
    // What is left when this fails is an empty local document that nobody sees.
    let _ = database::open(TRY_WRITING, delete).await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_called_by_their_names() {
        for (welcome, name) in [
            (
                json!({"couchdb":"Welcome","version":"3.5.0"}),
                Some("CouchDB 3.5.0"),
            ),
            (
                json!({"express-pouchdb":"Welcome!","version":"4.2.0","vendor":{"name":"PouchDB authors","version":"4.2.0"}}),
                Some("express-pouchdb 4.2.0"),
            ),
            (json!({"status":"ok"}), None),
            (json!([]), None),
        ] {
            assert_eq!(server_name(&welcome).as_deref(), name, "{welcome}");
        }
    }

    #[test]
    fn the_gaps_leave_out_exactly_the_prefixes() {
        let gaps = gaps();
        assert_eq!(gaps.len(), Kind::ALL.len() + 2);
        assert!(
            gaps.iter()
                .any(|(start, end)| start.starts_with("book:") && end == "file:")
        );
    }
}
