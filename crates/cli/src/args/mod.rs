//! What can be typed. The texts here are the manual; `docs/cli.md` has examples and JSON shapes.

mod account;
mod doctor;
mod note;
mod organise;
mod search;
mod sync;
mod vault;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

pub(crate) use account::{AccountCommand, OnOff, ServerOptions};
pub(crate) use doctor::DoctorOptions;
pub(crate) use note::{AttachCommand, ConflictCommand, ListOptions, NoteCommand};
pub(crate) use organise::{NotebookCommand, TagCommand};
pub(crate) use search::words_last;
pub(crate) use sync::{
    ActivityOptions, CouchOptions, LinkCommand, PasswordOption, ProxyCommand, ResetOptions,
    ServerCommand, SetCommand, SyncCommand,
};
pub(crate) use vault::{DecryptOptions, EncryptOptions, VaultCommand, VaultProofOptions};

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  failed; nothing is half done
  2  the command line is wrong
  3  a person is needed: password, keyring, or a question sync asks
  4  the server cannot be reached now; trying later helps
  5  the notes are in use or cannot be opened

A note is named by its id (the `note:` may be left out), a notebook or tag by id or name.
While the app runs on the same notes, every command is carried out by it.";

/// Sheaf: Markdown notes that never lose a word.
#[derive(Debug, Parser)]
#[command(name = "sheaf", version, about, after_help = EXIT_CODES, max_term_width = 100)]
pub(crate) struct Options {
    /// Keep notes, settings and logs in this directory
    #[arg(long, global = true, value_name = "DIR", env = "SHEAF_DATA_DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Print JSON: one value, or one a line for `sync watch`
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Where passwords are kept: keyring, clear-file or session
    #[arg(
        long,
        global = true,
        value_name = "STORE",
        env = "SHEAF_SECRET_STORE",
        value_parser = sheaf_engine::SecretStoreChoice::NAMES
    )]
    pub(crate) secret_store: Option<String>,
    /// Log in detail, and to the terminal too
    #[arg(long, global = true)]
    pub(crate) enable_logging: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write, read and arrange notes
    #[command(subcommand)]
    Note(NoteCommand),
    /// Notebooks
    #[command(subcommand)]
    Notebook(NotebookCommand),
    /// Tags
    #[command(subcommand)]
    Tag(TagCommand),
    /// Find notes: words, "phrases", -without, book: tag: status: title: body:
    Search {
        /// What the search box takes; several words need no quotes, and after -- everything is a word
        #[arg(required = true)]
        query: Vec<String>,
        /// At most this many
        #[arg(long, default_value_t = 50)]
        limit: u32,
        /// Leave out this many first
        #[arg(long, default_value_t = 0)]
        offset: u32,
    },
    /// Keep notes in step with a server
    #[command(subcommand)]
    Sync(SyncCommand),
    /// Find out why sync does not work: each step to the server, with what to do
    Doctor(DoctorOptions),
    /// Everything that somebody who helps needs to see, redacted: versions, diagnosis, crashes, log
    Support {
        /// Leave out host names, addresses and the name of the account
        #[arg(long)]
        hide_names: bool,
    },
    /// Notes that were changed in two places at once
    #[command(subcommand)]
    Conflict(ConflictCommand),
    /// Images and other files inside notes
    #[command(subcommand)]
    Attach(AttachCommand),
    /// Write all notes, notebooks and tags into one file, not encrypted
    Export {
        file: PathBuf,
        #[arg(long)]
        format: FileFormat,
    },
    /// Take in such a file. What is here stays as it is
    Import {
        /// A file, or - for standard input
        file: PathBuf,
        #[arg(long)]
        format: FileFormat,
    },
    /// Turn a Markdown file into safe HTML on standard output
    Render {
        /// A file, or - for standard input
        file: PathBuf,
        /// Let pictures from other hosts load
        #[arg(long)]
        remote_images: bool,
    },
    /// Open a small window with a new note
    #[command(long_flag = "quick-note")]
    QuickNote,
    /// Check that the note database is whole
    Verify,
    /// Copy everything that can still be read from a damaged database into a new data directory
    Rescue {
        /// A directory that does not exist yet, or an empty one
        dir: PathBuf,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FileFormat {
    /// The JSON file that clients for Standard Notes read and write
    StandardNotes,
}
