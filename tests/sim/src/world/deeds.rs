//! What people do to their notes, and what they may expect of it afterwards. One long list of deeds: each is a few lines,
//! and what it writes in the ledger stands beside what it does.

use std::time::Duration;

use sheaf_model::{DocId, Location, Millis, Status, TagColor};
use sheaf_store::{
    ConflictChoice, ConflictOutcome, LeafId, NotebookError, Scope, StoreError, TagError,
};
use sheaf_sync::{ChangedLeaves, Environment as _, Replica as _};

use super::{
    World,
    device::Device,
    ledger::Deletion,
    plan::Deed,
    text::{appended, rewritten, tokens, word},
};
use crate::{
    desk::{
        Habits, any_note, any_notebook, attach, create, ids_in, note_in, notes, save, titled,
        written,
    },
    random::Random,
};

/// What stopped a deed. A store that refuses for lack of space is nobody's fault.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Notebook(#[from] NotebookError),
    #[error(transparent)]
    Tag(#[from] TagError),
}

impl Failed {
    /// What was meant is not there any more, or may not be done: a person sees that and goes on.
    pub fn is_answer(&self) -> bool {
        match self {
            Self::Store(error)
            | Self::Notebook(NotebookError::Store(error))
            | Self::Tag(TagError::Store(error)) => {
                matches!(error, StoreError::NotFound(_))
            }
            Self::Notebook(_) | Self::Tag(_) => true,
        }
    }

    pub fn is_disk_full(&self) -> bool {
        match self {
            Self::Store(error)
            | Self::Notebook(NotebookError::Store(error))
            | Self::Tag(TagError::Store(error)) => {
                error.class() == sheaf_store::ErrorClass::DiskFull
            }
            _ => false,
        }
    }
}

const HABITS: Habits = Habits {
    few: 4,
    content_types: &["image/png", "text/plain", "image/jpeg", "application/pdf"],
};

const NAMES: [&str; 5] = ["red", "Work", "errands", "été", "later"];

pub fn whole(title: &str, body: &str) -> String {
    format!("{title}\n{body}")
}

