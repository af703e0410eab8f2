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

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, MatchedPath, Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
    routing::{delete, get, post, put},
};

use tracing::Instrument as _;

use self::answer::Failure;
use crate::{app::App, storage::Storage};

/// From the head of a request to the head of its answer. Streams of events go on after it.
const LONGEST_REQUEST: Duration = Duration::from_mins(5);
/// Bytes of a request that carries no items.
const SMALL_BODY: usize = 64 << 10;

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
    let body_bytes = app.settings.limits.body_bytes;
    Router::new()
        .merge(older::<S>(body_bytes))
        // Some clients of the older generation are configured with this prefix.
        .nest("/api", older::<S>(body_bytes))
        .merge(newer::<S>(body_bytes))
        .route("/healthcheck", get(operation::healthcheck::<S>))
        .route("/metrics", get(operation::metrics::<S>))
        .fallback(operation::not_found)
        .layer(DefaultBodyLimit::max(SMALL_BODY))
        .layer(middleware::from_fn(preflight))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&app),
            observe::<S>,
        ))
        .with_state(app)
}

fn older<S: Storage>(body_bytes: usize) -> Router<Arc<App<S>>> {
    Router::new()
        .route(
            "/items/sync",
            post(items::sync::<S>).layer(DefaultBodyLimit::max(body_bytes)),
        )
        .route("/auth", post(legacy::register::<S>))
        .route("/auth/params", get(legacy::params::<S>))
        .route("/auth/sign_in", post(legacy::sign_in::<S>))
        .route("/auth/change_pw", post(legacy::change_password::<S>))
}

fn newer<S: Storage>(body_bytes: usize) -> Router<Arc<App<S>>> {
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
        .route(
            "/v1/items",
            post(items::sync_wrapped::<S>).layer(DefaultBodyLimit::max(body_bytes)),
        )
        .route(
            "/v1/items/check-integrity",
            post(items::check_integrity::<S>).layer(DefaultBodyLimit::max(body_bytes)),
        )
        .route("/v1/items/{item}", get(items::one::<S>))
        .route("/v1/events", get(events::stream::<S>))
}

/// A browser asks first whether a page of another origin may send what it is about to: the published
/// clients that live in web pages do.
async fn preflight(request: Request, next: Next) -> Response {
    let asked = request
        .headers()
        .get(header::ACCESS_CONTROL_REQUEST_METHOD)
        .is_some_and(|_| request.method() == Method::OPTIONS);
    if !asked {
        return next.run(request).await;
    }
    let wanted = request
        .headers()
        .get(header::ACCESS_CONTROL_REQUEST_HEADERS);
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    if let Some(wanted) = wanted {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, wanted.clone());
    }
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("GET, POST, PUT, DELETE"),
    );
    headers.insert(
        header::ACCESS_CONTROL_MAX_AGE,
        HeaderValue::from_static("86400"),
    );
    response
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
    let from_a_page = request.headers().contains_key(header::ORIGIN);
    let span = tracing::info_span!("request", id);
    let begun = std::time::Instant::now();
    let answering = next.run(request).instrument(span.clone());
    let mut response = match tokio::time::timeout(LONGEST_REQUEST, answering).await {
        Ok(response) => response,
        Err(_) => Failure::new(
            StatusCode::REQUEST_TIMEOUT,
            "The request took too long. Try again.",
            None,
        )
        .into_response(),
    };
    let status = response.status().as_u16();
    app.metrics.request(&route, status);
    let ms = begun.elapsed().as_millis() as u64;
    span.in_scope(|| {
        if status >= 500 {
            tracing::error!(%method, route, status, ms, "answered");
        } else {
            tracing::info!(%method, route, status, ms, "answered");
        }
    });
    let headers = response.headers_mut();
    if from_a_page {
        // Nothing here is a cookie's: a page that has no token learns what anybody could ask.
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_ORIGIN,
            HeaderValue::from_static("*"),
        );
        headers.insert(
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            HeaderValue::from_static("retry-after, x-request-id"),
        );
    }
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
