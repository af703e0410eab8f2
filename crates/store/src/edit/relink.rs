//! A note got another title: links to it say so.

use sheaf_markdown::{count_tasks, relinked};
use sheaf_model::{DocId, Millis, Note, NotePatch};

use crate::{
    StoreError,
    edit::Manner,
    heads::{document_id, find_document, read_head},
    list::{called, texts_with},
    txn::Txn,
};

/// Writes `to` wherever a note links to `id` and says `from`: as a wiki link, or as the words of a
/// link by id. Wiki links stay as they are while another note is called `from`, which they may mean.
/// Answers the notes that changed.
pub(crate) fn relink(
    txn: &mut Txn<'_>,
    id: &DocId,
    from: &str,
    to: &str,
    now: Millis,
) -> Result<Vec<DocId>, StoreError> {
    let document = find_document(txn.sql, id)?.ok_or_else(|| StoreError::NotFound(id.clone()))?;
    let (from, to) = (from.trim(), to.trim());
    if from.is_empty() || to.is_empty() || from == to {
        return Ok(Vec::new());
    }
    let wiki = called(txn.sql, from)?
        .into_iter()
        .all(|doc| doc == document.doc);
    let mut changed = Vec::new();
    for doc in texts_with(txn.sql, from)? {
        let note = document_id(txn.sql, doc)?;
        let (row, head) = read_head(txn.sql, &note)?;
        let old = Note::read(&head.body);
        let Some(text) = relinked(&old.body, id.as_str(), from, to, wiki) else {
            continue;
        };
        let mut body = head.body.clone();
        NotePatch {
            tasks: Some(count_tasks(&text)),
            body: Some(text),
            updated_at: Some(now),
            timestamp: Some(now),
            ..NotePatch::default()
        }
        .apply(&mut body);
        let manner = Manner {
            now,
            text_changed: true,
            stays_local: true,
        };
        txn.edit_document(&note, &row, &head, body, manner)?;
        changed.push(note);
    }
    Ok(changed)
}
