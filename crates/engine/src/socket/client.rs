//! The command line's end of the socket.

use std::path::Path;

use serde_json::Value;
use sheaf_ipc::{ApiError, ErrorCode, Event};
use tokio::{
    io::BufReader,
    net::{
        UnixStream,
        unix::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::Mutex,
};

use super::{EVENTS, NAME, Reply, Request, SocketError, VISIT, frame};
use crate::Visit;

/// A connection to the Sheaf that runs on a data directory.
pub struct Client {
    line: Mutex<(BufReader<OwnedReadHalf>, OwnedWriteHalf)>,
}

impl Client {
    pub async fn connect(data_dir: &Path) -> Result<Self, SocketError> {
        let path = data_dir.join(NAME);
        let stream = UnixStream::connect(&path)
            .await
            .map_err(|source| SocketError::NobodyThere { path, source })?;
        let (read, write) = stream.into_split();
        Ok(Self {
            line: Mutex::new((BufReader::new(read), write)),
        })
    }

    /// Runs a command of the ipc table in the running app.
    pub async fn call(&self, command: &str, request: Value) -> Result<Value, ApiError> {
        match self.exchange(command, request).await {
            Ok(Reply::Ok(value)) => Ok(value),
            Ok(Reply::Error(error)) => Err(error),
            Ok(Reply::Event(_)) => {
                Err(ApiError::new(ErrorCode::Bug).with_detail("an event where an answer was due"))
            }
            Err(SocketError::TooLarge { .. }) => Err(ApiError::new(ErrorCode::TooLarge)),
            Err(error) => {
                Err(ApiError::new(ErrorCode::DatabaseLocked).with_detail(error.to_string()))
            }
        }
    }

    /// Asks the window of the running app for something; an error when it has none.
    pub async fn visit(&self, visit: &Visit) -> Result<(), ApiError> {
        let bug =
            |error: serde_json::Error| ApiError::new(ErrorCode::Bug).with_detail(error.to_string());
        let request = serde_json::to_value(visit).map_err(bug)?;
        self.call(VISIT, request).await.map(drop)
    }

    /// From here on the connection only brings events.
    pub async fn listen(&self) -> Result<(), ApiError> {
        self.call(EVENTS, Value::Null).await.map(drop)
    }

    /// `None`: the app was closed.
    pub async fn next_event(&self) -> Option<Event> {
        let (from, _) = &mut *self.line.lock().await;
        match frame::read(from, frame::LIMIT).await {
            Ok(Some(Reply::Event(event))) => Some(event),
            _ => None,
        }
    }

    async fn exchange(&self, command: &str, request: Value) -> Result<Reply, SocketError> {
        let (from, to) = &mut *self.line.lock().await;
        let request = Request {
            command: command.to_owned(),
            request,
        };
        frame::write(to, &request, frame::LIMIT).await?;
        let gone = || SocketError::Broken(std::io::ErrorKind::UnexpectedEof.into());
        frame::read(from, frame::LIMIT).await?.ok_or_else(gone)
    }
}
