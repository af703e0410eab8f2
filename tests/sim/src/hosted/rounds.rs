//! Syncing: rounds, with the answers a person gives and the pauses a worker makes.

use std::time::Duration;

use futures_util::future::join_all;
use sheaf_hosted::{HostedError, Round};
use sheaf_sync::{Brake, Class, Environment as _, Policy, is_mass_deletion};

use super::{device::Device, plan::Deed, world::World};
use crate::{
    mortal::Mortal,
    random::Random,
    world::{Outcome, Violation, device::CANARY},
};

/// How often a round is made again before something else happens.
const ATTEMPTS: usize = 3;

impl World {
    pub(super) async fn sync_beside(
        &self,
        place: usize,
        beside: &[Deed],
        dies_after: Option<u32>,
        random: &mut Random,
    ) -> Outcome {
        let device = &self.devices[place];
        let mut draws = Random::of(&[random.number()]);
        let mut deeds = Random::of(&[random.number()]);
        if let Some(turns_left) = dies_after {
            let life = Box::pin(self.sync(device, &mut draws, ATTEMPTS));
            let lived = Mortal { life, turns_left }.await;
            if let Some(lived) = lived {
                lived?;
            }
            self.trace.say(|| format!("{} dies", device.name));
            device.restart();
            return Ok(());
        }
        let (synced, done) = tokio::join!(
            self.sync(device, &mut draws, ATTEMPTS),
            self.do_all(place, beside, &mut deeds, true)
        );
        synced?;
        done
    }

    pub(super) async fn sync_together(&self, random: &mut Random) -> Outcome {
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
        Ok(())
    }

    /// A round; after what is likely to pass, another one. What needs a person is answered. `Ok(None)`: not now.
    pub(super) async fn sync(
        &self,
        device: &Device,
        random: &mut Random,
        attempts: usize,
    ) -> Outcome<Option<Round>> {
        let mut policy = Policy::default();
        for _ in 0..attempts {
            let open = device.open();
            let round = Box::pin(open.talk.run_once(&open.store, policy, &|_| {})).await;
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
                    if let Some(error) = &round.push_blocked {
                        Self::judge(device, error)?;
                    }
                    device.backoff.borrow_mut().reset();
                    return Ok(Some(round));
                }
                Err(error) => error,
            };
            self.trace.say(|| format!("{} round: {error}", device.name));
            Self::judge(device, &error)?;
            match &error {
                HostedError::SessionLost | HostedError::PasswordChanged => {
                    self.sign_in_again(device).await?;
                }
                HostedError::MassDeletion { deletions, notes } => {
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
                error => {
                    let fault = error.fault();
                    let pause = device.backoff.borrow_mut().failed(
                        fault,
                        error.retry_after(),
                        random.number(),
                    );
                    let pause = pause.min(Duration::from_hours(1));
                    device.surroundings.sleep(pause).await;
                    if fault.class() == Class::NeedsPerson {
                        return Ok(None);
                    }
                }
            }
        }
        Ok(None)
    }

    /// The program is closed by its person, with nothing put off.
    pub(super) async fn leave(&self, device: &Device) -> Outcome {
        let open = device.open();
        if let Err(error) = open.talk.flush(&open.store).await {
            Self::judge(device, &error)?;
            let details = format!("{} cannot be closed: {error}", device.name);
            return Err(Violation::new("I11 progress", details));
        }
        drop(open);
        device.restart();
        Ok(())
    }

    /// What no error may be.
    pub(super) fn judge(device: &Device, error: &HostedError) -> Outcome {
        let words = format!("{error} {error:?}");
        if words.contains(CANARY) {
            return Err(Violation::new("I9 secrets", words));
        }
        let broken = matches!(error, HostedError::Replica(_) | HostedError::Vault(_));
        if broken {
            return Err(Violation::new("store", format!("{}: {words}", device.name)));
        }
        let impossible = matches!(
            error,
            HostedError::TargetChanged { .. }
                | HostedError::Endless
                | HostedError::KeysMissing { .. }
                | HostedError::Downgrade
                | HostedError::AnotherIdentifier
        );
        if impossible {
            return Err(Violation::new(
                "suspicion",
                format!("{}: {words}", device.name),
            ));
        }
        Ok(())
    }

    /// Everybody is online, nothing fails any more: so many rounds must be enough for all.
    pub(super) async fn settle(&self, devices: &[&Device], rounds: usize) -> Outcome {
        for device in devices {
            let mut weather = device.line.weather();
            weather.offline = false;
            weather.turn(Vec::new(), 0, (1, 2));
        }
        // Whatever anybody was asked to wait for is over.
        self.server_clock.sleep(Duration::from_hours(2)).await;
        for round in 0..rounds {
            for device in devices {
                let mut random = Random::of(&[round as u64]);
                // One attempt to learn that the session is over, one with the wrong one of two passwords.
                if self.sync(device, &mut random, 4).await?.is_none() {
                    let details = format!(
                        "{} cannot finish a round although nothing fails",
                        device.name
                    );
                    return Err(Violation::new("I11 progress", details));
                }
            }
        }
        Ok(())
    }
}
