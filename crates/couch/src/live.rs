//! Staying: a changes feed held open in one direction, local changes pushed as they are made in
//! the other. One task, so that the two never write over each other's shoulder.

use std::{convert::Infallible, pin::pin, time::Duration};

use sheaf_model::Millis;
use sheaf_net::{Deadlines, NetClass};
use sheaf_sync::{Environment, Replica, Seq};
use tokio::sync::Notify;

use crate::{
    Policy, Progress, Replication, Round, SyncError,
    changes::{self, PageEnd, Question, Row},
    checkpoint,
    database::Database,
};

const HEARTBEAT: Duration = Duration::from_secs(15);
/// Below the minute after which most proxies cut an idle connection, and below what the others
/// have been seen to allow.
const POLLS: [Duration; 4] = [
    Duration::from_secs(25),
    Duration::from_secs(10),
    Duration::from_secs(4),
    Duration::from_secs(2),
];
const ROWS: usize = 500;
/// A feed may break now and then behind a proxy; so often in a row, however short the question, it
/// is news.
const BREAKS_IN_A_ROW: u32 = 3;
const WRITE_DOWN_EVERY: Millis = 30_000;
const LOOK_AT_CLOCK_EVERY: Duration = Duration::from_secs(10);

/// How the server can be waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waiting {
    /// It says every so often that it is still there.
    Heartbeat,
    /// Nothing was ever heard between changes, or the wait was cut: something on the way holds back
    /// what is not a whole answer, or does not like silence. Short questions, then: one of [`POLLS`].
    Polling(usize),
    /// The person chose to ask so often.
    Asking(Duration),
}

impl Waiting {
    /// `None`: it cannot be shorter, or a person chose it.
    fn shorter(self) -> Option<Self> {
        let next = match self {
            Self::Heartbeat => 0,
            Self::Polling(position) => position + 1,
            Self::Asking(_) => return None,
        };
        (next < POLLS.len()).then_some(Self::Polling(next))
    }
}

