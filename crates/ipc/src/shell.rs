//! What only a window can do: links, folders, the clipboard, closing, the native menu.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OpenLink {
    pub url: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Folder {
    Data,
    Logs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OpenFolder {
    pub folder: Folder,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ClipboardImage {
    /// PNG.
    pub base64: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UseQuickNoteKey {
    /// As keys are written in the window (`Mod-Alt-n`); empty: none; `null`: only asks.
    pub key: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct QuickNoteKey {
    /// The system hands the key that was asked for last to Sheaf.
    pub works: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Zoom {
    /// Of its own size, 50 to 300.
    pub percent: u16,
}

/// A sentence for a person who looks at something else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CallForPerson {
    pub title: String,
    /// Plain text.
    pub body: String,
}

/// What the shell tells its window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum ShellEvent {
    /// Save what is unsaved, then call `ready_to_close`, or `stay_open` when that fails. The window waits two seconds
    /// for either.
    CloseRequested,
    /// A native menu item was chosen: the id of an action of the window's registry.
    MenuAction { action: String },
    /// Somebody asked for a note from outside: a link, or a second start.
    OpenNote { id: String },
    /// The computer woke up or the network came back.
    Resumed,
}
