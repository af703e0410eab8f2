//! Which former versions of a note go when a new one is put aside.
//!
//! The rule: everything of the last day stays; of the last thirty days the newest of each day; of
//! what is older the newest of each week. A side of a conflict and the last text of a deleted note
//! are not thinned out in their first thirty days. More than a hundred there never are: then the
//! oldest go. How long anything is kept at all is a preference and decided elsewhere.

use sheaf_model::Millis;

const DAY: Millis = 24 * 60 * 60 * 1000;
const DAILY: Millis = 30 * DAY;
const MOST: usize = 100;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) snapshot: i64,
    pub(crate) at: Millis,
    /// A decision's or a deletion's.
    pub(crate) lasting: bool,
}

/// Those of `versions` (the newest first) that go at `now`.
pub(crate) fn surplus(versions: &[Kept], now: Millis) -> Vec<i64> {
    let mut going = Vec::new();
    let mut staying = 0;
    let mut period = None;
    for version in versions {
        let age = now.saturating_sub(version.at);
        let own = if age < DAY {
            None
        } else if age < DAILY {
            Some((1, version.at.div_euclid(DAY)))
        } else {
            Some((7, version.at.div_euclid(7 * DAY)))
        };
        let stands_alone = own.is_none() || own != period || (version.lasting && age < DAILY);
        if own.is_some() {
            period = own;
        }
        if stands_alone && staying < MOST {
            staying += 1;
        } else {
            going.push(version.snapshot);
        }
    }
    going
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = 1_700_000_000_000;
    const HOUR: Millis = 60 * 60 * 1000;

    fn aged(ages: &[Millis]) -> Vec<Kept> {
        (0_i64..)
            .zip(ages)
            .map(|(snapshot, age)| Kept {
                snapshot,
                at: NOW - age,
                lasting: false,
            })
            .collect()
    }

    #[test]
    fn the_last_day_stays_whole() {
        let versions = aged(&[0, HOUR, 2 * HOUR, 23 * HOUR]);
        assert_eq!(surplus(&versions, NOW), [0_i64; 0]);
    }

    #[test]
    fn of_an_older_day_the_newest_stays_and_of_an_older_week_too() {
        let midnight = NOW.rem_euclid(DAY);
        let versions = aged(&[
            midnight + 2 * DAY,
            midnight + 2 * DAY + HOUR,
            midnight + 2 * DAY + DAY,
            midnight + 63 * DAY,
            midnight + 63 * DAY + HOUR,
            midnight + 77 * DAY,
        ]);
        let going = surplus(&versions, NOW);
        // Index 0 is the first moment of its day, index 1 lies in the day before it, with 2.
        assert_eq!(going, [2, 4]);
    }

    #[test]
    fn sides_of_conflicts_are_not_thinned_out_for_a_month() {
        let midnight = NOW.rem_euclid(DAY);
        let mut versions = aged(&[midnight + 2 * DAY + 1, midnight + 2 * DAY + 2]);
        versions[1].lasting = true;
        assert_eq!(surplus(&versions, NOW), [0_i64; 0]);
        versions[1].lasting = false;
        assert_eq!(surplus(&versions, NOW), [1]);
    }

    #[test]
    fn there_are_never_more_than_a_hundred() {
        let versions = aged(&[0; 130]);
        let going = surplus(&versions, NOW);
        assert_eq!(going.len(), 30);
        assert_eq!(going[0], 100);
    }

    #[test]
    fn thinning_twice_takes_nothing_more() {
        let versions = aged(&(0..400).map(|n| n * 7 * HOUR).collect::<Vec<_>>());
        let going = surplus(&versions, NOW);
        let left: Vec<Kept> = versions
            .into_iter()
            .filter(|version| !going.contains(&version.snapshot))
            .collect();
        assert_eq!(surplus(&left, NOW), [0_i64; 0]);
        assert!(left.len() < 60, "{}", left.len());
    }
}
