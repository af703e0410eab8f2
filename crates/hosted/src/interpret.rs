//! What an item says, in terms of revisions. Pure: the item, what was seen of it before, and the
//! keys go in; what to take in, what to remember and what is wrong come out.

mod foreign;
mod ours;
mod revisions;

use std::collections::HashMap;

use serde_json::Value;
use sheaf_model::{Body, DocId, Kind};
use sheaf_protocol::Item;
use sheaf_sync::IncomingRevision;

use crate::{
    keychain::{Closed, ITEMS_KEY, ItemsKey, Keychain},
    mapping::{self, Content},
    marker::{self, FileParts, Marker},
    names::Account,
    seen::{Role, Seen},
    suspicion::Suspicion,
};

pub(crate) use ours::{references_hash, state};
pub(crate) use revisions::bury;

use ours::read_leaf;

/// An item, opened and understood.
pub(crate) struct Read {
    pub(crate) item: Item,
    pub(crate) finding: Finding,
    pub(crate) suspicion: Option<Suspicion>,
}

pub(crate) enum Finding {
    /// A document or the other side of its conflict.
    Document(Box<Document>),
    Deleted(Option<IncomingRevision>, Seen),
    Chunk {
        bytes: Vec<u8>,
        seen: Seen,
    },
    Key(ItemsKey, Seen),
    Manifest {
        content: Value,
        seen: Seen,
    },
    /// Of another application.
    Other(Seen),
    /// Not opened; `None`: opened, and not what it should be.
    Closed(Option<Closed>, String),
    /// An older state than was seen. What is here stays, and is sent again.
    Older(DocId, Seen),
}

pub(crate) struct Document {
    pub(crate) revisions: Vec<IncomingRevision>,
    /// Attachments of the first of them, whose bytes are in chunks.
    pub(crate) files: Vec<FileParts>,
    pub(crate) seen: Seen,
    /// The notes a tag names.
    pub(crate) references: Option<Vec<String>>,
    /// They were chosen by another client.
    pub(crate) foreign_references: bool,
    /// What is here is not part of this state: it is sent again.
    pub(crate) again: bool,
}

/// Reads one item. `renamed`: documents whose items have other names than usual.
pub(crate) fn read(
    account: &Account,
    renamed: &HashMap<DocId, String>,
    keys: &Keychain,
    item: Item,
    seen: Option<&Seen>,
) -> Read {
    let context = Context {
        account,
        renamed,
        seen,
    };
    let (finding, suspicion) = if item.deleted {
        context.deleted(&item)
    } else if context.is_retyped(&item) {
        context.retyped(&item, None)
    } else if item.content_type.as_deref() == Some(ITEMS_KEY) {
        match keys.open_items_key(&item) {
            Ok(key) => (Finding::Key(key, Seen::of(&item, Role::Key)), None),
            Err(closed) => (Finding::Closed(Some(closed), closed.words()), None),
        }
    } else {
        match keys.open(&item) {
            Ok(text) => context.opened(&item, &text),
            Err(closed) => (Finding::Closed(Some(closed), closed.words()), None),
        }
    };
    Read {
        item,
        finding,
        suspicion,
    }
}

struct Context<'a> {
    account: &'a Account,
    renamed: &'a HashMap<DocId, String>,
    seen: Option<&'a Seen>,
}

type Answer = (Finding, Option<Suspicion>);

fn refused(words: &str) -> Answer {
    (Finding::Closed(None, words.to_owned()), None)
}

