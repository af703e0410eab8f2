//! Two devices of one account. A speaks with the server itself, B with whoever lies in between. Every text they write
//! is written nowhere else, so that it is known again wherever it turns up.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use serde_json::{Value, json};
use sheaf_tests::{Device, Liar, Refusal, ServerOptions, SheafServer, text};

use super::{Mutator, Told, is_sync, liar_before};

const EMAIL: &str = "anna@example.org";
const PASSWORD: &str = "correct horse battery";
/// More than the brake lets be deleted at once.
const FILLERS: usize = 24;

/// What a server has kept and can hand out again.
#[derive(Debug, Clone)]
pub(super) struct Stolen {
    /// The target as it was first saved, and as it is now on the server.
    pub(super) old: Value,
    /// Another note of the account.
    pub(super) other: Value,
    /// A note of another account.
    pub(super) strangers: Value,
    /// The list of a device as it was first saved.
    pub(super) list: Value,
    /// Names of the notes that B was given at first.
    pub(super) notes: Vec<String>,
}

impl Stolen {
    pub(super) fn target(&self) -> String {
        text(&self.old, "uuid")
    }
}

pub(super) struct World {
    server: SheafServer,
    liar: Liar,
    a: Device,
    b: Device,
    target: String,
    stolen: Stolen,
    /// Every title and every text that was ever written.
    written: BTreeSet<String>,
    case: usize,
}

impl World {
    pub(super) fn new() -> Self {
        let server = ServerOptions::new().start();
        let liar = liar_before(&server);
        let strangers = {
            let other = Device::new("S");
            enter(&other, &liar.url(), "berta@example.org", &["--sign-up"]);
            other.write(&canary("stranger"), &canary("strangers text"));
            saved_notes(&liar, &other).remove(0)
        };
        let a = Device::new("A");
        enter(&a, server.url(), EMAIL, &["--sign-up"]);
        for number in 0..FILLERS {
            a.write(&canary(&format!("filler {number}")), &canary("filler"));
        }
        a.sync();
        let b = Device::new("B");
        enter(&b, &liar.url(), EMAIL, &[]);
        let notes = retrieved_notes(&liar, &b);
        let target = b.write(&canary("target"), &canary("target 0"));
        let (old, list) = saved_note_and_list(&liar, &b);
        b.write(&canary("other"), &canary("other text"));
        let other = saved_notes(&liar, &b).remove(0);
        a.sync();
        let mut world = Self {
            stolen: Stolen {
                old,
                other,
                strangers,
                list,
                notes,
            },
            server,
            liar,
            a,
            b,
            target,
            written: BTreeSet::new(),
            case: 0,
        };
        for (title, body) in World::notes(&world.a) {
            world.written.extend([title, body]);
        }
        world
    }

    /// One lie and its end. Answers how it was told.
    pub(super) fn withstand(&mut self, mutator: &Mutator) -> Result<String, String> {
        self.case += 1;
        let truth = canary(&format!("target {} by A", self.case));
        self.a.rewrite(&self.target, &truth);
        self.a.sync();
        let (title, mine) = (
            canary(&format!("mine {}", self.case)),
            canary(&format!("mine {} by B", self.case)),
        );
        let own = self.b.write(&title, &mine);
        self.written.extend([truth.clone(), title, mine.clone()]);

        let before = Self::notes(&self.b);
        self.liar.lie((mutator.lie)(&self.stolen));
        let round = self.b.sheaf.attempt(&["sync", "now"]);
        let warnings = self.warnings();
        let held_back = self.b.held_back();
        let shown = Self::notes(&self.b);
        let lied = self.liar.lied();
        self.liar.be_honest();
        if lied == 0 {
            return Err("nobody was lied to".to_owned());
        }
        let told = self.judge(mutator, &round, &warnings, &held_back);
        let mut wrong: Vec<String> = self.false_texts(&shown);
        if shown.get(&canary(&format!("mine {}", self.case))) != Some(&mine) {
            wrong.push("B does not show what B wrote".to_owned());
        }
        for title in before.keys().filter(|title| !shown.contains_key(*title)) {
            if self.last_text_of(title).is_none() {
                wrong.push(format!("{title} is gone and its last text with it"));
            }
        }
        wrong.extend(self.settle(&own, &truth, &mine));
        match (told, wrong.is_empty()) {
            (Ok(how), true) => Ok(how),
            (told, _) => {
                wrong.extend(told.err());
                Err(wrong.join("; "))
            }
        }
    }

