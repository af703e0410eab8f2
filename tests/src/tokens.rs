//! Tokens (RFC 7519, HS256), and a gate that lets nobody in without one: what CouchDB's own handler does, for servers
//! that have none.

use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::listeners::OpenPort;
use crate::proxy::read_request;
use crate::{Couch, say};

/// Seconds since 1970.
pub fn now() -> u64 {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

/// Whoever has the key makes tokens.
#[derive(Clone)]
pub struct Tokens {
    key: Vec<u8>,
    /// The name of the key at the server.
    kid: String,
}

impl Tokens {
    pub fn new(key: &[u8]) -> Self {
        Self {
            key: key.to_vec(),
            kid: "sheaf-tests".to_owned(),
        }
    }

    /// The key of a real CouchDB that reads tokens. `None`, and said so, where its handler is not on: that takes a
    /// restart with `jwt_authentication_handler` among its `authentication_handlers`.
    pub fn of(server: &Couch) -> Option<Self> {
        let session = server.http().get("/_session").success();
        let handlers = session["info"]["authentication_handlers"].as_array();
        if !handlers.is_some_and(|handlers| handlers.iter().any(|name| name == "jwt")) {
            say("skipped: tokens at the real CouchDB (its jwt_authentication_handler is not on)");
            return None;
        }
        let tokens = Self::new(b"thirty-two bytes for these tests");
        let path = format!("/_node/_local/_config/jwt_keys/hmac:{}", tokens.kid);
        let key = json!(STANDARD.encode(&tokens.key));
        server.http().put(&path, &key).success();
        Some(tokens)
    }

    /// For `user`, an administrator, until `expires` (seconds since 1970).
    pub fn make(&self, user: &str, expires: u64) -> String {
        self.make_with(user, expires, &[])
    }

    /// The same with more claims.
    pub fn make_with(&self, user: &str, expires: u64, more: &[(&str, Value)]) -> String {
        let header = json!({ "alg": "HS256", "typ": "JWT", "kid": self.kid });
        let mut claims = json!({ "sub": user, "exp": expires, "_couchdb.roles": ["_admin"] });
        for (name, value) in more {
            claims[*name] = value.clone();
        }
        let [header, claims] =
            [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string().as_bytes()));
        let signed = format!("{header}.{claims}");
        let mac = self.sign(signed.as_bytes()).finalize().into_bytes();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac))
    }

    fn sign(&self, bytes: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes any key");
        mac.update(bytes);
        mac
    }

    /// The claims of a token that is signed with this key, or CouchDB's words against it.
    fn check(&self, token: &str) -> Result<Value, (u16, &'static str)> {
        const MALFORMED: (u16, &str) = (400, "Malformed token");
        let (signed, signature) = token.rsplit_once('.').ok_or(MALFORMED)?;
        let claims = signed.split_once('.').ok_or(MALFORMED)?.1;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| MALFORMED)?;
        self.sign(signed.as_bytes())
            .verify_slice(&signature)
            .map_err(|_| (400, "Bad HMAC"))?;
        let claims = URL_SAFE_NO_PAD.decode(claims).map_err(|_| MALFORMED)?;
        serde_json::from_slice(&claims).map_err(|_| MALFORMED)
    }
}

struct Shared {
    upstream: String,
    /// How the gate signs in behind itself.
    basic: String,
    tokens: Tokens,
    /// Seconds since 1970 by the gate's own clock.
    clock: AtomicU64,
    /// So many more requests until every token has expired.
    patience: AtomicU64,
    /// Whose tokens alone are good, where that is asked.
    issuer: Mutex<Option<String>>,
    /// Refuses as RFC 6750 (section 3.1) has it, in place of CouchDB's words.
    speaks_bearer: AtomicBool,
    refused: Mutex<Vec<String>>,
}

/// Lets whoever has a good token in as the server's administrator. Closed when dropped.
pub struct TokenGate {
    /// `127.0.0.1:49152`
    pub authority: String,
    shared: Arc<Shared>,
    _port: OpenPort,
}

impl TokenGate {
    pub fn before(server: &Couch, tokens: &Tokens) -> Self {
        let credentials = format!("{}:{}", server.admin, server.password);
        let shared = Arc::new(Shared {
            upstream: server.authority.clone(),
            basic: format!("Basic {}", STANDARD.encode(credentials)),
            tokens: tokens.clone(),
            clock: AtomicU64::new(now()),
            patience: AtomicU64::new(u64::MAX),
            issuer: Mutex::default(),
            speaks_bearer: AtomicBool::new(false),
            refused: Mutex::default(),
        });
        let serving = Arc::clone(&shared);
        let port = OpenPort::serving(move |client| serve(client, &serving));
        Self {
            authority: port.authority.clone(),
            shared,
            _port: port,
        }
    }

