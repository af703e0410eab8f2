//! Who can get into a database: what its `_security` says, and what it answers to somebody without
//! a name. Restricting it adds a name and takes nobody out.
//!
//! CouchDB 3 reads an object without members as *everybody may read and write*, whatever admins it
//! names: that is how the instructions of ten years ago open the databases of today.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sheaf_net::{Body, Client, Method};

use crate::{
    Answer, Remote, SyncError,
    database::{self, Database},
};

const READ: &str = "GET _security";
const WRITE: &str = "PUT _security";
const SESSION: &str = "GET _session";
const ASK_AS_STRANGER: &str = "GET _all_docs";

/// Names and roles, in the order of the server.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Admitted {
    #[serde(default)]
    pub names: Vec<String>,
    #[serde(default)]
    pub roles: Vec<String>,
}

impl Admitted {
    fn is_empty(&self) -> bool {
        self.names.is_empty() && self.roles.is_empty()
    }
}

/// What is known about who gets in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Access {
    pub admins: Admitted,
    pub members: Admitted,
    /// Somebody without a name was shown the contents.
    pub open_to_everybody: bool,
    /// Somebody without a name is an administrator of the server: nobody has been made one.
    pub everybody_is_admin: bool,
    pub signed_in_as: Option<String>,
    /// Whether this account may change who gets in, as far as names and roles tell.
    pub may_restrict: bool,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Session {
    pub(crate) name: Option<String>,
    #[serde(default)]
    pub(crate) roles: Vec<String>,
}

impl Session {
    pub(crate) fn is_admin(&self) -> bool {
        self.roles.iter().any(|role| role == "_admin")
    }
}

/// Asks, signed in and as a stranger. Changes nothing.
pub async fn access(client: &Client, remote: &Remote) -> Result<Access, SyncError> {
    let database = Database::new(client.clone(), remote.clone());
    let security = read(&database).await?;
    look(&database, &security).await
}

/// Lets `name` in and nobody new besides: whoever was named before stays. Answers how it is then.
pub async fn restrict(client: &Client, remote: &Remote, name: &str) -> Result<Access, SyncError> {
    let database = Database::new(client.clone(), remote.clone());
    let security = read(&database).await?;
    let restricted = with_member(security, name);
    let body = Body::Bytes(restricted.to_string().into());
    let request = database
        .request(Method::PUT, &["_security"])
        .body(database::JSON, body);
    database.open(WRITE, request).await?;
    let security = read(&database).await?;
    look(&database, &security).await
}

/// The object itself, to be put back with [`put_security`].
pub async fn security(client: &Client, remote: &Remote) -> Result<Value, SyncError> {
    read(&Database::new(client.clone(), remote.clone())).await
}

/// Puts back what [`security`] answered.
pub async fn put_security(
    client: &Client,
    remote: &Remote,
    security: &Value,
) -> Result<(), SyncError> {
    let database = Database::new(client.clone(), remote.clone());
    // A database that had none is given an empty one, which is what that means.
    let body = match security {
        Value::Object(_) => security.to_string(),
        _ => "{}".to_owned(),
    };
    let request = database
        .request(Method::PUT, &["_security"])
        .body(database::JSON, Body::Bytes(body.into()));
    database.open(WRITE, request).await.map(drop)
}

async fn read(database: &Database) -> Result<Value, SyncError> {
    let security: Value = match database
        .json(READ, database.request(Method::GET, &["_security"]))
        .await
    {
        Err(SyncError::Answer(Answer {
            status: 404 | 405, ..
        })) => Value::Null,
        other => other?,
    };
    Ok(security)
}

