//! What a check found: one code of the table, the values that go into its sentences, what was
//! seen, and what Sheaf can do about it.

use std::{collections::BTreeMap, fmt};

use crate::{Code, Fix};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// As it should be.
    Pass,
    /// Does not apply here.
    NotNeeded,
    /// Sync works, but somebody should look at it.
    Warning,
    /// Sync does not work, or loses something that it should bring.
    Failure,
}

/// Never holds a secret: values and evidence are made from addresses, numbers and the redacted
/// words of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub code: Code,
    /// For the places in braces in the sentences of the code.
    pub values: BTreeMap<&'static str, String>,
    /// Lines for the technical detail.
    pub evidence: Vec<String>,
    pub fixes: Vec<Fix>,
}

impl Finding {
    pub fn new(code: Code) -> Self {
        Self {
            code,
            values: BTreeMap::new(),
            evidence: Vec::new(),
            fixes: Vec::new(),
        }
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.values.insert(name, value.to_string());
        self
    }

    /// Words of others are cut to a length and stripped of credentials.
    #[must_use]
    pub fn saw(mut self, line: impl fmt::Display) -> Self {
        self.evidence.push(tidy(&line.to_string()));
        self
    }

    #[must_use]
    pub fn saw_all(mut self, lines: impl IntoIterator<Item = String>) -> Self {
        self.evidence
            .extend(lines.into_iter().map(|line| tidy(&line)));
        self
    }

    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fixes.push(fix);
        self
    }

    pub fn severity(&self) -> Severity {
        self.code.severity()
    }
}

const LONGEST_LINE: usize = 240;

/// One line of printable text without credentials, of a bearable length.
pub(crate) fn tidy(text: &str) -> String {
    let flat: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let safe = sheaf_net::redact(flat.trim());
    match safe.char_indices().nth(LONGEST_LINE) {
        Some((end, _)) => format!("{}…", &safe[..end]),
        None => safe.into_owned(),
    }
}
