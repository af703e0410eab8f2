//! Items that a client made or rewrote which knows nothing of Sheaf.

use sheaf_model::{Kind, mint};
use sheaf_protocol::{Item, Micros};
use sheaf_sync::IncomingRevision;

use super::{Answer, Context, Document, Finding, inside, refused, revisions::child};
use crate::{
    mapping::{self, Content},
    names::foreign_id,
    seen::{Role, Seen},
};

impl Context<'_> {
    /// Made or rewritten by a client that knows nothing of Sheaf.
    pub(super) fn foreign(&self, item: &Item, content: &Content, hash: String) -> Answer {
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
