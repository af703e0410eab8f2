//! The line between a device and the server: requests that get lost, answers that get lost, and somebody who reads along.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt as _, stream, stream::BoxStream};
use serde_json::Value;
use sheaf_net::{Exchange, Inbound, NetClass, NetError, Outbound, Stage, Transport};
use tokio::time::sleep;

use super::{device::Surroundings, server::Server};
use crate::{random::Random, trace::Trace};

const SERVER: &str = "sheaf.test";

/// What can happen to one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// Before the server.
    ConnectionRefused,
    ConnectTimedOut,
    ResetBeforeTheServer,
    /// Instead of it.
    TooManyRequests429,
    TooManyRequestsWithSeconds429,
    Unavailable503,
    Error500,
    HtmlPage502,
    CaptivePortal200,
    /// The server has done it.
    AnswerLost,
    AnswerCutShort,
    AnswerTruncated200,
    AnswerStalls,
    Error500AfterIt,
    /// A proxy asks again, and hands on the second answer.
    RequestArrivesTwice,
}

impl Fault {
    pub const ALL: &'static [Self] = &[
        Self::ConnectionRefused,
        Self::ConnectTimedOut,
        Self::ResetBeforeTheServer,
        Self::TooManyRequests429,
        Self::TooManyRequestsWithSeconds429,
        Self::Unavailable503,
        Self::Error500,
        Self::HtmlPage502,
        Self::CaptivePortal200,
        Self::AnswerLost,
        Self::AnswerCutShort,
        Self::AnswerTruncated200,
        Self::AnswerStalls,
        Self::Error500AfterIt,
        Self::RequestArrivesTwice,
    ];
}

#[derive(Debug)]
pub(super) struct Weather {
    pub(super) offline: bool,
    kinds: Vec<Fault>,
    per_thousand: usize,
    latency: (u64, u64),
    random: Random,
    pub(super) counted: BTreeMap<Fault, u64>,
}

impl Default for Weather {
    fn default() -> Self {
        Self {
            offline: false,
            kinds: Vec::new(),
            per_thousand: 0,
            latency: (1, 2),
            random: Random::new(0),
            counted: BTreeMap::new(),
        }
    }
}

impl Weather {
    pub(super) fn turn(&mut self, kinds: Vec<Fault>, per_thousand: usize, latency: (u64, u64)) {
        self.kinds = kinds;
        self.per_thousand = per_thousand;
        self.latency = latency;
    }

    /// Nothing fails, and everybody is there.
    pub(super) fn is_fair(&self) -> bool {
        !self.offline && (self.kinds.is_empty() || self.per_thousand == 0)
    }

    pub(super) fn seed(&mut self, random: Random) {
        self.random = random;
    }

    fn next(&mut self) -> Option<Fault> {
        if self.kinds.is_empty() || self.random.below(1000) >= self.per_thousand {
            return None;
        }
        let fault = *self.random.pick(&self.kinds);
        *self.counted.entry(fault).or_default() += 1;
        Some(fault)
    }
}

/// What an eavesdropper looks for, and what was counted beside.
#[derive(Debug, Default)]
pub(super) struct Ear {
    /// Texts that must be seen by nobody.
    secrets: BTreeSet<String>,
    pub(super) heard: Option<String>,
    pub(super) requests: u64,
    /// Items that were sent to be saved.
    pub(super) items: u64,
}

impl Ear {
    pub(super) fn listen_for(&mut self, secret: &str) {
        self.secrets.insert(secret.to_owned());
    }

    fn hear(&mut self, target: &str, body: &[u8]) {
        self.requests += 1;
        if target.ends_with("/items") {
            let sent: Option<Value> = serde_json::from_slice(body).ok();
            let items = sent.and_then(|sent| Some(sent.get("items")?.as_array()?.len()));
            self.items += items.unwrap_or(0) as u64;
        }
        let text = String::from_utf8_lossy(body);
        let found = self
            .secrets
            .iter()
            .find(|secret| text.contains(secret.as_str()) || target.contains(secret.as_str()));
        if let Some(secret) = found {
            self.heard
                .get_or_insert_with(|| format!("{secret} in {target}"));
        }
    }
}

#[derive(Clone)]
pub(super) struct Line {
    name: &'static str,
    server: Arc<Server>,
    server_clock: Surroundings,
    weather: Arc<Mutex<Weather>>,
    ear: Arc<Mutex<Ear>>,
    trace: Trace,
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

type Pieces = BoxStream<'static, io::Result<Bytes>>;

impl Line {
    pub(super) fn new(
        name: &'static str,
        server: Arc<Server>,
        server_clock: Surroundings,
        ear: Arc<Mutex<Ear>>,
        trace: Trace,
    ) -> Self {
        Self {
            name,
            server,
            server_clock,
            weather: Arc::default(),
            ear,
            trace,
        }
    }

    pub(super) fn weather(&self) -> MutexGuard<'_, Weather> {
        lock(&self.weather)
    }

