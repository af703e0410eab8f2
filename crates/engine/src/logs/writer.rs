//! The last step before the file: a writer that lets nothing secret through.

use std::{
    io::{self, Write},
    sync::Arc,
};

use tracing_subscriber::fmt::MakeWriter;

use super::Redactor;

/// Wraps any target of the log.
pub(super) struct Redacted<M> {
    redactor: Arc<Redactor>,
    inner: M,
}

impl<M> Redacted<M> {
    pub(super) fn new(redactor: Arc<Redactor>, inner: M) -> Self {
        Self { redactor, inner }
    }
}

impl<'a, M: MakeWriter<'a>> MakeWriter<'a> for Redacted<M> {
    type Writer = RedactedWriter<'a, M::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        RedactedWriter {
            redactor: &self.redactor,
            inner: self.inner.make_writer(),
        }
    }
}

/// Relies on `tracing-subscriber` handing over each event as one buffer (its formatting layer
/// builds a line in memory first): a secret cannot be split between two calls.
pub(super) struct RedactedWriter<'a, W> {
    redactor: &'a Redactor,
    inner: W,
}

impl<W: Write> Write for RedactedWriter<'_, W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        self.inner
            .write_all(self.redactor.clean(&text).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
