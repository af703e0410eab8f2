//! Servers that speak CouchDB's protocol: two npm peers that always run, and the real one when it is named.

use std::fmt;
use std::io::Write as _;
use std::sync::{Mutex, OnceLock, PoisonError};

use serde_json::Value;

use crate::http::Http;
use crate::program::Program;
use crate::{Database, peers};

/// Names a CouchDB to test against: `http://user:password@host:port`, an administrator of it.
const REAL: &str = "COUCHDB_TEST_URL";

const ADMIN: &str = "adm";
const ADMIN_PASSWORD: &str = "pass";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// express-pouchdb in full mode, in memory.
    ExpressPouchdb,
    /// pouchdb-server as published, on disk.
    PouchdbServer,
    /// express-pouchdb with no more than replication needs: it has no accounts and lets everybody in.
    NoAccounts,
    /// Apache CouchDB, named by `COUCHDB_TEST_URL`.
    Couchdb,
}

/// One server and its administrator.
pub struct Couch {
    pub kind: Kind,
    /// Software and version, as it calls itself.
    pub name: String,
    /// `127.0.0.1:5984`.
    pub authority: String,
    pub admin: String,
    pub password: String,
    http: Http,
    /// Ends with this value; absent for a server that was there before us.
    program: Option<Mutex<Program>>,
}

impl fmt::Debug for Couch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl Couch {
    /// The one server of its kind that the tests of this process share, each with databases of its own. `None` for
    /// a real `CouchDB` that nobody named; what was used or left out is said once.
    pub fn shared(kind: Kind) -> Option<&'static Self> {
        static EXPRESS: OnceLock<Option<Couch>> = OnceLock::new();
        static NO_ACCOUNTS: OnceLock<Option<Couch>> = OnceLock::new();
        static ON_DISK: OnceLock<Option<Couch>> = OnceLock::new();
        static REAL: OnceLock<Option<Couch>> = OnceLock::new();
        let cell = match kind {
            Kind::ExpressPouchdb => &EXPRESS,
            Kind::PouchdbServer => &ON_DISK,
            Kind::NoAccounts => &NO_ACCOUNTS,
            Kind::Couchdb => &REAL,
        };
        cell.get_or_init(|| {
            let server = Self::start(kind);
            match &server {
                Some(server) => say(&format!("runs against {}", server.name)),
                None => say("skipped: the real CouchDB part (COUCHDB_TEST_URL is not set)"),
            }
            server
        })
        .as_ref()
    }

    /// A server of its own, for a test that stops it.
    pub fn start(kind: Kind) -> Option<Self> {
        match kind {
            Kind::ExpressPouchdb => Some(Self::start_peer(kind, "full-couch.mjs")),
            Kind::PouchdbServer => Some(Self::start_peer(kind, "disk-couch.mjs")),
            Kind::NoAccounts => Some(Self::start_peer(kind, "minimum-couch.mjs")),
            Kind::Couchdb => named_server().map(|url| Self::at(&url)),
        }
    }

    fn start_peer(kind: Kind, script: &str) -> Self {
        let mut node = peers::node(script);
        node.args(["--admin", &format!("{ADMIN}:{ADMIN_PASSWORD}")]);
        let mut program = Program::start(script, &mut node);
        let ready: Value =
            serde_json::from_str(&program.line()).expect("a peer's first line is JSON");
        let authority = format!("127.0.0.1:{}", ready["port"]);
        Self {
            kind,
            name: ready["name"].as_str().unwrap_or(script).to_owned(),
            http: Http::new(&format!("http://{authority}")).signed_in(ADMIN, ADMIN_PASSWORD),
            authority,
            admin: ADMIN.to_owned(),
            password: ADMIN_PASSWORD.to_owned(),
            program: Some(Mutex::new(program)),
        }
    }

    fn at(url: &str) -> Self {
        let rest = url
            .strip_prefix("http://")
            .expect("COUCHDB_TEST_URL begins with http://");
        let (credentials, authority) = rest
            .split_once('@')
            .expect("COUCHDB_TEST_URL carries an administrator: http://user:password@host:port");
        let (admin, password) = credentials
            .split_once(':')
            .expect("COUCHDB_TEST_URL carries a password");
        let authority = authority.trim_end_matches('/').to_owned();
        let http = Http::new(&format!("http://{authority}")).signed_in(admin, password);
        let welcome = http.get("/").success();
        let version = welcome["version"].as_str().unwrap_or("of unknown version");
        Self {
            kind: Kind::Couchdb,
            name: format!("Apache CouchDB {version} at {authority}"),
            http,
            authority,
            admin: admin.to_owned(),
            password: password.to_owned(),
            program: None,
        }
    }

    /// As its administrator.
    pub fn http(&self) -> &Http {
        &self.http
    }

    /// A new empty database with a name of its own, gone when dropped.
    pub fn database(&'static self) -> Database {
        Database::create(self, "")
    }

    /// The same, in a folder: its name has a slash.
    pub fn database_in(&'static self, folder: &str) -> Database {
        Database::create(self, &format!("{folder}/"))
    }

    /// Ends a server that was started here as a power cut would.
    pub fn kill(&self) {
        let program = self
            .program
            .as_ref()
            .expect("only a server started here is stopped");
        program
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .kill();
    }
}

fn named_server() -> Option<String> {
    std::env::var(REAL).ok()
}

/// Past the test harness, which keeps the output of tests that pass to itself.
pub fn say(line: &str) {
    // Nobody to tell is no reason to fail.
    let _ = writeln!(std::io::stderr(), "    {line}");
}
