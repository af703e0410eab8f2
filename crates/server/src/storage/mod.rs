//! Where accounts and items are kept, behind one trait with one conformance suite.
//!
//! Every query names the account it is for; nothing here can answer across accounts. A sync call
//! is one transaction that first takes the account's row.

#[cfg(test)]
mod conformance;
mod copy;
pub mod postgres;
pub mod sqlite;

use std::{future::Future, sync::Arc};

use sheaf_protocol::{Generation, IntegrityEntry, Micros, SyncResponse};

use crate::{
    changes::Changes,
    sync::{Incoming, Rejected, Row},
};

/// An account's uuid, as it travels.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(pub String);

/// An account. No `Debug`: the password hash stays out of logs.
#[derive(Clone, PartialEq)]
pub struct User {
    pub id: UserId,
    /// Trimmed, in lower case: what sign-in compares.
    pub email: String,
    /// Argon2id, PHC form, over the half of the derived key that the server may see.
    pub password_hash: String,
    /// Key parameters as JSON, handed out again as they came.
    pub key_params: String,
    /// `001` to `004`.
    pub version: String,
    pub disabled: bool,
    pub created_at: Micros,
    /// Changes with every password; tokens that carry another one are void.
    pub generation: i64,
}

/// A session. Tokens are kept as SHA-256 only.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    pub id: String,
    pub user: UserId,
    pub access_hash: [u8; 32],
    pub refresh_hash: [u8; 32],
    /// The pair before the last refresh: the answer that carried the new one may have been lost.
    pub previous_access_hash: Option<[u8; 32]>,
    pub previous_refresh_hash: Option<[u8; 32]>,
    /// The newest pair has been used, so it did arrive.
    pub confirmed: bool,
    pub access_expires: Micros,
    pub refresh_expires: Micros,
    pub refreshed_at: Micros,
    pub created_at: Micros,
    pub user_agent: String,
    pub api: String,
    /// Ended from another device. Kept until it would have expired, so that its device is told.
    pub revoked: bool,
}

/// What a sync call asks, already read.
pub struct SyncCall {
    pub generation: Generation,
    pub sent: Vec<Result<Incoming, Rejected>>,
    pub sync_token: Option<String>,
    pub cursor_token: Option<String>,
    pub limit: Option<i64>,
    pub content_type: Option<String>,
    pub integrity: bool,
    pub now: Micros,
    /// Most bytes of payload the account may keep; a save beyond it is refused.
    pub quota: Option<u64>,
    /// A page ends with the item that crosses this many bytes of payload.
    pub page_bytes: usize,
}

