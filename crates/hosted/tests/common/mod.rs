//! What the suites of this folder share: the real server behind a door that can listen in and
//! lie, devices with an account, and documents to fill them with.

#![allow(dead_code, reason = "each suite uses its part of it")]

use std::{
    convert::Infallible,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse as _, Response},
};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use sheaf_hosted::{
    Credentials, HostedError, Options, Password, Progress, Proof, Registered, Replication, Round,
    Service, SignIn, Vault,
};
use sheaf_model::{Body as Document, DocId, Millis};
use sheaf_net::{Client, Server};
use sheaf_protocol::Micros;
use sheaf_server::{
    app::App,
    config::{Registration, Settings},
    edge::Edge,
    listen,
    routes::router,
    storage::sqlite::Sqlite,
};
use sheaf_sync::{Environment, Policy, memory::MemoryReplica};
use tokio::sync::watch;
use zeroize::Zeroizing;

pub(crate) const EMAIL: &str = "anna@example.org";
const START: Millis = 1_700_000_000_000;

/// A clock and randomness that are the same in every run. Waiting is real.
#[derive(Debug, Clone)]
pub(crate) struct Counting {
    pub(crate) now: Arc<AtomicI64>,
    next: Arc<AtomicU64>,
}

impl Counting {
    pub(crate) fn seeded(name: &str, now: Arc<AtomicI64>) -> Self {
        let seed = name
            .bytes()
            .fold(7, |seed: u64, byte| seed.wrapping_mul(31) + u64::from(byte));
        Self {
            now,
            next: Arc::new(AtomicU64::new(seed)),
        }
    }
}

impl Environment for Counting {
    fn now(&self) -> Millis {
        self.now.fetch_add(1, Ordering::Relaxed)
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    fn random(&self) -> u64 {
        // splitmix64 over a counter
        let mut z = self
            .next
            .fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// What the door does with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    Open,
    /// The connection ends before the server has heard anything.
    ShutBefore,
    /// The server has done it, and nobody hears the answer.
    ShutAfter,
}

type Bouncer = dyn Fn(&str) -> Door + Send + Sync;
type Liar = dyn Fn(&str, &mut Value) + Send + Sync;

#[derive(Default)]
struct Between {
    /// Everything that was sent to the server.
    heard: Mutex<Vec<u8>>,
    bouncer: Mutex<Option<Box<Bouncer>>>,
    liar: Mutex<Option<Box<Liar>>>,
}

/// The real server on a free port of this computer.
pub(crate) struct TestServer {
    pub(crate) server: Server,
    pub(crate) now: Arc<AtomicI64>,
    between: Arc<Between>,
    dir: tempfile::TempDir,
    _stop: watch::Sender<bool>,
}

impl TestServer {
    pub(crate) async fn start() -> Self {
        Self::with(Registration::Open).await
    }

    pub(crate) async fn with(registration: Registration) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let storage = Sqlite::open(&dir.path().join("server.db")).unwrap();
        let now = Arc::new(AtomicI64::new(START));
        let (clock, counter) = (now.clone(), AtomicU64::new(1));
        let ticks = AtomicI64::new(0);
        let edge = Edge {
            now: Arc::new(move || {
                let tick = ticks.fetch_add(1, Ordering::Relaxed);
                Micros(clock.load(Ordering::Relaxed) * 1000 + tick)
            }),
            // Distinct, and the same in every run.
            random: Arc::new(move |bytes| {
                for chunk in bytes.chunks_mut(8) {
                    let next = counter
                        .fetch_add(1, Ordering::SeqCst)
                        .wrapping_mul(0x9e37_79b9_7f4a_7c15);
                    chunk.copy_from_slice(&next.to_le_bytes()[..chunk.len()]);
                }
            }),
        };
        let settings = Settings {
            registration,
            ..Settings::default()
        };
        let app = App::new(storage, edge, settings).await.unwrap();
        let between = Arc::new(Between::default());
        let router: Router = router(app).layer(from_fn_with_state(between.clone(), door));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        tokio::spawn(listen::serve(listener, None, router, stopped));
        Self {
            server: Server::parse(&format!("http://{address}")).unwrap(),
            now,
            between,
            dir,
            _stop: stop,
        }
    }

    pub(crate) fn service(&self) -> Service {
        let client = Client::new(&sheaf_net::Options::default()).unwrap();
        Service::new(client, self.server.clone())
    }

    /// Everything the server was ever told, and everything it has written to its disk.
    pub(crate) fn everything_it_knows(&self) -> Vec<u8> {
        let mut all = self.between.heard.lock().unwrap().clone();
        for file in std::fs::read_dir(self.dir.path()).unwrap() {
            all.extend(std::fs::read(file.unwrap().path()).unwrap());
        }
        all
    }

    /// From now on `bouncer` decides about each request by its method and path.
    pub(crate) fn guard(&self, bouncer: impl Fn(&str) -> Door + Send + Sync + 'static) {
        *self.between.bouncer.lock().unwrap() = Some(Box::new(bouncer));
    }

    pub(crate) fn unguard(&self) {
        *self.between.bouncer.lock().unwrap() = None;
    }

    /// From now on answers say what `liar` makes of them.
    pub(crate) fn lie(&self, liar: impl Fn(&str, &mut Value) + Send + Sync + 'static) {
        *self.between.liar.lock().unwrap() = Some(Box::new(liar));
    }

    pub(crate) fn be_honest(&self) {
        *self.between.liar.lock().unwrap() = None;
    }

    pub(crate) fn pass(&self, millis: Millis) {
        self.now.fetch_add(millis, Ordering::Relaxed);
    }

    /// A request beside the replication, as another client would make it.
    pub(crate) async fn raw(&self, path: &str, token: Option<&str>, body: &Value) -> (u16, Value) {
        let client = Client::new(&sheaf_net::Options::default()).unwrap();
        let mut request = client.request(sheaf_net::Method::POST, self.server.url(path.split('/')));
        if let Some(token) = token {
            request = request.bearer(&sheaf_net::Password::new(token));
        }
        let bytes = sheaf_net::Body::Bytes(body.to_string().into());
        let reply = request
            .body("application/json", bytes)
            .send()
            .await
            .unwrap();
        let status = reply.status().as_u16();
        let bytes = reply.bytes(1 << 26).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or_default())
    }
}

