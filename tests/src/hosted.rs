//! A device of an account on `sheaf-server`, as the older protocol lets a few lines be one.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::http::Http;

/// Keeps every state that it was told of, by uuid.
pub struct HostedDevice {
    http: Http,
    token: Value,
    pub items: BTreeMap<String, Value>,
}

/// Signs up, and answers the account's first token.
pub fn register(server: &Http, email: &str, password: &str) -> String {
    let body = json!({"email": email, "password": password, "pw_nonce": "n", "pw_cost": 110_000, "version": "003"});
    token(&server.post("/auth", &body).success())
}

pub fn sign_in(server: &Http, email: &str, password: &str) -> String {
    let body = json!({"email": email, "password": password});
    token(&server.post("/auth/sign_in", &body).success())
}

fn token(answer: &Value) -> String {
    answer["token"]
        .as_str()
        .expect("a success carries a token")
        .to_owned()
}

/// An item nobody has saved yet.
pub fn new_item(uuid: &str, content: &str) -> Value {
    json!({"uuid": uuid, "content_type": "Note", "content": content, "enc_item_key": "key"})
}

impl HostedDevice {
    /// `http` carries the token of a session.
    pub fn new(http: Http) -> Self {
        Self {
            http,
            token: Value::Null,
            items: BTreeMap::new(),
        }
    }

    /// Saves, and takes what others saved, to the last page. Tries again for as long as the server does not answer with
    /// success: what was saved although its answer was lost comes back as a conflict with itself, and counts.
    ///
    /// Answers how often it had to try again.
    pub fn sync(&mut self, items: &[Value]) -> usize {
        let (mut failures, mut items, mut cursor) = (0, items, Value::Null);
        loop {
            let call = json!({"items": items, "limit": 150, "api": "20190520",
                              "sync_token": self.token, "cursor_token": cursor});
            let answer = match self.http.try_send("POST", "/items/sync", Some(&call)) {
                Ok(answer) if answer.status == 200 => answer.json,
                Ok(answer) => {
                    let passing = [502, 503, 504].contains(&answer.status);
                    assert!(
                        passing,
                        "the server answered {} {}",
                        answer.status, answer.json
                    );
                    failures += 1;
                    continue;
                }
                Err(_) => {
                    failures += 1;
                    continue;
                }
            };
            self.take(&answer);
            items = &[];
            cursor = answer["cursor_token"].clone();
            if cursor.is_null() {
                self.token = answer["sync_token"].clone();
                return failures;
            }
        }
    }

    fn take(&mut self, answer: &Value) {
        let list = |name: &str| answer[name].as_array().cloned().unwrap_or_default();
        let of_conflicts = list("conflicts").into_iter().map(|conflict| {
            assert_eq!(conflict["type"], "sync_conflict", "{conflict}");
            conflict["server_item"].clone()
        });
        for item in list("retrieved_items")
            .into_iter()
            .chain(list("saved_items"))
            .chain(of_conflicts)
        {
            let uuid = item["uuid"].as_str().expect("an item has one").to_owned();
            self.items.insert(uuid, item);
        }
    }
}
