//! What must hold, whatever happened. One file for all rules: they are read side by side when one is broken.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use serde_json::Value;
use sheaf_model::{DocId, Kind, Millis, Revision, Status};
use sheaf_store::{Scope, StoreError};
use sheaf_sync::ChangedLeaves;

use super::{
    Outcome, Violation, World, broken_store,
    deeds::{place, whole},
    device::{CANARY, Device},
    foreign::text_of,
    text::{overlap, tokens},
};
use crate::server::{
    Server,
    database::Database,
    tree::{Content, Document},
};

/// I3 and I11: so many rounds of each device write nothing, and ask little.
const QUIET_ROUNDS: usize = 5;
const REQUESTS_OF_A_QUIET_ROUND: u64 = 5;
/// I12: three batches, each with four questions at once, a push in two, the feed and a marker.
const REQUESTS_AT_ONCE: usize = 16;
/// I12: what a device has in memory of questions and answers, in longest messages.
const MESSAGES_AT_ONCE: usize = 8;
/// I12: how much a database and its attachments may grow for each byte that was written anywhere, beside its pages.
const GROWTH: u64 = 2;
const PAGES: u64 = 1 << 20;

/// Everything a person can see on a device, in words that can be compared.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Dump {
    pub notes: BTreeMap<String, String>,
    /// Live leaves of each note, with their texts.
    pub leaves: BTreeMap<String, BTreeMap<String, String>>,
    pub others: BTreeSet<String>,
    /// When each note was edited and made: all that a clock may decide.
    pub times: BTreeMap<String, (Millis, Millis)>,
}

/// The most that any device needed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Resources {
    /// Requests at once, and the bytes of questions and answers that belong to them.
    pub requests: usize,
    pub bytes: usize,
    /// By how many percent of what was written anywhere a device's files have grown.
    pub grown_percent: u64,
}

/// The rows of the feed that a checkpoint at `until` stands behind.
pub fn announced_until(
    server: &Server,
    until: u64,
    left_out: impl Fn(&str) -> bool,
) -> Vec<ChangedLeaves> {
    let Some(database) = server.database() else {
        return Vec::new();
    };
    database
        .changed(0)
        .take_while(|(seq, ..)| *seq <= until)
        .filter(|(_, id, _)| !left_out(id))
        .filter_map(|(_, id, document)| {
            let id = DocId::parse(id).ok()?;
            let leaves = document
                .leaves()
                .into_iter()
                .map(|(revision, _)| revision.clone())
                .collect();
            Some(ChangedLeaves { id, leaves })
        })
        .collect()
}

impl World {
    /// The words of all live leaves.
    pub async fn texts(&self, device: &Device) -> Result<Vec<String>, StoreError> {
        let mut texts = Vec::new();
        for id in self.all_ids(device).await? {
            for leaf in device.store().conflict_leaves(id).await? {
                texts.push(whole(&leaf.note.title, &leaf.note.body));
            }
        }
        Ok(texts)
    }

    async fn all_ids(&self, device: &Device) -> Result<BTreeSet<DocId>, StoreError> {
        let mut ids: BTreeSet<DocId> = self.notes(device).await?.into_iter().collect();
        ids.extend(self.ids_in(device, Scope::Conflicts).await?);
        Ok(ids)
    }

    pub async fn file(&self, device: &Device, id: &str) -> Option<Vec<u8>> {
        device
            .store()
            .read_attachment(DocId::parse(id).ok()?)
            .await
            .ok()
    }

    /// What is shown of every note.
    pub async fn shown(&self, device: &Device) -> Outcome<BTreeMap<DocId, String>> {
        let broken = |error: StoreError| broken_store(device, &error);
        let mut shown = BTreeMap::new();
        for id in self.notes(device).await.map_err(broken)? {
            let note = device.store().get_note(id.clone()).await.map_err(broken)?;
            shown.insert(id, note.body);
        }
        Ok(shown)
    }

    /// What a round took out of view is kept beside.
    pub async fn check_vanished(
        &self,
        device: &Device,
        before: &BTreeMap<DocId, String>,
    ) -> Outcome {
        let broken = |error: StoreError| broken_store(device, &error);
        let after = self.shown(device).await?;
        let gone: Vec<_> = before
            .iter()
            .filter(|(id, _)| !after.contains_key(id))
            .collect();
        for (id, text) in gone {
            if !self.is_kept(device, id, text).await.map_err(broken)? {
                let details = format!(
                    "{}: {id} was deleted from elsewhere and its text is not kept",
                    device.name
                );
                return Err(Violation::new("snapshot", details));
            }
        }
        Ok(())
    }

