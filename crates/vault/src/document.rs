//! A document as it lies in the database: its id and revision, which `CouchDB` needs, and one field
//! with everything else.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sheaf_model::{Body, DocId, Revision};
use zeroize::Zeroizing;

use crate::{
    OpenError, Vault,
    key::{mac, put},
};

/// The one field.
const FIELD: &str = "sheafSealed";
const FORMAT: u64 = 1;
const CONTEXT: &[u8] = b"sheaf document 1";
const NONCE: usize = 24;

/// What the tag covers besides the text, all of it as it stands in the database.
#[derive(Debug, Clone, Copy)]
pub struct Head<'a> {
    pub id: &'a DocId,
    pub revision: &'a Revision,
    pub deleted: bool,
}

/// What nobody without the key sees.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Content {
    pub body: Body,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<SealedAttachment>,
}

/// An attachment as the document knows it. What lies beside the document is only covered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SealedAttachment {
    pub name: String,
    pub content_type: String,
    /// Of the bytes themselves.
    pub length: u64,
    /// Of the bytes themselves, lower-case hexadecimal.
    pub md5: String,
    pub sha256: String,
    pub revpos: u64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Opened {
    /// As it stands in the database. `None`: whoever wrote this did not know it.
    pub parent: Option<Revision>,
    pub content: Content,
}

#[derive(Serialize, Deserialize)]
struct Wire {
    format: u64,
    vault: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parent: Option<String>,
    text: String,
}

/// Whether a document of a database is of this form, whatever its vault.
pub fn is_sealed(body: &Body) -> bool {
    body.contains_key(FIELD)
}

impl Vault {
    /// The fields of the document in the database.
    pub fn seal_document(
        &self,
        head: Head<'_>,
        parent: Option<&Revision>,
        content: &Content,
    ) -> Body {
        let plain = Zeroizing::new(
            serde_json::to_vec(content)
                .expect("a JSON object and a few strings have no form that cannot be written"),
        );
        let covered = self.covered(head, parent);
        let nonce = mac(&self.document_nonce, &[&covered, &plain]);
        let nonce = &nonce[..NONCE];
        let payload = Payload {
            msg: &plain,
            aad: &covered,
        };
        let closed = XChaCha20Poly1305::new(self.document.reveal().into())
            .encrypt(XNonce::from_slice(nonce), payload)
            .expect("only a message beyond 256 GiB cannot be encrypted");
        let wire = Wire {
            format: FORMAT,
            vault: self.id().to_string(),
            parent: parent.map(ToString::to_string),
            text: STANDARD.encode([nonce, &closed].concat()),
        };
        let wire = serde_json::to_value(wire).expect("three strings and a number");
        Body::from_iter([(FIELD.to_owned(), wire)])
    }

    /// Opens the fields of a document of the database.
    pub fn open_document(&self, head: Head<'_>, fields: &Body) -> Result<Opened, OpenError> {
        let value = fields.get(FIELD).ok_or(OpenError::Plain)?;
        match value.get("format").and_then(Value::as_u64) {
            Some(FORMAT) => {}
            Some(1..) => return Err(OpenError::Newer),
            _ => return Err(OpenError::Malformed),
        }
        let wire = Wire::deserialize(value).map_err(|_| OpenError::Malformed)?;
        if wire.vault != self.id().to_string() {
            return Err(OpenError::OtherVault);
        }
        let parent = wire.parent.as_deref().map(Revision::parse).transpose();
        let parent = parent.map_err(|_| OpenError::Malformed)?;
        let bytes = STANDARD
            .decode(&wire.text)
            .map_err(|_| OpenError::Malformed)?;
        let (nonce, closed) = bytes.split_at_checked(NONCE).ok_or(OpenError::Malformed)?;
        let payload = Payload {
            msg: closed,
            aad: &self.covered(head, parent.as_ref()),
        };
        let plain = XChaCha20Poly1305::new(self.document.reveal().into())
            .decrypt(XNonce::from_slice(nonce), payload)
            .map(Zeroizing::new)
            .map_err(|_| OpenError::Authentication)?;
        // Whoever has the key wrote this; it may still be a version that writes more.
        let content = serde_json::from_slice(&plain).map_err(|_| OpenError::Malformed)?;
        Ok(Opened { parent, content })
    }

