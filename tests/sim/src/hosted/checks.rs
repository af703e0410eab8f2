//! What must hold when everybody has settled, whatever happened.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use serde_json::{Value, json};
use sheaf_store::{Leaf, Scope, StoreError};

use super::{
    device::{Device, remote},
    plan::Plan,
    world::{FIRST_PASSWORD, World},
};
use crate::{
    desk::{ids_in, notes},
    world::{
        NAMES, Outcome, Violation,
        deeds::{place, whole},
        text::{overlap, tokens},
    },
};

/// After so many rounds of each device all must be equal.
const ROUNDS: usize = 3;
const QUIET_ROUNDS: usize = 2;

/// Everything a person can see on a device, in words that can be compared.
#[derive(Debug, Default, PartialEq, Eq)]
struct Dump {
    notes: BTreeMap<String, String>,
    /// Live leaves of each note, with their texts.
    leaves: BTreeMap<String, BTreeMap<String, String>>,
    others: BTreeSet<String>,
}

fn broken(device: &Device) -> impl Fn(StoreError) -> Violation {
    let name = device.name;
    move |error| Violation::new("store", format!("{name}: {error:?}"))
}

impl World {
    pub(super) async fn check(&self, plan: &Plan) -> Outcome {
        let devices: Vec<&Device> = self.devices.iter().collect();
        self.settle(&devices, ROUNDS).await?;
        // The list of what a device has written may be a while behind; the end of the program writes it.
        for device in &devices {
            self.leave(device).await?;
        }
        self.settle(&devices, 1).await?;
        let before = self.ear.lock().map_or(0, |ear| ear.items);
        self.settle(&devices, QUIET_ROUNDS).await?;
        let after = self.ear.lock().map_or(0, |ear| ear.items);
        if before != after {
            let details = format!("{} items were sent after all was sent", after - before);
            return Err(Violation::new("I3 quiet", details));
        }
        let newcomer = self.newcomer(plan).await?;
        let mut dumps = Vec::new();
        for device in devices.into_iter().chain([&newcomer]) {
            self.check_device(device).await?;
            dumps.push((device, self.dump(device).await?));
        }
        check_equal(&dumps)?;
        self.check_words(&dumps)?;
        self.check_conflicts().await?;
        self.check_files().await?;
        check_items(&newcomer, &dumps[0].1)?;
        self.check_searches(&newcomer).await?;
        match self.ear.lock().ok().and_then(|ear| ear.heard.clone()) {
            Some(details) => Err(Violation::new("I8 plaintext", details)),
            None => Ok(()),
        }
    }

    /// Somebody who takes everything from the server.
    async fn newcomer(&self, plan: &Plan) -> Outcome<Device> {
        let device = self.device(plan.seed, NAMES.len() - 1, 100);
        if *self.passwords.borrow() != [FIRST_PASSWORD] {
            self.sign_in_again(&device).await?;
        }
        self.settle(&[&device], 1).await?;
        Ok(device)
    }

    async fn check_device(&self, device: &Device) -> Outcome {
        let store = device.store();
        let waiting = store.waiting(&remote()).await.map_err(broken(device))?;
        if waiting > 0 {
            let details = format!("{waiting} documents still wait on {}", device.name);
            return Err(Violation::new("I2 server", details));
        }
        let verified = store.verify().await.map_err(broken(device))?;
        if let Some(problem) = verified.problems.first() {
            let details = format!("{}: {problem:?}", device.name);
            return Err(Violation::new("I10 store", details));
        }
        let suspicions = sheaf_hosted::suspicions(&store, &remote()).await;
        let suspicions =
            suspicions.map_err(|error| Violation::new("store", format!("{error:?}")))?;
        if let Some(suspicion) = suspicions.first() {
            let details = format!("{}: {suspicion:?}", device.name);
            return Err(Violation::new("an honest server is suspected", details));
        }
        let unopened = sheaf_hosted::unopened(&store, &remote()).await;
        let unopened = unopened.map_err(|error| Violation::new("store", format!("{error:?}")))?;
        if !unopened.is_empty() {
            let details = format!("{} cannot open {unopened:?}", device.name);
            return Err(Violation::new("I13 unopened", details));
        }
        Ok(())
    }

    async fn leaves(&self, device: &Device) -> Outcome<BTreeMap<String, Vec<Leaf>>> {
        let store = device.store();
        let mut ids: BTreeSet<_> = notes(device)
            .await
            .map_err(broken(device))?
            .into_iter()
            .collect();
        ids.extend(
            ids_in(device, Scope::Conflicts)
                .await
                .map_err(broken(device))?,
        );
        let mut all = BTreeMap::new();
        for id in ids {
            let leaves = store.conflict_leaves(id.clone()).await;
            all.insert(id.to_string(), leaves.map_err(broken(device))?);
        }
        Ok(all)
    }

