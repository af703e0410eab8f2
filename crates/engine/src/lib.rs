//! The app without a face: what the window and the command line can ask for ([`Engine`], which
//! carries out the table of `sheaf-ipc`), the sync worker's life, secrets, logs, change events.
//!
//! The only crate that reads the clock, draws randomness, names directories and talks to the
//! keyring; everything below is handed what it needs. It draws nothing on a screen.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod about;
mod activity;
mod api;
mod attachments;
mod calendar;
mod clock;
mod config;
mod convert;
mod diagnosis;
mod dirs;
mod engine;
mod events;
mod first_run;
mod history;
mod integrity;
mod items_file;
mod logs;
mod media_type;
mod network_environment;
mod options;
mod pictures;
mod private;
mod secrets;
mod socket;
mod support;
mod surroundings;
mod visit;
mod worker;

pub use about::render;
pub use attachments::AttachmentBytes;
pub use clock::{Clock, Random, SystemClock, SystemRandom};
pub use diagnosis::DiagnosisPatience;
pub use dirs::{Directories, NoHome, directories};
pub use engine::{Engine, OpenEngineError};
pub use events::Events;
pub use integrity::{FoundProblem, Rescue, Verification, rescue};
pub use logs::{LogError, LogOptions, Logs, Redactor};
pub use network_environment::network_environment;
pub use options::EngineOptions;
pub use pictures::NoPicture;
pub use secrets::SecretStoreChoice;
pub use sheaf_store::OpenError;
pub use socket::{Client, SocketError};
pub use visit::Visit;
