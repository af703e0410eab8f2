//! What an engine is given instead of reading the environment.

use std::sync::Arc;

use crate::{
    Clock, DiagnosisPatience, Directories, Logs, Random, SecretStoreChoice, SystemClock,
    SystemRandom, network_environment,
};

#[derive(Clone)]
pub struct EngineOptions {
    pub directories: Directories,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub logs: Logs,
    /// From the command line or the environment; stronger than the stored choice.
    pub secret_store: Option<SecretStoreChoice>,
    /// Stay in step with the remote from the start. Otherwise nothing touches the network until
    /// it is asked for ([`crate::Engine::start_sync`], *Sync now*).
    pub live_sync: bool,
    /// What the network is like here, before the person's own settings: proxies, trust, resolver.
    pub network: sheaf_net::Options,
    pub patience: DiagnosisPatience,
    /// Put the first notes into a fresh data directory.
    pub first_run_notes: bool,
}

impl EngineOptions {
    /// For the window: in step with the remote, with a few notes to begin with.
    pub fn for_window(directories: Directories, logs: Logs) -> Self {
        Self {
            live_sync: true,
            first_run_notes: true,
            ..Self::for_command(directories, logs)
        }
    }

    /// For one command: no network unless the command asks for it.
    pub fn for_command(directories: Directories, logs: Logs) -> Self {
        Self {
            directories,
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            logs,
            secret_store: None,
            live_sync: false,
            network: network_environment(),
            patience: DiagnosisPatience::default(),
            first_run_notes: false,
        }
    }
}
