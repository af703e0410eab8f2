//! The server without a socket, on either storage, with a clock that the tests own.

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header},
};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use sheaf_protocol::Micros;
use sheaf_server::{
    app::App,
    config::{Database, Limits, Registration, Settings},
    edge::Edge,
    routes::router,
    storage::{Storage, postgres::Postgres, sqlite::Sqlite},
};
use tower::ServiceExt as _;

use crate::postgres::Cluster;

#[derive(Debug, Clone, Copy)]
pub enum Kind {
    Sqlite,
    Postgres,
}

enum Kept {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// Makes each named function a test per storage. Those on PostgreSQL pass without doing anything where it is not
/// installed, and say so.
#[macro_export]
macro_rules! on_both_storages {
    ($($test:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test] async fn $test() { super::$test($crate::server::Kind::Sqlite).await; })+
        }
        mod on_postgres {
            $(#[tokio::test] async fn $test() {
                if $crate::postgres::Cluster::shared().is_some() {
                    super::$test($crate::server::Kind::Postgres).await;
                }
            })+
        }
    };
}

pub const SECOND: i64 = 1_000_000;

pub struct Server {
    pub router: Router,
    clock: Arc<AtomicI64>,
    storage: Kept,
    _dir: tempfile::TempDir,
}

pub struct Answer {
    pub status: StatusCode,
    pub body: Value,
    pub retry_after: Option<String>,
}

impl Server {
    pub async fn new(on: Kind, registration: Registration) -> Self {
        Self::with(on, registration, Limits::default()).await
    }

    pub async fn with(on: Kind, registration: Registration, limits: Limits) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(AtomicI64::new(1_700_000_000 * SECOND));
        let counter = AtomicU64::new(1);
        let now = Arc::clone(&clock);
        let edge = Edge {
            now: Arc::new(move || Micros(now.load(Ordering::SeqCst))),
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
            limits,
            trusted_proxies: 1,
            ..Settings::default()
        };
        let (router, storage) = match on {
            Kind::Sqlite => {
                let storage = Sqlite::open(&dir.path().join("server.db")).unwrap();
                let app = App::new(storage.clone(), edge, settings).await.unwrap();
                (router(app), Kept::Sqlite(storage))
            }
            Kind::Postgres => {
                let cluster = Cluster::shared().expect("looked for before the test began");
                let Database::Postgres(at) = cluster.database().parse().unwrap() else {
                    panic!("the cluster gives addresses of PostgreSQL");
                };
                let storage = Postgres::open(&at).await.unwrap();
                let app = App::new(storage.clone(), edge, settings).await.unwrap();
                (router(app), Kept::Postgres(storage))
            }
        };
        Self {
            router,
            clock,
            storage,
            _dir: dir,
        }
    }

    pub async fn invite(&self, email: &str) {
        match &self.storage {
            Kept::Sqlite(storage) => storage.put_invite(email).await.unwrap(),
            Kept::Postgres(storage) => storage.put_invite(email).await.unwrap(),
        }
    }

    pub async fn disable(&self, email: &str) {
        async fn disable(storage: &impl Storage, email: &str) {
            let user = storage.user_by_email(email).await.unwrap().unwrap();
            storage.set_disabled(&user.id, true).await.unwrap();
        }
        match &self.storage {
            Kept::Sqlite(storage) => disable(storage, email).await,
            Kept::Postgres(storage) => disable(storage, email).await,
        }
    }

    pub fn pass(&self, micros: i64) {
        self.clock.fetch_add(micros, Ordering::SeqCst);
    }

    pub async fn send(&self, method: &str, path: &str, token: Option<&str>, body: Value) -> Answer {
        self.send_from("192.0.2.1", method, path, token, body).await
    }

    pub async fn send_from(
        &self,
        address: &str,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: Value,
    ) -> Answer {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        self.carry(address, method, path, token, body.as_bytes())
            .await
    }

    pub async fn send_bytes(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: &[u8],
    ) -> Answer {
        self.carry("192.0.2.1", method, path, token, body).await
    }

    async fn carry(
        &self,
        address: &str,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: &[u8],
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("x-forwarded-for", address)
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let request = request.body(Body::from(body.to_vec())).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let (parts, body) = response.into_parts();
        let retry_after = parts
            .headers
            .get(header::RETRY_AFTER)
            .map(|v| v.to_str().unwrap().to_owned());
        // A stream of events does not end.
        let endless = parts
            .headers
            .get(header::CONTENT_TYPE)
            .is_some_and(|media| media == "text/event-stream");
        let body = if endless {
            Value::Null
        } else {
            let bytes = body.collect().await.unwrap().to_bytes();
            serde_json::from_slice(&bytes).unwrap_or(Value::Null)
        };
        Answer {
            status,
            body,
            retry_after,
        }
    }

    pub async fn register(&self, email: &str) -> String {
        let answer = self.send("POST", "/auth", None, registration(email)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body["token"].as_str().unwrap().to_owned()
    }

    pub async fn sign_in(&self, email: &str, password: &str) -> Answer {
        self.send(
            "POST",
            "/auth/sign_in",
            None,
            json!({"email": email, "password": password}),
        )
        .await
    }
}

pub fn registration(email: &str) -> Value {
    json!({"email": email, "password": "pw", "pw_nonce": "n", "pw_cost": 110_000, "version": "003"})
}

pub fn note(n: u32, content: &str) -> Value {
    json!({"uuid": format!("00000000-0000-4000-8000-{n:012x}"), "content_type": "Note",
           "content": content, "enc_item_key": "k"})
}

/// `base64url(hex(SHA-256("verifier")))`, as the newer client computes it.
pub const VERIFIER: &str = "verifier";
pub fn challenge() -> String {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    use sha2::{Digest as _, Sha256};
    URL_SAFE_NO_PAD.encode(format!("{:x}", Sha256::digest(VERIFIER)))
}

pub async fn newer_sign_in(server: &Server, email: &str) -> Answer {
    let begun = json!({"email": email, "code_challenge": challenge(), "api": "20200115"});
    let params = server.send("POST", "/v2/login-params", None, begun).await;
    assert_eq!(params.status, StatusCode::OK);
    let body =
        json!({"email": email, "password": "pw", "code_verifier": VERIFIER, "api": "20200115"});
    server.send("POST", "/v2/login", None, body).await
}
