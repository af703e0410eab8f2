//! The boundaries between the steps of a pull and a push, by name: where a test kills the program.
//!
//! In builds without the feature `steps` saying that one was reached does nothing, and nothing of it is compiled.

#[cfg(not(feature = "steps"))]
#[inline]
pub const fn reached(_: &'static str) {}

#[cfg(feature = "steps")]
pub use watched::{reached, watch};

#[cfg(feature = "steps")]
mod watched {
    use std::sync::OnceLock;

    static WATCHER: OnceLock<fn(&'static str)> = OnceLock::new();

    pub fn reached(step: &'static str) {
        if let Some(watcher) = WATCHER.get() {
            watcher(step);
        }
    }

    /// `watcher` hears of every step of every thread from now on. The first one stays.
    pub fn watch(watcher: fn(&'static str)) {
        let _ = WATCHER.set(watcher);
    }
}
