//! What a person does with one installation, in the words of the command line.

use std::path::PathBuf;

use serde_json::Value;

use crate::{Keyring, Refusal, Sheaf};

/// One installation of Sheaf and its user.
pub struct Device {
    pub sheaf: Sheaf,
    /// For messages: `A`, `B`.
    pub name: &'static str,
}

impl Device {
    pub fn new(name: &'static str) -> Self {
        Self {
            sheaf: Sheaf::new(),
            name,
        }
    }

    /// A fresh device that keeps its passwords in `keyring`.
    pub fn with_keyring(name: &'static str, keyring: &Keyring) -> Self {
        Self {
            sheaf: Sheaf::with_keyring(keyring),
            name,
        }
    }

    /// A fresh device that syncs with `url`, and has done so once.
    pub fn on(name: &'static str, url: &str) -> Self {
        let device = Self::new(name);
        device.connect(url);
        device.sync();
        device
    }

    pub fn connect(&self, url: &str) -> Value {
        self.sheaf.run(&["sync", "set", "couchdb", url])
    }

    /// One complete round.
    pub fn sync(&self) -> Value {
        self.sheaf.run(&["sync", "now"])
    }

    /// One round that stops with an error.
    pub fn sync_refused(&self) -> Refusal {
        self.sheaf.refused(&["sync", "now"])
    }

    /// A new note; answers its id. When this returns, the note is saved.
    pub fn write(&self, title: &str, body: &str) -> String {
        let file = self.file("body.md", body.as_bytes());
        let file = file.display().to_string();
        let note = self
            .sheaf
            .run(&["note", "new", "--title", title, "--body-file", &file]);
        text(&note, "id")
    }

    pub fn rewrite(&self, id: &str, body: &str) {
        let file = self.file("body.md", body.as_bytes());
        let file = file.display().to_string();
        self.sheaf.run(&["note", "edit", id, "--body-file", &file]);
    }

    pub fn note(&self, id: &str) -> Value {
        self.sheaf.run(&["note", "show", id])
    }

    pub fn body(&self, id: &str) -> String {
        text(&self.note(id), "body")
    }

    /// The list of notes with these further options, up to 500.
    pub fn list(&self, options: &[&str]) -> Vec<Value> {
        let mut arguments = vec!["note", "list", "--limit", "500"];
        arguments.extend_from_slice(options);
        let page = self.sheaf.run(&arguments);
        page["items"]
            .as_array()
            .unwrap_or_else(|| panic!("{} lists no notes: {page}", self.name))
            .clone()
    }

    /// Titles of all notes outside the trash, sorted.
    pub fn titles(&self) -> Vec<String> {
        let mut titles: Vec<String> = self
            .list(&[])
            .iter()
            .map(|note| text(note, "title"))
            .collect();
        titles.sort();
        titles
    }

    /// All versions of a note, the one shown in lists first.
    pub fn leaves(&self, id: &str) -> Vec<Value> {
        let leaves = self.sheaf.run(&["conflict", "show", id]);
        leaves
            .as_array()
            .unwrap_or_else(|| panic!("{} shows no versions: {leaves}", self.name))
            .clone()
    }

    pub fn status(&self) -> Value {
        self.sheaf.run(&["sync", "status"])
    }

    /// What does not travel: one entry per document.
    pub fn held_back(&self) -> Vec<Value> {
        let items = self.sheaf.run(&["sync", "held-back"]);
        items
            .as_array()
            .unwrap_or_else(|| panic!("{} holds back no list: {items}", self.name))
            .clone()
    }

    /// A file in this installation's home.
    pub fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.sheaf.home().join(name);
        std::fs::write(&path, bytes).expect("the home can be written to");
        path
    }
}

/// A text field of an answer.
pub fn text(value: &Value, field: &str) -> String {
    value[field]
        .as_str()
        .unwrap_or_else(|| panic!("no text called {field} in {value}"))
        .to_owned()
}
