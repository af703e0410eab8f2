//! Preferences and what the app knows about itself.

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
}

/// Everything a person can set outside of sync. A missing field reads as its default, so an older
/// file opens in a newer version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    pub theme: Theme,
    /// Pixels, 12 to 24.
    pub text_size: u8,
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
    /// Days that former versions and the last texts of deleted notes are kept; 0: without limit.
    pub history_days: u16,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            text_size: 16,
            readable_width: true,
            line_numbers: false,
            spell_check: true,
            writing: WritingSettings::default(),
            remote_images: false,
            verbose_logging: false,
            keep_running: false,
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
