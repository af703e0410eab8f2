//! Three-way merge of a text: by lines, and inside lines that both sides changed by words.
//!
//! Nothing either side wrote is ever dropped: a place both changed differently is a conflict of
//! the whole text, and the caller keeps both leaves.

use crate::mutant::{Mutant, planted};
use similar::{Algorithm, DiffOp, capture_diff_slices};
use unicode_segmentation::UnicodeSegmentation;

/// Merges `ours` and `theirs`, both descended from `base`. `None`: both changed the same place.
///
/// Whole lines that both inserted at the same place are kept both, ours first: two devices
/// appending to one list is the commonest case of all and no contradiction.
pub fn merge_text(base: &str, ours: &str, theirs: &str) -> Option<String> {
    if ours == theirs || theirs == base {
        return Some(ours.to_owned());
    }
    if ours == base {
        return Some(theirs.to_owned());
    }
    merge_tokens(
        &Tokens::lines(base),
        &Tokens::lines(ours),
        &Tokens::lines(theirs),
        Grain::Lines,
    )
}

/// Whether `text` has all lines of `part`, in their order: then `text` alone loses no word of it.
pub fn contains_lines(text: &str, part: &str) -> bool {
    let mut lines = text.lines();
    part.lines()
        .all(|wanted| lines.any(|line| line.trim_end() == wanted.trim_end()))
}

#[derive(Clone, Copy, PartialEq)]
enum Grain {
    Lines,
    Words,
}

struct Tokens<'a>(Vec<&'a str>);

impl<'a> Tokens<'a> {
    fn lines(text: &'a str) -> Self {
        Self(text.split_inclusive('\n').collect())
    }

    fn words(text: &'a str) -> Self {
        Self(text.split_word_bounds().collect())
    }
}

/// A stretch of the base and what a side has in its place; both as token ranges.
#[derive(Debug, Clone, Copy)]
struct Change {
    base: (usize, usize),
    side: (usize, usize),
}

fn merge_tokens(
    base: &Tokens<'_>,
    ours: &Tokens<'_>,
    theirs: &Tokens<'_>,
    grain: Grain,
) -> Option<String> {
    let our_changes = changes(&base.0, &ours.0);
    let their_changes = changes(&base.0, &theirs.0);
    let mut merged = String::new();
    let mut at = 0;
    let (mut i, mut j) = (0, 0);
    while i < our_changes.len() || j < their_changes.len() {
        let region = Region::next(&our_changes[i..], &their_changes[j..], grain);
        merged.extend(base.0[at..region.base.0].iter().copied());
        let mine = region.text(&our_changes[i..i + region.ours], base, ours);
        let other = region.text(&their_changes[j..j + region.theirs], base, theirs);
        merged.push_str(&region.resolve(base, &mine, &other, grain)?);
        at = region.base.1;
        i += region.ours;
        j += region.theirs;
    }
    merged.extend(base.0[at..].iter().copied());
    Some(merged)
}

/// Changes of either side that touch each other, and the stretch of the base they cover.
struct Region {
    base: (usize, usize),
    ours: usize,
    theirs: usize,
}

impl Region {
    fn next(ours: &[Change], theirs: &[Change], grain: Grain) -> Self {
        let first = match (ours.first(), theirs.first()) {
            (Some(a), Some(b)) => a.base.min(b.base),
            (Some(only), None) | (None, Some(only)) => only.base,
            (None, None) => (0, 0),
        };
        let mut region = Self {
            base: first,
            ours: 0,
            theirs: 0,
        };
        loop {
            let before = (region.ours, region.theirs);
            while ours
                .get(region.ours)
                .is_some_and(|change| region.meets(change.base, grain))
            {
                region.base.1 = region.base.1.max(ours[region.ours].base.1);
                region.ours += 1;
            }
            while theirs
                .get(region.theirs)
                .is_some_and(|change| region.meets(change.base, grain))
            {
                region.base.1 = region.base.1.max(theirs[region.theirs].base.1);
                region.theirs += 1;
            }
            if before == (region.ours, region.theirs) {
                return region;
            }
        }
    }

