//! Notes as lists and the editor see them.

use std::{fmt, str::FromStr};

use sheaf_model::{DocId, Location, Millis, Revision, Status};

use crate::StoreError;

/// Which notes a list shows. Completed and dropped notes are left out of notebooks and shown
/// everywhere else; notes in the trash only in [`Scope::Trash`] and [`Scope::Conflicts`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Scope {
    #[default]
    All,
    Pinned,
    Conflicts,
    /// `deep`: notes of the notebooks inside it too.
    Notebook {
        id: DocId,
        deep: bool,
    },
    Tag(DocId),
    Status(Status),
    Trash,
    Templates,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SortKey {
    #[default]
    Updated,
    Created,
    Title,
    /// Best match first; without a search it means `Updated`.
    Relevance,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sort {
    pub key: SortKey,
    /// Oldest first, or A before Z.
    pub ascending: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListNotes {
    pub scope: Scope,
    /// The text of the search box; blank: no search.
    pub search: String,
    pub sort: Sort,
    /// Only notes of this notebook and those inside it.
    pub within: Option<DocId>,
    pub offset: u32,
    pub limit: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotePage {
    pub rows: Vec<NoteRow>,
    pub total: u32,
    /// `false`: counting stopped, there are at least `total`.
    pub total_is_exact: bool,
    /// Notes whose words are not indexed yet, so that a search could not look into them. 0 without
    /// a search.
    pub not_searched: u32,
}

/// Start and length in UTF-16 code units: strings are indexed so where they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub start: u32,
    pub len: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteRow {
    pub id: DocId,
    pub title: String,
    pub title_hits: Vec<Span>,
    /// Plain text around the first hit, or the beginning of the note.
    pub excerpt: String,
    pub excerpt_hits: Vec<Span>,
    /// Notes of notebooks that do not exist are shown in the default notebook.
    pub place: Location,
    pub tags: Vec<DocId>,
    pub status: Status,
    pub pinned: bool,
    pub conflicted: bool,
    pub updated_at: Millis,
    pub created_at: Millis,
    pub tasks: u32,
    pub checked_tasks: u32,
    pub held_back: Option<HeldBack>,
}

/// Why a document stays on this computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeldBack {
    TitleTooLong {
        chars: u32,
        max: u32,
    },
    BodyTooLong {
        chars: u32,
        max: u32,
    },
    /// Breaks another rule of the shared schema; technical.
    Malformed {
        detail: String,
    },
    /// In the remote's own words.
    Refused {
        detail: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldBackDocument {
    pub id: DocId,
    /// Title of the note, name of the notebook, tag or attachment.
    pub name: String,
    pub reason: HeldBack,
    pub since: Millis,
}

/// Names exactly one visible state of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub(crate) i64);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl FromStr for Version {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        text.parse()
            .map(Self)
            .map_err(|_| StoreError::UnknownVersion)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteDetail {
    pub row: NoteRow,
    pub body: String,
    pub version: Version,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewNote {
    /// `None`: the default notebook, brought back if it was deleted elsewhere.
    pub notebook: Option<DocId>,
    pub title: String,
    pub body: String,
    pub tags: Vec<DocId>,
    pub status: Status,
    /// Does not travel until it is edited (the first-run notes). An entirely empty note is always
    /// kept back so.
    pub local_only: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NoteEdit {
    pub title: Option<String>,
    pub body: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UpdateOutcome {
    Saved {
        version: Version,
    },
    /// The note changed since; nothing was written.
    Stale {
        current: Box<NoteDetail>,
    },
}

/// Names a live leaf of a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeafId {
    /// The unsent head, never offered to any remote.
    Draft,
    Revision(Revision),
}

impl fmt::Display for LeafId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Draft => f.write_str("draft"),
            Self::Revision(revision) => revision.fmt(f),
        }
    }
}

impl FromStr for LeafId {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        match text {
            "draft" => Ok(Self::Draft),
            _ => Revision::parse(text)
                .map(Self::Revision)
                .map_err(|_| StoreError::UnknownVersion),
        }
    }
}

/// One live leaf of a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    pub id: LeafId,
    /// The one shown in lists and the editor.
    pub winner: bool,
    /// Written on this computer.
    pub mine: bool,
    pub note: sheaf_model::Note,
    /// Where this one and the one shown parted. `None`: not known any more, or this is that one.
    pub base: Option<sheaf_model::Note>,
}

/// What a person decided about the versions of a note.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConflictChoice {
    /// Leaves that stay open beside the decision; never the one shown.
    pub keep_open: Vec<LeafId>,
    pub title: String,
    pub body: String,
    /// Without these, what the rules of merging make of the leaves that are closed.
    pub notebook: Option<DocId>,
    pub tags: Option<Vec<DocId>>,
    pub status: Option<Status>,
    pub pinned: Option<bool>,
}

/// Names a decision, so that it can be taken back: [`Version`] of the note right after it.
pub type Decision = Version;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConflictOutcome {
    Decided(Decision),
    /// Another leaf has arrived or one has changed since; nothing was written.
    Stale {
        current: Box<NoteDetail>,
    },
}

/// Many conflicts decided at once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ResolvedConflicts {
    pub decisions: Vec<(DocId, Decision)>,
    /// Notes whose leaves stay as they are.
    pub left: Vec<DocId>,
}

/// How to decide many conflicts at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConflictRule {
    /// What was written on this computer.
    Mine,
    /// What was written last, by the clocks of the computers that wrote.
    Newest,
    /// What can be put together without losing a word; the others stay as they are.
    Provable,
}

/// Notes that speak of a note, the newest first. Their excerpts are the lines that do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mentions {
    pub linked: Vec<NoteRow>,
    /// They name the title without a link.
    pub unlinked: Vec<NoteRow>,
    /// `false`: more notes may, only the newest texts were read.
    pub complete: bool,
}
