//! Instants in words. Always in UTC, and said so: a report is read in another time zone.

use jiff::Timestamp;
use sheaf_model::Millis;

/// `3 November 2026, 14:32 UTC`
pub fn moment(millis: Millis) -> String {
    at(millis, "%-d %B %Y, %H:%M UTC")
}

/// `3 November 2026`
pub fn day(millis: Millis) -> String {
    at(millis, "%-d %B %Y")
}

/// `2026-11-03`
pub fn iso_day(millis: Millis) -> String {
    at(millis, "%Y-%m-%d")
}

fn at(millis: Millis, format: &str) -> String {
    Timestamp::from_millisecond(millis).map_or_else(
        |_| "an impossible date".to_owned(),
        |instant| instant.strftime(format).to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_told_as_people_write_them() {
        assert_eq!(moment(0), "1 January 1970, 00:00 UTC");
        assert_eq!(day(86_400_000), "2 January 1970");
        assert_eq!(iso_day(0), "1970-01-01");
        assert_eq!(day(i64::MAX), "an impossible date");
    }
}