    fn judge(
        &self,
        mutator: &Mutator,
        round: &Result<Value, Refusal>,
        warnings: &[String],
        held_back: &[Value],
    ) -> Result<String, String> {
        let seen = format!(
            "{}, warnings {warnings:?}, {} held back",
            match round {
                Ok(round) => format!("round {round}"),
                Err(refusal) => format!("stopped with {}: {}", refusal.code, refusal.message),
            },
            held_back.len()
        );
        let holds = match mutator.told {
            Told::Stops(codes) => round.as_ref().is_err_and(|refusal| {
                codes.contains(&refusal.code.as_str()) && !refusal.message.is_empty()
            }),
            Told::Warns(kinds) => warnings
                .iter()
                .any(|warning| kinds.contains(&warning.as_str())),
            Told::HoldsBack => !held_back.is_empty(),
            Told::SeenThrough => round.is_ok() && warnings.is_empty(),
            Told::KeepsTheText => self.last_text_of(&canary("target")).is_some(),
            Told::Waits => true,
        };
        if holds {
            Ok(seen)
        } else {
            Err(format!("expected {:?}, saw {seen}", mutator.told))
        }
    }

    /// The server is honest again: both devices get to the same notes, with everything that was written.
    fn settle(&mut self, own: &str, truth: &str, mine: &str) -> Vec<String> {
        let mut wrong = Vec::new();
        for turn in 0..2 {
            wrong.extend(self.honest_round_of_b());
            // A's list tells B what may have been withheld.
            let title = canary(&format!("pulse {} {turn}", self.case));
            self.a.write(&title, &canary("pulse"));
            self.written.extend([title, canary("pulse")]);
            self.a.sync();
        }
        for _ in 0..2 {
            wrong.extend(self.honest_round_of_b());
            self.a.sync();
        }
        self.warnings();
        for device in [&self.a, &self.b] {
            if device.body(&self.target) != truth {
                wrong.push(format!("{} lost A's edit of the target", device.name));
            }
            if device.body(own) != mine {
                wrong.push(format!("{} lost B's note", device.name));
            }
        }
        let (a, b) = (Self::notes(&self.a), Self::notes(&self.b));
        if a != b {
            let only = |here: &BTreeMap<String, String>, there: &BTreeMap<String, String>| {
                let mut only: Vec<String> = here.keys().cloned().collect();
                only.retain(|title| there.get(title) != here.get(title));
                only
            };
            wrong.push(format!(
                "A and B differ: A has {:?}, B has {:?}",
                only(&a, &b),
                only(&b, &a)
            ));
        }
        wrong
    }

    fn honest_round_of_b(&self) -> Option<String> {
        let refusal = self.b.sheaf.attempt(&["sync", "now"]).err()?;
        if ["sessionEnded", "passwordChanged", "passwordMissing"].contains(&refusal.code.as_str()) {
            let file = self.b.file("password", PASSWORD.as_bytes());
            let file = file.display().to_string();
            self.b
                .sheaf
                .run(&["sync", "password", "--password-file", &file]);
            self.b.sync();
            return None;
        }
        Some(format!(
            "B does not get on with an honest server: {} {}",
            refusal.code, refusal.message
        ))
    }

    /// What B was warned of, read and dismissed.
    fn warnings(&self) -> Vec<String> {
        let found = self
            .b
            .sheaf
            .run(&["sync", "account", "warnings", "--dismiss"]);
        let kinds = found.as_array().into_iter().flatten();
        kinds.map(|warning| text(warning, "kind")).collect()
    }

    /// Title and text of all notes of a device.
    fn notes(device: &Device) -> BTreeMap<String, String> {
        let path = device.sheaf.home().join("all.json");
        let name = path.display().to_string();
        device
            .sheaf
            .run(&["export", &name, "--format", "standard-notes"]);
        let file: Value = serde_json::from_slice(&std::fs::read(&path).expect("it was written"))
            .expect("it is JSON");
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
            .filter(|(title, _)| title.starts_with("canary"))
            .collect()
    }

