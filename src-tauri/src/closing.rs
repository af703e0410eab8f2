//! Closing without losing what was typed last.
//!
//! A window is asked to save and answers with `ready_to_close`; then it goes, and with the main window the engine
//! is flushed and the app ends. A window whose text cannot be saved answers with `stay_open`, and everything
//! stays. A page that hangs is not waited for longer than [`PATIENCE`].

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sheaf_engine::Engine;
use sheaf_ipc::ShellEvent;
use tauri::{AppHandle, Manager, Runtime};

use crate::{background, bridge, window};

/// How long a page may take to save or to say that it cannot.
const PATIENCE: Duration = Duration::from_secs(2);

/// Which windows are on their way out.
#[derive(Default)]
pub(crate) struct Closing(Mutex<State>);

#[derive(Default)]
struct State {
    /// Asked, and not heard from.
    asked: BTreeSet<String>,
    /// The app ends when all that were asked have answered.
    quitting: bool,
    /// Tells the timer of one round from those of others.
    round: u64,
    /// The engine is stopping; there is no way back.
    stopping: bool,
}

/// What follows from a window's answer.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    Wait,
    DestroyWindow,
    EndApp,
}

impl Closing {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Windows that have to be asked now, and the number of this round.
    fn ask(&self, windows: impl IntoIterator<Item = String>, quit: bool) -> (Vec<String>, u64) {
        let mut state = self.state();
        state.quitting |= quit;
        state.round += 1;
        let new: Vec<String> = windows
            .into_iter()
            .filter(|label| !state.asked.contains(label))
            .collect();
        state.asked.extend(new.iter().cloned());
        (new, state.round)
    }

    fn ready(&self, label: &str) -> Next {
        let mut state = self.state();
        state.asked.remove(label);
        match (state.quitting, state.asked.is_empty()) {
            (true, true) => Next::EndApp,
            (true, false) => Next::Wait,
            (false, _) => Next::DestroyWindow,
        }
    }

    fn stay(&self) {
        let mut state = self.state();
        state.quitting = false;
        state.asked.clear();
    }

    /// After [`PATIENCE`]: the windows of that round that never answered.
    fn overdue(&self, round: u64) -> (BTreeSet<String>, bool) {
        let mut state = self.state();
        if state.round != round {
            return (BTreeSet::new(), false);
        }
        (std::mem::take(&mut state.asked), state.quitting)
    }

    /// Whether this call is the first.
    fn begin_stopping(&self) -> bool {
        !std::mem::replace(&mut self.state().stopping, true)
    }
}

/// The person closes a window: another one goes by itself, the main one takes the app with it unless that is to run
/// on in the background.
pub(crate) fn requested<R: Runtime>(app: &AppHandle<R>, engine: &Engine, label: &str) {
    if label != window::MAIN {
        ask(app, engine, vec![label.to_owned()], false);
    } else if background::keeps_running(app) {
        window::hide(app, window::MAIN);
    } else {
        quit(app, engine);
    }
}

/// Ends the app once every window has saved.
pub(crate) fn quit<R: Runtime>(app: &AppHandle<R>, engine: &Engine) {
    let windows = app.webview_windows().into_keys().collect();
    ask(app, engine, windows, true);
}

fn ask<R: Runtime>(app: &AppHandle<R>, engine: &Engine, windows: Vec<String>, quit: bool) {
    let (new, round) = app.state::<Closing>().ask(windows, quit);
    for label in &new {
        bridge::tell_window(app, label, &ShellEvent::CloseRequested);
    }
    if new.is_empty() {
        return;
    }
    let (app, engine) = (app.clone(), engine.clone());
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(PATIENCE).await;
        let (silent, quitting) = app.state::<Closing>().overdue(round);
        for label in &silent {
            tracing::warn!(label, "a window did not say that everything is saved");
            if !quitting {
                window::destroy(&app, label);
                end_without_windows(&app, &engine, label);
            }
        }
        if quitting && !silent.is_empty() {
            end(&app, &engine).await;
        }
    });
}

