//! Requests as the model sees them, and what it answers.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::Method;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

#[derive(Debug, Clone)]
pub struct Asked {
    pub method: Method,
    /// Decoded, the database's name first.
    pub path: Vec<String>,
    pub query: BTreeMap<String, String>,
    pub headers: BTreeMap<String, String>,
    pub body: Bytes,
}

impl Asked {
    /// `target` is a path with its query, as it stands in a request line.
    pub fn new(
        method: Method,
        target: &str,
        headers: BTreeMap<String, String>,
        body: Bytes,
    ) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let decode = |text: &str| {
            percent_decode_str(&text.replace('+', " "))
                .decode_utf8_lossy()
                .into_owned()
        };
        let segment = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        Self {
            method,
            path: path
                .split('/')
                .filter(|part| !part.is_empty())
                .map(segment)
                .collect(),
            query: query
                .split('&')
                .filter(|pair| !pair.is_empty())
                .map(|pair| {
                    let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
                    (decode(key), decode(value))
                })
                .collect(),
            headers,
            body,
        }
    }

    pub fn flag(&self, name: &str) -> bool {
        self.query.get(name).is_some_and(|value| value == "true")
    }

    pub fn number(&self, name: &str) -> Option<u64> {
        self.query.get(name)?.parse().ok()
    }

    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// What it is about, for logs and for choosing faults: never an id.
    pub fn about(&self) -> &'static str {
        match self.path.get(1).map(String::as_str) {
            None => "database",
            Some("_changes") => "_changes",
            Some("_bulk_docs") => "_bulk_docs",
            Some("_bulk_get") => "_bulk_get",
            Some("_revs_diff") => "_revs_diff",
            Some("_local") => "_local",
            Some(other) if other.starts_with('_') => "other",
            Some(_) if self.path.len() > 2 => "attachment",
            Some(_) => "document",
        }
    }
}

#[derive(Debug, Clone)]
pub struct Told {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Bytes,
    /// Seconds for which the server asked to be left alone.
    pub leave_alone: Option<u64>,
}

impl Told {
    pub fn json(status: u16, value: &Value) -> Self {
        Self {
            status,
            headers: vec![("content-type", "application/json".to_owned())],
            body: format!("{value}\n").into(),
            leave_alone: None,
        }
    }

    pub fn error(status: u16, error: &str, reason: &str) -> Self {
        Self::json(status, &json!({ "error": error, "reason": reason }))
    }

    pub fn page(status: u16, words: &str) -> Self {
        Self {
            status,
            headers: vec![("content-type", "text/html".to_owned())],
            body: format!("<!DOCTYPE html><title>{words}</title><p>{words}").into(),
            leave_alone: None,
        }
    }

    #[must_use]
    pub fn asking_for(mut self, seconds: u64) -> Self {
        self.leave_alone = Some(seconds);
        self
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
}
