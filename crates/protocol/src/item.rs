//! Items.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Micros;

/// An item as a server answers it, in full every time: the older client takes an item without
/// `content` for a corrupt one, also among those it has just saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Item {
    pub uuid: String,
    #[serde(default)]
    pub content_type: Option<String>,
    /// Ciphertext; null when deleted.
    #[serde(default)]
    pub content: Option<String>,
    #[serde(default)]
    pub enc_item_key: Option<String>,
    #[serde(default)]
    pub items_key_id: Option<String>,
    #[serde(default)]
    pub auth_hash: Option<String>,
    #[serde(default)]
    pub duplicate_of: Option<String>,
    #[serde(default)]
    pub deleted: bool,
    pub created_at: String,
    pub updated_at: String,
    #[serde(default)]
    pub created_at_timestamp: Micros,
    #[serde(default)]
    pub updated_at_timestamp: Micros,
}

/// An item as a client sends it. Everything is optional and of any type: what is wrong with it is
/// told per item, not by refusing the whole call.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct ItemIn {
    pub uuid: Value,
    pub content_type: Value,
    pub content: Value,
    pub enc_item_key: Value,
    pub items_key_id: Value,
    pub auth_hash: Value,
    pub duplicate_of: Value,
    pub deleted: Value,
    pub created_at: Value,
    pub updated_at: Value,
    pub created_at_timestamp: Value,
    pub updated_at_timestamp: Value,
}
