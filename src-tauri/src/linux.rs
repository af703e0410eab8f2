//! What WebKitGTK needs before a text editor feels right in it. Each item works around one named shortcoming;
//! remove it when that is gone.

use std::collections::HashMap;
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

use gtk::gio;
use gtk::gio::prelude::NetworkMonitorExt;
use gtk::glib::object::ObjectExt;
use gtk::glib::variant::ToVariant;
use gtk::pango::prelude::FontFamilyExt;
use sheaf_engine::Engine;
use sheaf_ipc::{CallForPerson, ShellEvent};
use tauri::{AppHandle, Runtime, WebviewWindow};
use webkit2gtk::{InputMethodContextExt, WebContextExt, WebViewExt};

use crate::{bridge, window};

/// Unless somebody chose already: the GPU path of WebKitGTK shows an empty window on many drivers, Wayland with NVIDIA
/// above all.
///
/// Must come first in the program. Nobody else may be reading the environment, which is so only while there is one
/// thread. (GLib's own function, because starting the program anew with the variable costs a tenth of a second.)
pub(crate) fn choose_safe_renderer() {
    const KEEP_WHAT_IS_SET: bool = false;
    // It fails only for names with `=` in them.
    let _ = gtk::glib::setenv("WEBKIT_DISABLE_DMABUF_RENDERER", "1", KEEP_WHAT_IS_SET);
}

/// Families of fonts that are installed, where GTK is there to say it.
///
/// The web view asks fontconfig for each name of a `font-family` list anew, for each weight and slant, and waits a
/// millisecond or two each time: with the names of all systems in one list that is a tenth of a second before the
/// first text. The page drops names that are not here (`ui/src/views/fonts.ts`).
pub(crate) fn font_families() -> Option<Vec<String>> {
    if !gtk::is_initialized() {
        return None;
    }
    let families = gtk::gdk::pango_context_get()?.list_families();
    let names = families.iter().map(|family| family.name().to_string());
    Some(names.collect())
}

/// Whether the screen is an X server's. On Wayland no program may take a key of the whole system.
pub(crate) fn is_x11() -> bool {
    gtk::gdk::Display::default().is_some_and(|display| display.type_().name() == "GdkX11Display")
}

/// Input methods and spelling.
pub(crate) fn tune<R: Runtime>(window: &WebviewWindow<R>) -> tauri::Result<()> {
    window.with_webview(|webview| {
        let webview = webview.inner();
        // wry switches it off for the sake of where a candidate window opens; Chinese, Japanese and Korean
        // cannot be typed in place without it.
        if let Some(input) = webview.input_method_context() {
            input.set_enable_preedit(true);
        }
        // wry has no switch for spelling; the page's `spellcheck` attribute decides where it shows.
        if let Some(context) = webview.context() {
            let languages = spelling_languages();
            let languages: Vec<&str> = languages.iter().map(String::as_str).collect();
            context.set_spell_checking_languages(&languages);
            context.set_spell_checking_enabled(true);
        }
    })
}

/// The person's languages as dictionaries are named (`de_DE`), most wanted first.
fn spelling_languages() -> Vec<String> {
    let names: Vec<String> = gtk::glib::language_names()
        .iter()
        .map(ToString::to_string)
        .collect();
    dictionaries(&names)
}

/// Drops what names no dictionary: encodings (`de_DE.UTF-8`) and the `C` locale. Falls back to English.
fn dictionaries(names: &[String]) -> Vec<String> {
    let found: Vec<String> = names
        .iter()
        .filter(|name| name.as_str() != "C" && !name.contains(['.', '@']))
        .cloned()
        .collect();
    if found.is_empty() {
        vec!["en_US".to_owned()]
    } else {
        found
    }
}

/// The picture on the clipboard as PNG. WebKitGTK gives the page an empty paste instead.
pub(crate) async fn clipboard_image<R: Runtime>(app: &AppHandle<R>) -> Option<Vec<u8>> {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    app.run_on_main_thread(move || {
        let clipboard = gtk::Clipboard::get(&gtk::gdk::SELECTION_CLIPBOARD);
        clipboard.request_image(move |_, picture| {
            let png = picture.and_then(|picture| picture.save_to_bufferv("png", &[]).ok());
            // Nobody waits any more when the window has gone.
            let _ = sender.send(png);
        });
    })
    .ok()?;
    receiver.await.ok()?
}

