//! The file that every client of the protocol reads and writes: all items as JSON, not encrypted.
//! Pure.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Map, Value, json};
use sheaf_model::{Body, DocId, Kind, Notebook};
use sheaf_protocol::Micros;

use crate::{
    mapping,
    marker::{self, DOMAIN},
    names::{Account, foreign_id},
    tags::place,
};

/// Items of a file have names of their own: nobody can tell from them which account they are of.
const NAMESPACE: &str = "sheaf export";

#[derive(Debug, thiserror::Error)]
#[error("this is not a file of items")]
pub struct FileError(#[source] serde_json::Error);

/// What a file holds, in terms of documents.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Imported {
    pub documents: Vec<(DocId, Body)>,
    /// Items of other types, encrypted or broken ones.
    pub skipped: u32,
}

/// Notes, notebooks and tags as a file. Attachments are not part of the format.
pub fn export_file(documents: &[(DocId, Body)]) -> String {
    let account = Account::new(NAMESPACE);
    let mut inside: BTreeMap<DocId, Vec<String>> = BTreeMap::new();
    for (id, body) in documents {
        if id.kind() == Kind::Note {
            for container in mapping::containers(body) {
                inside.entry(container).or_default().push(account.item(id));
            }
        }
    }
    let items: Vec<Value> = documents
        .iter()
        .filter(|(id, _)| is_exported(id.kind()))
        .map(|(id, body)| {
            item(
                &account,
                id,
                body,
                inside.get(id).map_or(&[], Vec::as_slice),
            )
        })
        .collect();
    serde_json::to_string_pretty(&json!({ "items": items })).unwrap_or_default()
}

fn is_exported(kind: Kind) -> bool {
    matches!(kind, Kind::Note | Kind::Notebook | Kind::Tag)
}

fn item(account: &Account, id: &DocId, body: &Body, notes: &[String]) -> Value {
    let (mut content, meta) = mapping::write(id.kind(), body);
    if id.kind() != Kind::Note {
        let parent = (id.kind() == Kind::Notebook)
            .then(|| Notebook::read(body).parent)
            .flatten();
        let parent = parent.map(|parent| account.item(&parent));
        mapping::put_references(&mut content, notes, parent.as_deref());
    }
    let domains = content.entry("appData").or_insert_with(|| json!({}));
    if let Some(domains) = domains.as_object_mut() {
        domains.insert(DOMAIN.into(), json!({"v": 1, "id": id, "body": meta}));
    }
    let mut item = json!({
        "uuid": account.item(id),
        "content_type": mapping::content_type(id.kind()),
        "content": content,
    });
    for (field, key) in [("createdAt", "created_at"), ("updatedAt", "updated_at")] {
        let at = body.get(field).and_then(Value::as_i64);
        if let Some(iso) = at.and_then(mapping::iso_of_millis) {
            item[key] = iso.into();
        }
    }
    item
}

#[derive(Deserialize)]
struct Wire {
    items: Vec<Value>,
}

#[derive(Deserialize)]
struct ItemWire {
    uuid: String,
    content_type: String,
    content: Map<String, Value>,
    #[serde(default)]
    created_at: Option<String>,
    #[serde(default)]
    updated_at: Option<String>,
    #[serde(default)]
    deleted: bool,
}

/// Reads a file of any client. Each item is read for itself: a broken one spoils nothing else.
pub fn import_file(text: &str) -> Result<Imported, FileError> {
    let wire: Wire = serde_json::from_str(text).map_err(FileError)?;
    let mut imported = Imported::default();
    // By the item's name: references name items.
    let mut notes: BTreeMap<String, usize> = BTreeMap::new();
    let mut containers: Vec<(DocId, Vec<String>)> = Vec::new();
    let mut seen = BTreeSet::new();
    for item in wire.items {
        let Some(read) = read(item) else {
            imported.skipped += 1;
            continue;
        };
        if !seen.insert(read.id.clone()) {
            imported.skipped += 1;
            continue;
        }
        if read.id.kind() != Kind::Note {
            containers.push((read.id.clone(), read.references));
        } else if !read.ours {
            notes.insert(read.uuid, imported.documents.len());
        }
        imported.documents.push((read.id, read.body));
    }
    // Where other clients keep it: in the tag.
    for (container, names) in containers {
        for at in names.iter().filter_map(|name| notes.get(name)) {
            let (_, body) = &mut imported.documents[*at];
            *body = place(body, &container, true);
        }
    }
    Ok(imported)
}

struct Read {
    id: DocId,
    uuid: String,
    body: Body,
    references: Vec<String>,
    /// Written by Sheaf: the note says itself where it is.
    ours: bool,
}

