//! One installation: the real store, the real replication, and a clock of its own.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use sheaf_couch::{Remote, Replication};
use sheaf_model::Millis;
use sheaf_net::{Client, Deadlines, Password, Pasted, RemoteUrl};
use sheaf_store::{Options, Simulated, Store};
use sheaf_sync::{Backoff, Environment, RemoteId};
use tokio::time::Instant;

use crate::{desk::Desk, random::Random, server::transport::Line};

/// When every run begins: 14 November 2023.
const BEGINNING: Millis = 1_700_000_000_000;

/// A word that must be in nobody's error message.
pub const CANARY: &str = "canary-7f3a91";

/// Time and randomness of one device, both simulated.
#[derive(Clone)]
pub struct Surroundings {
    began: Instant,
    off_by: Arc<AtomicI64>,
    random: Arc<Mutex<Random>>,
    /// Milliseconds that were waited for without time passing: in front of a real server nobody sleeps.
    skipped: Option<Arc<AtomicI64>>,
}

impl Surroundings {
    pub fn new(began: Instant, random: Random) -> Self {
        Self {
            began,
            off_by: Arc::default(),
            random: Arc::new(Mutex::new(random)),
            skipped: None,
        }
    }

    /// The same where time is real: pauses are skipped, and the clock goes on as if they had been made.
    #[must_use]
    pub fn without_pauses(self) -> Self {
        Self {
            skipped: Some(Arc::default()),
            ..self
        }
    }

    pub fn set_off_by(&self, off_by: i64) {
        self.off_by.store(off_by, Ordering::Relaxed);
    }

    pub fn id_bytes(&self) -> [u8; 12] {
        self.random
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .bytes()
    }
}

impl Environment for Surroundings {
    fn now(&self) -> Millis {
        let skipped = self
            .skipped
            .as_ref()
            .map_or(0, |skipped| skipped.load(Ordering::Relaxed));
        let passed = self.began.elapsed().as_millis() as i64 + skipped;
        BEGINNING + passed + self.off_by.load(Ordering::Relaxed)
    }

    async fn sleep(&self, duration: Duration) {
        match &self.skipped {
            None => tokio::time::sleep(duration).await,
            Some(skipped) => {
                skipped.fetch_add(duration.as_millis() as i64, Ordering::Relaxed);
                tokio::task::yield_now().await;
            }
        }
    }

    fn random(&self) -> u64 {
        self.random
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .number()
    }
}

/// How a device reaches its server.
#[derive(Clone)]
pub enum Reach {
    Model(Line),
    /// A real server, through real sockets.
    Network(Client, Remote),
}

pub struct Device {
    pub name: &'static str,
    pub surroundings: Surroundings,
    pub reach: Reach,
    pub backoff: RefCell<Backoff>,
    /// Documents that a person is told could not be taken in.
    pub unreadable: RefCell<BTreeSet<String>>,
    /// The server has not been put back since the last good round.
    pub knows_the_server: Cell<bool>,
    home: PathBuf,
    how: Simulated,
    open: RefCell<Option<Open>>,
}

/// What a start of the program makes and its end takes away.
#[derive(Clone)]
pub struct Open {
    pub store: Store,
    pub replication: Arc<Replication<Surroundings>>,
}

pub fn remote_id() -> RemoteId {
    RemoteId("couchdb:sim".into())
}

/// A database for `user`, whose password is [`CANARY`].
///
/// # Panics
/// When `server` is no address.
pub fn remote_at(server: &str, database: &str, user: &str) -> Remote {
    let url = RemoteUrl {
        server: Pasted::parse(server).expect("a plain address").server,
        database: database.into(),
        user: Some(user.into()),
        by_token: false,
    };
    Remote {
        url,
        password: Some(Arc::new(Password::new(CANARY))),
    }
}

impl Device {
    /// A new installation in `home`, which is a copy of `template` if that is a folder.
    pub fn install(
        name: &'static str,
        template: &Path,
        home: PathBuf,
        how: Simulated,
        surroundings: Surroundings,
        reach: Reach,
    ) -> Self {
        copy_folder(template, &home);
        Self {
            name,
            surroundings,
            reach,
            backoff: RefCell::default(),
            unreadable: RefCell::default(),
            knows_the_server: Cell::new(true),
            home,
            how,
            open: RefCell::new(None),
        }
    }

    /// The program, started if it is not running.
    ///
    /// # Panics
    /// When the store does not open: what was acknowledged would be out of reach.
    pub fn open(&self) -> Open {
        let mut open = self.open.borrow_mut();
        open.get_or_insert_with(|| {
            let clock = self.surroundings.clone();
            let options = Options {
                clock: Arc::new(move || clock.now()),
            };
            let store = Store::simulated(&self.home, options, self.how).expect("the store opens");
            let (client, remote) = match &self.reach {
                Reach::Model(line) => (
                    Client::over(Arc::new(line.clone()), Deadlines::default()),
                    remote_at("http://couch.test:5984", "notes", "anna"),
                ),
                Reach::Network(client, remote) => (client.clone(), remote.clone()),
            };
            let replication = Replication::new(
                client,
                remote,
                remote_id(),
                self.name,
                self.surroundings.clone(),
            );
            Open {
                store,
                replication: Arc::new(replication),
            }
        })
        .clone()
    }

    pub fn store(&self) -> Store {
        self.open().store
    }

    /// The program ends, whatever it was doing.
    pub fn close(&self) {
        *self.open.borrow_mut() = None;
        crate::client::wait_for_starts();
        *self.backoff.borrow_mut() = Backoff::default();
        if let Reach::Model(line) = &self.reach {
            line.forget();
        }
    }

    pub fn keep_copy(&self) {
        self.close();
        copy_folder(&self.home, &self.kept());
    }

    pub fn has_copy(&self) -> bool {
        self.kept().exists()
    }

    pub fn restore_copy(&self) {
        self.close();
        // Tests' own folders below a temporary one.
        fs::remove_dir_all(&self.home).expect("the device's folder goes");
        copy_folder(&self.kept(), &self.home);
    }

    pub fn home(&self) -> &Path {
        &self.home
    }

    fn kept(&self) -> PathBuf {
        self.home.with_extension("kept")
    }
}

impl Desk for Device {
    fn name(&self) -> &'static str {
        self.name
    }

    fn store(&self) -> Store {
        Device::store(self)
    }

    fn surroundings(&self) -> &Surroundings {
        &self.surroundings
    }
}

pub fn copy_folder(from: &Path, to: &Path) {
    if to.exists() {
        fs::remove_dir_all(to).expect("an older copy goes");
    }
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder to copy") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("its type").is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a file is copied");
        }
    }
}
