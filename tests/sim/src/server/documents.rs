//! Reading and writing documents of the model: the two halves share the shape of a document, and the rules of attachments.

use std::{collections::BTreeMap, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use md5::{Digest as _, Md5};
use serde_json::{Map, Value, json};
use sheaf_model::Revision;

use super::{
    Server,
    tree::{Content, Document, Stored},
    wire::{Asked, Told},
};

const SPECIAL: [&str; 6] = [
    "_id",
    "_rev",
    "_revisions",
    "_deleted",
    "_attachments",
    "_conflicts",
];

/// A document as it is handed over. `encoding`: whether attachments are described with it, and then whether text is
/// kept compressed.
pub(super) fn document_json(
    id: &str,
    revision: &Revision,
    content: &Content,
    history: &[Revision],
    encoding: Option<bool>,
) -> Value {
    let mut document = json!({ "_id": id, "_rev": revision.to_string() });
    if content.deleted {
        document["_deleted"] = true.into();
    }
    if !history.is_empty() {
        let ids: Vec<&str> = history.iter().map(Revision::hash).collect();
        document["_revisions"] = json!({ "start": revision.generation(), "ids": ids });
    }
    if !content.attachments.is_empty() {
        let stubs: Map<String, Value> = content
            .attachments
            .iter()
            .map(|stored| (stored.name.clone(), stub(stored, encoding)))
            .collect();
        document["_attachments"] = stubs.into();
    }
    if let Value::Object(fields) = &mut document {
        fields.extend(content.body.clone());
    }
    document
}

fn stub(stored: &Stored, encoding: Option<bool>) -> Value {
    let text = stored.content_type.starts_with("text/") || stored.content_type.ends_with("json");
    let compressed = encoding != Some(false) && text;
    let digest = if compressed {
        // Of the compressed stream, which is not the same on two servers.
        Md5::digest([b"gzip".as_slice(), &stored.bytes].concat())
    } else {
        Md5::digest(&stored.bytes)
    };
    let mut stub = json!({
        "content_type": stored.content_type,
        "revpos": stored.revpos,
        "digest": format!("md5-{}", STANDARD.encode(digest)),
        "length": stored.bytes.len(),
        "stub": true,
    });
    if compressed && encoding.is_some() {
        stub["encoding"] = "gzip".into();
        stub["encoded_length"] = (stored.bytes.len() / 2).into();
    }
    stub
}

/// A document as somebody sent it.
struct Sent {
    id: String,
    /// The revision and its ancestors.
    path: Vec<Revision>,
    deleted: bool,
    body: Map<String, Value>,
    attachments: Map<String, Value>,
}

/// What a whole request is refused with.
type Refused = Box<Told>;

fn read_sent(value: Value) -> Result<Sent, Refused> {
    let bad = |reason: &str| Box::new(Told::error(400, "bad_request", reason));
    let Value::Object(mut fields) = value else {
        return Err(bad("Document must be a JSON object"));
    };
    if let Some(key) = fields
        .keys()
        .find(|key| key.starts_with('_') && !SPECIAL.contains(&key.as_str()))
    {
        let reason = format!("Bad special document member: {key}");
        return Err(Box::new(Told::error(400, "doc_validation", &reason)));
    }
    let text = |fields: &Map<String, Value>, key: &str| {
        fields.get(key).and_then(Value::as_str).map(str::to_owned)
    };
    let id = text(&fields, "_id")
        .filter(|id| !id.is_empty())
        .ok_or_else(|| bad("Document must have an id"))?;
    if id.starts_with('_') && !id.starts_with("_design/") {
        return Err(bad("Only reserved document ids may start with underscore."));
    }
    let rev = text(&fields, "_rev")
        .and_then(|rev| Revision::parse(&rev).ok())
        .ok_or_else(|| bad("Invalid rev format"))?;
    let path = match fields.get("_revisions") {
        None => vec![rev],
        Some(revisions) => {
            let start = revisions["start"].as_u64().unwrap_or(0);
            let ids = revisions["ids"].as_array().cloned().unwrap_or_default();
            let path: Vec<Revision> = (0..)
                .zip(&ids)
                .filter_map(|(back, id)| Revision::new(start.checked_sub(back)?, id.as_str()?).ok())
                .collect();
            // Where the two disagree, the history is right.
            if path.is_empty() { vec![rev] } else { path }
        }
    };
    let deleted = fields.get("_deleted") == Some(&Value::Bool(true));
    let attachments = match fields.remove("_attachments") {
        Some(Value::Object(attachments)) => attachments,
        _ => Map::new(),
    };
    fields.retain(|key, _| !key.starts_with('_'));
    Ok(Sent {
        id,
        path,
        deleted,
        body: fields,
        attachments,
    })
}

/// The attachments of `sent`; `parts` are the bytes that follow, in the order they are mentioned.
fn attachments(
    document: Option<&Document>,
    sent: &Sent,
    parts: &mut impl Iterator<Item = Bytes>,
) -> Result<Vec<Stored>, Refused> {
    let mut stored = Vec::new();
    for (name, mention) in &sent.attachments {
        let follows = mention["follows"] == Value::Bool(true);
        let data = mention["data"].as_str();
        let bytes = if follows {
            let bytes = parts
                .next()
                .ok_or_else(|| Box::new(Told::error(400, "bad_request", "attachment missing")))?;
            if Some(bytes.len() as u64) != mention["length"].as_u64() {
                return Err(Box::new(Told::error(
                    400,
                    "bad_request",
                    "attachment longer than expected",
                )));
            }
            bytes
        } else if let Some(data) = data {
            STANDARD
                .decode(data)
                .map_err(|_| {
                    Box::new(Told::error(
                        400,
                        "bad_request",
                        "Attachment data is not base64",
                    ))
                })?
                .into()
        } else {
            // A stub: taken when an ancestor here has an attachment of that name.
            let missing = || {
                let reason = format!("Invalid attachment stub in {} for {name}", sent.id);
                Box::new(Told::error(412, "missing_stub", &reason))
            };
            let document = document.ok_or_else(missing)?;
            let ancestors = sent
                .path
                .iter()
                .skip(1)
                .filter_map(|ancestor| document.content(ancestor));
            let mut held = ancestors.flat_map(|content| &content.attachments);
            held.find(|held| held.name == *name)
                .ok_or_else(missing)?
                .bytes
                .clone()
        };
        stored.push(Stored {
            name: name.clone(),
            content_type: mention["content_type"]
                .as_str()
                .unwrap_or("application/octet-stream")
                .to_owned(),
            bytes,
            revpos: mention["revpos"].as_u64().unwrap_or(1),
        });
    }
    Ok(stored)
}

impl Server {
    pub(super) fn revs_diff(&self, asked: &Asked) -> Told {
        let Some(Value::Object(question)) = asked.json() else {
            return Told::error(400, "bad_request", "Request body must be a JSON object");
        };
        let mut answer = Map::new();
        for (id, revisions) in &question {
            let document = self
                .database()
                .and_then(|database| database.documents.get(id));
            let mut missing = Vec::new();
            for revision in revisions.as_array().into_iter().flatten() {
                let Some(revision) = revision
                    .as_str()
                    .and_then(|text| Revision::parse(text).ok())
                else {
                    return Told::error(400, "bad_request", "Invalid rev format");
                };
                if document.is_none_or(|document| !document.knows(&revision)) {
                    missing.push(revision);
                }
            }
            if missing.is_empty() {
                continue;
            }
            let newest = missing.iter().map(Revision::generation).max().unwrap_or(0);
            let ancestors: Vec<String> = document
                .map(|document| {
                    let leaves = document.leaves();
                    let older = leaves.iter().filter(|(leaf, _)| leaf.generation() < newest);
                    older.map(|(leaf, _)| leaf.to_string()).collect()
                })
                .unwrap_or_default();
            let missing: Vec<String> = missing.iter().map(ToString::to_string).collect();
            let mut row = json!({ "missing": missing });
            if !ancestors.is_empty() {
                row["possible_ancestors"] = ancestors.into();
            }
            answer.insert(id.clone(), row);
        }
        Told::json(200, &answer.into())
    }

    pub(super) fn bulk_get(&self, asked: &Asked) -> Told {
        if !self.manner.has_bulk_get {
            return Told::error(404, "not_found", "missing");
        }
        let Some(question) = asked.json() else {
            return Told::error(400, "bad_request", "invalid UTF-8 JSON");
        };
        let results: Vec<Value> = question["docs"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|item| {
                let id = item["id"].as_str().unwrap_or_default();
                let rev = item["rev"].as_str().unwrap_or_default();
                let found = Revision::parse(rev).ok().and_then(|rev| self.hand_over(id, &rev, asked));
                let document = found.map_or_else(
                    || json!({ "error": { "id": id, "rev": rev, "error": "not_found", "reason": "missing" } }),
                    |document| json!({ "ok": document }),
                );
                json!({ "id": id, "docs": [document] })
            })
            .collect();
        Told::json(200, &json!({ "results": results }))
    }

    /// A document with as much beside it as the request asked for.
    pub(super) fn hand_over(&self, id: &str, revision: &Revision, asked: &Asked) -> Option<Value> {
        let document = self.database()?.documents.get(id)?;
        let content = document.content(revision)?;
        let history = if asked.flag("revs") {
            document.path(revision)
        } else {
            Vec::new()
        };
        let encoding = asked
            .flag("att_encoding_info")
            .then_some(self.manner.compresses);
        Some(document_json(id, revision, content, &history, encoding))
    }

    pub(super) fn open_revisions(&self, id: &str, asked: &Asked) -> Told {
        let Some(document) = self
            .database()
            .and_then(|database| database.documents.get(id))
        else {
            return Told::error(404, "not_found", "missing");
        };
        let leaves: Vec<Value> = document
            .leaves()
            .into_iter()
            .filter_map(|(revision, _)| self.hand_over(id, revision, asked))
            .map(|document| json!({ "ok": document }))
            .collect();
        Told::json(200, &leaves.into())
    }

    pub(super) fn attachment(&self, id: &str, name: &str, asked: &Asked) -> Told {
        let document = self
            .database()
            .and_then(|database| database.documents.get(id));
        let content = document.and_then(|document| match asked.query.get("rev") {
            Some(rev) => document.content(&Revision::parse(rev).ok()?),
            None => document.winner().map(|(_, content)| content),
        });
        let stored = content.and_then(|content| {
            content
                .attachments
                .iter()
                .find(|stored| stored.name == name)
        });
        match stored {
            None => Told::error(404, "not_found", "Document is missing attachment"),
            Some(stored) => Told {
                status: 200,
                headers: vec![("content-type", stored.content_type.clone())],
                body: stored.bytes.clone(),
                leave_alone: None,
            },
        }
    }

    pub(super) fn bulk_docs(&mut self, asked: &Asked) -> Told {
        let Some(mut question) = asked.json() else {
            return Told::error(400, "bad_request", "invalid UTF-8 JSON");
        };
        let Value::Array(documents) = question["docs"].take() else {
            let reason = "POST body must include `docs` parameter.";
            return Told::error(400, "bad_request", reason);
        };
        self.offered += documents.len() as u64;
        // One that is wrong takes all of them along; nothing is written then.
        let mut ready = Vec::with_capacity(documents.len());
        for document in documents {
            match self.prepare(document, &mut std::iter::empty()) {
                Ok(document) => ready.push(document),
                Err(told) => return *told,
            }
        }
        for (id, path, content) in ready {
            self.write(&id, &path, content);
        }
        Told::json(201, &json!([]))
    }

    pub(super) fn put_document(&mut self, id: &str, asked: &Asked) -> Told {
        self.offered += 1;
        let content_type = asked
            .headers
            .get("content-type")
            .cloned()
            .unwrap_or_default();
        let (document, parts) = if content_type.starts_with("multipart/related") {
            match multipart(&content_type, &asked.body) {
                Some((document, parts)) => (document, parts),
                None => return Told::error(400, "bad_request", "Missing boundary or part"),
            }
        } else {
            (asked.body.clone(), Vec::new())
        };
        let Ok(document) = serde_json::from_slice(&document) else {
            return Told::error(400, "bad_request", "invalid UTF-8 JSON");
        };
        match self.prepare(document, &mut parts.into_iter()) {
            Ok((named, ..)) if named != id => {
                Told::error(400, "bad_request", "Document id must match")
            }
            Ok((id, path, content)) => {
                self.write(&id, &path, content);
                Told::json(
                    201,
                    &json!({ "ok": true, "id": id, "rev": path[0].to_string() }),
                )
            }
            Err(told) => *told,
        }
    }

    fn prepare(
        &self,
        document: Value,
        parts: &mut impl Iterator<Item = Bytes>,
    ) -> Result<(String, Vec<Revision>, Content), Refused> {
        let sent = read_sent(document)?;
        let document = self
            .database()
            .and_then(|database| database.documents.get(&sent.id));
        let attachments = attachments(document, &sent, parts)?;
        Ok((
            sent.id,
            sent.path,
            Content {
                deleted: sent.deleted,
                body: sent.body,
                attachments,
            },
        ))
    }

    /// Writes and tells those who wait.
    pub fn write(&mut self, id: &str, path: &[Revision], content: Content) {
        let limit = self.manner.revs_limit;
        let changed = self
            .database
            .as_mut()
            .is_some_and(|database| database.write(id, path, content, limit));
        if changed {
            self.announce();
        }
    }

    pub fn winner(&self, id: &str) -> Option<(Revision, Arc<Content>)> {
        let (revision, content) = self.database()?.documents.get(id)?.winner()?;
        Some((revision.clone(), Arc::clone(content)))
    }
}

/// The parts of a multipart body: the document, and the attachments in their order.
fn multipart(content_type: &str, body: &Bytes) -> Option<(Bytes, Vec<Bytes>)> {
    let boundary = content_type
        .split_once("boundary=\"")?
        .1
        .split('"')
        .next()?;
    let delimiter = format!("--{boundary}");
    let mut parts = Vec::new();
    let mut at = find(body, delimiter.as_bytes(), 0)? + delimiter.len();
    while !body[at..].starts_with(b"--") {
        let start = find(body, b"\r\n\r\n", at)? + 4;
        let heads: BTreeMap<String, String> = String::from_utf8_lossy(&body[at..start])
            .lines()
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        let delimiter = format!("\r\n{delimiter}");
        let end = match heads
            .get("content-length")
            .and_then(|length| length.parse::<usize>().ok())
        {
            Some(length) => start.checked_add(length).filter(|end| {
                body.get(*end..)
                    .is_some_and(|rest| rest.starts_with(delimiter.as_bytes()))
            })?,
            None => find(body, delimiter.as_bytes(), start)?,
        };
        parts.push(body.slice(start..end));
        at = end + delimiter.len();
    }
    let mut parts = parts.into_iter();
    Some((parts.next()?, parts.collect()))
}

fn find(body: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    body.get(from..)?
        .windows(needle.len())
        .position(|window| window == needle)
        .map(|at| from + at)
}
