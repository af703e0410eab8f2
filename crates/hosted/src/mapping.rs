//! Documents and items, in both directions. Pure.
//!
//! | document | item |
//! |---|---|
//! | `note:` | `Note` |
//! | `tag:`, `book:` | `Tag`; a notebook inside another refers to it as `TagToParentTag` |
//! | `file:`, `sheaf-file:` | `Sheaf\|File`, its bytes in `Sheaf\|FileChunk` |
//!
//! What an item has that Sheaf does not know stays in the document's `standardNotes` field and is
//! written back. The text of a document stands where other clients look for it; the rest of it is
//! in the marker.

use serde_json::{Map, Value, json};
use sheaf_markdown::count_tasks;
use sheaf_model::{Body, DEFAULT_NOTEBOOK_ID, DocId, Kind, Location, Millis, Note, Share, Status};
use sheaf_protocol::Micros;

use crate::marker::{DOMAIN, SHARED_DOMAIN};

pub(crate) const NOTE: &str = "Note";
pub(crate) const TAG: &str = "Tag";
pub(crate) const FILE: &str = "Sheaf|File";
pub(crate) const CHUNK: &str = "Sheaf|FileChunk";
pub(crate) const MANIFEST: &str = "Sheaf|Manifest";

/// What an item has and a document does not.
const EXTRAS: &str = "standardNotes";
const PARENT: &str = "TagToParentTag";
const PREVIEW_CHARS: usize = 160;

pub(crate) type Content = Map<String, Value>;

pub(crate) fn content_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Note => NOTE,
        Kind::Notebook | Kind::Tag => TAG,
        Kind::File | Kind::SheafFile => FILE,
    }
}

/// Fields of a document that stand in the content under another name.
fn moved(kind: Kind) -> &'static [(&'static str, &'static str)] {
    match kind {
        Kind::Note => &[("title", "title"), ("body", "text")],
        Kind::Notebook | Kind::Tag => &[("name", "title")],
        Kind::File | Kind::SheafFile => &[],
    }
}

/// The content of a document's item, the marker and a tag's references excepted, and the document
/// as the marker carries it.
pub(crate) fn write(kind: Kind, body: &Body) -> (Content, Body) {
    let mut content = match body.get(EXTRAS) {
        Some(Value::Object(extras)) => extras.clone(),
        _ => Content::new(),
    };
    let mut meta = body.clone();
    if meta.get(EXTRAS).is_some_and(Value::is_object) {
        meta.insert(EXTRAS.into(), Value::Null);
    }
    for (field, key) in moved(kind) {
        if let Some(text @ Value::String(_)) = body.get(*field) {
            content.insert((*key).to_owned(), text.clone());
            meta.insert((*field).to_owned(), Value::Null);
        }
    }
    content.entry("references").or_insert_with(|| json!([]));
    if kind == Kind::Note {
        write_note(body, &mut content);
    }
    (content, meta)
}

fn write_note(body: &Body, content: &mut Content) {
    let note = Note::read(body);
    content.insert("preview_plain".into(), preview(&note.body).into());
    if note.location == Location::Trash {
        content.insert("trashed".into(), true.into());
    }
    let shared = shared_mut(content);
    shared.insert("pinned".into(), note.pinned.into());
    if let Some(at) = iso_of_millis(note.updated_at) {
        shared.insert("client_updated_at".into(), at.into());
    }
}

/// The domain that all clients share; made where it is missing.
fn shared_mut(content: &mut Content) -> &mut Map<String, Value> {
    object_mut(object_mut(content, "appData"), SHARED_DOMAIN)
}

fn object_mut<'a>(map: &'a mut Map<String, Value>, key: &str) -> &'a mut Map<String, Value> {
    let value = map.entry(key).or_insert_with(|| json!({}));
    if !value.is_object() {
        *value = json!({});
    }
    value
        .as_object_mut()
        .expect("made an object on the line above")
}

