//! Is it still the same database, and does it remember what it took? The questions of a meeting,
//! without its consequences: nothing is written on either side.

use sheaf_sync::{Environment, Replica};

use crate::{Replication, SyncError, identity::Verdict};

/// What a database shows to somebody who only looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recognition {
    /// Never synced with.
    First,
    Same,
    /// The same, with an older memory: restored from a backup.
    RolledBack,
    /// Another one, or the same name created again.
    Changed,
}

impl<E: Environment> Replication<E> {
    /// Asks who is there.
    pub async fn recognise<R: Replica>(&self, replica: &R) -> Result<Recognition, SyncError> {
        let verdict = self.meeting(replica).look().await?;
        Ok(match verdict {
            Verdict::First => Recognition::First,
            Verdict::Same => Recognition::Same,
            Verdict::RolledBack => Recognition::RolledBack,
            Verdict::Changed => Recognition::Changed,
        })
    }

    /// Whether the position up to which the feed was read is one that the database knows: asked for
    /// what follows it, it answers, and not with everything from the beginning.
    pub async fn knows_position<R: Replica>(&self, replica: &R) -> Result<bool, SyncError> {
        let state = replica
            .remote_state(&self.id)
            .await
            .map_err(SyncError::replica)?;
        let Some(since) = state.checkpoint.pulled else {
            return Ok(true);
        };
        let question = crate::changes::Question {
            since: Some(&since),
            limit: 1,
            documents: false,
            seq_interval: None,
            wait: None,
        };
        let (_, end) = crate::changes::ask(&self.database, &question)
            .await?
            .collect()
            .await?;
        Ok(number(&end.last_seq) >= number(&since))
    }
}

/// The count at the beginning of a position; positions are opaque, but this much every server
/// shows. A position without one is never behind.
fn number(seq: &sheaf_sync::Seq) -> u64 {
    match &seq.0 {
        serde_json::Value::Number(number) => number.as_u64().unwrap_or_default(),
        serde_json::Value::String(text) => {
            let digits = text.split('-').next().unwrap_or_default();
            digits.parse().unwrap_or_default()
        }
        _ => 0,
    }
}
