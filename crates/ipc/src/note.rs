//! Notes: lists, one note, changes, attachments, rendering.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which notes a list shows. Completed and dropped notes are left out of notebooks (as the
/// reference does) and shown everywhere else.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Scope {
    #[default]
    All,
    Pinned,
    Conflicts,
    /// `deep`: notes of the notebooks inside it too.
    Notebook {
        id: String,
        deep: bool,
    },
    Tag {
        id: String,
    },
    Status {
        status: NoteStatus,
    },
    Trash,
    Templates,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum NoteStatus {
    #[default]
    None,
    Active,
    OnHold,
    Completed,
    Dropped,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum SortKey {
    #[default]
    Updated,
    Created,
    Title,
    /// Best match first; without a search it means `updated`.
    Relevance,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Sort {
    pub key: SortKey,
    /// Oldest first, or A before Z.
    pub ascending: bool,
}

/// A window into a list: the list is virtual, so 100,000 notes are never sent at once.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct ListNotes {
    pub scope: Scope,
    /// The text of the search box; empty: no search.
    pub search: String,
    pub sort: Sort,
    /// Only notes of this notebook and those inside it; `null`: of all.
    #[ts(optional = nullable)]
    pub within: Option<String>,
    pub offset: u32,
    /// At most 500 rows are answered.
    pub limit: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NotePage {
    pub items: Vec<NoteSummary>,
    /// Rows in the whole list.
    pub total: u32,
    /// `false`: counting stopped, there are at least `total`.
    pub total_is_exact: bool,
    /// Notes whose words are not indexed yet, so that a search could not look into them; asking
    /// again indexes more of them. 0 without a search.
    pub not_searched: u32,
}

/// Start and length in UTF-16 code units, as strings are indexed in the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Span(pub u32, pub u32);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NoteSummary {
    pub id: String,
    pub title: String,
    pub title_hits: Vec<Span>,
    /// Plain text around the first hit, or the beginning of the note.
    pub excerpt: String,
    pub excerpt_hits: Vec<Span>,
    pub place: Place,
    pub tags: Vec<String>,
    pub status: NoteStatus,
    pub pinned: bool,
    pub conflicted: bool,
    #[ts(type = "number")]
    pub updated_at: i64,
    #[ts(type = "number")]
    pub created_at: i64,
    pub tasks: u32,
    pub checked_tasks: u32,
    /// Why this note stays on this computer although sync is on.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_back: Option<HeldBack>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Place {
    Notebook { id: String },
    Trash,
    Template,
}

/// Reasons a document does not travel. Kept whole on this computer in every case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum HeldBack {
    TitleTooLong {
        chars: u32,
        max: u32,
    },
    BodyTooLong {
        chars: u32,
        max: u32,
    },
    /// Breaks another rule of the shared schema; `detail` is technical.
    Malformed {
        detail: String,
    },
    /// The server refused it; `detail` is its reason.
    Refused {
        detail: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NoteDetail {
    #[serde(flatten)]
    pub summary: NoteSummary,
    pub body: String,
    /// Names exactly this state of the note. Opaque; handed back with an edit.
    pub version: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct CreateNote {
    /// `null`: the default notebook.
    pub notebook: Option<String>,
    pub title: String,
    pub body: String,
    /// Tag ids.
    pub tags: Vec<String>,
    pub status: NoteStatus,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UpdateNote {
    pub id: String,
    /// The `version` this edit was made on.
    pub base: String,
    #[ts(optional)]
    #[serde(default)]
    pub title: Option<String>,
    #[ts(optional)]
    #[serde(default)]
    pub body: Option<String>,
}

/// The answer to an edit. It is given only when the edit is durable on disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "outcome", rename_all = "camelCase")]
pub enum UpdateOutcome {
    Saved {
        version: String,
    },
    /// The note changed since `base` (another window, or sync). Nothing was written: rebase the
    /// edit onto `current` and send it again.
    Stale {
        current: Box<NoteDetail>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NoteRef {
    pub id: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NoteRefs {
    pub ids: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MoveNotes {
    pub ids: Vec<String>,
    pub notebook: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SetStatus {
    pub ids: Vec<String>,
    pub status: NoteStatus,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SetPinned {
    pub ids: Vec<String>,
    pub pinned: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct ChangeTags {
    pub ids: Vec<String>,
    pub add: Vec<String>,
    pub remove: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RestoreNotes {
    pub ids: Vec<String>,
    /// `null`: where each note was before, or the default notebook when that is unknown or gone.
    pub notebook: Option<String>,
}

/// How many notes a bulk action touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Touched {
    pub notes: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AddAttachment {
    pub name: String,
    /// As claimed; the type is derived again from the bytes.
    pub content_type: String,
    pub base64: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AddedAttachment {
    pub id: String,
    pub name: String,
    pub content_type: String,
    /// What to insert into the note: `![name](inkdrop://file:…)`.
    pub markdown: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Render {
    pub source: String,
    pub allow_remote_images: bool,
}

/// Sanitised HTML; block elements carry `data-line`, task boxes `data-offset` (UTF-16).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Rendered {
    pub html: String,
    pub remote_images: u32,
    /// The metadata block that opens the note, in its order.
    pub fields: Vec<Field>,
}

/// A line of a note's metadata block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Field {
    pub name: String,
    /// As a reader sees it; lists are joined with commas.
    pub value: String,
}

/// Finding a note by a few letters of its title.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FindTitles {
    /// Empty: the notes changed last.
    pub typed: String,
    /// At most 100 are answered.
    pub limit: u32,
}

/// Notes that speak of a note, the newest first. Their excerpts are the lines that do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Mentions {
    pub linked: Vec<NoteSummary>,
    /// They name the title without a link.
    pub unlinked: Vec<NoteSummary>,
    /// `false`: more notes may, only the newest texts were read.
    pub complete: bool,
}

/// A note got another title; links that say the old one follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Relink {
    pub id: String,
    pub from: String,
    pub to: String,
}
