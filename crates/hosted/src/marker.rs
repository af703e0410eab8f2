//! What Sheaf writes into an item beside what every client reads: `appData["org.sheaf"]`. It is
//! inside the encryption, so what stands here is authenticated, which the item's own fields are
//! not: which document this is, of what type, which revision with which ancestors, and a chain of
//! counter and hash that shows an older state for what it is.
//!
//! Other clients carry the field along unread. An edit of theirs is known by the sum, which then
//! no longer fits what it is about.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use sheaf_model::{Attachment, Body, DocId, Revision};

/// Our domain in `appData`.
pub(crate) const DOMAIN: &str = "org.sheaf";
/// The domain in which all clients of the protocol keep pins and times.
pub(crate) const SHARED_DOMAIN: &str = "org.standardnotes.sn";
const VERSION: u32 = 1;
/// Ancestors sent along: enough to join a branch that was left long ago.
const ANCESTORS: usize = 30;
const TOMBSTONES: usize = 12;
const SHORT_HASH: usize = 16;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Marker {
    pub(crate) v: u32,
    pub(crate) id: DocId,
    /// The item's `content_type`.
    #[serde(rename = "type")]
    pub(crate) content_type: String,
    pub(crate) rev: Revision,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) anc: Vec<Revision>,
    /// Grows by one with every state written; by two over an edit of another client.
    pub(crate) n: u64,
    /// Hash of the content this state was written over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) prev: Option<String>,
    /// Over everything of the content that other clients may change.
    #[serde(default)]
    pub(crate) sum: String,
    /// Over the references of a tag or folder, which follow from the notes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) refs: Option<String>,
    /// The document, without what stands in the content itself.
    pub(crate) body: Body,
    /// Other live leaves; each has an item of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) leaves: Vec<Revision>,
    /// Branches that ended, each with its nearest ancestors.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) gone: Vec<Vec<Revision>>,
    /// This item is the other side of a conflict.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) leaf: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) files: Vec<FileParts>,
    /// Nothing, to hide the size.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) pad: String,
}

/// An attachment and the items its bytes are in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct FileParts {
    pub(crate) meta: Attachment,
    /// Hexadecimal SHA-256 of the bytes.
    pub(crate) sha256: String,
    pub(crate) chunks: Vec<String>,
}

impl Marker {
    pub(crate) fn new(
        id: &DocId,
        content_type: &str,
        rev: &Revision,
        ancestors: &[Revision],
        body: Body,
    ) -> Self {
        Self {
            v: VERSION,
            id: id.clone(),
            content_type: content_type.to_owned(),
            rev: rev.clone(),
            anc: ancestors.iter().take(ANCESTORS).cloned().collect(),
            n: 1,
            prev: None,
            sum: String::new(),
            refs: None,
            body,
            leaves: Vec::new(),
            gone: Vec::new(),
            leaf: false,
            files: Vec::new(),
            pad: String::new(),
        }
    }

    /// Keeps the newest of many.
    pub(crate) fn bury(&mut self, mut gone: Vec<Vec<Revision>>) {
        gone.sort_by(|a, b| b.first().cmp(&a.first()));
        gone.truncate(TOMBSTONES);
        for path in &mut gone {
            path.truncate(4);
        }
        self.gone = gone;
    }

    /// `None`: written by another client, or by a version of Sheaf this one does not know.
    pub(crate) fn read(content: &Map<String, Value>) -> Option<Self> {
        let marker = content.get("appData")?.get(DOMAIN)?;
        let marker: Self = serde_json::from_value(marker.clone()).ok()?;
        (marker.v == VERSION).then_some(marker)
    }

    /// Every revision this state names.
    pub(crate) fn covers(&self, revision: &Revision) -> bool {
        self.rev == *revision
            || self.anc.contains(revision)
            || self.leaves.contains(revision)
            || self.gone.iter().flatten().any(|gone| gone == revision)
    }
}

/// Short hash of a text, as the chain names states.
pub(crate) fn hash(text: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(text)[..SHORT_HASH])
}

/// Over what other clients may change, whatever order they write it in. Their note of when they
/// did is left out: one that saves without a change has changed nothing.
pub(crate) fn sum(content: &Map<String, Value>, without_references: bool) -> String {
    let mut plain = content.clone();
    plain.shift_remove("preview_plain");
    plain.shift_remove("preview_html");
    if without_references {
        plain.shift_remove("references");
    }
    if let Some(Value::Object(domains)) = plain.get_mut("appData") {
        domains.shift_remove(DOMAIN);
        if let Some(Value::Object(shared)) = domains.get_mut(SHARED_DOMAIN) {
            shared.shift_remove("client_updated_at");
        }
        // Our own field may be all there is in it.
        if domains.is_empty() {
            plain.shift_remove("appData");
        }
    }
    canonical_hash(&Value::Object(plain))
}

pub(crate) fn canonical_hash(value: &Value) -> String {
    match serde_json_canonicalizer::to_vec(value) {
        Ok(bytes) => hash(&bytes),
        Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn content(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(map) => map,
            _ => panic!("not an object"),
        }
    }

    /// A tag has nothing in `appData` until our own field is put there: the sum over a tag as it was
    /// written and as it arrived differed, and every device took its own tags for edited by others.
    #[test]
    fn our_own_field_is_not_seen_by_the_sum() {
        let bare = content(json!({"title": "a", "references": []}));
        let marked =
            content(json!({"title": "a", "references": [], "appData": {DOMAIN: {"n": 1}}}));
        assert_eq!(sum(&bare, true), sum(&marked, true));
    }

    #[test]
    fn the_sum_sees_what_others_change_and_nothing_else() {
        let ours = content(json!({"title": "a", "text": "b", "references": [],
            "appData": {DOMAIN: {"n": 1}, SHARED_DOMAIN: {"pinned": false, "client_updated_at": "x"}}}));
        let again = content(
            json!({"text": "b", "title": "a", "references": [], "preview_plain": "b",
            "appData": {SHARED_DOMAIN: {"client_updated_at": "y", "pinned": false}}}),
        );
        assert_eq!(sum(&ours, false), sum(&again, false));
        for (key, value) in [
            ("text", json!("c")),
            ("trashed", json!(true)),
            ("references", json!([1])),
        ] {
            let mut edited = ours.clone();
            edited.insert(key.into(), value);
            assert_ne!(sum(&ours, false), sum(&edited, false), "{key}");
            assert_eq!(
                sum(&ours, true) == sum(&edited, true),
                key == "references",
                "{key}"
            );
        }
    }
}
