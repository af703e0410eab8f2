//! Keeps what lists, search and the sidebar read in step with the shown revision of a document.
//!
//! Everything written here can be derived again from the revisions; `verify` does so.

mod note;
mod notebook;
mod tag;

use sheaf_model::{Body, DocId, Kind};

use crate::{StoreError, heads::DocKey, txn::Txn};

pub(crate) use note::title_key;
pub(crate) use tag::tag_key;

/// What is to be shown of a document from now on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown<'a> {
    pub(crate) body: &'a Body,
    /// Whether there is more than one live leaf; `None`: as before.
    pub(crate) conflicted: Option<bool>,
    /// `false`: title and text are what they were, the search index is left alone.
    pub(crate) text_changed: bool,
    /// `true`: nothing of the document was ever shown, so there is nothing to compare with.
    pub(crate) is_new: bool,
    /// Journal place of this change.
    pub(crate) seq: i64,
}

impl Txn<'_> {
    /// `None`: the document is deleted.
    pub(crate) fn show(
        &mut self,
        id: &DocId,
        doc: DocKey,
        shown: Option<Shown<'_>>,
    ) -> Result<(), StoreError> {
        match (id.kind(), shown) {
            (Kind::Note, Some(shown)) => self.show_note(id, doc, shown),
            (Kind::Note, None) => self.hide_note(id, doc),
            (Kind::Notebook, Some(shown)) => self.show_notebook(doc, shown.body),
            (Kind::Notebook, None) => self.hide_notebook(doc),
            (Kind::Tag, Some(shown)) => self.show_tag(doc, shown.body),
            (Kind::Tag, None) => self.hide_tag(doc),
            // Their documents are read when a note names them.
            (Kind::File | Kind::SheafFile, _) => Ok(()),
        }
    }
}
