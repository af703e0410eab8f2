//! What is generated from the table of codes: the manual's table and the window's sentences.
//! `cargo xtask ipc` writes both; tests fail when the checked-in files differ.

use std::fmt::Write as _;

use crate::{CheckId, Code, Group, Severity};

const BEGIN: &str =
    "<!-- Generated from crates/diagnosis by `cargo xtask ipc`; a test compares it. -->";

/// The table of `docs/diagnosis.md`: what stands there before the mark is kept.
pub fn codes_table(page: &str) -> String {
    let introduction = page.split(BEGIN).next().unwrap_or_default().trim_end();
    let mut out = format!("{introduction}\n\n{BEGIN}\n");
    for group in Group::ALL {
        let _ = writeln!(out, "\n## {}", group.name());
        for check in CheckId::ALL.iter().filter(|check| check.group() == group) {
            write_check(&mut out, *check);
        }
    }
    let _ = writeln!(out, "\n## Any check\n");
    write_head(&mut out);
    write_row(&mut out, Code::TookTooLong);
    out
}

fn write_check(out: &mut String, check: CheckId) {
    let _ = writeln!(out, "\n### {}: {}\n", check.id(), check.label());
    let needs: Vec<&str> = check.needs().iter().map(|need| need.id()).collect();
    let needs = if needs.is_empty() {
        "Needs nothing first.".to_owned()
    } else {
        format!("Needs {} first.", needs.join(", "))
    };
    let _ = writeln!(out, "{} {needs}\n", check.question());
    write_head(out);
    for code in Code::ALL {
        if code.check() == check && *code != Code::TookTooLong {
            write_row(out, *code);
        }
    }
}

fn write_head(out: &mut String) {
    out.push_str("| code | is | what is found | what it means | what to do |\n");
    out.push_str("|---|---|---|---|---|\n");
}

fn write_row(out: &mut String, code: Code) {
    let entry = code.entry();
    let steps = entry.todo.join("<br>");
    let _ = writeln!(
        out,
        "| `{}` | {} | {} | {} | {} |",
        entry.name,
        severity(entry.severity),
        cell(entry.finding),
        cell(entry.means),
        cell(&steps)
    );
}

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Pass => "fine",
        Severity::NotNeeded => "not needed",
        Severity::Warning => "a warning",
        Severity::Failure => "a failure",
    }
}

/// Braces stay: they show what is filled in.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// `ui/src/text/diagnosis.generated.ts`.
pub fn typescript() -> String {
    let mut out = String::from(
        "// Generated from crates/diagnosis by `cargo xtask ipc`. Do not edit; a test compares it.\n\
         // Places in braces are filled from the values of a finding.\n\n",
    );
    out.push_str("/** What the lines are called, by check. */\nexport const checks: Record<string, string> = {\n");
    for check in CheckId::ALL {
        let _ = writeln!(out, "  {}: {},", quoted(check.id()), quoted(check.label()));
    }
    out.push_str(
        "};\n\nexport interface Sentences { finding: string; means: string; todo: string[] }\n\n",
    );
    out.push_str("/** The sentences of each code. */\nexport const findings: Record<string, Sentences> = {\n");
    for code in Code::ALL {
        let entry = code.entry();
        let steps: Vec<String> = entry.todo.iter().map(|step| quoted(step)).collect();
        let _ = writeln!(
            out,
            "  {}: {{ finding: {}, means: {}, todo: [{}] }},",
            entry.name,
            quoted(entry.finding),
            quoted(entry.means),
            steps.join(", ")
        );
    }
    out.push_str("};\n");
    out
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn checked_in(path: &str) -> String {
        let path = format!("{}/../../{path}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(path).unwrap()
    }

    #[test]
    fn the_manual_has_the_codes_of_today() {
        let page = checked_in("docs/diagnosis.md");
        assert!(
            page == codes_table(&page),
            "run `cargo xtask ipc` and commit the result"
        );
    }

    #[test]
    fn the_window_has_the_sentences_of_today() {
        let page = checked_in("ui/src/text/diagnosis.generated.ts");
        assert!(
            page == typescript(),
            "run `cargo xtask ipc` and commit the result"
        );
    }

    #[test]
    fn names_are_unique_and_whatever_needs_attention_says_what_to_do() {
        let names: BTreeSet<&str> = Code::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        for code in Code::ALL {
            let entry = code.entry();
            let attention = entry.severity >= Severity::Warning;
            assert_eq!(attention, !entry.means.is_empty(), "{code:?}");
            assert_eq!(attention, !entry.todo.is_empty(), "{code:?}");
            assert!(!entry.finding.ends_with('.'), "{code:?}");
            for sentence in entry.todo.iter().chain((attention).then_some(&entry.means)) {
                assert!(
                    sentence.ends_with('.')
                        || sentence.ends_with('`')
                        || sentence.contains("(hidden)"),
                    "{sentence}"
                );
                assert!(
                    !sentence.contains('!') && !sentence.to_lowercase().contains("please"),
                    "{sentence}"
                );
            }
        }
    }

    #[test]
    fn every_check_can_pass_or_be_not_needed() {
        for check in CheckId::ALL {
            let fine =
                |code: &&Code| code.check() == *check && code.severity() <= Severity::NotNeeded;
            assert!(Code::ALL.iter().any(|code| fine(&code)), "{check:?}");
        }
    }
}
