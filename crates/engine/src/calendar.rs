//! Which day it is for whoever searches, by the time zone of this computer.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use sheaf_model::Millis;
use sheaf_query::Calendar;

pub(crate) struct Here {
    zone: TimeZone,
    now: Millis,
}

impl Here {
    pub(crate) fn at(now: Millis) -> Self {
        Self {
            zone: TimeZone::system(),
            now,
        }
    }
}

impl Calendar for Here {
    fn today(&self) -> Date {
        // A clock outside of all calendars is as good as none.
        let now = Timestamp::from_millisecond(self.now).unwrap_or_default();
        self.zone.to_datetime(now).date()
    }

    fn begins(&self, day: Date) -> i64 {
        let begins = day.to_zoned(self.zone.clone());
        begins.map_or(i64::MAX, |begins| begins.timestamp().as_millisecond())
    }
}

/// The search with moments in place of words for days.
pub(crate) fn dated(search: String, now: Millis) -> String {
    // Nearly every search is without, and is asked with each letter typed.
    if !search.contains(':') {
        return search;
    }
    sheaf_query::parse(&search).on(&Here::at(now)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn here(zone: &str, now: &str) -> Here {
        Here {
            zone: TimeZone::get(zone).unwrap(),
            now: now.parse::<Timestamp>().unwrap().as_millisecond(),
        }
    }

    #[test]
    fn a_day_begins_when_it_does_here_also_when_clocks_are_changed() {
        let berlin = here("Europe/Berlin", "2026-10-24T22:30:00Z");
        let today = berlin.today();
        assert_eq!(today.to_string(), "2026-10-25");
        let hours = (berlin.begins(today.tomorrow().unwrap()) - berlin.begins(today)) / 3_600_000;
        assert_eq!(hours, 25);
        let samoa = here("Pacific/Apia", "2026-10-24T22:30:00Z");
        assert_eq!(samoa.today().to_string(), "2026-10-25");
    }

    #[test]
    fn searches_without_days_stay_as_they_were_typed() {
        for text in ["milk", "\"two  words\"", "-no"] {
            assert_eq!(dated(text.to_owned(), 0), text);
        }
        assert!(dated("milk updated:today".to_owned(), 0).starts_with("milk updated:@"));
    }
}
