//! An answer: its head at once, its body piece by piece, each within the idle deadline.

use std::{sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use reqwest::{StatusCode, header};
use tokio::time::timeout;

use crate::{NetClass, NetError, Stage, proxied::Way};

pub struct Reply {
    inner: reqwest::Response,
    server: String,
    way: Option<Arc<Way>>,
    idle: Duration,
    answered_in: Duration,
}

impl Reply {
    pub(crate) fn new(
        inner: reqwest::Response,
        server: String,
        way: Option<Arc<Way>>,
        idle: Duration,
        answered_in: Duration,
    ) -> Self {
        Self {
            inner,
            server,
            way,
            idle,
            answered_in,
        }
    }

    pub fn status(&self) -> StatusCode {
        self.inner.status()
    }

    /// From sending to the head of the answer; on an open connection that is one round trip.
    pub fn answered_in(&self) -> Duration {
        self.answered_in
    }

    /// `None` when absent or not text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.inner.headers().get(name)?.to_str().ok()
    }

    /// How long the server wishes to be left alone: `Retry-After` in seconds, or as a date, which
    /// is compared with the answer's own `Date` so that a wrong clock here does not matter.
    pub fn retry_after(&self) -> Option<Duration> {
        let value = self.header(header::RETRY_AFTER.as_str())?.trim();
        if let Ok(seconds) = value.parse() {
            return Some(Duration::from_secs(seconds));
        }
        let until = httpdate::parse_http_date(value).ok()?;
        let now = httpdate::parse_http_date(self.header(header::DATE.as_str())?).ok()?;
        Some(until.duration_since(now).unwrap_or_default())
    }

    /// The next piece of the body (decompressed), `None` at its proper end. An end before the
    /// promised length is [`NetClass::Reset`], never `None`.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, NetError> {
        match timeout(self.idle, self.inner.chunk()).await {
            Ok(chunk) => chunk.map_err(|error| {
                NetError::from_reqwest(error, Stage::Body, &self.server, self.way.as_deref())
            }),
            Err(_) => Err(NetError::new(NetClass::TimedOut, Stage::Body, &self.server)),
        }
    }

    /// The whole body, at most `limit` bytes of it.
    pub async fn bytes(mut self, limit: usize) -> Result<Bytes, NetError> {
        let mut whole = BytesMut::new();
        while let Some(more) = self.chunk().await? {
            if whole.len() + more.len() > limit {
                return Err(NetError::new(NetClass::TooLong, Stage::Body, &self.server));
            }
            whole.extend_from_slice(&more);
        }
        Ok(whole.freeze())
    }
}
