//! What people do to their notes, and what they may expect of it afterwards.

use sheaf_model::{DocId, Millis, Status, TagColor};
use sheaf_store::{ConflictChoice, ConflictOutcome, LeafId, Scope};
use sheaf_sync::Environment as _;

use super::{device::Device, plan::Deed, world::World};
use crate::{
    desk::{Habits, any_note, any_notebook, attach, create, note_in, save, titled, written},
    random::Random,
    world::{
        Outcome, Violation,
        deeds::{Failed, whole},
        ledger::Deletion,
        text::{appended, rewritten, tokens, word},
    },
};

const HABITS: Habits = Habits {
    few: 3,
    content_types: &["image/png"],
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

    pub(super) async fn perform(
        &self,
        place: usize,
        deed: Deed,
        random: &mut Random,
    ) -> Result<(), Failed> {
        let device = &self.devices[place];
        self.trace.say(|| format!("{} {deed:?}", device.name));
        let now = device.surroundings.now();
        let store = device.store();
        match deed {
            Deed::Create => return create(device, &self.ledger, random, now).await,
            Deed::Attach => return attach(device, &self.ledger, &HABITS, random, now).await,
            Deed::Resolve => return self.resolve(place, random, now).await,
            Deed::Reopen => return self.reopen(place, now).await,
            Deed::CreateNotebook => {
                let parent = if random.one_in(2) {
                    any_notebook(device, random).await?
                } else {
                    None
                };
                let name = (*random.pick(&NAMES)).to_owned();
                let id = device.surroundings.id_bytes();
                store.create_notebook(name, parent, id, now).await?;
                return Ok(());
            }
            Deed::RenameNotebook => {
                if let Some(notebook) = any_notebook(device, random).await? {
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
            Some(scope) => note_in(device, scope, random).await?,
            None => any_note(device, &HABITS, random).await?,
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
                return save(device, &self.ledger, &note, written(body), now).await;
            }
            Deed::Title => {
                let token = self.ledger.borrow_mut().token();
                let title = if random.one_in(2) || note.row.title.len() > 200 {
                    format!("About {}", word(token))
                } else {
                    format!("{} {}", note.row.title, word(token))
                };
                return save(device, &self.ledger, &note, titled(title), now).await;
            }
            Deed::DeleteForGood => return self.delete_for_good(device, id).await,
            Deed::Trash => {
                store.trash_notes(vec![id.clone()], now).await?;
            }
            Deed::Restore => {
                store.restore_notes(vec![id.clone()], None, now).await?;
            }
            Deed::Move => {
                if let Some(notebook) = any_notebook(device, random).await? {
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
        let Some(note) = note_in(device, Scope::Conflicts, random).await? else {
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
}
