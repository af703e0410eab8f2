//! The sync call and its relatives.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Item, ItemIn, Micros};

/// `POST /items/sync`, `POST /v1/items`. Both tokens may be JSON null; when both are given the
/// cursor wins.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct SyncRequest {
    pub items: Vec<ItemIn>,
    pub sync_token: Option<String>,
    pub cursor_token: Option<String>,
    /// Most items a page of the answer may have.
    pub limit: Option<i64>,
    pub api: Option<String>,
    pub compute_integrity: Option<bool>,
    /// Answer only items of this type.
    pub content_type: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SyncResponse {
    pub retrieved_items: Vec<Item>,
    pub saved_items: Vec<Item>,
    /// Since 2019.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conflicts: Option<Vec<Conflict>>,
    /// 2016 only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsaved: Option<Vec<Unsaved>>,
    pub sync_token: String,
    /// Null when everything was answered.
    pub cursor_token: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integrity_hash: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Conflict {
    #[serde(rename = "type")]
    pub kind: ConflictKind,
    /// With `sync_conflict`: what the server has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_item: Option<Item>,
    /// Otherwise: what was sent, as it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsaved_item: Option<Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ConflictKind {
    SyncConflict,
    /// Never sent by our server (items belong to an account and a uuid); clients meet it elsewhere.
    UuidConflict,
    UuidError,
    ContentTypeError,
    ContentError,
    /// Larger than this server takes.
    #[serde(other)]
    InvalidServerItem,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Unsaved {
    pub item: Item,
    pub error: UnsavedError,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UnsavedError {
    pub tag: String,
}

/// `POST /v1/items/check-integrity`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct CheckIntegrity {
    pub integrity_payloads: Vec<IntegrityEntry>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IntegrityEntry {
    pub uuid: String,
    pub updated_at_timestamp: Micros,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IntegrityMismatches {
    pub mismatches: Vec<IntegrityEntry>,
}
