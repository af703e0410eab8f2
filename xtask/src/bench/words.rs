//! The words of the corpus, and how often each is drawn.
//!
//! Frequencies follow Zipf's law (word `r` is `1/r` as frequent as the first), as in real prose; that is what makes
//! one query answer a handful of notes and another nearly all of them. Words are made of syllables, so that
//! prefixes are shared as in a language and not spread evenly as in random letters.

use std::collections::HashSet;

use super::random::Random;

const LATIN: usize = 50_000;
const JAPANESE: usize = 3_000;

const ONSETS: [&str; 22] = [
    "b", "br", "c", "ch", "d", "f", "g", "gr", "h", "k", "l", "m", "n", "p", "pr", "r", "s", "st",
    "t", "tr", "v", "w",
];
const VOWELS: [&str; 8] = ["a", "e", "i", "o", "u", "ai", "ea", "ou"];
const CODAS: [&str; 10] = ["", "", "", "n", "r", "s", "l", "t", "nd", "ck"];
const PARTICLES: [&str; 8] = ["の", "は", "を", "に", "が", "と", "で", "も"];

pub(crate) struct Words {
    latin: Vec<String>,
    japanese: Vec<String>,
    latin_rank: Zipf,
    japanese_rank: Zipf,
}

impl Words {
    pub(crate) fn new(random: &mut Random) -> Self {
        Self {
            latin: distinct(LATIN, || latin_word(random)),
            japanese: distinct(JAPANESE, || japanese_word(random)),
            latin_rank: Zipf::new(LATIN),
            japanese_rank: Zipf::new(JAPANESE),
        }
    }

    /// The word of this rank: 0 is the commonest.
    pub(crate) fn latin(&self, rank: usize) -> &str {
        &self.latin[rank]
    }

    pub(crate) fn japanese(&self, rank: usize) -> &str {
        &self.japanese[rank]
    }

    pub(crate) fn draw_latin(&self, random: &mut Random) -> &str {
        &self.latin[self.latin_rank.draw(random)]
    }

    pub(crate) fn draw_japanese(&self, random: &mut Random) -> &str {
        &self.japanese[self.japanese_rank.draw(random)]
    }

    pub(crate) fn particle(random: &mut Random) -> &'static str {
        PARTICLES[random.below(PARTICLES.len())]
    }
}

fn distinct(count: usize, mut make: impl FnMut() -> String) -> Vec<String> {
    let mut seen = HashSet::new();
    let mut words = Vec::with_capacity(count);
    while words.len() < count {
        let word = make();
        if seen.insert(word.clone()) {
            words.push(word);
        }
    }
    words
}

fn latin_word(random: &mut Random) -> String {
    let mut word = String::new();
    for _ in 0..=1 + random.below(3) {
        word.push_str(ONSETS[random.below(ONSETS.len())]);
        word.push_str(VOWELS[random.below(VOWELS.len())]);
        word.push_str(CODAS[random.below(CODAS.len())]);
    }
    word
}

/// Two ideographs of the first level of JIS use, or thereabouts: a block of 512 keeps pairs from being all unique.
fn japanese_word(random: &mut Random) -> String {
    (0..2)
        .map(|_| char::from_u32(0x6_500 + random.below(512) as u32).unwrap_or('字'))
        .collect()
}

/// Draws ranks with a frequency of `1/(rank + 1)`, by a search in the running totals.
struct Zipf {
    totals: Vec<f64>,
}

impl Zipf {
    fn new(count: usize) -> Self {
        let totals = (1..=count).scan(0.0, |sum, rank| {
            *sum += 1.0 / rank as f64;
            Some(*sum)
        });
        Self {
            totals: totals.collect(),
        }
    }

    fn draw(&self, random: &mut Random) -> usize {
        let whole = self.totals.last().copied().unwrap_or_default();
        let at = random.unit() * whole;
        self.totals
            .partition_point(|total| *total <= at)
            .min(self.totals.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_rank_is_drawn_twice_as_often_as_the_second() {
        let zipf = Zipf::new(1000);
        let mut random = Random::new(3);
        let mut drawn = [0_u32; 2];
        for _ in 0..100_000 {
            if let Some(count) = drawn.get_mut(zipf.draw(&mut random)) {
                *count += 1;
            }
        }
        let ratio = f64::from(drawn[0]) / f64::from(drawn[1]);
        assert!((1.8..2.2).contains(&ratio), "{ratio}");
    }
}
