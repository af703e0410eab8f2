//! Routes: both generations on one set of accounts.
//!
//! A route reads a request, calls one use-case and writes the answer in the form its generation of
//! clients reads. Nothing is decided here.

mod answer;
mod caller;
mod events;
mod items;
mod legacy;
mod operation;
mod v1;

use std::sync::Arc;

use axum::{
    Router,
    extract::{DefaultBodyLimit, MatchedPath, Request, State},
    http::{HeaderValue, header},
    middleware::{self, Next},
    response::Response,
    routing::{delete, get, post, put},
};

use crate::{app::App, storage::Storage};

/// Every route, for the test that compares them with the published description.
pub const ROUTES: &[(&str, &str)] = &[
    ("POST", "/auth"),
    ("GET", "/auth/params"),
    ("POST", "/auth/sign_in"),
    ("POST", "/auth/change_pw"),
    ("POST", "/items/sync"),
    ("POST", "/v1/users"),
    ("DELETE", "/v1/users/{user}"),
    ("PUT", "/v1/users/{user}/attributes/credentials"),
    ("POST", "/v1/login-params"),
    ("POST", "/v2/login-params"),
    ("POST", "/v1/login"),
    ("POST", "/v2/login"),
    ("POST", "/v1/logout"),
    ("POST", "/v1/sessions/refresh"),
    ("GET", "/v1/sessions"),
    ("DELETE", "/v1/sessions"),
    ("DELETE", "/v1/sessions/{session}"),
    ("POST", "/v1/items"),
    ("POST", "/v1/items/check-integrity"),
    ("GET", "/v1/items/{item}"),
    ("GET", "/v1/events"),
    ("GET", "/healthcheck"),
    ("GET", "/metrics"),
];

pub fn router<S: Storage>(app: Arc<App<S>>) -> Router {
    let body_bytes = app.limits.body_bytes;
    Router::new()
        .merge(older::<S>())
        // Some clients of the older generation are configured with this prefix.
        .nest("/api", older::<S>())
        .merge(newer::<S>())
        .route("/healthcheck", get(operation::healthcheck::<S>))
        .route("/metrics", get(operation::metrics::<S>))
        .fallback(operation::not_found)
        .layer(DefaultBodyLimit::max(body_bytes))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&app),
            observe::<S>,
        ))
        .with_state(app)
}

fn older<S: Storage>() -> Router<Arc<App<S>>> {
    Router::new()
        .route("/auth", post(legacy::register::<S>))
        .route("/auth/params", get(legacy::params::<S>))
        .route("/auth/sign_in", post(legacy::sign_in::<S>))
        .route("/auth/change_pw", post(legacy::change_password::<S>))
        .route("/items/sync", post(items::sync::<S>))
}

fn newer<S: Storage>() -> Router<Arc<App<S>>> {
    Router::new()
        .route("/v1/users", post(v1::register::<S>))
        .route("/v1/users/{user}", delete(v1::delete_account::<S>))
        .route(
            "/v1/users/{user}/attributes/credentials",
            put(v1::change_credentials::<S>),
        )
        .route("/v1/login-params", post(v1::login_params::<S>))
        .route("/v2/login-params", post(v1::login_params::<S>))
        .route("/v1/login", post(v1::login::<S>))
        .route("/v2/login", post(v1::login::<S>))
        .route("/v1/logout", post(v1::logout::<S>))
        .route("/v1/sessions/refresh", post(v1::refresh::<S>))
        .route(
            "/v1/sessions",
            get(v1::sessions::<S>).delete(v1::end_other_sessions::<S>),
        )
        .route("/v1/sessions/{session}", delete(v1::end_session::<S>))
        .route("/v1/items", post(items::sync_wrapped::<S>))
        .route(
            "/v1/items/check-integrity",
            post(items::check_integrity::<S>),
        )
        .route("/v1/items/{item}", get(items::one::<S>))
        .route("/v1/events", get(events::stream::<S>))
}

/// Counts, logs (route, status, request id; never a query, a body or an address) and closes the
/// answer against being kept or sniffed.
async fn observe<S: Storage>(
    State(app): State<Arc<App<S>>>,
    request: Request,
    next: Next,
) -> Response {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "unknown".to_owned(), |path| path.as_str().to_owned());
    let method = request.method().clone();
    let id = app.edge.uuid();
    let mut response = next.run(request).await;
    let status = response.status().as_u16();
    app.metrics.request(&route, status);
    if status >= 500 {
        tracing::error!(%method, route, status, request = %id, "request");
    } else {
        tracing::info!(%method, route, status, request = %id, "request");
    }
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert("x-request-id", id);
    }
    response
}
