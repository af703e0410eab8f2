//! The sidebar: notebooks, tags, statuses and how many notes each shows.

use sheaf_model::{DocId, NotebookIcon, Status, TagColor};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sidebar {
    /// Depth first in display order. Cycles and missing parents are shown at the root.
    pub notebooks: Vec<NotebookRow>,
    /// By name.
    pub tags: Vec<TagRow>,
    /// In the order of [`Status::ALL`].
    pub statuses: Vec<(Status, u32)>,
    pub all: u32,
    pub pinned: u32,
    pub conflicts: u32,
    pub trash: u32,
    pub templates: u32,
    pub default_notebook: DocId,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotebookRow {
    pub id: DocId,
    pub name: String,
    /// `None` at the root, also when the stored parent is missing or closes a cycle.
    pub parent: Option<DocId>,
    pub depth: u32,
    /// Notes directly inside, completed and dropped ones left out.
    pub notes: u32,
    /// The same with all notebooks below.
    pub notes_deep: u32,
    pub icon: Option<NotebookIcon>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagRow {
    pub id: DocId,
    pub name: String,
    pub color: TagColor,
    pub notes: u32,
}
