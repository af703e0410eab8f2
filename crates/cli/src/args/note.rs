//! `sheaf note`, `sheaf conflict`, `sheaf attach`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use sheaf_ipc::{ConflictRule, NoteStatus, SortKey};

#[derive(Debug, Subcommand)]
pub(crate) enum NoteCommand {
    /// A new note
    New {
        #[arg(long, default_value = "")]
        title: String,
        /// Id or name; without it the default notebook
        #[arg(long)]
        notebook: Option<String>,
        /// Id or name; a name that does not exist yet becomes a new tag. May be repeated
        #[arg(long = "tag", value_name = "TAG")]
        tags: Vec<String>,
        #[arg(long, default_value = "none")]
        status: StatusName,
        /// The text: a file, or - for standard input
        #[arg(long, value_name = "FILE")]
        body_file: Option<PathBuf>,
    },
    /// Notes, newest first
    List(ListOptions),
    /// One note with its text
    Show { id: String },
    /// Replace title, text or both
    Edit {
        id: String,
        #[arg(long, required_unless_present = "body_file")]
        title: Option<String>,
        /// The text: a file, or - for standard input
        #[arg(long, value_name = "FILE")]
        body_file: Option<PathBuf>,
    },
    /// Into another notebook
    Move {
        #[arg(required = true)]
        ids: Vec<String>,
        #[arg(long)]
        notebook: String,
    },
    /// Add and remove tags
    Tag {
        #[arg(required = true)]
        ids: Vec<String>,
        /// May be repeated; a name that does not exist yet becomes a new tag
        #[arg(long, value_name = "TAG", required_unless_present = "remove")]
        add: Vec<String>,
        /// May be repeated
        #[arg(long, value_name = "TAG")]
        remove: Vec<String>,
    },
    /// Set the status
    Status {
        #[arg(required = true)]
        ids: Vec<String>,
        #[arg(long)]
        status: StatusName,
    },
    /// Pin to the top of the app
    Pin {
        #[arg(required = true)]
        ids: Vec<String>,
        /// Unpin
        #[arg(long)]
        off: bool,
    },
    /// Into the trash
    Delete {
        #[arg(required = true)]
        ids: Vec<String>,
        /// For good; only notes that are in the trash already
        #[arg(long)]
        forever: bool,
    },
    /// Out of the trash, to where each note was; or back to a former version
    Restore {
        #[arg(required = true)]
        ids: Vec<String>,
        /// To this notebook instead
        #[arg(long, conflicts_with = "snapshot")]
        notebook: Option<String>,
        /// This version of one note, as `note history` names it; also of a deleted note
        #[arg(long, value_name = "VERSION")]
        snapshot: Option<String>,
        /// The version as a new note, beside this one
        #[arg(long, requires = "snapshot")]
        copy: bool,
    },
    /// Former versions of a note that are kept on this computer, the newest first
    History {
        id: String,
        /// Print what this version said instead
        #[arg(long, value_name = "VERSION")]
        snapshot: Option<String>,
    },
    /// Notes that were deleted elsewhere and whose last text is still here
    Deleted {
        /// Forget these for good
        #[arg(long, value_name = "ID")]
        forget: Vec<String>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ListOptions {
    /// Only this notebook (id or name)
    #[arg(long, group = "scope")]
    pub(crate) notebook: Option<String>,
    /// With the notebooks inside it
    #[arg(long, requires = "notebook")]
    pub(crate) deep: bool,
    /// Only this tag (id or name)
    #[arg(long, group = "scope")]
    pub(crate) tag: Option<String>,
    #[arg(long, group = "scope")]
    pub(crate) status: Option<StatusName>,
    #[arg(long, group = "scope")]
    pub(crate) pinned: bool,
    /// Only notes with more than one version
    #[arg(long, group = "scope")]
    pub(crate) conflicts: bool,
    #[arg(long, group = "scope")]
    pub(crate) trash: bool,
    #[arg(long, default_value = "updated")]
    pub(crate) sort: SortName,
    /// Oldest first, or A before Z
    #[arg(long)]
    pub(crate) ascending: bool,
    /// At most this many, up to 500
    #[arg(long, default_value_t = 100)]
    pub(crate) limit: u32,
    /// Leave out this many first
    #[arg(long, default_value_t = 0)]
    pub(crate) offset: u32,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "camelCase")]
pub(crate) enum StatusName {
    None,
    Active,
    #[value(alias = "on-hold")]
    OnHold,
    Completed,
    Dropped,
}

impl From<StatusName> for NoteStatus {
    fn from(name: StatusName) -> Self {
        match name {
            StatusName::None => Self::None,
            StatusName::Active => Self::Active,
            StatusName::OnHold => Self::OnHold,
            StatusName::Completed => Self::Completed,
            StatusName::Dropped => Self::Dropped,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum SortName {
    Updated,
    Created,
    Title,
}

impl From<SortName> for SortKey {
    fn from(name: SortName) -> Self {
        match name {
            SortName::Updated => Self::Updated,
            SortName::Created => Self::Created,
            SortName::Title => Self::Title,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConflictCommand {
    /// Notes with more than one version
    List,
    /// All versions of a note, the one shown in lists first
    Show { id: String },
    /// Decide what the note says from now on
    Resolve {
        id: String,
        /// Keep this version: a revision as `conflict show` prints it
        #[arg(long, value_name = "REV", required_unless_present = "body_file")]
        keep: Option<String>,
        /// Or this text: a file, or - for standard input
        #[arg(long, value_name = "FILE", conflicts_with = "keep")]
        body_file: Option<PathBuf>,
        /// The title that goes with the text; otherwise that of the version shown in lists
        #[arg(long, conflicts_with = "keep")]
        title: Option<String>,
    },
    /// Decide many by one rule; what each version said stays in the history
    ResolveAll {
        /// Only these notes; without any, all that have several versions
        ids: Vec<String>,
        #[arg(long)]
        by: RuleName,
    },
    /// Take a decision back: all versions are there again
    Reopen {
        id: String,
        /// As `conflict resolve` printed it
        #[arg(long)]
        decision: String,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum RuleName {
    /// What was written on this computer
    Mine,
    /// What was written last
    Newest,
    /// Only what can be put together without losing a word
    Provable,
}

impl From<RuleName> for ConflictRule {
    fn from(name: RuleName) -> Self {
        match name {
            RuleName::Mine => Self::Mine,
            RuleName::Newest => Self::Newest,
            RuleName::Provable => Self::Provable,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum AttachCommand {
    /// Store a file and print what to write into a note
    Add {
        file: PathBuf,
        /// Write it at the end of this note
        #[arg(long, value_name = "ID")]
        note: Option<String>,
    },
}