    /// Texts that nobody has written.
    fn false_texts(&self, shown: &BTreeMap<String, String>) -> Vec<String> {
        shown
            .iter()
            .flat_map(|(title, body)| [title, body])
            .filter(|text| !self.written.contains(*text))
            .map(|text| format!("B shows what nobody wrote: {text}"))
            .collect()
    }

    /// Of a note that is hidden because the server called it deleted.
    fn last_text_of(&self, title: &str) -> Option<Value> {
        let deleted = self.b.sheaf.run(&["note", "deleted"]);
        let mut rows = deleted.as_array().cloned().unwrap_or_default().into_iter();
        rows.find(|row| row.to_string().contains(title))
    }

    /// No word of a note, and no password, is in what B sent, or in what the server keeps.
    pub(super) fn nothing_was_said_in_the_clear(&self) {
        let mut haystack = self.liar.heard();
        let folder = self.server.home().join("data");
        for entry in std::fs::read_dir(folder).expect("the server has data") {
            haystack.extend(std::fs::read(entry.expect("it is listed").path()).unwrap_or_default());
        }
        let haystack = String::from_utf8_lossy(&haystack);
        assert!(haystack.contains(EMAIL), "this is where everything is");
        for words in [CANARY, PASSWORD] {
            for spelling in spellings(words) {
                assert!(!haystack.contains(&spelling), "{words} as {spelling}");
            }
        }
    }
}

/// Every title and every text begins with it.
const CANARY: &str = "canary5f1c";

/// Words that occur nowhere else.
pub(super) fn canary(words: &str) -> String {
    format!("{CANARY} {words}")
}

/// Raw, hexadecimal, percent-encoded, and base64 wherever it begins inside of something longer.
pub(super) fn spellings(words: &str) -> Vec<String> {
    let standard = base64::engine::general_purpose::STANDARD_NO_PAD;
    let mut all = vec![
        words.to_owned(),
        words.bytes().map(|byte| format!("{byte:02x}")).collect(),
        sheaf_tests::encode_segment(words),
    ];
    for before in 0..3 {
        let shifted = [vec![b'x'; before], words.as_bytes().to_vec()].concat();
        let text = standard.encode(&shifted);
        // What is left of the neighbours' bits is cut off at both ends.
        let from = [0, 2, 3][before];
        all.push(text[from..text.len() - 2].to_owned());
    }
    all
}

fn enter(device: &Device, url: &str, email: &str, more: &[&str]) {
    let file = device.file("password", PASSWORD.as_bytes());
    let file = file.display().to_string();
    let mut arguments = vec!["sync", "set", "server", url, "--email", email];
    arguments.extend_from_slice(&["--password-file", &file]);
    arguments.extend_from_slice(more);
    device.sheaf.run(&arguments);
}

/// One round, and the items of a list of its answers, as the server wrote them.
fn listed(list: &'static str, liar: &Liar, device: &Device) -> Vec<Value> {
    let items = Arc::new(Mutex::new(Vec::new()));
    let keeping = Arc::clone(&items);
    liar.lie(move |request, reply| {
        if is_sync(request) {
            reply.edit(|answer| {
                let saved = answer[list].as_array().cloned();
                keeping
                    .lock()
                    .expect("nobody panics while it is held")
                    .extend(saved.unwrap_or_default());
            });
        }
    });
    device.sync();
    liar.be_honest();
    let items = items.lock().expect("nobody panics while it is held");
    items.clone()
}

fn of_type(items: &[Value], kind: &str) -> Vec<Value> {
    let mut items = items.to_vec();
    items.retain(|item| item["content_type"] == json!(kind));
    items
}

fn saved_notes(liar: &Liar, device: &Device) -> Vec<Value> {
    of_type(&listed("saved_items", liar, device), "Note")
}

fn retrieved_notes(liar: &Liar, device: &Device) -> Vec<String> {
    let notes = of_type(&listed("retrieved_items", liar, device), "Note");
    notes.iter().map(|note| text(note, "uuid")).collect()
}

fn saved_note_and_list(liar: &Liar, device: &Device) -> (Value, Value) {
    let items = listed("saved_items", liar, device);
    (
        of_type(&items, "Note").remove(0),
        of_type(&items, "Sheaf|Manifest").remove(0),
    )
}
