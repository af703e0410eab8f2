//! The mass-deletion brake: before the first deletion of a pull is taken in, all of them are
//! counted, to the end of the feed, so that the question to the person carries the right number.

use sheaf_model::DocId;
use sheaf_sync::{
    Environment, Replica, Seq, is_mass_deletion,
    mutant::{Mutant, planted},
};

use crate::{
    Brake, SyncError,
    changes::{self, PageEnd, Question, Row},
    pull::Pull,
};

const ROWS_PER_PAGE: usize = 5000;

impl<R: Replica, E: Environment> Pull<'_, R, E> {
    /// `rows` is a page that was not taken in yet. Answers whether the whole rest of the feed has
    /// been counted, so that later pages need not ask again.
    pub(crate) async fn check_brake(&self, rows: &[Row], end: &PageEnd) -> Result<bool, SyncError> {
        if self.policy.brake != Brake::Ask || planted(Mutant::NoBrake) {
            return Ok(true);
        }
        let mut deletions = self.live_notes_deleted_by(rows).await?;
        if deletions == 0 {
            return Ok(false);
        }
        let mut position = end.last_seq.clone();
        let mut more = end.pending != Some(0);
        while more {
            let (rows, end) = self.rest_of_feed(&position).await?;
            deletions = deletions.saturating_add(self.live_notes_deleted_by(&rows).await?);
            more = !rows.is_empty() && end.pending != Some(0);
            position = end.last_seq;
        }
        let notes = self
            .replica
            .live_notes()
            .await
            .map_err(SyncError::replica)?;
        if is_mass_deletion(deletions, notes) {
            return Err(SyncError::MassDeletion { deletions, notes });
        }
        Ok(true)
    }

    async fn rest_of_feed(&self, since: &Seq) -> Result<(Vec<Row>, PageEnd), SyncError> {
        let question = Question {
            since: Some(since),
            limit: ROWS_PER_PAGE,
            documents: false,
            seq_interval: Some(ROWS_PER_PAGE),
            wait: None,
        };
        changes::ask(self.database, &question)
            .await?
            .collect()
            .await
    }

    async fn live_notes_deleted_by(&self, rows: &[Row]) -> Result<u32, SyncError> {
        let deleted: Vec<DocId> = rows
            .iter()
            .filter_map(|row| row.content.as_ref().ok())
            .filter(|announced| announced.deleted)
            .map(|announced| announced.id.clone())
            .collect();
        if deleted.is_empty() {
            return Ok(0);
        }
        self.replica
            .live_notes_among(deleted)
            .await
            .map_err(SyncError::replica)
    }
}