async fn door(State(between): State<Arc<Between>>, request: Request, next: Next) -> Response {
    let path = format!("{} {}", request.method(), request.uri().path());
    let (parts, body) = request.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    {
        let mut heard = between.heard.lock().unwrap();
        heard.extend(parts.uri.to_string().into_bytes());
        heard.extend(&bytes);
    }
    let decided = match &*between.bouncer.lock().unwrap() {
        Some(bouncer) => bouncer(&path),
        None => Door::Open,
    };
    if decided == Door::ShutBefore {
        return broken();
    }
    let answer = next
        .run(Request::from_parts(parts, Body::from(bytes)))
        .await;
    if decided == Door::ShutAfter {
        return broken();
    }
    if between.liar.lock().unwrap().is_none() || !is_json(&answer) {
        return answer;
    }
    let (mut head, body) = answer.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let mut value: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    if let Some(liar) = &*between.liar.lock().unwrap() {
        let inner = if value.get("meta").is_some() {
            &mut value["data"]
        } else {
            &mut value
        };
        liar(&path, inner);
    }
    head.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(head, Body::from(value.to_string()))
}

fn is_json(answer: &Response) -> bool {
    answer
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"))
}

/// Nothing a client could take for an answer of the server's.
fn broken() -> Response {
    let cut = futures_util::stream::iter([Err::<Vec<u8>, _>(std::io::Error::other("cut"))]);
    let body = Body::from_stream(cut);
    (
        StatusCode::OK,
        [(header::CONTENT_TYPE, "application/json")],
        body,
    )
        .into_response()
}

/// A keyring that lasts as long as the test.
#[derive(Debug, Clone, Default)]
pub(crate) struct Keyring(Arc<Mutex<Option<String>>>);

impl Keyring {
    pub(crate) fn credentials(&self) -> Option<Credentials> {
        Credentials::parse(self.0.lock().unwrap().as_ref()?)
    }
}

impl Vault for Keyring {
    type Error = Infallible;

    async fn keep(&self, secret: Zeroizing<String>) -> Result<(), Infallible> {
        *self.0.lock().unwrap() = Some(secret.to_string());
        Ok(())
    }
}

/// A device: notes, a keyring and an account.
pub(crate) struct Device {
    pub(crate) name: String,
    pub(crate) replica: MemoryReplica,
    pub(crate) keyring: Keyring,
    pub(crate) talk: Replication<Counting, Keyring>,
}

pub(crate) fn password(text: &str) -> Password {
    Password::new(text.to_owned())
}

