//! Who wrote what, and was told that it is saved.

use std::collections::{BTreeMap, BTreeSet};

use super::text::{Token, tokens};

/// Fields, times and revisions of a document, as JSON.
const BESIDE_THE_TEXT: u64 = 512;

#[derive(Debug, Clone)]
pub struct Entry {
    pub note: String,
    pub by: String,
    /// Somebody who had seen it took it out.
    pub replaced: bool,
    /// Why it need not be anywhere: a server or a laptop was put back to before it existed.
    pub undone: Option<&'static str>,
}

#[derive(Debug, Default)]
pub struct Ledger {
    next: Token,
    pub entries: BTreeMap<Token, Entry>,
    /// Notes that somebody deleted for good, and how many edits of them there had been.
    pub deleted: BTreeMap<String, Deletion>,
    /// Edits of each note, of any kind.
    pub edits: BTreeMap<String, u32>,
    /// Tags put on notes, by name; and notes somebody took one off, of which nothing can be said.
    tags: BTreeMap<String, BTreeSet<String>>,
    untaggable: BTreeSet<String>,
    tags_forgotten: bool,
    /// Notes in which another program wrote on a revision that was not the newest any more: its text
    /// need not be known to anybody, and what cannot be compared cannot be merged.
    pub stale_bases: BTreeSet<String>,
    /// Attachments by document, with their bytes.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Fields that another program wrote, by document.
    pub foreign_fields: BTreeMap<String, BTreeSet<String>>,
    /// Bytes that anybody wrote, and how many times.
    written: u64,
    writings: u64,
}

#[derive(Debug, Clone)]
pub struct Deletion {
    /// Only who had seen every edit there was may expect the note to stay away.
    pub informed: bool,
    pub edits: u32,
}

impl Ledger {
    pub fn token(&mut self) -> Token {
        self.next += 1;
        self.next
    }

    /// An edit that turned `before` into `after` was acknowledged.
    pub fn wrote(&mut self, note: &str, by: &str, before: &str, after: &str) {
        let after_bytes = after.len() as u64;
        let (before, after) = (tokens(before), tokens(after));
        for token in before.difference(&after) {
            if let Some(entry) = self.entries.get_mut(token) {
                entry.replaced = true;
            }
        }
        for token in after.difference(&before) {
            let entry = Entry {
                note: note.to_owned(),
                by: by.to_owned(),
                replaced: false,
                undone: None,
            };
            self.entries.entry(*token).or_insert(entry);
        }
        self.written += after_bytes;
        self.edited(note);
    }

    /// A file was attached.
    pub fn attached(&mut self, id: &str, bytes: Vec<u8>) {
        self.written += bytes.len() as u64;
        self.writings += 1;
        self.files.insert(id.to_owned(), bytes);
    }

    /// What the world had to remember, in bytes: every text that was written, and for each time what a document has
    /// beside its text.
    pub fn data(&self) -> u64 {
        self.written + self.writings * BESIDE_THE_TEXT
    }

    pub fn edited(&mut self, note: &str) {
        self.writings += 1;
        *self.edits.entry(note.to_owned()).or_default() += 1;
    }

    /// Somebody decided that this text goes.
    pub fn gone(&mut self, text: &str) {
        for token in tokens(text) {
            if let Some(entry) = self.entries.get_mut(&token) {
                entry.replaced = true;
            }
        }
    }

    /// What somebody would miss.
    pub fn expected(&self) -> impl Iterator<Item = (Token, &Entry)> {
        self.entries
            .iter()
            .filter(|(_, entry)| !entry.replaced && entry.undone.is_none())
            .map(|(token, entry)| (*token, entry))
    }

    pub fn tagged(&mut self, note: &str, tag: &str) {
        self.tags
            .entry(note.to_owned())
            .or_default()
            .insert(tag.to_owned());
    }

    /// Nothing is expected of the tags of this note any more.
    pub fn untagged(&mut self, note: &str) {
        self.tags.insert(note.to_owned(), BTreeSet::new());
        self.untaggable.insert(note.to_owned());
    }

    pub fn forget_tags(&mut self) {
        self.tags.clear();
        self.tags_forgotten = true;
    }

    /// Tags that must be on the note, by name.
    pub fn expected_tags(&self, note: &str) -> BTreeSet<String> {
        if self.tags_forgotten || self.untaggable.contains(note) {
            return BTreeSet::new();
        }
        self.tags.get(note).cloned().unwrap_or_default()
    }
}