    async fn dump(&self, device: &Device) -> Outcome<Dump> {
        let store = device.store();
        let mut dump = Dump::default();
        for (id, leaves) in self.leaves(device).await? {
            let note = sheaf_model::DocId::parse(&id)
                .map_err(|error| Violation::new("store", format!("{error:?}")))?;
            let note = store.get_note(note).await.map_err(broken(device))?;
            let row = &note.row;
            let words = format!(
                "{:?} {:?} in {} tags {:?} {:?} pinned {} conflicted {} tasks {}/{} at {} and {}",
                row.title,
                note.body,
                place(&row.place),
                row.tags,
                row.status,
                row.pinned,
                row.conflicted,
                row.checked_tasks,
                row.tasks,
                row.created_at,
                row.updated_at,
            );
            dump.notes.insert(id.clone(), words);
            let leaves = leaves.into_iter().map(|leaf| {
                let text = whole(&leaf.note.title, &leaf.note.body);
                (leaf.id.to_string(), text)
            });
            dump.leaves.insert(id, leaves.collect());
        }
        let sidebar = store.sidebar().await.map_err(broken(device))?;
        for notebook in &sidebar.notebooks {
            dump.others.insert(format!(
                "notebook {} {} in {:?} with {}/{}",
                notebook.id, notebook.name, notebook.parent, notebook.notes, notebook.notes_deep
            ));
        }
        for tag in &sidebar.tags {
            dump.others
                .insert(format!("tag {} {} on {}", tag.id, tag.name, tag.notes));
        }
        dump.others.insert(format!(
            "{} notes, {} pinned, {} conflicts, {} in the trash, {:?}",
            sidebar.all, sidebar.pinned, sidebar.conflicts, sidebar.trash, sidebar.statuses
        ));
        Ok(dump)
    }

    /// I1.
    fn check_words(&self, dumps: &[(&Device, Dump)]) -> Outcome {
        let ledger = self.ledger.borrow();
        for (device, dump) in dumps {
            let there: BTreeSet<_> = dump
                .leaves
                .values()
                .flat_map(BTreeMap::values)
                .flat_map(|text| tokens(text))
                .collect();
            let lost = ledger.expected().find(|(token, _)| !there.contains(token));
            if let Some((token, entry)) = lost {
                let details = format!(
                    "w{token:05}, written by {} in {}, is not on {}",
                    entry.by, entry.note, device.name
                );
                return Err(Violation::new("I1 acknowledged edit", details));
            }
        }
        Ok(())
    }

    /// No conflict without two edits of one place.
    async fn check_conflicts(&self) -> Outcome {
        let Some(device) = self.devices.first() else {
            return Ok(());
        };
        for (id, leaves) in self.leaves(device).await? {
            let Some((shown, others)) = leaves.split_first() else {
                continue;
            };
            if others.is_empty() || others.iter().any(|other| contradict(shown, other)) {
                continue;
            }
            let details = format!("{id} is in conflict although nothing overlaps: {leaves:?}");
            return Err(Violation::new("conflict", details));
        }
        Ok(())
    }

    async fn check_files(&self) -> Outcome {
        let files = self.ledger.borrow().files.clone();
        for (id, bytes) in &files {
            let Ok(file) = sheaf_model::DocId::parse(id) else {
                continue;
            };
            for device in &self.devices {
                let there = device.store().read_attachment(file.clone()).await.ok();
                if there.as_ref() != Some(bytes) {
                    let details = format!("{id} has not got its bytes on {}", device.name);
                    return Err(Violation::new("attachments", details));
                }
            }
        }
        Ok(())
    }
}

/// Whether two leaves really say different things about one place.
fn contradict(shown: &Leaf, other: &Leaf) -> bool {
    let Some(base) = &other.base else {
        return true;
    };
    let (a, b) = (&shown.note, &other.note);
    let title = base.title != a.title && base.title != b.title && a.title != b.title;
    base.body.is_empty() || title || (a.body != b.body && overlap(&base.body, &a.body, &b.body))
}

/// What a client that knows nothing of Sheaf lists: one note for each live leaf, and no more.
fn check_items(device: &Device, dump: &Dump) -> Outcome {
    let secret = device.keyring.credentials().to_secret();
    let secret: Value = serde_json::from_str(&secret).unwrap_or_default();
    let token = secret["access"].as_str().unwrap_or_default().to_owned();
    let mut cursor = Value::Null;
    let mut notes = 0;
    loop {
        let body = json!({"items": [], "limit": 300, "api": "20200115", "cursor_token": cursor});
        let request = http::Request::post("/v1/items")
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {token}"))
            .body(Bytes::from(body.to_string()))
            .map_err(|error| Violation::new("I2 server", error.to_string()))?;
        let answer = device.line.ask(request);
        let page: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        let items = page["data"]["retrieved_items"].as_array().cloned();
        let Some(items) = items else {
            let details = format!("the server lists nothing: {}", answer.status());
            return Err(Violation::new("I2 server", details));
        };
        let live = |item: &&Value| item["content_type"] == "Note" && item["deleted"] != true;
        notes += items.iter().filter(live).count();
        cursor = page["data"]["cursor_token"].clone();
        if cursor.is_null() {
            break;
        }
    }
    let expected: usize = dump.leaves.values().map(BTreeMap::len).sum();
    if notes == expected {
        return Ok(());
    }
    let details = format!("{notes} notes are on the server, {expected} live leaves here");
    Err(Violation::new("I2 server", details))
}

/// I2.
fn check_equal(dumps: &[(&Device, Dump)]) -> Outcome {
    let Some(((first, one), others)) = dumps.split_first() else {
        return Ok(());
    };
    for (second, two) in others {
        let difference = different(&one.notes, &two.notes)
            .or_else(|| different(&one.leaves, &two.leaves))
            .or_else(|| one.others.symmetric_difference(&two.others).next().cloned());
        if let Some(difference) = difference {
            let details = format!("{} and {} differ: {difference}", first.name, second.name);
            return Err(Violation::new("I2 convergence", details));
        }
    }
    Ok(())
}

fn different<V: PartialEq + std::fmt::Debug>(
    one: &BTreeMap<String, V>,
    two: &BTreeMap<String, V>,
) -> Option<String> {
    let keys: BTreeSet<&String> = one.keys().chain(two.keys()).collect();
    keys.into_iter()
        .find(|key| one.get(*key) != two.get(*key))
        .map(|key| format!("{key}: {:?} and {:?}", one.get(key), two.get(key)))
}
