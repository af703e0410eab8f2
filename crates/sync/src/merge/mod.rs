//! The merge rules (design.md section 4): what two leaves of one document become.
//!
//! Deterministic in its arguments, and the caller orders them by CouchDB's winner rule, so two
//! devices that merge the same leaves write the same document and, as revisions are a hash of
//! parent and content, the same revision. Clocks decide nothing: times take the maximum and are
//! never compared to choose a text.

mod fields;
mod text;

use serde_json::Value;
use sheaf_model::{Body, Kind};

pub use text::{contains_lines, merge_text};

/// Travels in every merged document. Were these rules to change, two versions of Sheaf would
/// merge the same leaves differently; the document with the higher rule then stands.
const RULE_FIELD: &str = "sheafMergeRule";
const RULE: u64 = 1;

/// Two live leaves of one document, the winner by CouchDB's rule first.
pub struct Leaves<'a> {
    pub kind: Kind,
    /// The document at their last common ancestor; `None` when its text is no longer known.
    pub base: Option<&'a Body>,
    pub winner: &'a Body,
    pub other: &'a Body,
    /// Whether both leaves have the same attachments, byte for byte.
    pub same_attachments: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Both say the same: the winner stays as it is, the other leaf gets a tombstone.
    WinnerStands,
    /// The child of the winner; the other leaf gets a tombstone.
    Merged(Body),
    /// Title or text were changed in the same place. Both leaves are kept and shown.
    Conflict,
}

/// Merges two leaves. `count_tasks` counts all and checked tasks of a text, as the writer of a
/// note does.
pub fn merge_leaves(leaves: &Leaves<'_>, count_tasks: impl Fn(&str) -> (u32, u32)) -> Outcome {
    if let Some(standing) = by_rule_version(leaves) {
        return standing;
    }
    if !leaves.same_attachments {
        return Outcome::Conflict;
    }
    let Some(mut merged) = fields::merge(leaves) else {
        return Outcome::Conflict;
    };
    if same_but_for_order(&merged, leaves.winner) {
        return Outcome::WinnerStands;
    }
    if leaves.kind == Kind::Note
        && let Some(text) = merged.get("body").and_then(Value::as_str)
    {
        let (all, checked) = count_tasks(text);
        merged.insert("numOfTasks".into(), all.into());
        merged.insert("numOfCheckedTasks".into(), checked.into());
    }
    merged.insert(RULE_FIELD.into(), RULE.into());
    Outcome::Merged(merged)
}

/// Everything but title and text, merged by the rules above; title and text are the winner's. For
/// a person who decided about the words: metadata never needs a decision.
pub fn merge_apart_from_words(leaves: &Leaves<'_>) -> Body {
    // With equal words there is no conflict; the winner alone would do as well, were there one.
    fields::merge_with_words_of_winner(leaves).unwrap_or_else(|| leaves.winner.clone())
}

/// Whether `leaf` carries everything that `version` changed of `base`, word for word. Then
/// `version` is where `leaf` and a descendant of `version` parted, whatever the tree of revisions
/// says: a merge has one parent only, and the other side's later edits are no descendants of it.
pub fn has_taken_in(base: &Body, leaf: &Body, version: &Body) -> bool {
    ["title", "body"].iter().all(|key| {
        let words = |body: &Body| {
            body.get(*key)
                .and_then(Value::as_str)
                .unwrap_or("")
                .to_owned()
        };
        let (base, leaf, version) = (words(base), words(leaf), words(version));
        merge_text(&base, &leaf, &version).is_some_and(|merged| merged == leaf)
    })
}

/// The base for a merge of `leaf` with a descendant of `version`, whose words it has taken in ([`has_taken_in`]): `version`,
/// but for what `leaf` has as `base` had it. Of that it has taken nothing in: were it compared with `version`, a tag that
/// was put on there would look as if it had been taken off here.
pub fn base_with(base: &Body, leaf: &Body, mut version: Body) -> Body {
    let changed: Vec<String> = base
        .keys()
        .chain(version.keys())
        .filter(|key| !matches!(key.as_str(), "title" | "body" | RULE_FIELD))
        .filter(|key| version.get(*key) != base.get(*key))
        .cloned()
        .collect();
    for key in changed {
        if key == "tags" {
            let tags = fields::tags_taken_in(base.get(&key), leaf.get(&key), version.get(&key));
            version.insert(key, tags);
        } else if leaf.get(&key) == base.get(&key) {
            match base.get(&key) {
                Some(value) => version.insert(key, value.clone()),
                None => version.shift_remove(&key),
            };
        }
    }
    version
}

/// Takes the mark of a merge off a document that a person edits further.
pub fn forget_merge_rule(body: &mut Body) {
    body.shift_remove(RULE_FIELD);
}

/// Two results of different rules for the same leaves: the newer rule's stands, whatever the
/// winner rule says of their hashes.
fn by_rule_version(leaves: &Leaves<'_>) -> Option<Outcome> {
    let rule = |body: &Body| body.get(RULE_FIELD).and_then(Value::as_u64);
    let base = leaves.base.and_then(rule);
    let (winner, other) = (rule(leaves.winner)?, rule(leaves.other)?);
    if winner == other || base == Some(winner) || base == Some(other) {
        return None;
    }
    Some(if winner > other {
        Outcome::WinnerStands
    } else {
        Outcome::Merged(leaves.other.clone())
    })
}

fn same_but_for_order(a: &Body, b: &Body) -> bool {
    a.len() == b.len() && a.iter().all(|(key, value)| b.get(key) == Some(value))
}

#[cfg(test)]
mod tests;
