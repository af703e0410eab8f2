//! Several devices, one account, and everything that happens between them in one run.

use std::{
    cell::RefCell,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use serde_json::json;
use sheaf_hosted::{HostedError, Password, Proof};
use sheaf_model::DocId;
use sheaf_store::Decision;
use sheaf_sync::Environment as _;
use tempfile::TempDir;
use tokio::time::Instant;

use super::{
    device::{Device, EMAIL, Setup, Surroundings, service, sign_in},
    line::{Ear, Line},
    plan::{Action, Plan},
    server::Server,
};
use crate::{
    mortal::Mortal,
    random::Random,
    trace::Trace,
    world::{NAMES, Outcome, Violation, ledger::Ledger, scratch, template},
};

pub(super) const FIRST_PASSWORD: &str = "canary-7f3a91 is the first";

pub(super) struct World {
    pub(super) devices: Vec<Device>,
    pub(super) trace: Trace,
    pub(super) ledger: RefCell<Ledger>,
    /// The one that is valid; two after a change of which nobody knows whether the server heard.
    pub(super) passwords: RefCell<Vec<String>>,
    pub(super) decisions: RefCell<Vec<(usize, DocId, Decision)>>,
    pub(super) server: Arc<Server>,
    pub(super) server_clock: Surroundings,
    pub(super) ear: Arc<Mutex<Ear>>,
    pub(super) began: Instant,
    pub(super) pad: bool,
    home: TempDir,
}

/// What somebody looks for in their notes.
const SEARCH: &str = "canary-7f3a91 is looked for";
/// Under this name the program keeps its preferences, with the searches that were saved.
const PREFERENCES: &str = "preferences";

/// An account with a session for each device, made once: deriving keys is slow on purpose.
struct Account {
    folder: PathBuf,
    secrets: Vec<String>,
    _home: TempDir,
}

fn account() -> &'static Account {
    static ACCOUNT: OnceLock<Account> = OnceLock::new();
    ACCOUNT.get_or_init(|| {
        // Beside the runtime of whoever is first.
        std::thread::spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .start_paused(true)
                .build()
                .expect("a runtime of one thread");
            runtime.block_on(make_account())
        })
        .join()
        .expect("an account")
    })
}

async fn make_account() -> Account {
    let home = scratch();
    let folder = home.path().to_owned();
    let server = Arc::new(Server::start(&folder, 1, 10_000_000));
    let clock = Surroundings::new(Instant::now(), Random::new(1));
    let trace = Trace::default();
    let ear: Arc<Mutex<Ear>> = Arc::default();
    let line = Line::new(NAMES[0], Arc::clone(&server), clock.clone(), ear, trace);
    let password = Password::new(FIRST_PASSWORD.to_owned());
    let registered = service(&line)
        .register(EMAIL, &password, &clock)
        .await
        .expect("the account is made");
    let mut secrets = vec![registered.credentials.to_secret().to_string()];
    while secrets.len() < NAMES.len() {
        let credentials = sign_in(&line, &clock, FIRST_PASSWORD).await;
        secrets.push(
            credentials
                .expect("the password opens it")
                .to_secret()
                .to_string(),
        );
    }
    drop(line);
    // The file is whole when the last connection is gone.
    drop(Arc::into_inner(server));
    Account {
        folder,
        secrets,
        _home: home,
    }
}

impl World {
    pub(super) fn new(plan: &Plan, trace: &Trace) -> Self {
        let account = account();
        let home = scratch();
        let there = home.path().join("server");
        crate::world::device::copy_folder(&account.folder, &there);
        let began = Instant::now();
        let server = Arc::new(Server::start(&there, plan.seed << 20, plan.page_bytes));
        let server_clock = Surroundings::new(began, Random::of(&[plan.seed, 6]));
        let ear: Arc<Mutex<Ear>> = Arc::default();
        let mut world = Self {
            devices: Vec::new(),
            trace: trace.clone(),
            ledger: RefCell::default(),
            passwords: RefCell::new(vec![FIRST_PASSWORD.to_owned()]),
            decisions: RefCell::default(),
            server,
            server_clock,
            ear,
            began,
            pad: plan.pad,
            home,
        };
        for place in 0..plan.devices {
            let device = world.device(plan.seed, place, plan.documents_per_slice);
            world.devices.push(device);
        }
        let mut ear = world
            .ear
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        for secret in [
            FIRST_PASSWORD,
            "About w",
            "Note w",
            " at the end",
            "- bread",
            "errands",
            SEARCH,
        ] {
            ear.listen_for(secret);
        }
        drop(ear);
        world
    }

    /// The installation with this number, which nobody has used yet.
    pub(super) fn device(&self, seed: u64, place: usize, documents_per_slice: u32) -> Device {
        let name = NAMES[place];
        let surroundings = Surroundings::new(self.began, Random::of(&[seed, 3, place as u64]));
        let line = Line::new(
            name,
            Arc::clone(&self.server),
            self.server_clock.clone(),
            Arc::clone(&self.ear),
            self.trace.clone(),
        );
        let setup = Setup {
            name,
            template: template(),
            home: self.folder(name),
            documents_per_slice,
            pad: self.pad,
            secret: &account().secrets[place],
        };
        Device::install(setup, surroundings, line)
    }

    pub(super) fn folder(&self, name: &str) -> PathBuf {
        Path::new(self.home.path()).join(name)
    }

