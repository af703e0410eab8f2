//! The sync call: what is sent, and what an answer holds. Each item of an answer is read for
//! itself, so that a broken one spoils nothing but itself.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json, value::RawValue};
use sheaf_net::Method;
use sheaf_protocol::{ConflictKind, Item};
use sheaf_sync::{Environment, Seq};

use crate::{Dialect, HostedError, Replication, Vault, service::API};

/// Items of a page that is asked for. The published server takes at most 300.
pub(crate) const PAGE: usize = 300;

/// A place in the account's history, in the server's own words.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Position {
    #[serde(default)]
    pub(crate) token: Option<String>,
    /// Inside an answer of several pages.
    #[serde(default)]
    pub(crate) cursor: Option<String>,
}

impl Position {
    pub(crate) fn of(seq: Option<&Seq>) -> Self {
        seq.and_then(|seq| serde_json::from_value(seq.0.clone()).ok())
            .unwrap_or_default()
    }

    pub(crate) fn to_seq(&self) -> Seq {
        Seq(serde_json::to_value(self).unwrap_or_default())
    }

    pub(crate) fn is_beginning(&self) -> bool {
        *self == Self::default()
    }
}

/// An answer.
pub(crate) struct Page {
    pub(crate) retrieved: Vec<Item>,
    pub(crate) saved: Vec<Item>,
    /// The server's states of items that were not saved because somebody else was first.
    pub(crate) conflicts: Vec<Item>,
    /// Names of items that cannot be saved.
    pub(crate) refused: Vec<(String, ConflictKind)>,
    /// Items that are no items.
    pub(crate) unreadable: u32,
    pub(crate) next: Position,
    pub(crate) has_more: bool,
}

#[derive(Deserialize)]
struct Wire {
    #[serde(default)]
    retrieved_items: Vec<Box<RawValue>>,
    #[serde(default)]
    saved_items: Vec<Box<RawValue>>,
    #[serde(default)]
    conflicts: Option<Vec<Box<RawValue>>>,
    #[serde(default)]
    unsaved: Option<Vec<Box<RawValue>>>,
    sync_token: String,
    #[serde(default)]
    cursor_token: Option<String>,
}

#[derive(Deserialize)]
struct ConflictWire {
    #[serde(rename = "type", default)]
    kind: Option<ConflictKind>,
    #[serde(default)]
    server_item: Option<Box<RawValue>>,
    #[serde(default)]
    unsaved_item: Option<Value>,
}

/// The form of the 2016 protocol, which some servers answer whatever is asked.
#[derive(Deserialize)]
struct UnsavedWire {
    item: Box<RawValue>,
    #[serde(default)]
    error: Value,
}

impl<E: Environment, V: Vault> Replication<E, V> {
    /// Is the session still accepted? Asks for one item and takes in nothing.
    pub async fn knock(&self) -> Result<(), HostedError> {
        let path = match self.credentials().dialect {
            Dialect::Current => "v1/items",
            Dialect::Older => "items/sync",
        };
        let body = json!({ "items": [], "limit": 1, "api": API });
        let answer: Result<Value, _> = self
            .ask("POST items", Method::POST, path, Some(&body))
            .await;
        answer.map(drop)
    }

    pub(crate) async fn sync(
        &self,
        items: &[Value],
        position: &Position,
    ) -> Result<Page, HostedError> {
        let path = match self.credentials().dialect {
            Dialect::Current => "v1/items",
            Dialect::Older => "items/sync",
        };
        let body = json!({
            "items": items,
            "sync_token": position.token,
            "cursor_token": position.cursor,
            "limit": PAGE,
            "api": API,
        });
        let wire: Wire = self
            .ask("POST items", Method::POST, path, Some(&body))
            .await?;
        Ok(read(wire))
    }
}

fn read(wire: Wire) -> Page {
    let mut unreadable = 0;
    let mut items = |raw: Vec<Box<RawValue>>| -> Vec<Item> {
        raw.iter()
            .filter_map(|raw| {
                let item = serde_json::from_str(raw.get()).ok();
                unreadable += u32::from(item.is_none());
                item
            })
            .collect()
    };
    let retrieved = items(wire.retrieved_items);
    let saved = items(wire.saved_items);
    let mut contested = Vec::new();
    let mut refused = Vec::new();
    for raw in wire.conflicts.into_iter().flatten() {
        let Ok(conflict) = serde_json::from_str::<ConflictWire>(raw.get()) else {
            continue;
        };
        let name = conflict
            .unsaved_item
            .as_ref()
            .and_then(|item| item.get("uuid")?.as_str().map(str::to_owned));
        match (conflict.server_item, conflict.kind, name) {
            (Some(item), _, _) => contested.push(item),
            (None, Some(kind), Some(name)) => refused.push((name, kind)),
            (None, _, _) => {}
        }
    }
    for raw in wire.unsaved.into_iter().flatten() {
        let Ok(unsaved) = serde_json::from_str::<UnsavedWire>(raw.get()) else {
            continue;
        };
        if unsaved.error.get("tag").and_then(Value::as_str) == Some("uuid_conflict") {
            if let Ok(item) = serde_json::from_str::<Item>(unsaved.item.get()) {
                refused.push((item.uuid, ConflictKind::UuidConflict));
            }
        } else {
            contested.push(unsaved.item);
        }
    }
    let conflicts = items(contested);
    let cursor = wire.cursor_token.filter(|cursor| !cursor.is_empty());
    Page {
        retrieved,
        saved,
        conflicts,
        refused,
        unreadable,
        has_more: cursor.is_some(),
        next: Position {
            token: Some(wire.sync_token),
            cursor,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(value: &Value) -> Page {
        read(serde_json::from_str(&value.to_string()).unwrap())
    }

    #[test]
    fn a_broken_item_spoils_nothing_but_itself() {
        let good = json!({"uuid": "a", "created_at": "x", "updated_at": "y"});
        let page = page(&json!({
            "retrieved_items": [good, 7, {"uuid": []}, null],
            "saved_items": [], "sync_token": "t",
        }));
        assert_eq!((page.retrieved.len(), page.unreadable), (1, 3));
        assert!(!page.has_more);
    }

    #[test]
    fn conflicts_of_all_generations_are_understood() {
        let item = json!({"uuid": "a", "created_at": "x", "updated_at": "y"});
        let page = page(&json!({
            "retrieved_items": [], "saved_items": [], "sync_token": "t", "cursor_token": "",
            "conflicts": [
                {"type": "sync_conflict", "server_item": item},
                {"type": "content_error", "unsaved_item": {"uuid": "b"}},
                {"type": "of tomorrow", "unsaved_item": {"uuid": "c"}},
                {"type": "sync_conflict"}, 5,
            ],
            "unsaved": [{"item": item, "error": {"tag": "sync_conflict"}},
                {"item": {"uuid": "d", "created_at": "x", "updated_at": "y"}, "error": {"tag": "uuid_conflict"}}],
        }));
        assert_eq!(page.conflicts.len(), 2);
        assert_eq!(
            page.refused,
            [
                ("b".to_owned(), ConflictKind::ContentError),
                ("c".to_owned(), ConflictKind::InvalidServerItem),
                ("d".to_owned(), ConflictKind::UuidConflict),
            ]
        );
    }

    #[test]
    fn a_position_is_remembered_in_the_servers_words() {
        let position = Position {
            token: Some("MzoxMA==".into()),
            cursor: None,
        };
        assert_eq!(Position::of(Some(&position.to_seq())), position);
        assert!(Position::of(None).is_beginning());
        assert!(Position::of(Some(&Seq("of another kind".into()))).is_beginning());
    }
}