impl World {
    pub async fn perform(
        &self,
        device: &Device,
        deed: Deed,
        random: &mut Random,
    ) -> Result<(), Failed> {
        self.trace.say(|| format!("{} {deed:?}", device.name));
        let now = device.surroundings.now();
        match deed {
            Deed::Edit | Deed::Append => {
                let Some(note) = any_note(device, &HABITS, random).await? else {
                    return Ok(());
                };
                let token = self.ledger.borrow_mut().token();
                let body = match deed {
                    Deed::Edit => rewritten(&note.body, random, token),
                    _ => appended(&note.body, token),
                };
                save(device, &self.ledger, &note, written(body), now).await
            }
            Deed::EditSlowly => {
                let Some(note) = any_note(device, &HABITS, random).await? else {
                    return Ok(());
                };
                let token = self.ledger.borrow_mut().token();
                let body = rewritten(&note.body, random, token);
                let pause = Duration::from_millis(random.between(1, 3000));
                device.surroundings.sleep(pause).await;
                save(device, &self.ledger, &note, written(body), now).await
            }
            Deed::Title => {
                let Some(note) = any_note(device, &HABITS, random).await? else {
                    return Ok(());
                };
                let token = self.ledger.borrow_mut().token();
                let title = if random.one_in(2) || note.row.title.len() > 200 {
                    format!("About {}", word(token))
                } else {
                    format!("{} {}", note.row.title, word(token))
                };
                save(device, &self.ledger, &note, titled(title), now).await
            }
            Deed::Create => create(device, &self.ledger, random, now).await,
            Deed::Duplicate => {
                let Some(note) = any_note(device, &HABITS, random).await? else {
                    return Ok(());
                };
                let copy = device
                    .store()
                    .duplicate_note(note.row.id, device.surroundings.id_bytes(), now)
                    .await?;
                // Its words are those of the other note; who deletes one has not read both.
                self.ledger.borrow_mut().edited(copy.row.id.as_str());
                Ok(())
            }
            Deed::Trash => {
                let Some(note) = note_in(device, Scope::All, random).await? else {
                    return Ok(());
                };
                device
                    .store()
                    .trash_notes(vec![note.row.id.clone()], now)
                    .await?;
                self.ledger.borrow_mut().edited(note.row.id.as_str());
                Ok(())
            }
            Deed::Restore => {
                let Some(note) = note_in(device, Scope::Trash, random).await? else {
                    return Ok(());
                };
                device
                    .store()
                    .restore_notes(vec![note.row.id.clone()], None, now)
                    .await?;
                self.ledger.borrow_mut().edited(note.row.id.as_str());
                Ok(())
            }
            Deed::DeleteForGood => {
                let Some(note) = note_in(device, Scope::Trash, random).await? else {
                    return Ok(());
                };
                self.delete_for_good(device, note.row.id).await
            }
            Deed::Move => {
                let Some(note) = note_in(device, Scope::All, random).await? else {
                    return Ok(());
                };
                let Some(notebook) = any_notebook(device, random).await? else {
                    return Ok(());
                };
                device
                    .store()
                    .move_notes(vec![note.row.id.clone()], notebook, now)
                    .await?;
                self.ledger.borrow_mut().edited(note.row.id.as_str());
                Ok(())
            }
            Deed::Status => {
                let Some(note) = any_note(device, &HABITS, random).await? else {
                    return Ok(());
                };
                let status = *random.pick(&Status::ALL);
                device
                    .store()
                    .set_status(vec![note.row.id.clone()], status, now)
                    .await?;
                self.ledger.borrow_mut().edited(note.row.id.as_str());
                Ok(())
            }
            Deed::Pin | Deed::PinAll => {
                let mut ids = self.notes(device).await?;
                if deed == Deed::Pin && !ids.is_empty() {
                    ids = vec![random.pick(&ids).clone()];
                }
                for id in &ids {
                    self.ledger.borrow_mut().edited(id.as_str());
                }
                device
                    .store()
                    .set_pinned(ids, random.one_in(2), now)
                    .await?;
                Ok(())
            }
            Deed::CreateNotebook => {
                let parent = if random.one_in(2) {
                    any_notebook(device, random).await?
                } else {
                    None
                };
                let name = (*random.pick(&NAMES)).to_owned();
                device
                    .store()
                    .create_notebook(name, parent, device.surroundings.id_bytes(), now)
                    .await?;
                Ok(())
            }
            Deed::RenameNotebook => {
                let Some(notebook) = any_notebook(device, random).await? else {
                    return Ok(());
                };
                let name = format!("{} {}", random.pick(&NAMES), random.below(100));
                device.store().rename_notebook(notebook, name, now).await?;
                Ok(())
            }
            Deed::MoveNotebook => {
                let Some(notebook) = any_notebook(device, random).await? else {
                    return Ok(());
                };
                let parent = any_notebook(device, random).await?;
                device.store().move_notebook(notebook, parent, now).await?;
                Ok(())
            }
            Deed::DeleteNotebook => {
                let Some(notebook) = any_notebook(device, random).await? else {
                    return Ok(());
                };
                // Its notes go to the trash: an edit of each.
                for id in self.notes(device).await? {
                    self.ledger.borrow_mut().edited(id.as_str());
                }
                device.store().delete_notebook(notebook, now).await?;
                Ok(())
            }
            Deed::AddTag => {
                let Some(note) = any_note(device, &HABITS, random).await? else {
                    return Ok(());
                };
                let name = (*random.pick(&NAMES)).to_owned();
                let color = TagColor::default();
                let tag = device
                    .store()
                    .create_tag(name, color, device.surroundings.id_bytes(), now)
                    .await?;
                let ids = vec![note.row.id.clone()];
                device
                    .store()
                    .change_tags(ids, vec![tag.id], Vec::new(), now)
                    .await?;
                let mut ledger = self.ledger.borrow_mut();
                ledger.edited(note.row.id.as_str());
                ledger.tagged(note.row.id.as_str(), &tag.name);
                Ok(())
            }
            Deed::RemoveTag => {
                let Some(note) = any_note(device, &HABITS, random).await? else {
                    return Ok(());
                };
                if note.row.tags.is_empty() {
                    return Ok(());
                }
                let tag = random.pick(&note.row.tags).clone();
                device
                    .store()
                    .change_tags(vec![note.row.id.clone()], Vec::new(), vec![tag], now)
                    .await?;
                let mut ledger = self.ledger.borrow_mut();
                ledger.edited(note.row.id.as_str());
                ledger.untagged(note.row.id.as_str());
                Ok(())
            }
            Deed::RenameTag | Deed::DeleteTag => {
                let tags = device.store().sidebar().await?.tags;
                if tags.is_empty() {
                    return Ok(());
                }
                let tag = random.pick(&tags).clone();
                // Who tagged with it elsewhere meanwhile cannot be told here.
                self.ledger.borrow_mut().forget_tags();
                if deed == Deed::RenameTag {
                    let name = format!("{} {}", tag.name, random.below(9));
                    device
                        .store()
                        .rename_tag(tag.id, name.chars().take(40).collect(), now)
                        .await?;
                } else {
                    for id in self.notes(device).await? {
                        self.ledger.borrow_mut().edited(id.as_str());
                    }
                    device.store().delete_tag(tag.id, now).await?;
                }
                Ok(())
            }
            Deed::Attach => attach(device, &self.ledger, &HABITS, random, now).await,
            Deed::Resolve => self.resolve(device, random, now).await,
        }
    }

