//! One database on a server, seen by its administrator.

use serde_json::{Value, json};

use crate::{Account, Answer, Couch, encode_segment};

/// Deleted when dropped.
pub struct Database {
    pub name: String,
    pub server: &'static Couch,
}

impl Database {
    pub(crate) fn create(server: &'static Couch, prefix: &str) -> Self {
        let name = format!("{prefix}sheaf-test-{}", crate::random::unique());
        let database = Self { name, server };
        server.http().put(&database.path(), &json!({})).success();
        database
    }

    fn path(&self) -> String {
        format!("/{}", encode_segment(&self.name))
    }

    /// As a person would paste it, with the administrator's credentials.
    pub fn url(&self) -> String {
        self.url_as(&self.server.admin, &self.server.password)
    }

    pub fn url_as(&self, user: &str, password: &str) -> String {
        self.url_through(&self.server.authority, user, password)
    }

    /// The same database behind another authority: a proxy's.
    pub fn url_through(&self, authority: &str, user: &str, password: &str) -> String {
        let user = encode_segment(user);
        let password = encode_segment(password);
        format!("http://{user}:{password}@{authority}{}", self.path())
    }

    pub fn url_without_credentials(&self) -> String {
        format!("http://{}{}", self.server.authority, self.path())
    }

    pub fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let path = format!("{}/{path}", self.path());
        self.server.http().send(method, &path, body)
    }

    pub fn get(&self, id: &str) -> Answer {
        self.send("GET", &encode_segment(id), None)
    }

    /// Writes a document as an online editor would: on top of the revision it names.
    pub fn put(&self, document: &Value) -> Value {
        let id = document["_id"].as_str().expect("a document has an id");
        self.send("PUT", &encode_segment(id), Some(document))
            .success()
    }

    /// Writes revisions exactly as they are, as a replicator does.
    pub fn put_revisions(&self, documents: &[Value]) {
        let body = json!({ "new_edits": false, "docs": documents });
        let failures = self.send("POST", "_bulk_docs", Some(&body)).success();
        assert_eq!(failures, json!([]), "the server refused a revision");
    }

    /// Winning revisions of all live documents but design documents, by id.
    pub fn documents(&self) -> Vec<Value> {
        let rows = self
            .send("GET", "_all_docs?include_docs=true", None)
            .success();
        rows["rows"]
            .as_array()
            .expect("_all_docs answers rows")
            .iter()
            .map(|row| row["doc"].clone())
            .filter(|document| {
                document["_id"]
                    .as_str()
                    .is_some_and(|id| !id.starts_with("_design/"))
            })
            .collect()
    }

    /// [`Self::documents`] of one kind: `note:`, `book:`, `tag:`, `file:`. Files come with their bytes.
    pub fn documents_of(&self, prefix: &str) -> Vec<Value> {
        let mut documents = self.documents();
        documents.retain(|document| {
            document["_id"]
                .as_str()
                .is_some_and(|id| id.starts_with(prefix))
        });
        if prefix == "file:" {
            for document in &mut documents {
                let id = document["_id"]
                    .as_str()
                    .expect("was just matched")
                    .to_owned();
                let path = format!("{}?attachments=true", encode_segment(&id));
                *document = self.send("GET", &path, None).success();
            }
        }
        documents
    }

    /// Waits until the documents of one kind are as wanted; looks again whenever something changes.
    pub fn wait_for(&self, prefix: &str, wanted: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let mut since = Value::from(0);
        loop {
            let documents = self.documents_of(prefix);
            if wanted(&documents) {
                return documents;
            }
            let since_text = since
                .as_str()
                .map_or_else(|| since.to_string(), str::to_owned);
            let path = format!(
                "_changes?feed=longpoll&since={}",
                encode_segment(&since_text)
            );
            // No change for too long ends in the client's own deadline, which names this request.
            since = self.send("GET", &path, None).success()["last_seq"].clone();
        }
    }

    /// Every leaf of a document, deleted ones too.
    pub fn leaves(&self, id: &str) -> Vec<Value> {
        let path = format!("{}?open_revs=all", encode_segment(id));
        let answer = self.send("GET", &path, None).success();
        answer
            .as_array()
            .expect("open_revs answers a list")
            .iter()
            .map(|leaf| leaf["ok"].clone())
            .collect()
    }

    /// Only these accounts (and administrators) may read and write.
    pub fn admit(&self, accounts: &[&Account]) {
        let names: Vec<&str> = accounts
            .iter()
            .map(|account| account.name.as_str())
            .collect();
        let security = json!({
            "admins": { "names": [], "roles": ["_admin"] },
            "members": { "names": names, "roles": [] },
        });
        self.send("PUT", "_security", Some(&security)).success();
    }

    /// Everybody may read and write.
    pub fn open_to_everybody(&self) {
        let security = json!({
            "admins": { "names": [], "roles": [] }, "members": { "names": [], "roles": [] },
        });
        self.send("PUT", "_security", Some(&security)).success();
    }

    /// A validation function: `body` of `function (newDoc, oldDoc, userCtx) { … }`.
    pub fn validate_with(&self, body: &str) {
        let function = format!("function (newDoc, oldDoc, userCtx) {{ {body} }}");
        let design = json!({ "validate_doc_update": function });
        self.send("PUT", "_design/rules", Some(&design)).success();
    }

    pub fn remove(&self) {
        self.server.http().delete(&self.path());
    }

    /// Deleted and created again under the same name, empty.
    pub fn recreate(&self) {
        self.server.http().delete(&self.path()).success();
        let made = self.server.http().put(&self.path(), &json!({}));
        // PouchDB's servers make a database that a reader asks for in between: a new one either way.
        assert!([201, 412].contains(&made.status), "{}", made.status);
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.remove();
    }
}
