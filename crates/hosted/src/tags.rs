//! Another client put a note into a tag or folder, or took it out: that stands in the tag, and
//! has to get into the note, where Sheaf keeps it.
//!
//! The rule: a note is in one notebook. Put into a second folder of Sheaf's, it moves there; taken
//! out of its folder, it goes to the notebook every installation has. Tags and folders that other
//! clients made are tags here, nested or not, because there a note may be in several at once.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use sheaf_model::{Body, DEFAULT_NOTEBOOK_ID, DocId, Kind};
use sheaf_sync::{Environment, Policy, RecordReplica};

use crate::{HostedError, Replication, Vault};

impl<E: Environment, V: Vault> Replication<E, V> {
    /// `tags`: with the notes each named before.
    pub(crate) async fn follow_foreign_tags<R: RecordReplica>(
        &self,
        replica: &R,
        tags: &BTreeMap<DocId, Vec<String>>,
    ) -> Result<(), HostedError> {
        let quiet = |_| {};
        let pull = self.pull(replica, Policy::default(), &quiet);
        for (tag, before) in tags {
            let now: BTreeSet<String> = pull
                .references_of(&self.item_of(tag))
                .await?
                .into_iter()
                .collect();
            let before: BTreeSet<String> = before.iter().cloned().collect();
            let changed: Vec<&String> = now.symmetric_difference(&before).collect();
            if changed.is_empty() {
                continue;
            }
            let seen = pull
                .seen_of(changed.iter().map(|name| name.as_str()))
                .await?;
            let documents: BTreeMap<DocId, bool> = changed
                .iter()
                .filter_map(|name| {
                    let seen = seen.get(*name)?;
                    let added = now.contains(*name);
                    let note = seen.document.clone()?;
                    (note.kind() == Kind::Note && seen.inside.contains(tag) != added)
                        .then_some((note, added))
                })
                .collect();
            let view = replica
                .in_view(documents.keys().cloned().collect())
                .await
                .map_err(HostedError::replica)?;
            let edits: Vec<(DocId, Body)> = view
                .into_iter()
                .filter_map(|(note, body)| {
                    let added = *documents.get(&note)?;
                    let edited = place(&body, tag, added);
                    (edited != body).then_some((note, edited))
                })
                .collect();
            if !edits.is_empty() {
                replica.amend(edits).await.map_err(HostedError::replica)?;
            }
        }
        Ok(())
    }
}

/// The note inside the tag or notebook, or outside of it.
pub(crate) fn place(body: &Body, container: &DocId, inside: bool) -> Body {
    let mut body = body.clone();
    let name = Value::from(container.as_str());
    match container.kind() {
        Kind::Tag => {
            let mut tags: Vec<Value> = match body.get("tags") {
                Some(Value::Array(tags)) => tags.clone(),
                _ => Vec::new(),
            };
            tags.retain(|tag| *tag != name);
            if inside {
                tags.push(name);
            }
            if body.get("tags").and_then(Value::as_array) != Some(&tags) {
                body.insert("tags".into(), tags.into());
            }
        }
        Kind::Notebook if inside => {
            body.insert("bookId".into(), name);
        }
        Kind::Notebook if body.get("bookId") == Some(&name) => {
            body.insert("bookId".into(), DEFAULT_NOTEBOOK_ID.into());
        }
        _ => {}
    }
    body
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn body(value: Value) -> Body {
        serde_json::from_value(value).unwrap()
    }

    fn id(text: &str) -> DocId {
        DocId::parse(text).unwrap()
    }

    #[test]
    fn a_note_moves_into_a_folder_and_out_of_it_into_the_first_notebook() {
        let note = body(json!({"bookId": "book:a", "tags": []}));
        let moved = place(&note, &id("book:b"), true);
        assert_eq!(moved["bookId"], "book:b");
        assert_eq!(place(&moved, &id("book:a"), false), moved);
        assert_eq!(
            place(&moved, &id("book:b"), false)["bookId"],
            DEFAULT_NOTEBOOK_ID
        );
    }

    #[test]
    fn tags_are_added_once_and_taken_off_altogether() {
        let note = body(json!({"tags": ["tag:a"]}));
        let tagged = place(&note, &id("tag:b"), true);
        assert_eq!(tagged["tags"], json!(["tag:a", "tag:b"]));
        assert_eq!(place(&tagged, &id("tag:b"), true), tagged);
        assert_eq!(place(&tagged, &id("tag:b"), false), note);
    }
}
