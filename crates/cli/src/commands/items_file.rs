//! `sheaf export` and `sheaf import`.

use std::{fmt::Write as _, path::Path};

use serde_json::json;
use sheaf_ipc::{ExportedItems, ImportItems, ImportedItems};

use super::Session;
use crate::{failure::Failure, input, print::count};

impl Session {
    pub(super) async fn export(&self, file: &Path) -> Result<(), Failure> {
        let exported: ExportedItems = self.door.call("export_items", ()).await?;
        let ExportedItems {
            text,
            notes,
            notebooks,
            tags,
        } = exported;
        std::fs::write(file, text).map_err(|source| Failure::Read {
            path: file.to_owned(),
            source,
        })?;
        let told = json!({ "notes": notes, "notebooks": notebooks, "tags": tags });
        self.print.answer(&told, || {
            let (notes, notebooks, tags) = words(notes, notebooks, tags);
            format!(
                "Wrote {notes}, {notebooks} and {tags} to {}.\nNothing in it is encrypted, and attachments are not in it.\n",
                file.display()
            )
        })
    }

    pub(super) async fn import(&self, file: &Path) -> Result<(), Failure> {
        let text = input::text(file)?;
        let imported: ImportedItems = self.door.call("import_items", ImportItems { text }).await?;
        self.print.answer(&imported, || {
            let ImportedItems {
                notes,
                notebooks,
                tags,
                already_here,
                skipped,
            } = imported;
            let (notes, notebooks, tags) = words(notes, notebooks, tags);
            let mut text = format!("Brought {notes}, {notebooks} and {tags}.");
            if already_here > 0 {
                let _ = write!(text, " Already here: {already_here}.");
            }
            if skipped > 0 {
                let _ = write!(text, " Not notes or tags, or encrypted: {skipped}.");
            }
            text + "\n"
        })
    }
}

fn words(notes: u32, notebooks: u32, tags: u32) -> (String, String, String) {
    (
        count(notes, "note", "notes"),
        count(notebooks, "notebook", "notebooks"),
        count(tags, "tag", "tags"),
    )
}
