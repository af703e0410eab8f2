//! `sheaf note history`, `sheaf note restore --snapshot`, `sheaf note deleted`.

use sheaf_ipc::{
    DeletedNote, NoteContent, NoteHistory, NoteRef, NoteRefs, NoteVersion, RestoreSnapshot,
    Restored, SnapshotRef, VersionReason,
};

use super::{Session, note::title};
use crate::{
    failure::Failure,
    names,
    print::{ago, shorten, table},
};

/// Columns of a title in a list.
const TITLE: usize = 48;

impl Session {
    pub(super) async fn history(&self, id: &str, snapshot: Option<&str>) -> Result<(), Failure> {
        let id = names::note(id);
        if let Some(snapshot) = snapshot {
            let request = SnapshotRef {
                id,
                snapshot: snapshot.to_owned(),
            };
            let content: NoteContent = self.door.call("snapshot", request).await?;
            return self.print.answer(&content, || {
                let end = if content.body.ends_with('\n') {
                    ""
                } else {
                    "\n"
                };
                format!("{}\n\n{}{end}", title(&content.title), content.body)
            });
        }
        let history: NoteHistory = self.door.call("note_history", NoteRef { id }).await?;
        self.print.answer(&history, || {
            if history.current.is_none() && history.versions.is_empty() {
                return "Nothing is known of this note.\n".to_owned();
            }
            let versions = history.current.iter().chain(&history.versions);
            let rows: Vec<_> = versions.map(|version| self.version_row(version)).collect();
            table(&rows)
        })
    }

    fn version_row(&self, version: &NoteVersion) -> [String; 5] {
        let is_current = version.snapshot.is_empty();
        [
            if is_current {
                "now".to_owned()
            } else {
                version.snapshot.clone()
            },
            ago(version.edited_at, self.now),
            format!("+{} -{} words", version.added, version.removed),
            shorten(&title(&version.title), TITLE),
            if is_current {
                String::new()
            } else {
                reason(version.reason).to_owned()
            },
        ]
    }

    pub(super) async fn restore_version(
        &self,
        ids: &[String],
        snapshot: &str,
        as_copy: bool,
    ) -> Result<(), Failure> {
        let [id] = ids else {
            return Err(Failure::Usage(
                "A version belongs to one note: name only that.".to_owned(),
            ));
        };
        let id = names::note(id);
        let request = RestoreSnapshot {
            id: id.clone(),
            snapshot: snapshot.to_owned(),
            as_copy,
        };
        let restored: Restored = self.door.call("restore_snapshot", request).await?;
        self.print.answer(&restored, || match &restored.replaced {
            _ if as_copy => format!("{}\n", restored.note.summary.id),
            Some(replaced) => format!(
                "Restored. What was there is version {replaced}; to go back: sheaf note restore {id} --snapshot {replaced}\n"
            ),
            None => "Restored.\n".to_owned(),
        })
    }

    pub(super) async fn deleted(&self, forget: &[String]) -> Result<(), Failure> {
        if !forget.is_empty() {
            let request = NoteRefs {
                ids: names::notes(forget),
            };
            return self.touched("forget_deleted", request, "Forgotten").await;
        }
        let notes: Vec<DeletedNote> = self.door.call("recently_deleted", ()).await?;
        self.print.answer(&notes, || {
            if notes.is_empty() {
                return "Nothing was deleted elsewhere.\n".to_owned();
            }
            let row = |note: &DeletedNote| {
                [
                    note.id.clone(),
                    shorten(&title(&note.title), TITLE),
                    ago(note.deleted_at, self.now),
                    format!("version {}", note.snapshot),
                ]
            };
            table(&notes.iter().map(row).collect::<Vec<_>>())
        })
    }
}

/// Why a version was put aside.
fn reason(reason: VersionReason) -> &'static str {
    match reason {
        VersionReason::Edited => "before editing",
        VersionReason::Arrived => "before an edit from elsewhere",
        VersionReason::Merged => "before merging",
        VersionReason::Decided => "side of a conflict",
        VersionReason::Restored => "before restoring",
        VersionReason::Deleted => "before its deletion elsewhere",
    }
}
