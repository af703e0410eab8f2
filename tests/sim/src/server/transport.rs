//! The line between a device and the model: the network port of `sheaf_net`, with weather on it, in virtual time.
//! Every fault is one arm of a few long matches, in the order of the catalogue.

use std::{
    collections::{BTreeMap, HashMap},
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt as _, stream, stream::BoxStream};
use serde_json::{Value, json};
use sheaf_net::{
    CertificateFault, Exchange, Inbound, NetClass, NetError, Outbound, Stage, Transport,
};
use tokio::time::{Instant, sleep};

use super::{
    Shared,
    fault::{Fault, Moment},
    load::{Load, Most},
    weather::Weather,
    wire::{Asked, Told},
};
use crate::trace::Trace;

const SERVER: &str = "couch.test:5984";

#[derive(Clone)]
pub struct Line {
    server: Shared,
    weather: Arc<Mutex<Weather>>,
    trace: Trace,
    name: &'static str,
    memory: Arc<Mutex<Memory>>,
    load: Arc<Load>,
}

/// What a line remembers.
#[derive(Default)]
struct Memory {
    /// Former answers to questions without a body.
    answers: HashMap<String, Told>,
    /// A polite client does not ask before.
    left_alone_until: Option<Instant>,
    /// So many requests find nobody: the server is starting again.
    refuses: u32,
}

type Pieces = BoxStream<'static, io::Result<Bytes>>;

impl Line {
    pub fn new(server: Shared, name: &'static str, trace: Trace) -> Self {
        Self {
            server,
            weather: Arc::default(),
            trace,
            name,
            memory: Arc::default(),
            load: Arc::default(),
        }
    }

    /// The most that was ever on its way at once.
    pub fn most(&self) -> Most {
        self.load.most()
    }

    pub fn weather(&self) -> MutexGuard<'_, Weather> {
        self.weather.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was cached is not mistaken for an answer of another database.
    pub fn empty_cache(&self) {
        self.memory().answers.clear();
    }

    /// A new connection to the world: nobody was asked to wait.
    pub fn forget(&self) {
        *self.memory() = Memory::default();
    }

    /// While a killed server starts. In fair weather it has.
    fn starting(&self) -> Option<Fault> {
        let fair = self.weather().is_fair();
        let mut memory = self.memory();
        if fair {
            memory.refuses = 0;
        }
        memory.refuses = memory.refuses.checked_sub(1)?;
        Some(Fault::ConnectionRefused)
    }

    async fn pause(&self) {
        let delay = self.weather().delay();
        sleep(Duration::from_millis(delay)).await;
    }

    async fn carry(self, request: Outbound) -> Result<Inbound, NetError> {
        let Outbound {
            method,
            url,
            headers,
            mut body,
        } = request;
        let too_early = self
            .memory()
            .left_alone_until
            .is_some_and(|until| Instant::now() < until);
        if too_early {
            self.trace.accuse(format!(
                "{} did not wait as long as it was asked to",
                self.name
            ));
        }
        let mut whole = BytesMut::new();
        while let Some(piece) = body.next().await {
            whole.extend_from_slice(&piece.map_err(|_| broken(NetClass::Source, Stage::Exchange))?);
        }
        let target = url.query().map_or_else(
            || url.path().to_owned(),
            |query| format!("{}?{query}", url.path()),
        );
        let headers: BTreeMap<String, String> = headers
            .iter()
            .map(|(name, value)| {
                (
                    name.as_str().to_owned(),
                    String::from_utf8_lossy(value.as_bytes()).into_owned(),
                )
            })
            .collect();
        let asked = Asked::new(method, &target, headers, whole.freeze());
        let mut on_its_way = self.load.begin(asked.body.len());
        let fault = self.starting().or_else(|| self.weather().next(&asked));
        self.pause().await;
        let outcome = self.exchange_with(fault, &asked, &target).await;
        let said = match &outcome {
            Ok((told, _)) => format!("{} {}", told.status, told.body.len()),
            Err(error) => format!("{:?}", error.class),
        };
        self.trace.say(|| {
            let about = match asked.query.get("since") {
                Some(since) => format!("_changes since {}", since.get(..12).unwrap_or(since)),
                None => asked.about().to_owned(),
            };
            let fault = fault.map_or_else(String::new, |fault| format!(" [{fault:?}]"));
            format!(
                "{} {} {about} {} -> {said}{fault}",
                self.name,
                asked.method,
                asked.body.len()
            )
        });
        let (told, pieces) = outcome?;
        on_its_way.is_answered_with(told.body.len());
        self.pause().await;
        if let Some(seconds) = told.leave_alone {
            // What is on its way already is no impatience.
            self.memory().left_alone_until = Some(Instant::now() + Duration::from_secs(seconds));
        }
        let mut response = http::Response::builder().status(told.status);
        for (name, value) in &told.headers {
            response = response.header(*name, value);
        }
        let held = move |_: &io::Result<Bytes>| {
            let _until_it_is_read = &on_its_way;
        };
        response
            .body(pieces.inspect(held).boxed())
            .map_err(|_| broken(NetClass::Protocol, Stage::Exchange))
    }

