//! The real server, without sockets: its routes and its `SQLite` file, on a thread of its own. Who asks stands still until
//! the answer is there, so that no virtual time passes meanwhile.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
        mpsc,
    },
    thread::JoinHandle,
};

use axum::{
    Extension, Router,
    body::{Body, to_bytes},
    extract::{ConnectInfo, Request, State},
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use http_body_util::BodyExt as _;
use sheaf_protocol::Micros;
use sheaf_server::{
    app::App,
    config::{Limits, Lives, Registration, Settings},
    edge::Edge,
    routes::router,
    storage::sqlite::Sqlite,
};
use tower::ServiceExt as _;

/// So long a device may stay away before it has to sign in again.
const REFRESH: &str = "20d";
const ACCESS: &str = "3h";

enum Job {
    Ask(
        Box<http::Request<Bytes>>,
        mpsc::Sender<http::Response<Bytes>>,
    ),
    /// The process ends and another begins on the same file.
    Restart,
}

/// A server in the hands of one world.
pub(super) struct Server {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    now: Arc<AtomicI64>,
}

impl Server {
    /// Starts on the file in `folder`, which may be there already.
    pub(super) fn start(folder: &Path, seed: u64, page_bytes: usize) -> Self {
        let (jobs, queue) = mpsc::channel();
        let now = Arc::new(AtomicI64::new(0));
        let clock = Arc::clone(&now);
        let file = folder.join("server.db");
        let thread = std::thread::spawn(move || serve(&queue, &file, seed, page_bytes, &clock));
        Self {
            jobs: Some(jobs),
            thread: Some(thread),
            now,
        }
    }

    /// Milliseconds, as the server's clock has them.
    pub(super) fn set_now(&self, now: i64) {
        self.now.store(now, Ordering::Relaxed);
    }

    pub(super) fn restart(&self) {
        let _ = self.jobs().send(Job::Restart);
    }

    /// # Panics
    /// When the server has panicked.
    pub(super) fn ask(&self, request: http::Request<Bytes>) -> http::Response<Bytes> {
        let (answer, answered) = mpsc::channel();
        self.jobs()
            .send(Job::Ask(Box::new(request), answer))
            .expect("the server runs");
        answered.recv().expect("the server answers")
    }

    fn jobs(&self) -> &mpsc::Sender<Job> {
        self.jobs.as_ref().expect("the server was not stopped")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The server's routes, for a socket. It answers one after another.
pub(super) fn routes(server: Arc<Server>) -> Router {
    Router::new().fallback(relay).with_state(server)
}

async fn relay(State(server): State<Arc<Server>>, request: Request) -> Response {
    let (mut head, body) = request.into_parts();
    // What was asked of a proxy names the host as well.
    if let Some(target) = head.uri.path_and_query() {
        head.uri = http::Uri::from(target.clone());
    }
    // A client that died in the middle of its body has asked for nothing.
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return http::StatusCode::BAD_REQUEST.into_response();
    };
    server
        .ask(http::Request::from_parts(head, body))
        .map(Body::from)
}

fn serve(
    queue: &mpsc::Receiver<Job>,
    file: &Path,
    seed: u64,
    page_bytes: usize,
    now: &Arc<AtomicI64>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime of one thread");
    let random = Arc::new(AtomicU64::new(seed));
    let file = PathBuf::from(file);
    let mut routes = runtime.block_on(open(&file, &random, page_bytes, now));
    while let Ok(job) = queue.recv() {
        match job {
            Job::Ask(request, answer) => {
                let _ = answer.send(runtime.block_on(exchange(&routes, *request)));
            }
            Job::Restart => {
                drop(routes);
                routes = runtime.block_on(open(&file, &random, page_bytes, now));
            }
        }
    }
}

async fn open(
    file: &Path,
    random: &Arc<AtomicU64>,
    page_bytes: usize,
    now: &Arc<AtomicI64>,
) -> Router {
    let storage = Sqlite::open(file).expect("the server's file opens");
    let (clock, random) = (Arc::clone(now), Arc::clone(random));
    let edge = Edge {
        now: Arc::new(move || Micros(clock.load(Ordering::Relaxed) * 1000)),
        // Distinct, and the same in every run.
        random: Arc::new(move |bytes| {
            for chunk in bytes.chunks_mut(8) {
                let next = random
                    .fetch_add(1, Ordering::Relaxed)
                    .wrapping_mul(0x9e37_79b9_7f4a_7c15);
                let next = (next ^ (next >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                chunk.copy_from_slice(&next.to_le_bytes()[..chunk.len()]);
            }
        }),
    };
    let life = |text: &str| text.parse().expect("a duration");
    let settings = Settings {
        registration: Registration::Open,
        limits: Limits {
            page_bytes,
            ..Limits::default()
        },
        lives: Lives {
            access: life(ACCESS),
            refresh: life(REFRESH),
            ..Lives::default()
        },
        ..Settings::default()
    };
    let app = App::new(storage, edge, settings)
        .await
        .expect("the server starts");
    let peer: SocketAddr = ([127, 0, 0, 1], 4000).into();
    router(app).layer(Extension(ConnectInfo(peer)))
}

async fn exchange(routes: &Router, request: http::Request<Bytes>) -> http::Response<Bytes> {
    let answer = routes
        .clone()
        .oneshot(request.map(Body::from))
        .await
        .unwrap_or_else(|never| match never {});
    let (head, body) = answer.into_parts();
    let body = body.collect().await.expect("the answer has an end");
    http::Response::from_parts(head, body.to_bytes())
}