/// The first line or so of plain text: what other clients show in their lists.
fn preview(text: &str) -> String {
    let beginning: String = text.chars().take(PREVIEW_CHARS).collect();
    beginning.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The document of an item as Sheaf wrote it: exactly the body that went in.
pub(crate) fn read(kind: Kind, meta: &Body, content: &Content) -> Body {
    let mut body = meta.clone();
    if body.get(EXTRAS) == Some(&Value::Null) {
        body.insert(EXTRAS.into(), Value::Object(extras(kind, content)));
    }
    for (field, key) in moved(kind) {
        if body.get(*field) == Some(&Value::Null)
            && let Some(text) = content.get(*key)
        {
            body.insert((*field).to_owned(), text.clone());
        }
    }
    body
}

/// The document after another client has changed its item. What that client knows is taken from
/// the content, the rest stays.
pub(crate) fn read_edited(kind: Kind, meta: &Body, content: &Content, at: Millis) -> Body {
    let mut body = read(kind, meta, content);
    let before_trashed = text(&body, "bookId") == Some("trash");
    for (field, key) in moved(kind) {
        body.insert(
            (*field).to_owned(),
            text(content, key).unwrap_or_default().into(),
        );
    }
    let extras = extras(kind, content);
    if extras.is_empty() {
        body.shift_remove(EXTRAS);
    } else {
        body.insert(EXTRAS.into(), Value::Object(extras));
    }
    if kind == Kind::Note {
        let trashed = flag(content, "trashed");
        if trashed != before_trashed {
            let place = if trashed {
                "trash"
            } else {
                DEFAULT_NOTEBOOK_ID
            };
            body.insert("bookId".into(), place.into());
        }
        body.insert("pinned".into(), pinned(content).into());
        body.insert("updatedAt".into(), edited_at(content, at).into());
        body.insert("timestamp".into(), edited_at(content, at).into());
        let (all, checked) = count_tasks(text(&body, "body").unwrap_or_default());
        body.insert("numOfTasks".into(), all.into());
        body.insert("numOfCheckedTasks".into(), checked.into());
    }
    body
}

/// A document of an item that Sheaf has never written. `None`: it is not what its type says.
pub(crate) fn read_foreign(
    kind: Kind,
    content: &Content,
    created_at: Millis,
    updated_at: Millis,
) -> Option<Body> {
    let mut body = match kind {
        Kind::Note => {
            let text = text(content, "text").or_else(|| {
                // Clients leave out what is empty.
                content.get("text").is_none_or(Value::is_null).then_some("")
            })?;
            let title = content.get("title").map_or(Some(""), Value::as_str)?;
            let (num_of_tasks, num_of_checked_tasks) = count_tasks(text);
            let at = edited_at(content, updated_at);
            Note {
                title: title.to_owned(),
                body: text.to_owned(),
                location: if flag(content, "trashed") {
                    Location::Trash
                } else {
                    Location::Notebook(DocId::parse(DEFAULT_NOTEBOOK_ID).ok()?)
                },
                tags: Vec::new(),
                status: Status::None,
                share: Share::Private,
                pinned: pinned(content),
                updated_at: at,
                created_at,
                timestamp: at,
                num_of_tasks,
                num_of_checked_tasks,
            }
            .to_body()
        }
        Kind::Tag | Kind::Notebook => {
            if content.contains_key("text") {
                return None;
            }
            let mut body = Body::new();
            body.insert("name".into(), text(content, "title")?.into());
            if kind == Kind::Tag {
                body.insert("count".into(), 0.into());
                body.insert("color".into(), "default".into());
            }
            body.insert("updatedAt".into(), updated_at.into());
            body.insert("createdAt".into(), created_at.into());
            body
        }
        Kind::File | Kind::SheafFile => return None,
    };
    let extras = extras(kind, content);
    if !extras.is_empty() {
        body.insert(EXTRAS.into(), Value::Object(extras));
    }
    Some(body)
}

/// Everything of a content that Sheaf neither writes itself nor can compute.
fn extras(kind: Kind, content: &Content) -> Content {
    let mut extras = content.clone();
    for (_, key) in moved(kind) {
        extras.shift_remove(*key);
    }
    if kind == Kind::Note {
        for key in ["preview_plain", "preview_html", "trashed"] {
            extras.shift_remove(key);
        }
        if extras.get("references").is_some_and(is_empty_list) {
            extras.shift_remove("references");
        }
    } else {
        extras.shift_remove("references");
        let kept = other_references(kind, content);
        if !kept.is_empty() {
            extras.insert("references".into(), kept.into());
        }
    }
    if let Some(Value::Object(domains)) = extras.get_mut("appData") {
        domains.shift_remove(DOMAIN);
        if let Some(Value::Object(shared)) = domains.get_mut(SHARED_DOMAIN) {
            if kind == Kind::Note {
                shared.shift_remove("pinned");
            }
            shared.shift_remove("client_updated_at");
            if shared.is_empty() {
                domains.shift_remove(SHARED_DOMAIN);
            }
        }
        if domains.is_empty() {
            extras.shift_remove("appData");
        }
    }
    extras
}

fn is_empty_list(value: &Value) -> bool {
    value.as_array().is_some_and(Vec::is_empty)
}

fn text<'a>(map: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    map.get(key).and_then(Value::as_str)
}

fn flag(content: &Content, key: &str) -> bool {
    content.get(key).and_then(Value::as_bool).unwrap_or(false)
}