    async fn exchange_with(
        &self,
        fault: Option<Fault>,
        asked: &Asked,
        target: &str,
    ) -> Result<(Told, Pieces), NetError> {
        let told = match fault.map(|fault| (fault.moment(), fault)) {
            Some((Moment::Before, fault)) => self.not_reached(fault).await?,
            Some((Moment::Instead, fault)) => self.refused(fault, asked)?,
            _ => match self.wait_for_changes(fault, asked) {
                Some(waiting) => return Ok(waiting),
                None => self.server.lock().answer(asked),
            },
        };
        let told = match fault {
            Some(fault) if fault.moment() == Moment::After => {
                self.spoiled(fault, told, asked, target).await?
            }
            _ => {
                if asked.method == http::Method::GET && told.status == 200 {
                    self.memory()
                        .answers
                        .insert(target.to_owned(), told.clone());
                }
                told
            }
        };
        let pieces = match fault {
            Some(Fault::AnswerCutShort) => cut(&told.body, false),
            Some(Fault::AnswerStalls) => cut(&told.body, true),
            Some(Fault::AnswerInSingleBytes) if told.body.len() < 4096 => {
                let bytes = told.body.clone();
                stream::iter((0..bytes.len()).map(move |at| Ok(bytes.slice(at..=at)))).boxed()
            }
            _ => stream::iter((!told.body.is_empty()).then(|| Ok(told.body.clone()))).boxed(),
        };
        Ok((told, pieces))
    }

    async fn not_reached(&self, fault: Fault) -> Result<Told, NetError> {
        let class = match fault {
            Fault::ConnectionRefused => NetClass::Refused,
            Fault::HostNotFound => NetClass::HostNotFound,
            Fault::NoNetwork => NetClass::Unreachable,
            Fault::CertificateExpired => NetClass::Certificate(CertificateFault::Expired),
            Fault::NotHttp => NetClass::Protocol,
            Fault::ConnectTimedOut => {
                sleep(Duration::from_secs(10)).await;
                NetClass::TimedOut
            }
            Fault::ResetBeforeTheServer => return Err(broken(NetClass::Reset, Stage::Exchange)),
            Fault::CaptivePortal => return Ok(Told::page(200, "Welcome to the hotel")),
            Fault::RedirectElsewhere => {
                return Ok(Told::page(302, "Found").with("location", "http://login.test/"));
            }
            Fault::RedirectLoop301 => {
                return Ok(
                    Told::page(301, "Moved").with("location", "http://couch.test:5984/notes")
                );
            }
            Fault::RequestTimeout408 => return Ok(Told::page(408, "Request Timeout")),
            Fault::HtmlPage502 => return Ok(Told::page(502, "Bad Gateway")),
            Fault::Unavailable503 => return Ok(Told::page(503, "Service Unavailable")),
            _ => return Ok(Told::page(504, "Gateway Timeout")),
        };
        Err(broken(class, Stage::Connect))
    }