/// The answer and whether others of the account have something to fetch.
pub struct SyncAnswer {
    pub response: SyncResponse,
    pub counter: u64,
    pub changed: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    #[error("this token is not of this server, or from its future")]
    Token,
    #[error("the account is gone")]
    NoSuchUser,
    #[error("an account with this e-mail exists")]
    EmailTaken,
    #[error("there is an account already")]
    NotFirst,
    #[error("the database has accounts already; a copy is restored to an empty one")]
    NotEmpty,
    #[error("the account's space is used up")]
    Quota,
    /// Too busy to answer in time; to be tried again.
    #[error("the database is busy")]
    Busy(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the database failed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

pub trait Storage: Send + Sync + 'static {
    /// `only_first`: refused with `NotFirst` when there is an account already, whatever is created at
    /// the same moment.
    fn create_user(
        &self,
        user: User,
        only_first: bool,
    ) -> impl Future<Output = Result<(), StorageError>> + Send;
    fn user_by_email(
        &self,
        email: &str,
    ) -> impl Future<Output = Result<Option<User>, StorageError>> + Send;
    fn user(&self, id: &UserId) -> impl Future<Output = Result<Option<User>, StorageError>> + Send;
    fn users(&self) -> impl Future<Output = Result<Vec<User>, StorageError>> + Send;
    fn user_count(&self) -> impl Future<Output = Result<u64, StorageError>> + Send;
    /// New e-mail, password and parameters in one transaction that also ends every session but
    /// `keep`.
    fn change_credentials(
        &self,
        user: User,
        keep: Option<&str>,
    ) -> impl Future<Output = Result<(), StorageError>> + Send;
    fn set_disabled(
        &self,
        id: &UserId,
        disabled: bool,
    ) -> impl Future<Output = Result<(), StorageError>> + Send;
    /// The account, its sessions and its items.
    fn delete_user(&self, id: &UserId) -> impl Future<Output = Result<(), StorageError>> + Send;

    /// The secret behind made-up key parameters: the candidate if there is none yet. Shared by
    /// every node of a database, so that all of them make up the same.
    fn server_secret(
        &self,
        candidate: [u8; 32],
    ) -> impl Future<Output = Result<[u8; 32], StorageError>> + Send;
    /// Allows one registration under this e-mail.
    fn put_invite(&self, email: &str) -> impl Future<Output = Result<(), StorageError>> + Send;
    /// Uses an invitation up; `false` if there is none.
    fn take_invite(&self, email: &str) -> impl Future<Output = Result<bool, StorageError>> + Send;
    /// Remembers the challenge of a sign-in that has begun.
    fn put_challenge(
        &self,
        challenge: &str,
        expires: Micros,
    ) -> impl Future<Output = Result<(), StorageError>> + Send;
    /// Uses a challenge up; `false` if it is unknown or too old.
    fn take_challenge(
        &self,
        challenge: &str,
        now: Micros,
    ) -> impl Future<Output = Result<bool, StorageError>> + Send;

    fn put_session(
        &self,
        session: Session,
    ) -> impl Future<Output = Result<(), StorageError>> + Send;
    /// A session, revoked or not, and whose it is.
    fn session_and_user(
        &self,
        id: &str,
    ) -> impl Future<Output = Result<Option<(Session, User)>, StorageError>> + Send;
    /// Replaces the session if it is not revoked and still as `seen` says; `false` if another request was first.
    fn rotate_session(
        &self,
        seen: &Session,
        next: Session,
    ) -> impl Future<Output = Result<bool, StorageError>> + Send;
    /// Remembers that the pair with this access token has been used.
    fn confirm_session(
        &self,
        id: &str,
        access_hash: [u8; 32],
    ) -> impl Future<Output = Result<(), StorageError>> + Send;
    /// Those that are not revoked, the newest first.
    fn sessions(
        &self,
        user: &UserId,
    ) -> impl Future<Output = Result<Vec<Session>, StorageError>> + Send;
    /// Marks one session of the account as ended from elsewhere; `false` if it has none of that id.
    fn revoke_session(
        &self,
        user: &UserId,
        id: &str,
    ) -> impl Future<Output = Result<bool, StorageError>> + Send;
    /// The same for all sessions of the account but `keep`.
    fn revoke_other_sessions(
        &self,
        user: &UserId,
        keep: &str,
    ) -> impl Future<Output = Result<(), StorageError>> + Send;
    /// Ends one session of the account; `false` if it has none of that id.
    fn end_session(
        &self,
        user: &UserId,
        id: &str,
    ) -> impl Future<Output = Result<bool, StorageError>> + Send;
    /// Ends all sessions of the account but `keep`.
    fn end_sessions(
        &self,
        user: &UserId,
        keep: Option<&str>,
    ) -> impl Future<Output = Result<(), StorageError>> + Send;
    fn sweep_sessions(&self, now: Micros)
    -> impl Future<Output = Result<u64, StorageError>> + Send;

    fn sync(
        &self,
        user: &UserId,
        call: SyncCall,
    ) -> impl Future<Output = Result<SyncAnswer, StorageError>> + Send;
    fn item(
        &self,
        user: &UserId,
        uuid: &str,
    ) -> impl Future<Output = Result<Option<Row>, StorageError>> + Send;
    /// Entries of the client's that differ from, or are missing on, either side.
    fn integrity_mismatches(
        &self,
        user: &UserId,
        claimed: Vec<IntegrityEntry>,
    ) -> impl Future<Output = Result<Vec<IntegrityEntry>, StorageError>> + Send;

    /// Tells the other nodes of this database that something of the account was saved.
    fn tell_others(&self, user: &UserId, counter: u64);
    /// Passes on what other nodes tell, for as long as it is polled.
    fn hear_others(&self, changes: Arc<Changes>) -> impl Future<Output = ()> + Send;

    /// Everything from a copy that `backup` of any storage made. Refused unless there is no account.
    fn restore(
        &self,
        from: &std::path::Path,
    ) -> impl Future<Output = Result<(), StorageError>> + Send;
    /// A consistent copy of everything into a new file, SQLite's in any case, while the server runs.
    fn backup(&self, to: &std::path::Path)
    -> impl Future<Output = Result<(), StorageError>> + Send;
    /// Problems found in what is stored; empty when all is well.
    fn check(&self) -> impl Future<Output = Result<Vec<String>, StorageError>> + Send;
    /// Answers when the database does.
    fn ping(&self) -> impl Future<Output = Result<(), StorageError>> + Send;
}
