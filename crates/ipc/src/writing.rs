//! How writing feels: what a person can set about the editor.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Preferences of the editor. A missing field reads as its default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct WritingSettings {
    /// Keys of Vim.
    pub vim: bool,
    /// The line with the caret stays at one height.
    pub typewriter: bool,
    /// In focus mode, paragraphs without the caret step back.
    pub dim_others: bool,
    pub highlight_line: bool,
    pub wrap_lines: bool,
    pub show_whitespace: bool,
    /// Brackets and quotation marks come in pairs.
    pub close_brackets: bool,
    /// Quotation marks, dashes and dots as printers set them.
    pub smart_typography: bool,
    /// `/` opens a menu of things to insert.
    pub slash_commands: bool,
    /// Formatted text is pasted as Markdown.
    pub paste_markdown: bool,
    /// Pictures are drawn below the line that names them.
    pub image_previews: bool,
    /// Columns of one step of indentation: 2, 4 or 8.
    pub indent_width: u8,
    pub indent_with_tabs: bool,
    /// BCP 47 tag of the language texts are written in. Empty: the computer's.
    pub language: String,
}

impl Default for WritingSettings {
    fn default() -> Self {
        Self {
            vim: false,
            typewriter: false,
            dim_others: true,
            highlight_line: true,
            wrap_lines: true,
            show_whitespace: false,
            close_brackets: true,
            smart_typography: false,
            slash_commands: true,
            paste_markdown: true,
            image_previews: true,
            indent_width: 2,
            indent_with_tabs: false,
            language: String::new(),
        }
    }
}
