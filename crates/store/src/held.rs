//! Documents that do not travel, and the reasons told to people.

use rusqlite::{Connection, OptionalExtension, Row, params};
use sheaf_model::{Body, DocId, Invalid, Millis, check};

use crate::{
    HeldBack, HeldBackDocument, StoreError,
    heads::{DocKey, NodeKey, stored_id},
    txn::Txn,
};

/// `held_back.remote` of what no remote gets.
pub(crate) const EVERY_REMOTE: i64 = 0;

impl Txn<'_> {
    /// Called with every new draft: refusals of older revisions are moot, and the rules of the
    /// shared schema are looked at again.
    pub(crate) fn judge_draft(
        &mut self,
        id: &DocId,
        doc: DocKey,
        body: &Body,
        now: Millis,
    ) -> Result<(), StoreError> {
        match check(id, body) {
            Ok(()) => self.release(doc),
            Err(invalid) => {
                self.forget_refusals(doc)?;
                self.hold_back(doc, EVERY_REMOTE, None, &reason(&invalid), now)
            }
        }
    }

    /// The document changed: whatever was wrong with it is judged anew.
    pub(crate) fn release(&mut self, doc: DocKey) -> Result<(), StoreError> {
        self.sql
            .prepare_cached("DELETE FROM held_back WHERE doc = ?1")?
            .execute([doc])?;
        Ok(())
    }

    fn forget_refusals(&mut self, doc: DocKey) -> Result<(), StoreError> {
        let mut delete = self
            .sql
            .prepare_cached("DELETE FROM held_back WHERE doc = ?1 AND remote <> ?2")?;
        delete.execute([doc, EVERY_REMOTE])?;
        Ok(())
    }

    /// Keeps the moment it was first held back for this reason.
    pub(crate) fn hold_back(
        &mut self,
        doc: DocKey,
        remote: i64,
        node: Option<NodeKey>,
        reason: &HeldBack,
        now: Millis,
    ) -> Result<(), StoreError> {
        let (word, detail) = to_row(reason);
        let mut insert = self.sql.prepare_cached(
            "INSERT INTO held_back VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (doc, remote) DO UPDATE SET node = ?3, reason = ?4, detail = ?5",
        )?;
        insert.execute(params![doc, remote, node, word, detail, now])?;
        Ok(())
    }
}

pub(crate) fn reason(invalid: &Invalid) -> HeldBack {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    match invalid {
        Invalid::TitleTooLong { chars, max } => HeldBack::TitleTooLong {
            chars: count(*chars),
            max: count(*max),
        },
        Invalid::BodyTooLong { chars, max } => HeldBack::BodyTooLong {
            chars: count(*chars),
            max: count(*max),
        },
        other => HeldBack::Malformed {
            detail: other.to_string(),
        },
    }
}

fn to_row(reason: &HeldBack) -> (&'static str, String) {
    match reason {
        HeldBack::TitleTooLong { chars, max } => ("title", format!("{chars}/{max}")),
        HeldBack::BodyTooLong { chars, max } => ("body", format!("{chars}/{max}")),
        HeldBack::Malformed { detail } => ("malformed", detail.clone()),
        HeldBack::Refused { detail } => ("refused", detail.clone()),
    }
}

/// A reason in one column.
pub(crate) fn written(reason: &HeldBack) -> String {
    let (word, detail) = to_row(reason);
    format!("{word} {detail}")
}

pub(crate) fn read(written: &str) -> HeldBack {
    let (word, detail) = written.split_once(' ').unwrap_or((written, ""));
    from_row(word, detail.to_owned())
}

pub(crate) fn from_row(word: &str, detail: String) -> HeldBack {
    let lengths = || {
        let (chars, max) = detail.split_once('/')?;
        Some((chars.parse().ok()?, max.parse().ok()?))
    };
    match (word, lengths()) {
        ("title", Some((chars, max))) => HeldBack::TitleTooLong { chars, max },
        ("body", Some((chars, max))) => HeldBack::BodyTooLong { chars, max },
        ("refused", _) => HeldBack::Refused { detail },
        _ => HeldBack::Malformed { detail },
    }
}

/// The reason a note's row shows; a rule that holds for every remote before a refusal.
pub(crate) fn of_document(sql: &Connection, doc: DocKey) -> Result<Option<HeldBack>, StoreError> {
    let mut statement = sql.prepare_cached(
        "SELECT reason, detail FROM held_back WHERE doc = ?1 ORDER BY remote LIMIT 1",
    )?;
    let row = statement.query_row([doc], |row| {
        Ok(from_row(row.get_ref(0)?.as_str()?, row.get(1)?))
    });
    Ok(row.optional()?)
}

/// All of them, as `remote` is concerned.
pub(crate) fn list(sql: &Connection, remote: i64) -> Result<Vec<HeldBackDocument>, StoreError> {
    let mut statement = sql.prepare_cached(
        "SELECT documents.id,
                COALESCE(notes.title, notebooks.name, tags.name,
                         json_extract(revisions.body, '$.name'), ''),
                held_back.reason, held_back.detail, held_back.since
         FROM held_back
         JOIN documents USING (doc)
         LEFT JOIN notes USING (doc)
         LEFT JOIN notebooks USING (doc)
         LEFT JOIN tags USING (doc)
         LEFT JOIN revisions ON revisions.node = documents.head
         WHERE held_back.remote IN (0, ?1)
         ORDER BY held_back.since, documents.id, held_back.remote",
    )?;
    let read = |row: &Row<'_>| {
        let id: String = row.get(0)?;
        let reason = from_row(row.get_ref(2)?.as_str()?, row.get(3)?);
        Ok((id, row.get(1)?, reason, row.get(4)?))
    };
    let rows = statement.query_map([remote], read)?;
    let mut list: Vec<HeldBackDocument> = Vec::new();
    for row in rows {
        let (id, name, reason, since) = row?;
        let id = stored_id(&id)?;
        if !list.iter().any(|held| held.id == id) {
            list.push(HeldBackDocument {
                id,
                name,
                reason,
                since,
            });
        }
    }
    Ok(list)
}
