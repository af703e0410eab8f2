//! Which revisions the remote does not have yet (`_revs_diff`).

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Map, Value};
use sheaf_model::Revision;
use sheaf_sync::OutgoingRevision;

use crate::{
    SyncError,
    database::{self, Database},
    wire::Wire,
};

const REVS_DIFF: &str = "POST _revs_diff";

#[derive(Debug, Default, Deserialize)]
struct Missing {
    #[serde(default)]
    missing: Vec<String>,
    #[serde(default)]
    possible_ancestors: Vec<String>,
}

pub(crate) struct Difference {
    /// `None`: it was not asked, everything counts as missing.
    answer: Option<HashMap<String, Missing>>,
    wire: Wire,
}

impl Difference {
    pub(crate) fn everything() -> Self {
        Self {
            answer: None,
            wire: Wire::default(),
        }
    }

    pub(crate) fn is_missing(&self, revision: &OutgoingRevision) -> bool {
        let Some(answer) = &self.answer else {
            return true;
        };
        let wanted = self.wire.name(&revision.id, &revision.revision);
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
            .answer
            .as_ref()?
            .get(revision.id.as_str())?
            .possible_ancestors;
        revision
            .ancestors
            .iter()
            .find(|ancestor| there.contains(&self.wire.name(&revision.id, ancestor)))
    }
}

pub(crate) async fn ask(
    database: &Database,
    revisions: &[OutgoingRevision],
) -> Result<Difference, SyncError> {
    let mut question: Map<String, Value> = Map::new();
    for revision in revisions {
        let asked = question
            .entry(revision.id.as_str())
            .or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(asked) = asked {
            asked.push(
                database
                    .wire()
                    .name(&revision.id, &revision.revision)
                    .into(),
            );
        }
    }
    let body = Value::Object(question).to_string();
    let answer = database::json(REVS_DIFF, database.post(&["_revs_diff"], body)).await?;
    Ok(Difference {
        answer: Some(answer),
        wire: database.wire().clone(),
    })
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
        let difference = Difference {
            answer: Some(serde_json::from_str(answer).unwrap()),
            wire: Wire::default(),
        };
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
        let difference = Difference {
            answer: Some(serde_json::from_str(answer).unwrap()),
            wire: Wire::default(),
        };
        assert_eq!(
            difference.newest_ancestor_there(&revision("note:a", "2-b", &["1-a"])),
            None
        );
    }
}
