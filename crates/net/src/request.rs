//! One request: built, sent, watched until the answer's head is there.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use futures_util::{
    Stream, StreamExt as _,
    stream::{self, BoxStream},
};
use reqwest::{
    Method,
    header::{
        AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION,
    },
};
use tokio::time::{Instant, sleep_until};
use url::Url;
use zeroize::Zeroizing;

use crate::{
    Deadlines, NetClass, NetError, Password, Reply, Stage,
    error::BodySource,
    proxied::{self, Way},
    redact::RedactedUrl,
    transport::{Carrier, Outbound},
};

/// Long bodies go out in pieces of this size, so that a slow line is seen to move.
const PIECE: usize = 64 * 1024;

pub enum Body {
    Empty,
    Bytes(Bytes),
    /// Sent with its length: proxies dislike chunked uploads.
    Stream {
        length: u64,
        pieces: BoxStream<'static, io::Result<Bytes>>,
    },
}

/// Dropping the future of [`Request::send`], or the [`Reply`], closes the connection: that is how
/// a transfer is cancelled.
pub struct Request {
    carrier: Carrier,
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Body,
    way: Option<Arc<Way>>,
    deadlines: Deadlines,
    redirects_are_answers: bool,
}

impl Request {
    pub(crate) fn new(
        carrier: Carrier,
        method: Method,
        url: Url,
        way: Option<Arc<Way>>,
        deadlines: Deadlines,
    ) -> Self {
        Self {
            carrier,
            method,
            url,
            headers: HeaderMap::new(),
            body: Body::Empty,
            way,
            deadlines,
            redirects_are_answers: false,
        }
    }

