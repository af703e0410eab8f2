//! Several devices, a server, and everything that happens between them in one run.

pub mod checks;
pub mod deeds;
pub mod device;
mod foreign;
pub mod ledger;
pub mod plan;
mod rounds;
pub mod text;

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::OnceLock,
};

use sheaf_model::Revision;
use sheaf_store::{LeafId, Options, Simulated, Store, StoreError};
use sheaf_sync::{ChangedLeaves, Environment as _, MissingLeaves, Replica as _};
use tempfile::TempDir;
use tokio::time::Instant;

use self::{
    deeds::Failed,
    device::{Device, Reach, Surroundings},
    ledger::Ledger,
    plan::{Action, Deed, Plan},
};
use crate::{
    random::Random,
    server::{Shared, database::Database, fault::Fault, transport::Line},
    trace::Trace,
};

pub const NAMES: [&str; 5] = ["Ada", "Ben", "Cleo", "Dan", "Eve"];

/// A rule that was broken: its name, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    pub rule: &'static str,
    pub details: String,
}

impl Violation {
    pub fn new(rule: &'static str, details: impl Into<String>) -> Self {
        Self {
            rule,
            details: details.into(),
        }
    }
}

pub type Outcome<T = ()> = Result<T, Violation>;

pub struct World {
    pub devices: Vec<Device>,
    pub trace: Trace,
    pub ledger: RefCell<Ledger>,
    /// Documents of others on the server, which must stay as they are.
    strangers: RefCell<BTreeMap<String, Revision>>,
    server: Option<Shared>,
    backup: RefCell<Option<Database>>,
    /// The server was put back, or made anew: what it had may come up again.
    upheaval: Cell<bool>,
    /// Numbers of databases made.
    instances: Cell<u64>,
    _home: TempDir,
}

/// Where simulated disks are: in memory where the system has such a place.
pub(crate) fn scratch() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() {
        tempfile::tempdir_in(memory)
    } else {
        tempfile::tempdir()
    };
    made.expect("a temporary folder")
}

/// A store as it is before anybody wrote in it, to copy.
pub(crate) fn template() -> &'static Path {
    static TEMPLATE: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = TEMPLATE.get_or_init(|| {
        let home = scratch();
        let path = home.path().join("new");
        let options = Options {
            clock: std::sync::Arc::new(|| 1_700_000_000_000),
        };
        let how = Simulated {
            documents_per_slice: 100,
        };
        drop(Store::simulated(&path, options, how).expect("a new store"));
        (home, path)
    });
    path
}

impl World {
    /// Devices that have never synced, and a model of a server.
    pub fn new(plan: &Plan, trace: &Trace) -> Self {
        let server = Shared::new(plan.manner.clone());
        let world = Self::with(plan, trace.clone(), Some(server.clone()), |name| {
            Reach::Model(Line::new(server.clone(), name, trace.clone()))
        });
        let mut random = Random::of(&[plan.seed, 2]);
        for _ in 0..plan.notes_there {
            world.foreign_create(&mut server.lock(), &mut random);
        }
        world
    }

