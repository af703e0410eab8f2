//! A server for encrypted notes that anyone can host with one binary. It stores ciphertext, serves
//! both generations of Standard Notes clients on one account, and never answers across accounts.

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod account;
pub mod app;
pub mod changes;
pub mod config;
pub mod edge;
pub mod listen;
mod metrics;
pub mod routes;
pub mod storage;
pub mod sync;
