//! Preferences and what the app knows about itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::WritingSettings;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AppInfo {
    pub version: String,
    pub platform: Platform,
    pub data_dir: String,
    pub log_dir: String,
    pub notes: u32,
    pub attachments: u32,
    /// Bytes of former versions on the disk.
    #[ts(type = "number")]
    pub history_bytes: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Platform {
    Macos,
    Windows,
    Linux,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
    /// Light, on warm paper.
    Paper,
    /// Dark, on black.
    Midnight,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Density {
    #[default]
    Comfortable,
    Compact,
}

/// The keys that hold where a person chose none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum KeyPreset {
    #[default]
    Sheaf,
    Inkdrop,
}

/// A search with a name, in the sidebar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SavedSearch {
    pub name: String,
    pub search: String,
}

/// A file of the person's own that changes how the window looks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UserStyles {
    /// Where the file is, or would be.
    pub path: String,
    /// Empty without a file.
    pub css: String,
}

/// Everything a person can set outside of sync. A missing field reads as its default, so an older
/// file opens in a newer version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    pub theme: Theme,
    pub density: Density,
    /// The language of the window (`de`); empty: the system's.
    pub language: String,
    /// A font family for texts; empty: the window's.
    pub text_font: String,
    /// A font family for code; empty: the theme's.
    pub code_font: String,
    pub key_preset: KeyPreset,
    /// Keys chosen for actions, by the action's id; an empty one takes the key away.
    pub keys: BTreeMap<String, String>,
    pub saved_searches: Vec<SavedSearch>,
    /// Where daily notes go; empty: the default notebook.
    pub daily_notebook: String,
    /// Notes leave the trash for good after so many days; 0: never.
    pub trash_days: u16,
    /// Pixels, 12 to 24.
    pub text_size: u8,
    /// Everything in the window, in percent of its own size, 50 to 300.
    pub zoom: u16,
    /// Lines no longer than the measure of the theme.
    pub readable_width: bool,
    pub line_numbers: bool,
    pub spell_check: bool,
    pub writing: WritingSettings,
    /// Load pictures from other hosts without asking.
    pub remote_images: bool,
    /// More detail in the log file.
    pub verbose_logging: bool,
    /// Closing the main window leaves Sheaf in the tray.
    pub keep_running: bool,
    /// The key that opens a quick note from anywhere (`Mod-Alt-n`); empty: none.
    pub quick_note_key: String,
    /// Days that former versions and the last texts of deleted notes are kept; 0: without limit.
    pub history_days: u16,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            density: Density::Comfortable,
            language: String::new(),
            text_font: String::new(),
            code_font: String::new(),
            key_preset: KeyPreset::Sheaf,
            keys: BTreeMap::new(),
            saved_searches: Vec::new(),
            daily_notebook: String::new(),
            trash_days: 0,
            text_size: 16,
            zoom: 100,
            readable_width: true,
            line_numbers: false,
            spell_check: true,
            writing: WritingSettings::default(),
            remote_images: false,
            verbose_logging: false,
            keep_running: false,
            quick_note_key: String::new(),
            history_days: 90,
        }
    }
}

/// Where the window keeps what it wants to find again (pane widths, last selection). Opaque here.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UiState {
    #[ts(type = "unknown")]
    pub state: serde_json::Value,
}
