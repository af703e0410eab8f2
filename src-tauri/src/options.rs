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
