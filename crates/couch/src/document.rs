//! A document on the wire: CouchDB's `_` fields and the body they surround. Pure.
//!
//! What cannot be read is refused with a reason that names no content.

use std::io::Write as _;

use serde::Deserialize;
use serde_json::{Value, json};
use sheaf_model::{Body, DocId, IdError, Revision};
use sheaf_sync::{
    OutgoingAttachment, OutgoingRevision,
    mutant::{Mutant, planted},
};

use crate::wire::{Part, Wire};

/// Why a plain document is held back from an encrypted database.
pub const NOT_ENCRYPTED: &str =
    "it is not encrypted, unlike the rest of this database: another app wrote it there";
/// More ids than the default `_revs_limit` are of no use to anybody.
const MAX_ANCESTORS: usize = 1000;

/// A document as the database hands it over, closed or not.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Received {
    pub(crate) id: DocId,
    pub(crate) revision: Revision,
    /// Parent first.
    pub(crate) ancestors: Vec<Revision>,
    pub(crate) deleted: bool,
    pub(crate) body: Body,
    pub(crate) stubs: Vec<Stub>,
}

/// A document that can be taken in, its attachments still at the remote.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fetched {
    pub(crate) id: DocId,
    pub(crate) revision: Revision,
    /// Parent first.
    pub(crate) ancestors: Vec<Revision>,
    pub(crate) deleted: bool,
    pub(crate) body: Body,
    pub(crate) stubs: Vec<Stub>,
}

