//! The model, or other routes, behind a real socket, for clients that are programs of their own.

use std::{collections::BTreeMap, net::TcpListener, thread};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    response::Response,
};
use tokio::sync::oneshot;

use super::{Shared, wire::Asked};

/// Closed when dropped.
pub struct Socket {
    pub port: u16,
    _open: oneshot::Sender<()>,
}

impl Socket {
    /// # Panics
    /// When loopback has no free port.
    pub fn before(server: Shared) -> Self {
        Self::with(Router::new().fallback(answer).with_state(server))
    }

    /// A thread and a runtime of its own: those who wait for a client's end may block.
    pub(crate) fn with(routes: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let port = listener
            .local_addr()
            .expect("a bound socket has an address")
            .port();
        listener
            .set_nonblocking(true)
            .expect("a socket can be asked without waiting");
        let (open, closed) = oneshot::channel();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime of one thread");
            runtime.block_on(async {
                let listener =
                    tokio::net::TcpListener::from_std(listener).expect("a listening socket");
                tokio::select! {
                    _ = closed => {}
                    // It ends with the socket.
                    _ = axum::serve(listener, routes) => {}
                }
            });
        });
        Self { port, _open: open }
    }
}

async fn answer(State(server): State<Shared>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let empty = || Response::new(Body::empty());
    // A client that died in the middle of its body has asked for nothing.
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return empty();
    };
    let headers: BTreeMap<String, String> = head
        .headers
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        })
        .collect();
    let asked = Asked::new(head.method, &head.uri.to_string(), headers, body);
    let told = server.lock().answer(&asked);
    let mut response = Response::builder().status(told.status);
    for (name, value) in &told.headers {
        response = response.header(*name, value);
    }
    response
        .body(Body::from(told.body))
        .unwrap_or_else(|_| empty())
}
