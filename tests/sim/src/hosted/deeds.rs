//! What people do to their notes, and what they may expect of it afterwards.

use sheaf_model::{DocId, Millis, Status, TagColor};
use sheaf_store::{
    ConflictChoice, ConflictOutcome, LeafId, ListNotes, NewAttachment, NewNote, NoteDetail,
    NoteEdit, Scope, StoreError, UpdateOutcome,
};
use sheaf_sync::Environment as _;

use super::{device::Device, plan::Deed, world::World};
use crate::{
    random::Random,
    world::{
        Outcome, Violation,
        deeds::{Failed, whole},
        ledger::Deletion,
        text::{appended, new_text, rewritten, tokens, word},
    },
};

const NAMES: [&str; 4] = ["red", "Work", "errands", "later"];

impl World {
    /// `beside` a round: after a moment each.
    pub(super) async fn do_all(
        &self,
        place: usize,
        deeds: &[Deed],
        random: &mut Random,
        beside: bool,
    ) -> Outcome {
        let device = &self.devices[place];
        for deed in deeds {
            if beside {
                let pause = std::time::Duration::from_millis(random.between(1, 400));
                device.surroundings.sleep(pause).await;
            }
            match self.perform(place, *deed, random).await {
                Ok(()) => {}
                Err(failed) if failed.is_answer() => {}
                Err(failed) => {
                    let details = format!("{} {deed:?}: {failed:?}", device.name);
                    return Err(Violation::new("store", details));
                }
            }
        }
        Ok(())
    }

    async fn perform(&self, place: usize, deed: Deed, random: &mut Random) -> Result<(), Failed> {
        let device = &self.devices[place];
        self.trace.say(|| format!("{} {deed:?}", device.name));
        let now = device.surroundings.now();
        let store = device.store();
        match deed {
            Deed::Create => return self.create(device, random, now).await,
            Deed::Attach => return self.attach(device, random, now).await,
            Deed::Resolve => return self.resolve(place, random, now).await,
            Deed::Reopen => return self.reopen(place, now).await,
            Deed::CreateNotebook => {
                let parent = if random.one_in(2) {
                    self.any_notebook(device, random).await?
                } else {
                    None
                };
                let name = (*random.pick(&NAMES)).to_owned();
                let id = device.surroundings.id_bytes();
                store.create_notebook(name, parent, id, now).await?;
                return Ok(());
            }
            Deed::RenameNotebook => {
                if let Some(notebook) = self.any_notebook(device, random).await? {
                    let name = format!("{} {}", random.pick(&NAMES), random.below(100));
                    store.rename_notebook(notebook, name, now).await?;
                }
                return Ok(());
            }
            _ => {}
        }
        let scope = match deed {
            Deed::Restore | Deed::DeleteForGood => Some(Scope::Trash),
            Deed::Trash | Deed::Move => Some(Scope::All),
            _ => None,
        };
        let note = match scope {
            Some(scope) => self.note_in(device, scope, random).await?,
            None => self.any_note(device, random).await?,
        };
        let Some(note) = note else { return Ok(()) };
        let id = note.row.id.clone();
        match deed {
            Deed::Edit | Deed::Append => {
                let token = self.ledger.borrow_mut().token();
                let body = match deed {
                    Deed::Edit => rewritten(&note.body, random, token),
                    _ => appended(&note.body, token),
                };
                return self.save(device, &note, None, Some(body), now).await;
            }
            Deed::Title => {
                let token = self.ledger.borrow_mut().token();
                let title = if random.one_in(2) || note.row.title.len() > 200 {
                    format!("About {}", word(token))
                } else {
                    format!("{} {}", note.row.title, word(token))
                };
                return self.save(device, &note, Some(title), None, now).await;
            }
            Deed::DeleteForGood => return self.delete_for_good(device, id).await,
            Deed::Trash => {
                store.trash_notes(vec![id.clone()], now).await?;
            }
            Deed::Restore => {
                store.restore_notes(vec![id.clone()], None, now).await?;
            }
            Deed::Move => {
                if let Some(notebook) = self.any_notebook(device, random).await? {
                    store.move_notes(vec![id.clone()], notebook, now).await?;
                }
            }
            Deed::Status => {
                let status = *random.pick(&Status::ALL);
                store.set_status(vec![id.clone()], status, now).await?;
            }
            Deed::Pin => {
                let pinned = random.one_in(2);
                store.set_pinned(vec![id.clone()], pinned, now).await?;
            }
            Deed::AddTag => {
                let name = (*random.pick(&NAMES)).to_owned();
                let bytes = device.surroundings.id_bytes();
                let tag = store
                    .create_tag(name, TagColor::default(), bytes, now)
                    .await?;
                store
                    .change_tags(vec![id.clone()], vec![tag.id], Vec::new(), now)
                    .await?;
            }
            Deed::RemoveTag if !note.row.tags.is_empty() => {
                let tag = random.pick(&note.row.tags).clone();
                store
                    .change_tags(vec![id.clone()], Vec::new(), vec![tag], now)
                    .await?;
            }
            _ => {}
        }
        self.ledger.borrow_mut().edited(id.as_str());
        Ok(())
    }