/// What the remote says about an attachment it keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stub {
    pub(crate) name: String,
    pub(crate) content_type: String,
    /// Of the content, uncompressed.
    pub(crate) length: u64,
    /// Lower-case hexadecimal, and only when it is known to be of the raw bytes: for compressed
    /// ones the digest is that of the compressed stream.
    pub(crate) md5: Option<String>,
    pub(crate) revpos: u64,
    /// How it lies in the database, where that is encrypted.
    pub(crate) sealed: Option<SealedStub>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SealedStub {
    pub(crate) name: String,
    pub(crate) length: u64,
    /// Of the file itself.
    pub(crate) sha256: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unreadable {
    /// Another application's.
    #[error("not a document of the shared data model")]
    Foreign,
    #[error("{0}")]
    Id(IdError),
    #[error("it is not readable JSON: nested too deeply, or malformed")]
    Json,
    #[error("its revision id is malformed")]
    Revision,
    #[error("the description of its attachment is malformed")]
    Attachment,
    #[error("it is too large to be taken in")]
    Oversized,
    #[error("the server lists it but does not hand it over")]
    Withheld,
    /// The document that holds the closed key. Not for the notes.
    #[error("it holds the key of an encrypted database")]
    Lock,
    /// Encrypted, and this computer has no key at all.
    #[error("it is encrypted")]
    Sealed,
    #[error("{NOT_ENCRYPTED}")]
    Plain,
    #[error("it was deleted in the database by something that does not have the key")]
    PlainDeletion,
    #[error("it is encrypted with another key than the rest of this database")]
    OtherVault,
    #[error("it was encrypted by a newer version of Sheaf")]
    NewerSeal,
    #[error("it was changed in the database by something that does not have the key")]
    Tampered,
}

pub(crate) fn read_id(text: &str) -> Result<DocId, Unreadable> {
    if text == sheaf_vault::VAULT_DOCUMENT {
        return Err(Unreadable::Lock);
    }
    DocId::parse(text).map_err(|error| match error {
        IdError::UnknownPrefix => Unreadable::Foreign,
        other => Unreadable::Id(other),
    })
}

pub(crate) fn read_revision(text: &str) -> Result<Revision, Unreadable> {
    Revision::parse(text).map_err(|_| Unreadable::Revision)
}

/// Takes a JSON text apart. `serde_json` refuses nesting beyond 128 levels by itself.
pub(crate) fn read(wire: &Wire, text: &str) -> Result<Fetched, Unreadable> {
    let object: Body = serde_json::from_str(text).map_err(|_| Unreadable::Json)?;
    wire.open(read_object(object)?)
}

fn read_object(mut object: Body) -> Result<Received, Unreadable> {
    // `remove` would disturb the order of the fields that stay.
    let mut take = |key: &str| object.shift_remove(key);
    let id = read_id(
        take("_id")
            .as_ref()
            .and_then(Value::as_str)
            .ok_or(Unreadable::Json)?,
    )?;
    let revision = read_revision(
        take("_rev")
            .as_ref()
            .and_then(Value::as_str)
            .ok_or(Unreadable::Revision)?,
    )?;
    let deleted = take("_deleted") == Some(Value::Bool(true));
    let ancestors = take("_revisions").map_or_else(Vec::new, |value| ancestors(value, &revision));
    let stubs = match take("_attachments") {
        Some(Value::Object(stubs)) => stubs.into_iter().map(read_stub).collect::<Result<_, _>>()?,
        Some(_) => return Err(Unreadable::Attachment),
        None => Vec::new(),
    };
    object.retain(|key, _| !key.starts_with('_'));
    Ok(Received {
        id,
        revision,
        ancestors,
        deleted,
        body: object,
        stubs,
    })
}

#[derive(Deserialize)]
struct Revisions {
    start: u64,
    ids: Vec<String>,
}

/// A history that does not begin with the document's own revision is worth nothing and left out.
fn ancestors(value: Value, revision: &Revision) -> Vec<Revision> {
    let Ok(Revisions { start, ids }) = serde_json::from_value(value) else {
        return Vec::new();
    };
    let mut path = (0..)
        .zip(&ids)
        .map_while(|(back, hash)| Revision::new(start.checked_sub(back)?, hash).ok());
    if path.next().as_ref() != Some(revision) {
        return Vec::new();
    }
    path.take(MAX_ANCESTORS).collect()
}

fn read_stub((name, value): (String, Value)) -> Result<Stub, Unreadable> {
    #[derive(Deserialize)]
    struct Wire {
        content_type: Option<String>,
        length: u64,
        digest: Option<String>,
        encoding: Option<String>,
        revpos: Option<u64>,
    }
    let wire: Wire = serde_json::from_value(value).map_err(|_| Unreadable::Attachment)?;
    if name.is_empty() || name.chars().any(char::is_control) {
        return Err(Unreadable::Attachment);
    }
    Ok(Stub {
        name,
        content_type: wire
            .content_type
            .unwrap_or_else(|| "application/octet-stream".to_owned()),
        length: wire.length,
        md5: if wire.encoding.is_some() {
            None
        } else {
            wire.digest.and_then(|text| md5(&text))
        },
        revpos: wire.revpos.unwrap_or(1),
        sealed: None,
    })
}

/// `md5-` and 16 bytes in base64, as hexadecimal.
fn md5(digest: &str) -> Option<String> {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let bytes = STANDARD.decode(digest.strip_prefix("md5-")?).ok()?;
    (bytes.len() == 16).then(|| hex(&bytes))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// How an attachment is mentioned in the JSON of a document that is sent.
pub(crate) enum Mention {
    /// Its bytes follow as a part of the request.
    Follows,
    /// The remote has it from an ancestor.
    Stub,
}

/// An attachment as it is sent: whose bytes, as what, and how it is mentioned.
pub(crate) struct Mentioned<'a> {
    pub(crate) attachment: &'a OutgoingAttachment,
    pub(crate) part: Part,
    pub(crate) how: Mention,
}

/// Appends the JSON of `outgoing` to `out`. Answers its attachments in the order in which they are
/// mentioned, which is the order their bytes must follow in; `None` and nothing appended when the
/// document cannot travel.
pub(crate) fn write<'a>(
    out: &mut Vec<u8>,
    wire: &Wire,
    outgoing: &'a OutgoingRevision,
    mention: &dyn Fn(&OutgoingAttachment) -> Mention,
) -> Option<Vec<Mentioned<'a>>> {
    let sent = wire.seal(outgoing)?;
    let attachments: Vec<Mentioned<'a>> = outgoing
        .attachments
        .iter()
        .map(|attachment| Mentioned {
            attachment,
            part: wire.part(&outgoing.id, attachment),
            how: mention(attachment),
        })
        .collect();
    let ids: Vec<&str> = std::iter::once(sent.revision.as_ref())
        .chain(sent.ancestors.iter())
        .take(if planted(Mutant::NoAncestorsSent) {
            1
        } else {
            usize::MAX
        })
        .map(Revision::hash)
        .collect();
    let mut head = json!({
        "_id": outgoing.id.as_str(),
        "_rev": sent.revision.to_string(),
        "_revisions": { "start": sent.revision.generation(), "ids": ids },
    });
    if outgoing.deleted {
        head["_deleted"] = Value::Bool(true);
    }
    if !attachments.is_empty() {
        let mentions: Body = attachments
            .iter()
            .map(|mentioned| (mentioned.part.name.clone(), describe(mentioned)))
            .collect();
        head["_attachments"] = Value::Object(mentions);
    }
    // Two objects written as one.
    write_json(out, &head);
    if !sent.body.is_empty() {
        out.pop();
        let joint = out.len();
        write_json(out, sent.body.as_ref());
        out[joint] = b',';
    }
    Some(attachments)
}

fn describe(mentioned: &Mentioned<'_>) -> Value {
    let part = &mentioned.part;
    let how = match mentioned.how {
        Mention::Follows => "follows",
        Mention::Stub => "stub",
    };
    // Without a digest: CouchDB's would be of the bytes as it stores them, maybe compressed, and a
    // wrong one crashes its request.
    json!({
        "content_type": part.content_type,
        "revpos": part.revpos,
        "length": part.length,
        how: true,
    })
}

