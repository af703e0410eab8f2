//! What an item says, in terms of revisions. Pure: the item, what was seen of it before, and the
//! keys go in; what to take in, what to remember and what is wrong come out.

use std::collections::HashMap;

use serde_json::Value;
use sheaf_model::{Attachment, Body, DocId, Kind, Revision, mint};
use sheaf_protocol::{Item, Micros};
use sheaf_sync::IncomingRevision;

use crate::{
    keychain::{Closed, ITEMS_KEY, ItemsKey, Keychain},
    mapping::{self, Content},
    marker::{self, FileParts, Marker},
    names::{Account, foreign_id},
    seen::{Role, Seen},
    suspicion::Suspicion,
};

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

fn read_leaf(item: &Item, content: &Content, marker: Marker, hash: String) -> Answer {
    let kind = marker.id.kind();
    let seen = Seen {
        document: Some(marker.id.clone()),
        revision: Some(marker.rev.clone()),
        n: marker.n,
        hash,
        ..Seen::of(item, Role::Leaf)
    };
    let body = mapping::read(kind, &marker.body, content);
    let mut revisions = Vec::new();
    let original = IncomingRevision {
        id: marker.id.clone(),
        revision: marker.rev.clone(),
        ancestors: marker.anc.clone(),
        deleted: false,
        body,
        attachments: Vec::new(),
    };
    if marker::sum(content, false) == marker.sum {
        revisions.push(original);
    } else {
        let at = mapping::millis(Micros(seen.at));
        let body = mapping::read_edited(kind, &marker.body, content, at);
        revisions.push(child(&marker.id, &marker.rev, &marker.anc, body, &[]));
    }
    let document = Document {
        revisions,
        files: marker.files,
        seen,
        references: None,
        foreign_references: false,
        again: false,
    };
    (Finding::Document(Box::new(document)), None)
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
            mine: false,
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

    fn ours(&self, item: &Item, content: &Content, marker: Marker, hash: String) -> Answer {
        let kind = marker.id.kind();
        let before = self.seen.filter(|seen| seen.role == Role::Document);
        let is_tag = kind == Kind::Tag || kind == Kind::Notebook;
        // A state over an edit of another client may be an edit back to what Sheaf wrote.
        let over_foreign = before.filter(|before| before.foreign && before.n == marker.n);
        let edited = marker::sum(content, is_tag) != marker.sum || over_foreign.is_some();
        // Another client that lost a race saves its edit over whatever is there, with the marker of the
        // state it began from: that is a branch and no rollback.
        if let Some(before) = before
            && marker.n < before.n
            && !edited
        {
            let now = Seen::of(item, Role::Document);
            let seen = Seen {
                at: now.at,
                iso: now.iso,
                deleted: false,
                // Whatever is here has to be sent over it.
                state: String::new(),
                ..before.clone()
            };
            // Another client's list of notes over an older tag is put right and is no rollback.
            let is_theirs = is_tag
                && marker.refs.as_ref()
                    != Some(&references_hash(&mapping::note_references(content)));
            let suspicion = (!is_theirs).then(|| Suspicion::older(marker.id.to_string()));
            return (Finding::Older(marker.id, seen), suspicion);
        }
        let forked = before.is_some_and(|before| is_forked(before, &marker, edited));
        let metas: Vec<Attachment> = marker.files.iter().map(|file| file.meta.clone()).collect();
        let shown = if edited {
            let at = mapping::millis(Micros(Seen::of(item, Role::Document).at));
            let body = mapping::read_edited(kind, &marker.body, content, at);
            let mut line = vec![marker.rev.clone()];
            line.extend(marker.anc.iter().cloned());
            match over_foreign.and_then(|before| before.revision.as_ref()) {
                Some(parent) if *parent != marker.rev => {
                    child(&marker.id, parent, &line, body, &metas)
                }
                _ => child(&marker.id, &marker.rev, &marker.anc, body, &metas),
            }
        } else {
            IncomingRevision {
                id: marker.id.clone(),
                revision: marker.rev.clone(),
                ancestors: marker.anc.clone(),
                deleted: false,
                body: mapping::read(kind, &marker.body, content),
                attachments: Vec::new(),
            }
        };
        let references = is_tag.then(|| mapping::note_references(content));
        let foreign_references = references
            .as_ref()
            .is_some_and(|notes| marker.refs.as_ref() != Some(&references_hash(notes)));
        let seen = Seen {
            document: Some(marker.id.clone()),
            revision: Some(shown.revision.clone()),
            // Never less than was seen: what comes later is judged by it.
            n: before.map_or(marker.n, |before| before.n.max(marker.n)),
            hash,
            foreign: edited,
            state: state(&marker),
            leaves: marker.leaves.clone(),
            inside: inside(kind, &shown.body),
            ..Seen::of(item, Role::Document)
        };
        let mut revisions = Vec::with_capacity(1 + marker.gone.len());
        let left_out = before
            .filter(|before| !before.deleted)
            .and_then(|before| before.revision.as_ref())
            .filter(|before| {
                **before != shown.revision
                    && !marker.covers(before)
                    && !shown.ancestors.contains(before)
            });
        // A long line names only the last of its ancestors, and ours may be one before them. Edits of
        // other clients may have been seen in fewer steps elsewhere. Any other revision that is not
        // named is on another branch: it stays, or a server that shows two devices two histories
        // could have one of them thrown away.
        let was_foreign = before.is_some_and(|before| before.foreign && before.n <= marker.n);
        let again = match left_out {
            Some(revision) if was_foreign || is_beyond(revision, &marker) => {
                revisions.push(bury(&marker.id, revision));
                false
            }
            left_out => left_out.is_some(),
        };
        let suspicion =
            (forked || (again && !edited)).then(|| Suspicion::forked(marker.id.to_string()));
        for path in &marker.gone {
            if let Some((tombstone, ancestors)) = path.split_first() {
                revisions.push(IncomingRevision {
                    id: marker.id.clone(),
                    revision: tombstone.clone(),
                    ancestors: ancestors.to_vec(),
                    deleted: true,
                    body: Body::new(),
                    attachments: Vec::new(),
                });
            }
        }
        revisions.insert(0, shown);
        let document = Document {
            revisions,
            files: marker.files,
            seen,
            references,
            foreign_references,
            again,
        };
        (Finding::Document(Box::new(document)), suspicion)
    }

    /// Made or rewritten by a client that knows nothing of Sheaf.
    fn foreign(&self, item: &Item, content: &Content, hash: String) -> Answer {
        let before = self.seen.filter(|seen| seen.role == Role::Document);
        let known = before.and_then(|before| before.document.clone());
        let kind = match (known.as_ref(), item.content_type.as_deref()) {
            (Some(id), _) => id.kind(),
            (None, Some(mapping::NOTE)) => Kind::Note,
            (None, Some(mapping::TAG)) => Kind::Tag,
            _ => return refused("it says nothing about which document it is"),
        };
        let Some(id) = known.or_else(|| foreign_id(kind, &item.uuid)) else {
            return refused("its name is not one that items have");
        };
        let seen_now = Seen::of(item, Role::Document);
        let created = if item.created_at_timestamp.0 == 0 {
            Micros::from_iso(&item.created_at).unwrap_or_default()
        } else {
            item.created_at_timestamp
        };
        let body = mapping::read_foreign(
            kind,
            content,
            mapping::millis(created),
            mapping::millis(Micros(seen_now.at)),
        );
        let Some(body) = body else {
            return refused("its content is not what its type says");
        };
        let parent = before
            .filter(|before| !before.deleted)
            .and_then(|before| before.revision.clone());
        let shown = match &parent {
            Some(parent) => child(&id, parent, &[], body, &[]),
            None => IncomingRevision {
                id: id.clone(),
                revision: mint(None, false, &body, &[]),
                ancestors: Vec::new(),
                deleted: false,
                body,
                attachments: Vec::new(),
            },
        };
        let is_tag = kind == Kind::Tag || kind == Kind::Notebook;
        let document = Document {
            seen: Seen {
                document: Some(id),
                revision: Some(shown.revision.clone()),
                n: before.map_or(0, |before| before.n),
                hash,
                foreign: true,
                inside: inside(kind, &shown.body),
                ..seen_now
            },
            revisions: vec![shown],
            files: Vec::new(),
            references: is_tag.then(|| mapping::note_references(content)),
            foreign_references: is_tag,
            again: false,
        };
        (Finding::Document(Box::new(document)), None)
    }
}

