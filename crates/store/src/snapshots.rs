//! Former texts of notes, kept here only.

use rusqlite::Connection;
use sheaf_model::{Body, DocId, Millis, Note};

use crate::StoreError;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SnapshotReason {
    /// A deletion arrived from a remote.
    Deleted,
    /// The text before an editing session.
    Edited,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    pub taken_at: Millis,
    pub reason: SnapshotReason,
    pub note: Note,
}

/// The newest first.
pub(crate) fn of(sql: &Connection, id: &DocId) -> Result<Vec<Snapshot>, StoreError> {
    let mut select = sql.prepare_cached(
        "SELECT taken_at, reason, body FROM snapshots
         WHERE id = ?1 ORDER BY taken_at DESC, snapshot DESC",
    )?;
    let mut rows = select.query([id.as_str()])?;
    let mut snapshots = Vec::new();
    while let Some(row) = rows.next()? {
        let body: Body = serde_json::from_str(&row.get::<_, String>(2)?)?;
        let reason = match row.get::<_, String>(1)?.as_str() {
            "deleted" => SnapshotReason::Deleted,
            _ => SnapshotReason::Edited,
        };
        snapshots.push(Snapshot {
            taken_at: row.get(0)?,
            reason,
            note: Note::read(&body),
        });
    }
    Ok(snapshots)
}
