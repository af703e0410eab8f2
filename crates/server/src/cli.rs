//! Arguments and the commands that need no network.

use std::{path::PathBuf, sync::Arc};

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use sheaf_protocol::Micros;
use sheaf_server::{
    config::{Database, Registration},
    edge::Edge,
    routes::openapi,
    storage::{Storage, postgres::Postgres, sqlite::Sqlite},
};

use crate::{
    options::{Configuration, Options},
    serve,
};

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
    /// Fills an empty database from a copy that `backup` made, also one of the other kind.
    Restore { from: PathBuf },
    /// Checks the database and says what is wrong.
    Check,
    /// Shows the settings that hold, with secrets hidden.
    Config,
    /// Shows the description of its routes, as JSON for tools.
    Openapi,
}

#[derive(Subcommand)]
enum UserCommand {
    /// Lists accounts.
    List,
    /// Lets the owner of this e-mail register once, unless registration is closed. Nobody but the
    /// owner chooses, or ever sees, the password.
    #[command(alias = "invite")]
    Add { email: String },
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
    if let Some(Command::Openapi) = arguments.command {
        println!("{}", serde_json::to_string_pretty(&openapi())?);
        return Ok(());
    }
    let options = arguments.options;
    let configuration = options.resolve()?;
    let Some(command) = arguments.command else {
        serve::start_logging(options.log_format);
        return match &configuration.database {
            Database::Sqlite => serve::run(&configuration, sqlite(&configuration)?, edge()).await,
            Database::Postgres(at) => serve::run(&configuration, postgres(at).await?, edge()).await,
        };
    };
    if let Command::Config = command {
        print!("{}", configuration.to_toml());
        return Ok(());
    }
    match &configuration.database {
        Database::Sqlite => act(&sqlite(&configuration)?, command, &configuration).await,
        Database::Postgres(at) => act(&postgres(at).await?, command, &configuration).await,
    }
}

async fn act(
    storage: &impl Storage,
    command: Command,
    configuration: &Configuration,
) -> anyhow::Result<()> {
    match command {
        Command::User(command) => user(storage, command, configuration.settings.registration).await,
        Command::Backup { to } => {
            storage.backup(&to).await?;
            println!("Copied to {}.", to.display());
            Ok(())
        }
        Command::Restore { from } => {
            anyhow::ensure!(from.is_file(), "there is no file {}", from.display());
            storage.restore(&from).await?;
            println!("{} accounts are here again.", storage.user_count().await?);
            Ok(())
        }
        Command::Check => check(storage).await,
        // Answered before any database was opened.
        Command::Config | Command::Openapi => Ok(()),
    }
}

async fn postgres(at: &sheaf_server::config::Postgres) -> anyhow::Result<Postgres> {
    Postgres::open(at)
        .await
        .with_context(|| format!("cannot use the database {at}"))
}

fn sqlite(configuration: &Configuration) -> anyhow::Result<Sqlite> {
    let dir = configuration.data_dir()?;
    create_private(dir).with_context(|| format!("cannot create {}", dir.display()))?;
    let file = dir.join("server.db");
    Sqlite::open(&file).with_context(|| format!("cannot open {}", file.display()))
}

async fn check(storage: &impl Storage) -> anyhow::Result<()> {
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

async fn user(
    storage: &impl Storage,
    command: UserCommand,
    registration: Registration,
) -> anyhow::Result<()> {
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
        UserCommand::Add { email } => {
            let email = email.trim().to_lowercase();
            anyhow::ensure!(
                storage.user_by_email(&email).await?.is_none(),
                "{email} has an account already"
            );
            storage.put_invite(&email).await?;
            println!("{email} may register once, and chooses the password then.");
            if registration == Registration::Closed {
                println!(
                    "Registration is closed at present: the server lets nobody in until it runs with --registration \
                     invite."
                );
            }
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

async fn find(
    storage: &impl Storage,
    email: &str,
) -> anyhow::Result<sheaf_server::storage::UserId> {
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

/// The directory is the owner's alone: it holds password hashes.
fn create_private(dir: &std::path::Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}
