//! One installation with an account: the real store, the real client, a keyring, and a clock of its own.

use std::{
    cell::RefCell,
    convert::Infallible,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use sheaf_hosted::{
    Credentials, HostedError, Options as Taking, Password, Proof, Replication, Service, SignIn,
    Vault, remote_id,
};
use sheaf_net::{Client, Deadlines};
use sheaf_store::{Options, Simulated, Store};
use sheaf_sync::{Backoff, RemoteId};
use zeroize::Zeroizing;

use super::line::Line;
pub(super) use crate::world::device::Surroundings;
use crate::{desk::Desk, world::device::copy_folder};

pub(super) const EMAIL: &str = "anna@example.org";
pub(super) const ADDRESS: &str = "http://sheaf.test";

/// Keeps a secret as long as the device exists.
#[derive(Debug, Clone, Default)]
pub(super) struct Keyring(Arc<Mutex<String>>);

impl Keyring {
    pub(super) fn put(&self, secret: &str) {
        secret.clone_into(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// # Panics
    /// When what was kept is not a secret of ours.
    pub(super) fn credentials(&self) -> Credentials {
        let secret = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Credentials::parse(&secret).expect("what was kept is found again")
    }
}

impl Vault for Keyring {
    type Error = Infallible;

    async fn keep(&self, secret: Zeroizing<String>) -> Result<(), Infallible> {
        self.put(&secret);
        Ok(())
    }
}

pub(super) struct Device {
    pub(super) name: &'static str,
    pub(super) surroundings: Surroundings,
    pub(super) line: Line,
    pub(super) backoff: RefCell<Backoff>,
    pub(super) keyring: Keyring,
    home: PathBuf,
    how: Simulated,
    pad: bool,
    open: RefCell<Option<Open>>,
}

/// What a start of the program makes and its end takes away.
#[derive(Clone)]
pub(super) struct Open {
    pub(super) store: Store,
    pub(super) talk: Arc<Replication<Surroundings, Keyring>>,
}

pub(super) fn service(line: &Line) -> Service {
    let client = Client::over(Arc::new(line.clone()), Deadlines::default());
    let server = sheaf_net::Server::parse(ADDRESS).expect("a plain address");
    Service::new(client, server)
}

pub(super) fn remote() -> RemoteId {
    let server = sheaf_net::Server::parse(ADDRESS).expect("a plain address");
    remote_id(&server, EMAIL)
}

/// Into the account, with its password.
pub(super) async fn sign_in(
    line: &Line,
    surroundings: &Surroundings,
    password: &str,
) -> Result<Credentials, HostedError> {
    let password = Password::new(password.to_owned());
    let request = SignIn {
        email: EMAIL,
        proof: Proof::Password(&password),
        floor: None,
        allow_older: false,
    };
    service(line).sign_in(request, surroundings).await
}

pub(super) struct Setup<'a> {
    pub(super) name: &'static str,
    pub(super) template: &'a Path,
    pub(super) home: PathBuf,
    pub(super) documents_per_slice: u32,
    pub(super) pad: bool,
    pub(super) secret: &'a str,
}

impl Device {
    /// A new installation, signed in.
    pub(super) fn install(setup: Setup<'_>, surroundings: Surroundings, line: Line) -> Self {
        copy_folder(setup.template, &setup.home);
        let keyring = Keyring::default();
        keyring.put(setup.secret);
        Self {
            name: setup.name,
            surroundings,
            line,
            backoff: RefCell::default(),
            keyring,
            home: setup.home,
            how: Simulated {
                documents_per_slice: setup.documents_per_slice,
            },
            pad: setup.pad,
            open: RefCell::new(None),
        }
    }

    /// The program, started if it is not running.
    ///
    /// # Panics
    /// When the store does not open: what was acknowledged would be out of reach.
    pub(super) fn open(&self) -> Open {
        let mut open = self.open.borrow_mut();
        open.get_or_insert_with(|| {
            let clock = self.surroundings.clone();
            let options = Options {
                clock: Arc::new(move || sheaf_sync::Environment::now(&clock)),
            };
            let store = Store::simulated(&self.home, options, self.how).expect("the store opens");
            Open {
                store,
                talk: self.talk(),
            }
        })
        .clone()
    }

    fn talk(&self) -> Arc<Replication<Surroundings, Keyring>> {
        let taking = Taking {
            device: self.name.to_owned(),
            cores: 1,
            pad: self.pad,
        };
        Arc::new(Replication::new(
            service(&self.line),
            self.keyring.credentials(),
            self.keyring.clone(),
            taking,
            self.surroundings.clone(),
        ))
    }

    pub(super) fn store(&self) -> Store {
        self.open().store
    }

    /// Another session of the same account.
    pub(super) fn enter(&self, credentials: &Credentials) {
        self.keyring.put(&credentials.to_secret());
        let talk = self.talk();
        if let Some(open) = self.open.borrow_mut().as_mut() {
            open.talk = talk;
        }
        *self.backoff.borrow_mut() = Backoff::default();
    }

    /// Another program may have the files now.
    pub(super) fn close(&self) {
        *self.open.borrow_mut() = None;
        crate::client::wait_for_starts();
    }

    pub(super) fn home(&self) -> &Path {
        &self.home
    }

    /// The program ends, whatever it was doing.
    pub(super) fn restart(&self) {
        self.close();
        *self.backoff.borrow_mut() = Backoff::default();
        self.open();
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
