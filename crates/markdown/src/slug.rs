//! Ids of headings: readable, unique within the note, and prefixed so that a note can never
//! take the id of an element of the app.

use std::collections::{HashMap, HashSet};

/// In front of every id that comes from a note.
pub(crate) const PREFIX: &str = "user-content-";

/// Longest id made from a heading, in characters, without the prefix and the counter.
const MAX_CHARS: usize = 100;

#[derive(Default)]
pub(crate) struct Slugs {
    taken: HashSet<String>,
    /// The next counter to try for a slug: a thousand equal headings are not a million attempts.
    next: HashMap<String, usize>,
}

impl Slugs {
    pub(crate) fn id_for(&mut self, heading: &str) -> String {
        let slug = slug(heading);
        let mut counter = self.next.get(&slug).copied().unwrap_or(0);
        loop {
            let candidate = match counter {
                0 => slug.clone(),
                number => format!("{slug}-{number}"),
            };
            counter += 1;
            if self.taken.insert(candidate.clone()) {
                self.next.insert(slug, counter);
                return format!("{PREFIX}{candidate}");
            }
        }
    }
}

/// Lower case, spaces to hyphens, everything that is neither letter, digit, hyphen nor
/// underscore removed: the rule that links between headings on code forges rely on.
fn slug(heading: &str) -> String {
    let slug: String = heading
        .trim()
        .chars()
        .filter_map(|c| match c {
            c if c.is_whitespace() => Some('-'),
            '-' | '_' => Some(c),
            c => c.is_alphanumeric().then_some(c),
        })
        .flat_map(char::to_lowercase)
        .take(MAX_CHARS)
        .collect();
    if slug.is_empty() {
        "section".to_owned()
    } else {
        slug
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_readable() {
        for (heading, expected) in [
            ("Hello, World!", "user-content-hello-world"),
            ("Über uns", "user-content-über-uns"),
            ("日本語 の 見出し", "user-content-日本語-の-見出し"),
            ("a_b-c", "user-content-a_b-c"),
            ("\"><script>", "user-content-script"),
            ("!!!", "user-content-section"),
        ] {
            assert_eq!(Slugs::default().id_for(heading), expected);
        }
    }

    #[test]
    fn equal_headings_get_different_ids() {
        let mut slugs = Slugs::default();
        let ids: Vec<_> = ["a", "a-1", "a", "a", "a-1"]
            .map(|h| slugs.id_for(h))
            .to_vec();
        let expected = ["a", "a-1", "a-2", "a-3", "a-1-1"].map(|id| format!("{PREFIX}{id}"));
        assert_eq!(ids, expected);
    }
}
