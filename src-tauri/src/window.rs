//! The windows: the main one from `tauri.conf.json`, and small ones with a single note. All are kept to our own pages.

use std::sync::Arc;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sheaf_engine::Engine;
use tauri::utils::config::WindowConfig;
use tauri::webview::NewWindowResponse;
use tauri::{
    AppHandle, Manager, PhysicalPosition, PhysicalSize, Runtime, UserAttentionType, WebviewUrl,
    WebviewWindow, WebviewWindowBuilder, WindowEvent,
};

use crate::placement::{Place, Screen};
use crate::{closing, first, navigation, pictures};

pub(crate) const MAIN: &str = "main";

/// Labels of windows with one note begin so; the capability in `tauri.conf.json` names them by this.
const NOTE: &str = "note-";

/// Opens the main window where it was last; `hidden` waits for a visit or the tray.
pub(crate) fn open<R: Runtime>(
    app: &AppHandle<R>,
    engine: &Engine,
    hidden: bool,
) -> tauri::Result<()> {
    let config = main_config(app);
    let place = tauri::async_runtime::block_on(engine.window_place())
        .and_then(|stored| serde_json::from_value::<Place>(stored).ok())
        .and_then(|place| place.on(&screens(app)));
    let builder = WebviewWindowBuilder::from_config(app, &config)?
        .visible(false)
        .initialization_script(tauri::async_runtime::block_on(first::script(
            engine,
            first::fonts(),
        )));
    let window = finish(builder, app, engine, MAIN)?;
    if let Some(place) = place {
        restore(&window, place)?;
    }
    if !hidden {
        window.show()?;
    }
    Ok(())
}

/// A note in a window of its own, or that window brought forward.
pub(crate) fn open_note<R: Runtime>(
    app: &AppHandle<R>,
    engine: &Engine,
    id: &str,
) -> tauri::Result<()> {
    // Ids of other clients may hold what a label may not.
    let label: String = NOTE
        .chars()
        .chain(
            id.chars()
                .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }),
        )
        .collect();
    if app.get_webview_window(&label).is_some() {
        show(app, &label);
        return Ok(());
    }
    let page = format!(
        "index.html?window=note&note={}",
        utf8_percent_encode(id, NON_ALPHANUMERIC)
    );
    open_small(app, engine, &label, &page)
}

/// A small window with a new note. Several may be open at once.
pub(crate) fn open_quick_note<R: Runtime>(app: &AppHandle<R>) {
    let engine = app.state::<Engine>().inner().clone();
    let mut number = 1_u32;
    let free = loop {
        let label = format!("{NOTE}new-{number}");
        if app.get_webview_window(&label).is_none() {
            break label;
        }
        number += 1;
    };
    if let Err(error) = open_small(app, &engine, &free, "index.html?window=note") {
        tracing::error!(%error, "no window for a quick note");
    }
}

fn open_small<R: Runtime>(
    app: &AppHandle<R>,
    engine: &Engine,
    label: &str,
    page: &str,
) -> tauri::Result<()> {
    let builder = WebviewWindowBuilder::new(app, label, WebviewUrl::App(page.into()))
        .title("Sheaf")
        .inner_size(640.0, 520.0)
        .min_inner_size(360.0, 240.0)
        .disable_drag_drop_handler();
    finish(builder, app, engine, label).map(drop)
}

/// What every window has in common: it stays on our pages, opens no others, and asks before it closes.
fn finish<R: Runtime>(
    builder: WebviewWindowBuilder<'_, R, AppHandle<R>>,
    app: &AppHandle<R>,
    engine: &Engine,
    label: &str,
) -> tauri::Result<WebviewWindow<R>> {
    let key = app.state::<Arc<pictures::Key>>().script();
    let window = builder
        .initialization_script(key)
        .on_navigation(|url| {
            let own = navigation::is_own_page(url);
            if !own {
                tracing::warn!(scheme = url.scheme(), "the page tried to leave");
            }
            own
        })
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_document_title_changed(|window, title| {
            if let Err(error) = window.set_title(&title) {
                tracing::debug!(%error, "the title bar keeps its text");
            }
        })
        .build()?;
    #[cfg(target_os = "linux")]
    crate::linux::tune(&window)?;

    let (app, engine, label) = (app.clone(), engine.clone(), label.to_owned());
    window.on_window_event(move |event| {
        if let WindowEvent::CloseRequested { api, .. } = event {
            api.prevent_close();
            closing::requested(&app, &engine, &label);
        }
    });
    Ok(window)
}

fn main_config<R: Runtime>(app: &AppHandle<R>) -> WindowConfig {
    app.config()
        .app
        .windows
        .iter()
        .find(|window| window.label == MAIN)
        .expect("tauri.conf.json describes the main window")
        .clone()
}

fn screens<R: Runtime>(app: &AppHandle<R>) -> Vec<Screen> {
    app.available_monitors()
        .unwrap_or_default()
        .iter()
        .map(|monitor| Screen {
            x: monitor.position().x,
            y: monitor.position().y,
            width: monitor.size().width,
            height: monitor.size().height,
        })
        .collect()
}

fn restore<R: Runtime>(window: &WebviewWindow<R>, place: Place) -> tauri::Result<()> {
    window.set_size(PhysicalSize::new(place.width, place.height))?;
    window.set_position(PhysicalPosition::new(place.x, place.y))?;
    if place.maximized {
        window.maximize()?;
    }
    Ok(())
}

/// Keeps where the main window is for the next start.
pub(crate) async fn remember_place<R: Runtime>(app: &AppHandle<R>, engine: &Engine) {
    let Some(window) = app.get_webview_window(MAIN) else {
        return;
    };
    let place = (|| -> tauri::Result<Place> {
        let (position, size) = (window.outer_position()?, window.inner_size()?);
        Ok(Place {
            x: position.x,
            y: position.y,
            width: size.width,
            height: size.height,
            maximized: window.is_maximized()?,
        })
    })();
    match place.map(serde_json::to_value) {
        Ok(Ok(place)) => engine.remember_window_place(place).await,
        other => tracing::debug!(?other, "the place of the window is not known"),
    }
}

/// Brings a window forward, wherever it is.
pub(crate) fn show<R: Runtime>(app: &AppHandle<R>, label: &str) {
    act(app, label, |window| {
        window.show()?;
        window.unminimize()?;
        window.set_focus()
    });
}

/// The sign that a system has for a window that waits for its person.
pub(crate) fn wants_attention<R: Runtime>(app: &AppHandle<R>) {
    act(app, MAIN, |window| {
        window.request_user_attention(Some(UserAttentionType::Informational))
    });
}

pub(crate) fn hide<R: Runtime>(app: &AppHandle<R>, label: &str) {
    act(app, label, WebviewWindow::hide);
}

/// As if the person had clicked the window's close button.
pub(crate) fn close<R: Runtime>(app: &AppHandle<R>, label: &str) {
    act(app, label, WebviewWindow::close);
}

/// Without asking. The app ends with its last window.
pub(crate) fn destroy<R: Runtime>(app: &AppHandle<R>, label: &str) {
    act(app, label, WebviewWindow::destroy);
}

fn act<R: Runtime>(
    app: &AppHandle<R>,
    label: &str,
    action: impl FnOnce(&WebviewWindow<R>) -> tauri::Result<()>,
) {
    let outcome = app.get_webview_window(label).map(|window| action(&window));
    if let Some(Err(error)) = outcome {
        tracing::error!(%error, label, "the window does not do as it is told");
    }
}