    pub(super) fn ear(&self) -> MutexGuard<'_, Ear> {
        lock(&self.ear)
    }

    /// Straight to the server, whatever the weather.
    pub(super) fn ask(&self, request: http::Request<Bytes>) -> http::Response<Bytes> {
        use sheaf_sync::Environment as _;
        self.server.set_now(self.server_clock.now());
        self.server.ask(request)
    }

    async fn pause(&self) {
        let delay = {
            let mut weather = self.weather();
            let (least, most) = weather.latency;
            weather.random.between(least, most)
        };
        sleep(Duration::from_millis(delay)).await;
    }

    async fn carry(self, outbound: Outbound) -> Result<Inbound, NetError> {
        let Outbound {
            method,
            url,
            headers,
            mut body,
        } = outbound;
        let mut whole = BytesMut::new();
        while let Some(piece) = body.next().await {
            whole.extend_from_slice(&piece.map_err(|_| broken(NetClass::Source, Stage::Exchange))?);
        }
        let whole = whole.freeze();
        let target = url.query().map_or_else(
            || url.path().to_owned(),
            |query| format!("{}?{query}", url.path()),
        );
        let (offline, fault) = {
            let mut weather = self.weather();
            (weather.offline, weather.next())
        };
        self.pause().await;
        let request = || {
            let mut request = http::Request::builder()
                .method(method.clone())
                .uri(target.as_str());
            if let Some(all) = request.headers_mut() {
                all.clone_from(&headers);
            }
            request
                .body(whole.clone())
                .map_err(|_| broken(NetClass::Protocol, Stage::Exchange))
        };
        let outcome = if offline {
            Err(broken(NetClass::Unreachable, Stage::Connect))
        } else {
            self.ear().hear(url.path(), &whole);
            self.exchange_with(fault, request).await
        };
        self.trace.say(|| {
            let said = match &outcome {
                Ok((head, _, length)) => format!("{} {length}", head.status.as_u16()),
                Err(error) => format!("{:?}", error.class),
            };
            let fault = fault.map_or_else(String::new, |fault| format!(" [{fault:?}]"));
            let length = whole.len();
            format!("{} {method} {target} {length} -> {said}{fault}", self.name)
        });
        let (head, pieces, _) = outcome?;
        self.pause().await;
        Ok(Inbound::from_parts(head, pieces))
    }

    async fn exchange_with(
        &self,
        fault: Option<Fault>,
        request: impl Fn() -> Result<http::Request<Bytes>, NetError>,
    ) -> Result<(http::response::Parts, Pieces, usize), NetError> {
        let page = |status: u16, seconds: Option<&str>, words: &'static str| {
            let mut answer = http::Response::builder()
                .status(status)
                .header("content-type", "text/html");
            if let Some(seconds) = seconds {
                answer = answer.header("retry-after", seconds);
            }
            answer
                .body(Bytes::from_static(words.as_bytes()))
                .map_err(|_| broken(NetClass::Protocol, Stage::Exchange))
        };
        let answer = match fault {
            Some(Fault::ConnectionRefused) => {
                return Err(broken(NetClass::Refused, Stage::Connect));
            }
            Some(Fault::ConnectTimedOut) => {
                sleep(Duration::from_secs(10)).await;
                return Err(broken(NetClass::TimedOut, Stage::Connect));
            }
            Some(Fault::ResetBeforeTheServer) => {
                return Err(broken(NetClass::Reset, Stage::Exchange));
            }
            Some(Fault::TooManyRequests429) => page(429, None, "slowly")?,
            Some(Fault::TooManyRequestsWithSeconds429) => page(429, Some("40"), "slowly")?,
            Some(Fault::Unavailable503) => page(503, Some("15"), "soon")?,
            Some(Fault::Error500) => page(500, None, "oh")?,
            Some(Fault::HtmlPage502) => page(502, None, "<html>Bad gateway</html>")?,
            Some(Fault::CaptivePortal200) => page(200, None, "<html>Please log in</html>")?,
            Some(Fault::RequestArrivesTwice) => {
                self.ask(request()?);
                self.ask(request()?)
            }
            _ => self.ask(request()?),
        };
        let (mut head, body) = answer.into_parts();
        let length = body.len();
        let half = body.slice(..length / 2);
        let pieces = match fault {
            Some(Fault::AnswerLost) => return Err(broken(NetClass::Reset, Stage::Exchange)),
            Some(Fault::Error500AfterIt) => {
                let (head, body) = page(500, None, "oh")?.into_parts();
                return Ok((head, stream::iter([Ok(body)]).boxed(), 2));
            }
            Some(Fault::AnswerCutShort) => {
                head.headers.remove("content-length");
                stream::iter([Ok(half), Err(io::ErrorKind::ConnectionReset.into())]).boxed()
            }
            Some(Fault::AnswerTruncated200) => {
                head.headers.remove("content-length");
                stream::iter([Ok(half)]).boxed()
            }
            Some(Fault::AnswerStalls) => stream::iter([Ok(half)]).chain(stream::pending()).boxed(),
            _ => stream::iter((length > 0).then_some(Ok(body))).boxed(),
        };
        Ok((head, pieces, length))
    }
}

fn broken(class: NetClass, stage: Stage) -> NetError {
    NetError::new(class, stage, SERVER)
}

impl Transport for Line {
    fn exchange(&self, request: Outbound) -> Exchange {
        Box::pin(self.clone().carry(request))
    }
}
