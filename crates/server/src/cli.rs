//! Arguments and the commands that need no network.

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand};
use sheaf_protocol::Micros;
use sheaf_server::{
    config::{Limits, Registration},
    edge::Edge,
    storage::{Storage, sqlite::Sqlite},
};

use crate::serve;

#[derive(Parser)]
#[command(
    name = "sheaf-server",
    version,
    about = "Keeps encrypted notes in step. It cannot read them."
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) options: Options,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Args, Clone, Debug)]
pub(crate) struct Options {
    /// Where the database is kept. Default: sheaf-server below the user's data directory.
    #[arg(long, env = "SHEAF_SERVER_DATA_DIR", global = true)]
    data_dir: Option<PathBuf>,
    /// Address and port to listen on. Only this computer reaches the default.
    #[arg(
        long,
        env = "SHEAF_SERVER_LISTEN",
        default_value = "127.0.0.1:3650",
        global = true
    )]
    pub(crate) listen: SocketAddr,
    /// Who may register.
    #[arg(
        long,
        env = "SHEAF_SERVER_REGISTRATION",
        value_enum,
        default_value_t,
        global = true
    )]
    pub(crate) registration: Registration,
    /// Proxies in front whose X-Forwarded-For is believed.
    #[arg(
        long,
        env = "SHEAF_SERVER_TRUSTED_PROXIES",
        default_value_t = 0,
        global = true
    )]
    pub(crate) trusted_proxies: usize,
    /// Megabytes an account may keep. Default: no limit.
    #[arg(long, env = "SHEAF_SERVER_ACCOUNT_MB", global = true)]
    account_mb: Option<u64>,
}

impl Options {
    pub(crate) fn limits(&self) -> Limits {
        Limits {
            account_bytes: self.account_mb.map(|mb| mb << 20),
            ..Limits::default()
        }
    }

    pub(crate) fn data_dir(&self) -> anyhow::Result<PathBuf> {
        let chosen = self.data_dir.clone().or_else(default_data_dir);
        chosen.context("no home directory is known; name a directory with --data-dir")
    }

    pub(crate) fn open(&self) -> anyhow::Result<Sqlite> {
        let dir = self.data_dir()?;
        create_private(&dir).with_context(|| format!("cannot create {}", dir.display()))?;
        let file = dir.join("server.db");
        Sqlite::open(&file).with_context(|| format!("cannot open {}", file.display()))
    }
}

#[derive(Subcommand)]
enum Command {
    /// Accounts.
    #[command(subcommand)]
    User(UserCommand),
    /// Writes a consistent copy of the database while the server runs.
    Backup {
        /// A file that does not exist yet.
        to: PathBuf,
    },
    /// Checks the database and says what is wrong.
    Check,
}

#[derive(Subcommand)]
enum UserCommand {
    /// Lists accounts.
    List,
    /// Allows one registration under this e-mail (with --registration invite).
    Invite { email: String },
    /// Ends an account's sessions and refuses new ones.
    Disable { email: String },
    /// Lets a disabled account in again.
    Enable { email: String },
    /// Deletes an account and everything in it.
    Delete {
        email: String,
        /// Really delete.
        #[arg(long)]
        yes: bool,
    },
}

pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let options = arguments.options;
    let Some(command) = arguments.command else {
        return serve::run(options, edge()).await;
    };
    let storage = options.open()?;
    match command {
        Command::User(command) => user(&storage, command).await,
        Command::Backup { to } => {
            storage.backup(&to).await?;
            println!("Copied to {}.", to.display());
            Ok(())
        }
        Command::Check => check(&storage).await,
    }
}

async fn check(storage: &Sqlite) -> anyhow::Result<()> {
    let problems = storage.check().await?;
    if problems.is_empty() {
        println!("The database is sound.");
        return Ok(());
    }
    for problem in &problems {
        println!("{problem}");
    }
    anyhow::bail!(
        "{} problems were found; nothing was changed",
        problems.len()
    )
}

async fn user(storage: &Sqlite, command: UserCommand) -> anyhow::Result<()> {
    match command {
        UserCommand::List => {
            for user in storage.users().await? {
                let state = if user.disabled { "disabled" } else { "active" };
                println!(
                    "{}\t{state}\tversion {}\tsince {}",
                    user.email,
                    user.version,
                    user.created_at.to_iso()
                );
            }
        }
        UserCommand::Invite { email } => {
            let email = email.trim().to_lowercase();
            storage.put_invite(&email).await?;
            println!("{email} may register once.");
        }
        UserCommand::Disable { email } => {
            storage
                .set_disabled(&find(storage, &email).await?, true)
                .await?;
            println!("{email} is signed out everywhere and cannot sign in.");
        }
        UserCommand::Enable { email } => {
            storage
                .set_disabled(&find(storage, &email).await?, false)
                .await?;
            println!("{email} can sign in again.");
        }
        UserCommand::Delete { email, yes } => {
            anyhow::ensure!(
                yes,
                "this deletes every note of {email} on this server; repeat with --yes"
            );
            storage.delete_user(&find(storage, &email).await?).await?;
            println!("{email} and everything in it was deleted.");
        }
    }
    Ok(())
}

async fn find(storage: &Sqlite, email: &str) -> anyhow::Result<sheaf_server::storage::UserId> {
    let user = storage.user_by_email(&email.trim().to_lowercase()).await?;
    Ok(user
        .with_context(|| format!("there is no account {email}"))?
        .id)
}

/// The real clock and the system's entropy.
#[expect(
    clippy::disallowed_methods,
    reason = "the edge: the server is handed its clock from here"
)]
fn edge() -> Edge {
    Edge {
        now: Arc::new(|| {
            let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            Micros(since.map_or(0, |since| {
                i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
            }))
        }),
        random: Arc::new(|bytes| {
            use rand::TryRngCore as _;
            // Without entropy no token may be made; there is nothing to fall back to.
            rand::rngs::OsRng
                .try_fill_bytes(bytes)
                .expect("the operating system gives entropy");
        }),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the edge: where this account keeps its files"
)]
fn default_data_dir() -> Option<PathBuf> {
    let from = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let base = from("XDG_DATA_HOME")
        .or_else(|| from("LOCALAPPDATA"))
        .or_else(|| Some(from("HOME")?.join(".local/share")))?;
    Some(base.join("sheaf-server"))
}

/// The directory is the owner's alone: it holds password hashes.
fn create_private(dir: &std::path::Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}