fn pinned(content: &Content) -> bool {
    shared(content, "pinned")
        .and_then(Value::as_bool)
        .unwrap_or(false)
}

fn edited_at(content: &Content, otherwise: Millis) -> Millis {
    shared(content, "client_updated_at")
        .and_then(Value::as_str)
        .and_then(Micros::from_iso)
        .map_or(otherwise, millis)
}

fn shared<'a>(content: &'a Content, key: &str) -> Option<&'a Value> {
    content.get("appData")?.get(SHARED_DOMAIN)?.get(key)
}

pub(crate) fn millis(at: Micros) -> Millis {
    at.0.div_euclid(1000)
}

/// With milliseconds, as the older client writes; `None`: outside of what any client can read.
pub(crate) fn iso_of_millis(at: Millis) -> Option<String> {
    let micros = at.checked_mul(1000).filter(|_| at >= 0)?;
    let text = Micros(micros).to_iso();
    // Microseconds that are always zero are left out.
    text.strip_suffix("000Z").map(|text| format!("{text}Z"))
}

/// The notes a tag or folder names, in their order.
pub(crate) fn note_references(content: &Content) -> Vec<String> {
    let references = content.get("references").and_then(Value::as_array);
    references
        .into_iter()
        .flatten()
        .filter(|reference| reference.get("content_type").and_then(Value::as_str) == Some(NOTE))
        .filter_map(|reference| reference.get("uuid")?.as_str().map(str::to_owned))
        .collect()
}

/// Writes a tag's references: its parent and its notes beside what other clients put there.
pub(crate) fn put_references(content: &mut Content, notes: &[String], parent: Option<&str>) {
    let mut references: Vec<Value> = Vec::with_capacity(notes.len() + 1);
    if let Some(parent) = parent {
        references.push(json!({
            "uuid": parent, "content_type": TAG, "reference_type": PARENT,
        }));
    }
    if let Some(Value::Array(kept)) = content.shift_remove("references") {
        references.extend(kept);
    }
    references.extend(
        notes
            .iter()
            .map(|note| json!({"uuid": note, "content_type": NOTE})),
    );
    content.insert("references".into(), references.into());
}

/// References of a tag that are no notes; of a notebook, whose parent Sheaf knows, without it.
fn other_references(kind: Kind, content: &Content) -> Vec<Value> {
    let is = |reference: &Value, key: &str, value: &str| {
        reference.get(key).and_then(Value::as_str) == Some(value)
    };
    let references = content.get("references").and_then(Value::as_array);
    references
        .into_iter()
        .flatten()
        .filter(|reference| !is(reference, "content_type", NOTE))
        .filter(|reference| kind != Kind::Notebook || !is(reference, "reference_type", PARENT))
        .cloned()
        .collect()
}

