//! Requests to one database, signed in, and the reading of answers that are not what was asked
//! for. The only file that knows about headers.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use bytes::Bytes;
use serde::de::DeserializeOwned;
use sheaf_net::{
    Body, Client, Method, Reply, Request,
    header::{ACCEPT, WWW_AUTHENTICATE},
    redact,
};
use sheaf_sync::{
    Fault,
    mutant::{Mutant, planted},
};

use crate::{Answer, Remote, SyncError, checkpoint::WRITE_MARKER, wire::Wire};

/// Longest JSON answer that is read in one piece.
const LONGEST_ANSWER: usize = 64 * 1024 * 1024;
const LONGEST_REFUSAL: usize = 64 * 1024;
const LONGEST_REASON: usize = 300;

pub(crate) const JSON: &str = "application/json";

pub(crate) struct Database {
    client: Client,
    remote: Remote,
    /// The answer by which the server asked to be left alone. Several questions are on their way at once, and whoever
    /// asks one of them cannot know what another one was told: from then on nothing is asked until somebody has waited.
    paused: Mutex<Option<Answer>>,
    /// The last question that was signed in was answered.
    was_let_in: AtomicBool,
    wire: Wire,
}

impl Database {
    pub(crate) fn new(client: Client, remote: Remote) -> Self {
        Self {
            client,
            remote,
            paused: Mutex::default(),
            was_let_in: AtomicBool::new(false),
            wire: Wire::default(),
        }
    }

    /// A conversation begins: whoever begins it has waited as long as the last one was asked to.
    pub(crate) fn begin(&self) {
        self.pause(None);
    }

    fn pause(&self, by: Option<Answer>) {
        *self.paused.lock().unwrap_or_else(PoisonError::into_inner) = by;
    }

    fn paused_by(&self) -> Option<Answer> {
        let paused = self.paused.lock().unwrap_or_else(PoisonError::into_inner);
        paused.clone()
    }

    pub(crate) fn in_form(&mut self, wire: Wire) {
        self.wire = wire;
    }

    /// How documents lie in it.
    pub(crate) fn wire(&self) -> &Wire {
        &self.wire
    }

    pub(crate) fn remote(&self) -> &Remote {
        &self.remote
    }

    /// A request below the database.
    pub(crate) fn request(&self, method: Method, segments: &[&str]) -> Request {
        self.signed_in(self.client.request(method, self.remote.url.url(segments)))
    }

    /// A request below the server's root (or the proxy's prefix).
    pub(crate) fn server_request(&self, method: Method, segments: &[&str]) -> Request {
        let url = self.remote.url.server.url(segments.iter().copied());
        self.signed_in(self.client.request(method, url))
    }

    /// As somebody without a name.
    pub(crate) fn anonymous(&self, method: Method, segments: &[&str]) -> Request {
        let request = self.client.request(method, self.remote.url.url(segments));
        request.header(ACCEPT, JSON)
    }

    /// The same, below the server's root.
    pub(crate) fn anonymous_server(&self, method: Method, segments: &[&str]) -> Request {
        let url = self.remote.url.server.url(segments.iter().copied());
        self.client.request(method, url).header(ACCEPT, JSON)
    }

    fn signed_in(&self, request: Request) -> Request {
        // Relatives of CouchDB answer in text/plain to those who do not ask.
        let request = request.header(ACCEPT, JSON);
        match &self.remote.password {
            Some(secret) => self.remote.url.sign_in(request, secret),
            None => request,
        }
    }

    pub(crate) fn post(&self, segments: &[&str], body: impl Into<Bytes>) -> Request {
        self.request(Method::POST, segments)
            .body(JSON, Body::Bytes(body.into()))
    }

