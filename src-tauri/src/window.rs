//! The one window: made from `tauri.conf.json`, kept to our own pages, never a second one.

use sheaf_engine::Engine;
use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Manager, Runtime, WebviewWindowBuilder, WindowEvent};

use crate::{closing, navigation};

const MAIN: &str = "main";

pub(crate) fn open<R: Runtime>(app: &AppHandle<R>, engine: &Engine) -> tauri::Result<()> {
    let config = app
        .config()
        .app
        .windows
        .iter()
        .find(|window| window.label == MAIN)
        .expect("tauri.conf.json describes the main window");
    let window = WebviewWindowBuilder::from_config(app, config)?
        .on_navigation(|url| {
            let own = navigation::is_own_page(url);
            if !own {
                tracing::warn!(scheme = url.scheme(), "the page tried to leave");
            }
            own
        })
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()?;
    #[cfg(target_os = "linux")]
    crate::linux::tune(&window)?;

    let (app, engine) = (app.clone(), engine.clone());
    window.on_window_event(move |event| {
        if let WindowEvent::CloseRequested { api, .. } = event {
            api.prevent_close();
            closing::requested(&app, &engine);
        }
    });
    Ok(())
}

/// As if the person had clicked the window's close button.
pub(crate) fn close<R: Runtime>(app: &AppHandle<R>) {
    act(app, tauri::WebviewWindow::close);
}

/// Without asking. The app ends with its window.
pub(crate) fn destroy<R: Runtime>(app: &AppHandle<R>) {
    act(app, tauri::WebviewWindow::destroy);
}

fn act<R: Runtime>(
    app: &AppHandle<R>,
    action: impl FnOnce(&tauri::WebviewWindow<R>) -> tauri::Result<()>,
) {
    let outcome = app.get_webview_window(MAIN).map(|window| action(&window));
    if let Some(Err(error)) = outcome {
        tracing::error!(%error, "the window does not close");
    }
}
