//! Items that Sheaf wrote: whether they continue what was seen, fork it or fall behind it, and what another client changed in
//! them since.

use sheaf_model::{Attachment, Body, Kind, Revision};
use sheaf_protocol::{Item, Micros};
use sheaf_sync::IncomingRevision;

use super::{
    Answer, Context, Document, Finding, inside,
    revisions::{bury, child},
};
use crate::{
    mapping::{self, Content},
    marker::{self, Marker},
    seen::{Role, Seen},
    suspicion::Suspicion,
};

impl Context<'_> {
    pub(super) fn ours(
        &self,
        item: &Item,
        content: &Content,
        marker: Marker,
        hash: String,
    ) -> Answer {
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
                ending: false,
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
}

pub(super) fn read_leaf(item: &Item, content: &Content, marker: Marker, hash: String) -> Answer {
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
