//! Listening, and stopping without cutting anybody off.

use std::net::SocketAddr;

use anyhow::Context as _;
use sheaf_server::{
    app::App, config::Registration, edge::Edge, routes::router, storage::Storage as _,
};
use tracing_subscriber::EnvFilter;

use crate::cli::Options;

/// Sessions that expired are swept this often.
const SWEEP: std::time::Duration = std::time::Duration::from_hours(6);

pub(crate) async fn run(options: Options, edge: Edge) -> anyhow::Result<()> {
    let filter =
        EnvFilter::try_from_env("SHEAF_SERVER_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let storage = options.open()?;
    let listener = tokio::net::TcpListener::bind(options.listen)
        .await
        .with_context(|| format!("cannot listen on {}", options.listen))?;
    let address = listener.local_addr()?;
    greet(&options, address, storage.user_count().await?)?;
    tokio::spawn(sweep(storage.clone(), edge.clone()));
    let app = App::new(
        storage,
        edge,
        options.registration,
        options.limits(),
        options.trusted_proxies,
    )
    .await?;
    axum::serve(
        listener,
        router(app).into_make_service_with_connect_info::<SocketAddr>(),
    )
    .with_graceful_shutdown(stop())
    .await?;
    Ok(())
}

fn greet(options: &Options, address: SocketAddr, accounts: u64) -> anyhow::Result<()> {
    println!("Sheaf server {}", env!("CARGO_PKG_VERSION"));
    println!("  Data       {}", options.data_dir()?.display());
    println!("  Type this into Sheaf, Preferences, Sync:  http://{address}");
    let registration = match (options.registration, accounts) {
        (Registration::FirstOnly, 0) => "open until the first account exists",
        (Registration::FirstOnly, _) => {
            "closed: the first account exists (--registration open lets others in)"
        }
        (Registration::Open, _) => "open to everybody who reaches this address",
        (Registration::Invite, _) => "by invitation (sheaf-server user invite)",
        (Registration::Closed, _) => "closed",
    };
    println!("  Registration is {registration}.");
    Ok(())
}

async fn sweep(storage: impl sheaf_server::storage::Storage, edge: Edge) {
    let mut times = tokio::time::interval(SWEEP);
    loop {
        times.tick().await;
        if let Err(error) = storage.sweep_sessions(edge.now()).await {
            tracing::warn!(%error, "expired sessions could not be swept");
        }
    }
}

/// Ctrl+C, or the signal a service manager sends.
async fn stop() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
    tracing::info!("stopping; requests under way are finished first");
}
