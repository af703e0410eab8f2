//! One Sheaf per data directory: a second start hands over what it was started for and ends.

use sheaf_engine::{Client, Directories, Engine, Visit};
use sheaf_ipc::ShellEvent;
use tauri::{AppHandle, Runtime};

use crate::{bridge, window};

/// What this start is for.
pub(crate) fn wished(link: Option<&str>, quick_note: bool) -> Visit {
    if quick_note {
        return Visit::QuickNote;
    }
    link.and_then(Visit::from_link).unwrap_or(Visit::Show)
}

/// Hands the visit to the Sheaf that holds these notes. `false`: none with a window does.
pub(crate) fn hand_over(directories: &Directories, visit: &Visit) -> bool {
    tauri::async_runtime::block_on(async {
        match Client::connect(&directories.data).await {
            Ok(client) => match client.visit(visit).await {
                Ok(()) => true,
                Err(error) => {
                    tracing::info!(?error, "the running Sheaf takes no visit");
                    false
                }
            },
            Err(error) => {
                tracing::info!(%error, "nobody answers for these notes");
                false
            }
        }
    })
}

/// Until the engine is gone.
pub(crate) fn serve<R: Runtime>(app: &AppHandle<R>, engine: &Engine) {
    let mut visits = engine.visits();
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        use tokio::sync::broadcast::error::RecvError;
        loop {
            match visits.recv().await {
                Ok(visit) => receive(&app, visit),
                // The wishes that were missed are older than the ones to come.
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            }
        }
    });
}

pub(crate) fn receive<R: Runtime>(app: &AppHandle<R>, visit: Visit) {
    match visit {
        Visit::Show => window::show(app, window::MAIN),
        Visit::Note { id } => {
            window::show(app, window::MAIN);
            bridge::tell_window(app, window::MAIN, &ShellEvent::OpenNote { id });
        }
        Visit::QuickNote => window::open_quick_note(app),
    }
}

/// What the system asks a running app to open (macOS; elsewhere a link starts a second process).
#[cfg(target_os = "macos")]
pub(crate) fn opened<R: Runtime>(app: &AppHandle<R>, links: &[tauri::Url]) {
    for visit in links
        .iter()
        .filter_map(|link| Visit::from_link(link.as_str()))
    {
        receive(app, visit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_is_for_a_note_a_quick_note_or_the_window() {
        assert_eq!(wished(None, false), Visit::Show);
        assert_eq!(wished(Some("sheaf://nonsense"), false), Visit::Show);
        assert_eq!(
            wished(Some("sheaf://note/a"), false),
            Visit::Note {
                id: "note:a".to_owned()
            }
        );
        assert_eq!(wished(None, true), Visit::QuickNote);
    }
}
