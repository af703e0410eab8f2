//! How long to wait before trying again. Pure: randomness comes in, a duration comes out; who
//! sleeps, and who wakes early because the network changed, is the worker's business.

use std::time::Duration;

use crate::Fault;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_mins(5);
/// CouchDB 3.4 locks an account for five minutes from the first failed sign-in; asking earlier
/// only keeps the lock in the log.
const LOCKED_OUT: Duration = Duration::from_secs(310);

/// Doubles from one second to five minutes, with jitter, and honours what the server asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The wait after one more failure. `random` is uniform over all 64 bits; half of the wait is
    /// fixed and half is drawn, so that devices which lost the same server do not return in step.
    pub fn failed(&mut self, fault: Fault, retry_after: Option<Duration>, random: u64) -> Duration {
        let doubled = FIRST
            .saturating_mul(1 << self.failures.min(16))
            .min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        let floor = match fault {
            Fault::LockedOut => retry_after.unwrap_or_default().max(LOCKED_OUT),
            _ => retry_after.unwrap_or_default(),
        };
        let share = f64::from((random >> 32) as u32) / f64::from(u32::MAX);
        let drawn = doubled.mul_f64(0.5 + 0.5 * share);
        // The jitter comes on top of what the server asked for: earlier would be refused again.
        if floor.is_zero() {
            drawn
        } else {
            floor + drawn.min(floor / 4)
        }
    }

    /// After a success, and when the network changed: the next failure starts from one second.
    pub fn reset(&mut self) {
        self.failures = 0;
    }

    pub fn failures(&self) -> u32 {
        self.failures
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_five_minutes_and_start_again_after_success() {
        let mut backoff = Backoff::default();
        let waits: Vec<u64> = (0..12)
            .map(|_| backoff.failed(Fault::Unreachable, None, u64::MAX).as_secs())
            .collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
        backoff.reset();
        assert_eq!(
            backoff.failed(Fault::Unreachable, None, u64::MAX).as_secs(),
            1
        );
    }

    #[test]
    fn jitter_never_takes_more_than_half() {
        let mut backoff = Backoff { failures: 5 };
        assert_eq!(
            backoff.failed(Fault::ServerFault, None, 0),
            Duration::from_secs(16)
        );
    }

    #[test]
    fn the_servers_own_wish_is_a_floor() {
        let wish = Duration::from_secs(40);
        for random in [0, u64::MAX] {
            let wait = Backoff::default().failed(Fault::RateLimited, Some(wish), random);
            assert!(wait >= wish && wait <= wish + wish / 4, "{wait:?}");
        }
    }

    #[test]
    fn a_locked_account_is_left_alone_for_more_than_five_minutes() {
        assert!(Backoff::default().failed(Fault::LockedOut, None, 0) > Duration::from_mins(5));
    }

    #[test]
    fn thousands_of_failures_do_not_overflow() {
        let mut backoff = Backoff { failures: u32::MAX };
        assert_eq!(backoff.failed(Fault::TimedOut, None, u64::MAX), LONGEST);
    }
}
