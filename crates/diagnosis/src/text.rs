//! The report as text, for the clipboard, a file and the terminal. Holds no password, no token, no
//! title and no text of a note; on request no host names either.

use std::fmt::Write as _;

use crate::{Finding, Group, Line, Report, Severity, State, Verdict, wording};

/// What stands above the lines.
#[derive(Debug, Clone, Default)]
pub struct Header {
    /// `Sheaf 0.1.0 on linux`.
    pub program: String,
    /// `anna@host:6984/my-notes`, as far as it may be shown.
    pub target: String,
    /// When, in words.
    pub when: String,
    /// Words to leave out: host names, the name of the account.
    pub hide: Vec<String>,
}

/// The whole report.
pub fn text(header: &Header, report: &Report) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{}", header.program);
    let _ = writeln!(
        out,
        "Network diagnosis of {}, {}",
        header.target, header.when
    );
    let _ = writeln!(out, "{}", summary(report));
    for group in Group::ALL {
        let mut lines = report
            .lines
            .iter()
            .filter(|line| line.check.group() == group)
            .peekable();
        if lines.peek().is_none() {
            continue;
        }
        let _ = writeln!(out, "\n{}", group.name());
        for line in lines {
            write_line(&mut out, line);
        }
    }
    let _ = writeln!(
        out,
        "\nThis report holds no passwords, no titles and no text of notes."
    );
    hide(out, &header.hide)
}

/// `One problem, 2 warnings`.
pub fn summary(report: &Report) -> String {
    let failed = report.count(Severity::Failure);
    let warnings = report.count(Severity::Warning);
    let count = |n: usize, one: &str, many: &str| match n {
        1 => format!("one {one}"),
        _ => format!("{n} {many}"),
    };
    let text = match report.verdict() {
        Verdict::Healthy => "everything is as it should be".to_owned(),
        Verdict::Incomplete => "not everything was asked".to_owned(),
        Verdict::Warnings => count(warnings, "warning", "warnings"),
        Verdict::Failed if warnings == 0 => count(failed, "problem", "problems"),
        Verdict::Failed => format!(
            "{}, {}",
            count(failed, "problem", "problems"),
            count(warnings, "warning", "warnings")
        ),
    };
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

fn write_line(out: &mut String, line: &Line) {
    let mark = match line.severity() {
        Some(Severity::Pass) => "ok  ",
        Some(Severity::NotNeeded) => "-   ",
        Some(Severity::Warning) => "look",
        Some(Severity::Failure) => "STOP",
        None => "    ",
    };
    let said = match &line.state {
        State::Waiting | State::Running => "not finished".to_owned(),
        State::Cancelled => "ended by hand".to_owned(),
        State::Skipped { because } => {
            format!("skipped, because \"{}\" failed", because.label())
        }
        State::Found(finding) => wording::finding(finding),
    };
    let took = line
        .took
        .map_or_else(String::new, |took| format!(" ({} ms)", took.as_millis()));
    let _ = writeln!(out, "  {mark} {}: {said}{took}", line.check.label());
    if let Some(finding) = line.finding() {
        write_finding(out, line, finding);
    }
}

fn write_finding(out: &mut String, line: &Line, finding: &Finding) {
    let attention = finding.severity() >= Severity::Warning;
    if attention {
        let _ = writeln!(out, "       [{} {}]", line.check.id(), finding.code.name());
        let _ = writeln!(out, "       {}", wording::means(finding));
        for (n, step) in wording::todo(finding).iter().enumerate() {
            let _ = writeln!(out, "       {}. {step}", n + 1);
        }
    }
    for seen in &finding.evidence {
        let _ = writeln!(out, "       | {seen}");
    }
}

fn hide(mut text: String, words: &[String]) -> String {
    let mut words: Vec<&String> = words.iter().filter(|word| word.len() > 1).collect();
    // The longest first, so that a name inside another one does not leave a piece.
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    for word in words {
        text = text.replace(word.as_str(), "(hidden)");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CheckId, Code};

    fn report() -> Report {
        let line = |check, state| Line {
            check,
            state,
            took: None,
        };
        let refused = Finding::new(Code::PortRefused)
            .with("host", "couch.example.org")
            .with("port", 6984)
            .saw("connect to 203.0.113.24: connection refused");
        Report {
            lines: vec![
                line(CheckId::Tcp, State::Found(refused)),
                line(
                    CheckId::Tls,
                    State::Skipped {
                        because: CheckId::Tcp,
                    },
                ),
            ],
        }
    }

    #[test]
    fn a_report_says_what_failed_what_it_means_and_what_to_do() {
        let text = text(&Header::default(), &report());
        for part in [
            "One problem",
            "STOP Port: Nothing listens on couch.example.org port 6984",
            "[TCP-1 port_refused]",
            "1. Check that the server is running.",
            "| connect to 203.0.113.24",
            "skipped, because \"Port\" failed",
            "no passwords",
        ] {
            assert!(text.contains(part), "{part} is missing in\n{text}");
        }
    }

    #[test]
    fn host_names_can_be_left_out() {
        let header = Header {
            hide: vec!["couch.example.org".into(), "203.0.113.24".into()],
            ..Header::default()
        };
        let text = text(&header, &report());
        assert!(
            !text.contains("example.org") && !text.contains("203.0"),
            "{text}"
        );
    }
}
