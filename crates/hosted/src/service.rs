//! The server's routes, of both generations. Nothing is decided here but how a call is written.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use sheaf_net::{Body, Client, Deadlines, Method, Password, Reply, Request, Server, redact};
use sheaf_protocol::ErrorBody;

use crate::{Answer, HostedError};

/// A page ends at 10 MB of content on every known server; twice that with its frame.
const LONGEST_ANSWER: usize = 64 * 1024 * 1024;
const LONGEST_REFUSAL: usize = 64 * 1024;
const LONGEST_WORDS: usize = 300;
const JSON: &str = "application/json";

/// What every request names: the newest generation whose sessions travel in a header.
pub(crate) const API: &str = "20200115";

/// Which routes a server has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Dialect {
    /// `/v1`, `/v2`.
    #[default]
    Current,
    /// `/auth`, `/items/sync`.
    Older,
}

/// One server.
#[derive(Clone)]
pub struct Service {
    client: Client,
    server: Server,
}

impl Service {
    pub fn new(client: Client, server: Server) -> Self {
        Self { client, server }
    }

    pub fn server(&self) -> &Server {
        &self.server
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> Request {
        let segments = path.split('/').filter(|segment| !segment.is_empty());
        self.client.request(method, self.server.url(segments))
    }

    /// Calls with a JSON body and reads a JSON answer, in the frame of the newer generation or
    /// without it.
    pub(crate) async fn call<T: DeserializeOwned>(
        &self,
        what: &'static str,
        request: Request,
        body: Option<&impl Serialize>,
    ) -> Result<T, HostedError> {
        let reply = self.open(what, request, body).await?;
        let bytes = reply.bytes(LONGEST_ANSWER).await?;
        let garbled = |source| HostedError::Garbled {
            request: what,
            source: Some(source),
        };
        // Once without a tree in between: a page is megabytes.
        if let Ok(framed) = serde_json::from_slice::<Framed<T>>(&bytes) {
            return Ok(framed.data);
        }
        serde_json::from_slice(&bytes).map_err(garbled)
    }

    /// Calls and takes any success for an answer.
    pub(crate) async fn tell(
        &self,
        what: &'static str,
        request: Request,
        body: Option<&impl Serialize>,
    ) -> Result<(), HostedError> {
        let reply = self.open(what, request, body).await?;
        let _ = reply.bytes(LONGEST_REFUSAL).await;
        Ok(())
    }

    pub(crate) async fn open(
        &self,
        what: &'static str,
        request: Request,
        body: Option<&impl Serialize>,
    ) -> Result<Reply, HostedError> {
        let request = match body {
            Some(body) => {
                let json = serde_json::to_vec(body).map_err(HostedError::replica)?;
                request.body(JSON, Body::Bytes(json.into()))
            }
            None => request,
        };
        let reply = request
            .header(sheaf_net::header::ACCEPT, JSON)
            .send()
            .await?;
        if reply.status().is_success() {
            return Ok(reply);
        }
        Err(refusal(what, reply).await.into())
    }

    /// A feed of server-sent events, or why there is none.
    pub(crate) async fn events(
        &self,
        token: &Password,
        deadlines: Deadlines,
    ) -> Result<Reply, HostedError> {
        let request = self
            .request(Method::GET, "v1/events")
            .bearer(token)
            .deadlines(deadlines)
            .header(sheaf_net::header::ACCEPT, "text/event-stream");
        let reply = request.send().await?;
        let is_feed = reply
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("text/event-stream"));
        if reply.status().is_success() && is_feed {
            return Ok(reply);
        }
        if reply.status().is_success() {
            return Err(HostedError::Garbled {
                request: "GET events",
                source: None,
            });
        }
        Err(refusal("GET events", reply).await.into())
    }
}

#[derive(Deserialize)]
struct Framed<T> {
    #[allow(
        dead_code,
        reason = "its presence tells a frame from an answer without one"
    )]
    meta: serde::de::IgnoredAny,
    data: T,
}

async fn refusal(what: &'static str, reply: Reply) -> Answer {
    let status = reply.status().as_u16();
    let retry_after = reply.retry_after();
    // A status without a readable body (a proxy's page, a cut connection) still is that status.
    let body = reply.bytes(LONGEST_REFUSAL).await.unwrap_or_default();
    let (tag, message) = read_refusal(&body);
    Answer {
        request: what,
        status,
        tag,
        message,
        retry_after,
    }
}

/// `{"error": …}`, in the newer frame or without it.
fn read_refusal(body: &[u8]) -> (Option<sheaf_protocol::ErrorTag>, String) {
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    let inner = value.get("data").cloned().unwrap_or(value);
    match serde_json::from_value::<ErrorBody>(inner) {
        Ok(body) => (body.error.tag, tidy(&body.error.message)),
        Err(_) => (None, String::new()),
    }
}

/// A server's words, fit for a log: no credentials, no line breaks, not endless.
pub(crate) fn tidy(words: &str) -> String {
    let words: String = words
        .chars()
        .filter(|c| !c.is_control())
        .take(LONGEST_WORDS)
        .collect();
    redact(&words).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_server_are_one_short_line_without_credentials() {
        let long = format!("see http://a:b@host/\r\nx {}", "y".repeat(1000));
        let tidied = tidy(&long);
        assert!(tidied.starts_with("see http://…@host/x "), "{tidied}");
        assert!(tidied.chars().count() <= LONGEST_WORDS);
    }

    #[test]
    fn refusals_of_both_generations_are_read_and_rubbish_is_no_refusal() {
        let plain = br#"{"error":{"message":"No.","tag":"invalid-auth"}}"#;
        let framed = br#"{"meta":{},"data":{"error":{"message":"No."}}}"#;
        assert_eq!(
            read_refusal(plain),
            (Some(sheaf_protocol::ErrorTag::InvalidAuth), "No.".into())
        );
        assert_eq!(read_refusal(framed), (None, "No.".into()));
        assert_eq!(read_refusal(b"<html>"), (None, String::new()));
    }
}
