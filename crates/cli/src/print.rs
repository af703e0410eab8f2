//! Standard output: one JSON value, or words and aligned columns for people.

use std::io::{self, Write as _};

use serde::Serialize;
use unicode_width::UnicodeWidthStr as _;

use crate::failure::Failure;

/// How a command's answer is told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Printer {
    pub(crate) json: bool,
}

impl Printer {
    /// `value` for programs, `text` for people.
    pub(crate) fn answer(
        self,
        value: &impl Serialize,
        text: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        let text = if self.json { line(value)? } else { text() };
        write(&text)
    }
}

/// One value on one line.
pub(crate) fn line(value: &impl Serialize) -> Result<String, Failure> {
    let text = serde_json::to_string(value).map_err(|error| Failure::Output(error.into()))?;
    Ok(text + "\n")
}

pub(crate) fn write(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(Failure::Output)
}

/// For people, beside the answer.
pub(crate) fn warn(text: &str) {
    // Nowhere to complain about a closed standard error.
    let _ = writeln!(io::stderr(), "{text}");
}

/// In place of what was said like this before, on a terminal. Nothing clears the line.
pub(crate) fn progress(text: &str) {
    const WIDTH: usize = 79;
    let mut err = io::stderr().lock();
    // Nowhere to complain about a closed standard error.
    let _ = write!(err, "\r\x1b[2K{}", shorten(text, WIDTH)).and_then(|()| err.flush());
}

/// Rows with aligned columns; the last column is not padded.
pub(crate) fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(width - cell.width() + 2));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// The beginning of a line of text, at most `width` columns.
pub(crate) fn shorten(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut short = String::new();
    for c in text.chars() {
        if short.width() + c.to_string().width() >= width {
            break;
        }
        short.push(c);
    }
    short + "…"
}

/// `1 note`, `2 notes`.
pub(crate) fn count(number: u32, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// How long ago, in the largest fitting unit. Clocks of two computers differ: the future is *now*.
pub(crate) fn ago(then: i64, now: i64) -> String {
    let seconds = (now - then).max(0) / 1000;
    let (number, unit) = match seconds {
        0..60 => return "just now".to_owned(),
        60..3_600 => (seconds / 60, "min"),
        3_600..86_400 => (seconds / 3_600, "h"),
        86_400..172_800 => return "yesterday".to_owned(),
        172_800..31_536_000 => (seconds / 86_400, "days"),
        _ => (seconds / 31_536_000, "years"),
    };
    format!("{number} {unit} ago").replace("1 years", "1 year")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_in_every_script() {
        let row = |a: &str, b: &str| [a.to_owned(), b.to_owned()];
        assert_eq!(
            table(&[row("a", "1"), row("日本", "2")]),
            "a     1\n日本  2\n"
        );
    }

    #[test]
    fn long_titles_are_cut_with_an_ellipsis() {
        assert_eq!(shorten("abcdef", 6), "abcdef");
        assert_eq!(shorten("abcdef", 4), "abc…");
        assert_eq!(shorten("日本語", 5), "日本…");
    }

    #[test]
    fn times_are_told_in_the_largest_fitting_unit() {
        let hour = 3_600_000;
        assert_eq!(ago(0, 59_000), "just now");
        assert_eq!(ago(0, hour), "1 h ago");
        assert_eq!(ago(0, 30 * hour), "yesterday");
        assert_eq!(ago(0, 400 * 24 * hour), "1 year ago");
        assert_eq!(ago(hour, 0), "just now");
    }
}
