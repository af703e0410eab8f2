//! Randomness that can be had again: a printed seed, and names that no other run uses.

use std::hash::{BuildHasher, Hasher, RandomState};

/// A reproducible sequence (`SplitMix64`). The seed is in every message of a test that uses one.
#[derive(Debug, Clone)]
pub struct Seed {
    pub start: u64,
    state: u64,
}

impl Seed {
    pub fn new(start: u64) -> Self {
        Self {
            start,
            state: start,
        }
    }

    pub fn number(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.number() % end as u64) as usize
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// The seeds of a random test: always these, and as many more as `SHEAF_TEST_SEEDS` asks for.
pub fn seeds(always: &[u64]) -> Vec<Seed> {
    let more = std::env::var("SHEAF_TEST_SEEDS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(0);
    let fresh = (0..more).map(|_| u64::from_str_radix(&unique(), 16).unwrap_or_default());
    always.iter().copied().chain(fresh).map(Seed::new).collect()
}

/// Sixteen hex digits that differ on every call, in every process.
pub(crate) fn unique() -> String {
    format!("{:016x}", RandomState::new().build_hasher().finish())
}