    fn covered(&self, head: Head<'_>, parent: Option<&Revision>) -> Vec<u8> {
        let parent = parent.map(ToString::to_string).unwrap_or_default();
        let mut out = Vec::with_capacity(256);
        put(&mut out, CONTEXT);
        put(&mut out, self.id().bytes());
        put(&mut out, head.id.as_str().as_bytes());
        put(&mut out, head.revision.to_string().as_bytes());
        put(&mut out, parent.as_bytes());
        out.push(u8::from(head.deleted));
        out
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::vectors::vault;

    fn id(text: &str) -> DocId {
        DocId::parse(text).unwrap()
    }

    fn rev(text: &str) -> Revision {
        Revision::parse(text).unwrap()
    }

    fn content(text: &str) -> Content {
        Content {
            body: serde_json::from_value(serde_json::json!({"title": "Straw", "body": text}))
                .unwrap(),
            attachments: Vec::new(),
        }
    }

    fn seal(text: &str) -> Body {
        let (id, revision) = (id("note:a"), rev("2-b"));
        let head = Head {
            id: &id,
            revision: &revision,
            deleted: false,
        };
        vault(1).seal_document(head, Some(&rev("1-a")), &content(text))
    }

    fn open(
        vault: &Vault,
        id: &str,
        revision: &str,
        deleted: bool,
        fields: &Body,
    ) -> Result<Opened, OpenError> {
        let (id, revision) = (self::id(id), rev(revision));
        let head = Head {
            id: &id,
            revision: &revision,
            deleted,
        };
        vault.open_document(head, fields)
    }

    #[test]
    fn a_document_comes_back_with_its_parent_and_the_order_of_its_fields() {
        let fields = seal("secret words");
        assert!(is_sealed(&fields));
        let text = serde_json::to_string(&fields).unwrap();
        assert!(!text.contains("secret") && !text.contains("Straw"));
        let opened = open(&vault(1), "note:a", "2-b", false, &fields).unwrap();
        assert_eq!(opened.parent, Some(rev("1-a")));
        assert_eq!(opened.content, content("secret words"));
    }

    /// Two devices that merge the same leaves write the same bytes, not only the same revision.
    #[test]
    fn the_same_revision_is_the_same_bytes_from_every_device() {
        assert_eq!(seal("x"), seal("x"));
    }

    /// Two texts of one revision (a collision, or a number written in two ways) would give away
    /// both, were the nonce made of the revision alone.
    #[test]
    fn two_texts_under_one_revision_never_share_a_nonce() {
        let nonce = |fields: &Body| fields[FIELD]["text"].as_str().unwrap()[..32].to_owned();
        assert_ne!(nonce(&seal("x")), nonce(&seal("y")));
    }

    #[test]
    fn whatever_is_swapped_by_the_server_is_noticed() {
        let fields = seal("x");
        let authentication = Err(OpenError::Authentication);
        assert_eq!(
            open(&vault(1), "note:b", "2-b", false, &fields),
            authentication
        );
        assert_eq!(
            open(&vault(1), "note:a", "2-c", false, &fields),
            authentication
        );
        // The older text, served as if it were the newer revision.
        assert_eq!(
            open(&vault(1), "note:a", "3-b", false, &fields),
            authentication
        );
        assert_eq!(
            open(&vault(1), "note:a", "2-b", true, &fields),
            authentication
        );
        for parent in [serde_json::json!("1-b"), Value::Null] {
            let mut other = fields.clone();
            other[FIELD]["parent"] = parent;
            assert_eq!(
                open(&vault(1), "note:a", "2-b", false, &other),
                authentication
            );
        }
    }

    #[test]
    fn another_vaults_document_a_plain_one_and_a_newer_one_each_say_what_they_are() {
        let fields = seal("x");
        assert_eq!(
            open(&vault(2), "note:a", "2-b", false, &fields),
            Err(OpenError::OtherVault)
        );
        let mut claimed = fields.clone();
        claimed[FIELD]["vault"] = vault(2).id().to_string().into();
        assert_eq!(
            open(&vault(2), "note:a", "2-b", false, &claimed),
            Err(OpenError::Authentication)
        );
        let plain = content("x").body;
        assert!(!is_sealed(&plain));
        assert_eq!(
            open(&vault(1), "note:a", "2-b", false, &plain),
            Err(OpenError::Plain)
        );
        let mut newer = fields.clone();
        newer[FIELD]["format"] = 2.into();
        assert_eq!(
            open(&vault(1), "note:a", "2-b", false, &newer),
            Err(OpenError::Newer)
        );
        for broken in [
            Value::Null,
            7.into(),
            "x".into(),
            serde_json::json!({"format": 1}),
        ] {
            let fields = Body::from_iter([(FIELD.to_owned(), broken)]);
            assert_eq!(
                open(&vault(1), "note:a", "2-b", false, &fields),
                Err(OpenError::Malformed)
            );
        }
    }

    #[test]
    fn a_changed_or_missing_byte_anywhere_is_noticed() {
        let fields = seal("some words");
        let bytes = STANDARD
            .decode(fields[FIELD]["text"].as_str().unwrap())
            .unwrap();
        let with = |bytes: &[u8]| {
            let mut fields = fields.clone();
            fields[FIELD]["text"] = STANDARD.encode(bytes).into();
            open(&vault(1), "note:a", "2-b", false, &fields)
        };
        assert!(with(&bytes).is_ok());
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            assert_eq!(with(&changed), Err(OpenError::Authentication), "{place}");
            assert!(with(&bytes[..place]).is_err(), "{place}");
        }
    }

    proptest! {
        #[test]
        fn no_field_of_a_server_makes_it_panic(text in "[A-Za-z0-9+/=]{0,80}", parent in ".{0,12}") {
            let wire = serde_json::json!({
                "format": 1, "vault": vault(1).id().to_string(), "parent": parent, "text": text,
            });
            let fields = Body::from_iter([(FIELD.to_owned(), wire)]);
            prop_assert!(open(&vault(1), "note:a", "2-b", false, &fields).is_err());
        }
    }
}
