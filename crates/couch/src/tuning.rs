//! What a person agreed to for one server that is not like others.

use std::time::Duration;

/// Nothing set: the conversation finds its own measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tuning {
    /// No batch is larger, a single document excepted.
    pub batch_bytes: Option<u64>,
    /// Changes are asked for so often, instead of being listened for.
    pub ask_every: Option<Duration>,
}
