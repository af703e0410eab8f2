//! Every code a check can end with: its severity and its sentences, once, for the window, the
//! command line, the report and the manual. Places in braces are filled from the finding's values.
//!
//! A code never changes its meaning and is never used again for another one.

use crate::{CheckId, Severity};

pub use catalogue::Code;

/// What belongs to a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub code: Code,
    /// Stable, in `snake_case`.
    pub name: &'static str,
    pub check: CheckId,
    pub severity: Severity,
    /// One short line, without a full stop.
    pub finding: &'static str,
    /// What this means; empty where all is well.
    pub means: &'static str,
    /// What to do, the best first; empty where all is well.
    pub todo: &'static [&'static str],
}

macro_rules! codes {
    ($($variant:ident $name:literal $check:ident $severity:ident $finding:literal $(means $means:literal todo [$($todo:literal),+])?;)+) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($variant,)+ }

        impl Code {
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            pub const fn entry(self) -> Entry {
                match self {
                    $(Self::$variant => Entry {
                        code: self,
                        name: $name,
                        check: CheckId::$check,
                        severity: Severity::$severity,
                        finding: $finding,
                        means: concat!($($means)?),
                        todo: &[$($($todo),+)?],
                    },)+
                }
            }
        }
    };
}

mod catalogue;

impl Code {
    pub const fn name(self) -> &'static str {
        self.entry().name
    }

    pub const fn severity(self) -> Severity {
        self.entry().severity
    }

    pub const fn check(self) -> CheckId {
        self.entry().check
    }

    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }
}
