//! The app's command line.

use std::path::PathBuf;

use clap::Parser;

#[derive(Debug, Parser)]
#[command(
    name = "sheaf-desktop",
    version,
    about = "Sheaf: Markdown notes that never lose a word"
)]
pub(crate) struct Options {
    /// Keep notes, settings and logs in this directory
    #[arg(long, value_name = "DIR", env = "SHEAF_DATA_DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Open this note: `sheaf://note/ID`
    #[arg(value_name = "LINK")]
    pub(crate) link: Option<String>,
    /// Open a small window with a new note
    #[arg(long, conflicts_with = "link")]
    pub(crate) quick_note: bool,
    /// Start without a window, when the preferences keep Sheaf running in the background
    #[arg(long)]
    pub(crate) hidden: bool,
    /// Log in detail, and to the terminal too
    #[arg(long)]
    pub(crate) enable_logging: bool,
    /// Where passwords are kept: keyring, clear-file or session
    #[arg(
        long,
        value_name = "STORE",
        env = "SHEAF_SECRET_STORE",
        value_parser = sheaf_engine::SecretStoreChoice::NAMES
    )]
    pub(crate) secret_store: Option<String>,
}
