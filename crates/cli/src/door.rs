//! The way to the notes: an engine of our own, or the Sheaf that is running on them already.

use std::time::Duration;

use serde::{Serialize, de::DeserializeOwned};
use sheaf_engine::{
    Client, Directories, Engine, EngineOptions, Events, LogOptions, Logs, OpenEngineError,
    SecretStoreChoice,
};
use sheaf_ipc::{ApiError, ErrorCode, Event, dispatch};

use crate::args::Options;

/// Two commands started at once take turns; waiting longer than this would hide something.
const TURNS: u32 = 60;
const TURN: Duration = Duration::from_millis(50);

pub(crate) enum Door {
    Engine(Engine),
    Running(Client),
}

/// A stream of events, from either side of the door.
pub(crate) enum Listening<'a> {
    Engine(Events),
    Running(&'a Client),
}

impl Door {
    pub(crate) async fn open(options: &Options) -> Result<Self, ApiError> {
        let directories = directories(options)?;
        let mut engine_options =
            EngineOptions::for_command(directories.clone(), logs(options, &directories));
        engine_options.secret_store = options
            .secret_store
            .as_deref()
            .and_then(SecretStoreChoice::parse);
        for _ in 0..TURNS {
            match Engine::open(engine_options.clone()).await {
                Ok(engine) => return Ok(Self::Engine(engine)),
                Err(OpenEngineError::Open(sheaf_engine::OpenError::Locked)) => {
                    if let Ok(client) = Client::connect(&directories.data).await {
                        return Ok(Self::Running(client));
                    }
                    tokio::time::sleep(TURN).await;
                }
                Err(error) => return Err(error.as_api_error()),
            }
        }
        Err(ApiError::new(ErrorCode::DatabaseLocked))
    }

    /// Runs a command of the ipc table.
    pub(crate) async fn call<T: DeserializeOwned>(
        &self,
        command: &str,
        request: impl Serialize,
    ) -> Result<T, ApiError> {
        let bug = |error: serde_json::Error| {
            ApiError::new(ErrorCode::Bug).with_detail(format!("{command}: {error}"))
        };
        let request = serde_json::to_value(request).map_err(bug)?;
        let answer = match self {
            Self::Engine(engine) => dispatch(engine, command, request).await?,
            Self::Running(client) => client.call(command, request).await?,
        };
        serde_json::from_value(answer).map_err(bug)
    }

    /// From here on events arrive, and a running app's connection takes no more commands.
    pub(crate) async fn listen(&self) -> Result<Listening<'_>, ApiError> {
        match self {
            Self::Engine(engine) => Ok(Listening::Engine(engine.subscribe())),
            Self::Running(client) => {
                client.listen().await?;
                Ok(Listening::Running(client))
            }
        }
    }

    pub(crate) async fn close(self) {
        if let Self::Engine(engine) = self {
            engine.shutdown().await;
        }
    }
}

impl Listening<'_> {
    /// `None`: nothing more will come.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        match self {
            Self::Engine(events) => events.next().await,
            Self::Running(client) => client.next_event().await,
        }
    }
}

pub(crate) fn directories(options: &Options) -> Result<Directories, ApiError> {
    sheaf_engine::directories(options.data_dir.as_deref())
        .map_err(|error| ApiError::new(ErrorCode::Invalid).with_detail(error.to_string()))
}

/// A command works without its log; it only says so.
fn logs(options: &Options, directories: &Directories) -> Logs {
    let started = Logs::start(&LogOptions {
        dir: directories.logs.clone(),
        terminal: options.enable_logging,
        verbose: options.enable_logging,
    });
    started.unwrap_or_else(|error| {
        crate::print::warn(&format!("There is no log: {error}."));
        Logs::none()
    })
}
