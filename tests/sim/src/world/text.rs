//! Texts made of words that occur once. An edit leaves a new word in the text, so that its loss can be seen; the words an
//! edit takes out were seen by whoever made it, and are not missed.

use std::collections::BTreeSet;

use crate::random::Random;

/// Something that can be seen to be there.
pub type Token = u32;

pub fn word(token: Token) -> String {
    format!("w{token:05}")
}

/// The tokens of a text.
pub fn tokens(text: &str) -> BTreeSet<Token> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .filter_map(|word| {
            word.strip_prefix('w')
                .filter(|digits| digits.len() == 5)?
                .parse()
                .ok()
        })
        .collect()
}

pub fn new_text(random: &mut Random, token: Token) -> String {
    let lines = 1 + random.below(6);
    let line = |number| {
        let filler = ["rain", "bread", "lamp", "stone", "river", "chair"][random.below(6)];
        if number == 0 {
            format!("{} {filler}\n", word(token))
        } else {
            format!("- {filler} {number}\n")
        }
    };
    (0..lines).map(line).collect()
}

/// What somebody makes of a text.
pub fn rewritten(text: &str, random: &mut Random, token: Token) -> String {
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    let line = format!(
        "{} {}\n",
        word(token),
        ["sun", "wind", "snow"][random.below(3)]
    );
    if lines.is_empty() {
        return line;
    }
    let at = random.below(lines.len());
    match random.below(10) {
        // A line in its place.
        0..=2 => lines.insert(at, line),
        // Another line instead.
        3..=5 => lines[at] = line,
        // A word more, within a line.
        6 | 7 => {
            let end = lines[at].trim_end_matches('\n').len();
            lines[at].insert_str(end, &format!(" {}", word(token)));
        }
        // A line less, and one at the end.
        8 => {
            lines.remove(at);
            end_with(&mut lines, line);
        }
        _ => end_with(&mut lines, line),
    }
    lines.concat()
}

pub fn appended(text: &str, token: Token) -> String {
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    end_with(&mut lines, format!("{} at the end\n", word(token)));
    lines.concat()
}

fn end_with(lines: &mut Vec<String>, line: String) {
    if let Some(last) = lines.last_mut().filter(|last| !last.ends_with('\n')) {
        last.push('\n');
    }
    lines.push(line);
}

/// Whether two texts made from `base` changed it in one place, or in neighbouring ones: an opinion of its own, not that
/// of the merge under test.
pub fn overlap(base: &str, a: &str, b: &str) -> bool {
    let base: Vec<&str> = base.split_inclusive('\n').collect();
    let (a, b) = (places(&base, a), places(&base, b));
    a.iter().any(|place| b.contains(place))
}

/// The gaps between lines of the base that a side touches. Replacing line `i` touches the gaps before and after it.
fn places(base: &[&str], side: &str) -> BTreeSet<usize> {
    let side: Vec<&str> = side.split_inclusive('\n').collect();
    let kept = common(base, &side);
    let mut places = BTreeSet::new();
    let (mut in_base, mut in_side) = (0, 0);
    for (i, j) in kept.into_iter().chain([(base.len(), side.len())]) {
        if i > in_base {
            places.extend(in_base..=i);
        } else if j > in_side {
            places.insert(i);
        }
        (in_base, in_side) = (i + 1, j + 1);
    }
    places
}

/// The longest common subsequence.
fn common(a: &[&str], b: &[&str]) -> Vec<(usize, usize)> {
    let mut longest = vec![vec![0_u32; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            longest[i][j] = if a[i] == b[j] {
                longest[i + 1][j + 1] + 1
            } else {
                longest[i + 1][j].max(longest[i][j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut pairs = Vec::new();
    while i < a.len() && j < b.len() {
        if a[i] == b[j] {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if longest[i + 1][j] >= longest[i][j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rewriting_leaves_its_word() {
        let mut random = Random::new(7);
        let mut text = new_text(&mut random, 1);
        for token in 2..200 {
            text = rewritten(&text, &mut random, token);
            assert!(tokens(&text).contains(&token), "{text}");
        }
    }

    #[test]
    fn changes_far_apart_do_not_overlap_and_those_of_one_line_do() {
        let base = "a\nb\nc\nd\n";
        assert!(!overlap(base, "A\nb\nc\nd\n", "a\nb\nc\nD\n"));
        assert!(overlap(base, "A\nb\nc\nd\n", "B\nb\nc\nd\n"));
        assert!(!overlap(base, base, "x"));
    }
}
