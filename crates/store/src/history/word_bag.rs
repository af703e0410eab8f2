//! How much two texts differ, in words: cheap enough to tell for every version of a list.

use std::collections::HashMap;

use unicode_segmentation::UnicodeSegmentation;

/// The words of a text and how often each occurs.
#[derive(Debug, Default)]
pub(crate) struct WordBag<'a> {
    words: HashMap<&'a str, u32>,
    count: u32,
}

impl<'a> WordBag<'a> {
    pub(crate) fn of(title: &'a str, text: &'a str) -> Self {
        let mut bag = Self::default();
        for word in title.unicode_words().chain(text.unicode_words()) {
            *bag.words.entry(word).or_default() += 1;
            bag.count += 1;
        }
        bag
    }

    pub(crate) fn count(&self) -> u32 {
        self.count
    }

    /// Words that are here more often than in `other`.
    pub(crate) fn beyond(&self, other: &Self) -> u32 {
        let more = |(word, count): (&&str, &u32)| {
            count.saturating_sub(other.words.get(word).copied().unwrap_or(0))
        };
        self.words.iter().map(more).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_on_both_sides_and_moving_one_counts_as_neither() {
        let old = WordBag::of("t", "one two two three");
        let new = WordBag::of("t", "three two one four four");
        assert_eq!((old.count(), new.count()), (5, 6));
        assert_eq!((new.beyond(&old), old.beyond(&new)), (2, 1));
        assert_eq!(new.beyond(&new), 0);
    }
}
