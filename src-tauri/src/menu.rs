//! The menu bar of macOS, where an app without one has no working Copy, Paste or Quit.
//!
//! Windows and Linux have none: everything is in the palette and the window's own menus, which read the same
//! registry of actions. Items here only name actions of that registry; the window does the work.

use sheaf_ipc::ShellEvent;
use tauri::menu::{Menu, MenuItem, SubmenuBuilder};
use tauri::{AppHandle, Runtime};

use sheaf_engine::Engine;
use tauri::Manager;

use crate::{bridge, closing};

/// Closes the window, so that the text on the screen is saved before the app ends.
const QUIT: &str = "app.quit";

/// Actions of the window's registry, with their text and keys.
const PREFERENCES: Entry = ("app.preferences", "Preferences…", Some("CmdOrCtrl+,"));
const SYNC_NOW: Entry = ("sync.now", "Sync Now", None);
const DIAGNOSIS: Entry = ("sync.diagnose", "Network Diagnosis", None);
const ACTIVITY: Entry = ("sync.activity", "Sync Activity", None);
const NEW_NOTE: Entry = ("note.new", "New Note", Some("CmdOrCtrl+N"));
const OPEN_NOTE: Entry = ("note.open", "Open Note…", Some("CmdOrCtrl+O"));
const COMMANDS: Entry = ("app.palette", "Commands…", Some("CmdOrCtrl+Shift+P"));

type Entry = (&'static str, &'static str, Option<&'static str>);

pub(crate) fn build<R: Runtime>(app: &AppHandle<R>) -> tauri::Result<Menu<R>> {
    let item = |(id, text, keys): Entry| MenuItem::with_id(app, id, text, true, keys);
    let sheaf = SubmenuBuilder::new(app, "Sheaf")
        .about(None)
        .separator()
        .item(&item(PREFERENCES)?)
        .item(&item(SYNC_NOW)?)
        .separator()
        .hide()
        .hide_others()
        .show_all()
        .separator()
        .item(&item((QUIT, "Quit Sheaf", Some("CmdOrCtrl+Q")))?)
        .build()?;
    let file = SubmenuBuilder::new(app, "File")
        .item(&item(NEW_NOTE)?)
        .item(&item(OPEN_NOTE)?)
        .separator()
        .close_window()
        .build()?;
    let edit = SubmenuBuilder::new(app, "Edit")
        .undo()
        .redo()
        .separator()
        .cut()
        .copy()
        .paste()
        .select_all()
        .build()?;
    let view = SubmenuBuilder::new(app, "View")
        .item(&item(COMMANDS)?)
        .fullscreen()
        .build()?;
    let window = SubmenuBuilder::new(app, "Window")
        .minimize()
        .maximize()
        .build()?;
    let help = SubmenuBuilder::new(app, "Help")
        .item(&item(DIAGNOSIS)?)
        .item(&item(ACTIVITY)?)
        .build()?;
    Menu::with_items(app, &[&sheaf, &file, &edit, &view, &window, &help])
}

pub(crate) fn chosen<R: Runtime>(app: &AppHandle<R>, action: &str) {
    if action == QUIT {
        closing::quit(app, app.state::<Engine>().inner());
    } else {
        bridge::emit_shell(
            app,
            &ShellEvent::MenuAction {
                action: action.to_owned(),
            },
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_names_an_action_of_the_window() {
        let actions = concat!(env!("CARGO_MANIFEST_DIR"), "/ui/src/actions");
        let registry: String = std::fs::read_dir(actions)
            .unwrap()
            .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
            .collect();
        for (id, ..) in [
            PREFERENCES,
            SYNC_NOW,
            DIAGNOSIS,
            ACTIVITY,
            NEW_NOTE,
            OPEN_NOTE,
            COMMANDS,
        ] {
            assert!(registry.contains(&format!("id: '{id}'")), "{id}");
        }
    }
}