impl Context<'_> {
    /// Only what is known here can be deleted; the item itself says nothing any more.
    fn deleted(&self, item: &Item) -> Answer {
        let Some(seen) = self.seen else {
            return (Finding::Deleted(None, Seen::of(item, Role::Other)), None);
        };
        let now = Seen::of(item, seen.role);
        let remembered = Seen {
            at: now.at,
            iso: now.iso,
            deleted: true,
            mine: seen.ending,
            ending: false,
            leaves: Vec::new(),
            inside: Vec::new(),
            state: String::new(),
            ..seen.clone()
        };
        let tombstone = match (&seen.document, &seen.revision, seen.role, seen.deleted) {
            (Some(id), Some(revision), Role::Document | Role::Leaf, false) => {
                Some(bury(id, revision))
            }
            _ => None,
        };
        (Finding::Deleted(tombstone, remembered), None)
    }

    fn opened(&self, item: &Item, text: &str) -> Answer {
        let Ok(content) = serde_json::from_str::<Content>(text) else {
            return refused("its content is not of the form every client writes");
        };
        let content_type = item.content_type.as_deref().unwrap_or_default();
        let marker = Marker::read(&content);
        // The type is not authenticated by the protocol; ours is.
        if let Some(marker) = &marker
            && marker.content_type != content_type
        {
            return self.retyped(item, Some(marker));
        }
        let hash = marker::hash(text.as_bytes());
        match content_type {
            mapping::CHUNK => match read_chunk(&content) {
                Some(bytes) => {
                    let seen = Seen {
                        hash,
                        ..Seen::of(item, Role::Chunk)
                    };
                    (Finding::Chunk { bytes, seen }, None)
                }
                None => refused("it is not a piece of an attachment"),
            },
            mapping::MANIFEST => {
                let seen = Seen::of(item, Role::Manifest);
                let content = Value::Object(content);
                (Finding::Manifest { content, seen }, None)
            }
            mapping::NOTE | mapping::TAG | mapping::FILE => match marker {
                Some(marker) if self.is_leaf_item(item, &marker) => {
                    read_leaf(item, &content, marker, hash)
                }
                Some(marker) if self.is_item_of(item, &marker) => {
                    self.ours(item, &content, marker, hash)
                }
                // A copy another client made of an item of ours carries our marker along.
                _ => self.foreign(item, &content, hash),
            },
            _ => (Finding::Other(Seen::of(item, Role::Other)), None),
        }
    }

    /// What was opened once as one type is never another.
    fn is_retyped(&self, item: &Item) -> bool {
        let opened = self.seen.filter(|seen| {
            seen.role != Role::Other && !seen.deleted && !seen.content_type.is_empty()
        });
        opened.is_some_and(|seen| item.content_type.as_ref() != Some(&seen.content_type))
    }

    fn retyped(&self, item: &Item, marker: Option<&Marker>) -> Answer {
        let words = "the server gives it another type than it was written with";
        (
            Finding::Closed(None, words.to_owned()),
            Some(Suspicion::retyped(self.document_of(item, marker))),
        )
    }

    fn document_of(&self, item: &Item, marker: Option<&Marker>) -> String {
        let known = self.seen.and_then(|seen| seen.document.clone());
        let id = known.or_else(|| marker.map(|marker| marker.id.clone()));
        id.map_or_else(|| item.uuid.clone(), |id| id.to_string())
    }

    fn is_item_of(&self, item: &Item, marker: &Marker) -> bool {
        !marker.leaf
            && mapping::content_type(marker.id.kind()) == marker.content_type
            && (self.account.item(&marker.id) == item.uuid
                || self.renamed.get(&marker.id) == Some(&item.uuid)
                || self.account.is_other_item(&marker.id, &item.uuid)
                || self
                    .seen
                    .is_some_and(|seen| seen.document.as_ref() == Some(&marker.id)))
    }

    fn is_leaf_item(&self, item: &Item, marker: &Marker) -> bool {
        marker.leaf && self.account.leaf(&marker.id, &marker.rev) == item.uuid
    }
}

fn inside(kind: Kind, body: &Body) -> Vec<DocId> {
    if kind == Kind::Note {
        mapping::containers(body)
    } else {
        Vec::new()
    }
}

fn read_chunk(content: &Content) -> Option<Vec<u8>> {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    STANDARD.decode(content.get("data")?.as_str()?).ok()
}

pub(crate) fn write_chunk(bytes: &[u8]) -> Content {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let mut content = Content::new();
    content.insert("references".into(), Value::Array(Vec::new()));
    content.insert("data".into(), STANDARD.encode(bytes).into());
    content
}
