//! Windows into lists of notes. Only metadata is read; texts only of the rows of a searched page,
//! to show the place of the hit.

mod infix;
mod matching;
mod page;
mod scope;

pub(crate) use page::list;

/// More hits than this are neither ranked nor counted (facts: reliability T2).
const RANKED: usize = 5_000;
/// Rows a page can have.
const MAX_PAGE: u32 = 500;