/// Whether the chain of states has two ends: another state of the same number, or one that was not
/// written over the state seen here.
fn is_forked(before: &Seen, marker: &Marker, edited: bool) -> bool {
    if marker.n == before.n {
        return !edited
            && !before.foreign
            && !before.deleted
            && before.revision.as_ref() != Some(&marker.rev);
    }
    let continues = marker
        .prev
        .as_ref()
        .is_none_or(|prev| before.hash.is_empty() || *prev == before.hash);
    marker.n == before.n + 1 && !continues
}

/// Whether a revision may be an ancestor that is not named any more.
fn is_beyond(revision: &Revision, marker: &Marker) -> bool {
    let named = std::iter::once(&marker.rev).chain(&marker.anc);
    named
        .map(Revision::generation)
        .min()
        .is_some_and(|oldest| revision.generation() < oldest)
}

fn inside(kind: Kind, body: &Body) -> Vec<DocId> {
    if kind == Kind::Note {
        mapping::containers(body)
    } else {
        Vec::new()
    }
}

/// A revision that every device makes alike.
fn child(
    id: &DocId,
    parent: &Revision,
    above: &[Revision],
    body: Body,
    attachments: &[Attachment],
) -> IncomingRevision {
    let mut ancestors = vec![parent.clone()];
    ancestors.extend(above.iter().filter(|revision| *revision != parent).cloned());
    IncomingRevision {
        id: id.clone(),
        revision: mint(Some(parent), false, &body, attachments),
        ancestors,
        deleted: false,
        body,
        attachments: Vec::new(),
    }
}

/// The end of a branch, the same on every device.
pub(crate) fn bury(id: &DocId, revision: &Revision) -> IncomingRevision {
    IncomingRevision {
        id: id.clone(),
        revision: mint(Some(revision), true, &Body::new(), &[]),
        ancestors: vec![revision.clone()],
        deleted: true,
        body: Body::new(),
        attachments: Vec::new(),
    }
}

/// What an item says about a document's tree, as one word.
pub(crate) fn state(marker: &Marker) -> String {
    let mut leaves = marker.leaves.clone();
    leaves.sort();
    let mut gone: Vec<&Revision> = marker.gone.iter().filter_map(|path| path.first()).collect();
    gone.sort();
    let words = serde_json::json!([marker.rev, leaves, gone]);
    marker::canonical_hash(&words)
}

pub(crate) fn references_hash(notes: &[String]) -> String {
    let mut sorted: Vec<&String> = notes.iter().collect();
    sorted.sort();
    marker::canonical_hash(&serde_json::json!(sorted))
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