    pub(super) async fn act(&self, number: usize, action: &Action, seed: u64) -> Outcome {
        self.trace.say(|| format!("{number}: {action:?}"));
        let mut random = Random::of(&[seed, 4, number as u64]);
        for device in &self.devices {
            let draws = Random::of(&[seed, 5, number as u64, u64::from(device.name.as_bytes()[0])]);
            device.line.weather().seed(draws);
        }
        match action {
            Action::Do { device, deeds } => {
                self.do_all(*device, deeds, &mut random, false).await?;
            }
            Action::Sync {
                device,
                beside,
                dies_after,
            } => {
                self.sync_beside(*device, beside, *dies_after, &mut random)
                    .await?;
            }
            Action::SyncTogether => self.sync_together(&mut random).await?,
            Action::Offline { device, offline } => {
                self.devices[*device].line.weather().offline = *offline;
            }
            Action::Restart { device } => self.devices[*device].restart(),
            Action::Clock { device, off_by } => {
                self.devices[*device].surroundings.set_off_by(*off_by);
            }
            Action::ServerClock { off_by } => self.server_clock.set_off_by(*off_by),
            Action::ServerRestarts => self.server.restart(),
            Action::Pass { hours } => {
                self.server_clock.sleep(Duration::from_hours(*hours)).await;
            }
            Action::Weather {
                kinds,
                per_thousand,
                latency,
            } => {
                for device in &self.devices {
                    let mut weather = device.line.weather();
                    weather.turn(kinds.clone(), *per_thousand, *latency);
                }
            }
            Action::ChangePassword { device, dies_after } => {
                self.change_password(&self.devices[*device], *dies_after, number)
                    .await?;
            }
        }
        Ok(())
    }

    /// A search is saved on each device.
    pub(super) async fn save_searches(&self) -> Outcome {
        let settings = json!({"savedSearches": [{"name": "Mine", "search": SEARCH}]});
        for device in &self.devices {
            let store = device.store();
            let kept = store.put_setting(PREFERENCES, settings.clone()).await;
            kept.map_err(|error| Violation::new("store", format!("{error:?}")))?;
        }
        Ok(())
    }

    /// Preferences belong to one installation: whoever takes everything from the account has none.
    pub(super) async fn check_searches(&self, newcomer: &Device) -> Outcome {
        for device in self.devices.iter().chain([newcomer]) {
            let kept = device.store().setting(PREFERENCES).await;
            let kept = kept.map_err(|error| Violation::new("store", format!("{error:?}")))?;
            if kept.is_some() != (device.name != newcomer.name) {
                let details = format!("{} has {kept:?}", device.name);
                return Err(Violation::new("preferences stay where they are", details));
            }
        }
        Ok(())
    }

    /// Somebody changes the password. Cut off, either of the two may be valid.
    async fn change_password(
        &self,
        device: &Device,
        dies_after: Option<u32>,
        number: usize,
    ) -> Outcome {
        let known = self.passwords.borrow().clone();
        let [old] = &known[..] else { return Ok(()) };
        let next = format!("canary-7f3a91 is number {number}");
        let (old, new) = (Password::new(old.clone()), Password::new(next.clone()));
        self.passwords.borrow_mut().push(next.clone());
        let open = device.open();
        let changing = open
            .talk
            .change_password(&open.store, Proof::Password(&old), &new);
        let changing = Box::pin(changing);
        let changed = match dies_after {
            Some(turns_left) => {
                let life = changing;
                let lived = Mortal { life, turns_left }.await;
                drop(open);
                device.restart();
                lived
            }
            None => Some(changing.await),
        };
        self.trace.say(|| {
            let said = match &changed {
                None => "dies".to_owned(),
                Some(Ok(_)) => "done".to_owned(),
                Some(Err(error)) => error.to_string(),
            };
            format!("{} changes the password: {said}", device.name)
        });
        match changed {
            Some(Ok(_)) => *self.passwords.borrow_mut() = vec![next],
            Some(Err(error)) => Self::judge(device, &error)?,
            None => {}
        }
        Ok(())
    }

    /// A person signs in again: with the password they know, or the one they had just chosen.
    pub(super) async fn sign_in_again(&self, device: &Device) -> Outcome<bool> {
        let known = self.passwords.borrow().clone();
        for password in known {
            let surroundings = &device.surroundings;
            match Box::pin(sign_in(&device.line, surroundings, &password)).await {
                Ok(credentials) => {
                    self.trace.say(|| format!("{} signs in again", device.name));
                    device.enter(&credentials);
                    *self.passwords.borrow_mut() = vec![password];
                    return Ok(true);
                }
                Err(HostedError::Answer(answer)) if answer.status == 401 => {}
                Err(error) => {
                    self.trace
                        .say(|| format!("{} cannot sign in: {error}", device.name));
                    Self::judge(device, &error)?;
                    let pause = error.retry_after().unwrap_or(Duration::from_secs(30));
                    device.surroundings.sleep(pause).await;
                    return Ok(false);
                }
            }
        }
        let known = self.passwords.borrow().len();
        if known > 1 || !device.line.weather().is_fair() {
            return Ok(false);
        }
        let details = format!(
            "no password that anybody chose opens the account on {}",
            device.name
        );
        Err(Violation::new("account", details))
    }
}
