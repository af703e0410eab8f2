//! Another program on the same database: it knows the documents and not our rules.

use bytes::Bytes;
use md5::{Digest as _, Md5};
use serde_json::{Value, json};
use sheaf_model::{Body, Revision};

use super::{
    World,
    deeds::whole,
    ledger::Deletion,
    plan::ForeignDeed,
    text::{new_text, rewritten, word},
};
use crate::{
    random::Random,
    server::{
        Server,
        tree::{Content, Stored},
    },
};

const NAME: &str = "another program";

const AWKWARD: [&str; 6] = [
    "note:with/a/slash",
    "note:a+b c",
    "note:100%2F & ?x=y#z",
    "note:_underscore",
    "note:été — 日本",
    "note:\"quoted\\\"",
];

pub(super) fn text_of(content: &Content) -> String {
    let field = |name: &str| {
        content
            .body
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    whole(field("title"), field("body"))
}

/// As programs with revisions of their own mint them.
fn revision(parent: Option<&Revision>, random: &mut Random) -> Revision {
    let hash: String = Md5::digest(random.bytes::<16>())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let generation = parent.map_or(1, |parent| parent.generation() + 1);
    Revision::new(generation, &hash).expect("a digest is a hash")
}

fn note(title: &str, text: &str) -> Body {
    let body = json!({
        "doctype": "markdown", "title": title, "body": text, "bookId": "book:first", "tags": [],
        "status": "none", "share": "private", "pinned": false, "updatedAt": 1_699_000_000_000_u64,
        "createdAt": 1_699_000_000_000_u64, "timestamp": 1_699_000_000_000_u64,
        "numOfTasks": 0, "numOfCheckedTasks": 0,
    });
    match body {
        Value::Object(body) => body,
        _ => Body::new(),
    }
}

impl World {
    pub fn foreign(&self, deed: ForeignDeed, random: &mut Random) {
        let Some(shared) = self.model() else { return };
        self.trace.say(|| format!("foreign {deed:?}"));
        let mut server = shared.lock();
        if server.database.is_none() {
            return;
        }
        match deed {
            ForeignDeed::Create => {
                let id = format!("note:foreign{:08x}", random.number() as u32);
                self.foreign_note(&mut server, &id, random);
            }
            ForeignDeed::AwkwardId => {
                let id = *random.pick(&AWKWARD);
                self.foreign_note(&mut server, id, random);
            }
            ForeignDeed::SecondRoot => {
                let ids = live_notes(&server);
                if !ids.is_empty() {
                    let id = random.pick(&ids).clone();
                    self.ledger.borrow_mut().stale_bases.insert(id.clone());
                    self.foreign_note(&mut server, &id, random);
                }
            }
            ForeignDeed::Resurrect => self.foreign_resurrection(&mut server, random),
            ForeignDeed::ManyLeaves => {
                let base = base_of(&server, ForeignDeed::Edit, random);
                for _ in 0..random.between(8, 30) {
                    self.foreign_edit(&mut server, deed, base.clone(), random);
                }
            }
            ForeignDeed::Edit | ForeignDeed::EditOld => {
                let base = base_of(&server, deed, random);
                self.foreign_edit(&mut server, deed, base, random);
            }
            ForeignDeed::Delete => {
                let ids = live_notes(&server);
                if !ids.is_empty() {
                    let id = random.pick(&ids).clone();
                    self.foreign_delete(&mut server, &id, random);
                }
            }
            ForeignDeed::DeleteMany => {
                for id in live_notes(&server) {
                    if !random.one_in(8) {
                        self.foreign_delete(&mut server, &id, random);
                    }
                }
            }
            ForeignDeed::File => self.foreign_file(&mut server, random),
            ForeignDeed::Strangers => self.strangers(&mut server, random),
        }
    }

    pub fn foreign_create(&self, server: &mut Server, random: &mut Random) {
        let id = format!("note:foreign{:08x}", random.number() as u32);
        self.foreign_note(server, &id, random);
    }

    /// Without an ancestor, whatever is there under that id.
    fn foreign_note(&self, server: &mut Server, id: &str, random: &mut Random) {
        let path = [revision(None, random)];
        self.foreign_words(server, id, &path, random);
    }

    fn foreign_resurrection(&self, server: &mut Server, random: &mut Random) {
        let Some(database) = server.database() else {
            return;
        };
        let dead = database.documents.iter().filter_map(|(id, document)| {
            let (winner, content) = document.winner().filter(|_| id.starts_with("note:"))?;
            content.deleted.then(|| (id.clone(), document.path(winner)))
        });
        let dead: Vec<(String, Vec<Revision>)> = dead.collect();
        if dead.is_empty() {
            return;
        }
        let (id, mut path) = random.pick(&dead).clone();
        path.insert(0, revision(path.first(), random));
        self.foreign_words(server, &id, &path, random);
    }

    fn foreign_words(&self, server: &mut Server, id: &str, path: &[Revision], random: &mut Random) {
        let mut ledger = self.ledger.borrow_mut();
        let (title, text) = (ledger.token(), ledger.token());
        let body = note(
            &format!("From elsewhere {}", word(title)),
            &new_text(random, text),
        );
        let content = Content {
            body,
            ..Content::default()
        };
        ledger.wrote(id, NAME, "", &text_of(&content));
        server.write(id, path, content);
    }

    fn foreign_edit(
        &self,
        server: &mut Server,
        deed: ForeignDeed,
        base: Option<(String, Revision)>,
        random: &mut Random,
    ) {
        let Some((id, base)) = base else { return };
        let Some(document) = server
            .database()
            .and_then(|database| database.documents.get(&id))
        else {
            return;
        };
        let Some(before) = document.content(&base).cloned() else {
            return;
        };
        let path = document.path(&base);
        let stale = document.winner().is_none_or(|(winner, _)| *winner != base);
        let mut ledger = self.ledger.borrow_mut();
        if stale {
            ledger.stale_bases.insert(id.clone());
        }
        let token = ledger.token();
        let mut content = Content::clone(&before);
        let text = content
            .body
            .get("body")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let text = rewritten(text, random, token);
        content.body.insert("body".into(), text.into());
        content.body.insert(
            "updatedAt".into(),
            (1_699_000_000_000 + random.below(1 << 30) as u64).into(),
        );
        // What this program keeps in the document is nobody else's business.
        let field = format!("foreign{token}");
        content.body.insert(field.clone(), token.into());
        ledger.wrote(&id, NAME, &text_of(&before), &text_of(&content));
        if deed == ForeignDeed::Edit {
            ledger
                .foreign_fields
                .entry(id.clone())
                .or_default()
                .insert(field);
        }
        let mut whole_path = vec![revision(Some(&base), random)];
        whole_path.extend(path);
        server.write(&id, &whole_path, content);
    }

    fn foreign_delete(&self, server: &mut Server, id: &str, random: &mut Random) {
        let Some(document) = server
            .database()
            .and_then(|database| database.documents.get(id))
        else {
            return;
        };
        let Some((winner, content)) = document.winner() else {
            return;
        };
        let (text, mut path) = (text_of(content), document.path(winner));
        path.insert(0, revision(Some(winner), random));
        let mut ledger = self.ledger.borrow_mut();
        ledger.gone(&text);
        let edits = ledger.edits.get(id).copied().unwrap_or(0);
        ledger.deleted.insert(
            id.to_owned(),
            Deletion {
                informed: false,
                edits,
            },
        );
        ledger.untagged(id);
        ledger.foreign_fields.remove(id);
        server.write(
            id,
            &path,
            Content {
                deleted: true,
                ..Content::default()
            },
        );
    }

    fn foreign_file(&self, server: &mut Server, random: &mut Random) {
        let length = *random.weighted(&[(3, 0), (3, 1), (3, 300), (3, 9000), (1, 70_000)]);
        let bytes: Vec<u8> = (0..length).map(|_| random.number() as u8).collect();
        let (prefix, content_type) = *random.pick(&[
            ("file", "image/png"),
            ("file", "image/svg+xml"),
            ("sheaf-file", "text/plain"),
            ("sheaf-file", "application/json"),
        ]);
        let id = format!("{prefix}:foreign{:08x}", random.number() as u32);
        let body = json!({
            "name": "from elsewhere", "createdAt": 1_699_000_000_000_u64, "contentType": content_type,
            "contentLength": length, "publicIn": [],
        });
        let Value::Object(body) = body else { return };
        let stored = Stored {
            name: "index".into(),
            content_type: content_type.into(),
            bytes: Bytes::from(bytes.clone()),
            revpos: 1,
        };
        self.ledger.borrow_mut().attached(&id, bytes);
        let content = Content {
            deleted: false,
            body,
            attachments: vec![stored],
        };
        server.write(&id, &[revision(None, random)], content);
    }

    fn strangers(&self, server: &mut Server, random: &mut Random) {
        // Deeper than a careful reader follows.
        let deep = (0..200).fold(Value::Null, |inner, _| Value::Array(vec![inner]));
        let mut strangers = self.strangers.borrow_mut();
        for (id, body) in [
            ("_design/mobile", json!({ "language": "javascript" })),
            ("profile:1", json!({ "type": "another application" })),
            ("note:", json!({ "title": "an id that is none" })),
            (
                "note:deep",
                json!({ "title": "too deep", "body": "x", "deep": deep }),
            ),
        ] {
            let known = server
                .database()
                .is_some_and(|database| database.documents.contains_key(id));
            if known || random.one_in(2) {
                continue;
            }
            let Value::Object(body) = body else { continue };
            let revision = revision(None, random);
            strangers.insert(id.to_owned(), revision.clone());
            server.write(
                id,
                &[revision],
                Content {
                    body,
                    ..Content::default()
                },
            );
        }
    }
}

/// A note, and the revision of it that is written on.
fn base_of(server: &Server, deed: ForeignDeed, random: &mut Random) -> Option<(String, Revision)> {
    let ids = live_notes(server);
    if ids.is_empty() {
        return None;
    }
    let id = random.pick(&ids).clone();
    let document = server.database()?.documents.get(&id)?;
    if deed == ForeignDeed::Edit {
        let (winner, _) = document.winner()?;
        return Some((id, winner.clone()));
    }
    let held: Vec<&Revision> = document
        .all_written()
        .filter(|(revision, content)| !content.deleted && document.content(revision).is_some())
        .map(|(revision, _)| revision)
        .collect();
    let base = (!held.is_empty()).then(|| (*random.pick(&held)).clone());
    base.map(|base| (id, base))
}

pub(super) fn live_notes(server: &Server) -> Vec<String> {
    let Some(database) = server.database() else {
        return Vec::new();
    };
    let live = |document: &crate::server::tree::Document| {
        document
            .winner()
            .is_some_and(|(_, content)| !content.deleted)
    };
    let mut ids: Vec<String> = database
        .documents
        .iter()
        .filter(|(id, document)| {
            id.starts_with("note:") && id.len() > 5 && *id != "note:deep" && live(document)
        })
        .map(|(id, _)| id.clone())
        .collect();
    ids.sort();
    ids
}