    async fn save(
        &self,
        device: &Device,
        note: &NoteDetail,
        title: Option<String>,
        body: Option<String>,
        now: Millis,
    ) -> Result<(), Failed> {
        let before = whole(&note.row.title, &note.body);
        let after = whole(
            title.as_ref().unwrap_or(&note.row.title),
            body.as_ref().unwrap_or(&note.body),
        );
        let id = note.row.id.clone();
        let edit = NoteEdit { title, body };
        let outcome = device
            .store()
            .update_note(id.clone(), note.version, edit, now)
            .await?;
        if matches!(outcome, UpdateOutcome::Saved { .. }) {
            self.ledger
                .borrow_mut()
                .wrote(id.as_str(), device.name, &before, &after);
        }
        Ok(())
    }

    async fn create(
        &self,
        device: &Device,
        random: &mut Random,
        now: Millis,
    ) -> Result<(), Failed> {
        let (title, text) = {
            let mut ledger = self.ledger.borrow_mut();
            (ledger.token(), ledger.token())
        };
        let notebook = if random.one_in(2) {
            self.any_notebook(device, random).await?
        } else {
            None
        };
        let note = NewNote {
            notebook,
            title: format!("Note {}", word(title)),
            body: new_text(random, text),
            ..NewNote::default()
        };
        let written = whole(&note.title, &note.body);
        let id = device.surroundings.id_bytes();
        let made = device.store().create_note(note, id, now).await?;
        self.ledger
            .borrow_mut()
            .wrote(made.row.id.as_str(), device.name, "", &written);
        Ok(())
    }

    async fn attach(
        &self,
        device: &Device,
        random: &mut Random,
        now: Millis,
    ) -> Result<(), Failed> {
        let Some(note) = self.any_note(device, random).await? else {
            return Ok(());
        };
        let length = *random.weighted(&[(3, 0), (3, 1), (3, 700), (3, 5000), (1, 70_000)]);
        let bytes: Vec<u8> = (0..length).map(|_| random.number() as u8).collect();
        let attachment = NewAttachment {
            name: "picture".into(),
            content_type: "image/png".into(),
            bytes: bytes.clone(),
        };
        let id = device.surroundings.id_bytes();
        let row = device.store().add_attachment(attachment, id, now).await?;
        let token = {
            let mut ledger = self.ledger.borrow_mut();
            ledger.files.insert(row.id.to_string(), bytes);
            ledger.token()
        };
        let body = appended(&note.body, token) + &format!("![]({})\n", row.id);
        self.save(device, &note, None, Some(body), now).await
    }

    async fn delete_for_good(&self, device: &Device, id: DocId) -> Result<(), Failed> {
        let leaves = device.store().conflict_leaves(id.clone()).await?;
        device.store().delete_notes(vec![id.clone()]).await?;
        let mut ledger = self.ledger.borrow_mut();
        for leaf in &leaves {
            ledger.gone(&whole(&leaf.note.title, &leaf.note.body));
        }
        let edits = ledger.edits.get(id.as_str()).copied().unwrap_or(0);
        let deletion = Deletion {
            informed: false,
            edits,
        };
        ledger.deleted.insert(id.to_string(), deletion);
        Ok(())
    }

