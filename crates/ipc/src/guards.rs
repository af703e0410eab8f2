//! What is shown before one side is brought to another, and the two ways of beginning anew.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Both sides, counted. The trash is included; notes that stay on this computer are not.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Sides {
    pub here_notes: u32,
    pub there_notes: u32,
    /// Notes that both sides have, in whatever version.
    pub on_both: u32,
    /// Notes, notebooks, tags and attachments in the database.
    pub there_documents: u32,
    /// Documents in the database that are not of Sheaf's kind: another application's.
    pub other_documents: u32,
    /// Ids of a few of those.
    pub examples: Vec<String>,
    /// Other accounts that devices of Sheaf sync with this database as.
    pub accounts: Vec<String>,
    /// `host:port`.
    pub host: String,
    pub database: String,
}

/// What happens to what both sides have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Joining {
    /// Both together; nothing is deleted on either side.
    Merge,
    /// The database becomes what this computer has.
    ReplaceRemote,
    /// This computer becomes what the database has.
    ReplaceHere,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ResetDirection {
    /// From scratch: this computer becomes what the database has.
    Pull,
    /// The database is rebuilt from what this computer has.
    Push,
    /// Give up what has begun; from then on both sides are merged.
    Cancel,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ResetSync {
    pub direction: ResetDirection,
}
