//! The router and, beside it, which routes it has: the published description is held against this list.

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    handler::Handler,
    routing::{MethodFilter, MethodRouter, on},
};

use super::description::Method;
use crate::app::App;

/// A router that remembers what was put into it.
pub(super) struct Table<S> {
    router: Router<Arc<App<S>>>,
    listed: Vec<(Method, &'static str)>,
}

impl<S: Send + Sync + 'static> Table<S> {
    pub(super) fn new() -> Self {
        Self {
            router: Router::new(),
            listed: Vec::new(),
        }
    }

    pub(super) fn add<H, T>(self, method: Method, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, Arc<App<S>>>,
        T: 'static,
    {
        self.put(method, path, on(filter(method), handler))
    }

    /// For bodies that carry items.
    pub(super) fn add_large<H, T>(
        self,
        method: Method,
        path: &'static str,
        handler: H,
        body_bytes: usize,
    ) -> Self
    where
        H: Handler<T, Arc<App<S>>>,
        T: 'static,
    {
        let handler = on(filter(method), handler).layer(DefaultBodyLimit::max(body_bytes));
        self.put(method, path, handler)
    }

    fn put(
        mut self,
        method: Method,
        path: &'static str,
        handler: MethodRouter<Arc<App<S>>>,
    ) -> Self {
        self.listed.push((method, path));
        self.router = self.router.route(path, handler);
        self
    }

    pub(super) fn router(self) -> Router<Arc<App<S>>> {
        self.router
    }

    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "what the description is held against")
    )]
    pub(super) fn listed(&self) -> &[(Method, &'static str)] {
        &self.listed
    }
}

fn filter(method: Method) -> MethodFilter {
    match method {
        Method::Get => MethodFilter::GET,
        Method::Post => MethodFilter::POST,
        Method::Put => MethodFilter::PUT,
        Method::Delete => MethodFilter::DELETE,
    }
}
