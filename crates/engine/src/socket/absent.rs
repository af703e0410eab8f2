//! Systems without Unix sockets in the standard library.

use std::path::Path;

use serde_json::Value;
use sheaf_ipc::{ApiError, ErrorCode, Event};
use tokio::sync::broadcast;

use super::SocketError;
use crate::{Engine, Visit};

/// Never exists here.
pub enum Client {}

impl Client {
    pub async fn connect(_data_dir: &Path) -> Result<Self, SocketError> {
        Err(SocketError::Unsupported)
    }

    pub async fn call(&self, _command: &str, _request: Value) -> Result<Value, ApiError> {
        Err(ApiError::new(ErrorCode::DatabaseLocked))
    }

    pub async fn visit(&self, _visit: &Visit) -> Result<(), ApiError> {
        Err(ApiError::new(ErrorCode::DatabaseLocked))
    }

    pub async fn listen(&self) -> Result<(), ApiError> {
        Err(ApiError::new(ErrorCode::DatabaseLocked))
    }

    pub async fn next_event(&self) -> Option<Event> {
        None
    }
}

pub(crate) enum Serving {}

pub(crate) fn serve(
    _data_dir: &Path,
    _api: impl Fn() -> Option<Engine> + Send + Sync + 'static,
    _events: &broadcast::Sender<Event>,
) -> Result<Serving, SocketError> {
    Err(SocketError::Unsupported)
}
