//! Windows into lists of notes. Only metadata is read; texts only of the rows of a searched page,
//! to show the place of the hit.

mod hits;
mod infix;
mod matching;
mod mentions;
mod page;
mod scope;
mod search;
mod titles;
mod weight;

pub(crate) use mentions::{called, mentions, texts_with};
pub(crate) use page::list;
pub(crate) use scope::templates;
pub(crate) use titles::find_titles;

/// More hits than this are neither ranked nor counted (facts: reliability T2).
const RANKED: usize = 5_000;
/// Words with at most so many hits are ranked without a count before: some milliseconds.
const RANKED_UNCOUNTED: usize = 16_000;
/// More than this are taken in the order of the index, which is that of arrival, and not sorted by
/// the time of their last change.
const SORTED: usize = 500;
/// Rows a page can have.
const MAX_PAGE: u32 = 500;