    async fn delete_for_good(&self, device: &Device, id: DocId) -> Result<(), Failed> {
        let leaves = device.store().conflict_leaves(id.clone()).await?;
        let informed = self.knows_everything_about(device, &id).await?;
        device.store().delete_notes(vec![id.clone()]).await?;
        let mut ledger = self.ledger.borrow_mut();
        for leaf in &leaves {
            ledger.gone(&whole(&leaf.note.title, &leaf.note.body));
        }
        let edits = ledger.edits.get(id.as_str()).copied().unwrap_or(0);
        ledger
            .deleted
            .insert(id.to_string(), Deletion { informed, edits });
        ledger.untagged(id.as_str());
        ledger.foreign_fields.remove(id.as_str());
        Ok(())
    }

    /// Whether nobody has written anything in this note that `device` has not got.
    async fn knows_everything_about(
        &self,
        device: &Device,
        id: &DocId,
    ) -> Result<bool, StoreError> {
        let mut elsewhere = Vec::new();
        for other in self
            .devices
            .iter()
            .filter(|other| other.name != device.name)
        {
            match other.store().conflict_leaves(id.clone()).await {
                Ok(leaves) => {
                    for leaf in leaves {
                        match leaf.id {
                            LeafId::Revision(revision) => elsewhere.push(revision),
                            LeafId::Draft => return Ok(false),
                        }
                    }
                }
                Err(StoreError::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        if let Some(server) = self.model() {
            let server = server.lock();
            let document = server
                .database()
                .and_then(|database| database.documents.get(id.as_str()));
            elsewhere.extend(
                document
                    .iter()
                    .flat_map(|document| document.leaves())
                    .map(|(leaf, _)| leaf.clone()),
            );
        }
        let rows = vec![ChangedLeaves {
            id: id.clone(),
            leaves: elsewhere,
        }];
        Ok(rows[0].leaves.is_empty() || device.store().missing(rows).await?.is_empty())
    }

    async fn resolve(
        &self,
        device: &Device,
        random: &mut Random,
        now: Millis,
    ) -> Result<(), Failed> {
        let Some(note) = note_in(device, Scope::Conflicts, random).await? else {
            return Ok(());
        };
        let id = note.row.id;
        let leaves = device.store().conflict_leaves(id.clone()).await?;
        let Some(winner) = leaves.first() else {
            return Ok(());
        };
        let title = random.pick(&leaves).note.title.clone();
        let body = if random.one_in(2) {
            leaves.iter().map(|leaf| leaf.note.body.as_str()).collect()
        } else {
            winner.note.body.clone()
        };
        let ids: Vec<LeafId> = leaves.iter().map(|leaf| leaf.id.clone()).collect();
        let after = whole(&title, &body);
        let choice = ConflictChoice {
            title,
            body,
            ..ConflictChoice::default()
        };
        let outcome = device
            .store()
            .resolve_conflict(id.clone(), ids, choice, now)
            .await?;
        if matches!(outcome, ConflictOutcome::Decided(_)) {
            let mut ledger = self.ledger.borrow_mut();
            let kept = tokens(&after);
            for leaf in &leaves {
                let before = tokens(&whole(&leaf.note.title, &leaf.note.body));
                for token in before.difference(&kept) {
                    ledger.gone(&word(*token));
                }
            }
            ledger.edited(id.as_str());
            // The decision is about words; what else the other leaves had goes with them.
            ledger.untagged(id.as_str());
            ledger.foreign_fields.remove(id.as_str());
        }
        Ok(())
    }

    /// All notes in view, the trash included, in the order of their ids.
    pub async fn notes(&self, device: &Device) -> Result<Vec<DocId>, StoreError> {
        notes(device).await
    }

    pub async fn ids_in(&self, device: &Device, scope: Scope) -> Result<Vec<DocId>, StoreError> {
        ids_in(device, scope).await
    }
}

/// How a place is written in a dump.
pub fn place(location: &Location) -> &str {
    location.as_str()
}