    /// After so many more requests every token is too old.
    pub fn expire_after(&self, requests: u64) {
        self.shared.patience.store(requests, Ordering::SeqCst);
    }

    /// Tokens are good again.
    pub fn renew(&self) {
        self.expire_after(u64::MAX);
    }

    /// Only tokens of this issuer are good from now on, as with `required_claims` of CouchDB's `jwt_auth`.
    pub fn asks_for_issuer(&self, issuer: &str) {
        let mut asked = self.shared.issuer.lock();
        **asked.as_mut().unwrap_or_else(|error| error.get_mut()) = Some(issuer.to_owned());
    }

    /// Refuses as gateways do (RFC 6750, section 3.1) from now on, and not in CouchDB's words.
    pub fn speak_bearer(&self) {
        self.shared.speaks_bearer.store(true, Ordering::SeqCst);
    }

    /// Why somebody was not let in since the last look.
    pub fn take_refused(&self) -> Vec<String> {
        let mut refused = self.shared.refused.lock();
        std::mem::take(refused.as_mut().unwrap_or_else(|error| error.get_mut()))
    }
}

impl Shared {
    /// A good token's request goes on; nobody's does too, to be treated as a stranger's.
    fn admit(&self, bytes: &[u8]) -> Result<Vec<u8>, (u16, String)> {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let (head, body) = bytes.split_at(end.unwrap_or(bytes.len()));
        let head = String::from_utf8_lossy(head);
        let is_authorization = |line: &str| line.to_ascii_lowercase().starts_with("authorization:");
        let Some(line) = head.lines().find(|line| is_authorization(line)) else {
            return Ok(bytes.to_vec());
        };
        let token = line.split_once(':').map_or("", |(_, value)| value.trim());
        let claims = token
            .strip_prefix("Bearer ")
            .ok_or((400, "Malformed token"))
            .and_then(|token| self.tokens.check(token))
            .map_err(|(status, words)| (status, words.to_owned()))?;
        let spent = self
            .patience
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                left.checked_sub(1)
            })
            .is_err();
        let now = self.clock.load(Ordering::SeqCst);
        if spent || claims["exp"].as_u64().unwrap_or(0) <= now {
            return Err((401, "exp not in future".to_owned()));
        }
        if claims["nbf"].as_u64().is_some_and(|begin| begin > now) {
            return Err((401, "nbf not in past".to_owned()));
        }
        let issuer = self.issuer.lock().unwrap_or_else(PoisonError::into_inner);
        match issuer.as_deref() {
            Some(_) if claims["iss"].is_null() => {
                return Err((400, "Missing iss claim".to_owned()));
            }
            Some(issuer) if claims["iss"] != issuer => {
                return Err((400, "Invalid iss claim".to_owned()));
            }
            _ => {}
        }
        drop(issuer);
        let admitted = head.replace(line, &format!("authorization: {}", self.basic));
        let mut whole = admitted.into_bytes();
        whole.extend_from_slice(body);
        Ok(whole)
    }
}

fn serve(mut client: TcpStream, shared: &Shared) -> std::io::Result<()> {
    client.set_nodelay(true)?;
    let Some((_, bytes)) = read_request(&mut client)? else {
        return Ok(());
    };
    match shared.admit(&bytes) {
        Ok(bytes) => {
            let mut server = TcpStream::connect(&shared.upstream)?;
            server.write_all(&bytes)?;
            std::io::copy(&mut server, &mut client)?;
        }
        Err((_, reason)) if shared.speaks_bearer.load(Ordering::SeqCst) => {
            let words = if reason.starts_with("exp") {
                "The token expired"
            } else {
                "The token is not valid"
            };
            let head = format!(
                "HTTP/1.1 401 Unauthorized\r\nserver: gateway\r\nwww-authenticate: Bearer error=\"invalid_token\", error_description=\"{words}\"\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
            );
            client.write_all(head.as_bytes())?;
        }
        Err((status, reason)) => {
            let error = if status == 401 {
                "unauthorized"
            } else {
                "bad_request"
            };
            let body = json!({ "error": error, "reason": reason }).to_string();
            let mut refused = shared
                .refused
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            refused.push(reason);
            drop(refused);
            let head = format!(
                "HTTP/1.1 {status} Refused\r\nserver: CouchDB/3.5.0 (Erlang OTP/25)\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            client.write_all(head.as_bytes())?;
            client.write_all(body.as_bytes())?;
        }
    }
    client.shutdown(Shutdown::Both)
}
