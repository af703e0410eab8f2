//! Client of the hosted protocol: an account at a server that knows nothing about the notes it
//! keeps. Everything is encrypted before it leaves (`sheaf-crypto`), and what comes back is
//! believed only as far as it is authenticated.
//!
//! [`Service`] gets an account and gets into it ([`account`](crate::SignIn)); [`Replication`] is
//! the conversation: `pull` brings items here, `interpret` says what they mean in terms of
//! revisions, `plan` and `push` take ours there, `password` changes the key of everything,
//! `manifest` and `compare` watch the server, `live` stays.
//!
//! It decides nothing about notes: what is kept, merged or shown is the replica's business.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod account;
mod call;
mod compare;
mod credentials;
mod entropy;
mod error;
mod file;
mod interpret;
mod key_params;
mod keychain;
mod keys;
mod live;
mod manifest;
mod mapping;
mod marker;
mod names;
mod password;
mod plan;
mod pull;
mod push;
mod recovery;
mod replication;
mod seen;
mod service;
mod session;
mod suspicion;
mod tags;
mod unopened;

pub use account::{Proof, Registered, SignIn, normal_email, recovery_code};
pub use credentials::{Credentials, Floor};
pub use error::{Answer, HostedError};
pub use file::{FileError, Imported, another_name, export_file, import_file};
pub use manifest::{dismiss_suspicions, suspicions};
pub use recovery::RecoveryCode;
pub use replication::{Options, Progress, Replication, Round, remote_id};
pub use service::{Dialect, Service};
pub use session::Vault;
pub use sheaf_crypto::{Password, Version};
pub use suspicion::{Kind as SuspicionKind, Suspicion};
pub use unopened::unopened;