fn read(item: Value) -> Option<Read> {
    let item: ItemWire = serde_json::from_value(item).ok()?;
    if item.deleted {
        return None;
    }
    let ours = item.content.get("appData").and_then(|it| it.get(DOMAIN));
    let kept = ours.and_then(|ours| {
        let id: DocId = serde_json::from_value(ours.get("id")?.clone()).ok()?;
        let meta: Body = serde_json::from_value(ours.get("body")?.clone()).ok()?;
        let fits = is_exported(id.kind()) && mapping::content_type(id.kind()) == item.content_type;
        fits.then_some((id, meta))
    });
    let millis = |text: &Option<String>| {
        let at = text.as_deref().and_then(Micros::from_iso);
        at.map_or(0, mapping::millis)
    };
    let created = millis(&item.created_at);
    let updated = millis(&item.updated_at).max(created);
    let references = mapping::note_references(&item.content);
    let (id, body, ours) = if let Some((id, meta)) = kept {
        let body = mapping::read(id.kind(), &meta, &item.content);
        (id, body, true)
    } else {
        let kind = match item.content_type.as_str() {
            mapping::NOTE => Kind::Note,
            mapping::TAG => Kind::Tag,
            _ => return None,
        };
        let id = foreign_id(kind, &item.uuid)?;
        let body = mapping::read_foreign(kind, &item.content, created, updated)?;
        (id, body, false)
    };
    sheaf_model::check(&id, &body).ok()?;
    Some(Read {
        id,
        uuid: item.uuid,
        body,
        references,
        ours,
    })
}

/// Another name for a note whose own one is taken by a note with other words. The same for the same
/// words, so that a file may be read twice.
pub fn another_name(id: &DocId, body: &Body) -> Option<DocId> {
    let words = marker::canonical_hash(&Value::Object(body.clone()));
    let name = Account::new(NAMESPACE).derived(&format!("{id} {words}"));
    foreign_id(id.kind(), &name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doc(id: &str, body: Value) -> (DocId, Body) {
        let Value::Object(body) = body else {
            panic!("not an object")
        };
        (DocId::parse(id).unwrap(), body)
    }

    fn note(id: &str, book: &str, tags: &[&str]) -> (DocId, Body) {
        doc(
            id,
            json!({"doctype": "markdown", "bookId": book, "title": "T", "body": "- [x] done", "tags": tags,
            "status": "active", "share": "private", "pinned": true, "createdAt": 1000, "updatedAt": 2000,
            "timestamp": 2000, "numOfTasks": 1, "numOfCheckedTasks": 1, "zeta": {"unknown": 1}}),
        )
    }

    #[test]
    fn what_went_out_comes_back() {
        let documents = vec![
            note("note:one", "book:b", &["tag:t"]),
            note("note:two", "trash", &[]),
            doc(
                "book:b",
                json!({"name": "B", "parentBookId": "book:a", "createdAt": 1, "updatedAt": 1}),
            ),
            doc(
                "book:a",
                json!({"name": "A", "parentBookId": null, "createdAt": 1, "updatedAt": 1}),
            ),
            doc(
                "tag:t",
                json!({"name": "t", "color": "red", "count": 0, "createdAt": 1, "updatedAt": 1}),
            ),
        ];
        let text = export_file(&documents);
        let file: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(file["items"].as_array().unwrap().len(), 5);
        assert_eq!(file["items"][0]["content"]["text"], "- [x] done");
        assert_eq!(file["items"][0]["created_at"], "1970-01-01T00:00:01.000Z");
        let tag = &file["items"][4]["content"];
        assert_eq!(tag["references"][0]["uuid"], file["items"][0]["uuid"]);
        let imported = import_file(&text).unwrap();
        assert_eq!(imported.documents, documents);
        assert_eq!(imported.skipped, 0);
    }

    #[test]
    fn a_file_of_another_client_brings_notes_with_their_tags() {
        let text = json!({"items": [
            {"uuid": "3162fe3a-1b5b-4cf5-b88a-afcb9996b23a", "content_type": "Note", "created_at": "2016-12-16T17:37:50.000Z",
             "content": {"references": [], "title": "t", "text": "b"}},
            {"uuid": "023112fe-9066-481e-8a63-f15f27d3f904", "content_type": "Tag", "created_at": "2016-12-16T17:13:20.000Z",
             "content": {"title": "essays", "references": [{"uuid": "3162fe3a-1b5b-4cf5-b88a-afcb9996b23a", "content_type": "Note"}]}},
            {"uuid": "x", "content_type": "SN|Component", "content": {}},
            {"uuid": "023112fe-9066-481e-8a63-f15f27d3f905", "content_type": "Note", "content": "004:encrypted"},
            7,
        ]});
        let imported = import_file(&text.to_string()).unwrap();
        assert_eq!((imported.documents.len(), imported.skipped), (2, 3));
        let (id, body) = &imported.documents[0];
        assert_eq!(id.as_str(), "note:3162fe3a-1b5b-4cf5-b88a-afcb9996b23a");
        assert_eq!(body["createdAt"], 1_481_909_870_000_i64);
        assert_eq!(
            body["tags"],
            json!(["tag:023112fe-9066-481e-8a63-f15f27d3f904"])
        );
    }

    #[test]
    fn what_is_no_such_file_is_told() {
        for text in ["", "[]", "{}", r#"{"items": 7}"#, "<html>"] {
            assert!(import_file(text).is_err(), "{text}");
        }
    }

    #[test]
    fn another_name_is_the_same_for_the_same_words() {
        let (id, body) = note("note:one", "book:b", &[]);
        let (_, other) = note("note:one", "book:c", &[]);
        let name = another_name(&id, &body).unwrap();
        assert_eq!(another_name(&id, &body), Some(name.clone()));
        assert_ne!(another_name(&id, &other), Some(name));
    }
}