impl<E: Environment> Replication<E> {
    /// A round, and then both directions as changes come, until something fails. `local_changes`
    /// is notified after each local commit. [`Progress::InStep`] is told after the first round
    /// and whenever something was done since.
    pub async fn live<R: Replica>(
        &self,
        replica: &R,
        local_changes: &Notify,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> SyncError {
        match self.stay(replica, local_changes, progress).await {
            Err(error) => error,
            Ok(never) => match never {},
        }
    }

    async fn stay<R: Replica>(
        &self,
        replica: &R,
        local_changes: &Notify,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Infallible, SyncError> {
        let (round, mut since) = self.round(replica, Policy::default(), progress).await?;
        self.flush(replica).await?;
        progress(Progress::InStep(round));
        let mut waiting = match self.tuning.ask_every {
            Some(every) => Waiting::Asking(every),
            None => Waiting::Heartbeat,
        };
        loop {
            let (rows, end) = {
                // The question stays open while local changes are pushed.
                let mut feed = pin!(self.next_page(since.as_ref(), &mut waiting));
                loop {
                    let behind = self.marker().is_behind();
                    tokio::select! {
                        biased;
                        page = &mut feed => break page?,
                        () = local_changes.notified() => self.push_now(replica, progress).await?,
                        () = self.environment.sleep(LOOK_AT_CLOCK_EVERY), if behind => {
                            if self.meeting(replica).is_due(WRITE_DOWN_EVERY) {
                                self.flush(replica).await?;
                            }
                        }
                    }
                }
            };
            since = Some(end.last_seq.clone());
            if rows.is_empty() {
                continue;
            }
            let mut round = Round::default();
            let pull = self.pull(replica, Policy::default());
            pull.take_in(rows, end, &mut round, progress).await?;
            self.marker().checkpoint_moved();
            // A merge made while taking in is a local change like any other.
            if round.merged > 0 {
                self.push_changes(replica, false, &mut round, progress)
                    .await?;
            }
            if round.did_something() {
                progress(Progress::InStep(round));
            }
        }
    }

    /// A server that answers instead of waiting is not asked more often than was chosen.
    async fn next_page(
        &self,
        since: Option<&Seq>,
        waiting: &mut Waiting,
    ) -> Result<(Vec<Row>, PageEnd), SyncError> {
        let asked = self.environment.now();
        let page = next_changes(&self.database, since, waiting).await?;
        if let Waiting::Asking(every) = *waiting
            && page.0.is_empty()
        {
            let spent = self.environment.now().saturating_sub(asked);
            let spent = Duration::from_millis(u64::try_from(spent).unwrap_or(0));
            self.environment.sleep(every.saturating_sub(spent)).await;
        }
        Ok(page)
    }

    async fn push_now<R: Replica>(
        &self,
        replica: &R,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<(), SyncError> {
        let mut round = Round::default();
        self.push_changes(replica, false, &mut round, progress)
            .await?;
        if round.did_something() {
            progress(Progress::InStep(round));
        }
        Ok(())
    }
}

/// Waits for the next rows. Survives a feed that breaks or falls silent, as long as the server
/// itself still answers.
async fn next_changes(
    database: &Database,
    since: Option<&Seq>,
    waiting: &mut Waiting,
) -> Result<(Vec<Row>, PageEnd), SyncError> {
    let mut breaks = 0;
    loop {
        let error = match wait_once(database, since, *waiting).await {
            Ok(page) => return Ok(page),
            Err(error) => error,
        };
        let silent = is_class(&error, &NetClass::TimedOut);
        // A feed that ends in the middle is never an empty one: it is asked for again.
        let broken =
            is_class(&error, &NetClass::Reset) || matches!(error, SyncError::Garbled { .. });
        if !silent && !broken && !gave_up_waiting(&error) {
            return Err(error);
        }
        if let Some(shorter) = waiting.shorter() {
            *waiting = shorter;
        } else if !silent {
            // (Silence is only slowness as long as the server answers otherwise.)
            breaks += 1;
            if breaks > BREAKS_IN_A_ROW {
                return Err(error);
            }
        }
        checkpoint::information(database).await?;
    }
}

fn is_class(error: &SyncError, class: &NetClass) -> bool {
    matches!(error, SyncError::Net(error) if error.class == *class)
}

/// Something in between did not want to wait for the server any longer.
fn gave_up_waiting(error: &SyncError) -> bool {
    matches!(error, SyncError::Answer(answer)
        if answer.error.is_empty() && matches!(answer.status, 408 | 502 | 504 | 524))
}

async fn wait_once(
    database: &Database,
    since: Option<&Seq>,
    waiting: Waiting,
) -> Result<(Vec<Row>, PageEnd), SyncError> {
    let (name, duration) = match waiting {
        Waiting::Heartbeat => ("heartbeat", HEARTBEAT),
        Waiting::Polling(position) => ("timeout", POLLS[position]),
        Waiting::Asking(every) => ("timeout", every),
    };
    let milliseconds = duration.as_millis().to_string();
    let patience = match waiting {
        // Two heartbeats may be late, not three.
        Waiting::Heartbeat => HEARTBEAT.mul_f64(2.5),
        Waiting::Polling(_) | Waiting::Asking(_) => duration + Duration::from_secs(15),
    };
    let deadlines = Deadlines {
        first_byte: patience,
        idle: patience,
        ..Deadlines::default()
    };
    let parameters = [("feed", "longpoll"), (name, milliseconds.as_str())];
    let question = Question {
        since,
        limit: ROWS,
        documents: false,
        seq_interval: None,
        wait: Some((&parameters, deadlines)),
    };
    changes::ask(database, &question).await?.collect().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wait_that_was_cut_makes_the_next_one_shorter_down_to_the_last() {
        let waits = std::iter::successors(Some(Waiting::Heartbeat), |wait| wait.shorter());
        let polls = (0..POLLS.len()).map(Waiting::Polling);
        let expected: Vec<_> = std::iter::once(Waiting::Heartbeat).chain(polls).collect();
        assert_eq!(waits.collect::<Vec<_>>(), expected);
        assert!(POLLS.is_sorted_by(|longer, shorter| longer > shorter));
    }
}
