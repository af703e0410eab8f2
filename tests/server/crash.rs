//! `kill -9` at every request of a conversation with the server, and files that may not grow: what was acknowledged is
//! there, on both devices, once.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use serde_json::Value;
use sheaf_tests::{Device, Hold, Liar, Program, Request, ServerOptions, SheafServer, say, text};

const EMAIL: &str = "anna@example.org";
const PASSWORD: &str = "correct horse battery";

fn secret(device: &Device, name: &str, words: &str) -> String {
    device.file(name, words.as_bytes()).display().to_string()
}

fn enter(device: &Device, url: &str, password: &str, more: &[&str]) -> Result<Value, String> {
    let file = secret(device, "password", password);
    let mut arguments = vec!["sync", "set", "server", url, "--email", EMAIL];
    arguments.extend_from_slice(&["--password-file", &file]);
    arguments.extend_from_slice(more);
    device
        .sheaf
        .attempt(&arguments)
        .map_err(|refusal| refusal.code)
}

/// A device that speaks through somebody who can hold requests, and another that does not.
struct Pair {
    server: SheafServer,
    liar: Liar,
    a: Device,
    b: Device,
}

impl Pair {
    fn new(options: &ServerOptions) -> Self {
        let server = options.start();
        let liar = Liar::before(server.url());
        let (a, b) = (Device::new("A"), Device::new("B"));
        enter(&a, &liar.url(), PASSWORD, &["--sign-up"]).expect("an account");
        a.sync();
        enter(&b, server.url(), PASSWORD, &[]).expect("the account");
        b.sync();
        Self { server, liar, a, b }
    }

    /// Runs a command of A until its request with this number, counted from 0, and kills it there. `None`: it ended
    /// before it got so far.
    fn killed_at(&self, number: usize, hold: Hold, arguments: &[&str]) -> Option<Request> {
        let mut asked = 0;
        let held = self.liar.hold(move |request| {
            if request.path.starts_with("/v1/events") {
                return Hold::Not;
            }
            asked += 1;
            if asked == number + 1 { hold } else { Hold::Not }
        });
        let mut command = self.a.sheaf.command();
        command.args(arguments).stderr(std::process::Stdio::null());
        let mut program = Program::start("sheaf", &mut command);
        let request = loop {
            match held.recv_timeout(Duration::from_millis(50)) {
                Ok(request) => break Some(request),
                Err(RecvTimeoutError::Timeout) if !program.has_ended() => {}
                Err(_) => break None,
            }
        };
        program.kill();
        self.liar.be_honest();
        request
    }

    fn settle(&self) {
        for device in [&self.a, &self.b, &self.a, &self.b] {
            device.sync();
        }
    }

    fn is_same(&self, what: &str) -> BTreeMap<String, String> {
        let (a, b) = (notes(&self.a), notes(&self.b));
        assert_eq!(a, b, "{what}");
        for device in [&self.a, &self.b] {
            assert_eq!(device.titles().len(), a.len(), "{what}: a note is doubled");
            assert_eq!(device.list(&["--conflicts"]).len(), 0, "{what}");
            device.sheaf.run(&["verify"]);
        }
        a
    }
}

/// Title and text of all notes.
fn notes(device: &Device) -> BTreeMap<String, String> {
    let path = device.sheaf.home().join("all.json");
    let name = path.display().to_string();
    device
        .sheaf
        .run(&["export", &name, "--format", "standard-notes"]);
    let file = std::fs::read(&path).expect("it was written");
    let file: Value = serde_json::from_slice(&file).expect("it is JSON");
    let items = file["items"].as_array().expect("items are a list");
    items
        .iter()
        .filter(|item| item["content_type"] == "Note")
        .map(|item| {
            (
                text(&item["content"], "title"),
                text(&item["content"], "text"),
            )
        })
        .collect()
}

fn name(request: &Request) -> String {
    format!("{} {}", request.method, request.path)
}

#[test]
fn a_program_killed_at_any_request_of_a_round_loses_and_doubles_nothing() {
    let pair = Pair::new(&ServerOptions::new());
    let shared = pair.a.write("Shared", "0\n\nmiddle\n\n0\n");
    pair.settle();
    let (mut kills, mut count) = (0, 0);
    for hold in [Hold::Unheard, Hold::Done] {
        for number in 0.. {
            // Something in each direction, and an edit on both sides that merges.
            count += 1;
            let middle = pair.a.body(&shared);
            let lines: Vec<&str> = middle.lines().collect();
            let (first, last) = (lines[0].to_owned(), lines[4].to_owned());
            let mine = pair.a.write(&format!("Mine {count}"), "by A");
            let theirs = pair.b.write(&format!("Theirs {count}"), "by B");
            let (up, down) = (format!("{first}a"), format!("{last}b"));
            pair.a
                .rewrite(&shared, &format!("{up}\n\nmiddle\n\n{last}\n"));
            pair.b
                .rewrite(&shared, &format!("{first}\n\nmiddle\n\n{down}\n"));
            let what = format!("{hold:?} at {number}");
            pair.b.sync();
            let Some(request) = pair.killed_at(number, hold, &["sync", "now"]) else {
                pair.settle();
                break;
            };
            kills += 1;
            pair.settle();
            pair.is_same(&what);
            assert_eq!(pair.a.body(&theirs), "by B", "{what}");
            assert_eq!(pair.b.body(&mine), "by A", "{what}");
            let merged = format!("{up}\n\nmiddle\n\n{down}\n");
            assert_eq!(pair.b.body(&shared), merged, "{what}");
            say(&format!("killed at {} ({hold:?})", name(&request)));
        }
    }
    assert!(kills >= 6, "only {kills} requests to be killed at");
}

