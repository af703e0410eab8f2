//! What a person can set: by flag, by environment variable, by file, in this order.

/// Who may register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Registration {
    /// Open until the first account exists, then closed: the default.
    #[default]
    FirstOnly,
    Open,
    /// Only e-mails named by `sheaf-server user invite`.
    Invite,
    Closed,
}

/// How large things may be.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of one request.
    pub body_bytes: usize,
    /// Bytes of content and key of one item.
    pub item_bytes: usize,
    /// Items of one request.
    pub items: usize,
    /// Bytes an account may keep; `None`: no limit.
    pub account_bytes: Option<u64>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 64 << 20,
            item_bytes: 16 << 20,
            items: 2_000,
            account_bytes: None,
        }
    }
}