    #[must_use]
    pub fn query<'a>(mut self, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        self.url.query_pairs_mut().extend_pairs(pairs);
        self
    }

    /// # Panics
    /// Not with the header values of our own code: only a value with a line break is refused.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    #[must_use]
    pub fn basic(mut self, user: &str, password: &Password) -> Self {
        let plain = Zeroizing::new(format!("{user}:{}", password.reveal()));
        let encoded = Zeroizing::new(format!("Basic {}", STANDARD.encode(plain.as_bytes())));
        if let Ok(mut value) = HeaderValue::from_str(&encoded) {
            // Keeps it out of every debug output below us.
            value.set_sensitive(true);
            self.headers.insert(AUTHORIZATION, value);
        }
        self
    }

    /// A session's token in place of a name and password.
    #[must_use]
    pub fn bearer(mut self, token: &Password) -> Self {
        let text = Zeroizing::new(format!("Bearer {}", token.reveal()));
        if let Ok(mut value) = HeaderValue::from_str(&text) {
            value.set_sensitive(true);
            self.headers.insert(AUTHORIZATION, value);
        }
        self
    }

    #[must_use]
    pub fn body(mut self, content_type: &str, body: Body) -> Self {
        self.body = body;
        self.header(CONTENT_TYPE, content_type)
    }

    #[must_use]
    pub fn deadlines(mut self, deadlines: Deadlines) -> Self {
        self.deadlines = deadlines;
        self
    }

    /// For requests without credentials, whose sender decides about every step: a redirect is an answer like others.
    #[must_use]
    pub fn redirects_are_answers(mut self) -> Self {
        self.redirects_are_answers = true;
        self
    }

    pub fn is_signed_in(&self) -> bool {
        self.headers.contains_key(AUTHORIZATION)
    }

    /// The same once more, unless its body comes from a source that is read only once.
    pub fn repeated(&self) -> Option<Self> {
        let body = match &self.body {
            Body::Empty => Body::Empty,
            Body::Bytes(bytes) => Body::Bytes(bytes.clone()),
            Body::Stream { .. } => return None,
        };
        Some(Self {
            carrier: self.carrier.clone(),
            method: self.method.clone(),
            url: self.url.clone(),
            headers: self.headers.clone(),
            body,
            way: self.way.clone(),
            deadlines: self.deadlines,
            redirects_are_answers: self.redirects_are_answers,
        })
    }

    /// Sends and waits for the head of the answer. Any status but a redirect is an answer, unless
    /// [`Self::redirects_are_answers`].
    ///
    /// A small request whose kept-alive connection turns out to be closed is sent once more on a
    /// fresh one; callers therefore only make requests that may arrive twice.
    pub async fn send(self) -> Result<Reply, NetError> {
        let is_small = match &self.body {
            Body::Empty => true,
            Body::Bytes(bytes) => bytes.len() <= PIECE,
            Body::Stream { .. } => false,
        };
        let Some(again) = self.repeated().filter(|_| is_small) else {
            return self.send_once().await;
        };
        match self.send_once().await {
            Err(error) if error.class == NetClass::Reset && error.stage == Stage::Exchange => {
                again.send_once().await
            }
            other => other,
        }
    }

    async fn send_once(self) -> Result<Reply, NetError> {
        let server = host_and_port(&self.url);
        let deadlines = self.deadlines;
        let refuses_redirects = !self.redirects_are_answers;
        let way = self.way.clone();
        let moved = Moved::new();
        let asked = Instant::now();
        // What somebody who asks for a detailed log wants to see: every request, and what became of it.
        let what = format!("{} {}", self.method, RedactedUrl(&self.url));
        // On the heap: it is most of what a whole round of sync would otherwise hold on its stack.
        let mut exchange = Box::pin(self.carry(moved.clone(), server.clone()));
        let reply = loop {
            let due = moved.last() + deadlines.connect.max(deadlines.first_byte);
            tokio::select! {
                answer = &mut exchange => break match answer {
                    Ok(reply) => reply,
                    Err(error) => {
                        let error = Box::pin(whose(error, way.as_deref(), deadlines)).await;
                        tracing::debug!(what, %error, "no answer");
                        return Err(error);
                    }
                },
                () = sleep_until(due) => if moved.last() + deadlines.first_byte <= Instant::now() {
                    tracing::debug!(what, "no answer in time");
                    return Err(NetError::new(NetClass::TimedOut, Stage::Exchange, &server));
                },
            }
        };
        tracing::debug!(
            what,
            status = reply.status().as_u16(),
            ms = asked.elapsed().as_millis(),
            "answered"
        );
        if refuses_redirects
            && reply.status().is_redirection()
            && reply.headers().contains_key(LOCATION)
        {
            return Err(redirected(&reply, &server));
        }
        let reads_it = way.as_deref().filter(|way| !way.tunnelled);
        if reads_it.is_some() && proxied::refuses(reply.status(), reply.headers()) {
            let class = NetClass::ProxyRefused(Some(reply.status().as_u16()));
            let error = NetError::new(class, Stage::Exchange, &server);
            return Err(error.through(reads_it.map(|way| &way.proxy)));
        }
        Ok(Reply::new(
            reply,
            server,
            way,
            deadlines.idle,
            asked.elapsed(),
        ))
    }

    async fn carry(self, moved: Moved, server: String) -> Result<reqwest::Response, NetError> {
        match self.carrier {
            Carrier::Sockets(client) => {
                let mut request = reqwest::Request::new(self.method, self.url);
                *request.headers_mut() = self.headers;
                let (length, body) = match self.body {
                    Body::Empty => (None, None),
                    Body::Bytes(bytes) if bytes.len() <= PIECE => (None, Some(bytes.into())),
                    Body::Bytes(bytes) => (
                        Some(bytes.len() as u64),
                        Some(watched(pieces_of(bytes), moved)),
                    ),
                    Body::Stream { length, pieces } => (Some(length), Some(watched(pieces, moved))),
                };
                if let Some(length) = length {
                    request.headers_mut().insert(CONTENT_LENGTH, length.into());
                }
                *request.body_mut() = body;
                let answer = client.execute(request).await;
                answer.map_err(|error| {
                    NetError::from_reqwest(error, Stage::Exchange, &server, self.way.as_deref())
                })
            }
            Carrier::Given(transport) => {
                let pieces = match self.body {
                    Body::Empty => stream::empty().boxed(),
                    Body::Bytes(bytes) => pieces_of(bytes).boxed(),
                    Body::Stream { pieces, .. } => pieces,
                };
                let outbound = Outbound {
                    method: self.method,
                    url: self.url,
                    headers: self.headers,
                    body: pieces.inspect(move |_| moved.now()).boxed(),
                };
                let inbound = transport.exchange(outbound).await?;
                Ok(inbound.map(reqwest::Body::wrap_stream).into())
            }
        }
    }
}

/// A tunnel that took too long is the proxy's fault where nobody is at the proxy's port.
async fn whose(mut error: NetError, way: Option<&Way>, deadlines: Deadlines) -> NetError {
    let Some(way) =
        way.filter(|_| error.stage == Stage::Connect && matches!(error.class, NetClass::TimedOut))
    else {
        return error;
    };
    if !way.is_there(deadlines.connect).await {
        error.class = NetClass::ProxyUnreachable;
    }
    error
}

fn redirected(reply: &reqwest::Response, server: &str) -> NetError {
    let to = reply
        .headers()
        .get(LOCATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|to| reply.url().join(to).ok())
        .map_or_else(
            || "an unreadable address".to_owned(),
            |to| RedactedUrl(&to).to_string(),
        );
    NetError::new(NetClass::Redirected(to), Stage::Exchange, server)
}

fn host_and_port(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port_or_known_default()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// When a piece of the body was last taken by the connection.
#[derive(Clone)]
struct Moved(Arc<Mutex<Instant>>);

impl Moved {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }

    fn last(&self) -> Instant {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }
}

fn pieces_of(bytes: Bytes) -> impl Stream<Item = io::Result<Bytes>> {
    stream::unfold(bytes, |mut rest| async move {
        let piece = rest.split_to(rest.len().min(PIECE));
        (!piece.is_empty()).then_some((Ok(piece), rest))
    })
}

fn watched(
    pieces: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
    moved: Moved,
) -> reqwest::Body {
    reqwest::Body::wrap_stream(pieces.map(move |piece| {
        moved.now();
        piece.map_err(BodySource)
    }))
}