/// A first round of many pages, killed at each of them: what was taken in stays, and the round goes on where it was.
#[test]
fn a_first_round_killed_at_any_page_goes_on_and_ends_with_everything() {
    let options = ServerOptions::new().file("[limits]\npage_kb = 60\n");
    let pair = Pair::new(&options);
    for number in 0..60 {
        pair.b
            .write(&format!("Note {number:02}"), &"word ".repeat(1000));
    }
    pair.b.sync();
    let c = Device::new("C");
    enter(&c, &pair.liar.url(), PASSWORD, &[]).expect("the account");
    let pair = Pair { a: c, ..pair };
    let mut there = 0;
    let mut kills = 0;
    while let Some(request) = pair.killed_at(2, Hold::Done, &["sync", "now"]) {
        kills += 1;
        let now = pair.a.titles().len();
        assert!(now >= there, "{now} after {there}");
        there = now;
        assert!(kills < 100, "it never gets anywhere: {}", name(&request));
    }
    // The list filled while the rest was still on its way.
    assert!(kills > 3, "there were {kills} pages");
    pair.settle();
    pair.is_same("after the last kill");
    say(&format!("killed {kills} times in one first round"));
}

#[test]
fn a_change_of_password_killed_at_any_request_leaves_one_password_that_opens_everything() {
    let mut kills = Vec::new();
    for hold in [Hold::Unheard, Hold::Done] {
        for number in 0.. {
            let pair = Pair::new(&ServerOptions::new());
            let precious = pair.a.write("Precious", "text");
            pair.settle();
            let (old, new) = (
                secret(&pair.a, "old", PASSWORD),
                secret(&pair.a, "new", "another password"),
            );
            let arguments = ["sync", "account", "change-password"];
            let files = ["--password-file", &old, "--new-password-file", &new];
            let request = pair.killed_at(number, hold, &[&arguments[..], &files].concat());
            let what = format!("{hold:?} at {number}: {request:?}");
            let c = Device::new("C");
            let first = enter(&c, pair.server.url(), PASSWORD, &[]);
            let valid = match &first {
                Ok(_) => PASSWORD,
                Err(code) => {
                    assert_eq!(code, "unauthorised", "{what}");
                    enter(&c, pair.server.url(), "another password", &[])
                        .unwrap_or_else(|code| panic!("{what}: neither opens it: {code}"));
                    "another password"
                }
            };
            c.sync();
            assert_eq!(c.body(&precious), "text", "{what}");
            // Whoever was killed goes on, at worst after signing in again.
            let later = pair.a.write("Later", "still here");
            if let Err(refusal) = pair.a.sheaf.attempt(&["sync", "now"]) {
                let codes = ["sessionEnded", "passwordChanged"];
                assert!(
                    codes.contains(&refusal.code.as_str()),
                    "{what}: {refusal:?}"
                );
                let file = secret(&pair.a, "password", valid);
                pair.a
                    .sheaf
                    .run(&["sync", "password", "--password-file", &file]);
                pair.a.sync();
            }
            c.sync();
            assert_eq!(c.body(&later), "still here", "{what}");
            let Some(request) = request else { break };
            kills.push(format!("{} ({hold:?})", name(&request)));
        }
    }
    assert!(kills.len() >= 8, "{kills:?}");
    for kill in kills {
        say(&format!("killed at {kill}"));
    }
}

/// The files of the notes may not become longer than so much: the round stops and says so, and nothing is lost.
#[cfg(unix)]
#[test]
fn a_disk_that_is_full_stops_a_round_and_loses_nothing() {
    let pair = Pair::new(&ServerOptions::new());
    let mine = pair.a.write("Mine", "by A");
    for number in 0..40 {
        pair.b
            .write(&format!("Note {number:02}"), &"word ".repeat(2000));
    }
    pair.b.sync();
    let (mut blocks, mut stopped) = (8, 0);
    loop {
        // A write beyond the limit is an error and not the end of the program.
        let plain = pair.a.sheaf.command();
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let mut command = Command::new("sh");
        command.args(["-c", &script]).arg(plain.get_program());
        command.args(plain.get_args()).args(["sync", "now"]);
        for (key, value) in plain.get_envs() {
            match value {
                Some(value) => command.env(key, value),
                None => command.env_remove(key),
            };
        }
        let output = command.output().expect("a shell");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!said.contains("panicked"), "{blocks}: {said}");
        if output.status.success() {
            break;
        }
        stopped += 1;
        assert!(output.status.code().is_some(), "{blocks}: {said}");
        assert_eq!(pair.a.body(&mine), "by A", "{blocks}");
        pair.a.sheaf.run(&["verify"]);
        blocks += blocks / 2;
        assert!(blocks < 1_000_000, "no disk is large enough: {said}");
    }
    assert!(stopped > 2, "the disk was never full");
    pair.settle();
    pair.is_same("with room again");
    say(&format!("{stopped} rounds on a disk that was too small"));
}