    fn refused(&self, fault: Fault, asked: &Asked) -> Result<Told, NetError> {
        let seconds = 2 + self.weather().number() % 60;
        Ok(match fault {
            Fault::TooManyRequests429 => {
                Told::error(429, "too_many_requests", "You've exceeded your rate limit")
            }
            Fault::TooManyRequests429WithSeconds => Told::error(429, "too_many_requests", "rate")
                .with("retry-after", &seconds.to_string())
                .asking_for(seconds),
            Fault::TooManyRequests429WithDate => {
                let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
                let until = httpdate::fmt_http_date(now + Duration::from_secs(seconds));
                Told::error(429, "too_many_requests", "rate")
                    .with("date", &httpdate::fmt_http_date(now))
                    .with("retry-after", &until)
                    .asking_for(seconds)
            }
            Fault::CookieExpired401 => Told::error(
                401,
                "unauthorized",
                "You are not authorized to access this db.",
            ),
            Fault::JwtExpired401 => Told::error(401, "unauthorized", "exp not in future"),
            Fault::JwtMalformed400 => {
                Told::error(400, "bad_request", "Malformed Authorization: Bad HMAC")
            }
            Fault::LockedOut403 => Told::error(
                403,
                "forbidden",
                "Account is temporarily locked due to multiple authentication failures",
            ),
            Fault::LocalUnauthorised401 => {
                Told::error(401, "unauthorized", "You may not write here.")
            }
            Fault::LocalConflict409 if asked.method == http::Method::PUT => {
                Told::error(409, "conflict", "Document update conflict.")
            }
            Fault::LocalConflict409 => self.server.lock().answer(asked),
            Fault::QuotaFull402 => Told::error(
                402,
                "payment_required",
                "Your account has exceeded its data usage quota",
            ),
            Fault::ReadOnly403 => {
                Told::error(403, "forbidden", "You are not allowed to write to this db.")
            }
            Fault::DatabaseMissing404 => Told::error(404, "not_found", "Database does not exist."),
            Fault::CompactedMeanwhile => {
                let mut server = self.server.lock();
                if let Some(database) = &mut server.database {
                    database.compact();
                }
                server.answer(asked)
            }
            Fault::AttachmentTooLarge413 => Told::error(413, "attachment_too_large", "index"),
            Fault::IdTooLong400 => Told::error(400, "bad_request", "Document id is too long"),
            Fault::InvalidAttachmentName400 => {
                let reason = "Attachment name '_index' starts with prohibited character '_'";
                Told::error(400, "bad_request", reason)
            }
            Fault::UnsupportedMediaType415 => Told::error(
                415,
                "bad_content_type",
                "Content-Type must be application/json",
            ),
            Fault::TooLarge413 => Told::page(413, "Request Entity Too Large"),
            Fault::MissingStub412 => Told::error(412, "missing_stub", "Invalid attachment stub"),
            Fault::ResetWhileUploading => return Err(broken(NetClass::Reset, Stage::Exchange)),
            Fault::BulkGetNotThere404 | Fault::DocumentGone404 => {
                Told::error(404, "not_found", "missing")
            }
            Fault::BulkGetNotAllowed405 => {
                Told::error(405, "method_not_allowed", "Only GET,HEAD allowed")
            }
            Fault::AttachmentGone404 => {
                Told::error(404, "not_found", "Document is missing attachment")
            }
            Fault::SequenceRewound => self.rewound(asked),
            Fault::DocumentTooLarge413
            | Fault::BulkDocsForbiddenItem
            | Fault::BulkDocsTypeErrorItem
            | Fault::BulkDocsTimeoutItem => self.partly_refused(fault, asked),
            _ => Told::error(
                500,
                "internal_server_error",
                "No DB shards could be opened.",
            ),
        })
    }

    /// A node that was down answers from an earlier position.
    fn rewound(&self, asked: &Asked) -> Told {
        let mut server = self.server.lock();
        let mut asked = asked.clone();
        let since = asked
            .query
            .get("since")
            .and_then(|since| server.read_seq(since))
            .unwrap_or(0);
        let back = if since == 0 {
            Value::from("0")
        } else {
            server.spell_seq(since.saturating_sub(3).max(1))
        };
        let back = back
            .as_str()
            .map_or_else(|| back.to_string(), str::to_owned);
        asked.query.insert("since".into(), back);
        server.answer(&asked)
    }

    /// One of the documents is not taken, the others are.
    fn partly_refused(&self, fault: Fault, asked: &Asked) -> Told {
        let number = self.weather().number() as usize;
        let mut server = self.server.lock();
        let Some(mut question) = asked.json() else {
            return server.answer(asked);
        };
        let Some(documents) = question["docs"]
            .as_array_mut()
            .filter(|documents| !documents.is_empty())
        else {
            return server.answer(asked);
        };
        if fault == Fault::DocumentTooLarge413 {
            let id = documents[number % documents.len()]["_id"]
                .as_str()
                .unwrap_or_default();
            return Told::error(413, "document_too_large", id);
        }
        let refused = documents.remove(number % documents.len());
        let (error, reason) = match fault {
            Fault::BulkDocsForbiddenItem => ("forbidden", json!("no such notes here")),
            Fault::BulkDocsTypeErrorItem => (
                "TypeError",
                json!({ "message": "undefined is not a function" }),
            ),
            _ => (
                "timeout",
                json!("The request could not be processed in a reasonable amount of time."),
            ),
        };
        let asked = Asked {
            body: question.to_string().into(),
            ..asked.clone()
        };
        let told = server.answer(&asked);
        if told.status != 201 {
            return told;
        }
        let item = json!({ "id": refused["_id"], "rev": refused["_rev"], "error": error, "reason": reason });
        Told::json(201, &json!([item]))
    }

