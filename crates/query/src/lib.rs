//! The language of the search box: words, `"phrases"`, `book: tag: status: title: body: has: updated: created:` with
//! plain or quoted values, and `-` before any of them to exclude.
//!
//! Parsing never fails: somebody is typing, and half a query is a query. Whatever is not
//! recognised is a word. What a term matches is the store's business; here it is only read,
//! printed back, and marked in text.
//!
//! Invariant: `parse(query.to_string()) == query` for every query that `parse` returned.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod dates;
mod fold;
mod fuzzy;
mod highlight;
mod parse;
mod print;

pub use dates::{Calendar, Moments};
pub use fuzzy::{Fuzzy, FuzzyMatch};
pub use highlight::{Needles, highlights};
pub use parse::parse;

/// What was typed, in order. All terms have to hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    pub terms: Vec<Term>,
}

/// One condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Notes for which the condition holds are left out.
    pub exclude: bool,
    pub kind: TermKind,
}

/// What a condition is about. No value is empty; white space inside values is single spaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TermKind {
    /// One word of the title or the body, or its beginning.
    Word(String),
    /// Words in this order, next to each other.
    Phrase(String),
    /// A notebook by name.
    Book(String),
    /// A tag by name.
    Tag(String),
    /// A status as typed; the store knows which ones there are.
    Status(String),
    /// Something the note has, as typed: `task`, `attachment` …; the store knows which there are.
    Has(String),
    /// When it was changed last: days as typed, or moments (see [`Query::on`]).
    Updated(String),
    /// When it was made, likewise.
    Created(String),
    /// A word or phrase of the title.
    Title(String),
    /// A word or phrase of the body.
    Body(String),
}

impl Query {
    /// True if nothing was asked.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// True if some term asks for something: a query of exclusions only matches nearly all.
    pub fn has_positive(&self) -> bool {
        self.terms.iter().any(|term| !term.exclude)
    }
}
