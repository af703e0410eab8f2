//! What every document has in common.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A document's JSON object without the fields CouchDB owns (`_id`, `_rev`, `_deleted`,
/// `_attachments`, `_revisions`, `_conflicts` …). Order and unknown fields are preserved.
pub type Body = serde_json::Map<String, serde_json::Value>;

/// The kinds of documents, told apart by the prefix of their id alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    Note,
    Notebook,
    Tag,
    /// An image that the shared schema allows (`file:`).
    File,
    /// Any other attachment. The prefix differs so that the `_design/mobile` filter of the
    /// reference, which leaves out `file:` by position 0, and older clients ignore it.
    SheafFile,
}

impl Kind {
    pub const ALL: [Self; 5] = [
        Self::Note,
        Self::Notebook,
        Self::Tag,
        Self::File,
        Self::SheafFile,
    ];

    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Note => "note:",
            Self::Notebook => "book:",
            Self::Tag => "tag:",
            Self::File => "file:",
            Self::SheafFile => "sheaf-file:",
        }
    }

    pub fn of_id(id: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| id.starts_with(kind.prefix()))
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note => "note",
            Self::Notebook => "notebook",
            Self::Tag => "tag",
            Self::File | Self::SheafFile => "attachment",
        })
    }
}

/// One attachment of one revision: where its bytes are is the store's business.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// CouchDB's name of the attachment; the shared model always uses `index`.
    pub name: String,
    pub content_type: String,
    /// Bytes of the content as the user sees it, uncompressed.
    pub length: u64,
    /// Lower-case hexadecimal MD5 of those raw bytes. Part of the revision hash. A server's own
    /// `digest` may be the MD5 of a gzip stream and is never compared with this
    /// (facts: CouchDB, attachments).
    pub md5: String,
    /// Generation at which this attachment was added; 1 ≤ revpos ≤ the revision's generation.
    pub revpos: u64,
}
