//! What people do to their notes. Each is one transaction: document, list row, words, counts and
//! journal together.
//!
//! Times come from the caller. `updatedAt` is the time of the last change of a note's content;
//! moving, tagging, pinning or a status leave it alone. `timestamp` is the time of any write.

mod conflict;
mod note;
mod notebook;
mod relink;
mod tag;

use sheaf_model::{Body, DocId, Millis};
use sheaf_sync::{
    merge::forget_merge_rule,
    mutant::{Mutant, planted},
};

use crate::{
    StoreError,
    heads::{DocRow, Head, find_document, read_node},
    shown::Shown,
    stored_tree::StoredTree,
    txn::Txn,
};

pub(crate) use conflict::{leaves, reopen, resolve, resolve_many};
pub(crate) use note::{
    change_tags, create, delete_all, duplicate, home_for, in_trash, in_trash_since, make_template,
    move_to, restore, set_pinned, set_status, trash, update,
};
pub(crate) use notebook::{
    arrange as arrange_notebook, create as create_notebook, delete as delete_notebook, move_below,
    rename as rename_notebook, set_icon as set_notebook_icon,
};
pub(crate) use relink::relink;
pub(crate) use tag::{
    create as create_tag, dead_tags_of, delete as delete_tag, follow_merged, merge_into,
    rename as rename_tag, set_color,
};

/// How an edit differs from the ordinary one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Manner {
    pub(crate) now: Millis,
    /// Title or text are different.
    pub(crate) text_changed: bool,
    /// A note that stays here until its first edit still does after this.
    pub(crate) stays_local: bool,
}

impl Txn<'_> {
    /// A document that did not exist.
    pub(crate) fn create_document(
        &mut self,
        id: &DocId,
        body: &Body,
        local_only: bool,
        now: Millis,
    ) -> Result<i64, StoreError> {
        let doc = self.intern(id)?;
        let base = self.tombstone(doc)?;
        let node = self.put_draft(doc, base.as_ref(), false, body)?;
        let seq = self.move_head(doc, Some(node), local_only)?;
        self.judge_draft(id, doc, body, now)?;
        self.show(
            id,
            doc,
            Some(Shown {
                body,
                conflicted: Some(false),
                text_changed: true,
                seq,
                is_new: false,
            }),
        )?;
        Ok(seq)
    }

    /// What a document that comes back from deletion continues.
    fn tombstone(&mut self, doc: i64) -> Result<Option<Head>, StoreError> {
        let stored = StoredTree::load(self.sql, doc)?;
        match (stored.draft, stored.tree.winner()) {
            (Some(draft), _) => Ok(Some(draft)),
            (None, Some(winner)) => {
                let key = StoredTree::load(self.sql, doc)?.key(winner);
                Ok(Some(read_node(self.sql, key)?))
            }
            (None, None) => Ok(None),
        }
    }

    /// Replaces a live document's content by an unsent edit.
    pub(crate) fn edit_document(
        &mut self,
        id: &DocId,
        row: &DocRow,
        head: &Head,
        mut body: Body,
        manner: Manner,
    ) -> Result<i64, StoreError> {
        forget_merge_rule(&mut body);
        if planted(Mutant::UnknownFieldsDropped) {
            body.retain(|key, _| !key.starts_with("foreign"));
        }
        let node = self.put_draft(row.doc, Some(head), false, &body)?;
        let local_only = row.local_only && manner.stays_local;
        let seq = self.move_head(row.doc, Some(node), local_only)?;
        self.judge_draft(id, row.doc, &body, manner.now)?;
        let text_changed = manner.text_changed;
        self.show(
            id,
            row.doc,
            Some(Shown {
                body: &body,
                conflicted: None,
                text_changed,
                seq,
                is_new: false,
            }),
        )?;
        Ok(seq)
    }

    /// Deletes a document: all its live leaves. What no remote was ever offered leaves no trace.
    pub(crate) fn delete_document(&mut self, id: &DocId) -> Result<(), StoreError> {
        self.delete_document_saying(id, &Body::new())
    }

    /// `last_words`: what the tombstone says to those who still name the document.
    pub(crate) fn delete_document_saying(
        &mut self,
        id: &DocId,
        last_words: &Body,
    ) -> Result<(), StoreError> {
        let Some(row) = find_document(self.sql, id)?.filter(|row| row.head.is_some()) else {
            return Ok(());
        };
        let mut stored = StoredTree::load(self.sql, row.doc)?;
        if stored.tree.len() == 0 {
            if let Some(draft) = stored.draft.take() {
                self.drop_draft(draft.node)?;
            }
            self.sql
                .prepare_cached(
                    "UPDATE documents SET seq = 0, head = NULL, local_only = 0 WHERE doc = ?1",
                )?
                .execute([row.doc])?;
        } else {
            self.bury_document(&mut stored, last_words)?;
            self.move_head(row.doc, None, false)?;
        }
        self.release(row.doc)?;
        self.show(id, row.doc, None)
    }

    /// The winner gets an unsent tombstone, which an edit from elsewhere may still beat; the other
    /// leaves get theirs at once.
    fn bury_document(
        &mut self,
        stored: &mut StoredTree,
        last_words: &Body,
    ) -> Result<(), StoreError> {
        let live = stored.tree.live_leaves();
        let base = match stored.draft.take() {
            Some(draft) => Some(draft),
            None => match live.first() {
                Some(winner) => Some(read_node(self.sql, stored.key(*winner))?),
                None => None,
            },
        };
        let Some(base) = base else { return Ok(()) };
        let below = if base.is_draft() {
            base.parent
        } else {
            Some(base.node)
        };
        for leaf in live {
            if Some(stored.key(leaf)) != below {
                stored.bury(self, leaf)?;
            }
        }
        let tombstone = self.put_draft(stored.doc, Some(&base), true, last_words)?;
        self.sql
            .prepare_cached("DELETE FROM attachments WHERE node = ?1")?
            .execute([tombstone])?;
        Ok(())
    }
}
