//! Syncing: rounds, with the answers a person gives and the pauses a worker makes.

use std::{pin::pin, time::Duration};

use futures_util::future::join_all;
use sheaf_couch::{Round, SyncError};
use sheaf_store::{ErrorClass, StoreError};
use sheaf_sync::{Brake, ChangedTarget, Class, Environment as _, Fault, Policy, is_mass_deletion};
use tokio::sync::Notify;

use super::{
    Outcome, Violation, World, broken_store,
    device::{CANARY, Device},
    plan::Deed,
};
use crate::{mortal::Mortal, random::Random};

/// How often a round is made again before something else happens.
const ATTEMPTS: usize = 3;

/// What people delete themselves beside one round.
const DELETED_BESIDE: u32 = 6;

async fn count_notes(device: &Device) -> Outcome<u32> {
    use sheaf_sync::Replica as _;
    let notes = device.store().live_notes().await;
    notes.map_err(|error| broken_store(device, &error))
}

/// Nobody was asked, and many notes are gone.
fn check_brake(device: &Device, policy: Policy, before: u32, after: u32) -> Outcome {
    let gone = before.saturating_sub(after).saturating_sub(DELETED_BESIDE);
    if policy.brake == Brake::Ask && is_mass_deletion(gone, before) {
        let details = format!("{} lost {gone} of {before} notes unasked", device.name);
        return Err(Violation::new("brake", details));
    }
    Ok(())
}

impl World {
    pub async fn sync_beside(
        &self,
        device: &Device,
        beside: &[Deed],
        dies_after: Option<u32>,
        random: &mut Random,
    ) -> Outcome {
        let before = if beside.is_empty() {
            Some(self.shown(device).await?)
        } else {
            None
        };
        let mut draws = Random::of(&[random.number()]);
        let mut deeds = Random::of(&[random.number()]);
        if let Some(turns_left) = dies_after {
            let life = Box::pin(self.sync(device, &mut draws, ATTEMPTS));
            let lived = Mortal { life, turns_left }.await;
            if let Some(lived) = lived {
                lived?;
            }
            self.trace.say(|| format!("{} dies", device.name));
            self.restart(device);
        } else {
            let (synced, done) = tokio::join!(
                self.sync(device, &mut draws, ATTEMPTS),
                self.do_all(device, beside, &mut deeds, true)
            );
            synced?;
            done?;
        }
        if let Some(before) = before {
            self.check_vanished(device, &before).await?;
        }
        self.check_checkpoint(device).await
    }

    pub async fn sync_together(&self, random: &mut Random) -> Outcome {
        let seed = random.number();
        let rounds = self
            .devices
            .iter()
            .enumerate()
            .map(|(place, device)| async move {
                self.sync(device, &mut Random::of(&[seed, place as u64]), ATTEMPTS)
                    .await
            });
        for outcome in join_all(rounds).await {
            outcome?;
        }
        for device in &self.devices {
            self.check_checkpoint(device).await?;
        }
        Ok(())
    }

    /// A round; after what is likely to pass, another one. What needs a person is answered once. `Ok(None)`: not now.
    pub async fn sync(
        &self,
        device: &Device,
        random: &mut Random,
        attempts: usize,
    ) -> Outcome<Option<Round>> {
        let open = device.open();
        let mut policy = Policy::default();
        for _ in 0..attempts {
            let notes = count_notes(device).await?;
            let round = Box::pin(open.replication.run_once(&open.store, policy, &|_| {})).await;
            check_brake(device, policy, notes, count_notes(device).await?)?;
            let error = match round {
                Ok(round) => {
                    self.trace.say(|| {
                        format!(
                            "{} round: {} in, {} out, {} merged, {} conflicts, {} refused",
                            device.name,
                            round.pulled,
                            round.pushed,
                            round.merged,
                            round.conflicts,
                            round.refused
                        )
                    });
                    device.backoff.borrow_mut().reset();
                    device.knows_the_server.set(true);
                    return Ok(Some(round));
                }
                Err(error) => error,
            };
            self.trace.say(|| format!("{} round: {error}", device.name));
            self.judge(device, &error)?;
            match (error.fault(), &error) {
                (Fault::TargetChanged, _) => policy.changed_target = ChangedTarget::Merge,
                (Fault::MassDeletion, SyncError::MassDeletion { deletions, notes }) => {
                    if !is_mass_deletion(*deletions, *notes) {
                        return Err(Violation::new(
                            "brake",
                            format!("{deletions} of {notes} is no mass deletion"),
                        ));
                    }
                    policy.brake = if random.one_in(2) {
                        Brake::Allow
                    } else {
                        Brake::Keep
                    };
                }
                (fault, _) => {
                    let pause = device.backoff.borrow_mut().failed(
                        fault,
                        error.retry_after(),
                        random.number(),
                    );
                    device
                        .surroundings
                        .sleep(pause.min(Duration::from_hours(1)))
                        .await;
                    // A person looks at it later; trying on could lock the account.
                    if fault.class() == Class::NeedsPerson {
                        return Ok(None);
                    }
                }
            }
        }
        Ok(None)
    }

