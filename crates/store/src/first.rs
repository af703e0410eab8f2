//! What a new store begins with.

use sheaf_model::default_notebook;

use crate::{StoreError, heads::find_document, shown::Shown, stored_tree::StoredTree, txn::Txn};

/// The default notebook, already minted: id, document and revision are the same in every
/// installation, so two that meet in one database agree. A notebook that was ever there, also a
/// deleted one, is left alone.
pub(crate) fn begin(txn: &mut Txn<'_>) -> Result<(), StoreError> {
    let (id, revision, body) = default_notebook();
    if find_document(txn.sql, &id)?.is_some() {
        return Ok(());
    }
    let doc = txn.insert_document(&id)?;
    let mut stored = StoredTree::empty(doc);
    stored.graft(txn, &revision, &[], false, &serde_json::to_string(&body)?)?;
    let seq = txn.move_head(doc, stored.shown(), false)?;
    txn.show(
        &id,
        doc,
        Some(Shown {
            body: &body,
            conflicted: Some(false),
            text_changed: true,
            seq,
            is_new: false,
        }),
    )
}