async fn look(database: &Database, security: &Value) -> Result<Access, SyncError> {
    let session = session(database).await;
    let admins = admitted(security, "admins");
    let members = admitted(security, "members");
    let may_restrict = session.as_ref().is_some_and(|session| {
        session.is_admin()
            || session
                .name
                .as_ref()
                .is_some_and(|name| admins.names.contains(name))
            || session.roles.iter().any(|role| admins.roles.contains(role))
    });
    Ok(Access {
        admins,
        members,
        open_to_everybody: answers_strangers(database).await,
        everybody_is_admin: stranger(database)
            .await
            .is_some_and(|session| session.is_admin()),
        signed_in_as: session.and_then(|session| session.name),
        may_restrict,
    })
}

/// What is malformed admits nobody.
fn admitted(security: &Value, who: &str) -> Admitted {
    let section = security.get(who).cloned().unwrap_or_default();
    serde_json::from_value(section).unwrap_or_default()
}

/// Fields that are not known here stay.
fn with_member(security: Value, name: &str) -> Value {
    let mut members = admitted(&security, "members");
    if !members.names.iter().any(|member| member == name) {
        members.names.push(name.to_owned());
    }
    // An object of earlier versions called them readers; whoever is one stays in.
    let readers = admitted(&security, "readers");
    if !readers.is_empty() {
        members.names.extend(readers.names);
        members.roles.extend(readers.roles);
    }
    let mut security = match security {
        Value::Object(object) => object,
        _ => serde_json::Map::new(),
    };
    let mut section = match security.remove("members") {
        Some(Value::Object(section)) => section,
        _ => serde_json::Map::new(),
    };
    section.insert("names".to_owned(), json!(members.names));
    section.insert("roles".to_owned(), json!(members.roles));
    security.insert("members".to_owned(), Value::Object(section));
    if !security.contains_key("admins") {
        security.insert("admins".to_owned(), json!({ "names": [], "roles": [] }));
    }
    Value::Object(security)
}

/// Not every gateway lets `_session` through; then nobody is known to be signed in.
pub(crate) async fn session(database: &Database) -> Option<Session> {
    read_session(
        database,
        database.server_request(Method::GET, &["_session"]),
    )
    .await
}

async fn stranger(database: &Database) -> Option<Session> {
    read_session(
        database,
        database.anonymous_server(Method::GET, &["_session"]),
    )
    .await
}

async fn read_session(database: &Database, request: sheaf_net::Request) -> Option<Session> {
    #[derive(Deserialize)]
    struct Wire {
        #[serde(rename = "userCtx")]
        user: Session,
    }
    database
        .json::<Wire>(SESSION, request)
        .await
        .ok()
        .map(|wire| wire.user)
}

pub(crate) async fn answers_strangers(database: &Database) -> bool {
    let request = database
        .anonymous(Method::GET, &["_all_docs"])
        .query([("limit", "1")]);
    database
        .json::<Value>(ASK_AS_STRANGER, request)
        .await
        .is_ok_and(|page| page.get("rows").is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_was_let_in_before_still_is() {
        let before = json!({
            "admins": { "names": ["root"], "roles": ["ops"] },
            "members": { "names": ["berta"], "roles": ["family"], "note": 1 },
            "cloudant": { "nobody": [] },
        });
        let after = with_member(before, "anna");
        assert_eq!(
            after,
            json!({
                "admins": { "names": ["root"], "roles": ["ops"] },
                "cloudant": { "nobody": [] },
                "members": { "names": ["berta", "anna"], "roles": ["family"], "note": 1 },
            })
        );
        assert_eq!(with_member(after.clone(), "anna"), after);
    }

    #[test]
    fn admins_alone_close_nothing_so_a_member_is_named() {
        let after = with_member(json!({ "admins": { "names": ["anna"] } }), "anna");
        assert_eq!(after["members"]["names"], json!(["anna"]));
        assert_eq!(after["admins"]["names"], json!(["anna"]));
        assert_eq!(
            with_member(Value::Null, "anna")["members"]["names"],
            json!(["anna"])
        );
    }

    #[test]
    fn readers_of_old_are_members() {
        let after = with_member(json!({ "readers": { "names": ["carla"] } }), "anna");
        assert_eq!(after["members"]["names"], json!(["anna", "carla"]));
    }
}