    async fn resolve(&self, place: usize, random: &mut Random, now: Millis) -> Result<(), Failed> {
        let device = &self.devices[place];
        let Some(note) = self.note_in(device, Scope::Conflicts, random).await? else {
            return Ok(());
        };
        let id = note.row.id;
        let store = device.store();
        let leaves = store.conflict_leaves(id.clone()).await?;
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
        let kept = tokens(&whole(&title, &body));
        let choice = ConflictChoice {
            title,
            body,
            ..ConflictChoice::default()
        };
        let outcome = store.resolve_conflict(id.clone(), ids, choice, now).await?;
        if let ConflictOutcome::Decided(decision) = outcome {
            let mut ledger = self.ledger.borrow_mut();
            for leaf in &leaves {
                let said = tokens(&whole(&leaf.note.title, &leaf.note.body));
                for token in said.difference(&kept) {
                    ledger.gone(&word(*token));
                }
            }
            ledger.edited(id.as_str());
            self.decisions.borrow_mut().push((place, id, decision));
        }
        Ok(())
    }

    async fn reopen(&self, place: usize, now: Millis) -> Result<(), Failed> {
        let last = {
            let mut decisions = self.decisions.borrow_mut();
            let at = decisions.iter().rposition(|(by, ..)| *by == place);
            at.map(|at| decisions.remove(at))
        };
        let Some((_, id, decision)) = last else {
            return Ok(());
        };
        let store = self.devices[place].store();
        let reopened = store
            .reopen_conflicts(vec![(id.clone(), decision)], now)
            .await?;
        if reopened > 0 {
            self.ledger.borrow_mut().edited(id.as_str());
        }
        Ok(())
    }

    /// All notes in view, the trash included, in the order of their ids.
    pub(super) async fn notes(&self, device: &Device) -> Result<Vec<DocId>, StoreError> {
        let mut ids = ids_in(device, Scope::All).await?;
        ids.extend(ids_in(device, Scope::Trash).await?);
        ids.sort();
        Ok(ids)
    }

    async fn any_note(
        &self,
        device: &Device,
        random: &mut Random,
    ) -> Result<Option<NoteDetail>, Failed> {
        let ids = self.notes(device).await?;
        // People write in what they wrote in last: a few notes get most of the edits.
        let few = &ids[..ids.len().min(3)];
        let ids = if random.one_in(3) { &ids[..] } else { few };
        if ids.is_empty() {
            return Ok(None);
        }
        let id = random.pick(ids).clone();
        Ok(Some(device.store().get_note(id).await?))
    }

    async fn note_in(
        &self,
        device: &Device,
        scope: Scope,
        random: &mut Random,
    ) -> Result<Option<NoteDetail>, Failed> {
        let ids = ids_in(device, scope).await?;
        if ids.is_empty() {
            return Ok(None);
        }
        let id = random.pick(&ids).clone();
        Ok(Some(device.store().get_note(id).await?))
    }

    async fn any_notebook(
        &self,
        device: &Device,
        random: &mut Random,
    ) -> Result<Option<DocId>, Failed> {
        let notebooks = device.store().sidebar().await?.notebooks;
        let mut ids: Vec<DocId> = notebooks.into_iter().map(|row| row.id).collect();
        ids.sort();
        Ok((!ids.is_empty()).then(|| random.pick(&ids).clone()))
    }
}

pub(super) async fn ids_in(device: &Device, scope: Scope) -> Result<Vec<DocId>, StoreError> {
    let list = ListNotes {
        scope,
        limit: 10_000,
        ..ListNotes::default()
    };
    let page = device.store().list_notes(list).await?;
    let mut ids: Vec<DocId> = page.rows.into_iter().map(|row| row.id).collect();
    ids.sort();
    Ok(ids)
}
