//! What a replication may not reach for by itself: the time, waiting and randomness.
//!
//! The engine hands in the real ones, tests and the simulator their own. Deadlines of single
//! requests are not here: they belong to `net`, which owns the sockets they bound.

use std::{future::Future, time::Duration};

use sheaf_model::Millis;

pub trait Environment: Send + Sync {
    /// Milliseconds since the Unix epoch. May jump in either direction.
    fn now(&self) -> Millis;

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send;

    /// Uniform over all 64 bits.
    fn random(&self) -> u64;
}