    async fn spoiled(
        &self,
        fault: Fault,
        told: Told,
        asked: &Asked,
        target: &str,
    ) -> Result<Told, NetError> {
        let number = self.weather().number();
        Ok(match fault {
            Fault::AnswerLost => return Err(broken(NetClass::Reset, Stage::Exchange)),
            Fault::AnswerSlow => {
                sleep(Duration::from_secs(20)).await;
                told
            }
            Fault::ServerKilled => {
                self.memory().refuses = 1 + (number % 5) as u32;
                return Err(broken(NetClass::Reset, Stage::Exchange));
            }
            Fault::AnswerMalformed200 if is_json(&told) => Told {
                body: [b"{]".as_slice(), &told.body].concat().into(),
                ..told
            },
            Fault::AnswerWithMoreAfterIt if is_json(&told) => Told {
                body: [&told.body, b"{\"ok\":true}\n".as_slice()].concat().into(),
                ..told
            },
            Fault::RequestArrivesTwice => self.server.lock().answer(asked),
            Fault::StaleCache | Fault::StaleDocument => {
                self.memory().answers.get(target).cloned().unwrap_or(told)
            }
            Fault::AnswerTruncated200 if told.body.len() > 2 => {
                let end = 1 + number as usize % (told.body.len() - 2);
                Told {
                    body: told.body.slice(..end),
                    ..told
                }
            }
            Fault::AttachmentCutShort if told.status == 200 && !told.body.is_empty() => {
                let end = number as usize % told.body.len();
                Told {
                    body: told.body.slice(..end),
                    ..told
                }
            }
            Fault::AttachmentOtherBytes
                if told.status == 200 && told.headers[0].1.starts_with("image/") =>
            {
                let other: Vec<u8> = told.body.iter().map(|byte| byte ^ 0x5a).collect();
                Told {
                    body: other.into(),
                    ..told
                }
            }
            _ if told.status == 200 => self.rearranged(fault, &told, asked, number).unwrap_or(told),
            _ => told,
        })
    }

    fn rearranged(&self, fault: Fault, told: &Told, asked: &Asked, number: u64) -> Option<Told> {
        let mut answer: Value = serde_json::from_slice(&told.body).ok()?;
        let results = answer.get_mut("results")?.as_array_mut()?;
        if results.is_empty() {
            return None;
        }
        let place = number as usize % results.len();
        match fault {
            Fault::FeedRowsRepeated => results.insert(0, results[place].clone()),
            Fault::FeedRowsShuffled | Fault::BulkGetReordered => results.rotate_left(place),
            Fault::FeedWithoutPositions => {
                for row in results {
                    row["seq"] = Value::Null;
                }
            }
            Fault::FeedPageEmpty => {
                let mut server = self.server.lock();
                let since = asked.query.get("since");
                let since = since.and_then(|since| server.read_seq(since))?;
                // As far as before the first row, as a position of this server's own.
                let before = if since == 0 {
                    return None;
                } else {
                    server.spell_seq(since)
                };
                answer["pending"] = answer["results"].as_array().map_or(0, Vec::len).into();
                answer["results"] = json!([]);
                answer["last_seq"] = before;
            }
            Fault::FeedWithForeignRow => {
                let foreign = json!({ "seq": null, "id": "_design/mobile", "changes": [{ "rev": "1-a" }], "doc": null });
                results.insert(place, foreign);
            }
            Fault::BulkGetMissing => {
                let rev = results[place]["docs"][0]["ok"]["_rev"].clone();
                results[place]["docs"] = json!([{ "missing": rev }]);
            }
            Fault::BulkGetEmptyItem => results[place]["docs"] = json!([{}]),
            Fault::BulkGetErrorItem => {
                let error = json!({ "error": "not_found", "reason": "missing" });
                results[place]["docs"] = json!([{ "error": error }]);
            }
            Fault::BulkGetDoubled => results.push(results[place].clone()),
            Fault::BulkGetStranger => {
                let ok = json!({ "_id": "note:nobodyasked", "_rev": "1-a", "title": "x" });
                results.insert(
                    place,
                    json!({ "id": "note:nobodyasked", "docs": [{ "ok": ok }] }),
                );
            }
            Fault::BulkGetAllLeaves | Fault::BulkGetNewerThanAsked => {
                let id = results[place]["id"].as_str()?.to_owned();
                let query = BTreeMap::from([("revs".to_owned(), "true".to_owned())]);
                let asked = Asked {
                    method: http::Method::GET,
                    path: vec![],
                    query,
                    headers: BTreeMap::new(),
                    body: Bytes::new(),
                };
                let server = self.server.lock();
                let document = server.database()?.documents.get(&id)?;
                let most = if fault == Fault::BulkGetAllLeaves {
                    usize::MAX
                } else {
                    1
                };
                let all: Vec<Value> = document
                    .leaves()
                    .into_iter()
                    .take(most)
                    .filter_map(|(revision, _)| server.hand_over(&id, revision, &asked))
                    .map(|document| json!({ "ok": document }))
                    .collect();
                results[place]["docs"] = all.into();
            }
            _ => return None,
        }
        Some(Told {
            body: answer.to_string().into(),
            ..told.clone()
        })
    }

