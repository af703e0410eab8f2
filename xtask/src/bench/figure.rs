//! One line of the report: ours, what it is measured against, their ratio, and what was asked for.

use serde::Serialize;

#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Target {
    /// Ours divided by theirs: more is better.
    RatioAtLeast(f64),
    /// Ours divided by theirs: less is better.
    RatioAtMost(f64),
    /// Ours itself, in the figure's unit, whatever the others do.
    AtMost(f64),
    /// Ours itself, exactly.
    Exactly(f64),
    /// Printed for orientation.
    Context,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Figure {
    /// Which benchmark this belongs to: `pull`, `search`, …
    pub(crate) line: &'static str,
    pub(crate) what: String,
    pub(crate) unit: &'static str,
    pub(crate) ours: f64,
    pub(crate) against: String,
    /// In the same unit. `None`: there is only a limit.
    pub(crate) theirs: Option<f64>,
    pub(crate) ratio: Option<f64>,
    pub(crate) target: Target,
    /// `None`: nothing was asked for.
    pub(crate) passed: Option<bool>,
}

impl Figure {
    pub(crate) fn against(
        line: &'static str,
        what: impl Into<String>,
        unit: &'static str,
        ours: f64,
        (against, theirs): (impl Into<String>, f64),
        target: Target,
    ) -> Self {
        let ratio = ours / theirs;
        Self {
            line,
            what: what.into(),
            unit,
            ours,
            against: against.into(),
            theirs: Some(theirs),
            ratio: Some(ratio),
            target,
            passed: judge(ours, Some(ratio), target),
        }
    }

    pub(crate) fn alone(
        line: &'static str,
        what: impl Into<String>,
        unit: &'static str,
        ours: f64,
        target: Target,
    ) -> Self {
        Self {
            line,
            what: what.into(),
            unit,
            ours,
            against: String::new(),
            theirs: None,
            ratio: None,
            target,
            passed: judge(ours, None, target),
        }
    }

    /// As a person reads it, without the line's name.
    pub(crate) fn sentence(&self) -> String {
        let Self {
            what,
            unit,
            against,
            ..
        } = self;
        let ours = format!("{what}: {} {unit}", number(self.ours));
        let theirs = match (self.theirs, self.ratio) {
            (Some(theirs), Some(ratio)) => {
                format!("; {against}: {} {unit}; ratio {ratio:.2}", number(theirs))
            }
            _ => String::new(),
        };
        ours + &theirs + &self.asked()
    }

    fn asked(&self) -> String {
        let unit = self.unit;
        match self.target {
            Target::RatioAtLeast(bound) => format!(" (asked: at least {bound})"),
            Target::RatioAtMost(bound) => format!(" (asked: at most {bound})"),
            Target::AtMost(bound) => format!(" (asked: at most {bound} {unit})"),
            Target::Exactly(value) => format!(" (asked: exactly {value} {unit})"),
            Target::Context => String::new(),
        }
    }

    pub(crate) fn verdict(&self) -> &'static str {
        match self.passed {
            Some(true) => "pass",
            Some(false) => "FALLS SHORT",
            None => "",
        }
    }
}

/// A figure that is no number passes nothing.
fn judge(ours: f64, ratio: Option<f64>, target: Target) -> Option<bool> {
    match target {
        Target::RatioAtLeast(bound) => Some(ratio? >= bound),
        Target::RatioAtMost(bound) => Some(ratio? <= bound),
        Target::AtMost(bound) => Some(ours <= bound),
        Target::Exactly(value) => Some((ours - value).abs() < f64::EPSILON),
        Target::Context => None,
    }
}

/// Three significant digits below a thousand, whole numbers above.
fn number(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(ours: f64, theirs: f64, target: Target) -> Option<bool> {
        Figure::against("line", "what", "s", ours, ("them", theirs), target).passed
    }

    #[test]
    fn a_ratio_is_ours_by_theirs_and_is_judged_in_the_right_direction() {
        assert_eq!(verdict(5.0, 2.0, Target::RatioAtLeast(2.5)), Some(true));
        assert_eq!(verdict(4.9, 2.0, Target::RatioAtLeast(2.5)), Some(false));
        assert_eq!(verdict(3.0, 2.0, Target::RatioAtMost(1.5)), Some(true));
        assert_eq!(verdict(3.1, 2.0, Target::RatioAtMost(1.5)), Some(false));
        assert_eq!(verdict(3.1, 2.0, Target::Context), None);
    }

    #[test]
    fn a_missing_measurement_does_not_pass() {
        assert_eq!(
            verdict(f64::NAN, 2.0, Target::RatioAtLeast(2.5)),
            Some(false)
        );
        assert_eq!(
            verdict(1.0, f64::NAN, Target::RatioAtMost(1.5)),
            Some(false)
        );
        assert_eq!(
            Figure::alone("line", "what", "ms", f64::NAN, Target::AtMost(16.0)).passed,
            Some(false)
        );
    }

    #[test]
    fn the_sentence_names_both_sides_and_the_target() {
        let figure = Figure::against(
            "pull",
            "docs per second",
            "docs/s",
            9_000.0,
            ("PouchDB", 3_000.0),
            Target::RatioAtLeast(2.5),
        );
        assert_eq!(
            figure.sentence(),
            "docs per second: 9000 docs/s; PouchDB: 3000 docs/s; ratio 3.00 (asked: at least 2.5)"
        );
    }
}
