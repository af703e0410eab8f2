//! Between the documents of the notes and the documents of the database: the same, or under the key of
//! a vault. Everything else of this crate speaks of plain documents and plain revisions; this is where
//! one becomes the other. Pure.

use std::{borrow::Cow, sync::Arc};

use sheaf_model::{Body, DocId, Revision};
use sheaf_sync::{OutgoingAttachment, OutgoingRevision};
use sheaf_vault::{Content, Head, OpenError, SealedAttachment, Vault, is_sealed, sealed_length};

use crate::document::{Fetched, Received, SealedStub, Stub, Unreadable, read_revision};

/// What the bytes of a closed attachment are called: nothing that a server would compress.
const CLOSED: &str = "application/octet-stream";

#[derive(Clone, Default)]
pub(crate) struct Wire {
    vault: Option<Arc<Vault>>,
}

/// A document as it is sent, but for its attachments' bytes.
pub(crate) struct Sent<'a> {
    pub(crate) revision: Cow<'a, Revision>,
    /// Parent first.
    pub(crate) ancestors: Cow<'a, [Revision]>,
    pub(crate) body: Cow<'a, Body>,
}

/// An attachment as the database sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) content_type: String,
    pub(crate) length: u64,
    pub(crate) revpos: u64,
}

impl Wire {
    pub(crate) fn in_vault(vault: Option<Arc<Vault>>) -> Self {
        Self { vault }
    }

    pub(crate) fn vault(&self) -> Option<&Arc<Vault>> {
        self.vault.as_ref()
    }

    /// A revision that the database names.
    pub(crate) fn read_revision(&self, id: &DocId, text: &str) -> Result<Revision, Unreadable> {
        let revision = read_revision(text)?;
        match &self.vault {
            None => Ok(revision),
            Some(vault) => vault.open_revision(id, &revision).ok_or(Unreadable::Plain),
        }
    }

    /// A revision as the database names it. `None`: it cannot be hidden, and does not travel.
    pub(crate) fn revision(&self, id: &DocId, revision: &Revision) -> Option<Revision> {
        match &self.vault {
            None => Some(revision.clone()),
            Some(vault) => vault.seal_revision(id, revision),
        }
    }

    /// For messages to the database about what came from there, which always can be named.
    pub(crate) fn name(&self, id: &DocId, revision: &Revision) -> String {
        self.revision(id, revision)
            .unwrap_or_else(|| revision.clone())
            .to_string()
    }

    pub(crate) fn open(&self, received: Received) -> Result<Fetched, Unreadable> {
        let Some(vault) = &self.vault else {
            if is_sealed(&received.body) {
                return Err(Unreadable::Sealed);
            }
            return Ok(Fetched {
                id: received.id,
                revision: received.revision,
                ancestors: received.ancestors,
                deleted: received.deleted,
                body: received.body,
                stubs: received.stubs,
            });
        };
        if received.deleted && received.body.is_empty() {
            return Err(Unreadable::PlainDeletion);
        }
        let head = Head {
            id: &received.id,
            revision: &received.revision,
            deleted: received.deleted,
        };
        let opened = vault
            .open_document(head, &received.body)
            .map_err(unreadable)?;
        let revision = vault
            .open_revision(&received.id, &received.revision)
            .ok_or(Unreadable::Plain)?;
        // The parent is covered by the document's tag, what comes before it is the server's word; a
        // history that contradicts the parent is not believed at all.
        let path = match (&opened.parent, received.ancestors.first()) {
            (Some(parent), Some(first)) if parent == first => received.ancestors,
            (Some(parent), _) => vec![parent.clone()],
            (None, _) => Vec::new(),
        };
        let ancestors = path
            .iter()
            .map_while(|ancestor| vault.open_revision(&received.id, ancestor))
            .collect();
        let stubs = if received.deleted {
            Vec::new()
        } else {
            described(
                vault,
                &received.id,
                opened.content.attachments,
                &received.stubs,
            )?
        };
        Ok(Fetched {
            id: received.id,
            revision,
            ancestors,
            deleted: received.deleted,
            body: opened.content.body,
            stubs,
        })
    }

