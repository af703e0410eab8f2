//! `sheaf sync compare` and `sheaf sync reset`: both sides counted, and beginning anew.

use sheaf_ipc::{
    ApiError, ErrorCode, RemoteForm, ResetDirection, ResetSync, Sides, SyncSettings, SyncTarget,
};

use super::Session;
use crate::{
    args::ResetOptions,
    failure::Failure,
    print::{self, count},
};

impl Session {
    pub(super) async fn compare(&self) -> Result<(), Failure> {
        let sides = self.sides().await?;
        self.print
            .answer(&sides, || format!("{}\n", counted(&sides)))
    }

    pub(super) async fn reset(&self, options: &ResetOptions, dry_run: bool) -> Result<(), Failure> {
        let direction = match options {
            ResetOptions { pull: true, .. } => ResetDirection::Pull,
            ResetOptions { push: true, .. } => ResetDirection::Push,
            _ => ResetDirection::Cancel,
        };
        if direction != ResetDirection::Cancel {
            let sides = self.sides().await?;
            let lost = lost(&sides, direction);
            if dry_run {
                return self
                    .print
                    .answer(&sides, || format!("{}\n{lost}\n", counted(&sides)));
            }
            if !self.print.json {
                print::warn(&format!("{} {lost}", counted(&sides)));
            }
        }
        let request = ResetSync { direction };
        let begun = self.door.call::<()>("reset_sync", request).await;
        self.placed(begun).await?;
        let round = self.placed(self.door.call("sync_now", ()).await).await?;
        self.told_round(round).await
    }

    async fn sides(&self) -> Result<Sides, Failure> {
        let form = self.form_in_force().await?;
        let sides = self.door.call("compare_sides", form).await;
        self.placed(sides).await
    }

    /// The target in force, with the password that is kept for it.
    pub(super) async fn form_in_force(&self) -> Result<RemoteForm, Failure> {
        let settings: SyncSettings = self.door.call("sync_settings", ()).await?;
        let SyncTarget::Couchdb { fields, .. } = settings.target else {
            return Err(ApiError::new(ErrorCode::SyncOff).into());
        };
        Ok(RemoteForm {
            vault: None,
            fields,
            password: None,
        })
    }
}

/// One sentence.
pub(super) fn counted(sides: &Sides) -> String {
    format!(
        "This computer has {}, {} at {} has {}; {} of them on both.",
        count(sides.here_notes, "note", "notes"),
        sides.database,
        sides.host,
        count(sides.there_notes, "note", "notes"),
        sides.on_both,
    )
}

fn lost(sides: &Sides, direction: ResetDirection) -> String {
    let only_here = sides.here_notes.saturating_sub(sides.on_both);
    let only_there = sides.there_notes.saturating_sub(sides.on_both);
    match direction {
        ResetDirection::Pull => format!(
            "{} would leave this computer; a backup is taken first.",
            count(only_here, "note", "notes")
        ),
        ResetDirection::Push => format!(
            "{} would be deleted in the database, and from the devices that sync with it.",
            count(only_there, "note", "notes")
        ),
        ResetDirection::Cancel => String::new(),
    }
}

/// Who or what else uses the database; `None`: nobody that was noticed.
pub(super) fn shared_with(sides: &Sides) -> Option<String> {
    if sides.other_documents > 0 {
        return Some(format!(
            "{} at {} belongs to another application too: {} not notes ({}).",
            sides.database,
            sides.host,
            count(
                sides.other_documents,
                "document there is",
                "documents there are"
            ),
            sides.examples.join(", ")
        ));
    }
    if sides.accounts.is_empty() {
        return None;
    }
    Some(format!(
        "Somebody else syncs with {} at {} too: {}.",
        sides.database,
        sides.host,
        sides.accounts.join(", ")
    ))
}