    /// Whether a former version of a note says `text`.
    pub async fn is_kept(
        &self,
        device: &Device,
        id: &DocId,
        text: &str,
    ) -> Result<bool, StoreError> {
        let store = device.store();
        for version in store.history(id.clone()).await?.versions {
            let Some(snapshot) = version.snapshot else {
                continue;
            };
            if store.version(id.clone(), snapshot).await?.body == text {
                return Ok(true);
            }
        }
        Ok(false)
    }

    pub async fn dump(&self, device: &Device) -> Outcome<Dump> {
        let broken = |error: StoreError| broken_store(device, &error);
        let store = device.store();
        let mut dump = Dump::default();
        for id in self.all_ids(device).await.map_err(broken)? {
            let note = store.get_note(id.clone()).await.map_err(broken)?;
            let row = &note.row;
            let words = format!(
                "{:?} {:?} in {} tags {:?} {:?} pinned {} conflicted {} tasks {}/{}",
                row.title,
                note.body,
                place(&row.place),
                row.tags,
                row.status,
                row.pinned,
                row.conflicted,
                row.checked_tasks,
                row.tasks
            );
            dump.notes.insert(id.to_string(), words);
            let times = (row.updated_at, row.created_at);
            dump.times.insert(id.to_string(), times);
            let leaves = store.conflict_leaves(id.clone()).await.map_err(broken)?;
            let leaves = leaves.into_iter().map(|leaf| {
                (
                    leaf.id.to_string(),
                    whole(&leaf.note.title, &leaf.note.body),
                )
            });
            dump.leaves.insert(id.to_string(), leaves.collect());
        }
        let sidebar = store.sidebar().await.map_err(broken)?;
        for notebook in &sidebar.notebooks {
            dump.others.insert(format!(
                "notebook {} {} in {:?} with {}/{}",
                notebook.id, notebook.name, notebook.parent, notebook.notes, notebook.notes_deep
            ));
        }
        for tag in &sidebar.tags {
            dump.others.insert(format!(
                "tag {} {} {:?} on {}",
                tag.id, tag.name, tag.color, tag.notes
            ));
        }
        dump.others.insert(format!(
            "{} notes, {} pinned, {} conflicts, {} in the trash, {:?}",
            sidebar.all, sidebar.pinned, sidebar.conflicts, sidebar.trash, sidebar.statuses
        ));
        Ok(dump)
    }

    /// Everything at once, after everybody has settled.
    pub async fn check(&self) -> Outcome {
        let mut dumps = Vec::new();
        for device in &self.devices {
            self.ask_what_is_left_out(device).await?;
            dumps.push((device, self.dump(device).await?));
        }
        Self::check_equal(&dumps)?;
        self.check_words(&dumps)?;
        self.check_server(&dumps)?;
        self.check_resurrection(&dumps)?;
        self.check_conflicts(&dumps)?;
        self.check_tags(&dumps).await?;
        self.check_files().await?;
        for device in &self.devices {
            self.check_structure(device).await?;
            let waiting = device
                .store()
                .waiting(&super::device::remote_id())
                .await
                .map_err(|error| broken_store(device, &error))?;
            if waiting > 0 {
                let details = format!("{waiting} documents still wait on {}", device.name);
                return Err(Violation::new("I2 server", details));
            }
            let verified = device
                .store()
                .verify()
                .await
                .map_err(|error| broken_store(device, &error))?;
            if let Some(problem) = verified.problems.first() {
                return Err(Violation::new(
                    "I10 store",
                    format!("{}: {problem:?}", device.name),
                ));
            }
        }
        Ok(())
    }

