//! The app's end of the socket.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde_json::Value;
use sheaf_ipc::{ApiError, ErrorCode, Event, dispatch};
use tokio::{
    io::{AsyncWrite, BufReader},
    net::{UnixListener, UnixStream},
    sync::broadcast,
    task::{JoinHandle, JoinSet},
};

use super::{EVENTS, NAME, Reply, Request, SocketError, VERIFY, VISIT, frame};
use crate::{Engine, Visit};

/// Accepts until dropped; then the socket is gone from the disk as well.
pub(crate) struct Serving {
    path: PathBuf,
    accepting: JoinHandle<()>,
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.accepting.abort();
        // Left behind it does no harm: the next owner of the database replaces it.
        let _ = fs::remove_file(&self.path);
    }
}

/// Whoever calls this holds the lock of the database, so a socket file that is already there
/// belongs to nobody any more.
///
/// `api` answers `None` once the engine is going away.
pub(crate) fn serve(
    data_dir: &Path,
    api: impl Fn() -> Option<Engine> + Send + Sync + 'static,
    events: &broadcast::Sender<Event>,
) -> Result<Serving, SocketError> {
    let path = data_dir.join(NAME);
    let listener = bind(&path).map_err(|source| SocketError::Bind {
        path: path.clone(),
        source,
    })?;
    let (events, api) = (events.clone(), Arc::new(api));
    let accepting = tokio::spawn(async move {
        // Ended with the listener.
        let mut conversations = JoinSet::new();
        loop {
            match listener.accept().await {
                Ok((stream, _)) => {
                    while conversations.try_join_next().is_some() {}
                    let (api, events) = (api.clone(), events.subscribe());
                    conversations.spawn(async move {
                        if let Err(error) = converse(stream, &*api, events).await {
                            tracing::debug!(%error, "a connection of the command line ended");
                        }
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "the socket for the command line is closed");
                    return;
                }
            }
        }
    });
    Ok(Serving { path, accepting })
}

fn bind(path: &Path) -> std::io::Result<UnixListener> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(path)?;
    // Nobody could slip in between: the data directory itself is closed to other accounts.
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

async fn converse(
    stream: UnixStream,
    api: &(impl Fn() -> Option<Engine> + Sync),
    events: broadcast::Receiver<Event>,
) -> Result<(), SocketError> {
    let (read, mut to) = stream.into_split();
    let mut from = BufReader::new(read);
    while let Some(Request { command, request }) = frame::read(&mut from, frame::LIMIT).await? {
        if command == EVENTS {
            frame::write(&mut to, &Reply::Ok(Value::Null), frame::LIMIT).await?;
            return stream_events(&mut to, events).await;
        }
        let Some(api) = api() else { return Ok(()) };
        let answer = match command.as_str() {
            VERIFY => verify(&api).await,
            VISIT => visit(&api, request),
            _ => dispatch(&api, &command, request).await,
        };
        let reply = answer.map_or_else(Reply::Error, Reply::Ok);
        match frame::write(&mut to, &reply, frame::LIMIT).await {
            Err(SocketError::TooLarge { .. }) => {
                let reply = Reply::Error(ApiError::new(ErrorCode::TooLarge));
                frame::write(&mut to, &reply, frame::LIMIT).await?;
            }
            other => other?,
        }
    }
    Ok(())
}

fn visit(api: &Engine, request: Value) -> Result<Value, ApiError> {
    let visit: Visit = serde_json::from_value(request)
        .map_err(|error| ApiError::new(ErrorCode::Invalid).with_detail(error.to_string()))?;
    if api.receive(visit) {
        Ok(Value::Null)
    } else {
        Err(ApiError::new(ErrorCode::DatabaseLocked)
            .with_detail("no window is open on these notes"))
    }
}

async fn verify(api: &Engine) -> Result<Value, ApiError> {
    let found = api.verify().await?;
    serde_json::to_value(found)
        .map_err(|error| ApiError::new(ErrorCode::Bug).with_detail(error.to_string()))
}

async fn stream_events(
    to: &mut (impl AsyncWrite + Unpin),
    mut events: broadcast::Receiver<Event>,
) -> Result<(), SocketError> {
    loop {
        match events.recv().await {
            Ok(event) => frame::write(to, &Reply::Event(event), frame::LIMIT).await?,
            // Events say what to read again; the next one serves as well as those missed.
            Err(broadcast::error::RecvError::Lagged(_)) => {}
            Err(broadcast::error::RecvError::Closed) => return Ok(()),
        }
    }
}
