//! For whoever runs the server.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use super::answer::Failure;
use crate::{app::App, storage::Storage};

pub(super) async fn healthcheck<S: Storage>(
    State(app): State<Arc<App<S>>>,
) -> Result<&'static str, Failure> {
    app.storage.ping().await?;
    Ok("OK")
}

pub(super) async fn metrics<S: Storage>(State(app): State<Arc<App<S>>>) -> Response {
    let text = app.metrics.render(app.changes.count());
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}

pub(super) async fn not_found() -> Failure {
    Failure::new(
        StatusCode::NOT_FOUND,
        "There is no such route on this server.",
        None,
    )
}
