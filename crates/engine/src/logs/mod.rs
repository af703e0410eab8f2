//! Where the log goes: a file a day, kept for a week, and on request the terminal. Everything
//! passes [`Redactor`] last, whatever the code above it meant to say.
//!
//! One per process, because `tracing` has one global subscriber.

mod crash;
mod redact;
mod writer;

use std::{
    fmt, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use tracing_appender::rolling::{InitError, RollingFileAppender, Rotation};
use tracing_subscriber::{
    EnvFilter, Registry, layer::SubscriberExt as _, reload, util::SubscriberInitExt as _,
};

pub(crate) use crash::CRASH;
pub use redact::Redactor;
use writer::Redacted;

const QUIET: &str = "warn,sheaf=info";
const VERBOSE: &str = "info,sheaf=debug";
const DAYS_KEPT: usize = 7;

/// How to log.
#[derive(Debug, Clone)]
pub struct LogOptions {
    pub dir: PathBuf,
    /// The same lines to standard error.
    pub terminal: bool,
    pub verbose: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum LogError {
    #[error("the log directory {} cannot be created", path.display())]
    Directory { path: PathBuf, source: io::Error },
    #[error("the log file cannot be opened")]
    File(#[from] InitError),
    #[error("something else in this process already receives the log")]
    Taken(#[from] tracing_subscriber::util::TryInitError),
}

/// The running log, to switch it and to teach it secrets. Without one ([`Logs::none`]) both do
/// nothing.
#[derive(Clone, Default)]
pub struct Logs {
    redactor: Arc<Redactor>,
    filter: Option<reload::Handle<EnvFilter, Registry>>,
    /// Asked for on the command line: preferences do not make it quieter.
    always_verbose: bool,
}

impl Logs {
    /// For tests and for whoever wants no log.
    pub fn none() -> Self {
        Self::default()
    }

    /// Starts the log of this process.
    pub fn start(options: &LogOptions) -> Result<Self, LogError> {
        create(&options.dir)?;
        let redactor = Arc::new(Redactor::default());
        let (filter, handle) = reload::Layer::new(filter(options.verbose));
        let file = RollingFileAppender::builder()
            .rotation(Rotation::DAILY)
            .filename_prefix("sheaf")
            .filename_suffix("log")
            .max_log_files(DAYS_KEPT)
            .build(&options.dir)?;
        let to_file = tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .with_writer(Redacted::new(redactor.clone(), file));
        let to_terminal = options.terminal.then(|| {
            tracing_subscriber::fmt::layer()
                .with_ansi(false)
                .with_writer(Redacted::new(
                    redactor.clone(),
                    io::stderr as fn() -> io::Stderr,
                ))
        });
        tracing_subscriber::registry()
            .with(filter)
            .with(to_file)
            .with(to_terminal)
            .try_init()?;
        crash::keep_reports(options.dir.clone(), redactor.clone());
        Ok(Self {
            redactor,
            filter: Some(handle),
            always_verbose: options.verbose,
        })
    }

    /// Takes effect with the next event.
    pub fn set_verbose(&self, verbose: bool) {
        if let Some(handle) = &self.filter {
            let wanted = filter(verbose || self.always_verbose);
            if let Err(error) = handle.reload(wanted) {
                tracing::warn!(%error, "the level of the log stays as it was");
            }
        }
    }

    pub fn redactor(&self) -> &Redactor {
        &self.redactor
    }
}

impl fmt::Debug for Logs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Logs")
            .field("running", &self.filter.is_some())
            .finish_non_exhaustive()
    }
}

/// `sheaf` matches every crate of ours, because targets match by prefix of the module path.
fn filter(verbose: bool) -> EnvFilter {
    EnvFilter::new(if verbose { VERBOSE } else { QUIET })
}

fn create(dir: &Path) -> Result<(), LogError> {
    crate::private::create_dir(dir).map_err(|source| LogError::Directory {
        path: dir.to_owned(),
        source,
    })
}
