//! What a person can set: by flag, by environment variable, by file, in this order.

mod database;
mod file;
mod life;

use serde::Deserialize;
use sheaf_protocol::ClientVersion;

pub use database::{Database, DatabaseError, Postgres};
pub use file::{File, FileError, LimitsFile, SessionsFile};
pub use life::{Life, LifeError};

/// Who may register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Registration {
    /// Open until the first account exists, then closed: the default.
    #[default]
    FirstOnly,
    Open,
    /// Only e-mails named by `sheaf-server user invite`.
    Invite,
    Closed,
}

impl Registration {
    /// As it is typed.
    pub fn name(self) -> &'static str {
        match self {
            Self::FirstOnly => "first-only",
            Self::Open => "open",
            Self::Invite => "invite",
            Self::Closed => "closed",
        }
    }

    /// What it means while there are so many accounts.
    pub fn meaning(self, accounts: u64) -> &'static str {
        match (self, accounts) {
            (Self::FirstOnly, 0) => "open until the first account exists",
            (Self::FirstOnly, _) => {
                "closed: the first account exists (--registration open lets others in)"
            }
            (Self::Open, _) => "open to everybody who reaches this address",
            (Self::Invite, _) => "by invitation (sheaf-server user invite)",
            (Self::Closed, _) => "closed",
        }
    }
}

/// How large things may be.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of one request that carries items.
    pub body_bytes: usize,
    /// Bytes of content and key of one item.
    pub item_bytes: usize,
    /// Items of one request.
    pub items: usize,
    /// A page of an answer ends with the item that crosses this many bytes of content and key.
    pub page_bytes: usize,
    /// Bytes an account may keep; `None`: no limit.
    pub account_bytes: Option<u64>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 64 << 20,
            item_bytes: 16 << 20,
            items: 2_000,
            page_bytes: 10_000_000,
            account_bytes: None,
        }
    }
}

/// How long sessions last.
#[derive(Debug, Clone, Copy)]
pub struct Lives {
    /// Until a client must refresh.
    pub access: Life,
    /// Until a device that was not used must sign in again.
    pub refresh: Life,
    /// Of a session that ends with the browser.
    pub ephemeral: Life,
}

impl Default for Lives {
    fn default() -> Self {
        Self {
            access: Life::days(60),
            refresh: Life::days(365),
            ephemeral: Life::days(3),
        }
    }
}

/// The least version of Sheaf that this server works with. Whoever changes the server so that older ones no longer
/// understand it raises this.
pub const LEAST_CLIENT: ClientVersion = ClientVersion::new(0, 1, 0);

/// What the running server is told.
#[derive(Debug, Clone, Copy, Default)]
pub struct Settings {
    pub registration: Registration,
    pub limits: Limits,
    pub lives: Lives,
    /// Proxies in front whose X-Forwarded-For is believed.
    pub trusted_proxies: usize,
    /// The operator lets in no version of Sheaf older than this.
    pub least_client: Option<ClientVersion>,
}

impl Settings {
    /// The least version of Sheaf that is let in: the operator can raise it, not lower it.
    pub fn least_client(&self) -> ClientVersion {
        self.least_client
            .map_or(LEAST_CLIENT, |asked| asked.max(LEAST_CLIENT))
    }
}