fn write_json(out: &mut Vec<u8>, value: &impl serde::Serialize) {
    let mark = out.len();
    if serde_json::to_writer(&mut *out, value).is_err() {
        // Writing a JSON value to memory has no failure; `{}` keeps even that case well-formed.
        out.truncate(mark);
        let _ = out.write_all(b"{}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Result<Fetched, Unreadable> {
        read(&Wire::default(), text)
    }

    fn rev(text: &str) -> Revision {
        Revision::parse(text).unwrap()
    }

    #[test]
    fn couchdbs_own_fields_are_taken_out_and_the_order_of_the_rest_stays() {
        let text = r#"{"_id":"note:a","_rev":"3-c","z":1,"_revisions":{"start":3,"ids":["c","b","a"]},"a":2,"_conflicts":["2-x"],"m":{"_x":1}}"#;
        let fetched = plain(text).unwrap();
        assert_eq!(fetched.ancestors, [rev("2-b"), rev("1-a")]);
        assert!(!fetched.deleted);
        assert_eq!(
            serde_json::to_string(&fetched.body).unwrap(),
            r#"{"z":1,"a":2,"m":{"_x":1}}"#
        );
    }

    #[test]
    fn a_history_that_contradicts_the_revision_is_left_out() {
        for revisions in [
            r#"{"start":4,"ids":["c","b"]}"#,
            r#"{"start":3,"ids":["x","b"]}"#,
            r#"{"start":-1,"ids":[]}"#,
            r#""3-c""#,
            r#"{"start":3,"ids":7}"#,
        ] {
            let text = format!(r#"{{"_id":"note:a","_rev":"3-c","_revisions":{revisions}}}"#);
            assert_eq!(plain(&text).unwrap().ancestors, [], "{revisions}");
        }
    }

    #[test]
    fn a_history_longer_than_its_generation_ends_at_generation_one() {
        let text =
            r#"{"_id":"note:a","_rev":"2-b","_revisions":{"start":2,"ids":["b","a","z","y"]}}"#;
        assert_eq!(plain(text).unwrap().ancestors, [rev("1-a")]);
    }

    #[test]
    fn what_cannot_be_taken_in_says_why() {
        let deep = format!(
            r#"{{"_id":"note:a","_rev":"1-a","x":{}{}}}"#,
            "[".repeat(500),
            "]".repeat(500)
        );
        for (text, reason) in [
            (
                r#"{"_id":"_design/mobile","_rev":"1-a"}"#,
                Unreadable::Foreign,
            ),
            (r#"{"_id":"sheaf-vault","_rev":"1-a"}"#, Unreadable::Lock),
            (
                r#"{"_id":"note:a","_rev":"1-a","sheafSealed":{}}"#,
                Unreadable::Sealed,
            ),
            (r#"{"_id":"other","_rev":"1-a"}"#, Unreadable::Foreign),
            (
                r#"{"_id":"note:","_rev":"1-a"}"#,
                Unreadable::Id(IdError::Length),
            ),
            (r#"{"_id":7,"_rev":"1-a"}"#, Unreadable::Json),
            (r#"{"_id":"note:a","_rev":"zero"}"#, Unreadable::Revision),
            (r#"{"_id":"note:a"}"#, Unreadable::Revision),
            (r#"["note:a"]"#, Unreadable::Json),
            (
                r#"{"_id":"note:a","_rev":"1-a","t":"\ud800"}"#,
                Unreadable::Json,
            ),
            (
                r#"{"_id":"note:a","_rev":"1-a","_attachments":[]}"#,
                Unreadable::Attachment,
            ),
            (
                r#"{"_id":"file:a","_rev":"1-a","_attachments":{"index":{"length":-1}}}"#,
                Unreadable::Attachment,
            ),
            (deep.as_str(), Unreadable::Json),
        ] {
            assert_eq!(
                plain(text).unwrap_err(),
                reason,
                "{}",
                &text[..text.len().min(60)]
            );
        }
    }

    #[test]
    fn the_digest_of_a_compressed_attachment_is_not_believed() {
        let read_with = |extra: &str| {
            let text = format!(
                r#"{{"_id":"file:a","_rev":"1-a","_attachments":{{"index":{{"content_type":"text/plain","length":5,"revpos":1,"stub":true,"digest":"md5-XUFAKrxLKna5cZ2REBfFkg=="{extra}}}}}}}"#
            );
            plain(&text).unwrap().stubs.remove(0).md5
        };
        assert_eq!(
            read_with("").as_deref(),
            Some("5d41402abc4b2a76b9719d911017c592")
        );
        assert_eq!(read_with(r#","encoding":"gzip","encoded_length":9"#), None);
    }

    #[test]
    fn what_is_written_is_read_back_the_same() {
        let body: Body = serde_json::from_str(r#"{"title":"Sheaf","n":1.0,"x":[]}"#).unwrap();
        for (body, deleted) in [(body, false), (Body::new(), true)] {
            let sent = OutgoingRevision {
                id: DocId::parse("note:a").unwrap(),
                revision: rev("3-c"),
                ancestors: vec![rev("2-b"), rev("1-a")],
                deleted,
                body,
                attachments: vec![],
            };
            let mut out = Vec::new();
            write(&mut out, &Wire::default(), &sent, &|_| Mention::Stub).unwrap();
            let back = plain(std::str::from_utf8(&out).unwrap()).unwrap();
            assert_eq!((back.id, back.revision), (sent.id, sent.revision));
            assert_eq!(
                (back.ancestors, back.deleted, back.body),
                (sent.ancestors, deleted, sent.body)
            );
        }
    }
}