    /// The answer, if it is a success. `what` is the request without ids, for messages.
    pub(crate) async fn open(
        &self,
        what: &'static str,
        request: Request,
    ) -> Result<Reply, SyncError> {
        if let Some(answer) = self.paused_by().filter(|_| !planted(Mutant::NobodyWaits)) {
            return Err(answer.into());
        }
        let signed_in = request.is_signed_in();
        // Asked before it is sent: of several that are on their way, each was let in before.
        let known = self.was_let_in.load(Ordering::Relaxed);
        let again = request.repeated();
        let reply = request.send().await?;
        if reply.status().is_success() {
            // (That a stranger is answered says nothing about us.)
            self.was_let_in.fetch_or(signed_in, Ordering::Relaxed);
            return Ok(reply);
        }
        let mut answer = self.refused(what, signed_in, reply).await;
        // Whoever may read and not write is refused a marker again and again; that is no session that ran out.
        if signed_in && what != WRITE_MARKER && known && forgot_us(&answer) {
            // Whoever asks from now on is not asked again, until somebody is let in.
            self.was_let_in.store(false, Ordering::Relaxed);
            let again = again.ok_or(SyncError::SignedOut { request: what })?;
            let reply = again.send().await?;
            if reply.status().is_success() {
                self.was_let_in.store(true, Ordering::Relaxed);
                return Ok(reply);
            }
            answer = self.refused(what, signed_in, reply).await;
        }
        if answer.status == 429 || (answer.status == 503 && answer.retry_after.is_some()) {
            self.pause(Some(answer.clone()));
        }
        Err(answer.into())
    }

    async fn refused(&self, what: &'static str, signed_in: bool, reply: Reply) -> Answer {
        Answer {
            by_token: signed_in && self.remote.url.by_token,
            ..refusal(what, reply).await
        }
    }

    pub(crate) async fn json<T: DeserializeOwned>(
        &self,
        what: &'static str,
        request: Request,
    ) -> Result<T, SyncError> {
        let bytes = self
            .open(what, request)
            .await?
            .bytes(LONGEST_ANSWER)
            .await?;
        serde_json::from_slice(&bytes).map_err(|source| SyncError::Garbled {
            request: what,
            source: Some(source),
        })
    }

    /// The answer of a question about a document: `None` when there is none. A database that is not there is not an empty
    /// one.
    pub(crate) async fn find_json<T: DeserializeOwned>(
        &self,
        what: &'static str,
        request: Request,
    ) -> Result<Option<T>, SyncError> {
        match self.json(what, request).await {
            Ok(found) => Ok(Some(found)),
            Err(SyncError::Answer(answer))
                if answer.status == 404
                    && !answer.error.is_empty()
                    && !answer.is_without_database() =>
            {
                Ok(None)
            }
            Err(other) => Err(other),
        }
    }
}

async fn refusal(what: &'static str, reply: Reply) -> Answer {
    #[derive(serde::Deserialize, Default)]
    #[serde(default)]
    struct Wire {
        error: String,
        reason: String,
    }
    let status = reply.status().as_u16();
    let retry_after = reply.retry_after();
    let challenge = reply
        .header(WWW_AUTHENTICATE.as_str())
        .filter(|text| text.starts_with("Bearer"))
        .map(tidy);
    // A status without a readable body (a proxy's page, a cut connection) still is that status.
    let body = reply.bytes(LONGEST_REFUSAL).await.unwrap_or_default();
    let wire: Wire = serde_json::from_slice(&body).unwrap_or_default();
    Answer {
        request: what,
        status,
        error: tidy(&wire.error),
        // A gateway in front says what is wrong with a token in its challenge alone.
        reason: match challenge {
            Some(challenge) if wire.error.is_empty() => challenge,
            _ => tidy(&wire.reason),
        },
        retry_after,
        by_token: false,
    }
}

/// A server's words, fit for a log: no credentials, no line breaks, not endless.
pub(crate) fn tidy(words: &str) -> String {
    let words: String = words
        .chars()
        .filter(|c| !c.is_control())
        .take(LONGEST_REASON)
        .collect();
    redact(&words).into_owned()
}

/// Whether a gateway in front has let a session of its own run out, when the same name and password were let in before:
/// nothing is said against these. What `CouchDB` itself says about a password is believed at once, because it counts how
/// often it had to.
fn forgot_us(answer: &Answer) -> bool {
    answer.fault() == Fault::Unauthorised
        && answer.status == 401
        && !answer.reason.contains("password")
        && !answer.reason.contains("admin")
}
