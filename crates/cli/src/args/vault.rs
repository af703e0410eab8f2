//! `sheaf sync vault`: encryption of one's own database.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub(crate) struct EncryptOptions {
    /// The name of the new, encrypted database on the same server, when the one in use holds notes
    /// already [default: NAME-encrypted]
    #[arg(long, value_name = "NAME")]
    pub(crate) into: Option<String>,
    /// The passphrase is the first line of this file, or of standard input for -
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct DecryptOptions {
    /// The name of the new database on the same server [default: NAME-plain]
    #[arg(long, value_name = "NAME")]
    pub(crate) into: Option<String>,
}

/// How somebody shows that the database is theirs to open.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub(crate) struct VaultProofOptions {
    /// The passphrase is the first line of this file, or of standard input for -
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// Without the passphrase: the recovery code is the first line of this file
    #[arg(long, value_name = "FILE")]
    pub(crate) recovery_code_file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum VaultCommand {
    /// Open an encrypted database on this computer
    Open {
        #[command(flatten)]
        proof: VaultProofOptions,
    },
    /// Print the recovery kit once more
    Kit {
        #[command(flatten)]
        proof: VaultProofOptions,
    },
    /// Choose another passphrase; the recovery code stays as it is
    Passphrase {
        #[command(flatten)]
        proof: VaultProofOptions,
        /// The new passphrase is the first line of this file
        #[arg(long, value_name = "FILE")]
        new_passphrase_file: Option<PathBuf>,
    },
    /// How the move into another database stands
    Move,
    /// Go on with a move that was interrupted or stopped
    Continue,
    /// Give a move up and take its unfinished database away, or forget one that is done
    End,
}