const NOTIFICATIONS: &str = "org.freedesktop.Notifications";
const NOTIFICATIONS_AT: &str = "/org/freedesktop/Notifications";

/// A notification of the desktop. Pressing it brings the main window forward; a newer one takes its place.
pub(crate) fn notify<R: Runtime>(app: &AppHandle<R>, request: CallForPerson) {
    /// The number of the one on the screen; 0: none yet.
    static SHOWN: AtomicU32 = AtomicU32::new(0);
    static LISTENING: Once = Once::new();
    let to = app.clone();
    let asked = app.run_on_main_thread(move || {
        gio::bus_get(gio::BusType::Session, gio::Cancellable::NONE, move |bus| {
            let Ok(bus) = bus else {
                tracing::info!("this desktop shows no notifications");
                return;
            };
            LISTENING.call_once(|| {
                bus.signal_subscribe(
                    Some(NOTIFICATIONS),
                    Some(NOTIFICATIONS),
                    Some("ActionInvoked"),
                    Some(NOTIFICATIONS_AT),
                    None,
                    gio::DBusSignalFlags::NONE,
                    move |_, _, _, _, _, parameters| {
                        if parameters.child_value(0).get() == Some(SHOWN.load(Ordering::Relaxed)) {
                            window::show(&to, window::MAIN);
                        }
                    },
                );
            });
            let CallForPerson { title, body } = request;
            let actions = ["default", ""].map(str::to_owned).to_vec();
            let hints: HashMap<String, gtk::glib::Variant> = HashMap::new();
            // Servers may read markup in the body.
            let body = gtk::glib::markup_escape_text(&body).to_string();
            let before = SHOWN.load(Ordering::Relaxed);
            let parameters = (
                "Sheaf",
                before,
                "app.sheaf.desktop",
                title,
                body,
                actions,
                hints,
                -1_i32,
            );
            bus.call(
                Some(NOTIFICATIONS),
                NOTIFICATIONS_AT,
                NOTIFICATIONS,
                "Notify",
                Some(&parameters.to_variant()),
                None,
                gio::DBusCallFlags::NONE,
                -1,
                gio::Cancellable::NONE,
                |answer| match answer.map(|answer| answer.child_value(0).get()) {
                    Ok(Some(number)) => SHOWN.store(number, Ordering::Relaxed),
                    other => tracing::info!(?other, "this desktop shows no notifications"),
                },
            );
        });
    });
    if let Err(error) = asked {
        tracing::warn!(%error, "nothing was said through the desktop");
    }
}

/// Tells engine and window when the computer wakes up or the network comes back, so that nothing waits for a timer.
pub(crate) fn watch_for_resumption<R: Runtime>(app: &AppHandle<R>, engine: &Engine) {
    let (app, engine) = (app.clone(), engine.clone());
    let resumed = move || {
        engine.resumed();
        bridge::emit_shell(&app, &ShellEvent::Resumed);
    };
    let woken = resumed.clone();
    gio::NetworkMonitor::default().connect_network_changed(move |_, available| {
        if available {
            resumed();
        }
    });
    gio::bus_get(gio::BusType::System, gio::Cancellable::NONE, move |bus| {
        // A container or a minimal system has no such bus; the network's return is noticed all the same.
        let Ok(bus) = bus else { return };
        // logind announces both edges of a sleep: `true` before, `false` after. The subscription lasts as long as
        // the bus, and the bus as long as the app.
        bus.signal_subscribe(
            Some("org.freedesktop.login1"),
            Some("org.freedesktop.login1.Manager"),
            Some("PrepareForSleep"),
            Some("/org/freedesktop/login1"),
            None,
            gio::DBusSignalFlags::NONE,
            move |_, _, _, _, _, parameters| {
                if parameters.child_value(0).get() == Some(false) {
                    woken();
                }
            },
        );
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dictionaries_are_named_without_encoding() {
        for (names, expected) in [
            (
                vec!["de_DE.UTF-8", "de_DE", "de.UTF-8", "de", "C"],
                vec!["de_DE", "de"],
            ),
            (vec!["C"], vec!["en_US"]),
            (vec![], vec!["en_US"]),
        ] {
            let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
            assert_eq!(dictionaries(&names), expected);
        }
    }
}
