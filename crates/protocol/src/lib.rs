//! The hosted protocol: what travels between a client and a server that knows nothing about the
//! notes it keeps (the Standard Notes sync specification, as the two published generations of
//! clients really speak it).
//!
//! Field names are the protocol's own. Times travel twice, as ISO 8601 text for the older clients
//! and as integer microseconds for the newer; [`Micros`] is the one form used inside.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod account;
mod client;
mod error;
mod generation;
mod item;
mod sync;
mod time;
mod token;

pub use account::{
    AuthenticatedUser, ChangeCredentials, LegacyChangePassword, LegacyRegister, LegacySignIn,
    LoginParamsRequest, Refresh, Register, SessionPair, SessionRow, SignIn,
};
pub use client::{ClientVersion, LEAST_CLIENT, NoVersion, TOO_OLD};
pub use error::{ErrorBody, ErrorTag};
pub use generation::Generation;
pub use item::{Item, ItemIn};
pub use sync::{
    CheckIntegrity, Conflict, ConflictKind, IntegrityEntry, IntegrityMismatches, SyncRequest,
    SyncResponse, Unsaved, UnsavedError,
};
pub use time::Micros;
pub use token::{CursorToken, SyncToken, TokenError};
