//! The published clients of the hosted protocol, and their own test files, as npm delivers them.

use std::fmt;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::program::Program;
use crate::server::say;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generation {
    /// npm `standard-file-js` 0.3.71: protocol 003.
    Older,
    /// npm `@standardnotes/snjs` 2.211.1: protocol 004.
    Newer,
    /// Both in one process.
    Both,
}

impl fmt::Display for Generation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Older => "older",
            Self::Newer => "newer",
            Self::Both => "both",
        })
    }
}

/// Tests of a file that are not run, each with its reason.
pub type LeftOut<'a> = &'a [(&'a str, &'a str)];

/// Runs one file against the server at `url` and fails with every test that failed. `fewest` tests must
/// pass: a file that suddenly has none proves nothing.
pub fn run_published(
    generation: Generation,
    url: &str,
    file: &str,
    fewest: usize,
    left_out: LeftOut<'_>,
) {
    let mut node = node("suite.mjs");
    node.args([&generation.to_string(), url, file]);
    for (title, reason) in left_out {
        say(&format!(
            "left out of {file}: \u{201c}{title}\u{201d}: {reason}"
        ));
        node.arg(title);
    }
    let mut program = Program::start(file, &mut node);
    let (mut passed, mut failed, mut pending) = (0, Vec::new(), 0);
    loop {
        let line = program.line();
        let result: Value = serde_json::from_str(&line)
            .unwrap_or_else(|_| panic!("{file} printed something else: {line}"));
        if result["done"] == true {
            break;
        }
        match result["state"].as_str() {
            Some("passed") => passed += 1,
            Some("pending") => pending += 1,
            _ => failed.push(format!("{}: {}", result["title"], result["error"])),
        }
    }
    say(&format!(
        "{generation} client, {file}: {passed} passed, {} failed, {pending} that its author skips",
        failed.len()
    ));
    assert!(failed.is_empty(), "{file}:\n{}", failed.join("\n"));
    assert!(passed >= fewest, "{file}: only {passed} tests ran");
}

/// A published client that is somebody's device.
pub struct PublishedDevice {
    program: Program,
    what: String,
}

impl PublishedDevice {
    /// `generation`: one of the two.
    pub fn start(generation: Generation, url: &str) -> Self {
        let what = format!("the {generation} published client");
        let mut node = node("peer.mjs");
        node.args([&generation.to_string(), url]);
        let mut program = Program::start(&what, &mut node);
        program.line();
        Self { program, what }
    }

    fn ask(&mut self, request: &Value) -> Value {
        self.program.say(&request.to_string());
        let answer: Value = serde_json::from_str(&self.program.line()).expect("it answers in JSON");
        assert!(
            answer.get("error").is_none(),
            "{}, asked {request}: {}",
            self.what,
            answer["error"]
        );
        answer["ok"].clone()
    }

    fn list(&mut self, cmd: &str) -> Vec<Value> {
        let list = self.ask(&json!({ "cmd": cmd }));
        list.as_array().expect("a list was asked for").clone()
    }

    fn name_of(answer: &Value) -> String {
        answer.as_str().expect("an item has a name").to_owned()
    }

    pub fn register(&mut self, email: &str, password: &str) {
        self.ask(&json!({"cmd": "register", "email": email, "password": password}));
    }

    pub fn sign_in(&mut self, email: &str, password: &str) {
        self.ask(&json!({"cmd": "signIn", "email": email, "password": password}));
    }

    pub fn sync(&mut self) {
        self.ask(&json!({"cmd": "sync"}));
    }

    /// Each with `uuid`, `title`, `text`, `pinned`, `trashed`, `conflictOf`.
    pub fn notes(&mut self) -> Vec<Value> {
        self.list("notes")
    }

    /// Each with `uuid`, `title`, the `notes` in it, and its `parent`.
    pub fn tags(&mut self) -> Vec<Value> {
        self.list("tags")
    }

    /// How many items it holds that it cannot open.
    pub fn broken(&mut self) -> Value {
        self.ask(&json!({"cmd": "broken"}))
    }

    /// Whether it says of itself that it and the server differ for good.
    pub fn out_of_sync(&mut self) -> bool {
        self.ask(&json!({"cmd": "outOfSync"})) == true
    }

    /// A new note, saved; answers its name.
    pub fn write(&mut self, title: &str, text: &str) -> String {
        Self::name_of(&self.ask(&json!({"cmd": "create", "title": title, "text": text})))
    }

    pub fn rewrite(&mut self, uuid: &str, text: &str) {
        self.ask(&json!({"cmd": "edit", "uuid": uuid, "text": text}));
    }

    /// Only here, until it syncs.
    pub fn rewrite_unsent(&mut self, uuid: &str, text: &str) {
        self.ask(&json!({"cmd": "editLater", "uuid": uuid, "text": text}));
    }

    /// Puts a note under a new tag; answers the tag's name.
    pub fn tag(&mut self, title: &str, note: &str) -> String {
        Self::name_of(&self.ask(&json!({"cmd": "tag", "title": title, "note": note})))
    }

    pub fn untag(&mut self, tag: &str, note: &str) {
        self.ask(&json!({"cmd": "untag", "tag": tag, "note": note}));
    }

    pub fn delete(&mut self, uuid: &str) {
        self.ask(&json!({"cmd": "remove", "uuid": uuid}));
    }
}

fn node(script: &str) -> Command {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/hosted");
    assert!(
        folder.join("node_modules").is_dir(),
        "the published clients are not installed: run `cargo xtask test`, or `npm ci --ignore-scripts` in {}",
        folder.display()
    );
    let mut node = Command::new("node");
    node.current_dir(folder).arg(script);
    node
}
