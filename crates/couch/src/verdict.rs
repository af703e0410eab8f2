//! Whether the server's validation functions refuse single documents, or everything that this
//! account writes: then it is not the documents that have to change.

use std::collections::BTreeSet;

use serde::Deserialize;
use sheaf_net::Method;
use sheaf_sync::Refusal;

use crate::{Answer, SyncError, database::Database};

const READ: &str = "GET _all_docs of design documents";
/// How a refusal by a validation function begins in [`Refusal::reason`].
const FORBIDDEN: &str = "forbidden: ";
/// So many documents of one kind, all refused in the same words, are no coincidence; of several
/// kinds, two are enough. Two notes that mention what a rule forbids stay two notes.
const NO_COINCIDENCE: usize = 5;

/// The refusals of one batch, if they mean that nothing may be written. `written`: how many
/// documents of the batch were.
pub(crate) async fn on_everything(
    database: &Database,
    refused: &[Refusal],
    written: usize,
) -> Result<Option<SyncError>, SyncError> {
    let Some(first) = refused.iter().find(|refusal| is_verdict(refusal)) else {
        return Ok(None);
    };
    let obvious = written == 0 && in_the_same_words(refused);
    if !obvious && !ask(database).await? {
        return Ok(None);
    }
    Ok(Some(SyncError::ReadOnly(Answer {
        request: "POST _bulk_docs",
        status: 403,
        error: "forbidden".to_owned(),
        reason: first.reason[FORBIDDEN.len()..].to_owned(),
        retry_after: None,
        by_token: false,
    })))
}

pub(crate) fn is_verdict(refusal: &Refusal) -> bool {
    refusal.reason.starts_with(FORBIDDEN)
}

fn in_the_same_words(refused: &[Refusal]) -> bool {
    let verdicts: Vec<&Refusal> = refused.iter().filter(|one| is_verdict(one)).collect();
    let words: BTreeSet<&str> = verdicts.iter().map(|one| one.reason.as_str()).collect();
    let kinds: BTreeSet<&str> = verdicts
        .iter()
        .filter_map(|one| Some(one.id.as_str().split_once(':')?.0))
        .collect();
    words.len() == 1 && (kinds.len() > 1 || verdicts.len() >= NO_COINCIDENCE)
}

#[derive(Deserialize)]
struct Rows {
    rows: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    doc: Option<Design>,
}

#[derive(Deserialize)]
struct Design {
    #[serde(default)]
    validate_doc_update: Option<serde_json::Value>,
}

/// Reads the functions. When none of them so much as looks at a document, what one document was
/// told holds for all.
async fn ask(database: &Database) -> Result<bool, SyncError> {
    let request = database.request(Method::GET, &["_all_docs"]).query([
        ("startkey", "\"_design/\""),
        ("endkey", "\"_design0\""),
        ("include_docs", "true"),
    ]);
    let found: Rows = match database.json(READ, request).await {
        Ok(found) => found,
        // Not every account may read them, and not every server has them: then the documents are taken at their word.
        Err(SyncError::Answer(answer)) if matches!(answer.status, 400 | 403..=405 | 501) => {
            return Ok(false);
        }
        Err(SyncError::Garbled { .. }) => return Ok(false),
        Err(other) => return Err(other),
    };
    let functions: Vec<serde_json::Value> = found
        .rows
        .into_iter()
        .filter_map(|row| row.doc?.validate_doc_update)
        .collect();
    Ok(!functions.is_empty()
        && functions
            .iter()
            .all(|function| function.as_str().is_some_and(looks_at_no_document)))
}

/// Whether a `function (newDoc, oldDoc, …) {…}` mentions neither of its first two parameters, so
/// that its verdict depends on the account alone. Whatever is not clearly so, is not so.
fn looks_at_no_document(function: &str) -> bool {
    let Some((head, body)) = function.split_once('{') else {
        return false;
    };
    let Some((_, parameters)) = head.split_once('(') else {
        return false;
    };
    let Some((parameters, _)) = parameters.split_once(')') else {
        return false;
    };
    let in_names = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let names: Vec<&str> = parameters.split(',').map(str::trim).take(2).collect();
    let other_ways = ["arguments", "eval", "Function"];
    names.iter().all(|name| name.chars().all(in_names))
        && body
            .split(|c| !in_names(c))
            .filter(|word| !word.is_empty())
            .all(|word| !names.contains(&word) && !other_ways.contains(&word))
}

#[cfg(test)]
mod tests {
    use sheaf_model::{DocId, Revision};

    use super::*;

    fn refused(id: &str, reason: &str) -> Refusal {
        Refusal {
            id: DocId::parse(id).unwrap(),
            revision: Revision::parse("1-a").unwrap(),
            reason: reason.to_owned(),
        }
    }

    #[test]
    fn a_verdict_on_the_account_is_told_from_one_on_a_document() {
        for (function, everything) in [
            (
                "function (newDoc, oldDoc, userCtx) { throw({forbidden: 'read only'}); }",
                true,
            ),
            (
                "function(n,o,u){ if (u.roles.indexOf('_admin') < 0) throw({forbidden: 'no'}); }",
                true,
            ),
            ("function () { throw({forbidden: 'x'}); }", true),
            (
                "function (newDoc) { if (newDoc.title) throw({forbidden: 'x'}); }",
                false,
            ),
            (
                "function () { if (arguments[0].title) throw({forbidden: 'x'}); }",
                false,
            ),
            ("({a}, b) => { throw 1 }", false),
            ("not a function", false),
            ("", false),
        ] {
            assert_eq!(looks_at_no_document(function), everything, "{function}");
        }
    }

    #[test]
    fn two_forbidden_notes_are_two_notes_and_a_forbidden_notebook_beside_a_note_is_everything() {
        let same = "forbidden: read only";
        let notes = |count: usize| -> Vec<Refusal> {
            (0..count)
                .map(|n| refused(&format!("note:{n}"), same))
                .collect()
        };
        assert!(!in_the_same_words(&notes(2)));
        assert!(in_the_same_words(&notes(5)));
        let mut mixed = notes(1);
        mixed.push(refused("book:1", same));
        assert!(in_the_same_words(&mixed));
        mixed.push(refused("tag:1", "forbidden: no tags"));
        assert!(!in_the_same_words(&mixed));
        assert!(!in_the_same_words(&[]));
    }
}
