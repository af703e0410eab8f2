//! Reads the summary lines that test runners print: `cargo test`, vitest and Playwright.
//!
//! The counts shown at the end are the runners' own. A runner whose summary is not recognised counts
//! as nothing, never as passed.

/// Tests that ran, over all runners.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Tally {
    pub(crate) fn add(&mut self, other: Tally) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// What a line of a runner's output says, or `None` when it is not a summary.
pub(crate) fn read(line: &str) -> Option<Tally> {
    let line = without_colour(line);
    let line = line.trim();
    cargo(line)
        .or_else(|| vitest(line))
        .or_else(|| playwright(line))
        .or_else(|| simulation(line))
}

/// `simulation: ok. 5000 seeds …` or `simulation: FAILED. …` counts as one test; other lines that begin so are worth
/// showing and count as nothing, for the tests that print them are counted themselves.
fn simulation(line: &str) -> Option<Tally> {
    let rest = line.strip_prefix("simulation: ")?;
    Some(Tally {
        passed: u64::from(rest.starts_with("ok. ")),
        failed: u64::from(rest.starts_with("FAILED. ")),
    })
}

/// `test result: ok. 12 passed; 0 failed; 0 ignored; …`
fn cargo(line: &str) -> Option<Tally> {
    let counts = line.strip_prefix("test result: ")?;
    let counts = counts.split_once(". ")?.1;
    Some(counted(counts.split(';')))
}

/// `Tests  1 failed | 11 passed (12)`; the line on files is left out, it counts the same tests again.
fn vitest(line: &str) -> Option<Tally> {
    let counts = line.strip_prefix("Tests ")?;
    Some(counted(counts.split('|')))
}

/// Playwright prints one line for each outcome: `12 passed (3.4s)`, `1 failed`, `1 flaky`.
/// A flaky test failed once, and nothing here retries, so it is a failure.
fn playwright(line: &str) -> Option<Tally> {
    let mut words = line.split_whitespace();
    let count: u64 = words.next()?.parse().ok()?;
    let outcome = words.next()?;
    let rest = words.next();
    match outcome {
        "passed" if rest.is_some_and(|rest| rest.starts_with('(')) => Some(Tally {
            passed: count,
            failed: 0,
        }),
        "failed" | "flaky" | "interrupted" if rest.is_none() => Some(Tally {
            passed: 0,
            failed: count,
        }),
        _ => None,
    }
}

fn counted<'a>(parts: impl Iterator<Item = &'a str>) -> Tally {
    let mut tally = Tally::default();
    for part in parts {
        let mut words = part.split_whitespace();
        let Some(count) = words.next().and_then(|word| word.parse::<u64>().ok()) else {
            continue;
        };
        match words.next() {
            Some("passed") => tally.passed += count,
            Some("failed") => tally.failed += count,
            _ => {}
        }
    }
    tally
}

/// Drops terminal colour sequences (`ESC [ … letter`).
fn without_colour(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            characters.by_ref().find(char::is_ascii_alphabetic);
        } else {
            plain.push(character);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn tally(passed: u64, failed: u64) -> Tally {
        Tally { passed, failed }
    }

    #[test]
    fn summaries_of_every_runner_are_counted() {
        for (line, expected) in [
            (
                "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out",
                tally(12, 0),
            ),
            (
                "test result: FAILED. 3 passed; 2 failed; 0 ignored; finished in 0.01s",
                tally(3, 2),
            ),
            ("      Tests  12 passed (12)", tally(12, 0)),
            ("      Tests  1 failed | 11 passed (12)", tally(11, 1)),
            (
                "\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[32m4 passed\u{1b}[39m\u{1b}[22m (4)",
                tally(4, 0),
            ),
            ("  9 passed (3.4s)", tally(9, 0)),
            ("  2 failed", tally(0, 2)),
            ("  1 flaky", tally(0, 1)),
        ] {
            assert_eq!(read(line), Some(expected), "{line}");
        }
    }

    #[test]
    fn a_simulation_is_one_test_however_many_seeds_it_ran() {
        let tally = |passed, failed| Some(Tally { passed, failed });
        assert_eq!(
            read("simulation: ok. 5000 seeds from 1 in 90 s"),
            tally(1, 0)
        );
        assert_eq!(
            read("simulation: FAILED. 12 seeds from 1 in 2 s"),
            tally(0, 1)
        );
        assert_eq!(read("    simulation: 61 kills"), tally(0, 0));
    }

    #[test]
    fn other_lines_count_as_nothing() {
        for line in [
            "",
            " Test Files  3 passed (3)",
            "running 12 tests",
            "test store::opens ... ok",
            "1 skipped",
            "3 passed the review yesterday",
            "2 failed attempts were logged",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
