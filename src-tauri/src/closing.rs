//! Closing without losing what was typed last.
//!
//! The window is asked to save and answers with `ready_to_close`; then the engine flushes and stops, then the
//! window goes. A page that hangs is not waited for longer than [`PATIENCE`].

use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use sheaf_engine::Engine;
use sheaf_ipc::ShellEvent;
use tauri::{AppHandle, Manager, Runtime};

use crate::{bridge, window};

/// How long the page may take to save.
const PATIENCE: Duration = Duration::from_secs(2);

const OPEN: u8 = 0;
const ASKED: u8 = 1;
const STOPPING: u8 = 2;

/// How far the one window is on its way out. It only ever moves forward.
#[derive(Default)]
pub(crate) struct Closing(AtomicU8);

impl Closing {
    /// Whether this call is the one that moved it.
    fn advance(&self, from: u8, to: u8) -> bool {
        self.0
            .compare_exchange(from, to, Ordering::SeqCst, Ordering::SeqCst)
            .is_ok()
    }

    fn begin_stopping(&self) -> bool {
        self.advance(ASKED, STOPPING) || self.advance(OPEN, STOPPING)
    }
}

/// The person closes the window.
pub(crate) fn requested<R: Runtime>(app: &AppHandle<R>, engine: &Engine) {
    if !app.state::<Closing>().advance(OPEN, ASKED) {
        return;
    }
    bridge::emit_shell(app, &ShellEvent::CloseRequested);
    let (app, engine) = (app.clone(), engine.clone());
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(PATIENCE).await;
        if finish(&app, &engine).await {
            tracing::warn!(
                "the window did not say that everything is saved; closed it nevertheless"
            );
        }
    });
}

/// Stops the engine and lets the window go. Only the first call does so, and answers `true`.
pub(crate) async fn finish<R: Runtime>(app: &AppHandle<R>, engine: &Engine) -> bool {
    if !app.state::<Closing>().begin_stopping() {
        return false;
    }
    engine.shutdown().await;
    window::destroy(app);
    true
}

/// The process ends without the window having been asked: the system shuts down, or macOS quits us from the dock.
pub(crate) fn process_ends<R: Runtime>(app: &AppHandle<R>, engine: &Engine) {
    if app.state::<Closing>().begin_stopping() {
        tauri::async_runtime::block_on(engine.shutdown());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_asked_once_and_stopped_once() {
        let closing = Closing::default();
        assert!(closing.advance(OPEN, ASKED));
        assert!(!closing.advance(OPEN, ASKED));
        assert!(closing.begin_stopping());
        assert!(!closing.begin_stopping());
    }

    #[test]
    fn a_window_that_was_never_asked_can_be_stopped() {
        let closing = Closing::default();
        assert!(closing.begin_stopping());
        assert!(!closing.advance(OPEN, ASKED));
    }
}
