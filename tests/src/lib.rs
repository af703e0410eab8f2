//! Fixtures of the end-to-end suites: servers and clients by other hands, a proxy that misbehaves, the built programs
//! in their own homes, a keyring, a screen.
//!
//! Everything real starts as a child process on a free loopback port, is waited for by what it says and never by time,
//! and is gone when its value is dropped. This package knows none of our crates: it holds our programs to what a
//! person, a server or another client can see. A fixture that cannot do its part panics with a sentence: that is how
//! a test fails.

#![allow(
    clippy::missing_panics_doc,
    reason = "a fixture that fails ends its test; every function here may"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "fixtures are the edge: they read which servers and programs there are"
)]

mod account;
mod authority;
mod canary;
pub mod certificates;
mod database;
mod device;
#[cfg(target_os = "linux")]
mod display;
mod every_server;
mod foreign;
mod forward;
mod gateway;
mod hosted;
mod http;
mod keyring;
mod liar;
pub mod listeners;
mod nginx;
mod peers;
mod postgres;
mod program;
mod proxy;
mod published;
mod random;
mod schema;
mod server;
mod sheaf;
mod sheaf_server;
mod tokens;
#[cfg(target_os = "linux")]
mod webdriver;
#[cfg(target_os = "linux")]
mod window;

pub use account::Account;
pub use authority::{Authority, ServerCertificate};
pub use canary::{files_holding, files_holding_bytes, spellings};
pub use database::Database;
pub use device::{Device, text};
#[cfg(target_os = "linux")]
pub use display::Display;
pub use every_server::on_server;
pub use foreign::ForeignClient;
pub use forward::{BEHIND_THE_PROXY, FORBIDDEN_BY_THE_PROXY, ForwardProxy};
pub use gateway::Gateway;
pub use hosted::{HostedDevice, new_item, register, sign_in};
pub use http::{Answer, Http, encode_segment};
pub use keyring::Keyring;
pub use liar::{Hold, Liar, Lie, Reply};
pub use listeners::closed_port;
pub use nginx::Nginx;
pub use postgres::{Cluster, Flushes};
pub use program::Program;
pub use proxy::{Fault, FaultProxy, Request};
pub use published::{Generation, LeftOut, PublishedDevice, run_published};
pub use random::{Seed, seeds};
pub use schema::assert_fits_inkdrop;
pub use server::{Couch, Kind, say};
pub use sheaf::{Refusal, Sheaf};
pub use sheaf_server::{ServerOptions, SheafServer};
pub use tokens::{TokenGate, Tokens, now};
#[cfg(target_os = "linux")]
pub use webdriver::{Element, WebDriver};
#[cfg(target_os = "linux")]
pub use window::{Installation, Window};
