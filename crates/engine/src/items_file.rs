//! Notes as a file of items, the form that all clients of the hosted protocol read, and back.

use sheaf_hosted::{another_name, export_file, import_file};
use sheaf_ipc::{
    ApiError, ErrorCode, ExportedItems, ImportItems, ImportedItems, ReportText, SavedReport,
};
use sheaf_model::{Body, DocId, Kind, mint};
use sheaf_store::{ListNotes, Scope, Store, StoreError};
use sheaf_sync::{
    DeletionPolicy, Environment as _, Incoming, IncomingRevision, RecordReplica as _, RemoteId,
    Replica as _,
};

use crate::{Engine, convert};

/// Files are taken in as what a remote of their own says: reading one twice changes nothing.
const FILES: &str = "file:items";
const PAGE: u32 = 500;

impl Engine {
    pub(crate) async fn export_all(&self) -> Result<ExportedItems, ApiError> {
        let documents = everything(self.store())
            .await
            .map_err(convert::store_error)?;
        let count = |kind| documents.iter().filter(|(id, _)| id.kind() == kind).count() as u32;
        let (notes, notebooks, tags) = (count(Kind::Note), count(Kind::Notebook), count(Kind::Tag));
        Ok(ExportedItems {
            text: export_file(&documents),
            notes,
            notebooks,
            tags,
        })
    }

    /// Into the folder for downloads.
    pub(crate) async fn save_all(&self) -> Result<SavedReport, ApiError> {
        let day = sheaf_diagnosis::iso_day(self.surroundings().now());
        let file = ReportText {
            text: self.export_all().await?.text,
            file_name: format!("sheaf-notes-{day}.json"),
        };
        self.save_text(file).await
    }

    /// What is here stays as it is: a note with the same name and other words gets another name.
    pub(crate) async fn import_all(&self, request: ImportItems) -> Result<ImportedItems, ApiError> {
        let file = import_file(&request.text).map_err(|error| {
            ApiError::new(ErrorCode::Invalid).with_detail(convert::chain(&error))
        })?;
        let ids = file.documents.iter().map(|(id, _)| id.clone()).collect();
        let here = self.store().in_view(ids).await;
        let here = here.map_err(convert::store_error)?;
        let mut answer = ImportedItems {
            skipped: file.skipped,
            ..ImportedItems::default()
        };
        let mut revisions = Vec::new();
        for (id, body) in file.documents {
            let id = match here.iter().find(|(held, _)| *held == id) {
                None => id,
                Some((_, held)) if id.kind() != Kind::Note || same_words(held, &body) => {
                    answer.already_here += 1;
                    continue;
                }
                Some(_) => match another_name(&id, &body) {
                    Some(other) => other,
                    None => id,
                },
            };
            match id.kind() {
                Kind::Note => answer.notes += 1,
                Kind::Notebook => answer.notebooks += 1,
                _ => answer.tags += 1,
            }
            revisions.push(IncomingRevision {
                id,
                revision: mint(None, false, &body, &[]),
                ancestors: Vec::new(),
                deleted: false,
                body,
                attachments: Vec::new(),
            });
        }
        // Notebooks and tags before the notes in them.
        revisions.sort_by_key(|revision| revision.id.kind() == Kind::Note);
        let incoming = Incoming {
            revisions,
            unreadable: Vec::new(),
            pulled: None,
            deletions: DeletionPolicy::Apply,
        };
        self.store()
            .ingest(&RemoteId(FILES.to_owned()), incoming)
            .await
            .map_err(convert::store_error)?;
        // They are news to every remote.
        self.worker().edited();
        Ok(answer)
    }
}

fn same_words(a: &Body, b: &Body) -> bool {
    ["title", "body"]
        .iter()
        .all(|field| a.get(*field) == b.get(*field))
}

async fn everything(store: &Store) -> Result<Vec<(DocId, Body)>, StoreError> {
    let sidebar = store.sidebar().await?;
    let mut ids: Vec<DocId> = sidebar.notebooks.into_iter().map(|row| row.id).collect();
    ids.extend(sidebar.tags.into_iter().map(|row| row.id));
    for scope in [Scope::All, Scope::Trash] {
        let mut offset = 0;
        loop {
            let list = ListNotes {
                scope: scope.clone(),
                offset,
                limit: PAGE,
                ..ListNotes::default()
            };
            let rows = store.list_notes(list).await?.rows;
            if rows.is_empty() {
                break;
            }
            offset += PAGE;
            ids.extend(rows.into_iter().map(|row| row.id));
        }
    }
    store.in_view(ids).await
}
