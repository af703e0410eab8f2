//! `_bulk_docs`: one request for many documents, and halving it when the server will not have it
//! whole, until the one document that stands in the way is found and named.

use std::ops::Range;

use bytes::Bytes;
use serde::Deserialize;
use sheaf_model::{DocId, Revision};
use sheaf_net::{NetClass, Stage};
use sheaf_sync::{
    OutgoingRevision, Refusal,
    mutant::{Mutant, planted},
    step,
};

use crate::{
    Answer, SyncError,
    database::{Database, tidy},
    document::{self, Mention},
    wire::Wire,
};

const BULK_DOCS: &str = "POST _bulk_docs";
/// A single document below this size that breaks the connection was not too large: the line is bad.
const SUSPICIOUS_BYTES: u64 = 512 * 1024;

/// Documents ready to be sent, each as its JSON text.
#[derive(Debug, Default)]
pub(crate) struct Parcel {
    text: Vec<u8>,
    documents: Vec<Entry>,
}

#[derive(Debug, Clone)]
struct Entry {
    id: DocId,
    revision: Revision,
    /// As the database names it.
    named: String,
    text: Range<usize>,
}

#[derive(Debug, Default)]
pub(crate) struct Sent {
    pub(crate) accepted: Vec<(DocId, Revision)>,
    pub(crate) refused: Vec<Refusal>,
    /// Why the rest is neither.
    pub(crate) trouble: Option<SyncError>,
}

impl Parcel {
    /// `false`: it cannot travel.
    pub(crate) fn add(&mut self, wire: &Wire, revision: &OutgoingRevision) -> bool {
        let start = self.text.len();
        if document::write(&mut self.text, wire, revision, &|_| Mention::Stub).is_none() {
            return false;
        }
        self.documents.push(Entry {
            named: wire.name(&revision.id, &revision.revision),
            id: revision.id.clone(),
            revision: revision.revision.clone(),
            text: start..self.text.len(),
        });
        true
    }

    fn body(&self, documents: &[Entry]) -> Bytes {
        let length: usize = documents.iter().map(|entry| entry.text.len() + 1).sum();
        let mut body = Vec::with_capacity(length + 32);
        body.extend_from_slice(b"{\"new_edits\":false,\"docs\":[");
        for (position, entry) in documents.iter().enumerate() {
            if position > 0 {
                body.push(b',');
            }
            body.extend_from_slice(&self.text[entry.text.clone()]);
        }
        body.extend_from_slice(b"]}");
        body.into()
    }
}

pub(crate) async fn send(database: &Database, parcel: Parcel) -> Sent {
    let mut sent = Sent::default();
    // A stack rather than recursion; the first half lies on top, so the order stays.
    let mut pending = vec![(0, parcel.documents.len())];
    while let Some((start, end)) = pending.pop() {
        let documents = &parcel.documents[start..end];
        let body = parcel.body(documents);
        let bytes = body.len() as u64;
        if documents.is_empty() {
            continue;
        }
        match post(database, body).await {
            Ok(items) => sent.settle(documents, &items),
            Err(error) if documents.len() == 1 => match refusal_of_one(&error, bytes) {
                Some(reason) => sent.refused.push(Refusal {
                    id: documents[0].id.clone(),
                    revision: documents[0].revision.clone(),
                    reason,
                }),
                None => sent.trouble = Some(as_read_only(error)),
            },
            Err(error) if is_about_the_content(&error) => {
                let middle = usize::midpoint(start, end);
                pending.push((middle, end));
                pending.push((start, middle));
            }
            Err(error) => sent.trouble = Some(as_read_only(error)),
        }
        if sent.trouble.is_some() {
            break;
        }
    }
    sent
}

/// A document the server did not write. All others of the request are written.
#[derive(Debug, Deserialize)]
struct Item {
    #[serde(default)]
    id: String,
    #[serde(default)]
    rev: Option<String>,
    #[serde(default)]
    error: Option<String>,
    #[serde(default)]
    reason: Option<serde_json::Value>,
}

async fn post(database: &Database, body: Bytes) -> Result<Vec<Item>, SyncError> {
    let answer = database
        .json(BULK_DOCS, database.post(&["_bulk_docs"], body))
        .await;
    step::reached("push: documents sent");
    let swallowed = match &answer {
        Err(SyncError::Net(error)) => {
            planted(Mutant::LostAnswerIsAnAck) && error.stage == Stage::Exchange
        }
        Err(SyncError::Answer(answer)) => planted(Mutant::FullQuotaIsAnAck) && answer.status == 402,
        _ => false,
    };
    if swallowed { Ok(Vec::new()) } else { answer }
}