    /// A feed that is held open until something changes.
    fn wait_for_changes(&self, fault: Option<Fault>, asked: &Asked) -> Option<(Told, Pieces)> {
        if asked
            .query
            .get("feed")
            .is_none_or(|feed| feed != "longpoll")
        {
            return None;
        }
        let server = self.server.lock();
        let since = asked
            .query
            .get("since")
            .and_then(|since| server.read_seq(since))?;
        if server.database()?.changed(since).next().is_some() {
            return None;
        }
        let waiting = Waiting {
            server: self.server.clone(),
            changed: server.watch(),
            asked: asked.clone(),
            heartbeat: asked.number("heartbeat").map(Duration::from_millis),
            patience: asked
                .number("timeout")
                .map_or(Duration::from_hours(1), Duration::from_millis),
            since,
            buffered: server.manner.buffered,
            broken: fault.filter(|fault| {
                matches!(
                    fault,
                    Fault::AnswerLost | Fault::AnswerCutShort | Fault::AnswerTruncated200
                )
            }),
            done: false,
        };
        let head = Told {
            status: 200,
            headers: vec![("content-type", "application/json".into())],
            body: Bytes::new(),
            leave_alone: None,
        };
        Some((head, stream::unfold(waiting, Waiting::next).boxed()))
    }
}

struct Waiting {
    server: Shared,
    changed: tokio::sync::watch::Receiver<u64>,
    asked: Asked,
    heartbeat: Option<Duration>,
    patience: Duration,
    since: u64,
    buffered: bool,
    broken: Option<Fault>,
    done: bool,
}

impl Waiting {
    async fn next(mut self) -> Option<(io::Result<Bytes>, Self)> {
        if self.done {
            return None;
        }
        if let Some(fault) = self.broken {
            sleep(Duration::from_secs(5)).await;
            self.done = true;
            return match fault {
                Fault::AnswerTruncated200 => {
                    Some((Ok(Bytes::from_static(b"{\"results\":[")), self))
                }
                _ => Some((Err(io::ErrorKind::ConnectionReset.into()), self)),
            };
        }
        let beat = if self.buffered { None } else { self.heartbeat };
        let until = beat.unwrap_or(self.patience);
        let there = |server: &Shared, since| {
            server
                .lock()
                .database()
                .is_none_or(|database| database.changed(since).next().is_some())
        };
        let changed = there(&self.server, self.since)
            || tokio::select! {
                biased;
                _ = self.changed.changed() => true,
                () = sleep(until) => beat.is_none(),
            };
        if !changed {
            return Some((Ok(Bytes::from_static(b"\n")), self));
        }
        self.done = true;
        let told = self.server.lock().answer(&self.asked);
        if told.status == 200 {
            Some((Ok(told.body), self))
        } else {
            Some((Err(io::ErrorKind::ConnectionReset.into()), self))
        }
    }
}

/// The first half of a body, and then the end of the connection or nothing more at all.
fn cut(body: &Bytes, stalls: bool) -> Pieces {
    let half = stream::iter([Ok(body.slice(..body.len() / 2))]);
    if stalls {
        half.chain(stream::pending()).boxed()
    } else {
        half.chain(stream::iter([Err(io::ErrorKind::ConnectionReset.into())]))
            .boxed()
    }
}

fn is_json(told: &Told) -> bool {
    let mut headers = told.headers.iter();
    headers.any(|(name, value)| *name == "content-type" && value == "application/json")
}

fn broken(class: NetClass, stage: Stage) -> NetError {
    NetError::new(class, stage, SERVER)
}

impl Transport for Line {
    fn exchange(&self, request: Outbound) -> Exchange {
        Box::pin(self.clone().carry(request))
    }
}
