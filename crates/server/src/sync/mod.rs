//! One sync call: what is read, what is saved, what is refused. Decided here without a database;
//! `storage` runs it inside one transaction that holds the account's row, so no other save of the
//! account can come between reading and saving.

mod answer;
mod decide;
pub(crate) mod incoming;
mod page;
mod plan;

pub use answer::{Account, Held, Page, answer, mismatches};
pub use decide::{Decision, decide};
pub use incoming::{Incoming, Rejected, Sender, is_uuid, read_item};
pub use page::{PageRequest, Position, answer_tokens};
pub use plan::{Plan, plan};

use sheaf_protocol::{Item, Micros};

/// The content type that a first sync puts in front: nothing else opens without it.
pub(crate) const ITEMS_KEY: &str = "SN|ItemsKey";

/// An item as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub uuid: String,
    pub content_type: Option<String>,
    pub content: Option<String>,
    pub enc_item_key: Option<String>,
    pub items_key_id: Option<String>,
    pub auth_hash: Option<String>,
    pub duplicate_of: Option<String>,
    pub deleted: bool,
    pub created_at: Micros,
    pub updated_at: Micros,
    /// The account's commit counter when this state was saved. Unique within the account.
    pub commit: u64,
}

impl Row {
    pub fn to_item(&self) -> Item {
        Item {
            uuid: self.uuid.clone(),
            content_type: self.content_type.clone(),
            content: self.content.clone(),
            enc_item_key: self.enc_item_key.clone(),
            items_key_id: self.items_key_id.clone(),
            auth_hash: self.auth_hash.clone(),
            duplicate_of: self.duplicate_of.clone(),
            deleted: self.deleted,
            created_at: self.created_at.to_iso(),
            updated_at: self.updated_at.to_iso(),
            created_at_timestamp: self.created_at,
            updated_at_timestamp: self.updated_at,
        }
    }

    /// What a page's byte limit counts.
    pub fn payload_bytes(&self) -> usize {
        let length = |field: &Option<String>| field.as_ref().map_or(0, String::len);
        length(&self.content) + length(&self.enc_item_key)
    }
}