impl Sent {
    fn settle(&mut self, documents: &[Entry], items: &[Item]) {
        for entry in documents {
            let complaint = items.iter().find(|item| {
                item.error.is_some()
                    && !planted(Mutant::RefusalIsAnAck)
                    && item.id == entry.id.as_str()
                    && item.rev.as_ref().is_none_or(|rev| *rev == entry.named)
            });
            let Some(item) = complaint else {
                self.accepted
                    .push((entry.id.clone(), entry.revision.clone()));
                continue;
            };
            let error = item.error.as_deref().unwrap_or_default();
            let reason = item.reason.as_ref().map_or_else(String::new, |reason| {
                reason
                    .as_str()
                    .map_or_else(|| reason.to_string(), str::to_owned)
            });
            let answer = |status| Answer {
                request: BULK_DOCS,
                status,
                error: tidy(error),
                reason: tidy(&reason),
                retry_after: None,
                by_token: false,
            };
            match error {
                "unauthorized" => self.trouble = Some(SyncError::ReadOnly(answer(401))),
                // The server's trouble, not the document's.
                "timeout" | "internal_server_error" | "service_unavailable" | "shutdown" => {
                    self.trouble = Some(answer(503).into());
                }
                _ => self.refused.push(Refusal {
                    id: entry.id.clone(),
                    revision: entry.revision.clone(),
                    reason: tidy(&format!("{error}: {reason}")),
                }),
            }
        }
    }
}

/// Whether a smaller request could succeed where this one failed. A connection that breaks while
/// a body is on its way is how servers and proxies often say that it is too large.
fn is_about_the_content(error: &SyncError) -> bool {
    match error {
        _ if planted(Mutant::NobodyHalves) => false,
        SyncError::Answer(answer) => {
            // Relatives of CouchDB say 500 to what CouchDB says 400 to.
            matches!(answer.status, 400 | 412 | 413 | 415 | 422) || answer.error == "doc_validation"
        }
        SyncError::Net(error) => error.class == NetClass::Reset && error.stage == Stage::Exchange,
        _ => false,
    }
}

/// Why a request with one document of `bytes` is hopeless; `None` when it is not the document.
pub(crate) fn refusal_of_one(error: &SyncError, bytes: u64) -> Option<String> {
    match error {
        SyncError::Answer(answer) if is_about_the_content(error) => {
            Some(if answer.error.is_empty() {
                format!("refused with status {}", answer.status)
            } else {
                format!("{}: {}", answer.error, answer.reason)
            })
        }
        SyncError::Net(_) if is_about_the_content(error) && bytes > SUSPICIOUS_BYTES => {
            Some(format!(
                "the connection broke while {bytes} bytes were sent: too large for the server or a proxy"
            ))
        }
        _ => None,
    }
}

/// A validation function's verdict on a document that was sent alone. (In bulk the verdicts stand
/// in the answer, and a request that is forbidden as a whole is about the account.)
pub(crate) fn verdict_on_one(error: &SyncError) -> Option<String> {
    match error {
        SyncError::Answer(answer)
            if answer.status == 403
                && answer.error == "forbidden"
                && !is_about_signing_in(answer) =>
        {
            Some(format!("forbidden: {}", answer.reason))
        }
        _ => None,
    }
}

/// Reading worked in this round; a refusal to write is about writing.
pub(crate) fn as_read_only(error: SyncError) -> SyncError {
    match error {
        SyncError::Answer(answer)
            if matches!(answer.status, 401 | 403) && !is_about_signing_in(&answer) =>
        {
            SyncError::ReadOnly(answer)
        }
        other => other,
    }
}

fn is_about_signing_in(answer: &Answer) -> bool {
    answer.reason.contains("locked")
        || answer.reason.contains("password")
        || answer.is_about_the_token()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: &str) -> Entry {
        Entry {
            named: "1-a".to_owned(),
            id: DocId::parse(id).unwrap(),
            revision: Revision::parse("1-a").unwrap(),
            text: 0..0,
        }
    }

    fn settle(items: &str) -> Sent {
        let mut sent = Sent::default();
        let items: Vec<Item> = serde_json::from_str(items).unwrap();
        sent.settle(&[entry("note:a"), entry("note:b")], &items);
        sent
    }

    #[test]
    fn silence_about_a_document_means_it_was_written() {
        assert_eq!(settle("[]").accepted.len(), 2);
        // Some relatives list successes.
        assert_eq!(
            settle(r#"[{"ok":true,"id":"note:a","rev":"1-a"}]"#)
                .accepted
                .len(),
            2
        );
    }

    #[test]
    fn a_validation_function_refuses_one_document_with_its_own_words() {
        let sent = settle(
            r#"[{"id":"note:b","rev":"1-a","error":"forbidden","reason":"no\nhttp://u:p@h here"}]"#,
        );
        assert_eq!(sent.accepted.len(), 1);
        assert_eq!(sent.refused[0].reason, "forbidden: nohttp://…@h here");
        let crash = settle(r#"[{"id":"note:b","error":"TypeError","reason":{"a":1}}]"#);
        assert_eq!(crash.refused[0].reason, "TypeError: {\"a\":1}");
    }

    #[test]
    fn the_servers_own_trouble_refuses_nothing() {
        let sent = settle(r#"[{"id":"note:b","error":"timeout","reason":"later"}]"#);
        assert_eq!((sent.accepted.len(), sent.refused.len()), (1, 0));
        assert!(sent.trouble.is_some());
    }

    #[test]
    fn an_account_without_the_right_to_write_is_not_the_documents_fault() {
        let sent = settle(r#"[{"id":"note:a","error":"unauthorized","reason":"no"}]"#);
        assert!(matches!(sent.trouble, Some(SyncError::ReadOnly(_))));
        assert!(sent.refused.is_empty());
    }
}