impl Device {
    /// Makes the account.
    pub(crate) async fn sign_up(
        name: &str,
        server: &TestServer,
        secret: &str,
    ) -> (Self, Registered) {
        let environment = Counting::seeded(name, server.now.clone());
        let registered = server
            .service()
            .register(EMAIL, &password(secret), &environment)
            .await
            .unwrap();
        let credentials = registered.credentials.clone();
        (
            Self::with(name, server, credentials, MemoryReplica::default()),
            registered,
        )
    }

    pub(crate) async fn sign_in(
        name: &str,
        server: &TestServer,
        secret: &str,
    ) -> Result<Self, HostedError> {
        let credentials = sign_in(name, server, Proof::Password(&password(secret)), false).await?;
        Ok(Self::with(
            name,
            server,
            credentials,
            MemoryReplica::default(),
        ))
    }

    pub(crate) fn with(
        name: &str,
        server: &TestServer,
        credentials: Credentials,
        replica: MemoryReplica,
    ) -> Self {
        let keyring = Keyring::default();
        *keyring.0.lock().unwrap() = Some(credentials.to_secret().to_string());
        Self {
            name: name.to_owned(),
            replica,
            talk: talk(name, server, credentials, &keyring),
            keyring,
        }
    }

    /// The app was ended and started again: what is not in the keyring or with the notes is gone.
    pub(crate) fn restarted(self, server: &TestServer) -> Self {
        let credentials = self.keyring.credentials().unwrap();
        let talk = talk(
            &format!("{}'", self.name),
            server,
            credentials,
            &self.keyring,
        );
        Self { talk, ..self }
    }

    /// The same notes with another session.
    pub(crate) async fn signed_in_again(
        self,
        server: &TestServer,
        secret: &str,
    ) -> Result<Self, HostedError> {
        let name = format!("{}+", self.name);
        let credentials = sign_in(&name, server, Proof::Password(&password(secret)), false).await?;
        Ok(Self::with(&name, server, credentials, self.replica))
    }

    pub(crate) async fn sync(&self) -> Result<Round, HostedError> {
        self.sync_with(Policy::default()).await
    }

    pub(crate) async fn sync_with(&self, policy: Policy) -> Result<Round, HostedError> {
        let quiet = |_: Progress| {};
        self.talk.run_once(&self.replica, policy, &quiet).await
    }

    /// A round that has to work.
    pub(crate) async fn synced(&self) -> Round {
        self.sync()
            .await
            .unwrap_or_else(|error| panic!("{}: {error:?}", self.name))
    }

    pub(crate) fn text(&self, id: &str) -> Option<String> {
        let body = self.replica.body(&doc(id))?;
        Some(body["body"].as_str().unwrap().to_owned())
    }

    pub(crate) fn write(&self, id: &str, text: &str) {
        self.replica.edit(&doc(id), note("Title", text));
    }

    pub(crate) async fn suspicions(&self) -> Vec<(sheaf_hosted::SuspicionKind, String)> {
        let found = self.talk.suspicions(&self.replica).await.unwrap();
        found
            .into_iter()
            .map(|found| (found.kind, found.about))
            .collect()
    }
}

fn talk(
    name: &str,
    server: &TestServer,
    credentials: Credentials,
    keyring: &Keyring,
) -> Replication<Counting, Keyring> {
    let options = Options {
        device: name.trim_end_matches(['\'', '+']).to_owned(),
        cores: 2,
        pad: false,
    };
    let environment = Counting::seeded(name, server.now.clone());
    Replication::new(
        server.service(),
        credentials,
        keyring.clone(),
        options,
        environment,
    )
}

pub(crate) async fn sign_in(
    name: &str,
    server: &TestServer,
    proof: Proof<'_>,
    allow_older: bool,
) -> Result<Credentials, HostedError> {
    let request = SignIn {
        email: EMAIL,
        proof,
        floor: None,
        allow_older,
    };
    let environment = Counting::seeded(&format!("{name}?"), server.now.clone());
    server.service().sign_in(request, &environment).await
}

pub(crate) fn doc(text: &str) -> DocId {
    DocId::parse(text).unwrap()
}

pub(crate) fn note(title: &str, text: &str) -> Document {
    object(json!({
        "doctype": "markdown", "bookId": "book:first", "title": title, "body": text,
        "tags": [], "status": "none", "share": "private", "pinned": false,
        "createdAt": 1, "updatedAt": 2, "numOfTasks": 0, "numOfCheckedTasks": 0,
    }))
}

pub(crate) fn object(value: Value) -> Document {
    match value {
        Value::Object(object) => object,
        other => panic!("not an object: {other}"),
    }
}

pub(crate) fn contains(haystack: &[u8], needle: &str) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle.as_bytes())
}
