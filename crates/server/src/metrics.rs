//! Counters for `/metrics`, in Prometheus' text form. Nothing in them names an account.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

#[derive(Default)]
pub(crate) struct Metrics {
    /// By route and status.
    requests: Mutex<BTreeMap<(String, u16), u64>>,
    pub(crate) items_saved: AtomicU64,
    pub(crate) items_retrieved: AtomicU64,
    pub(crate) conflicts: AtomicU64,
}

impl Metrics {
    pub(crate) fn request(&self, route: &str, status: u16) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        *requests.entry((route.to_owned(), status)).or_default() += 1;
    }

    pub(crate) fn render(&self, listeners: usize) -> String {
        let mut text = String::from("# TYPE sheaf_requests_total counter\n");
        for ((route, status), count) in
            &*self.requests.lock().unwrap_or_else(PoisonError::into_inner)
        {
            let _ = writeln!(
                text,
                "sheaf_requests_total{{route=\"{route}\",status=\"{status}\"}} {count}"
            );
        }
        let counters = [
            ("sheaf_items_saved_total", &self.items_saved),
            ("sheaf_items_retrieved_total", &self.items_retrieved),
            ("sheaf_conflicts_total", &self.conflicts),
        ];
        for (name, counter) in counters {
            let _ = writeln!(
                text,
                "# TYPE {name} counter\n{name} {}",
                counter.load(Ordering::Relaxed)
            );
        }
        let _ = writeln!(
            text,
            "# TYPE sheaf_listeners gauge\nsheaf_listeners {listeners}"
        );
        text
    }
}
