//! What carries a request: sockets, or something that is handed in, such as the model of a server that a simulation
//! runs against.

use std::{fmt, future::Future, io, pin::Pin, sync::Arc};

use bytes::Bytes;
use futures_util::stream::BoxStream;
use reqwest::{Method, header::HeaderMap};
use url::Url;

use crate::NetError;

/// A request as it goes out, complete but for its `Content-Length`.
pub struct Outbound {
    pub method: Method,
    pub url: Url,
    pub headers: HeaderMap,
    pub body: BoxStream<'static, io::Result<Bytes>>,
}

/// An answer as it comes in. A body that ends with an error was cut off.
pub type Inbound = http::Response<BoxStream<'static, io::Result<Bytes>>>;

pub type Exchange = Pin<Box<dyn Future<Output = Result<Inbound, NetError>> + Send>>;

/// Carries requests in place of the network. Deadlines and redirects are still the client's business.
pub trait Transport: Send + Sync {
    fn exchange(&self, request: Outbound) -> Exchange;
}

#[derive(Clone)]
pub(crate) enum Carrier {
    Sockets(reqwest::Client),
    Given(Arc<dyn Transport>),
}

impl fmt::Debug for Carrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sockets(_) => "Sockets",
            Self::Given(_) => "Given",
        })
    }
}
