//! Terms back to text.

use std::fmt;

use crate::{Query, Term, TermKind};

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, term) in self.terms.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            term.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.exclude {
            f.write_str("-")?;
        }
        self.kind.fmt(f)
    }
}

impl fmt::Display for TermKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, value) = match self {
            Self::Word(word) => return f.write_str(word),
            Self::Phrase(phrase) => return write!(f, "\"{phrase}\""),
            Self::Book(name) => ("book", name),
            Self::Tag(name) => ("tag", name),
            Self::Status(name) => ("status", name),
            Self::Has(name) => ("has", name),
            Self::Updated(days) => ("updated", days),
            Self::Created(days) => ("created", days),
            Self::Title(text) => ("title", text),
            Self::Body(text) => ("body", text),
        };
        if value.contains(char::is_whitespace) {
            write!(f, "{name}:\"{value}\"")
        } else {
            write!(f, "{name}:{value}")
        }
    }
}
