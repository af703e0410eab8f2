//! Who asks, and from where.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, header, request::Parts},
};

use super::answer::Failure;
use crate::{
    account::{AccountError, Device},
    app::App,
    storage::{Session, Storage, User},
    sync::Sender,
};

/// Somebody signed in.
pub(super) struct Caller {
    pub(super) user: User,
    pub(super) session: Session,
}

impl<S: Storage> FromRequestParts<Arc<App<S>>> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App<S>>) -> Result<Self, Failure> {
        let token = bearer(&parts.headers).ok_or(AccountError::InvalidSession)?;
        let (user, session) = app.accounts.session(token).await?;
        Ok(Self { user, session })
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

impl<S: Send + Sync> FromRequestParts<S> for Sender {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(if parts.headers.contains_key("x-snjs-version") {
            Self::Snjs
        } else {
            Self::Other
        })
    }
}

/// Where a request comes from, for sessions and for delays.
pub(super) struct Origin {
    address: String,
    user_agent: String,
}

impl Origin {
    pub(super) fn device(&self, api: Option<&str>, ephemeral: bool, single_token: bool) -> Device {
        Device {
            address: self.address.clone(),
            user_agent: self.user_agent.clone(),
            api: api.unwrap_or_default().to_owned(),
            ephemeral,
            single_token,
        }
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }
}

impl<S: Storage> FromRequestParts<Arc<App<S>>> for Origin {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App<S>>) -> Result<Self, Failure> {
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|info| info.0.ip().to_string());
        let forwarded = forwarded(&parts.headers, app.settings.trusted_proxies);
        let user_agent = parts
            .headers
            .get(header::USER_AGENT)
            .and_then(|value| value.to_str().ok());
        Ok(Self {
            address: group(&forwarded.or(peer).unwrap_or_default()),
            user_agent: user_agent.unwrap_or_default().to_owned(),
        })
    }
}

/// The address that the outermost trusted proxy saw: counted from the right, because everything
/// further left was written by whoever asks.
fn forwarded(headers: &HeaderMap, trusted: usize) -> Option<String> {
    let all: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    let at = all.len().checked_sub(trusted).filter(|_| trusted > 0)?;
    all.get(at).map(|address| (*address).to_owned())
}

/// One IPv6 customer holds a /64: addresses inside it count as one.
fn group(address: &str) -> String {
    match address.parse::<std::net::Ipv6Addr>() {
        Ok(v6) => {
            let s = v6.segments();
            format!("{:x}:{:x}:{:x}:{:x}::/64", s[0], s[1], s[2], s[3])
        }
        Err(_) => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_that_the_asker_wrote_is_not_believed() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "1.1.1.1, 2.2.2.2".parse().unwrap());
        assert_eq!(forwarded(&headers, 0), None);
        assert_eq!(forwarded(&headers, 1).as_deref(), Some("2.2.2.2"));
        assert_eq!(forwarded(&headers, 2).as_deref(), Some("1.1.1.1"));
        assert_eq!(forwarded(&headers, 3), None);
    }

    #[test]
    fn addresses_of_one_customer_count_as_one() {
        assert_eq!(group("2001:db8:1:2::1"), group("2001:db8:1:2:ffff::9"));
        assert_ne!(group("2001:db8:1:2::1"), group("2001:db8:1:3::1"));
        assert_eq!(group("192.0.2.1"), "192.0.2.1");
    }
}
