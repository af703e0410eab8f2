//! Commands beside a Sheaf that is running on the same notes.

#![cfg(unix)]

use std::{
    io::{BufRead as _, BufReader},
    net::TcpListener,
    process::{Child, Stdio},
};

use serde_json::Value;

use crate::program::{Home, id};

/// `sheaf sync watch`, which holds the notes as the app does.
struct Running {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Running {
    fn start(home: &Home) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!(
            "http://anna:secret@{}/notes",
            listener.local_addr().unwrap()
        );
        drop(listener);
        home.json(&["sync", "set", "couchdb", &url, "--although-unreachable"]);
        let mut command = home.command(&["--json", "sync", "watch"]);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut running = Self { child, lines };
        // Trouble is told after the socket is open.
        running.until(|event| event["status"]["state"]["kind"] == "error");
        running
    }

    fn until(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let line = self.lines.next().unwrap().unwrap();
            let event: Value = serde_json::from_str(&line).unwrap();
            if wanted(&event) {
                return event;
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn reads_and_writes_go_through_the_running_program() {
    let home = Home::new();
    let mut running = Running::start(&home);
    let note = id(&home.json(&["note", "new", "--title", "From the side", "--tag", "t"]));
    assert_eq!(
        home.json(&["note", "show", &note])["title"],
        "From the side"
    );
    assert_eq!(home.json(&["verify"])["sound"], true);
    let event = running.until(|event| event["type"] == "notesChanged");
    assert_eq!(event["notes"][0]["id"], note.as_str());
    assert_eq!(
        home.refused(&["note", "show", "none"]).1["code"],
        "notFound"
    );
}

#[test]
fn a_killed_program_leaves_nothing_in_the_way() {
    let home = Home::new();
    let running = Running::start(&home);
    let note = id(&home.json(&["note", "new", "--title", "Acknowledged"]));
    drop(running);
    assert!(home.data().join("sheaf.sock").exists());
    assert_eq!(home.json(&["note", "show", &note])["title"], "Acknowledged");
}

#[test]
fn commands_at_the_same_time_take_turns() {
    let home = Home::new();
    let children: Vec<Child> = (0..6)
        .map(|number| {
            let title = number.to_string();
            let mut command = home.command(&["note", "new", "--title", &title]);
            command.stdout(Stdio::null()).spawn().unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(home.json(&["note", "list"])["total"], 6);
}
