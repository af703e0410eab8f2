//! Documents and their heads: finding, reading, and writing the unsent head.

use rusqlite::{Connection, OptionalExtension, Row, params};
use sheaf_model::{Attachment, Body, DocId, Revision};
use sheaf_sync::{
    BlobId, IncomingAttachment,
    mutant::{Mutant, planted},
};

use crate::{StoreError, txn::Txn};

/// Node 0 stands for "no parent" nowhere: parents are optional.
pub(crate) type NodeKey = i64;
pub(crate) type DocKey = i64;

#[derive(Debug, Clone)]
pub(crate) struct DocRow {
    pub(crate) doc: DocKey,
    pub(crate) seq: i64,
    pub(crate) head: Option<NodeKey>,
    pub(crate) local_only: bool,
}

/// A revision with its text.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    pub(crate) node: NodeKey,
    pub(crate) parent: Option<NodeKey>,
    pub(crate) generation: i64,
    /// `None`: the draft.
    pub(crate) hash: Option<String>,
    pub(crate) deleted: bool,
    pub(crate) body: Body,
}

impl Head {
    pub(crate) fn is_draft(&self) -> bool {
        self.hash.is_none()
    }

    pub(crate) fn revision(&self) -> Result<Option<Revision>, StoreError> {
        let Some(hash) = &self.hash else {
            return Ok(None);
        };
        Ok(Some(stored_revision(self.generation, hash)?))
    }
}

pub(crate) fn stored_revision(generation: i64, hash: &str) -> Result<Revision, StoreError> {
    let generation = u64::try_from(generation).map_err(|_| StoreError::StoredValue)?;
    Revision::new(generation, hash).map_err(|_| StoreError::StoredValue)
}

pub(crate) fn stored_id(text: &str) -> Result<DocId, StoreError> {
    DocId::parse(text).map_err(|_| StoreError::StoredValue)
}

pub(crate) fn find_document(sql: &Connection, id: &DocId) -> Result<Option<DocRow>, StoreError> {
    let mut statement =
        sql.prepare_cached("SELECT doc, seq, head, local_only FROM documents WHERE id = ?1")?;
    let row = statement.query_row([id.as_str()], |row| {
        Ok(DocRow {
            doc: row.get(0)?,
            seq: row.get(1)?,
            head: row.get(2)?,
            local_only: row.get(3)?,
        })
    });
    Ok(row.optional()?)
}

pub(crate) fn document_id(sql: &Connection, doc: DocKey) -> Result<DocId, StoreError> {
    let mut statement = sql.prepare_cached("SELECT id FROM documents WHERE doc = ?1")?;
    let text: String = statement.query_row([doc], |row| row.get(0))?;
    stored_id(&text)
}

const HEAD: &str = "SELECT node, parent, generation, hash, deleted, body FROM revisions";

fn head_of_row(row: &Row<'_>) -> rusqlite::Result<(Head, Option<String>)> {
    let head = Head {
        node: row.get(0)?,
        parent: row.get(1)?,
        generation: row.get(2)?,
        hash: row.get(3)?,
        deleted: row.get(4)?,
        body: Body::new(),
    };
    Ok((head, row.get(5)?))
}

fn with_body((mut head, body): (Head, Option<String>)) -> Result<Head, StoreError> {
    head.body = serde_json::from_str(&body.ok_or(StoreError::StoredValue)?)?;
    Ok(head)
}

/// A revision whose text is held.
pub(crate) fn read_node(sql: &Connection, node: NodeKey) -> Result<Head, StoreError> {
    let mut statement = sql.prepare_cached(&format!("{HEAD} WHERE node = ?1"))?;
    with_body(statement.query_row([node], head_of_row)?)
}

pub(crate) fn find_draft(sql: &Connection, doc: DocKey) -> Result<Option<Head>, StoreError> {
    let mut statement = sql.prepare_cached(&format!("{HEAD} WHERE doc = ?1 AND hash IS NULL"))?;
    statement
        .query_row([doc], head_of_row)
        .optional()?
        .map(with_body)
        .transpose()
}

/// The head of a live document.
pub(crate) fn read_head(sql: &Connection, id: &DocId) -> Result<(DocRow, Head), StoreError> {
    let missing = || StoreError::NotFound(id.clone());
    let row = find_document(sql, id)?.ok_or_else(missing)?;
    let head = read_node(sql, row.head.ok_or_else(missing)?)?;
    Ok((row, head))
}

