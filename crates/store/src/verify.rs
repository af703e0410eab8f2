//! Is the store what it says it is?

/// What a complete check found. Sound when `problems` is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    pub notes: u32,
    pub documents: u32,
    pub problems: Vec<Problem>,
}

/// One violated invariant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// SQLite's own integrity check, in its words.
    Integrity(String),
    /// Notes whose search row is missing, or search rows without a note.
    SearchIndex { missing: u32, surplus: u32 },
    /// A maintained count that differs from a recount.
    Count {
        counted: String,
        stored: i64,
        actual: i64,
    },
    /// Attachments whose bytes are not on the disk.
    BlobsMissing { blobs: u32 },
    /// Notes whose row disagrees with their winning document.
    Winner { notes: u32 },
}
