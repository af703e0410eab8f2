//! Asking for revisions by name, and making sense of whatever comes back: fewer, more, newer,
//! doubled, in another order. What was handed over is known by id and revision, never by place.

use std::{
    collections::{HashMap, HashSet},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde::Deserialize;
use serde_json::{json, value::RawValue};
use sheaf_model::{DocId, Revision};
use sheaf_net::Method;
use sheaf_sync::{
    Fault,
    mutant::{Mutant, planted},
};

use crate::{
    Answer, HeldBack, SyncError,
    database::Database,
    document::{self, Fetched, Unreadable},
    rows::{Element, Rows},
    wire::Wire,
};

const BULK_GET: &str = "POST _bulk_get";
const OPEN_REVISIONS: &str = "GET document with open_revs";
const PARALLEL_SINGLES: usize = 4;
/// What one request should bring, so that several in flight stay within the memory budget.
const TARGET_BYTES: usize = 2 * 1024 * 1024;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Wanted {
    pub(crate) id: DocId,
    pub(crate) revision: Revision,
}

#[derive(Debug, Default)]
pub(crate) struct Handed {
    pub(crate) documents: Vec<Fetched>,
    pub(crate) unreadable: Vec<HeldBack>,
    /// Announced, and not handed over even one by one.
    pub(crate) withheld: Vec<DocId>,
}

/// What was learned about the server's way of handing over documents.
#[derive(Debug)]
pub(crate) struct Habits {
    no_bulk_get: AtomicBool,
    bytes_per_document: AtomicUsize,
    /// Questions about more than this were too long for it.
    most_at_once: AtomicUsize,
}

impl Default for Habits {
    fn default() -> Self {
        // Assumed large until seen: the first request is a small one.
        Self {
            no_bulk_get: AtomicBool::new(false),
            bytes_per_document: AtomicUsize::new(16 * 1024),
            most_at_once: AtomicUsize::new(usize::MAX),
        }
    }
}

impl Habits {
    /// How many documents to ask for at once.
    pub(crate) fn documents_per_request(&self) -> usize {
        let each = self.bytes_per_document.load(Ordering::Relaxed).max(1);
        let most = self.most_at_once.load(Ordering::Relaxed);
        (TARGET_BYTES / each).clamp(20, 500).min(most)
    }

    fn saw(&self, documents: usize, bytes: usize) {
        if let Some(each) = bytes.checked_div(documents) {
            let before = self.bytes_per_document.load(Ordering::Relaxed);
            self.bytes_per_document
                .store(usize::midpoint(before, each), Ordering::Relaxed);
        }
    }
}

/// Fetches `wanted`, with their histories if asked for.
pub(crate) async fn fetch(
    database: &Database,
    habits: &Habits,
    wanted: &[Wanted],
    histories: bool,
) -> Result<Handed, SyncError> {
    if wanted.is_empty() {
        return Ok(Handed::default());
    }
    let mut handed = Handed::default();
    if !habits.no_bulk_get.load(Ordering::Relaxed) {
        match bulk_get(database, habits, wanted, histories, &mut handed).await {
            Err(SyncError::Answer(answer)) if has_none(&answer) => {
                // Servers before 2.0 and some gateways do not have it.
                habits.no_bulk_get.store(true, Ordering::Relaxed);
            }
            Err(SyncError::Answer(answer)) if answer.status == 413 && wanted.len() > 1 => {
                let (some, others) = wanted.split_at(wanted.len() / 2);
                habits
                    .most_at_once
                    .fetch_min(some.len().max(1), Ordering::Relaxed);
                handed = Box::pin(fetch(database, habits, some, histories)).await?;
                let others = Box::pin(fetch(database, habits, others, histories)).await?;
                handed.join(others);
                return Ok(handed);
            }
            // Even about one: it is asked for by its name.
            Err(SyncError::Answer(answer)) if answer.status == 413 => {}
            other => other?,
        }
    }
    one_by_one(database, wanted, handed).await
}

/// What of `wanted` was not handed over yet, each document asked for by its name.
async fn one_by_one(
    database: &Database,
    wanted: &[Wanted],
    mut handed: Handed,
) -> Result<Handed, SyncError> {
    let uncovered = uncovered(wanted, &handed);
    if uncovered.is_empty() {
        return Ok(handed);
    }
    // A revision that was replaced between the feed and now is no leaf any more and may be gone;
    // asking for whatever is a leaf now gives the document's state as of a later position.
    let singles: Vec<(DocId, Vec<Result<Fetched, Unreadable>>)> = stream::iter(uncovered)
        .map(|id| async move {
            let leaves = open_revisions(database, &id).await?;
            Ok::<_, SyncError>((id, leaves))
        })
        .buffer_unordered(PARALLEL_SINGLES)
        .try_collect()
        .await?;
    for (id, leaves) in singles {
        if leaves.is_empty() {
            handed.withheld.push(id);
            continue;
        }
        for leaf in leaves {
            handed.take(&id, leaf)?;
        }
    }
    // A cache may answer with leaves from before the announced one: what is there is taken in,
    // what was announced is still owed.
    for id in self::uncovered(wanted, &handed) {
        if !handed.withheld.contains(&id) {
            handed.withheld.push(id);
        }
    }
    Ok(handed)
}

fn has_none(answer: &Answer) -> bool {
    matches!(answer.status, 400 | 404 | 405 | 501)
        && !answer.is_without_database()
        && !matches!(
            answer.fault(),
            Fault::Unauthorised | Fault::TokenExpired | Fault::TokenRefused
        )
}

impl Handed {
    fn join(&mut self, other: Self) {
        self.documents.extend(other.documents);
        self.unreadable.extend(other.unreadable);
        self.withheld.extend(other.withheld);
    }

    fn take(&mut self, id: &DocId, document: Result<Fetched, Unreadable>) -> Result<(), SyncError> {
        match document {
            Ok(document) => self.documents.push(document),
            // Never one document's matter: nothing plain may follow it into this database.
            Err(Unreadable::Sealed) => return Err(SyncError::Encrypted),
            Err(reason) => self.unreadable.push(HeldBack {
                id: id.to_string(),
                reason: reason.to_string(),
            }),
        }
        Ok(())
    }
}

async fn bulk_get(
    database: &Database,
    habits: &Habits,
    wanted: &[Wanted],
    histories: bool,
    handed: &mut Handed,
) -> Result<(), SyncError> {
    let docs: Vec<_> = wanted
        .iter()
        .map(|wanted| {
            let revision = database.wire().name(&wanted.id, &wanted.revision);
            json!({ "id": wanted.id.as_str(), "rev": revision })
        })
        .collect();
    let body = json!({ "docs": docs }).to_string();
    let mut request = database
        .post(&["_bulk_get"], body)
        .query([("att_encoding_info", "true")]);
    if histories {
        request = request.query([("revs", "true")]);
    }
    let mut reply = database.open(BULK_GET, request).await?;
    let garbled = |_| SyncError::Garbled {
        request: BULK_GET,
        source: None,
    };
    let asked: HashSet<&DocId> = wanted.iter().map(|wanted| &wanted.id).collect();
    let mut seen = HashSet::new();
    let mut rows = Rows::new();
    let mut bytes = 0;
    while let Some(chunk) = reply.chunk().await? {
        bytes += chunk.len();
        rows.push(&chunk);
        while let Some(element) = rows.next().map_err(garbled)? {
            let place = seen.len();
            for (mut id, mut document) in read_item(database.wire(), &element) {
                if planted(Mutant::AnswersByPosition)
                    && let (Ok(document), Some(wanted)) = (&mut document, wanted.get(place))
                {
                    id = wanted.id.clone();
                    document.id = wanted.id.clone();
                    document.revision = wanted.revision.clone();
                }
                // An answer nobody asked for is not taken in.
                let Some(id) = asked.get(&id) else { continue };
                let fresh = document.as_ref().is_ok_and(|document| {
                    document.id == **id
                        && seen.insert((document.id.clone(), document.revision.clone()))
                });
                if fresh || document.is_err() {
                    handed.take(id, document)?;
                }
            }
        }
    }
    rows.finish().map_err(garbled)?;
    habits.saw(wanted.len(), bytes);
    Ok(())
}

#[derive(Deserialize)]
struct Item<'a> {
    id: String,
    #[serde(borrow)]
    docs: Vec<ItemDocument<'a>>,
}

