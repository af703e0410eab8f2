//! What is being looked at, and what the checks have found out so far and tell each other.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use sheaf_model::Millis;
use sheaf_net::{Client, Deadlines, Method, Password, Request, Server, header::ACCEPT};
use sheaf_protocol::ClientVersion;

use crate::Patience;

/// What kind of server is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Couchdb,
    /// A `sheaf-server`, or another that speaks the Standard Notes protocol.
    Hosted,
}

#[derive(Clone)]
pub struct Target {
    pub kind: Kind,
    pub server: Server,
    /// Empty on a hosted server.
    pub database: String,
    pub user: Option<String>,
    /// Signed in with a token in place of a name and a password.
    pub by_token: bool,
}

/// What the person wants to have checked.
#[derive(Clone)]
pub enum Subject {
    Target(Target),
    /// Sync is off and nothing was typed.
    Nothing,
    /// What was typed is no address; why.
    Unreadable(String),
    /// A server without the name of a database.
    NoDatabase(Server),
}

/// What the person agreed to for this remote. What is allowed for is not complained about again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tuning {
    /// Send no more than so many bytes at once.
    pub batch_bytes: Option<u64>,
    /// Ask for changes every so many seconds instead of listening.
    pub ask_every: Option<u32>,
}

/// What one check leaves for the ones that need it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    /// Through which proxy (`host:port`), if any.
    pub(crate) proxy: Option<String>,
    pub(crate) addresses: Vec<IpAddr>,
    /// Where a connection was made.
    pub(crate) open: Vec<SocketAddr>,
    /// Where none was.
    pub(crate) closed: Vec<SocketAddr>,
    /// As the server calls itself: `CouchDB 3.4.2`.
    pub(crate) server: Option<String>,
    pub(crate) version: Option<String>,
    /// What stands in front, by its `Server` or `Via` header.
    pub(crate) via: Option<String>,
    /// Milliseconds since 1970 by the server's clock, and by ours at the same moment.
    pub(crate) times: Option<(Millis, Millis)>,
    /// The least version of Sheaf that the server works with.
    pub(crate) least_client: Option<ClientVersion>,
    pub(crate) is_admin: bool,
    pub(crate) documents: u64,
}

/// One run.
pub struct Context {
    pub subject: Subject,
    pub client: Client,
    pub patience: Patience,
    pub tuning: Tuning,
    now: Arc<dyn Fn() -> Millis + Send + Sync>,
    known: Mutex<Known>,
    password: Mutex<Option<Arc<Password>>>,
}

impl Context {
    /// `client` is set up as sync's is; `now` is the wall clock.
    pub fn new(
        subject: Subject,
        client: Client,
        patience: Patience,
        tuning: Tuning,
        now: Arc<dyn Fn() -> Millis + Send + Sync>,
    ) -> Self {
        Self {
            subject,
            client,
            patience,
            tuning,
            now,
            known: Mutex::default(),
            password: Mutex::default(),
        }
    }

    /// From now on requests that are signed in carry this password.
    pub fn sign_in_with(&self, password: Arc<Password>) {
        *self.password.lock().unwrap_or_else(PoisonError::into_inner) = Some(password);
    }

    pub fn password(&self) -> Option<Arc<Password>> {
        self.password
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub fn target(&self) -> Option<&Target> {
        match &self.subject {
            Subject::Target(target) => Some(target),
            Subject::Nothing | Subject::Unreadable(_) | Subject::NoDatabase(_) => None,
        }
    }

    pub fn now(&self) -> Millis {
        (self.now)()
    }

    pub(crate) fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn deadlines(&self) -> Deadlines {
        Deadlines {
            connect: self.patience.connect,
            first_byte: self.patience.answer,
            idle: self.patience.answer,
        }
    }

    /// A request below the server's root, without name and password.
    pub(crate) fn anonymous(&self, target: &Target, method: Method, path: &[&str]) -> Request {
        let url = target.server.url(path.iter().copied());
        let request = self.client.request(method, url);
        request
            .header(ACCEPT, "application/json")
            .deadlines(self.deadlines())
    }

    /// The same, signed in. Only for what has shown that it is a CouchDB.
    pub(crate) fn signed_in(&self, target: &Target, method: Method, path: &[&str]) -> Request {
        let request = self.anonymous(target, method, path);
        match (&target.user, &self.password()) {
            (_, Some(token)) if target.by_token => request.bearer(token),
            (Some(user), Some(password)) => request.basic(user, password),
            _ => request,
        }
    }

    /// Below the database, signed in.
    pub(crate) fn database(&self, target: &Target, method: Method, path: &[&str]) -> Request {
        let mut whole = vec![target.database.as_str()];
        whole.extend_from_slice(path);
        self.signed_in(target, method, &whole)
    }
}
