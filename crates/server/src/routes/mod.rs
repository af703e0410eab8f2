//! Routes: both generations on one set of accounts.
//!
//! A route reads a request, calls one use-case and writes the answer in the form its generation of
//! clients reads. Nothing is decided here.

mod answer;
mod caller;
mod description;
mod events;
mod items;
mod legacy;
mod operation;
mod table;
mod v1;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, MatchedPath, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
};

use sheaf_protocol::{ClientVersion, ErrorTag, LEAST_CLIENT};
use tracing::Instrument as _;

use self::{
    answer::Failure,
    description::Method::{Delete, Get, Post, Put},
    table::Table,
};
use crate::{app::App, storage::Storage};

pub use description::{Method, ROUTES, Route, openapi};

/// From the head of a request to the head of its answer. Streams of events go on after it.
const LONGEST_REQUEST: Duration = Duration::from_mins(5);
/// Bytes of a request that carries no items.
const SMALL_BODY: usize = 64 << 10;

pub fn router<S: Storage>(app: Arc<App<S>>) -> Router {
    let body_bytes = app.settings.limits.body_bytes;
    let of_clients = Router::new()
        .merge(older::<S>(body_bytes).router())
        // Some clients of the older generation are configured with this prefix.
        .nest("/api", older::<S>(body_bytes).router())
        .merge(newer::<S>(body_bytes).router())
        .route_layer(middleware::from_fn_with_state(
            Arc::clone(&app),
            of_today::<S>,
        ));
    of_clients
        .merge(for_operation::<S>().router())
        .fallback(operation::not_found)
        .layer(DefaultBodyLimit::max(SMALL_BODY))
        .layer(middleware::from_fn(preflight))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&app),
            observe::<S>,
        ))
        .with_state(app)
}

/// Which routes the router has, the second places of the older ones left out.
#[cfg(test)]
fn served<S: Storage>() -> Vec<(Method, &'static str)> {
    [older::<S>(0), newer::<S>(0), for_operation::<S>()]
        .iter()
        .flat_map(|table| table.listed().to_vec())
        .collect()
}

fn older<S: Storage>(body_bytes: usize) -> Table<S> {
    Table::new()
        .add_large(Post, "/items/sync", items::sync::<S>, body_bytes)
        .add(Post, "/auth", legacy::register::<S>)
        .add(Get, "/auth/params", legacy::params::<S>)
        .add(Post, "/auth/sign_in", legacy::sign_in::<S>)
        .add(Post, "/auth/change_pw", legacy::change_password::<S>)
}

fn newer<S: Storage>(body_bytes: usize) -> Table<S> {
    let credentials = "/v1/users/{user}/attributes/credentials";
    let integrity = "/v1/items/check-integrity";
    Table::new()
        .add(Post, "/v1/users", v1::register::<S>)
        .add(Delete, "/v1/users/{user}", v1::delete_account::<S>)
        .add(Put, credentials, v1::change_credentials::<S>)
        .add(Post, "/v1/login-params", v1::login_params::<S>)
        .add(Post, "/v2/login-params", v1::login_params::<S>)
        .add(Post, "/v1/login", v1::login::<S>)
        .add(Post, "/v2/login", v1::login::<S>)
        .add(Post, "/v1/logout", v1::logout::<S>)
        .add(Post, "/v1/sessions/refresh", v1::refresh::<S>)
        .add(Get, "/v1/sessions", v1::sessions::<S>)
        .add(Delete, "/v1/sessions", v1::end_other_sessions::<S>)
        .add(Delete, "/v1/sessions/{session}", v1::end_session::<S>)
        .add_large(Post, "/v1/items", items::sync_wrapped::<S>, body_bytes)
        .add_large(Post, integrity, items::check_integrity::<S>, body_bytes)
        .add(Get, "/v1/items/{item}", items::one::<S>)
        .add(Get, "/v1/events", events::stream::<S>)
}

fn for_operation<S: Storage>() -> Table<S> {
    Table::new()
        .add(Get, "/healthcheck", operation::healthcheck::<S>)
        .add(Get, "/metrics", operation::metrics::<S>)
}

/// A browser asks first whether a page of another origin may send what it is about to: the published
/// clients that live in web pages do.
async fn preflight(request: Request, next: Next) -> Response {
    let asked = request
        .headers()
        .get(header::ACCESS_CONTROL_REQUEST_METHOD)
        .is_some_and(|_| request.method() == axum::http::Method::OPTIONS);
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

/// Turns a Sheaf away that is too old, before it reads or writes anything. Other clients do not count their versions in
/// ours.
async fn of_today<S: Storage>(
    State(app): State<Arc<App<S>>>,
    request: Request,
    next: Next,
) -> Response {
    let version = request
        .headers()
        .get(header::USER_AGENT)
        .and_then(|value| ClientVersion::of_user_agent(value.to_str().ok()?));
    match version {
        Some(version) if version < app.settings.least_client() => Failure::new(
            StatusCode::UPGRADE_REQUIRED,
            "This version of Sheaf is too old for this server.",
            Some(ErrorTag::ClientTooOld),
        )
        .into_response(),
        _ => next.run(request).await,
    }
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
    let id = request_id(request.headers(), app.settings.trusted_proxies)
        .unwrap_or_else(|| app.edge.uuid());
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
    let least = app.settings.least_client().to_string();
    if let Ok(least) = HeaderValue::from_str(&least) {
        headers.insert(LEAST_CLIENT, least);
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert("x-request-id", id);
    }
    response
}

/// The id that a trusted proxy gave the request, so that its log and ours name it alike.
fn request_id(headers: &HeaderMap, trusted_proxies: usize) -> Option<String> {
    let given = headers.get("x-request-id")?.to_str().ok()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (trusted_proxies > 0 && (1..=64).contains(&given.len()) && given.bytes().all(plain))
        .then(|| given.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_keeps_the_id_of_a_trusted_proxy_and_no_other() {
        let with = |id: &str| {
            HeaderMap::from_iter([("x-request-id".parse().unwrap(), id.parse().unwrap())])
        };
        assert_eq!(request_id(&with("a1-B2"), 1).as_deref(), Some("a1-B2"));
        assert_eq!(request_id(&with("a1-B2"), 0), None);
        for wrong in ["", "a b", "x\"y", &"a".repeat(65)] {
            assert_eq!(request_id(&with(wrong), 1), None, "{wrong}");
        }
    }
}
