//! An account on a server that is not its administrator.

use serde_json::json;

use crate::{Couch, encode_segment};

/// Deleted when dropped.
pub struct Account {
    pub name: String,
    pub password: String,
    path: String,
    server: &'static Couch,
}

impl Account {
    pub fn create(server: &'static Couch, password: &str) -> Self {
        let name = format!("anna{}", crate::random::unique());
        let id = format!("org.couchdb.user:{name}");
        let path = format!("/_users/{}", encode_segment(&id));
        let document = json!({
            "_id": id, "name": name, "password": password, "type": "user", "roles": [],
        });
        server.http().put(&path, &document).success();
        Self {
            name,
            password: password.to_owned(),
            path,
            server,
        }
    }

    /// By an administrator, behind the back of whoever is signed in.
    pub fn change_password(&self, password: &str) {
        let http = self.server.http();
        let mut document = http.get(&self.path).success();
        document["password"] = json!(password);
        http.put(&self.path, &document).success();
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        let answer = self.server.http().get(&self.path);
        if let Some(revision) = answer.json["_rev"].as_str() {
            self.server
                .http()
                .delete(&format!("{}?rev={revision}", self.path));
        }
    }
}
