//! `sheaf sync set server` and `sheaf sync account`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::sync::PasswordOption;

#[derive(Debug, Args)]
pub(crate) struct ServerOptions {
    /// The address, as `sheaf-server` prints it when it starts
    #[arg(value_name = "https://HOST")]
    pub(crate) url: String,
    /// The e-mail of the account
    #[arg(long)]
    pub(crate) email: String,
    #[command(flatten)]
    pub(crate) password: PasswordOption,
    /// Make a new account, and print what opens it when the password is lost
    #[arg(long, conflicts_with_all = ["older", "recovery_code_file"])]
    pub(crate) sign_up: bool,
    /// Open an account of an older client (version 003)
    #[arg(long)]
    pub(crate) older: bool,
    /// Sign in with the recovery code in the first line of this file
    #[arg(long, value_name = "FILE", conflicts_with = "password_file")]
    pub(crate) recovery_code_file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// End the session here. The notes on the server stay there
    SignOut {
        /// Take the notes off this computer as well, once all of them are on the server
        #[arg(long)]
        remove_notes: bool,
    },
    /// Change the password, or upgrade an account of an older client
    ChangePassword {
        #[command(flatten)]
        password: PasswordOption,
        /// The new password is the first line of this file
        #[arg(long, value_name = "FILE")]
        new_password_file: Option<PathBuf>,
        /// Prove who you are with the recovery code in the first line of this file
        #[arg(long, value_name = "FILE", conflicts_with = "password_file")]
        recovery_code_file: Option<PathBuf>,
    },
    /// Print what opens the account when the password is lost
    RecoveryKit {
        #[command(flatten)]
        password: PasswordOption,
    },
    /// Delete the account and everything on the server. The notes here stay
    Delete {
        #[command(flatten)]
        password: PasswordOption,
    },
    /// Whether notes are filled up so that the server does not learn their sizes
    HideSizes { hide: OnOff },
    /// What the server did that an honest one never does
    Warnings {
        /// They were read
        #[arg(long)]
        dismiss: bool,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OnOff {
    On,
    Off,
}
