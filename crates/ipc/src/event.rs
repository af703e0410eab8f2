//! What the engine tells its listeners.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::SyncStatus;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Event {
    /// `notes` is empty when so many changed at once that lists are better read anew.
    NotesChanged {
        notes: Vec<ChangedNote>,
        origin: Origin,
    },
    /// Notebooks, tags or counts changed.
    SidebarChanged,
    SyncStatusChanged {
        status: SyncStatus,
    },
    SettingsChanged,
    /// The log of what sync did is longer.
    ActivityChanged,
    /// A line of a diagnosis began or ended.
    DiagnosisChanged {
        run: u32,
        line: crate::DiagnosisLine,
    },
    /// The move into another database goes on, stopped or is done.
    ConversionChanged {
        conversion: crate::Conversion,
    },
    /// The run is over; `diagnosis` has all of it.
    DiagnosisFinished {
        run: u32,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChangedNote {
    pub id: String,
    pub change: ChangeKind,
    pub version: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ChangeKind {
    Created,
    Updated,
    /// Gone from every list, the trash included.
    Deleted,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Origin {
    /// A command: this window, another one, or the command line.
    Local,
    Sync,
}
