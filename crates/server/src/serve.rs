//! Starting to listen, saying so, and stopping.

use std::{
    io::{IsTerminal as _, Write as _},
    net::{IpAddr, SocketAddr, UdpSocket},
    time::Duration,
};

use anyhow::Context as _;
use sheaf_server::{
    app::App,
    config::Database,
    edge::Edge,
    listen::{self, Tls},
    routes::router,
    storage::Storage,
};
use tokio::sync::watch;
use tracing::Level;
use tracing_subscriber::{
    EnvFilter, filter::filter_fn, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

use crate::options::{Configuration, LogFormat};

/// Sessions that expired are swept this often.
const SWEEP: Duration = Duration::from_hours(6);
/// How often the certificate's files are looked at.
const CERTIFICATE: Duration = Duration::from_mins(1);

pub(crate) fn start_logging(format: LogFormat) {
    let filter =
        EnvFilter::try_from_env("SHEAF_SERVER_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let text = fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let registry = tracing_subscriber::registry()
        .with(filter)
        .with(filter_fn(|about| {
            may_be_logged(about.target(), *about.level())
        }));
    match format {
        LogFormat::Text => registry.with(text).init(),
        LogFormat::Json => registry.with(text.json().flatten_event(true)).init(),
    }
}

/// Below `info` libraries quote what passes through them: statements with their parameters, frames,
/// bodies. Whatever the filter asks for, no credential and no content reaches the log.
fn may_be_logged(target: &str, level: Level) -> bool {
    level <= Level::INFO || target.starts_with("sheaf")
}

pub(crate) async fn run<S: Storage>(
    configuration: &Configuration,
    storage: S,
    edge: Edge,
) -> anyhow::Result<()> {
    let tls = match &configuration.tls {
        Some((certificate, key)) => Some(Tls::load(certificate, key)?),
        None => None,
    };
    let listener = tokio::net::TcpListener::bind(configuration.listen)
        .await
        .with_context(|| format!("cannot listen on {}", configuration.listen))?;
    let address = listener.local_addr()?;
    let accounts = storage.user_count().await?;
    let app = App::new(storage, edge, configuration.settings).await?;
    greet(configuration, address, accounts)?;
    let (stop, stopped) = watch::channel(false);
    app.run_beside(SWEEP, stopped.clone());
    if let Some(tls) = &tls {
        tokio::spawn(renew(tls.clone()));
    }
    tokio::spawn(async move {
        told_to_stop().await;
        tracing::info!("stopping; requests under way are finished first");
        stop.send_replace(true);
    });
    listen::serve(listener, tls, router(app), stopped).await;
    tracing::info!("stopped");
    Ok(())
}

fn greet(configuration: &Configuration, address: SocketAddr, accounts: u64) -> anyhow::Result<()> {
    let data = match &configuration.database {
        Database::Sqlite => configuration.data_dir()?.display().to_string(),
        Database::Postgres(postgres) => postgres.to_string(),
    };
    let url = url(address, configuration.tls.is_some());
    let in_the_clear = !address.ip().is_loopback()
        && configuration.tls.is_none()
        && configuration.settings.trusted_proxies == 0;
    let advice = if in_the_clear {
        "  Notes are encrypted before they travel; the connection is not. Across the internet use\n  \
         --tls-certificate and --tls-key, or a proxy in front (docs/hosting.md).\n"
    } else {
        ""
    };
    let registration = configuration.settings.registration.meaning(accounts);
    let text = format!(
        "Sheaf server {}\n  Data       {data}\n  Type this into Sheaf, Preferences, Sync:  {url}\n\
         {advice}  Registration is {registration}.\n",
        env!("CARGO_PKG_VERSION")
    );
    // Whoever started it may have stopped reading; that is no reason not to serve.
    let _ = std::io::stdout().write_all(text.as_bytes());
    Ok(())
}

/// What other devices can type, as far as this one can know.
fn url(address: SocketAddr, secured: bool) -> String {
    let scheme = if secured { "https" } else { "http" };
    let port = address.port();
    if secured && !address.ip().is_loopback() {
        return format!("{scheme}://<a name in the certificate>:{port}");
    }
    if !address.ip().is_unspecified() {
        return format!("{scheme}://{address}");
    }
    match outward() {
        Some(ip) => format!("{scheme}://{}", SocketAddr::new(ip, port)),
        None => format!("{scheme}://<this computer's address>:{port}"),
    }
}

/// The address this computer has in its network. Connecting a datagram socket sends nothing.
fn outward() -> Option<IpAddr> {
    let socket = UdpSocket::bind(("0.0.0.0", 0)).ok()?;
    // An address reserved for documentation: it is routed like any other, and nobody is there.
    socket.connect(("192.0.2.1", 9)).ok()?;
    let ip = socket.local_addr().ok()?.ip();
    (!ip.is_unspecified()).then_some(ip)
}

/// Reads the certificate again when its files changed, or on SIGHUP.
async fn renew(tls: Tls) {
    let mut known = tls.stamp();
    let mut times = tokio::time::interval(CERTIFICATE);
    let mut asked = hang_ups();
    loop {
        let now = tokio::select! {
            _ = times.tick() => false,
            () = asked.next() => true,
        };
        let stamp = tls.stamp();
        if !now && stamp == known {
            continue;
        }
        known = stamp;
        match tls.reload() {
            Ok(()) => tracing::info!("the certificate was read again"),
            Err(error) => {
                let error = anyhow::Error::new(error);
                tracing::error!("the old certificate stays in use: {error:#}");
            }
        }
    }
}

struct HangUps {
    #[cfg(unix)]
    signal: Option<tokio::signal::unix::Signal>,
}

fn hang_ups() -> HangUps {
    HangUps {
        #[cfg(unix)]
        signal: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).ok(),
    }
}

impl HangUps {
    async fn next(&mut self) {
        #[cfg(unix)]
        if let Some(signal) = &mut self.signal
            && signal.recv().await.is_some()
        {
            return;
        }
        std::future::pending::<()>().await;
    }
}

/// Ctrl+C, or the signal a service manager sends.
async fn told_to_stop() {
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
}