    /// What no error may be.
    fn judge(&self, device: &Device, error: &SyncError) -> Outcome {
        let words = format!("{error} {error:?}");
        if words.contains(CANARY) {
            return Err(Violation::new("I9 secrets", words));
        }
        if let SyncError::Replica(cause) = error {
            let full = cause
                .downcast_ref::<StoreError>()
                .is_some_and(|cause| cause.class() == ErrorClass::DiskFull);
            if !full {
                return Err(Violation::new("store", format!("{}: {words}", device.name)));
            }
        }
        if matches!(error, SyncError::TargetChanged { .. }) && !self.upheaval.get() {
            return Err(Violation::new(
                "identity",
                format!("{} takes the server for another one", device.name),
            ));
        }
        Ok(())
    }

    /// A feed held open while things are done.
    pub async fn live(
        &self,
        device: &Device,
        seconds: u64,
        beside: &[Deed],
        random: &mut Random,
    ) -> Outcome {
        let open = device.open();
        let changes = Notify::new();
        let progress = |_| {};
        let mut deeds = Random::of(&[random.number()]);
        let script = async {
            for deed in beside {
                self.do_all(device, std::slice::from_ref(deed), &mut deeds, true)
                    .await?;
                changes.notify_one();
            }
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            Ok(())
        };
        let mut script = pin!(script);
        let outcome = tokio::select! {
            biased;
            done = &mut script => done,
            error = Box::pin(open.replication.live(&open.store, &changes, &progress)) => {
                self.trace.say(|| format!("{} live: {error}", device.name));
                match self.judge(device, &error) {
                    Ok(()) => {
                        let pause = device.backoff.borrow_mut().failed(error.fault(), error.retry_after(), random.number());
                        device.surroundings.sleep(pause).await;
                        script.await
                    }
                    Err(violation) => Err(violation),
                }
            }
        };
        outcome?;
        self.check_checkpoint(device).await
    }

    /// A server that takes only short requests is given what is short: nothing waits for what is too long for it.
    pub async fn settle_on_short_requests(&self) -> Outcome {
        let Some(server) = self.model() else {
            return Ok(());
        };
        if server.lock().manner.longest_request == usize::MAX {
            return Ok(());
        }
        self.clear_up().await;
        for device in &self.devices {
            let mut random = Random::of(&[1]);
            let round = self.sync(device, &mut random, 3).await?;
            let waiting = device.store().waiting(&super::device::remote_id()).await;
            let waiting = waiting.map_err(|error| broken_store(device, &error))?;
            if round.is_none() && waiting > 0 {
                let details = format!(
                    "{} keeps {waiting} documents from a server that takes short requests",
                    device.name
                );
                return Err(Violation::new("I11 progress", details));
            }
        }
        Ok(())
    }

    /// Everybody is online, and nothing fails any more.
    async fn clear_up(&self) {
        for device in &self.devices {
            if let Some(line) = self.line(device) {
                let mut weather = line.weather();
                weather.offline = false;
                weather.ordered.clear();
                weather.aimed.clear();
                weather.turn(Vec::new(), 0, (1, 2));
            }
        }
        // Whatever anybody was asked to wait for is over.
        for device in &self.devices {
            device.surroundings.sleep(Duration::from_hours(2)).await;
        }
    }

    /// Everybody is online, nothing fails any more: so many rounds must be enough for all.
    pub async fn settle(&self, rounds: usize) -> Outcome {
        self.clear_up().await;
        // Whoever keeps the server has made room for what is there.
        if let Some(server) = self.model() {
            server.lock().manner.longest_request = usize::MAX;
        }
        for round in 0..rounds {
            for device in &self.devices {
                if round == 0 {
                    let retried = device
                        .store()
                        .retry_held_back(&super::device::remote_id())
                        .await;
                    retried.map_err(|error| broken_store(device, &error))?;
                }
                let mut random = Random::of(&[round as u64]);
                // The last attempt of each is after a question that only a person can answer.
                if self.sync(device, &mut random, 3).await?.is_none() {
                    let details = format!(
                        "{} cannot finish a round although nothing fails",
                        device.name
                    );
                    return Err(Violation::new("I11 progress", details));
                }
                self.check_checkpoint(device).await?;
            }
        }
        match self.trace.accusation() {
            Some(details) => Err(Violation::new("manners", details)),
            None => Ok(()),
        }
    }
}
