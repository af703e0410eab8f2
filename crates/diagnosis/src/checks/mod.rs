//! The checks that need only the network: one file per group. Each is asked for by name and
//! answers with one finding.

mod address;
mod app;
mod certificate;
mod computer;
mod connection;
mod database;
mod encryption;
mod feed;
mod limits;
mod portal;
mod server;
mod sign_in;
mod version;

pub use encryption::locked_notes;

use crate::{CheckId, Context, Finding, run::Asked};

/// Whether the check is answered here, and not by a probe.
pub(crate) const fn is_native(check: CheckId) -> bool {
    matches!(
        check,
        CheckId::Network
            | CheckId::Portal
            | CheckId::Proxy
            | CheckId::Clock
            | CheckId::App
            | CheckId::Config
            | CheckId::Dns
            | CheckId::Tcp
            | CheckId::Ipv6
            | CheckId::Tls
            | CheckId::Http
            | CheckId::Version
            | CheckId::Auth
            | CheckId::Database
            | CheckId::Open
            | CheckId::Write
            | CheckId::Foreign
            | CheckId::Speed
            | CheckId::Limits
            | CheckId::Requests
            | CheckId::Feed
            | CheckId::Held
            | CheckId::Key
    )
}

pub(crate) fn ask(check: CheckId, context: &Context) -> Asked<'_> {
    match check {
        CheckId::Network => Box::pin(computer::network(context)),
        CheckId::Portal => Box::pin(portal::login_page(context)),
        CheckId::Proxy => Box::pin(computer::proxy(context)),
        CheckId::Clock => Box::pin(async { computer::clock(context) }),
        CheckId::App => Box::pin(async { app::is_new_enough(context) }),
        CheckId::Dns => Box::pin(address::name(context)),
        CheckId::Tcp => Box::pin(connection::port(context)),
        CheckId::Ipv6 => Box::pin(async { connection::ipv6(context) }),
        CheckId::Tls => Box::pin(certificate::tls(context)),
        CheckId::Http => Box::pin(server::what_answers(context)),
        CheckId::Version => Box::pin(version::version(context)),
        CheckId::Auth => Box::pin(sign_in::sign_in(context)),
        CheckId::Database => Box::pin(database::reading(context)),
        CheckId::Open => Box::pin(database::open(context)),
        CheckId::Write => Box::pin(database::writing(context)),
        CheckId::Foreign => Box::pin(database::only_notes(context)),
        CheckId::Speed => Box::pin(limits::speed(context)),
        CheckId::Limits => Box::pin(limits::size(context)),
        CheckId::Requests => Box::pin(limits::requests(context)),
        CheckId::Feed => Box::pin(feed::answers(context)),
        CheckId::Held => Box::pin(feed::is_held(context)),
        CheckId::Key => Box::pin(encryption::locked_notes(context)),
        _ => Box::pin(async { address::spelling(context) }),
    }
}

/// Sends a request and reads as much of the answer as the checks look at.
async fn read(request: sheaf_net::Request) -> Result<server::Answer, sheaf_net::NetError> {
    server::Answer::read(request.send().await?).await
}

/// The target; only a run without an address has none, and then every check that asks is skipped.
fn target(context: &Context) -> Result<&crate::Target, Finding> {
    context.target().ok_or_else(|| address::spelling(context))
}
