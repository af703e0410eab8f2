//! What a device has on its way at once: requests, and the bytes of questions and answers that are in memory for them.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

#[derive(Debug, Default)]
pub struct Load {
    requests: AtomicUsize,
    bytes: AtomicUsize,
    most_requests: AtomicUsize,
    most_bytes: AtomicUsize,
    longest_message: AtomicUsize,
}

/// The most there ever was.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Most {
    pub requests: usize,
    pub bytes: usize,
    pub longest_message: usize,
}

impl Load {
    pub fn most(&self) -> Most {
        Most {
            requests: self.most_requests.load(Ordering::Relaxed),
            bytes: self.most_bytes.load(Ordering::Relaxed),
            longest_message: self.longest_message.load(Ordering::Relaxed),
        }
    }

    pub(super) fn begin(self: &Arc<Self>, bytes: usize) -> OnItsWay {
        let requests = 1 + self.requests.fetch_add(1, Ordering::Relaxed);
        self.most_requests.fetch_max(requests, Ordering::Relaxed);
        let mut message = OnItsWay {
            load: Arc::clone(self),
            bytes: 0,
        };
        message.add(bytes);
        message
    }
}

/// One question, and then its answer, until nobody holds it any more.
pub(super) struct OnItsWay {
    load: Arc<Load>,
    bytes: usize,
}

impl OnItsWay {
    fn add(&mut self, bytes: usize) {
        self.bytes += bytes;
        let load = &self.load;
        load.longest_message.fetch_max(bytes, Ordering::Relaxed);
        let now = bytes + load.bytes.fetch_add(bytes, Ordering::Relaxed);
        load.most_bytes.fetch_max(now, Ordering::Relaxed);
    }

    pub(super) fn is_answered_with(&mut self, bytes: usize) {
        self.load.bytes.fetch_sub(self.bytes, Ordering::Relaxed);
        self.bytes = 0;
        self.add(bytes);
    }
}

impl Drop for OnItsWay {
    fn drop(&mut self) {
        self.load.requests.fetch_sub(1, Ordering::Relaxed);
        self.load.bytes.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}
