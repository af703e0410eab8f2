//! Growing delays after failed sign-ins.
//!
//! Counted per address and account together, and per address alone. A stranger can make himself
//! wait, never the owner: nothing is counted for an account alone, so no account can be locked
//! from outside. Kept in memory, bounded; a restart forgives.

use std::{collections::HashMap, sync::Mutex};

use sheaf_protocol::Micros;

/// Failures that cost nothing: people mistype.
const FREE_FOR_PAIR: u32 = 5;
const FREE_FOR_ADDRESS: u32 = 30;
/// Failures are forgotten after this long without another.
const FORGET_AFTER: i64 = 15 * 60 * 1_000_000;
const LONGEST_WAIT: i64 = 15 * 60 * 1_000_000;
const FIRST_WAIT: i64 = 1_000_000;
/// Entries kept; beyond it the oldest half is dropped.
const MOST_ENTRIES: usize = 100_000;

#[derive(Default)]
pub struct Throttle(Mutex<HashMap<String, Failures>>);

#[derive(Clone, Copy)]
struct Failures {
    count: u32,
    last: Micros,
}

impl Throttle {
    /// Seconds to wait before this address may try this account again; 0: now.
    pub(super) fn wait(&self, address: &str, account: &str, now: Micros) -> u32 {
        let entries = self.entries();
        let pair = remaining(entries.get(&pair(address, account)), FREE_FOR_PAIR, now);
        let alone = remaining(entries.get(address), FREE_FOR_ADDRESS, now);
        pair.max(alone)
    }

    pub(super) fn failed(&self, address: &str, account: &str, now: Micros) {
        let mut entries = self.entries();
        if entries.len() >= MOST_ENTRIES {
            let mut times: Vec<Micros> = entries.values().map(|entry| entry.last).collect();
            let middle = times.len() / 2;
            let (_, median, _) = times.select_nth_unstable(middle);
            let median = *median;
            entries.retain(|_, entry| entry.last > median);
        }
        for key in [pair(address, account), address.to_owned()] {
            let entry = entries.entry(key).or_insert(Failures {
                count: 0,
                last: now,
            });
            let stale = now.0 - entry.last.0 > FORGET_AFTER;
            entry.count = if stale {
                1
            } else {
                entry.count.saturating_add(1)
            };
            entry.last = now;
        }
    }

    pub(super) fn succeeded(&self, address: &str, account: &str) {
        self.entries().remove(&pair(address, account));
    }

    fn entries(&self) -> std::sync::MutexGuard<'_, HashMap<String, Failures>> {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn pair(address: &str, account: &str) -> String {
    format!("{address} {account}")
}

fn remaining(entry: Option<&Failures>, free: u32, now: Micros) -> u32 {
    let Some(entry) = entry.filter(|entry| entry.count > free) else {
        return 0;
    };
    let doublings = (entry.count - free - 1).min(20);
    let wait = FIRST_WAIT.saturating_mul(1 << doublings).min(LONGEST_WAIT);
    let left = entry.last.0 + wait - now.0;
    u32::try_from(left.max(0).div_euclid(1_000_000) + i64::from(left > 0)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Micros {
        Micros(seconds * 1_000_000)
    }

    #[test]
    fn waits_double_and_end() {
        let throttle = Throttle::default();
        for _ in 0..5 {
            throttle.failed("1.2.3.4", "anna", at(0));
        }
        assert_eq!(
            throttle.wait("1.2.3.4", "anna", at(0)),
            0,
            "mistyping is free"
        );
        throttle.failed("1.2.3.4", "anna", at(0));
        let first = throttle.wait("1.2.3.4", "anna", at(0));
        throttle.failed("1.2.3.4", "anna", at(0));
        assert!(throttle.wait("1.2.3.4", "anna", at(0)) > first);
        assert_eq!(throttle.wait("1.2.3.4", "anna", at(3600)), 0);
    }

    #[test]
    fn a_stranger_never_makes_the_owner_wait() {
        let throttle = Throttle::default();
        for n in 0..1000 {
            throttle.failed("6.6.6.6", "anna", at(n));
        }
        assert!(throttle.wait("6.6.6.6", "anna", at(1000)) > 0);
        assert_eq!(throttle.wait("1.2.3.4", "anna", at(1000)), 0);
    }

    #[test]
    fn an_address_that_tries_many_accounts_waits_for_all_of_them() {
        let throttle = Throttle::default();
        for n in 0..40 {
            throttle.failed("6.6.6.6", &format!("user{n}"), at(0));
        }
        assert!(throttle.wait("6.6.6.6", "somebody-else", at(0)) > 0);
    }

    #[test]
    fn success_clears_the_pair() {
        let throttle = Throttle::default();
        for _ in 0..8 {
            throttle.failed("1.2.3.4", "anna", at(0));
        }
        throttle.succeeded("1.2.3.4", "anna");
        assert_eq!(throttle.wait("1.2.3.4", "anna", at(0)), 0);
    }
}
