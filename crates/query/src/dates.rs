//! What stands behind `updated:` and `created:`. Days are a person's: whoever asks says which day it is and when
//! each day began there.

use std::fmt;

use jiff::{
    Span,
    civil::{Date, Weekday},
};

use crate::{Query, TermKind};

/// Where and when somebody searches.
pub trait Calendar {
    fn today(&self) -> Date;

    /// When a day begins, in milliseconds since the Unix epoch.
    fn begins(&self, day: Date) -> i64;
}

/// From a moment on, up to but not including another; milliseconds since the Unix epoch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Moments {
    pub from: Option<i64>,
    pub until: Option<i64>,
}

impl Query {
    /// The query with moments where it has words for days. Words that name no day stay, and match nothing.
    #[must_use]
    pub fn on(mut self, calendar: &impl Calendar) -> Self {
        for term in &mut self.terms {
            if let TermKind::Updated(value) | TermKind::Created(value) = &mut term.kind
                && let Some(moments) = resolve(value, calendar)
            {
                *value = moments.to_string();
            }
        }
        self
    }
}

impl fmt::Display for Moments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, until } = self;
        if let Some(from) = from {
            write!(f, "@{from}")?;
        }
        f.write_str("..")?;
        until.map_or(Ok(()), |until| write!(f, "@{until}"))
    }
}

impl Moments {
    /// Reads what [`Query::on`] wrote.
    pub fn read(value: &str) -> Option<Self> {
        let (from, until) = value.split_once("..")?;
        let moment = |text: &str| match text {
            "" => Some(None),
            text => text.strip_prefix('@')?.parse().ok().map(Some),
        };
        let moments = Self {
            from: moment(from)?,
            until: moment(until)?,
        };
        (moments != Self::default()).then_some(moments)
    }
}

fn resolve(value: &str, calendar: &impl Calendar) -> Option<Moments> {
    let value = value.to_ascii_lowercase();
    let today = calendar.today();
    let at = |day: Date| Some(calendar.begins(day));
    let (from, until) = if let Some((first, last)) = value.split_once("..") {
        let (first, last) = (first.trim(), last.trim());
        let from = match first {
            "" => None,
            first => at(days(first, today)?.0),
        };
        let until = match last {
            "" => None,
            last => at(days(last, today)?.1),
        };
        (from, until)
    } else if let Some(day) = value.strip_prefix(">=") {
        (at(days(day, today)?.0), None)
    } else if let Some(day) = value.strip_prefix("<=") {
        (None, at(days(day, today)?.1))
    } else if let Some(day) = value.strip_prefix('>') {
        (at(days(day, today)?.1), None)
    } else if let Some(day) = value.strip_prefix('<') {
        (None, at(days(day, today)?.0))
    } else {
        let (first, next) = days(&value, today)?;
        (at(first), at(next))
    };
    let moments = Moments { from, until };
    (moments != Moments::default()).then_some(moments)
}

/// The first of the days and the day behind the last: a year, a month, a day, or words that count from today.
fn days(text: &str, today: Date) -> Option<(Date, Date)> {
    let tomorrow = today.tomorrow().ok()?;
    let text = text.trim();
    match text {
        "today" => return Some((today, tomorrow)),
        "yesterday" => return Some((today.yesterday().ok()?, today)),
        "week" => {
            let back = i64::from(today.weekday().since(Weekday::Monday));
            return Some((
                today.checked_sub(Span::new().try_days(back).ok()?).ok()?,
                tomorrow,
            ));
        }
        "month" => return Some((today.first_of_month(), tomorrow)),
        "year" => return Some((today.first_of_year(), tomorrow)),
        _ => {}
    }
    if let Some(span) = back(text) {
        return Some((today.checked_sub(span).ok()?, tomorrow));
    }
    let mut parts = text.splitn(3, '-');
    let year: i16 = number(parts.next()?, 4)?;
    let Some(month) = parts.next() else {
        return Some((
            Date::new(year, 1, 1).ok()?,
            Date::new(year.checked_add(1)?, 1, 1).ok()?,
        ));
    };
    let month: i8 = number(month, 2)?;
    let Some(day) = parts.next() else {
        let first = Date::new(year, month, 1).ok()?;
        return Some((first, first.last_of_month().tomorrow().ok()?));
    };
    let day = Date::new(year, month, number(day, 2)?).ok()?;
    Some((day, day.tomorrow().ok()?))
}

