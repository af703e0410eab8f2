//! Which revisions the remote does not have yet (`_revs_diff`).

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Map, Value};
use sheaf_model::Revision;
use sheaf_sync::OutgoingRevision;

use crate::{SyncError, database::Database};

const REVS_DIFF: &str = "POST _revs_diff";

#[derive(Debug, Default, Deserialize)]
struct Missing {
    #[serde(default)]
    missing: Vec<String>,
    #[serde(default)]
    possible_ancestors: Vec<String>,
}

/// `None`: it was not asked, everything counts as missing.
pub(crate) struct Difference(Option<HashMap<String, Missing>>);

impl Difference {
    pub(crate) fn everything() -> Self {
        Self(None)
    }

    pub(crate) fn is_missing(&self, revision: &OutgoingRevision) -> bool {
        let Some(answer) = &self.0 else { return true };
        let wanted = revision.revision.to_string();
        answer
            .get(revision.id.as_str())
            .is_some_and(|missing| missing.missing.contains(&wanted))
    }

    /// The newest of the revision's own ancestors that the remote has.
    pub(crate) fn newest_ancestor_there<'a>(
        &self,
        revision: &'a OutgoingRevision,
    ) -> Option<&'a Revision> {
        let there = &self
            .0
            .as_ref()?
            .get(revision.id.as_str())?
            .possible_ancestors;
        revision
            .ancestors
            .iter()
            .find(|ancestor| there.contains(&ancestor.to_string()))
    }
}

pub(crate) async fn ask(
    database: &Database,
    revisions: &[OutgoingRevision],
) -> Result<Difference, SyncError> {
    let mut answers: HashMap<String, Missing> = HashMap::new();
    let mut questions = vec![revisions];
    while let Some(some) = questions.pop() {
        match ask_about(database, some).await {
            // Two revisions of one document may be asked about in two questions.
            Ok(answer) => {
                for (id, missing) in answer {
                    let all = answers.entry(id).or_default();
                    all.missing.extend(missing.missing);
                    all.possible_ancestors.extend(missing.possible_ancestors);
                }
            }
            // Too long a question for this server, or for something before it.
            Err(SyncError::Answer(answer)) if answer.status == 413 => {
                if some.len() <= 1 {
                    return Ok(Difference::everything());
                }
                let (one, two) = some.split_at(some.len() / 2);
                questions.extend([one, two]);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(Difference(Some(answers)))
}

async fn ask_about(
    database: &Database,
    revisions: &[OutgoingRevision],
) -> Result<HashMap<String, Missing>, SyncError> {
    let mut question: Map<String, Value> = Map::new();
    for revision in revisions {
        let asked = question
            .entry(revision.id.as_str())
            .or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(asked) = asked {
            asked.push(revision.revision.to_string().into());
        }
    }
    let body = Value::Object(question).to_string();
    let request = database.post(&["_revs_diff"], body);
    database.json(REVS_DIFF, request).await
}

#[cfg(test)]
mod tests {
    use sheaf_model::{Body, DocId};

    use super::*;

    fn revision(id: &str, rev: &str, ancestors: &[&str]) -> OutgoingRevision {
        OutgoingRevision {
            id: DocId::parse(id).unwrap(),
            revision: Revision::parse(rev).unwrap(),
            ancestors: ancestors
                .iter()
                .map(|text| Revision::parse(text).unwrap())
                .collect(),
            deleted: false,
            body: Body::new(),
            attachments: vec![],
        }
    }

    #[test]
    fn what_the_answer_does_not_mention_is_there_already() {
        let answer = r#"{"note:a":{"missing":["2-b"],"possible_ancestors":["1-z","1-a"]}}"#;
        let difference = Difference(Some(serde_json::from_str(answer).unwrap()));
        let ours = revision("note:a", "2-b", &["1-a"]);
        assert!(difference.is_missing(&ours));
        assert_eq!(
            difference.newest_ancestor_there(&ours).unwrap().to_string(),
            "1-a"
        );
        assert!(!difference.is_missing(&revision("note:a", "2-c", &[])));
        assert!(!difference.is_missing(&revision("note:b", "1-a", &[])));
        assert!(Difference::everything().is_missing(&ours));
    }

    #[test]
    fn an_ancestor_of_another_branch_does_not_count() {
        let answer = r#"{"note:a":{"missing":["2-b"],"possible_ancestors":["1-z"]}}"#;
        let difference = Difference(Some(serde_json::from_str(answer).unwrap()));
        assert_eq!(
            difference.newest_ancestor_there(&revision("note:a", "2-b", &["1-a"])),
            None
        );
    }
}