/// A window has saved everything, or its person lets go what could not be saved.
pub(crate) async fn ready<R: Runtime>(app: &AppHandle<R>, engine: &Engine, label: &str) {
    match app.state::<Closing>().ready(label) {
        Next::Wait => {}
        Next::DestroyWindow if label == window::MAIN => quit(app, engine),
        Next::DestroyWindow => {
            window::destroy(app, label);
            end_without_windows(app, engine, label);
        }
        Next::EndApp => end(app, engine).await,
    }
}

/// A quick note may have been all that was wanted: the main window was never shown, and nothing else keeps the app.
fn end_without_windows<R: Runtime>(app: &AppHandle<R>, engine: &Engine, gone: &str) {
    let visible = app
        .webview_windows()
        .into_iter()
        .any(|(label, window)| label != gone && window.is_visible().unwrap_or(true));
    if !visible && !background::keeps_running(app) {
        quit(app, engine);
    }
}

/// A window has words that could not be saved: nothing is closed.
pub(crate) fn stay<R: Runtime>(app: &AppHandle<R>, label: &str) {
    app.state::<Closing>().stay();
    window::show(app, label);
}

/// Stops the engine and lets all windows go, and the app with them.
async fn end<R: Runtime>(app: &AppHandle<R>, engine: &Engine) {
    if !app.state::<Closing>().begin_stopping() {
        return;
    }
    window::remember_place(app, engine).await;
    // Everything is saved; what waits to be sent may take a second more, and nobody has to watch that.
    for label in app.webview_windows().into_keys() {
        window::hide(app, &label);
    }
    engine.shutdown().await;
    for label in app.webview_windows().into_keys() {
        window::destroy(app, &label);
    }
}

/// The process ends without the windows having been asked: the system shuts down, or macOS quits us from the dock.
pub(crate) fn process_ends<R: Runtime>(app: &AppHandle<R>, engine: &Engine) {
    if app.state::<Closing>().begin_stopping() {
        tauri::async_runtime::block_on(engine.shutdown());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn a_window_is_asked_once() {
        let closing = Closing::default();
        assert_eq!(closing.ask(labels(&["note-1"]), false).0, ["note-1"]);
        assert!(closing.ask(labels(&["note-1"]), false).0.is_empty());
        assert_eq!(closing.ready("note-1"), Next::DestroyWindow);
    }

    #[test]
    fn the_app_ends_when_the_last_window_has_saved() {
        let closing = Closing::default();
        closing.ask(labels(&["main", "note-1"]), true);
        assert_eq!(closing.ready("main"), Next::Wait);
        assert_eq!(closing.ready("note-1"), Next::EndApp);
        assert!(closing.begin_stopping());
        assert!(!closing.begin_stopping());
    }

    /// Two seconds after the question the window used to be destroyed, although the page had answered that its text
    /// was not saved and was asking what to do.
    #[test]
    fn a_window_that_cannot_save_keeps_everything_open_for_as_long_as_it_takes() {
        let closing = Closing::default();
        let (_, round) = closing.ask(labels(&["main", "note-1"]), true);
        assert_eq!(closing.ready("note-1"), Next::Wait);
        closing.stay();
        assert_eq!(closing.overdue(round), (BTreeSet::new(), false));
        let (again, _) = closing.ask(labels(&["main", "note-1"]), true);
        assert_eq!(again, ["main", "note-1"]);
    }

    #[test]
    fn only_the_windows_of_the_round_are_overdue() {
        let closing = Closing::default();
        let (_, first) = closing.ask(labels(&["note-1"]), false);
        let (_, second) = closing.ask(labels(&["note-2"]), false);
        assert_eq!(closing.overdue(first), (BTreeSet::new(), false));
        let silent = labels(&["note-1", "note-2"]).into_iter().collect();
        assert_eq!(closing.overdue(second), (silent, false));
    }
}
