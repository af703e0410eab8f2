//! `sheaf doctor`.

use clap::Args;

use super::PasswordOption;

#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes:\n  0  everything is as it should be\n  1  warnings only\n  2  something stands in the way (or the command line is wrong)"
)]
pub(crate) struct DoctorOptions {
    /// The address to look at; without one, what sync is set to
    #[arg(value_name = "https://NAME@HOST:PORT/DATABASE")]
    pub(crate) url: Option<String>,
    #[command(flatten)]
    pub(crate) password: PasswordOption,
    /// Watch the quiet connection for 40 seconds instead of 5
    #[arg(long)]
    pub(crate) deep: bool,
    /// Leave out host names, addresses and the name of the account in the report
    #[arg(long)]
    pub(crate) hide_names: bool,
    /// Carry out the first fix that is offered for the main cause, then look again
    #[arg(long)]
    pub(crate) fix: bool,
    /// Do not ask before the fix
    #[arg(long, requires = "fix")]
    pub(crate) yes: bool,
}
