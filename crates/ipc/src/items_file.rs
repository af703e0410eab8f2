//! Notes as a file of items: `{"items": […]}`, not encrypted, as clients for Standard Notes read it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ExportedItems {
    /// The whole file.
    pub text: String,
    pub notes: u32,
    pub notebooks: u32,
    pub tags: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportItems {
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportedItems {
    pub notes: u32,
    pub notebooks: u32,
    pub tags: u32,
    /// What was here already, word for word.
    pub already_here: u32,
    /// Items of other types, encrypted or broken ones.
    pub skipped: u32,
}