/// The notebook or tags a note is in: what refers to it on the server.
pub(crate) fn containers(body: &Body) -> Vec<DocId> {
    let note = Note::read(body);
    let mut ids = note.tags;
    if let Location::Notebook(book) = note.location {
        ids.push(book);
    }
    ids
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::marker;

    fn object(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(map) => map,
            _ => panic!("not an object"),
        }
    }

    fn note() -> Body {
        object(json!({
            "doctype": "markdown", "title": "Plan", "body": "- [x] one\n- [ ] two",
            "bookId": "book:first", "tags": ["tag:a"], "status": "active", "share": "private",
            "pinned": true, "createdAt": 1000, "updatedAt": 2000, "timestamp": 2500,
            "numOfTasks": 2, "numOfCheckedTasks": 1, "zeta": {"unknown": [1, 2.5]},
        }))
    }

    #[test]
    fn other_clients_find_a_note_where_they_look_for_it() {
        let (content, meta) = write(Kind::Note, &note());
        assert_eq!(content["title"], "Plan");
        assert_eq!(content["text"], "- [x] one\n- [ ] two");
        assert_eq!(content["appData"][SHARED_DOMAIN]["pinned"], true);
        assert_eq!(
            content["appData"][SHARED_DOMAIN]["client_updated_at"],
            "1970-01-01T00:00:02.000Z"
        );
        assert!(!content.contains_key("trashed"));
        assert!(!meta.values().any(|value| value == "Plan"));
    }

    #[test]
    fn what_went_in_comes_out_with_unknown_fields_and_in_order() {
        for body in [
            note(),
            object(json!({"title": null, "body": 7, "standardNotes": "odd"})),
            object(
                json!({"body": "b", "title": "t", "standardNotes": {"noteType": "code",
                "appData": {SHARED_DOMAIN: {"archived": true}, "x.y": {"z": 1}},
                "references": [{"uuid": "u", "content_type": "File"}]}}),
            ),
        ] {
            let (content, meta) = write(Kind::Note, &body);
            let back = read(Kind::Note, &meta, &content);
            assert_eq!(
                serde_json::to_string(&back).unwrap(),
                serde_json::to_string(&body).unwrap()
            );
        }
    }

    proptest! {
        #[test]
        fn any_title_and_text_come_back(title in "\\PC{0,20}", text in "(?s).{0,80}") {
            let mut body = note();
            body.insert("title".into(), title.into());
            body.insert("body".into(), text.into());
            let (content, meta) = write(Kind::Note, &body);
            let json = serde_json::to_string(&content).unwrap();
            let content: Content = serde_json::from_str(&json).unwrap();
            prop_assert_eq!(read(Kind::Note, &meta, &content), body);
        }
    }

    #[test]
    fn an_edit_of_another_client_changes_what_it_knows_and_nothing_else() {
        let (mut content, meta) = write(Kind::Note, &note());
        content.insert("text".into(), "done".into());
        content.insert("trashed".into(), true.into());
        content.insert("noteType".into(), "code".into());
        shared_mut(&mut content).insert("pinned".into(), false.into());
        let body = read_edited(Kind::Note, &meta, &content, 9000);
        let note = Note::read(&body);
        assert_eq!((note.body.as_str(), note.title.as_str()), ("done", "Plan"));
        assert_eq!((note.location, note.pinned), (Location::Trash, false));
        assert_eq!((note.num_of_tasks, note.status), (0, Status::Active));
        assert_eq!(body["zeta"], json!({"unknown": [1, 2.5]}));
        let (again, _) = write(Kind::Note, &body);
        assert_eq!(again["noteType"], "code");
        // And back out of the trash, into the notebook every installation has.
        content.shift_remove("trashed");
        let (_, meta) = write(Kind::Note, &body);
        let body = read_edited(Kind::Note, &meta, &content, 9000);
        assert_eq!(body["bookId"], DEFAULT_NOTEBOOK_ID);
    }

    #[test]
    fn an_item_of_another_client_becomes_a_complete_document() {
        let content = object(json!({"title": "t", "text": "b", "references": [],
            "editorIdentifier": "x", "appData": {SHARED_DOMAIN: {
                "client_updated_at": "2021-05-31T20:51:50.383Z", "pinned": true, "archived": true}}}));
        let body = read_foreign(Kind::Note, &content, 5, 6).unwrap();
        assert_eq!(
            sheaf_model::check(&DocId::parse("note:x").unwrap(), &body),
            Ok(())
        );
        assert_eq!(body["updatedAt"], 1_622_494_310_383_i64);
        assert_eq!(body["pinned"], true);
        let (written, _) = write(Kind::Note, &body);
        assert_eq!(marker::sum(&written, false), {
            let mut expected = content.clone();
            expected.shift_remove("references");
            expected.insert("references".into(), json!([]));
            marker::sum(&expected, false)
        });
        let tag = object(json!({"title": "essays", "references": [], "iconString": "i"}));
        let body = read_foreign(Kind::Tag, &tag, 5, 6).unwrap();
        assert_eq!(
            sheaf_model::check(&DocId::parse("tag:x").unwrap(), &body),
            Ok(())
        );
    }

    #[test]
    fn what_is_not_of_its_type_is_not_read() {
        let note = object(json!({"title": "t", "text": "b"}));
        assert_eq!(read_foreign(Kind::Tag, &note, 0, 0), None);
        let tag = object(json!({"title": 7, "references": []}));
        assert_eq!(read_foreign(Kind::Note, &tag, 0, 0), None);
        assert_eq!(read_foreign(Kind::Tag, &tag, 0, 0), None);
    }

    #[test]
    fn a_folder_names_its_parent_and_its_notes_and_keeps_what_others_put_there() {
        let foreign = json!({"uuid": "f", "content_type": "SN|File"});
        let body = object(json!({"name": "Work", "standardNotes": {"references": [foreign]}}));
        let (mut content, meta) = write(Kind::Notebook, &body);
        put_references(&mut content, &["n".to_owned()], Some("p"));
        assert_eq!(note_references(&content), ["n"]);
        assert_eq!(content["references"].as_array().unwrap().len(), 3);
        assert_eq!(read(Kind::Notebook, &meta, &content), body);
    }

    #[test]
    fn times_that_nobody_can_write_are_left_out() {
        assert_eq!(
            iso_of_millis(1_622_494_310_383).as_deref(),
            Some("2021-05-31T20:51:50.383Z")
        );
        assert_eq!(iso_of_millis(-1), None);
        assert_eq!(iso_of_millis(i64::MAX), None);
    }
}