    /// The same in front of any server.
    pub fn with(
        plan: &Plan,
        trace: Trace,
        server: Option<Shared>,
        reach: impl Fn(&'static str) -> Reach,
    ) -> Self {
        let home = scratch();
        let began = Instant::now();
        let how = Simulated {
            documents_per_slice: plan.documents_per_slice,
        };
        let devices = (0..plan.devices)
            .map(|place| {
                let surroundings =
                    Surroundings::new(began, Random::of(&[plan.seed, 3, place as u64]));
                let surroundings = match server {
                    Some(_) => surroundings,
                    None => surroundings.without_pauses(),
                };
                let name = NAMES[place];
                Device::install(
                    name,
                    template(),
                    home.path().join(name),
                    how,
                    surroundings,
                    reach(name),
                )
            })
            .collect();
        Self {
            devices,
            trace,
            ledger: RefCell::default(),
            strangers: RefCell::default(),
            server,
            backup: RefCell::default(),
            upheaval: Cell::new(false),
            instances: Cell::new(1),
            _home: home,
        }
    }

    pub fn model(&self) -> Option<&Shared> {
        self.server.as_ref()
    }

    pub fn line<'a>(&self, device: &'a Device) -> Option<&'a Line> {
        match &device.reach {
            Reach::Model(line) => Some(line),
            Reach::Network(..) => None,
        }
    }

    pub async fn act(&self, number: usize, action: &Action, seed: u64) -> Outcome {
        self.trace.say(|| format!("{number}: {action:?}"));
        let mut random = Random::of(&[seed, 4, number as u64]);
        for device in &self.devices {
            if let Some(line) = self.line(device) {
                let draws =
                    Random::of(&[seed, 5, number as u64, u64::from(device.name.as_bytes()[0])]);
                line.weather().seed(draws);
            }
        }
        match action {
            Action::Do { device, deeds } => {
                self.do_all(&self.devices[*device], deeds, &mut random, false)
                    .await?;
            }
            Action::Sync {
                device,
                beside,
                dies_after,
            } => {
                self.sync_beside(&self.devices[*device], beside, *dies_after, &mut random)
                    .await?;
            }
            Action::SyncTogether => self.sync_together(&mut random).await?,
            Action::Live {
                device,
                seconds,
                beside,
            } => {
                self.live(&self.devices[*device], *seconds, beside, &mut random)
                    .await?;
            }
            Action::Offline { device, offline } => {
                if let Some(line) = self.line(&self.devices[*device]) {
                    line.weather().offline = *offline;
                }
            }
            Action::Restart { device } => self.restart(&self.devices[*device]),
            Action::Clock { device, off_by } => {
                self.devices[*device].surroundings.set_off_by(*off_by);
            }
            Action::KeepLaptop { device } => self.devices[*device].keep_copy(),
            Action::RestoreLaptop { device } => self.restore_laptop(&self.devices[*device]).await?,
            Action::Weather {
                kinds,
                per_thousand,
                latency,
            } => {
                for device in &self.devices {
                    if let Some(line) = self.line(device) {
                        line.weather().turn(kinds.clone(), *per_thousand, *latency);
                    }
                }
            }
            Action::Foreign(deed) => self.foreign(*deed, &mut random),
            Action::Backup => {
                if let Some(server) = self.model() {
                    (*self.backup.borrow_mut()).clone_from(&server.lock().database);
                }
            }
            Action::RestoreServer => {
                let backup = self.backup.borrow().clone();
                if let Some(backup) = backup {
                    self.put_server_back(backup).await?;
                }
            }
            Action::RecreateServer => {
                self.instances.set(self.instances.get() + 1);
                self.put_server_back(Database::new(self.instances.get()))
                    .await?;
            }
            Action::Compact => {
                if let Some(server) = self.model()
                    && let Some(database) = &mut server.lock().database
                {
                    database.compact();
                }
            }
        }
        match self.trace.accusation() {
            Some(details) => Err(Violation::new("manners", details)),
            None => Ok(()),
        }
    }

    /// Deeds one after another.
    pub async fn do_deeds(&self, device: &Device, deeds: &[Deed], random: &mut Random) -> Outcome {
        self.do_all(device, deeds, random, false).await
    }

    /// Deeds one after another. `paced`: with a little time before each.
    async fn do_all(
        &self,
        device: &Device,
        deeds: &[Deed],
        random: &mut Random,
        paced: bool,
    ) -> Outcome {
        for deed in deeds {
            if paced {
                let pause = std::time::Duration::from_millis(random.between(0, 900));
                device.surroundings.sleep(pause).await;
            }
            match self.perform(device, *deed, random).await {
                Ok(()) => {}
                Err(failed) if failed.is_answer() => {}
                Err(failed) => return Err(failed_deed(device, *deed, &failed)),
            }
        }
        Ok(())
    }

    pub fn restart(&self, device: &Device) {
        device.close();
        device.open();
    }

    /// The device is what it was when it was copied. What only it knew is gone with the disk.
    async fn restore_laptop(&self, device: &Device) -> Outcome {
        if !device.has_copy() {
            return Ok(());
        }
        device.restore_copy();
        self.forget_what_nobody_has("a laptop was put back").await
    }

    async fn put_server_back(&self, database: Database) -> Outcome {
        let Some(server) = self.model() else {
            return Ok(());
        };
        {
            let mut server = server.lock();
            server.database = Some(database);
            server.announce();
        }
        for device in &self.devices {
            device.knows_the_server.set(false);
            if let Some(line) = self.line(device) {
                line.empty_cache();
            }
        }
        let strangers: Vec<String> = self.strangers.borrow().keys().cloned().collect();
        for id in strangers {
            let there = server.lock().winner(&id).is_some();
            if !there {
                self.strangers.borrow_mut().remove(&id);
            }
        }
        self.forget_what_nobody_has("the server was put back").await
    }

    async fn forget_what_nobody_has(&self, why: &'static str) -> Outcome {
        self.upheaval.set(true);
        let mut words = BTreeSet::new();
        let mut files = BTreeSet::new();
        let mut fields: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        if let Some(server) = self.model() {
            let server = server.lock();
            for (id, document) in server
                .database()
                .iter()
                .flat_map(|database| &database.documents)
            {
                for (_, content) in document.all_written() {
                    words.extend(text::tokens(&foreign::text_of(content)));
                }
                if let Some((_, content)) = document.winner() {
                    fields
                        .entry(id.clone())
                        .or_default()
                        .extend(content.body.keys().cloned());
                    if !content.attachments.is_empty() {
                        files.insert(id.clone());
                    }
                }
            }
        }
        let known: Vec<String> = self.ledger.borrow().files.keys().cloned().collect();
        for device in &self.devices {
            for text in self
                .texts(device)
                .await
                .map_err(|error| broken_store(device, &error))?
            {
                words.extend(text::tokens(&text));
            }
            for file in &known {
                if self.file(device, file).await.is_some() {
                    files.insert(file.clone());
                }
            }
        }
        let mut ledger = self.ledger.borrow_mut();
        for (token, entry) in &mut ledger.entries {
            if !words.contains(token) {
                entry.undone = Some(why);
            }
        }
        ledger.files.retain(|id, _| files.contains(id));
        // Which side of a merge has them cannot be told from here.
        ledger.foreign_fields.clear();
        ledger.forget_tags();
        for deletion in ledger.deleted.values_mut() {
            deletion.informed = false;
        }
        Ok(())
    }

    /// How often each fault struck.
    pub fn counted(&self) -> BTreeMap<Fault, u64> {
        let mut all = BTreeMap::new();
        for device in &self.devices {
            if let Some(line) = self.line(device) {
                for (fault, count) in &line.weather().counted {
                    *all.entry(*fault).or_default() += count;
                }
            }
        }
        all
    }

    /// What the store says it has not got.
    async fn ask_what_is_left_out(&self, device: &Device) -> Outcome {
        let said = device.store().unreadable(&device::remote_id()).await;
        let said = said.map_err(|error| broken_store(device, &error))?;
        *device.unreadable.borrow_mut() = said.into_iter().map(|(held, _)| held.id).collect();
        Ok(())
    }

    /// Whether everything that the checkpoint of `device` vouches for is there.
    pub async fn check_checkpoint(&self, device: &Device) -> Outcome {
        let Some(shared) = self.model() else {
            return Ok(());
        };
        if !device.knows_the_server.get() {
            return Ok(());
        }
        self.ask_what_is_left_out(device).await?;
        let store = device.store();
        let state = store
            .remote_state(&device::remote_id())
            .await
            .map_err(|error| broken_store(device, &error))?;
        let Some(pulled) = state.checkpoint.pulled else {
            return Ok(());
        };
        let text = pulled
            .0
            .as_str()
            .map_or_else(|| pulled.0.to_string(), str::to_owned);
        let rows = {
            // What is nobody's note is left alone, and said so.
            let strangers = self.strangers.borrow();
            let server = shared.lock();
            let Some(until) = server.read_seq(&text) else {
                return Err(Violation::new(
                    "I7 checkpoint",
                    format!("{}: {text} is no sequence", device.name),
                ));
            };
            checks::announced_until(&server, until, |id| {
                strangers.contains_key(id) || device.unreadable.borrow().contains(id)
            })
        };
        let missing = store
            .missing(rows)
            .await
            .map_err(|error| broken_store(device, &error))?;
        for MissingLeaves { id, missing, .. } in missing {
            // What is here may be asked for once more, for its history, as long as the remote does not name all that is.
            let here = match store.conflict_leaves(id.clone()).await {
                Ok(leaves) => leaves,
                Err(StoreError::NotFound(_)) => Vec::new(),
                Err(error) => return Err(broken_store(device, &error)),
            };
            if here.iter().any(|leaf| leaf.id == LeafId::Draft) {
                // What it stands on cannot be named from here.
                continue;
            }
            let mut leaves = missing;
            leaves.extend(here.into_iter().filter_map(|leaf| match leaf.id {
                LeafId::Revision(revision) => Some(revision),
                LeafId::Draft => None,
            }));
            let row = ChangedLeaves { id, leaves };
            let gone = store
                .missing(vec![row])
                .await
                .map_err(|error| broken_store(device, &error))?;
            if let Some(gone) = gone.first().filter(|gone| !gone.missing.is_empty()) {
                let details = format!(
                    "{} is at {text} and has not got {} {:?}",
                    device.name, gone.id, gone.missing
                );
                return Err(Violation::new("I7 checkpoint", details));
            }
        }
        Ok(())
    }
}

pub fn failed_deed(device: &Device, deed: Deed, failed: &Failed) -> Violation {
    Violation::new("store", format!("{} {deed:?}: {failed:?}", device.name))
}

pub fn broken_store(device: &Device, error: &sheaf_store::StoreError) -> Violation {
    Violation::new("store", format!("{}: {error:?}", device.name))
}