pub(crate) fn read_attachments(
    sql: &Connection,
    node: NodeKey,
) -> Result<Vec<IncomingAttachment>, StoreError> {
    let mut statement = sql.prepare_cached(
        "SELECT name, content_type, length, md5, revpos, blob FROM attachments WHERE node = ?1",
    )?;
    let rows = statement.query_map([node], |row| {
        Ok(IncomingAttachment {
            meta: Attachment {
                name: row.get(0)?,
                content_type: row.get(1)?,
                length: row.get::<_, i64>(2)?.unsigned_abs(),
                md5: row.get(3)?,
                revpos: row.get::<_, i64>(4)?.unsigned_abs(),
            },
            blob: BlobId(row.get(5)?),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

impl Txn<'_> {
    /// The key of an id, given now when it is new.
    pub(crate) fn intern(&mut self, id: &DocId) -> Result<DocKey, StoreError> {
        let mut find = self
            .sql
            .prepare_cached("SELECT doc FROM documents WHERE id = ?1")?;
        if let Some(doc) = find.query_row([id.as_str()], |row| row.get(0)).optional()? {
            return Ok(doc);
        }
        self.insert_document(id)
    }

    pub(crate) fn insert_document(&mut self, id: &DocId) -> Result<DocKey, StoreError> {
        let mut insert = self
            .sql
            .prepare_cached("INSERT INTO documents (id, kind) VALUES (?1, ?2)")?;
        Ok(insert.insert(params![id.as_str(), id.kind() as i64])?)
    }

    /// Gives the document a new place in the journal and says what is shown of it.
    pub(crate) fn move_head(
        &mut self,
        doc: DocKey,
        head: Option<NodeKey>,
        local_only: bool,
    ) -> Result<i64, StoreError> {
        let seq = self.next_seq();
        let mut update = self.sql.prepare_cached(
            "UPDATE documents SET seq = ?2, head = ?3, local_only = ?4 WHERE doc = ?1",
        )?;
        update.execute(params![doc, seq, head, local_only])?;
        Ok(seq)
    }

    /// Writes the unsent head: into the draft there is, or as a new one on top of `base`.
    pub(crate) fn put_draft(
        &mut self,
        doc: DocKey,
        base: Option<&Head>,
        deleted: bool,
        body: &Body,
    ) -> Result<NodeKey, StoreError> {
        let text = serde_json::to_string(body)?;
        let altered = planted(Mutant::OfferedIsAltered);
        if let Some(draft) = base.filter(|base| base.is_draft() || altered) {
            let mut update = self
                .sql
                .prepare_cached("UPDATE revisions SET deleted = ?2, body = ?3 WHERE node = ?1")?;
            update.execute(params![draft.node, deleted, text])?;
            return Ok(draft.node);
        }
        let generation = base.map_or(1, |base| base.generation + 1);
        let mut insert = self.sql.prepare_cached(
            "INSERT INTO revisions (doc, generation, parent, leaf, deleted, body, here)
             VALUES (?1, ?2, ?3, 1, ?4, ?5, 1)",
        )?;
        let node = insert.insert(params![
            doc,
            generation,
            base.map(|b| b.node),
            deleted,
            text
        ])?;
        if let Some(base) = base.filter(|_| !deleted) {
            self.copy_attachments(base.node, node)?;
        }
        Ok(node)
    }

    fn copy_attachments(&mut self, from: NodeKey, to: NodeKey) -> Result<(), StoreError> {
        let mut copy = self.sql.prepare_cached(
            "INSERT INTO attachments
             SELECT ?2, name, content_type, length, md5, revpos, blob
             FROM attachments WHERE node = ?1",
        )?;
        copy.execute([from, to])?;
        Ok(())
    }

    pub(crate) fn insert_attachment(
        &mut self,
        node: NodeKey,
        attachment: &IncomingAttachment,
    ) -> Result<(), StoreError> {
        let meta = &attachment.meta;
        let mut insert = self.sql.prepare_cached(
            "INSERT OR REPLACE INTO attachments VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?;
        insert.execute(params![
            node,
            meta.name,
            meta.content_type,
            meta.length as i64,
            meta.md5,
            meta.revpos as i64,
            attachment.blob.0
        ])?;
        Ok(())
    }

    /// Removes the unsent head. Only before it was offered, which minting makes known.
    pub(crate) fn drop_draft(&mut self, draft: NodeKey) -> Result<(), StoreError> {
        self.sql
            .prepare_cached("DELETE FROM attachments WHERE node = ?1")?
            .execute([draft])?;
        let mut delete = self
            .sql
            .prepare_cached("DELETE FROM revisions WHERE node = ?1 AND hash IS NULL")?;
        delete.execute([draft])?;
        Ok(())
    }
}
