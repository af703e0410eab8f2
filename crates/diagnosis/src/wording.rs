//! The sentences of a finding, filled in.

use crate::Finding;

/// Fills the places in braces. A place without a value stays visible: a defect that a test finds.
pub(crate) fn fill(template: &str, finding: &Finding) -> String {
    let mut out = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some((before, tail)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, after)) = tail.split_once('}') else {
            out.push('{');
            rest = tail;
            continue;
        };
        if let Some(value) = finding.values.get(name) {
            out.push_str(value);
        } else {
            out.push('{');
            out.push_str(name);
            out.push('}');
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// `38 MB`: three digits at most, powers of ten.
pub fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let mut size = bytes as f64;
    let mut unit = 0;
    while size >= 1000.0 && unit + 1 < UNITS.len() {
        size /= 1000.0;
        unit += 1;
    }
    if unit == 0 || size >= 10.0 {
        format!("{size:.0} {}", UNITS[unit])
    } else {
        format!("{size:.1} {}", UNITS[unit])
    }
}

/// The one-line finding.
pub fn finding(finding: &Finding) -> String {
    fill(finding.code.entry().finding, finding)
}

/// What it means; empty where all is well.
pub fn means(finding: &Finding) -> String {
    fill(finding.code.entry().means, finding)
}

/// What to do, the best first.
pub fn todo(finding: &Finding) -> Vec<String> {
    let entry = finding.code.entry();
    entry.todo.iter().map(|step| fill(step, finding)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;

    #[test]
    fn sizes_have_at_most_three_digits() {
        for (size, text) in [(999, "999 B"), (1_500, "1.5 kB"), (38_400_000, "38 MB")] {
            assert_eq!(bytes(size), text);
        }
    }

    #[test]
    fn places_are_filled_and_missing_values_stay_visible() {
        let found = Finding::new(Code::PortRefused).with("host", "h");
        assert_eq!(finding(&found), "Nothing listens on h port {port}");
    }
}
