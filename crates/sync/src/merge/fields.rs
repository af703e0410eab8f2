//! Field by field: every field of a document has one rule, and only title and text can conflict.

use serde_json::Value;
use sheaf_model::{Body, Kind};

use super::{Leaves, RULE_FIELD, merge_text};
use crate::mutant::{Mutant, planted};

/// `None`: title or text conflict.
pub(super) fn merge(leaves: &Leaves<'_>) -> Option<Body> {
    merge_by(leaves, field)
}

/// The same with title and text of the winner.
pub(super) fn merge_with_words_of_winner(leaves: &Leaves<'_>) -> Option<Body> {
    merge_by(leaves, |leaves, key| match (leaves.kind, key) {
        (Kind::Note, "title" | "body") => Some(leaves.winner.get(key).cloned()),
        _ => field(leaves, key),
    })
}

/// Answers a field's value; `None` is a conflict, `Some(None)` leaves the field out.
#[allow(clippy::option_option)] // three outcomes of a private function; named here
fn merge_by(
    leaves: &Leaves<'_>,
    field: impl Fn(&Leaves<'_>, &str) -> Option<Option<Value>>,
) -> Option<Body> {
    let mut merged = Body::new();
    for key in keys(leaves) {
        if let Some(value) = field(leaves, key)? {
            merged.insert(key.clone(), value);
        }
    }
    if leaves.kind == Kind::Note {
        settle_trash(leaves, &mut merged);
    }
    Some(merged)
}

/// The winner's order first, then what only the other has.
fn keys<'a>(leaves: &Leaves<'a>) -> impl Iterator<Item = &'a String> {
    let winner = leaves.winner;
    let others = leaves
        .other
        .keys()
        .filter(move |key| !winner.contains_key(*key));
    winner.keys().chain(others).filter(|key| *key != RULE_FIELD)
}

/// `Some(None)`: the field is gone. `None`: conflict.
#[allow(clippy::option_option)] // three outcomes of a private function; named at its only caller
fn field(leaves: &Leaves<'_>, key: &str) -> Option<Option<Value>> {
    let winner = leaves.winner.get(key);
    let other = leaves.other.get(key);
    if winner == other {
        return Some(winner.cloned());
    }
    let base = leaves.base.map(|base| base.get(key));
    match (leaves.kind, key) {
        (_, "updatedAt" | "timestamp") => return Some(later(winner, other)),
        (Kind::Note, "tags") => return Some(Some(tags(base.flatten(), winner, other))),
        // Recomputed from the merged text by the caller.
        (Kind::Note, "numOfTasks" | "numOfCheckedTasks") => return Some(winner.or(other).cloned()),
        _ => {}
    }
    if let Some(base) = base {
        if base == winner {
            return Some(other.cloned());
        }
        if base == other {
            return Some(winner.cloned());
        }
    }
    match (leaves.kind, key) {
        (Kind::Note, "title" | "body") => Some(Some(words(base.flatten(), winner, other)?)),
        _ => Some(winner.cloned()),
    }
}

fn words(base: Option<&Value>, winner: Option<&Value>, other: Option<&Value>) -> Option<Value> {
    let (base, winner, other) = (base?.as_str()?, winner?.as_str()?, other?.as_str()?);
    merge_text(base, winner, other).map(Value::String)
}

fn later(winner: Option<&Value>, other: Option<&Value>) -> Option<Value> {
    let number = |value: Option<&Value>| value.and_then(Value::as_f64);
    match (number(winner), number(other)) {
        (Some(a), Some(b)) if b > a => other.cloned(),
        (None, Some(_)) => other.cloned(),
        _ => winner.cloned(),
    }
}

fn list(value: Option<&Value>) -> Vec<Value> {
    value.and_then(Value::as_array).cloned().unwrap_or_default()
}

/// The tags of `version`, but for those that `leaf` has or has not as `base` had or had not.
pub(super) fn tags_taken_in(
    base: Option<&Value>,
    leaf: Option<&Value>,
    version: Option<&Value>,
) -> Value {
    let (base, leaf, version) = (list(base), list(leaf), list(version));
    let stays = |tag: &Value| base.contains(tag) && leaf.contains(tag);
    let added = version
        .iter()
        .filter(|tag| base.contains(tag) || leaf.contains(tag));
    let not_removed = base
        .iter()
        .filter(|tag| !version.contains(tag) && stays(tag));
    Value::Array(added.chain(not_removed).cloned().collect())
}

/// A set: what either side added stays, what either side removed goes. Without an ancestor
/// nothing counts as removed.
fn tags(base: Option<&Value>, winner: Option<&Value>, other: Option<&Value>) -> Value {
    let (base, winner, other) = (list(base), list(winner), list(other));
    let removed =
        |tag: &Value| base.contains(tag) && !(winner.contains(tag) && other.contains(tag));
    let mut merged: Vec<Value> = Vec::new();
    let others = if planted(Mutant::TagsOfTheWinner) {
        &[]
    } else {
        &other[..]
    };
    for tag in winner.iter().chain(others) {
        if !removed(tag) && !merged.contains(tag) {
            merged.push(tag.clone());
        }
    }
    Value::Array(merged)
}

/// An edit beats the trash as it beats a deletion: when one side threw the note away and the
/// other went on writing in it or moved it, the note is where the writer had it.
fn settle_trash(leaves: &Leaves<'_>, merged: &mut Body) {
    let trashed = |body: &Body| body.get("bookId").and_then(Value::as_str) == Some("trash");
    let Some(base) = leaves.base else {
        if trashed(leaves.winner) != trashed(leaves.other) {
            let kept = if trashed(leaves.winner) {
                leaves.other
            } else {
                leaves.winner
            };
            copy(kept, merged);
        }
        return;
    };
    if trashed(base) || trashed(leaves.winner) == trashed(leaves.other) {
        return;
    }
    let kept = if trashed(leaves.winner) {
        leaves.other
    } else {
        leaves.winner
    };
    let edited = ["title", "body", "bookId"]
        .iter()
        .any(|key| kept.get(*key) != base.get(*key));
    if edited {
        copy(kept, merged);
    }
}

fn copy(from: &Body, to: &mut Body) {
    if let Some(place) = from.get("bookId") {
        to.insert("bookId".into(), place.clone());
    }
}
