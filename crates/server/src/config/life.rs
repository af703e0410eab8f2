//! Durations as people write them: `60d`, `12h`, `30m`, `5s`.

use std::{fmt, str::FromStr};

use serde::Deserialize;

/// A span of whole seconds, at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Life(i64);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no duration: write a number and s, m, h or d, such as 60d")]
pub struct LifeError(String);

const UNITS: [(char, i64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];
/// Ten years. Beyond it a number was mistyped.
const LONGEST: i64 = 3_650 * 86_400;

impl Life {
    pub const fn days(days: i64) -> Self {
        Self(days * 86_400)
    }

    pub const fn micros(self) -> i64 {
        self.0 * 1_000_000
    }
}

impl FromStr for Life {
    type Err = LifeError;

    fn from_str(text: &str) -> Result<Self, LifeError> {
        let wrong = || LifeError(text.to_owned());
        let (count, seconds) = UNITS
            .iter()
            .find_map(|(unit, seconds)| Some((text.strip_suffix(*unit)?, seconds)))
            .ok_or_else(wrong)?;
        let count: i64 = count.parse().map_err(|_| wrong())?;
        count
            .checked_mul(*seconds)
            .filter(|all| (1..=LONGEST).contains(all))
            .map(Self)
            .ok_or_else(wrong)
    }
}

impl TryFrom<String> for Life {
    type Error = LifeError;

    fn try_from(text: String) -> Result<Self, LifeError> {
        text.parse()
    }
}

impl fmt::Display for Life {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, seconds) = UNITS
            .iter()
            .find(|(_, seconds)| self.0 % seconds == 0)
            .unwrap_or(&('s', 1));
        write!(out, "{}{unit}", self.0 / seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_written_as_people_do() {
        for text in ["60d", "12h", "90m", "5s"] {
            assert_eq!(text.parse::<Life>().unwrap().to_string(), text);
        }
        assert_eq!("120s".parse::<Life>().unwrap().to_string(), "2m");
        assert_eq!("2d".parse::<Life>().unwrap(), Life::days(2));
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in [
            "",
            "5",
            "d",
            "0s",
            "-1d",
            "1.5h",
            "99999999d",
            "5dd",
            "9223372036854775807d",
        ] {
            assert!(text.parse::<Life>().is_err(), "{text}");
        }
    }
}
