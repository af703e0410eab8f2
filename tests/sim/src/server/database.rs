//! One database: documents, the order of their changes, and the `_local` documents beside them.

use std::collections::BTreeMap;

use serde_json::Value;
use sheaf_model::Revision;

use super::tree::{Content, Document};

#[derive(Debug, Clone)]
pub struct Database {
    pub documents: BTreeMap<String, Document>,
    feed: BTreeMap<u64, String>,
    /// Each with the number in its revision `0-N`.
    pub locals: BTreeMap<String, (u64, Value)>,
    last_seq: u64,
    /// When it was created, which tells it from another of the same name.
    pub instance: u64,
}

impl Database {
    pub fn new(instance: u64) -> Self {
        Self {
            documents: BTreeMap::new(),
            feed: BTreeMap::new(),
            locals: BTreeMap::new(),
            last_seq: 0,
            instance,
        }
    }

    pub fn last_seq(&self) -> u64 {
        self.last_seq
    }

    /// Writes a revision as a replicator does. Answers whether anything changed.
    pub fn write(
        &mut self,
        id: &str,
        path: &[Revision],
        content: Content,
        revs_limit: usize,
    ) -> bool {
        let document = self.documents.entry(id.to_owned()).or_default();
        let before = (revs_limit < 1000).then(|| document.shape());
        if !document.graft(path, content) {
            return false;
        }
        document.stem(revs_limit);
        // What was forgotten again at once is no change.
        if before.is_some_and(|before| before == document.shape()) {
            return false;
        }
        if document.seq > 0 {
            self.feed.remove(&document.seq);
        }
        self.last_seq += 1;
        document.seq = self.last_seq;
        self.feed.insert(self.last_seq, id.to_owned());
        true
    }

    /// Documents that changed after `since`, in the order of the feed.
    pub fn changed(&self, since: u64) -> impl Iterator<Item = (u64, &str, &Document)> {
        self.feed
            .range(since + 1..)
            .filter_map(|(seq, id)| Some((*seq, id.as_str(), self.documents.get(id)?)))
    }

    pub fn live_and_deleted(&self) -> (u64, u64) {
        let deleted = |document: &&Document| {
            document
                .winner()
                .is_some_and(|(_, content)| content.deleted)
        };
        let dead = self.documents.values().filter(deleted).count() as u64;
        (self.documents.len() as u64 - dead, dead)
    }

    /// The document is forgotten with everything about it.
    pub fn purge(&mut self, id: &str) {
        if let Some(document) = self.documents.remove(id) {
            self.feed.remove(&document.seq);
        }
    }

    pub fn compact(&mut self) {
        self.documents.values_mut().for_each(Document::compact);
    }
}
