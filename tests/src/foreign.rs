//! A second client of the same database that Sheaf's authors did not write: npm `PouchDB`.

use serde_json::{Value, json};

use crate::peers;
use crate::program::Program;

/// Holds its notes in memory; gone when dropped.
pub struct ForeignClient {
    program: Program,
}

impl ForeignClient {
    pub fn start() -> Self {
        let mut program =
            Program::start("the PouchDB client", &mut peers::node("foreign-client.mjs"));
        program.line();
        Self { program }
    }

    fn ask(&mut self, request: &Value) -> Value {
        self.program.say(&request.to_string());
        let answer: Value =
            serde_json::from_str(&self.program.line()).expect("the client answers in JSON");
        assert!(
            answer.get("error").is_none(),
            "PouchDB, asked {request}: {answer}"
        );
        answer["ok"].clone()
    }

    pub fn pull(&mut self, url: &str) -> Value {
        self.ask(&json!({ "cmd": "pull", "url": url }))
    }

    pub fn push(&mut self, url: &str) -> Value {
        self.ask(&json!({ "cmd": "push", "url": url }))
    }

    pub fn get(&mut self, id: &str) -> Value {
        self.ask(&json!({ "cmd": "get", "id": id, "options": { "conflicts": true } }))
    }

    pub fn put(&mut self, document: &Value) -> Value {
        self.ask(&json!({ "cmd": "put", "doc": document }))
    }

    /// Lays `set` over the document and writes it back.
    pub fn edit(&mut self, id: &str, set: &Value) -> Value {
        self.ask(&json!({ "cmd": "edit", "id": id, "set": set }))
    }

    pub fn delete(&mut self, id: &str) {
        self.ask(&json!({ "cmd": "delete", "id": id }));
    }

    /// Every live document.
    pub fn list(&mut self) -> Vec<Value> {
        let list = self.ask(&json!({ "cmd": "list" }));
        list.as_array().expect("a list was asked for").clone()
    }

    /// Every leaf of a document, deleted ones too.
    pub fn leaves(&mut self, id: &str) -> Vec<Value> {
        let leaves = self.ask(&json!({ "cmd": "leaves", "id": id }));
        leaves.as_array().expect("a list was asked for").clone()
    }

    /// An attachment's bytes in base64.
    pub fn attachment(&mut self, id: &str, name: &str) -> String {
        let bytes = self.ask(&json!({ "cmd": "attachment", "id": id, "name": name }));
        bytes.as_str().expect("base64 is text").to_owned()
    }
}
