//! Where each check stands, and what the whole comes to.

use std::time::Duration;

use crate::{CheckId, Finding, Severity};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    Waiting,
    Running,
    Found(Finding),
    /// Another check failed on which this one rests.
    Skipped {
        because: CheckId,
    },
    /// The person ended the run before this check did.
    Cancelled,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub check: CheckId,
    pub state: State,
    /// `None` until it has ended, and when it never began.
    pub took: Option<Duration>,
}

impl Line {
    pub fn finding(&self) -> Option<&Finding> {
        match &self.state {
            State::Found(finding) => Some(finding),
            _ => None,
        }
    }

    pub fn severity(&self) -> Option<Severity> {
        self.finding().map(Finding::severity)
    }

    pub(crate) fn has_ended(&self) -> bool {
        !matches!(self.state, State::Waiting | State::Running)
    }
}

/// All lines of a run, in the order of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub lines: Vec<Line>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    Healthy,
    Warnings,
    Failed,
    /// Nothing failed, but not everything was asked.
    Incomplete,
}

impl Report {
    /// Before anything was asked.
    pub fn waiting(plan: &[CheckId]) -> Self {
        let line = |check: &CheckId| Line {
            check: *check,
            state: State::Waiting,
            took: None,
        };
        Self {
            lines: plan.iter().map(line).collect(),
        }
    }

    pub fn line(&self, check: CheckId) -> Option<&Line> {
        self.lines.iter().find(|line| line.check == check)
    }

    pub fn count(&self, severity: Severity) -> usize {
        let has = |line: &&Line| line.severity() == Some(severity);
        self.lines.iter().filter(has).count()
    }

    /// The one main cause: the first failure, else the first warning.
    pub fn main(&self) -> Option<&Line> {
        [Severity::Failure, Severity::Warning]
            .into_iter()
            .find_map(|severity| {
                self.lines
                    .iter()
                    .find(|line| line.severity() == Some(severity))
            })
    }

    pub fn verdict(&self) -> Verdict {
        if self.count(Severity::Failure) > 0 {
            Verdict::Failed
        } else if self.lines.iter().any(|line| line.severity().is_none()) {
            Verdict::Incomplete
        } else if self.count(Severity::Warning) > 0 {
            Verdict::Warnings
        } else {
            Verdict::Healthy
        }
    }

    /// Puts a line in its place.
    pub fn set(&mut self, line: Line) {
        if let Some(place) = self.lines.iter_mut().find(|old| old.check == line.check) {
            *place = line;
        }
    }
}
