//! What the store tells its listeners after a commit.

use sheaf_model::DocId;

use crate::Version;

/// One committed transaction, as far as screens and the sync worker care.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    pub origin: Origin,
    /// In the order of the change, without repetition. Empty with `many_notes` set when so many
    /// changed that lists are better read anew.
    pub notes: Vec<ChangedNote>,
    pub many_notes: bool,
    /// Notebooks, tags or counts changed.
    pub sidebar: bool,
    /// There is something new to offer to a remote.
    pub journal: bool,
    /// The log of what sync did is longer.
    pub activity: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedNote {
    pub id: DocId,
    pub kind: ChangeKind,
    /// `None`: gone from every list.
    pub version: Option<Version>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    Created,
    Updated,
    Deleted,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    Local,
    Sync,
}
