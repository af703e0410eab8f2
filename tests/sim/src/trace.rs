//! What happened, as one number to compare two runs by, and in words when somebody wants to read it.

use std::sync::{Arc, Mutex, PoisonError};

#[derive(Debug, Default)]
struct Inner {
    hash: u64,
    lines: Option<Vec<String>>,
    violations: Vec<String>,
}

/// Shared by everything that happens in one run.
#[derive(Debug, Clone, Default)]
pub struct Trace(Arc<Mutex<Inner>>);

impl Trace {
    /// One that keeps its lines.
    pub fn readable() -> Self {
        let inner = Inner {
            lines: Some(Vec::new()),
            ..Inner::default()
        };
        Self(Arc::new(Mutex::new(inner)))
    }

    fn with<T>(&self, work: impl FnOnce(&mut Inner) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn say(&self, line: impl FnOnce() -> String) {
        let line = line();
        self.with(|inner| {
            for byte in line.bytes().chain([b'\n']) {
                inner.hash = (inner.hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
            }
            if let Some(lines) = &mut inner.lines {
                lines.push(line);
            }
        });
    }

    /// Something happened that must never happen, seen where no check can be returned from.
    pub fn accuse(&self, what: String) {
        self.with(|inner| inner.violations.push(what));
    }

    pub fn accusation(&self) -> Option<String> {
        self.with(|inner| inner.violations.first().cloned())
    }

    pub fn hash(&self) -> u64 {
        self.with(|inner| inner.hash)
    }

    pub fn lines(&self) -> Vec<String> {
        self.with(|inner| inner.lines.clone().unwrap_or_default())
    }
}