    /// Lines that merely stand next to each other do not meet; words do, because a sentence whose
    /// neighbouring words were changed on both sides says something nobody wrote.
    fn meets(&self, change: (usize, usize), grain: Grain) -> bool {
        let same_start =
            change.0 == self.base.0 && (change.0 == change.1) == (self.base.0 == self.base.1);
        match grain {
            Grain::Lines => same_start || (change.0 < self.base.1 && change.1 > self.base.0),
            Grain::Words => change.0 <= self.base.1,
        }
    }

    /// What a side has where the region stands, its unchanged gaps filled from the base.
    fn text(&self, changes: &[Change], base: &Tokens<'_>, side: &Tokens<'_>) -> String {
        let mut text = String::new();
        let mut at = self.base.0;
        for change in changes {
            text.extend(base.0[at..change.base.0].iter().copied());
            text.extend(side.0[change.side.0..change.side.1].iter().copied());
            at = change.base.1;
        }
        text.extend(base.0[at..self.base.1].iter().copied());
        text
    }

    fn resolve(&self, base: &Tokens<'_>, ours: &str, theirs: &str, grain: Grain) -> Option<String> {
        let original: String = base.0[self.base.0..self.base.1].concat();
        if ours == theirs || theirs == original {
            return Some(ours.to_owned());
        }
        if ours == original {
            return Some(theirs.to_owned());
        }
        match grain {
            Grain::Words => planted(Mutant::OverlapGoesToTheWinner).then(|| ours.to_owned()),
            Grain::Lines if original.is_empty() => Some(both_insertions(ours, theirs)),
            Grain::Lines => merge_tokens(
                &Tokens::words(&original),
                &Tokens::words(ours),
                &Tokens::words(theirs),
                Grain::Words,
            ),
        }
    }
}

/// Both insertions, the lines they share at either end once.
fn both_insertions(ours: &str, theirs: &str) -> String {
    if planted(Mutant::OneInsertionIsKept) {
        return ours.to_owned();
    }
    let mine: Vec<&str> = ours.split_inclusive('\n').collect();
    let other: Vec<&str> = theirs.split_inclusive('\n').collect();
    let same = |(a, b): &(&&str, &&str)| a.trim_end_matches('\n') == b.trim_end_matches('\n');
    let head = mine.iter().zip(&other).take_while(same).count();
    let rest = mine.len().min(other.len()) - head;
    let tail = mine
        .iter()
        .rev()
        .zip(other.iter().rev())
        .take(rest)
        .take_while(same)
        .count();
    let mut merged = String::with_capacity(ours.len() + theirs.len());
    let lines = mine[..mine.len() - tail]
        .iter()
        .chain(&other[head..other.len() - tail])
        .chain(&mine[mine.len() - tail..]);
    let count = mine.len() + other.len() - head - tail;
    for (index, line) in lines.enumerate() {
        merged.push_str(line);
        // The last line of a text may lack its newline; in the middle it needs one.
        if index + 1 < count && !line.ends_with('\n') {
            merged.push('\n');
        }
    }
    merged
}

fn changes(base: &[&str], side: &[&str]) -> Vec<Change> {
    capture_diff_slices(Algorithm::Myers, base, side)
        .into_iter()
        .filter_map(|op| match op {
            DiffOp::Equal { .. } => None,
            DiffOp::Delete {
                old_index,
                old_len,
                new_index,
            } => Some(((old_index, old_len), (new_index, 0))),
            DiffOp::Insert {
                old_index,
                new_index,
                new_len,
            } => Some(((old_index, 0), (new_index, new_len))),
            DiffOp::Replace {
                old_index,
                old_len,
                new_index,
                new_len,
            } => Some(((old_index, old_len), (new_index, new_len))),
        })
        .map(|(old, new)| Change {
            base: (old.0, old.0 + old.1),
            side: (new.0, new.0 + new.1),
        })
        .collect()
}
