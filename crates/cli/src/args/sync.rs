//! `sheaf sync`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use sheaf_ipc::{ActivityKind, GuardAnswer, Joining};

use super::{
    account::{AccountCommand, ServerOptions},
    vault::{DecryptOptions, EncryptOptions, VaultCommand},
};

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
    /// Enter a new password, or a new token, for the server in use
    Password {
        #[command(flatten)]
        password: PasswordOption,
    },
    /// Answer the question sync stopped with
    Answer { answer: GuardAnswerName },
    /// Count what is here and what is in the database
    Compare,
    /// Begin anew, after a backup. Goes on by itself when it is interrupted
    Reset {
        #[command(flatten)]
        direction: ResetOptions,
        /// Only count what would be lost on which side
        #[arg(long)]
        dry_run: bool,
    },
    /// Set up the database in use: who gets in, what phones need, what fits through
    #[command(subcommand)]
    Server(ServerCommand),
    /// How other computers are reached: as the system says, straight out, or through a proxy
    #[command(subcommand)]
    Proxy(ProxyCommand),
    /// A line of text that sets up the next device, closed with a passphrase
    #[command(subcommand)]
    Link(LinkCommand),
    /// The account at a Sheaf server: leave it, change its password, see how the server behaved
    #[command(subcommand)]
    Account(AccountCommand),
    /// What sync did, the newest session first: received, sent, merged, not taken and why
    Activity(ActivityOptions),
    /// Try one document that does not travel once more, now
    Retry { id: String },
    /// Keep quiet about a document that does not travel, while the reason is the same
    Skip { id: String },
    /// Encrypt the database in use: at once while it holds nothing, else by moving everything into a
    /// new one
    Encrypt(EncryptOptions),
    /// Move everything from an encrypted database into a plain one, which other apps can read
    Decrypt(DecryptOptions),
    /// The encrypted database in use: open it here, its passphrase, its recovery kit, a move
    #[command(subcommand)]
    Vault(VaultCommand),
    /// What stays on this computer although sync is on, and why
    HeldBack {
        /// Try again what the server refused
        #[arg(long)]
        retry: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ActivityOptions {
    /// Only this note, notebook, tag or attachment
    #[arg(long, value_name = "ID")]
    pub(crate) note: Option<String>,
    /// Only what became of documents in this way; may be given several times
    #[arg(long)]
    pub(crate) kind: Vec<ActivityKindName>,
    /// Only documents whose title or name has these words
    #[arg(long, value_name = "WORDS")]
    pub(crate) search: Option<String>,
    /// Sessions, at most
    #[arg(long, default_value_t = 20)]
    pub(crate) limit: u32,
    /// Only sessions before this one
    #[arg(long, value_name = "SESSION")]
    pub(crate) before: Option<i64>,
    /// All of it as text to hand on: ids and reasons, no titles
    #[arg(long, conflicts_with_all = ["note", "kind", "search", "before"])]
    pub(crate) report: bool,
    /// Leave out host names and the name of the account in the report
    #[arg(long, requires = "report")]
    pub(crate) hide_names: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum ActivityKindName {
    Received,
    Sent,
    Merged,
    Conflict,
    NotTaken,
    Skipped,
}

impl From<ActivityKindName> for ActivityKind {
    fn from(name: ActivityKindName) -> Self {
        match name {
            ActivityKindName::Received => Self::Pulled,
            ActivityKindName::Sent => Self::Pushed,
            ActivityKindName::Merged => Self::Merged,
            ActivityKindName::Conflict => Self::Conflict,
            ActivityKindName::NotTaken => Self::Quarantined,
            ActivityKindName::Skipped => Self::Skipped,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum SetCommand {
    /// Don't sync. Nothing is deleted here or on the server
    Off,
    /// A CouchDB database
    Couchdb(CouchOptions),
    /// An account at a Sheaf server, or at another server for Standard Notes; end-to-end encrypted
    Server(ServerOptions),
}

#[derive(Debug, Subcommand)]
pub(crate) enum ServerCommand {
    /// Who gets in, asked as a stranger too
    Show,
    /// Let only members in: NAME, and whoever is named already
    Restrict {
        /// The name to add; the one signed in with when it is left out
        name: Option<String>,
    },
    /// Add the filter that phones replicate through
    Mobile,
    /// How large a request may be. Sends some megabytes
    Limits,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProxyCommand {
    /// What is in force
    Show,
    /// As the environment and the system's settings say
    System,
    /// Straight out, whatever those say
    Direct,
    /// Through this proxy: http, https or socks5
    Set {
        /// A password in the address is moved to the keyring
        #[arg(value_name = "http://NAME@HOST:PORT")]
        url: String,
        /// The name to sign in to the proxy with, when it is not in the address
        #[arg(long)]
        user: Option<String>,
        /// Its password is the first line of this file, or of standard input for -
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
        /// Hosts to reach without it, separated by commas
        #[arg(long, value_name = "HOSTS")]
        except: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum LinkCommand {
    /// Print the link
    Create {
        /// The passphrase is the first line of this file, or of standard input for -
        #[arg(long, value_name = "FILE")]
        passphrase_file: Option<PathBuf>,
        /// The password of the database is the first line of this file, or of standard input for -
        #[arg(long, value_name = "FILE", conflicts_with = "without_password")]
        password_file: Option<PathBuf>,
        /// The same for a token, where one is used to sign in
        #[arg(long, value_name = "FILE", conflicts_with_all = ["without_password", "password_file"])]
        token_file: Option<PathBuf>,
        /// Leave the password or the token out; it is typed on the next device
        #[arg(long)]
        without_password: bool,
    },
    /// Use a link that was made elsewhere
    Open {
        link: String,
        #[arg(long, value_name = "FILE")]
        passphrase_file: Option<PathBuf>,
        /// The passphrase of an encrypted database is the first line of this file
        #[arg(long, value_name = "FILE")]
        vault_passphrase_file: Option<PathBuf>,
        /// Another token than the one in the link, if that has expired or the link has none, is the first
        /// line of this file
        #[arg(long, value_name = "FILE")]
        token_file: Option<PathBuf>,
        #[command(flatten)]
        joining: JoiningOptions,
    },
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
    /// Sign in with a token (JWT) in place of a name and a password; it is asked for when it is not
    /// in a file
    #[arg(long, conflicts_with_all = ["user", "password_file"])]
    pub(crate) token: bool,
    /// The token is the first line of this file, or of standard input for -
    #[arg(long, value_name = "FILE", conflicts_with_all = ["user", "password_file"])]
    pub(crate) token_file: Option<PathBuf>,
    /// Create the database when it does not exist
    #[arg(long)]
    pub(crate) create: bool,
    /// Encrypt the database, if it holds nothing yet. One that is encrypted already asks for its
    /// passphrase by itself
    #[arg(long)]
    pub(crate) encrypt: bool,
    /// The passphrase of the encrypted database is the first line of this file
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// Use the address although the server does not answer now
    #[arg(long)]
    pub(crate) although_unreachable: bool,
    #[command(flatten)]
    pub(crate) joining: JoiningOptions,
}

/// What happens when there are notes here and there. Without one of these both are brought
/// together, unless others use the database too: then nothing happens before you have said so.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub(crate) struct JoiningOptions {
    /// Bring both sides together; nothing is deleted on either
    #[arg(long)]
    pub(crate) merge: bool,
    /// The database becomes what this computer has
    #[arg(long)]
    pub(crate) replace_remote: bool,
    /// This computer becomes what the database has; a backup is taken first
    #[arg(long)]
    pub(crate) replace_local: bool,
}

impl JoiningOptions {
    pub(crate) fn chosen(&self) -> Option<Joining> {
        match self {
            Self { merge: true, .. } => Some(Joining::Merge),
            Self {
                replace_remote: true,
                ..
            } => Some(Joining::ReplaceRemote),
            Self {
                replace_local: true,
                ..
            } => Some(Joining::ReplaceHere),
            _ => None,
        }
    }
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct ResetOptions {
    /// From scratch: this computer becomes what the database has
    #[arg(long)]
    pub(crate) pull: bool,
    /// Rebuild: the database becomes what this computer has
    #[arg(long)]
    pub(crate) push: bool,
    /// Give up what has begun; both sides are merged from then on
    #[arg(long)]
    pub(crate) cancel: bool,
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
    /// Another database: make it what this computer has
    ReplaceRemote,
    /// Another database: make this computer what it has
    ReplaceLocal,
    /// Many deletions: let them happen
    Delete,
    /// Many deletions: keep the notes and send them again
    Keep,
}

impl From<GuardAnswerName> for GuardAnswer {
    fn from(name: GuardAnswerName) -> Self {
        match name {
            GuardAnswerName::Merge => Self::Merge,
            GuardAnswerName::ReplaceRemote => Self::ReplaceRemote,
            GuardAnswerName::ReplaceLocal => Self::ReplaceHere,
            GuardAnswerName::Delete => Self::Delete,
            GuardAnswerName::Keep => Self::Keep,
        }
    }
}
