//! Connections: accepting them, TLS, deadlines, and stopping without cutting anybody off.

mod tls;

use std::{net::SocketAddr, time::Duration};

use axum::{Extension, Router, extract::ConnectInfo};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto::Builder, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::watch,
};

pub use tls::{Tls, TlsError};

/// Until the head of a request is there, and until an idle connection is closed: longer than the
/// sixty seconds for which common proxies keep theirs, so that the proxy is the one that closes.
const HEAD: Duration = Duration::from_secs(75);
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Requests under way when the server is told to stop have this long.
const FAREWELL: Duration = Duration::from_secs(20);
/// After the system could not give a connection: too many files are open.
const BREATH: Duration = Duration::from_millis(100);

/// Serves until `stop` is true, then finishes what is under way.
pub async fn serve(
    listener: TcpListener,
    tls: Option<Tls>,
    router: Router,
    mut stop: watch::Receiver<bool>,
) {
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(BREATH).await;
                continue;
            }
        };
        let router = router.clone().layer(Extension(ConnectInfo(peer)));
        let watcher = graceful.watcher();
        let tls = tls.clone();
        tokio::spawn(async move {
            // Small answers must not wait for the acknowledgement of the ones before.
            let _ = stream.set_nodelay(true);
            if let Some(tls) = tls {
                secured(stream, &tls, peer, router, watcher).await;
            } else {
                converse(stream, router, watcher).await;
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(FAREWELL, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("some requests were still under way and were cut off");
    }
}

async fn secured(
    stream: TcpStream,
    tls: &Tls,
    peer: SocketAddr,
    router: Router,
    watcher: hyper_util::server::graceful::Watcher,
) {
    match tokio::time::timeout(HANDSHAKE, tls.accept(stream)).await {
        Ok(Ok(stream)) => converse(stream, router, watcher).await,
        // Scanners do this all day; whoever debugs a certificate turns the level up.
        Ok(Err(error)) => tracing::debug!(%error, %peer, "no TLS connection came about"),
        Err(_) => tracing::debug!(%peer, "the TLS handshake took too long"),
    }
}

async fn converse(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    router: Router,
    watcher: hyper_util::server::graceful::Watcher,
) {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(Duration::from_secs(30))
        .keep_alive_timeout(Duration::from_secs(20))
        .max_concurrent_streams(100);
    let connection = builder
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
        .into_owned();
    // Connections break; whoever asked knows.
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(error = %error, "a connection broke off");
    }
}
