//! From a name to its addresses. The resolver is the operating system's unless another one is
//! passed in.

use std::{fmt, future::Future, io, net::IpAddr, net::SocketAddr, pin::Pin, sync::Arc};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::error::HostNotFound;

pub type LookupFuture = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Where names are looked up.
pub trait Lookup: Send + Sync {
    fn lookup(&self, name: &str) -> LookupFuture;
}

/// The operating system's resolver.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemLookup;

impl Lookup for SystemLookup {
    fn lookup(&self, name: &str) -> LookupFuture {
        let name = name.to_owned();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// A shared resolver; the system's by default.
#[derive(Clone)]
pub struct Resolver(pub Arc<dyn Lookup>);

impl Default for Resolver {
    fn default() -> Self {
        Self(Arc::new(SystemLookup))
    }
}

impl fmt::Debug for Resolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Resolver")
    }
}

/// Why a name has no addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookupFault {
    /// The name server says that there is no such name.
    Unknown,
    /// No name server gave an answer.
    NoAnswer,
}

/// The system's resolver tells its reasons only in words, and those of the C library are the same
/// in every language that Rust's `std` passes on.
pub(crate) fn lookup_fault(error: &io::Error) -> LookupFault {
    let text = error.to_string();
    let no_answer = error.kind() == io::ErrorKind::TimedOut
        || text.contains("Temporary failure")
        || text.contains("try again")
        || text.contains("Try again")
        // Windows: WSATRY_AGAIN, WSANO_RECOVERY.
        || matches!(error.raw_os_error(), Some(11002 | 11003));
    if no_answer {
        LookupFault::NoAnswer
    } else {
        LookupFault::Unknown
    }
}

/// What the HTTP client uses.
#[derive(Debug, Clone)]
pub(crate) struct ForClient {
    pub(crate) resolver: Resolver,
    /// Names for which IPv6 addresses are left out.
    pub(crate) ipv4_only: Vec<String>,
}

impl ForClient {
    pub(crate) async fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        let mut found = self.resolver.0.lookup(name).await?;
        if self.ipv4_only.iter().any(|host| host == name) && found.iter().any(IpAddr::is_ipv4) {
            found.retain(IpAddr::is_ipv4);
        }
        let mut seen = Vec::with_capacity(found.len());
        for address in found {
            if !seen.contains(&address) {
                seen.push(address);
            }
        }
        Ok(seen)
    }
}

/// An error of its own, so that it can be told from others by type.
impl Resolve for ForClient {
    fn resolve(&self, name: Name) -> Resolving {
        let this = self.clone();
        Box::pin(async move {
            let found = this.addresses(name.as_str()).await.map_err(HostNotFound)?;
            let addresses: Vec<SocketAddr> = found
                .into_iter()
                .map(|address| SocketAddr::new(address, 0))
                .collect();
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}
