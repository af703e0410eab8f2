//! The byte format, pinned: what one version writes, every later one reads.

use serde_json::{Value, json};
use sheaf_crypto::{Key, Password, Random};
use sheaf_model::{DocId, Revision};

use crate::{AttachmentId, Content, Head, Lock, RecoveryCode, SealedAttachment, Vault, VaultId};

const VECTORS: &str = include_str!("../tests/vectors/vault.json");

pub(crate) struct Counting(pub(crate) u8);

impl Random for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_add(1);
            *byte = self.0;
        }
    }
}

/// A vault whose id and key are known.
pub(crate) fn vault(number: u8) -> Vault {
    let id = VaultId::parse(&format!("{number:02x}").repeat(16)).unwrap();
    Vault::new(id, Key::new([number; 32]))
}

fn id(text: &str) -> DocId {
    DocId::parse(text).unwrap()
}

fn rev(text: &str) -> Revision {
    Revision::parse(text).unwrap()
}

/// What this version writes.
fn written() -> Value {
    let vault = vault(1);
    let (note, file) = (id("note:bQ4nVtR1xK7c"), id("file:aB3dE5gH7jK9"));
    let (first, second) = (
        rev("1-5d41402abc4b2a76b9719d911017c592"),
        rev("2-7d793037a0760186574b0282f2f435e7"),
    );
    let sealed = |id: &DocId, revision: &Revision| vault.seal_revision(id, revision).unwrap();
    let document = |revision: &Revision, parent: Option<&Revision>, deleted, content: &Content| {
        let revision = sealed(&note, revision);
        let parent = parent.map(|parent| sealed(&note, parent));
        let head = Head {
            id: &note,
            revision: &revision,
            deleted,
        };
        Value::Object(vault.seal_document(head, parent.as_ref(), content))
    };
    let content = Content {
        body: serde_json::from_value(json!({"title": "Straw", "body": "Ink — 墨", "tags": []}))
            .unwrap(),
        attachments: vec![SealedAttachment {
            name: "index".into(),
            content_type: "image/png".into(),
            length: 5,
            md5: "5d41402abc4b2a76b9719d911017c592".into(),
            sha256: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824".into(),
            revpos: 2,
        }],
    };
    let attachment = AttachmentId {
        document: &file,
        length: 5,
        sha256: &content.attachments[0].sha256,
    };
    let piece = vault.attachment(attachment).seal(0, b"hello");
    let lock = Lock::close(
        &vault,
        &Password::new("straw and ink".into()),
        &mut Counting(0),
    );
    json!({
        "vault": vault.id().to_string(),
        "key": *vault.reveal_hex(),
        "passphrase": "straw and ink",
        "lock": lock.unwrap().fields(),
        "recoveryCode": RecoveryCode::of(&vault).reveal(),
        "revisions": {
            first.to_string(): sealed(&note, &first),
            second.to_string(): sealed(&note, &second),
            "1-odd": sealed(&note, &rev("1-odd")),
        },
        "document": document(&second, Some(&first), false, &content),
        "tombstone": document(&first, None, true, &Content::default()),
        "attachmentName": vault.attachment_name(&file, "index"),
        "attachment": piece.iter().map(|byte| format!("{byte:02x}")).collect::<String>(),
    })
}

#[test]
fn what_is_written_is_what_was_written_from_the_beginning() {
    let pinned: Value = serde_json::from_str(VECTORS).unwrap();
    let written = written();
    for (name, value) in pinned.as_object().unwrap() {
        assert_eq!(&written[name], value, "{name}; all of it:\n{written:#}");
    }
    assert_eq!(
        pinned.as_object().unwrap().len(),
        written.as_object().unwrap().len()
    );
}

#[test]
fn what_was_written_from_the_beginning_opens() {
    let pinned: Value = serde_json::from_str(VECTORS).unwrap();
    let lock = Lock::read(pinned["lock"].as_object().unwrap()).unwrap();
    let vault = lock.open(&Password::new("straw and ink".into())).unwrap();
    let note = id("note:bQ4nVtR1xK7c");
    let revision = rev(pinned["revisions"]["2-7d793037a0760186574b0282f2f435e7"]
        .as_str()
        .unwrap());
    let head = Head {
        id: &note,
        revision: &revision,
        deleted: false,
    };
    let opened = vault
        .open_document(head, pinned["document"].as_object().unwrap())
        .unwrap();
    assert_eq!(opened.content.body["body"], "Ink — 墨");
    assert_eq!(
        vault.open_revision(&note, &revision).unwrap().to_string(),
        "2-7d793037a0760186574b0282f2f435e7"
    );
    let code = RecoveryCode::parse(pinned["recoveryCode"].as_str().unwrap()).unwrap();
    assert_eq!(lock.open_with_code(&code).unwrap().id(), vault.id());
}
