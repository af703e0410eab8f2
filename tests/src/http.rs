//! A blocking HTTP client for looking at servers from outside. It shares nothing with the client under test.

use base64::Engine as _;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use ureq::http;

use crate::program::PATIENCE;

const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// One path segment, or one part of a user name and password, as a URL wants it.
pub fn encode_segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// Requests to one server, with one name and password or none.
#[derive(Clone)]
pub struct Http {
    agent: ureq::Agent,
    base: String,
    authorization: Option<String>,
}

/// Status and body; a body that is not JSON is `null`.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub json: Value,
}

impl Answer {
    /// The body of a success.
    pub fn success(self) -> Value {
        assert!(
            (200..300).contains(&self.status),
            "the server answered {} {}",
            self.status,
            self.json
        );
        self.json
    }
}

impl Http {
    /// `base` without a trailing slash: `http://127.0.0.1:5984`.
    pub fn new(base: &str) -> Self {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE))
            .build()
            .new_agent();
        Self {
            agent,
            base: base.to_owned(),
            authorization: None,
        }
    }

    #[must_use]
    pub fn signed_in(mut self, user: &str, password: &str) -> Self {
        let pair = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
        self.authorization = Some(format!("Basic {pair}"));
        self
    }

    /// Carries the token of a session.
    #[must_use]
    pub fn with_token(mut self, token: &str) -> Self {
        self.authorization = Some(format!("Bearer {token}"));
        self
    }

    /// The lines of a stream that the server keeps open. Reading fails when it is silent for too long.
    pub fn lines(&self, path: &str) -> impl Iterator<Item = String> + use<> {
        let mut request = self.agent.get(format!("{}{path}", self.base));
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", authorization);
        }
        let response = request
            .call()
            .unwrap_or_else(|error| panic!("GET {path} got no answer: {error}"));
        assert_eq!(response.status(), 200, "GET {path}");
        let reader = std::io::BufReader::new(response.into_body().into_reader());
        std::io::BufRead::lines(reader)
            .map(|line| line.unwrap_or_else(|error| panic!("the stream broke off: {error}")))
    }

    /// `path` begins with a slash and is already encoded.
    pub fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        self.try_send(method, path, body)
            .unwrap_or_else(|error| panic!("{method} {path} got no answer: {error}"))
    }

    /// As [`Self::send`], for servers that may be gone: an error is an answer that did not arrive in full.
    pub fn try_send(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Answer, ureq::Error> {
        let body = body.map(Value::to_string).unwrap_or_default();
        let mut request = http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header("accept", "application/json")
            .header("content-type", "application/json");
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", authorization);
        }
        let request = request
            .body(body)
            .expect("method, path and headers are ours");
        let mut response = self.agent.run(request)?;
        let text = response
            .body_mut()
            .with_config()
            .limit(1 << 30)
            .read_to_vec()?;
        Ok(Answer {
            status: response.status().as_u16(),
            json: serde_json::from_slice(&text).unwrap_or(Value::Null),
        })
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None)
    }

    pub fn put(&self, path: &str, body: &Value) -> Answer {
        self.send("PUT", path, Some(body))
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, Some(body))
    }

    pub fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, None)
    }
}
