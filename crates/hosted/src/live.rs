//! Staying: woken by the server when something of the account was saved, by the replica when
//! something was edited here, and by the clock where the server cannot call.

use std::{convert::Infallible, time::Duration};

use sheaf_net::{Deadlines, NetClass, Reply};
use sheaf_sync::{Environment, Policy, RecordReplica};
use tokio::sync::Notify;

use crate::{HostedError, Progress, Replication, Round, Vault};

/// The server speaks at least every twenty seconds.
const SILENCE: Duration = Duration::from_secs(55);
/// Where the server cannot call.
const POLL: Duration = Duration::from_secs(15);
/// A feed may break now and then behind a proxy; so often in a row there is none.
const BREAKS_IN_A_ROW: u32 = 3;
const LONGEST_LINE: usize = 16 * 1024;

/// How news arrive.
enum Ear {
    Listening(Box<Reply>, Lines),
    /// No feed, or none that lasts.
    Polling,
}

/// Cuts a feed into events.
#[derive(Default)]
struct Lines {
    held: Vec<u8>,
}

impl Lines {
    /// Whether these bytes complete an event that tells of a change.
    fn hear(&mut self, bytes: &[u8]) -> bool {
        let mut changed = false;
        for byte in bytes {
            if *byte != b'\n' {
                if self.held.len() < LONGEST_LINE {
                    self.held.push(*byte);
                }
                continue;
            }
            let line = std::mem::take(&mut self.held);
            let line = line.strip_suffix(b"\r").unwrap_or(&line);
            changed |= line.starts_with(b"event:") && line.trim_ascii_end().ends_with(b"changed");
        }
        changed
    }
}

impl<E: Environment, V: Vault> Replication<E, V> {
    /// A round, and then both directions as changes come, until something fails. `local_changes`
    /// is notified after each local commit. [`Progress::InStep`] is told after the first round
    /// and whenever something was done since.
    pub async fn live<R: RecordReplica>(
        &self,
        replica: &R,
        local_changes: &Notify,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> HostedError {
        match self.stay(replica, local_changes, progress).await {
            Err(error) => error,
            Ok(never) => match never {},
        }
    }

    async fn stay<R: RecordReplica>(
        &self,
        replica: &R,
        local_changes: &Notify,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Infallible, HostedError> {
        progress(Progress::Connecting);
        // The ear before the round: what is saved in between is heard.
        let mut breaks = 0;
        let mut ear = self.listen().await?;
        let mut round = Round::default();
        self.round(replica, Policy::default(), &mut round, progress)
            .await?;
        progress(Progress::InStep(round));
        loop {
            let mut round = Round::default();
            tokio::select! {
                biased;
                heard = self.hear(&mut ear) => {
                    if heard.is_ok() {
                        breaks = 0;
                    } else {
                        breaks += 1;
                        ear = if breaks > BREAKS_IN_A_ROW { Ear::Polling } else { self.listen().await? };
                    }
                    self.pull_now(replica, &mut round, progress).await?;
                },
                () = local_changes.notified() => {
                    self.push_changes(replica, &mut round, progress).await?;
                    self.write_manifest(replica).await?;
                }
            }
            if round.did_something() {
                progress(Progress::InStep(round));
            }
        }
    }

    async fn pull_now<R: RecordReplica>(
        &self,
        replica: &R,
        round: &mut Round,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<(), HostedError> {
        self.pull(replica, Policy::default(), progress)
            .catch_up(round)
            .await?;
        self.settle_keys(replica).await?;
        // Merges made while taking in, and what the server has lost, are local changes.
        if round.pulled > 0 {
            self.push_changes(replica, round, progress).await?;
        }
        // A device that only reads watches the server all the same.
        self.compare(replica, round, progress).await?;
        self.write_manifest(replica).await
    }

    /// A server without a feed is asked now and then instead.
    async fn listen(&self) -> Result<Ear, HostedError> {
        let deadlines = Deadlines {
            first_byte: SILENCE,
            idle: SILENCE,
            ..Deadlines::default()
        };
        match self.feed(deadlines).await {
            Ok(reply) => Ok(Ear::Listening(Box::new(reply), Lines::default())),
            Err(HostedError::Answer(_) | HostedError::Garbled { .. }) => Ok(Ear::Polling),
            Err(HostedError::Net(error))
                if matches!(error.class, NetClass::TimedOut | NetClass::Reset) =>
            {
                Ok(Ear::Polling)
            }
            Err(error) => Err(error),
        }
    }

    /// Until something was saved. `Err`: the feed has ended. May be dropped at any moment.
    async fn hear(&self, ear: &mut Ear) -> Result<(), ()> {
        match ear {
            Ear::Polling => {
                self.environment.sleep(POLL).await;
                Ok(())
            }
            Ear::Listening(reply, lines) => loop {
                match reply.chunk().await {
                    Ok(Some(bytes)) => {
                        if lines.hear(&bytes) {
                            return Ok(());
                        }
                    }
                    Ok(None) | Err(_) => return Err(()),
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;

    #[test]
    fn only_changes_wake_and_however_they_are_cut_they_do() {
        let feed = b"event: listening\ndata:\n\n: keep-alive\n\nevent: changed\r\ndata: x\n\n";
        for cut in 1..feed.len() {
            let mut lines = Lines::default();
            let (first, second) = feed.split_at(cut);
            let heard = [lines.hear(first), lines.hear(second)];
            assert_eq!(heard.iter().filter(|heard| **heard).count(), 1, "{cut}");
        }
        let mut lines = Lines::default();
        assert!(!lines.hear(b"event: listening\ndata: changed\n\n"));
    }

    #[test]
    fn an_endless_line_takes_no_endless_memory() {
        let mut lines = Lines::default();
        for _ in 0..100 {
            lines.hear(&[b'x'; 4096]);
        }
        assert!(lines.held.len() <= super::LONGEST_LINE);
    }
}