    /// I2.
    fn check_equal(dumps: &[(&Device, Dump)]) -> Outcome {
        let Some(((first, one), others)) = dumps.split_first() else {
            return Ok(());
        };
        for (second, two) in others {
            let between = format!("{} and {} differ", first.name, second.name);
            let difference = different(&one.notes, &two.notes)
                .or_else(|| different(&one.leaves, &two.leaves))
                .or_else(|| different(&one.times, &two.times))
                .or_else(|| one.others.symmetric_difference(&two.others).next().cloned());
            if let Some(difference) = difference {
                return Err(Violation::new(
                    "I2 convergence",
                    format!("{between}: {difference}"),
                ));
            }
        }
        Ok(())
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
            for (token, entry) in ledger.expected() {
                if !there.contains(&token) {
                    return Err(Violation::new(
                        "I1 acknowledged edit",
                        format!(
                            "w{token:05}, written by {} in {}, is not on {}",
                            entry.by, entry.note, device.name
                        ),
                    ));
                }
            }
        }
        Ok(())
    }

    /// I2 for the server, and what must stay there as it is.
    fn check_server(&self, dumps: &[(&Device, Dump)]) -> Outcome {
        let Some(shared) = self.model() else {
            return Ok(());
        };
        let server = shared.lock();
        let Some(database) = server.database() else {
            return Ok(());
        };
        for (device, dump) in dumps {
            for (id, leaves) in &dump.leaves {
                let document = database.documents.get(id);
                let there: BTreeMap<String, String> = document
                    .iter()
                    .flat_map(|document| document.leaves())
                    .filter(|(_, content)| !content.deleted)
                    .map(|(revision, content)| (revision.to_string(), text_of(content)))
                    .collect();
                if there != *leaves {
                    let details = format!(
                        "{} has {leaves:?} of {id}, the server {there:?}",
                        device.name
                    );
                    return Err(Violation::new("I2 server", details));
                }
            }
            for (id, document) in &database.documents {
                let is_note = DocId::parse(id).is_ok_and(|id| id.kind() == Kind::Note);
                let live = document
                    .winner()
                    .is_some_and(|(_, content)| !content.deleted);
                let unreadable = device.unreadable.borrow().contains(id)
                    || self.strangers.borrow().contains_key(id);
                if is_note && live && !unreadable && !dump.leaves.contains_key(id) {
                    let details = format!("{id} is on the server and not on {}", device.name);
                    return Err(Violation::new("I2 server", details));
                }
            }
        }
        for (id, revision) in self.strangers.borrow().iter() {
            let there = database
                .documents
                .get(id)
                .map(Document::leaves)
                .unwrap_or_default();
            if there.len() != 1 || there[0].0 != revision {
                return Err(Violation::new(
                    "I13 strangers",
                    format!("{id} was written over"),
                ));
            }
        }
        for (id, fields) in &self.ledger.borrow().foreign_fields {
            // In a conflict each leaf has its own.
            let Some(document) = database.documents.get(id) else {
                continue;
            };
            let live: Vec<_> = document
                .leaves()
                .into_iter()
                .filter(|(_, content)| !content.deleted)
                .collect();
            let [(_, content)] = live[..] else { continue };
            if let Some(field) = fields
                .iter()
                .find(|field| !content.body.contains_key(*field))
            {
                return Err(Violation::new(
                    "unknown fields",
                    format!("{field} of {id} is gone"),
                ));
            }
        }
        Ok(())
    }

    /// I4.
    fn check_resurrection(&self, dumps: &[(&Device, Dump)]) -> Outcome {
        let ledger = self.ledger.borrow();
        for (id, deletion) in ledger
            .deleted
            .iter()
            .filter(|(_, deletion)| deletion.informed)
        {
            let edits = ledger.edits.get(id).copied().unwrap_or(0);
            let back = dumps.iter().find(|(_, dump)| dump.notes.contains_key(id));
            if let Some((device, _)) = back.filter(|_| edits == deletion.edits) {
                return Err(Violation::new(
                    "I4 resurrection",
                    format!("{id} is back on {}", device.name),
                ));
            }
        }
        Ok(())
    }

    /// No conflict without overlapping edits.
    fn check_conflicts(&self, dumps: &[(&Device, Dump)]) -> Outcome {
        let (Some(shared), Some((_, dump))) = (self.model(), dumps.first()) else {
            return Ok(());
        };
        let server = shared.lock();
        let Some(database) = server.database() else {
            return Ok(());
        };
        for (id, leaves) in dump.leaves.iter().filter(|(_, leaves)| leaves.len() > 1) {
            let Some(document) = database.documents.get(id) else {
                continue;
            };
            let revisions: Vec<Revision> = leaves
                .keys()
                .filter_map(|text| Revision::parse(text).ok())
                .collect();
            let justified = revisions
                .iter()
                .enumerate()
                .flat_map(|(place, a)| revisions[place + 1..].iter().map(move |b| (a, b)))
                .any(|(a, b)| contradict(document, a, b));
            if !justified && !self.ledger.borrow().stale_bases.contains(id) {
                return Err(Violation::new(
                    "conflict",
                    format!("{id} is in conflict although nothing overlaps: {leaves:?}"),
                ));
            }
        }
        Ok(())
    }

    async fn check_tags(&self, dumps: &[(&Device, Dump)]) -> Outcome {
        for (device, dump) in dumps {
            let tags = device
                .store()
                .sidebar()
                .await
                .map_err(|error| broken_store(device, &error))?
                .tags;
            for (id, leaves) in dump.leaves.iter().filter(|(_, leaves)| leaves.len() == 1) {
                let expected = self.ledger.borrow().expected_tags(id);
                if expected.is_empty() || leaves.is_empty() {
                    continue;
                }
                let Ok(id) = DocId::parse(id) else { continue };
                let note = device
                    .store()
                    .get_note(id.clone())
                    .await
                    .map_err(|error| broken_store(device, &error))?;
                let names: BTreeSet<&str> = tags
                    .iter()
                    .filter(|tag| note.row.tags.contains(&tag.id))
                    .map(|tag| tag.name.as_str())
                    .collect();
                if let Some(tag) = expected.iter().find(|tag| !names.contains(tag.as_str())) {
                    return Err(Violation::new(
                        "tags",
                        format!("{id} has lost its tag {tag} on {}", device.name),
                    ));
                }
            }
        }
        Ok(())
    }

    /// I5: every note is in one place that is there, and every place can be reached from the top.
    async fn check_structure(&self, device: &Device) -> Outcome {
        let broken = |error: StoreError| broken_store(device, &error);
        let shape = |details: String| Err(Violation::new("I5 structure", details));
        let sidebar = device.store().sidebar().await.map_err(broken)?;
        let parents: BTreeMap<_, _> = sidebar
            .notebooks
            .iter()
            .map(|row| (&row.id, row.parent.as_ref()))
            .collect();
        if parents.len() != sidebar.notebooks.len() {
            return shape(format!("a notebook is there twice on {}", device.name));
        }
        for row in &sidebar.notebooks {
            let mut above = Some(&row.id);
            for _ in 0..=parents.len() {
                let Some(id) = above else { break };
                let Some(parent) = parents.get(id) else {
                    return shape(format!("{id} is no notebook on {}", device.name));
                };
                above = *parent;
            }
            if above.is_some() {
                return shape(format!("{} contains itself on {}", row.id, device.name));
            }
        }
        let mut placed = self
            .ids_in(device, Scope::Templates)
            .await
            .map_err(broken)?;
        for row in &sidebar.notebooks {
            let inside = Scope::Notebook {
                id: row.id.clone(),
                deep: false,
            };
            placed.extend(self.ids_in(device, inside).await.map_err(broken)?);
        }
        placed.sort();
        if placed.windows(2).any(|pair| pair[0] == pair[1]) {
            return shape(format!("a note is in two notebooks on {}", device.name));
        }
        for id in self.ids_in(device, Scope::All).await.map_err(broken)? {
            if placed.binary_search(&id).is_ok() {
                continue;
            }
            // What is done is not listed there.
            let note = device.store().get_note(id.clone()).await.map_err(broken)?;
            if !matches!(note.row.status, Status::Completed | Status::Dropped) {
                return shape(format!("{id} is in no notebook on {}", device.name));
            }
        }
        let tags: BTreeSet<_> = sidebar.tags.iter().map(|tag| &tag.id).collect();
        if tags.len() != sidebar.tags.len() {
            return shape(format!("a tag is there twice on {}", device.name));
        }
        Ok(())
    }

    /// I9: the password is in no file.
    pub fn check_secrets(&self) -> Outcome {
        for device in &self.devices {
            let mut folders = vec![device.home().to_owned()];
            while let Some(folder) = folders.pop() {
                for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
                    let path = entry.path();
                    if path.is_dir() {
                        folders.push(path);
                        continue;
                    }
                    let bytes = fs::read(&path).unwrap_or_default();
                    if memchr::memmem::find(&bytes, CANARY.as_bytes()).is_some() {
                        let details = format!("the password is in {}", path.display());
                        return Err(Violation::new("I9 secrets", details));
                    }
                }
            }
        }
        Ok(())
    }

    async fn check_files(&self) -> Outcome {
        let files = self.ledger.borrow().files.clone();
        for (id, bytes) in &files {
            for device in &self.devices {
                if device.unreadable.borrow().contains(id) {
                    continue;
                }
                if self.file(device, id).await.as_ref() != Some(bytes) {
                    let details = format!("{id} has not got its bytes on {}", device.name);
                    return Err(Violation::new("attachments", details));
                }
            }
        }
        Ok(())
    }

    /// I3: after everybody is in step nothing is written any more.
    pub async fn check_quiet(&self) -> Outcome {
        let Some(shared) = self.model() else {
            return Ok(());
        };
        let written = || {
            let server = shared.lock();
            (server.offered, server.database().map(Database::last_seq))
        };
        let requests = || shared.lock().requests;
        let (before, asked_before) = (written(), requests());
        self.settle(QUIET_ROUNDS).await?;
        let after = written();
        let rounds = (QUIET_ROUNDS * self.devices.len()) as u64;
        let asked = requests() - asked_before;
        if asked > rounds * REQUESTS_OF_A_QUIET_ROUND {
            let details = format!("{rounds} rounds without anything to do asked {asked} questions");
            return Err(Violation::new("I11 progress", details));
        }
        if before == after {
            Ok(())
        } else {
            Err(Violation::new(
                "I3 quiescence",
                format!("documents offered and last sequence: {before:?}, then {after:?}"),
            ))
        }
    }

    /// I12: what is on its way at once, and what is on the disk afterwards.
    pub fn check_resources(&self) -> Outcome<Resources> {
        let broken = |details: String| Err(Violation::new("I12 resources", details));
        let mut found = Resources::default();
        let data = self.ledger.borrow().data();
        for device in &self.devices {
            if let Some(line) = self.line(device) {
                let most = line.most();
                if most.requests > REQUESTS_AT_ONCE {
                    let requests = most.requests;
                    return broken(format!("{} asked {requests} things at once", device.name));
                }
                if most.bytes > MESSAGES_AT_ONCE * most.longest_message.max(4096) {
                    return broken(format!("{} holds {most:?}", device.name));
                }
                found.requests = found.requests.max(most.requests);
                found.bytes = found.bytes.max(most.bytes);
            }
            // What is still in the log goes where it belongs.
            device.close();
            let size = size_of(device.home());
            let grown = size.saturating_sub(size_of(super::template()));
            found.grown_percent = found.grown_percent.max(grown * 100 / data.max(PAGES));
            if grown > GROWTH * data + PAGES {
                let details = format!("{data} bytes were written, and {} has {grown}", device.name);
                return broken(details);
            }
        }
        Ok(found)
    }

    /// I6: reading everything once more changes nothing.
    pub async fn check_again(&self) -> Outcome {
        use sheaf_sync::Replica as _;
        // Another device in each world.
        let place = self.ledger.borrow().entries.len() % self.devices.len().max(1);
        let Some(device) = self.devices.get(place) else {
            return Ok(());
        };
        let before = self.dump(device).await?;
        let broken = |error: StoreError| broken_store(device, &error);
        let store = device.store();
        let remote = super::device::remote_id();
        let state = store.remote_state(&remote).await.map_err(broken)?;
        if let Some(identity) = state.identity {
            store
                .set_identity(&remote, identity, true)
                .await
                .map_err(broken)?;
        }
        self.settle(1).await?;
        if before == self.dump(device).await? {
            Ok(())
        } else {
            Err(Violation::new(
                "I6 idempotence",
                format!("{} changed when it read everything again", device.name),
            ))
        }
    }
}

/// Whether two leaves really say different things about one place.
fn contradict(document: &Document, a: &Revision, b: &Revision) -> bool {
    let base = document
        .last_common_ancestor(a, b)
        .and_then(|base| document.written(&base));
    let (Some(base), Some(a), Some(b)) = (base, document.written(a), document.written(b)) else {
        return true;
    };
    let field = |content: &Content, name: &str| {
        content
            .body
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let titles = [base, a, b].map(|content| field(content, "title"));
    let title = titles[0] != titles[1] && titles[0] != titles[2] && titles[1] != titles[2];
    let [base, a, b] = [base, a, b].map(|content| field(content, "body"));
    base.is_empty() || title || (a != b && overlap(&base, &a, &b))
}

/// All files in a folder, in bytes.
fn size_of(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(about) if about.is_dir() => size_of(&entry.path()),
            Ok(about) => about.len(),
            Err(_) => 0,
        })
        .sum()
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
