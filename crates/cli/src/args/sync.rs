//! `sheaf sync`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use sheaf_ipc::GuardAnswer;

#[derive(Debug, Subcommand)]
pub(crate) enum SyncCommand {
    /// Choose what to sync with
    #[command(subcommand)]
    Set(SetCommand),
    /// One complete round: receive, then send
    Now {
        #[command(flatten)]
        password: PasswordOption,
    },
    /// Stay in step and tell what happens, until interrupted
    Watch {
        #[command(flatten)]
        password: PasswordOption,
    },
    /// How sync is doing
    Status,
    /// Stop until resumed; edits are kept here
    Pause,
    /// Go on
    Resume,
    /// Enter a new password for the server in use
    Password {
        #[command(flatten)]
        password: PasswordOption,
    },
    /// Answer the question sync stopped with
    Answer { answer: GuardAnswerName },
    /// What stays on this computer although sync is on, and why
    HeldBack {
        /// Try again what the server refused
        #[arg(long)]
        retry: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum SetCommand {
    /// Don't sync. Nothing is deleted here or on the server
    Off,
    /// A CouchDB database
    Couchdb(CouchOptions),
}

#[derive(Debug, Args)]
pub(crate) struct CouchOptions {
    /// The address of the database; a password in it is moved to the keyring
    #[arg(value_name = "https://NAME@HOST:PORT/DATABASE")]
    pub(crate) url: String,
    /// The name to sign in with, when it is not in the address
    #[arg(long)]
    pub(crate) user: Option<String>,
    #[command(flatten)]
    pub(crate) password: PasswordOption,
    /// Create the database when it does not exist
    #[arg(long)]
    pub(crate) create: bool,
    /// Use the address although the server does not answer now
    #[arg(long)]
    pub(crate) although_unreachable: bool,
}

#[derive(Debug, Args)]
pub(crate) struct PasswordOption {
    /// The password is the first line of this file, or of standard input for -
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum GuardAnswerName {
    /// Another database: bring both sides together, delete nothing
    Merge,
    /// Many deletions: let them happen
    Delete,
    /// Many deletions: keep the notes and send them again
    Keep,
}

impl From<GuardAnswerName> for GuardAnswer {
    fn from(name: GuardAnswerName) -> Self {
        match name {
            GuardAnswerName::Merge => Self::Merge,
            GuardAnswerName::Delete => Self::Delete,
            GuardAnswerName::Keep => Self::Keep,
        }
    }
}
