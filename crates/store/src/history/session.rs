//! When the text before a change is worth keeping: once for each editing session.
//!
//! A session ends with a pause, or when it has gone on for long; two versions never stand close
//! together. Pure, and by distances in time only: a clock that jumps makes a version too many or
//! too few, never a wrong one.

use sheaf_model::Millis;

const MINUTE: Millis = 60 * 1000;
/// Who writes again after so long begins a session.
const PAUSE: Millis = 10 * MINUTE;
/// Writing without a pause is cut so often.
const LONGEST: Millis = 60 * MINUTE;
/// Two devices that write in turns, one of them with a wrong clock, make no version a second.
const SPACING: Millis = 2 * MINUTE;

/// What is known of a note when it is about to change.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Before {
    pub(crate) created: Millis,
    pub(crate) last_edit: Millis,
    /// When a version of it was last put aside.
    pub(crate) last_kept: Option<Millis>,
}

/// Whether a change at `now` begins a session.
pub(crate) fn begins(before: Before, now: Millis) -> bool {
    let since = |then: Millis| now.abs_diff(then).cast_signed();
    if before.last_kept.is_some_and(|kept| since(kept) < SPACING) {
        return false;
    }
    let began = before.last_kept.unwrap_or(before.created);
    since(before.last_edit) >= PAUSE || since(began) >= LONGEST
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Millis = 1_700_000_000_000;

    fn note(last_edit: Millis, last_kept: Option<Millis>) -> Before {
        Before {
            created: NOON,
            last_edit: NOON + last_edit * MINUTE,
            last_kept: last_kept.map(|at| NOON + at * MINUTE),
        }
    }

    #[test]
    fn writing_on_without_a_pause_is_one_session() {
        assert!(!begins(note(0, None), NOON + 9 * MINUTE));
        assert!(!begins(note(30, Some(0)), NOON + 35 * MINUTE));
    }

    #[test]
    fn a_pause_of_ten_minutes_ends_a_session() {
        assert!(begins(note(0, None), NOON + 10 * MINUTE));
        assert!(begins(note(20, Some(10)), NOON + 30 * MINUTE));
    }

    #[test]
    fn an_hour_of_writing_is_cut() {
        assert!(begins(note(59, None), NOON + 60 * MINUTE));
        assert!(begins(note(119, Some(60)), NOON + 120 * MINUTE));
    }

    #[test]
    fn versions_never_stand_close_together_whatever_a_clock_says() {
        // Another device's clock is a day ahead, and its edits alternate with ours.
        let ahead = 24 * 60;
        assert!(begins(note(ahead, None), NOON + MINUTE));
        assert!(!begins(note(ahead, Some(1)), NOON + 2 * MINUTE));
        assert!(begins(note(ahead, Some(1)), NOON + 3 * MINUTE));
    }

    #[test]
    fn a_clock_that_was_put_back_begins_a_session_and_nothing_overflows() {
        assert!(begins(note(0, None), NOON - 60 * MINUTE));
        let extremes = Before {
            created: Millis::MIN,
            last_edit: Millis::MAX,
            last_kept: Some(Millis::MIN),
        };
        let _ = begins(extremes, Millis::MAX);
    }
}