/// `{"ok": …}`, `{"error": …}`, `{"missing": …}` or `{}`: only the first is a document.
#[derive(Deserialize)]
struct ItemDocument<'a> {
    #[serde(borrow, default)]
    ok: Option<&'a RawValue>,
}

fn read_item(wire: &Wire, element: &Element) -> Vec<(DocId, Result<Fetched, Unreadable>)> {
    let Element::Whole(bytes) = element else {
        return Vec::new();
    };
    let Ok(item) = serde_json::from_slice::<Item<'_>>(bytes) else {
        return Vec::new();
    };
    let Ok(id) = DocId::parse(&item.id) else {
        return Vec::new();
    };
    item.docs
        .iter()
        .filter_map(|document| document.ok)
        .map(|text| (id.clone(), document::read(wire, text.get())))
        .collect()
}

/// The documents of which a wanted revision, or a descendant of it, is not there yet.
fn uncovered(wanted: &[Wanted], handed: &Handed) -> Vec<DocId> {
    let mut by_id: HashMap<&DocId, Vec<&Fetched>> = HashMap::new();
    for document in &handed.documents {
        by_id.entry(&document.id).or_default().push(document);
    }
    let unreadable: HashSet<&str> = handed
        .unreadable
        .iter()
        .map(|held| held.id.as_str())
        .collect();
    let covers = |document: &&Fetched, revision: &Revision| {
        document.revision == *revision || document.ancestors.contains(revision)
    };
    let mut left: Vec<DocId> = wanted
        .iter()
        .filter(|wanted| !unreadable.contains(wanted.id.as_str()))
        .filter(|wanted| {
            let found = by_id.get(&wanted.id).map_or(&[][..], Vec::as_slice);
            !found
                .iter()
                .any(|document| covers(document, &wanted.revision))
        })
        .map(|wanted| wanted.id.clone())
        .collect();
    left.sort();
    left.dedup();
    left
}

