//! A key that opens a quick note from anywhere, while Sheaf runs.
//!
//! Nothing of the system's keyboard is touched before a person chose such a key. On Wayland no program may do this;
//! there the desktop's own settings can run `sheaf-desktop --quick-note`.

use std::cell::RefCell;

use global_hotkey::hotkey::{Code, HotKey, Modifiers};
use global_hotkey::{GlobalHotKeyEvent, GlobalHotKeyManager, HotKeyState};
use sheaf_engine::Visit;
use tauri::{AppHandle, Runtime};

use crate::visits;

#[derive(Default)]
struct Held {
    manager: Option<GlobalHotKeyManager>,
    key: Option<HotKey>,
}

thread_local! {
    /// Of the main thread: some systems hand a key only to the thread that asked for it.
    static HELD: RefCell<Held> = RefCell::default();
}

/// Takes a key as the window writes it (`Mod-Alt-n`), in place of the one before; an empty one only gives that back.
/// Answers whether the key is Sheaf's now.
pub(crate) async fn take<R: Runtime>(app: &AppHandle<R>, keys: String) -> bool {
    on_main_thread(app, move |app| hold(app, &keys)).await
}

/// Whether a key is held now.
pub(crate) async fn is_held<R: Runtime>(app: &AppHandle<R>) -> bool {
    on_main_thread(app, |_| HELD.with_borrow(|held| held.key.is_some())).await
}

async fn on_main_thread<R: Runtime>(
    app: &AppHandle<R>,
    run: impl FnOnce(&AppHandle<R>) -> bool + Send + 'static,
) -> bool {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let to = app.clone();
    let asked = app.run_on_main_thread(move || {
        // Nobody waits any more when the window has gone.
        let _ = sender.send(run(&to));
    });
    asked.is_ok() && receiver.await.unwrap_or(false)
}

fn hold<R: Runtime>(app: &AppHandle<R>, keys: &str) -> bool {
    HELD.with_borrow_mut(|held| {
        if let (Some(manager), Some(before)) = (&held.manager, held.key.take())
            && let Err(error) = manager.unregister(before)
        {
            tracing::warn!(%error, "the key for a quick note was not given back");
        }
        if keys.is_empty() {
            return true;
        }
        let Some(key) = read(keys) else {
            tracing::warn!(keys, "this is no key for a quick note");
            return false;
        };
        if held.manager.is_none() {
            held.manager = manager(app);
        }
        let Some(manager) = &held.manager else {
            return false;
        };
        match manager.register(key) {
            Ok(()) => held.key = Some(key),
            Err(error) => tracing::warn!(%error, keys, "another program has this key"),
        }
        held.key.is_some()
    })
}

fn manager<R: Runtime>(app: &AppHandle<R>) -> Option<GlobalHotKeyManager> {
    if !is_possible() {
        tracing::info!("this desktop gives programs no keys of their own");
        return None;
    }
    match GlobalHotKeyManager::new() {
        Ok(manager) => {
            let app = app.clone();
            GlobalHotKeyEvent::set_event_handler(Some(move |event: GlobalHotKeyEvent| {
                if event.state() == HotKeyState::Pressed {
                    let app = app.clone();
                    // Not in the thread that listens to the keyboard.
                    tauri::async_runtime::spawn(async move {
                        visits::receive(&app, Visit::QuickNote);
                    });
                }
            }));
            Some(manager)
        }
        Err(error) => {
            tracing::warn!(%error, "no keys of the whole system here");
            None
        }
    }
}

#[cfg(target_os = "linux")]
fn is_possible() -> bool {
    crate::linux::is_x11()
}

#[cfg(not(target_os = "linux"))]
fn is_possible() -> bool {
    true
}

/// `Mod` is Cmd on macOS and Ctrl elsewhere, as in the window. Without Ctrl, Alt or Cmd only function keys are taken:
/// anything else would be missing in every other program.
fn read(keys: &str) -> Option<HotKey> {
    let (held, key) = match keys.rsplit_once('-') {
        // The key itself is a hyphen.
        Some((held, "")) => (held.strip_suffix('-')?, "-"),
        Some((held, key)) => (held, key),
        None => ("", keys),
    };
    let mut modifiers = Modifiers::empty();
    for name in held.split('-').filter(|name| !name.is_empty()) {
        modifiers |= match name {
            "Mod" if cfg!(target_os = "macos") => Modifiers::META,
            "Mod" | "Ctrl" => Modifiers::CONTROL,
            "Meta" => Modifiers::META,
            "Alt" => Modifiers::ALT,
            "Shift" => Modifiers::SHIFT,
            _ => return None,
        };
    }
    let name = match key {
        "\\" => "Backslash".to_owned(),
        "/" => "Slash".to_owned(),
        "," => "Comma".to_owned(),
        "." => "Period".to_owned(),
        ";" => "Semicolon".to_owned(),
        "'" => "Quote".to_owned(),
        "`" => "Backquote".to_owned(),
        "[" => "BracketLeft".to_owned(),
        "]" => "BracketRight".to_owned(),
        "-" => "Minus".to_owned(),
        "=" => "Equal".to_owned(),
        " " => "Space".to_owned(),
        letter if letter.len() == 1 && letter.as_bytes()[0].is_ascii_alphabetic() => {
            format!("Key{}", letter.to_ascii_uppercase())
        }
        digit if digit.len() == 1 && digit.as_bytes()[0].is_ascii_digit() => {
            format!("Digit{digit}")
        }
        named => named.to_owned(),
    };
    let code: Code = name.parse().ok()?;
    let function_key = name
        .strip_prefix('F')
        .is_some_and(|n| n.parse::<u8>().is_ok());
    let strong = Modifiers::CONTROL | Modifiers::ALT | Modifiers::META;
    (function_key || modifiers.intersects(strong)).then(|| HotKey::new(Some(modifiers), code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_the_window_writes_them() {
        let held = Modifiers::ALT | Modifiers::SHIFT;
        for (keys, modifiers, code) in [
            ("Alt-Shift-n", held, Code::KeyN),
            ("Alt-Shift-7", held, Code::Digit7),
            ("Alt-Shift--", held, Code::Minus),
            ("Alt-Shift- ", held, Code::Space),
            ("Alt-Shift-ArrowUp", held, Code::ArrowUp),
            ("F9", Modifiers::empty(), Code::F9),
            ("Ctrl-\\", Modifiers::CONTROL, Code::Backslash),
        ] {
            assert_eq!(
                read(keys),
                Some(HotKey::new(Some(modifiers), code)),
                "{keys}"
            );
        }
    }

    #[test]
    fn what_would_be_missing_elsewhere_is_not_taken() {
        for keys in [
            "",
            "n",
            "Shift-n",
            "Shift-ArrowUp",
            "Hyper-n",
            "Alt-",
            "Alt-é",
            "Alt-Nonsense",
        ] {
            assert_eq!(read(keys), None, "{keys}");
        }
    }
}
