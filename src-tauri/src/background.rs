//! Running on without a window: the icon in the tray and the question whether closing ends the app.
//!
//! The tray never traps anybody. Closing hides the window only while the person wants that *and* an icon could be
//! made; on a desktop that shows no icons, starting Sheaf again brings the window back.

use std::sync::atomic::{AtomicBool, Ordering};

use sheaf_engine::{Engine, Visit};
use sheaf_ipc::{Api as _, Event};
use tauri::menu::{MenuBuilder, MenuItemBuilder};
use tauri::tray::{MouseButton, MouseButtonState, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager, Runtime};

use crate::{closing, hotkey, visits, window};

const TRAY: &str = "sheaf";

#[derive(Default)]
pub(crate) struct Background {
    keeps_running: AtomicBool,
}

/// Whether closing the main window only hides it.
pub(crate) fn keeps_running<R: Runtime>(app: &AppHandle<R>) -> bool {
    app.state::<Background>()
        .keeps_running
        .load(Ordering::Relaxed)
}

/// The key that was chosen for quick notes, from the start on; later the preferences ask for it themselves.
pub(crate) fn take_quick_note_key<R: Runtime>(app: &AppHandle<R>, engine: &Engine) {
    let (app, engine) = (app.clone(), engine.clone());
    tauri::async_runtime::spawn(async move {
        let key = engine
            .settings(())
            .await
            .map(|settings| settings.quick_note_key);
        if let Ok(key) = key
            && !key.is_empty()
        {
            hotkey::take(&app, key).await;
        }
    });
}

/// Follows the preference, now and whenever it changes.
pub(crate) fn follow_preference<R: Runtime>(app: &AppHandle<R>, engine: &Engine) {
    let (app, engine) = (app.clone(), engine.clone());
    let mut events = engine.subscribe();
    tauri::async_runtime::spawn(async move {
        loop {
            match engine.settings(()).await {
                Ok(settings) => apply(&app, &engine, settings.keep_running),
                Err(error) => tracing::warn!(?error, "the preferences cannot be read"),
            }
            loop {
                match events.next().await {
                    Some(Event::SettingsChanged) => break,
                    Some(_) => {}
                    None => return,
                }
            }
        }
    });
}

fn apply<R: Runtime>(app: &AppHandle<R>, engine: &Engine, wanted: bool) {
    let state = &app.state::<Background>().keeps_running;
    if wanted == state.load(Ordering::Relaxed) {
        return;
    }
    if !wanted {
        state.store(false, Ordering::Relaxed);
        drop(app.remove_tray_by_id(TRAY));
        return;
    }
    let (to, engine) = (app.clone(), engine.clone());
    let made = app.run_on_main_thread(move || match tray(&to, &engine) {
        Ok(()) => to
            .state::<Background>()
            .keeps_running
            .store(true, Ordering::Relaxed),
        Err(error) => {
            tracing::warn!(%error, "there is no tray here; closing the window ends the app");
        }
    });
    if let Err(error) = made {
        tracing::warn!(%error, "the tray icon was not made");
    }
}

fn tray<R: Runtime>(app: &AppHandle<R>, engine: &Engine) -> tauri::Result<()> {
    let item = |id: &str, text: &str| MenuItemBuilder::with_id(id, text).build(app);
    let menu = MenuBuilder::new(app)
        .item(&item("show", "Open Sheaf")?)
        .item(&item("quickNote", "Quick Note")?)
        .item(&item("sync", "Sync Now")?)
        .separator()
        .item(&item("quit", "Quit Sheaf")?)
        .build()?;
    let chosen = engine.clone();
    let mut builder = TrayIconBuilder::with_id(TRAY)
        .tooltip("Sheaf")
        .menu(&menu)
        .show_menu_on_left_click(cfg!(target_os = "macos"))
        .on_menu_event(move |app, event| match event.id().as_ref() {
            "show" => window::show(app, window::MAIN),
            "quickNote" => visits::receive(app, Visit::QuickNote),
            "sync" => sync(&chosen),
            "quit" => closing::quit(app, &chosen),
            _ => {}
        })
        .on_tray_icon_event(|tray, event| {
            if let TrayIconEvent::Click {
                button: MouseButton::Left,
                button_state: MouseButtonState::Up,
                ..
            } = event
            {
                window::show(tray.app_handle(), window::MAIN);
            }
        });
    if let Some(icon) = app.default_window_icon() {
        builder = builder.icon(icon.clone());
    }
    builder.build(app).map(drop)
}

fn sync(engine: &Engine) {
    let engine = engine.clone();
    tauri::async_runtime::spawn(async move {
        if let Err(error) = engine.sync_now(()).await {
            // The status says the same; the window's icon shows it.
            tracing::info!(?error, "sync from the tray did not finish");
        }
    });
}
