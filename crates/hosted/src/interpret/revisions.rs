//! Revisions that every device makes alike from the same item.

use sheaf_model::{Attachment, Body, DocId, Revision, mint};
use sheaf_sync::IncomingRevision;

/// A revision that every device makes alike.
pub(super) fn child(
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
