//! Staying: a changes feed held open in one direction, local changes pushed as they are made in
//! the other. One task, so that the two never write over each other's shoulder.

use std::{convert::Infallible, pin::pin, time::Duration};

use sheaf_net::{Deadlines, NetClass};
use sheaf_sync::{Environment, Replica, Seq};
use tokio::sync::Notify;

use crate::{
    Policy, Progress, Replication, Round, SyncError,
    changes::{self, PageEnd, Question, Row},
    checkpoint::WRITE_DOWN_EVERY,
    database::Database,
    patience::{HEARTBEAT, Patience, Waiting},
};

const ROWS: usize = 500;
/// A feed may break now and then behind a proxy; so often in a row, however short the question, it
/// is news.
const BREAKS_IN_A_ROW: u32 = 3;
const LOOK_AT_CLOCK_EVERY: Duration = Duration::from_secs(10);
/// A connection that is lost earlier than that was not lost because somebody was tired of waiting.
const NOBODY_TIRES_BEFORE: Duration = Duration::from_secs(1);

/// How a question to the feed ended.
enum Heard {
    Page(Vec<Row>, PageEnd),
    /// It was cut off, or nothing was heard for too long.
    Nothing,
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
        let mut patience = Patience::new(self.tuning.ask_every);
        let mut breaks = 0;
        loop {
            let heard = {
                // The question stays open while local changes are pushed.
                let mut feed = pin!(self.listen(since.as_ref(), &mut patience, &mut breaks));
                loop {
                    let behind = self.marker().is_behind();
                    tokio::select! {
                        biased;
                        heard = &mut feed => break heard?,
                        () = local_changes.notified() => self.push_now(replica, progress).await?,
                        () = self.environment.sleep(LOOK_AT_CLOCK_EVERY), if behind => {
                            if self.meeting(replica).is_due(WRITE_DOWN_EVERY) {
                                self.flush(replica).await?;
                            }
                        }
                    }
                }
            };
            let mut round = Round::default();
            match heard {
                Heard::Page(rows, end) => {
                    since = Some(end.last_seq.clone());
                    if rows.is_empty() {
                        continue;
                    }
                    let pull = self.pull(replica, Policy::default());
                    pull.take_in(rows, end, &mut round, progress).await?;
                    self.marker().checkpoint_moved();
                    // A merge made while taking in is a local change like any other.
                    if round.merged > 0 || self.experience.has_something_to_send() {
                        self.push_changes(replica, false, &mut round, progress)
                            .await?;
                    }
                }
                // Who answers after a silence may be another, or the same with an older memory.
                Heard::Nothing => {
                    (round, since) = self.exchange(replica, Policy::default(), progress).await?;
                }
            }
            if round.did_something() {
                progress(Progress::InStep(round));
            }
        }
    }

    /// Waits for the next rows. A feed that breaks or falls silent is survived, as long as it does not only ever break.
    async fn listen(
        &self,
        since: Option<&Seq>,
        patience: &mut Patience,
        breaks: &mut u32,
    ) -> Result<Heard, SyncError> {
        let waiting = patience.waiting();
        let asked = self.environment.now();
        let page = wait_once(&self.database, since, waiting).await;
        let spent = self.environment.now().saturating_sub(asked);
        let spent = Duration::from_millis(u64::try_from(spent).unwrap_or(0));
        let error = match page {
            Ok((rows, end)) => {
                *breaks = 0;
                match waiting {
                    _ if !rows.is_empty() => patience.was_answered(),
                    // A server that answers instead of waiting is not asked more often than was chosen.
                    Waiting::Asking(every) => {
                        self.environment.sleep(every.saturating_sub(spent)).await;
                    }
                    _ if spent < NOBODY_TIRES_BEFORE => {
                        let pause = patience.was_not_waited_for();
                        self.environment.sleep(pause).await;
                    }
                    Waiting::Polling(_) | Waiting::Heartbeat => patience.was_kept(),
                }
                return Ok(Heard::Page(rows, end));
            }
            Err(error) => error,
        };
        let Some(end) = how_it_ended(&error) else {
            return Err(error);
        };
        let tired = match end {
            End::Silence | End::GivenUp => true,
            End::Break => spent >= NOBODY_TIRES_BEFORE,
        };
        let shorter = tired && patience.was_cut();
        // (Silence is only slowness as long as the server answers otherwise.)
        if !shorter && !matches!(end, End::Silence) {
            *breaks += 1;
            if *breaks > BREAKS_IN_A_ROW {
                return Err(error);
            }
        }
        Ok(Heard::Nothing)
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

/// How a question ended that was not answered.
enum End {
    Silence,
    /// Something in between did not want to wait for the server any longer, and says so.
    GivenUp,
    /// A feed that ends in the middle is never an empty one.
    Break,
}

fn how_it_ended(error: &SyncError) -> Option<End> {
    match error {
        SyncError::Net(error) if error.class == NetClass::TimedOut => Some(End::Silence),
        SyncError::Net(error) if error.class == NetClass::Reset => Some(End::Break),
        SyncError::Garbled { .. } => Some(End::Break),
        SyncError::Answer(answer) if answer.error.is_empty() => match answer.status {
            408 | 504 | 524 => Some(End::GivenUp),
            502 => Some(End::Break),
            _ => None,
        },
        _ => None,
    }
}

async fn wait_once(
    database: &Database,
    since: Option<&Seq>,
    waiting: Waiting,
) -> Result<(Vec<Row>, PageEnd), SyncError> {
    let (name, duration) = match waiting {
        Waiting::Heartbeat => ("heartbeat", HEARTBEAT),
        Waiting::Polling(every) | Waiting::Asking(every) => ("timeout", every),
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