/// All leaves of one document with their histories; none when it is not there.
async fn open_revisions(
    database: &Database,
    id: &DocId,
) -> Result<Vec<Result<Fetched, Unreadable>>, SyncError> {
    let request = database.request(Method::GET, &[id.as_str()]).query([
        ("open_revs", "all"),
        ("revs", "true"),
        ("att_encoding_info", "true"),
    ]);
    let leaves: Option<Vec<Box<RawValue>>> = database.find_json(OPEN_REVISIONS, request).await?;
    let leaves = leaves.unwrap_or_default();
    Ok(leaves
        .iter()
        .filter_map(|leaf| {
            serde_json::from_str::<ItemDocument<'_>>(leaf.get())
                .ok()?
                .ok
        })
        .map(|text| document::read(database.wire(), text.get()))
        .collect())
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn item(text: &'static str) -> Vec<(DocId, Result<Fetched, Unreadable>)> {
        read_item(
            &Wire::default(),
            &Element::Whole(Bytes::from_static(text.as_bytes())),
        )
    }

    #[test]
    fn every_way_of_saying_missing_is_no_document() {
        for text in [
            r#"{"id":"note:a","docs":[{"missing":"1-a"}]}"#,
            r#"{"id":"note:a","docs":[{}]}"#,
            r#"{"id":"note:a","docs":[]}"#,
            r#"{"id":"note:a","docs":[{"error":{"id":"note:a","rev":"1-a","error":"not_found","reason":"missing"}}]}"#,
            r#"{"id":"other","docs":[{"ok":{"_id":"other","_rev":"1-a"}}]}"#,
            r#"{"nonsense":1}"#,
        ] {
            assert!(item(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_descendant_covers_what_was_asked_for_and_a_stranger_does_not() {
        let id = DocId::parse("note:a").unwrap();
        let wanted = [Wanted {
            id: id.clone(),
            revision: Revision::parse("1-a").unwrap(),
        }];
        let handed = |text: &str| Handed {
            documents: vec![document::read(&Wire::default(), text).unwrap()],
            ..Handed::default()
        };
        let newer = r#"{"_id":"note:a","_rev":"2-b","_revisions":{"start":2,"ids":["b","a"]}}"#;
        assert!(uncovered(&wanted, &handed(newer)).is_empty());
        let other = r#"{"_id":"note:a","_rev":"1-b"}"#;
        assert_eq!(
            uncovered(&wanted, &handed(other)),
            std::slice::from_ref(&id)
        );
        let unknown_history = r#"{"_id":"note:a","_rev":"2-b"}"#;
        assert_eq!(uncovered(&wanted, &handed(unknown_history)), [id]);
    }

    #[test]
    fn requests_shrink_for_large_documents_and_grow_for_small_ones() {
        let habits = Habits::default();
        assert_eq!(habits.documents_per_request(), 128);
        for _ in 0..8 {
            habits.saw(10, 10 * 1024);
        }
        assert_eq!(habits.documents_per_request(), 500);
        for _ in 0..8 {
            habits.saw(10, 10 * 1024 * 1024);
        }
        assert_eq!(habits.documents_per_request(), 20);
    }
}
