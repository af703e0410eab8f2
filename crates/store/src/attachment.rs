//! Attachments as people see them.

use sheaf_model::{DocId, Millis};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAttachment {
    pub name: String,
    /// Decided by the caller from the bytes.
    pub content_type: String,
    pub bytes: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentRow {
    pub id: DocId,
    pub name: String,
    pub content_type: String,
    pub length: u64,
    pub created_at: Millis,
}
