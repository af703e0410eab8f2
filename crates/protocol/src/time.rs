//! Instants.

use serde::{Deserialize, Serialize};

/// Microseconds since the Unix epoch, as `*_timestamp` fields carry them.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Micros(pub i64);

impl Micros {
    /// ISO 8601 in UTC with six decimals, as both generations read it.
    pub fn to_iso(self) -> String {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(timestamp) => format!("{timestamp:.6}"),
            // Beyond the year 9999: no client wrote this and none could read it back.
            Err(_) => "1970-01-01T00:00:00.000000Z".to_owned(),
        }
    }

    /// Reads what clients send: three or six decimals or none.
    pub fn from_iso(text: &str) -> Option<Self> {
        text.parse::<jiff::Timestamp>()
            .ok()
            .map(|timestamp| Self(timestamp.as_microsecond()))
    }

    /// The same millisecond, as far as a client that only has milliseconds can tell.
    pub fn same_millisecond(self, other: Self) -> bool {
        self.0.abs_diff(other.0) < 1000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_with_six_decimals_and_read_with_any() {
        let at = Micros(1_622_494_310_383_000);
        assert_eq!(at.to_iso(), "2021-05-31T20:51:50.383000Z");
        assert_eq!(Micros::from_iso(&at.to_iso()), Some(at));
        assert_eq!(Micros::from_iso("2021-05-31T20:51:50.383Z"), Some(at));
        assert_eq!(Micros::from_iso("1970-01-01T00:00:00Z"), Some(Micros(0)));
        assert_eq!(Micros::from_iso("yesterday"), None);
    }
}
