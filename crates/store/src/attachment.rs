//! Attachments as people see them: a document that describes, and its bytes.

use rusqlite::{Connection, OptionalExtension};
use sheaf_model::{Attachment, DocId, File, Kind, Millis, Note, file, new_doc_id};
use sheaf_sync::{BlobId, BlobRef, IncomingAttachment};

use crate::{
    IdBytes, StoreError,
    heads::{read_attachments, read_head},
    txn::Txn,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAttachment {
    pub name: String,
    /// Decided by the caller from the bytes.
    pub content_type: String,
    pub bytes: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentRow {
    pub id: DocId,
    pub name: String,
    pub content_type: String,
    pub length: u64,
    pub created_at: Millis,
}

/// The bytes are durable already; here they get their document.
pub(crate) fn create(
    txn: &mut Txn<'_>,
    name: String,
    content_type: String,
    blob: BlobRef,
    random: IdBytes,
    now: Millis,
) -> Result<AttachmentRow, StoreError> {
    let id = new_doc_id(File::kind_for(&content_type, blob.length), random);
    let file = File {
        name,
        content_type: content_type.clone(),
        content_length: blob.length,
        created_at: now,
        md5: Some(blob.md5.clone()),
    };
    let seq = txn.create_document(&id, &file.to_body(), false, now)?;
    debug_assert!(seq > 0, "a created document has a place in the journal");
    let (_, head) = read_head(txn.sql, &id)?;
    let meta = Attachment {
        name: file::ATTACHMENT_NAME.to_owned(),
        content_type,
        length: blob.length,
        md5: blob.md5,
        revpos: head.generation.unsigned_abs(),
    };
    txn.insert_attachment(
        head.node,
        &IncomingAttachment {
            meta,
            blob: blob.id,
        },
    )?;
    read(txn.sql, &id)
}

pub(crate) fn read(sql: &Connection, id: &DocId) -> Result<AttachmentRow, StoreError> {
    if !matches!(id.kind(), Kind::File | Kind::SheafFile) {
        return Err(StoreError::NotFound(id.clone()));
    }
    let (_, head) = read_head(sql, id)?;
    let file = File::read(&head.body);
    Ok(AttachmentRow {
        id: id.clone(),
        name: file.name,
        content_type: file.content_type,
        length: file.content_length,
        created_at: file.created_at,
    })
}

/// Where the bytes are, and how many.
pub(crate) fn blob(sql: &Connection, id: &DocId) -> Result<(BlobId, u64), StoreError> {
    let (_, head) = read_head(sql, id)?;
    let held = read_attachments(sql, head.node)?;
    let index = held
        .into_iter()
        .find(|held| held.meta.name == file::ATTACHMENT_NAME);
    let index = index.ok_or_else(|| StoreError::NotFound(id.clone()))?;
    Ok((index.blob, index.meta.length))
}

/// The attachments that a note's text names and that exist, in the order of the text.
pub(crate) fn of_note(sql: &Connection, note: &DocId) -> Result<Vec<AttachmentRow>, StoreError> {
    let (_, head) = read_head(sql, note)?;
    let mut rows = Vec::new();
    for id in sheaf_markdown::attachment_ids(&Note::read(&head.body).body) {
        let Ok(id) = DocId::parse(&id) else { continue };
        match read(sql, &id) {
            Ok(row) => rows.push(row),
            Err(StoreError::NotFound(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(rows)
}

/// Whether some held revision names the bytes.
pub(crate) fn is_named(sql: &Connection, blob: &BlobId) -> Result<bool, StoreError> {
    let mut find = sql.prepare_cached("SELECT 1 FROM attachments WHERE blob = ?1")?;
    Ok(find.query_row([&blob.0], |_| Ok(())).optional()?.is_some())
}
