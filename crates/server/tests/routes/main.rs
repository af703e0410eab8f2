//! The routes as clients speak them, on both storages.

#![allow(clippy::unwrap_used, unreachable_pub)]

mod accounts;
mod hostile;
mod items;
#[path = "../../../../tests/src/postgres.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with suites that measure")]
mod postgres;
mod server;
