//! `sheaf notebook` and `sheaf tag`.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use sheaf_ipc::TagColor;

#[derive(Debug, Subcommand)]
pub(crate) enum NotebookCommand {
    /// A new notebook
    New {
        name: String,
        /// Inside this one (id or name)
        #[arg(long, value_name = "NOTEBOOK")]
        parent: Option<String>,
    },
    /// All notebooks and how many notes each holds
    List,
    Rename {
        notebook: String,
        name: String,
    },
    /// Inside another notebook, or out of all
    Move {
        notebook: String,
        #[arg(long, value_name = "NOTEBOOK", required_unless_present = "root")]
        parent: Option<String>,
        #[arg(long, conflicts_with = "parent")]
        root: bool,
    },
    /// What stands before its name: a drawing, a letter or an emoji, or nothing of its own
    #[command(group = clap::ArgGroup::new("what").required(true))]
    Icon {
        notebook: String,
        /// An SVG drawing from a file, or - for standard input
        #[arg(long, group = "what", value_name = "FILE")]
        svg_file: Option<PathBuf>,
        /// The first letter or emoji of this
        #[arg(long, group = "what", value_name = "TEXT")]
        letter: Option<String>,
        /// As notebooks without one look
        #[arg(long, group = "what")]
        none: bool,
    },
    /// With the notebooks inside it; the notes go to the trash
    Delete {
        notebook: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum TagCommand {
    /// A new tag, or the one that has this name already
    New {
        name: String,
        #[arg(long, default_value = "default")]
        color: ColorName,
    },
    /// All tags and how many notes each is on
    List,
    Rename {
        tag: String,
        name: String,
    },
    Color {
        tag: String,
        color: ColorName,
    },
    /// Takes it off its notes as well
    Delete {
        tag: String,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum ColorName {
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

impl From<ColorName> for TagColor {
    fn from(name: ColorName) -> Self {
        match name {
            ColorName::Default => Self::Default,
            ColorName::Red => Self::Red,
            ColorName::Orange => Self::Orange,
            ColorName::Yellow => Self::Yellow,
            ColorName::Olive => Self::Olive,
            ColorName::Green => Self::Green,
            ColorName::Teal => Self::Teal,
            ColorName::Blue => Self::Blue,
            ColorName::Violet => Self::Violet,
            ColorName::Purple => Self::Purple,
            ColorName::Pink => Self::Pink,
            ColorName::Brown => Self::Brown,
            ColorName::Grey => Self::Grey,
            ColorName::Black => Self::Black,
        }
    }
}
