//! What is remembered of each item: the state the server was last seen to hold.

use serde::{Deserialize, Serialize};
use sheaf_model::{DocId, Revision};
use sheaf_protocol::{Item, Micros};
use sheaf_sync::Record;

/// Records of items begin so, followed by the item's name.
pub(crate) const ITEM: &str = "i:";
/// Items keys as the server has them: encrypted under the root.
pub(crate) const KEY: &str = "k:";
/// Items that could not be opened, as they came.
pub(crate) const CLOSED: &str = "q:";
/// The notes a tag or folder named when it was last seen.
pub(crate) const REFERENCES: &str = "t:";
/// Tags and folders whose references no longer follow from the notes.
pub(crate) const STALE: &str = "stale:";
/// Documents whose item has another name than usual.
pub(crate) const RENAMED: &str = "d:";
/// What was found wrong with the server, until the person has seen it.
pub(crate) const SUSPICION: &str = "w:";
/// How far the manifest of this device is.
pub(crate) const MANIFEST: &str = "m:";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) enum Role {
    #[serde(rename = "d")]
    Document,
    /// The other side of a conflict.
    #[serde(rename = "l")]
    Leaf,
    #[serde(rename = "c")]
    Chunk,
    #[serde(rename = "k")]
    Key,
    #[serde(rename = "m")]
    Manifest,
    /// Of a type Sheaf does not know, or closed: left alone.
    #[default]
    #[serde(rename = "o")]
    Other,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Seen {
    #[serde(rename = "k")]
    pub(crate) role: Role,
    /// The server's time of the state, in microseconds; what a save is made on.
    #[serde(rename = "t")]
    pub(crate) at: i64,
    /// The same as text, for servers that know no other form.
    #[serde(rename = "u", default, skip_serializing_if = "String::is_empty")]
    pub(crate) iso: String,
    #[serde(rename = "ct", default, skip_serializing_if = "String::is_empty")]
    pub(crate) content_type: String,
    #[serde(rename = "x", default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) deleted: bool,
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub(crate) document: Option<DocId>,
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub(crate) revision: Option<Revision>,
    /// The chain's counter and the hash of the content.
    #[serde(default)]
    pub(crate) n: u64,
    #[serde(rename = "h", default, skip_serializing_if = "String::is_empty")]
    pub(crate) hash: String,
    /// Edited by another client since Sheaf wrote it.
    #[serde(rename = "f", default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) foreign: bool,
    /// The server's state cannot be opened here (yet), so nothing is written over it.
    #[serde(rename = "q", default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) closed: bool,
    /// Hash over revision, leaves and ended branches: what is on the server need not be sent.
    #[serde(rename = "s", default, skip_serializing_if = "String::is_empty")]
    pub(crate) state: String,
    /// Other live leaves that have items.
    #[serde(rename = "l", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) leaves: Vec<Revision>,
    /// Tags and folder of a note, as documents.
    #[serde(rename = "i", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) inside: Vec<DocId>,
    /// Written or deleted by this device.
    #[serde(rename = "m", default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) mine: bool,
    /// This device is about to have this state deleted, or has asked for it and heard no answer. Any
    /// other state ends that.
    #[serde(rename = "e", default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) ending: bool,
    /// Where the bytes of a chunk are.
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    pub(crate) blob: Option<String>,
}

impl Seen {
    /// Nothing but the state's time and type.
    pub(crate) fn of(item: &Item, role: Role) -> Self {
        let exact = item.updated_at_timestamp.0;
        let at = if exact == 0 {
            Micros::from_iso(&item.updated_at).map_or(0, |at| at.0)
        } else {
            exact
        };
        Self {
            role,
            at,
            iso: if exact == 0 {
                item.updated_at.clone()
            } else {
                String::new()
            },
            content_type: item.content_type.clone().unwrap_or_default(),
            deleted: item.deleted,
            ..Self::default()
        }
    }

    /// The same state of the same item.
    pub(crate) fn is_same_state(&self, item: &Item) -> bool {
        let now = Self::of(item, self.role);
        (self.at, &self.iso, self.deleted) == (now.at, &now.iso, now.deleted)
    }

    pub(crate) fn record(&self, uuid: &str) -> Record {
        record(ITEM, uuid, self)
    }

    pub(crate) fn parse(record: &Record) -> Option<Self> {
        parse(record)
    }
}

pub(crate) fn record(prefix: &str, name: &str, value: &impl Serialize) -> Record {
    Record {
        key: format!("{prefix}{name}"),
        value: serde_json::to_string(value).ok(),
    }
}

pub(crate) fn forget(prefix: &str, name: &str) -> Record {
    Record::forget(format!("{prefix}{name}"))
}

pub(crate) fn parse<T: serde::de::DeserializeOwned>(record: &Record) -> Option<T> {
    serde_json::from_str(record.value.as_deref()?).ok()
}

/// What a record is about.
pub(crate) fn name<'a>(record: &'a Record, prefix: &str) -> &'a str {
    record.key.strip_prefix(prefix).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(updated_at: &str, exact: i64) -> Item {
        serde_json::from_value(serde_json::json!({
            "uuid": "u", "content_type": "Note", "created_at": updated_at,
            "updated_at": updated_at, "updated_at_timestamp": exact,
        }))
        .unwrap()
    }

    #[test]
    fn a_state_is_known_by_its_time_in_either_form() {
        let exact = item("2021-05-31T20:51:50.383000Z", 5);
        let seen = Seen::of(&exact, Role::Document);
        assert_eq!((seen.at, seen.iso.as_str()), (5, ""));
        assert!(seen.is_same_state(&exact));
        let older = item("2021-05-31T20:51:50.383000Z", 0);
        let seen = Seen::of(&older, Role::Document);
        assert_eq!(seen.at, 1_622_494_310_383_000);
        assert!(seen.is_same_state(&older));
        assert!(!seen.is_same_state(&exact));
    }

    #[test]
    fn what_was_remembered_is_read_again() {
        let mut seen = Seen::of(&item("1970-01-01T00:00:00.000Z", 7), Role::Leaf);
        seen.document = DocId::parse("note:a").ok();
        seen.revision = Revision::parse("2-abc").ok();
        assert_eq!(Seen::parse(&seen.record("u")), Some(seen));
    }
}
