//! The sidebar: notebooks, tags, statuses and their counts.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::NoteStatus;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Sidebar {
    /// Depth first, in display order; `depth` 0 is the root. Cycles and missing parents written by
    /// other clients are shown at the root.
    pub notebooks: Vec<NotebookRow>,
    /// By name.
    pub tags: Vec<TagRow>,
    pub statuses: Vec<StatusRow>,
    pub all: u32,
    pub pinned: u32,
    pub conflicts: u32,
    pub trash: u32,
    pub templates: u32,
    pub default_notebook: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NotebookRow {
    pub id: String,
    pub name: String,
    pub parent: Option<String>,
    pub depth: u32,
    /// Notes directly inside, completed and dropped ones left out.
    pub notes: u32,
    /// The same with all notebooks below.
    pub notes_deep: u32,
    #[serde(default)]
    pub icon: Option<NotebookIcon>,
}

/// What stands before a notebook's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum NotebookIcon {
    /// A picture as any client may have written it: to be drawn as a picture, never as part of a page.
    Svg { svg: String },
    /// A picture that is an attachment.
    File { id: String },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SetNotebookIcon {
    pub id: String,
    /// `null`: as notebooks without one look.
    pub icon: Option<NotebookIcon>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TagRow {
    pub id: String,
    pub name: String,
    pub color: TagColor,
    pub notes: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum TagColor {
    #[default]
    Default,
    Red,
    Orange,
    Yellow,
    Olive,
    Green,
    Teal,
    Blue,
    Violet,
    Purple,
    Pink,
    Brown,
    Grey,
    Black,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StatusRow {
    pub status: NoteStatus,
    pub notes: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CreateNotebook {
    pub name: String,
    pub parent: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Rename {
    pub id: String,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MoveNotebook {
    pub id: String,
    /// `null`: to the root.
    pub parent: Option<String>,
}

/// A place among the notebooks that stays, whatever they are called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ArrangeNotebook {
    pub id: String,
    /// `null`: at the root.
    pub parent: Option<String>,
    /// The notebook it stands before; `null`: it is the last one.
    pub before: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CreateTag {
    pub name: String,
    #[serde(default)]
    pub color: TagColor,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SetTagColor {
    pub id: String,
    pub color: TagColor,
}

/// A notebook or a tag by its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Id {
    pub id: String,
}
