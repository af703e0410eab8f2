//! Copies what can still be read of a damaged database into a new store.
//!
//! Documents arrive as unsent edits without their history: the words are what matters. A document
//! that the new store has is left alone, so a rescue can be repeated.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, Row};
use sheaf_model::{Body, DocId};
use sheaf_sync::IncomingAttachment;

use crate::{
    Origin, Store, StoreError,
    heads::{find_document, read_head},
    settings,
};

/// What [`rescue`] could read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rescued {
    pub documents: u32,
    pub settings: u32,
    /// Rows that could not be read.
    pub lost: u32,
}

struct Found {
    node: i64,
    id: DocId,
    body: Body,
}

/// Copies every document that can be read from a database that was set aside.
pub async fn rescue(store: &Store, damaged: &Path) -> Result<Rescued, StoreError> {
    let path = damaged.to_owned();
    store
        .write(Origin::Local, move |txn| {
            let old = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
            let mut rescued = Rescued::default();
            let now = (txn.clock)();
            for found in salvage(&old, &mut rescued.lost) {
                let known = find_document(txn.sql, &found.id)?;
                if known.is_some_and(|row| row.head.is_some()) {
                    continue;
                }
                txn.create_document(&found.id, &found.body, false, now)?;
                let (_, head) = read_head(txn.sql, &found.id)?;
                for attachment in attachments(&old, found.node).unwrap_or_default() {
                    txn.insert_attachment(head.node, &attachment)?;
                }
                rescued.documents += 1;
            }
            for (key, value) in old_settings(&old).unwrap_or_default() {
                if settings::get(txn.sql, &key)?.is_none() {
                    settings::put(txn, &key, &value)?;
                    rescued.settings += 1;
                }
            }
            Ok(rescued)
        })
        .await
}

/// Row by row by key, so that a damaged page costs its own rows only. Indexes are not trusted.
fn salvage(old: &Connection, lost: &mut u32) -> Vec<Found> {
    let last: i64 = old
        .query_row(
            "SELECT doc FROM documents NOT INDEXED ORDER BY doc DESC LIMIT 1",
            [],
            |row| row.get(0),
        )
        .unwrap_or(0);
    let mut found = Vec::new();
    for doc in 1..=last {
        match one(old, doc) {
            Ok(Some(document)) => found.push(document),
            Ok(None) => {}
            Err(_) => *lost += 1,
        }
    }
    found
}

fn one(old: &Connection, doc: i64) -> Result<Option<Found>, StoreError> {
    use rusqlite::OptionalExtension;
    let read = |row: &Row<'_>| {
        Ok((
            row.get(0)?,
            row.get::<_, String>(1)?,
            row.get::<_, String>(2)?,
        ))
    };
    let row = old
        .prepare_cached(
            "SELECT node, id, body FROM documents NOT INDEXED
             JOIN revisions NOT INDEXED ON node = head
             WHERE documents.doc = ?1",
        )?
        .query_row([doc], read)
        .optional()?;
    let Some((node, id, body)) = row else {
        return Ok(None);
    };
    let id = crate::heads::stored_id(&id)?;
    Ok(Some(Found {
        node,
        id,
        body: serde_json::from_str(&body)?,
    }))
}

fn attachments(old: &Connection, node: i64) -> Result<Vec<IncomingAttachment>, StoreError> {
    crate::heads::read_attachments(old, node)
}

fn old_settings(old: &Connection) -> Result<Vec<(String, serde_json::Value)>, StoreError> {
    let mut select = old.prepare("SELECT key, value FROM settings")?;
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
    let mut settings = Vec::new();
    for row in rows {
        let (key, value) = row?;
        settings.push((key, serde_json::from_str(&value)?));
    }
    Ok(settings)
}