    /// `None`: its revision cannot be hidden.
    pub(crate) fn seal<'a>(&self, outgoing: &'a OutgoingRevision) -> Option<Sent<'a>> {
        let id = &outgoing.id;
        let Some(vault) = &self.vault else {
            return Some(Sent {
                revision: Cow::Borrowed(&outgoing.revision),
                ancestors: Cow::Borrowed(&outgoing.ancestors),
                body: Cow::Borrowed(&outgoing.body),
            });
        };
        let revision = vault.seal_revision(id, &outgoing.revision)?;
        let ancestors: Vec<Revision> = outgoing
            .ancestors
            .iter()
            .map_while(|ancestor| vault.seal_revision(id, ancestor))
            .collect();
        let content = Content {
            body: outgoing.body.clone(),
            attachments: outgoing.attachments.iter().map(sealed_attachment).collect(),
        };
        let head = Head {
            id,
            revision: &revision,
            deleted: outgoing.deleted,
        };
        let body = vault.seal_document(head, ancestors.first(), &content);
        Some(Sent {
            revision: Cow::Owned(revision),
            ancestors: Cow::Owned(ancestors),
            body: Cow::Owned(body),
        })
    }

    pub(crate) fn part(&self, id: &DocId, attachment: &OutgoingAttachment) -> Part {
        let meta = &attachment.meta;
        match &self.vault {
            None => Part {
                name: meta.name.clone(),
                content_type: meta.content_type.clone(),
                length: meta.length,
                revpos: meta.revpos,
            },
            Some(vault) => Part {
                name: vault.attachment_name(id, &meta.name),
                content_type: CLOSED.to_owned(),
                length: sealed_length(meta.length),
                revpos: meta.revpos,
            },
        }
    }
}

fn sealed_attachment(attachment: &OutgoingAttachment) -> SealedAttachment {
    let meta = &attachment.meta;
    SealedAttachment {
        name: meta.name.clone(),
        content_type: meta.content_type.clone(),
        length: meta.length,
        md5: meta.md5.clone(),
        sha256: attachment.blob.0.clone(),
        revpos: meta.revpos,
    }
}

/// The attachments as the document describes them, each with what lies beside it in the database.
fn described(
    vault: &Vault,
    id: &DocId,
    attachments: Vec<SealedAttachment>,
    stubs: &[Stub],
) -> Result<Vec<Stub>, Unreadable> {
    attachments
        .into_iter()
        .map(|attachment| {
            let name = vault.attachment_name(id, &attachment.name);
            let length = sealed_length(attachment.length);
            if !stubs
                .iter()
                .any(|stub| stub.name == name && stub.length == length)
            {
                return Err(Unreadable::Attachment);
            }
            Ok(Stub {
                name: attachment.name,
                content_type: attachment.content_type,
                length: attachment.length,
                md5: Some(attachment.md5),
                revpos: attachment.revpos,
                sealed: Some(SealedStub {
                    name,
                    length,
                    sha256: attachment.sha256,
                }),
            })
        })
        .collect()
}

fn unreadable(error: OpenError) -> Unreadable {
    match error {
        OpenError::Plain => Unreadable::Plain,
        OpenError::Newer => Unreadable::NewerSeal,
        OpenError::OtherVault => Unreadable::OtherVault,
        OpenError::Malformed | OpenError::Authentication => Unreadable::Tampered,
    }
}

#[cfg(test)]
mod tests {
    use sheaf_model::Attachment;
    use sheaf_sync::BlobId;

    use super::*;
    use crate::document;

    struct Counting(u8);

    impl sheaf_crypto::Random for Counting {
        fn fill(&mut self, bytes: &mut [u8]) {
            for byte in bytes {
                self.0 = self.0.wrapping_add(1);
                *byte = self.0;
            }
        }
    }

