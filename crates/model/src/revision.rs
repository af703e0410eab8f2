//! Revision ids: `generation-hash`, and how ours are computed.

use std::{cmp::Ordering, fmt};

use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};

use crate::{Attachment, Body};

/// A CouchDB revision id such as `3-917fa2381192822767f010b95b45325b`.
///
/// Ours always carry 32 lower-case hexadecimal digits: CouchDB keeps those as 16 raw bytes and
/// sorts bytes, PouchDB sorts strings, and only for this form do the two agree on the winner.
/// What another client wrote is kept as it is (CouchDB lower-cases 32-digit hashes, so do we).
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Revision {
    generation: u64,
    hash: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a revision id: expected a positive number, a hyphen and a hash")]
pub struct RevisionError;

impl Revision {
    pub fn new(generation: u64, hash: &str) -> Result<Self, RevisionError> {
        let plausible = hash
            .bytes()
            .all(|b| b.is_ascii_graphic() && b != b'"' && b != b',');
        if generation == 0 || hash.is_empty() || hash.len() > 128 || !plausible {
            return Err(RevisionError);
        }
        let is_md5 = hash.len() == 32 && hash.bytes().all(|b| b.is_ascii_hexdigit());
        let hash = if is_md5 {
            hash.to_ascii_lowercase()
        } else {
            hash.to_owned()
        };
        Ok(Self { generation, hash })
    }

    pub fn parse(text: &str) -> Result<Self, RevisionError> {
        let (generation, hash) = text.split_once('-').ok_or(RevisionError)?;
        if generation.starts_with(['+', '0']) {
            return Err(RevisionError);
        }
        Self::new(generation.parse().map_err(|_| RevisionError)?, hash)
    }

    pub fn generation(&self) -> u64 {
        self.generation
    }

    pub fn hash(&self) -> &str {
        &self.hash
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.generation, self.hash)
    }
}

impl fmt::Debug for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<String> for Revision {
    type Error = RevisionError;

    fn try_from(text: String) -> Result<Self, RevisionError> {
        Self::parse(&text)
    }
}

impl From<Revision> for String {
    fn from(revision: Revision) -> Self {
        revision.to_string()
    }
}

/// By generation as a number, then by hash as bytes.
impl Ord for Revision {
    fn cmp(&self, other: &Self) -> Ordering {
        self.generation
            .cmp(&other.generation)
            .then_with(|| self.hash.as_bytes().cmp(other.hash.as_bytes()))
    }
}

impl PartialOrd for Revision {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// CouchDB's rule for the winner among leaves given as `(deleted, revision)`: a live leaf beats a
/// deleted one, then the higher generation, then the higher hash. `Greater` wins.
pub fn winner_order(a: (bool, &Revision), b: (bool, &Revision)) -> Ordering {
    b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1))
}

/// The revision that follows `parent` with this content: design.md section 3.
///
/// md5 over the RFC 8785 form of
/// `{"attachments": {name: md5 of the raw bytes}, "body": …, "deleted": …, "parent": "…" | null}`.
/// Deterministic, so that two devices which merge the same leaves write the same revision and no
/// ping-pong of new conflicts starts.
pub fn mint(
    parent: Option<&Revision>,
    deleted: bool,
    body: &Body,
    attachments: &[Attachment],
) -> Revision {
    let digests: Body = attachments
        .iter()
        .map(|a| (a.name.clone(), serde_json::Value::String(a.md5.clone())))
        .collect();
    let content = serde_json::json!({
        "attachments": digests,
        "body": body,
        "deleted": deleted,
        "parent": parent.map(ToString::to_string),
    });
    let canonical = serde_json_canonicalizer::to_vec(&content).expect(
        "a serde_json value holds no NaN and no non-string key, so it has an RFC 8785 form",
    );
    let digest = Md5::digest(&canonical);
    let hash = format!("{digest:x}");
    let generation = parent.map_or(1, |parent| parent.generation.saturating_add(1));
    Revision { generation, hash }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rev(text: &str) -> Revision {
        Revision::parse(text).unwrap()
    }

    #[test]
    fn generations_are_compared_as_numbers() {
        assert!(rev("10-a") > rev("9-f"));
        assert!(rev("2-b") > rev("2-a"));
    }

    #[test]
    fn a_live_leaf_beats_a_longer_deleted_one() {
        let (live, dead) = (rev("2-a"), rev("9-f"));
        assert_eq!(
            winner_order((false, &live), (true, &dead)),
            Ordering::Greater
        );
    }

    #[test]
    fn what_is_not_a_revision_is_refused() {
        for text in [
            "", "1", "0-a", "-a", "1-", "x-a", "01-a", "+1-a", "1-a b", "1-a\"", "1-é",
        ] {
            assert!(Revision::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn upper_case_hashes_of_32_digits_are_folded_as_couchdb_folds_them() {
        let upper = rev("1-967A00DFF5E02ADD41819138ABB3284D");
        assert_eq!(upper.hash(), "967a00dff5e02add41819138abb3284d");
        assert_eq!(rev("1-ABC").hash(), "ABC");
    }

    #[test]
    fn the_hash_depends_on_content_and_not_on_key_order() {
        let parse = |text: &str| serde_json::from_str::<Body>(text).unwrap();
        let a = mint(None, false, &parse(r#"{"title":"a","n":1}"#), &[]);
        let b = mint(None, false, &parse(r#"{"n":1.0,"title":"a"}"#), &[]);
        let c = mint(None, false, &parse(r#"{"n":2,"title":"a"}"#), &[]);
        assert_eq!(a, b);
        assert_ne!(a, c);
        assert_ne!(
            mint(Some(&a), false, &Body::new(), &[]),
            mint(Some(&c), false, &Body::new(), &[])
        );
    }

    /// The value itself is pinned: were it to change, two versions of Sheaf in one database would
    /// write different revisions for the same merge.
    #[test]
    fn the_hash_of_a_known_document_never_changes() {
        let body: Body =
            serde_json::from_str(r#"{"title":"Sheaf","tags":[],"createdAt":0}"#).unwrap();
        assert_eq!(mint(None, false, &body, &[]).to_string(), PINNED);
    }
    const PINNED: &str = "1-247a6a064690044f8631af65a59daff2";
}