/// `7d`, `2w`, `3m`, `1y`: so long ago.
fn back(text: &str) -> Option<Span> {
    let (count, unit) = text.split_at(
        text.len()
            .checked_sub(1)
            .filter(|at| text.is_char_boundary(*at))?,
    );
    let count: i64 = number(count, 4)?;
    match unit {
        "d" => Span::new().try_days(count).ok(),
        "w" => Span::new().try_weeks(count).ok(),
        "m" => Span::new().try_months(count).ok(),
        "y" => Span::new().try_years(count).ok(),
        _ => None,
    }
}

/// Digits only: signs and spaces are no part of a date.
fn number<N: std::str::FromStr>(text: &str, at_most: usize) -> Option<N> {
    let plain =
        !text.is_empty() && text.len() <= at_most && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::parse;

    /// A Saturday; days begin when they do in a zone two hours east.
    struct Here;

    impl Calendar for Here {
        fn today(&self) -> Date {
            date(2026, 11, 21)
        }

        fn begins(&self, day: Date) -> i64 {
            let since = day.since((jiff::Unit::Day, date(1970, 1, 1))).unwrap();
            i64::from(since.get_days()) * 86_400_000 - 7_200_000
        }
    }

    fn asked(value: &str) -> Option<(Option<Date>, Option<Date>)> {
        let day = |moment: i64| {
            let days = (moment + 7_200_000) / 86_400_000;
            date(1970, 1, 1)
                .checked_add(Span::new().days(days))
                .unwrap()
        };
        let query = parse(&format!("updated:{value}")).on(&Here);
        let TermKind::Updated(value) = &query.terms[0].kind else {
            panic!("{query}");
        };
        let moments = Moments::read(value)?;
        Some((moments.from.map(day), moments.until.map(day)))
    }

    #[test]
    fn days_are_read_as_people_write_them() {
        let some = |from: (i16, i8, i8), until: (i16, i8, i8)| {
            Some((
                Some(date(from.0, from.1, from.2)),
                Some(date(until.0, until.1, until.2)),
            ))
        };
        for (value, expected) in [
            ("2026-11-21", some((2026, 11, 21), (2026, 11, 22))),
            ("2026-2", some((2026, 2, 1), (2026, 3, 1))),
            ("2025", some((2025, 1, 1), (2026, 1, 1))),
            ("today", some((2026, 11, 21), (2026, 11, 22))),
            ("Yesterday", some((2026, 11, 20), (2026, 11, 21))),
            ("week", some((2026, 11, 16), (2026, 11, 22))),
            ("month", some((2026, 11, 1), (2026, 11, 22))),
            ("year", some((2026, 1, 1), (2026, 11, 22))),
            ("7d", some((2026, 11, 14), (2026, 11, 22))),
            ("2w", some((2026, 11, 7), (2026, 11, 22))),
            ("9m", some((2026, 2, 21), (2026, 11, 22))),
            ("1y", some((2025, 11, 21), (2026, 11, 22))),
            ("2026-01..2026-03", some((2026, 1, 1), (2026, 4, 1))),
            (">2026-10", Some((Some(date(2026, 11, 1)), None))),
            (">=2026-10", Some((Some(date(2026, 10, 1)), None))),
            ("<today", Some((None, Some(date(2026, 11, 21))))),
            ("<=2025", Some((None, Some(date(2026, 1, 1))))),
            ("2026-10..", Some((Some(date(2026, 10, 1)), None))),
            ("..yesterday", Some((None, Some(date(2026, 11, 21))))),
        ] {
            assert_eq!(asked(value), expected, "{value}");
        }
    }

    #[test]
    fn what_is_no_day_asks_for_none() {
        for value in [
            "soon",
            "2026-13",
            "2026-02-30",
            "..",
            ">",
            "-7d",
            "99999",
            "1x",
            "é",
            "@5",
            "2026-1-1-1",
            "9999-12-31",
        ] {
            assert_eq!(asked(value), None, "{value}");
        }
    }

    #[test]
    fn moments_come_back_as_they_were_written_and_stay_what_they_are() {
        for text in ["@5..@7", "@-5..", "..@7"] {
            assert_eq!(Moments::read(text).unwrap().to_string(), text);
        }
        for text in ["", "..", "5..7", "@5", "@5..7", "@x.."] {
            assert_eq!(Moments::read(text), None, "{text}");
        }
        let once = parse("milk -created:2025 updated:week").on(&Here);
        assert_eq!(parse(&once.to_string()), once);
        assert_eq!(once.clone().on(&Here), once);
    }
}