    fn wire(seed: u8) -> Wire {
        Wire::in_vault(Some(Arc::new(Vault::create(&mut Counting(seed)))))
    }

    fn rev(text: &str) -> Revision {
        Revision::parse(text).unwrap()
    }

    fn outgoing() -> OutgoingRevision {
        let meta = Attachment {
            name: "index".into(),
            content_type: "image/png".into(),
            length: 5,
            md5: "5d41402abc4b2a76b9719d911017c592".into(),
            revpos: 2,
        };
        OutgoingRevision {
            id: DocId::parse("file:a").unwrap(),
            revision: rev("3-917fa2381192822767f010b95b45325b"),
            ancestors: vec![
                rev("2-7d793037a0760186574b0282f2f435e7"),
                rev("1-5d41402abc4b2a76b9719d911017c592"),
            ],
            deleted: false,
            body: serde_json::from_str(r#"{"name":"cat.png","z":1,"a":2}"#).unwrap(),
            attachments: vec![OutgoingAttachment {
                meta,
                blob: BlobId("2cf2".into()),
            }],
        }
    }

    fn text(wire: &Wire, outgoing: &OutgoingRevision) -> String {
        let mut out = Vec::new();
        document::write(&mut out, wire, outgoing, &|_| document::Mention::Stub).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_one_device_closes_another_opens_and_a_stranger_cannot_read() {
        let sent = outgoing();
        let text = text(&wire(1), &sent);
        for secret in [
            "cat.png", "image", "917fa238", "7d793037", "5d41402a", "2cf2", "index",
        ] {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
        let back = document::read(&wire(1), &text).unwrap();
        assert_eq!((back.id, back.revision), (sent.id, sent.revision));
        assert_eq!((back.ancestors, back.body), (sent.ancestors, sent.body));
        assert_eq!(back.stubs[0].name, "index");
        assert_eq!(back.stubs[0].content_type, "image/png");
        assert_eq!(
            document::read(&wire(9), &text).unwrap_err(),
            Unreadable::OtherVault
        );
        assert_eq!(
            document::read(&Wire::default(), &text).unwrap_err(),
            Unreadable::Sealed
        );
    }

    #[test]
    fn a_plain_document_is_not_taken_in_and_neither_is_a_deletion_by_somebody_without_the_key() {
        let plain = r#"{"_id":"note:a","_rev":"1-5d41402abc4b2a76b9719d911017c592","body":"x"}"#;
        assert_eq!(
            document::read(&wire(1), plain).unwrap_err(),
            Unreadable::Plain
        );
        let deletion =
            r#"{"_id":"note:a","_rev":"2-5d41402abc4b2a76b9719d911017c592","_deleted":true}"#;
        assert_eq!(
            document::read(&wire(1), deletion).unwrap_err(),
            Unreadable::PlainDeletion
        );
    }

    #[test]
    fn a_history_that_contradicts_the_parent_is_not_believed() {
        let wire = wire(1);
        let text = text(&wire, &outgoing());
        let mut value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let grandparent = value["_revisions"]["ids"][2].clone();
        value["_revisions"]["ids"][1] = grandparent;
        let back = document::read(&wire, &value.to_string()).unwrap();
        assert_eq!(back.ancestors, [rev("2-7d793037a0760186574b0282f2f435e7")]);
    }

    #[test]
    fn attachments_that_are_not_those_of_the_document_are_noticed_before_a_byte_is_fetched() {
        let wire = wire(1);
        let text = text(&wire, &outgoing());
        let mut value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let stubs = value["_attachments"].as_object_mut().unwrap();
        stubs.values_mut().next().unwrap()["length"] = 7.into();
        assert_eq!(
            document::read(&wire, &value.to_string()).unwrap_err(),
            Unreadable::Attachment
        );
    }
}
