//! One item per device that lists what the device has written and deleted. The lists of all
//! devices together show what a server withholds, hands out in an older state, or deletes by
//! itself: none of these is authenticated by the protocol.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sheaf_model::{DocId, Millis};
use sheaf_sync::{Environment, Record, RecordReplica, step};
use uuid::Uuid;

use crate::{
    HostedError, Replication, Vault,
    call::Position,
    entropy::Entropy,
    mapping,
    marker::{self, DOMAIN},
    plan::{Parcel, wire},
    seen::{self, ITEM, MANIFEST, Role, SUSPICION, Seen},
    suspicion::Suspicion,
};

/// Written at most so often while only texts change; with a deletion at once.
const EVERY: Millis = 10 * 60 * 1000;
/// A deletion may be a moment ahead of the list that explains it.
const GRACE: Millis = 10 * 60 * 1000;
/// Deletions that no list has explained yet.
const UNEXPLAINED: &str = "x:";
const ENTRY: usize = 16 + 4 + 6;

/// What is kept of a device's list.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
struct List {
    n: u64,
    /// Entries of 26 bytes each, base64: name, counter, beginning of the hash.
    wrote: String,
    deleted: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Unexplained {
    id: String,
    n: u64,
    at: Millis,
}

struct Entry {
    uuid: String,
    n: u32,
    hash: [u8; 6],
}

impl<E: Environment, V: Vault> Replication<E, V> {
    /// Something was written or deleted here.
    pub(crate) fn note_writing(&self, deleted: bool) {
        let mut memory = self.memory();
        memory.manifest_due = true;
        if deleted {
            memory.manifest_at = None;
        }
    }

    pub(crate) async fn write_manifest<R: RecordReplica>(
        &self,
        replica: &R,
    ) -> Result<(), HostedError> {
        self.check_manifests(replica).await?;
        let now = self.environment.now();
        let due = {
            let memory = self.memory();
            memory.manifest_due
                && memory
                    .manifest_at
                    .is_none_or(|at| now - at >= EVERY || now < at)
        };
        if due {
            self.write_manifest_now(replica).await?;
        }
        Ok(())
    }

    pub(crate) async fn write_manifest_now<R: RecordReplica>(
        &self,
        replica: &R,
    ) -> Result<(), HostedError> {
        if !self.memory().manifest_due {
            return Ok(());
        }
        let all = self.all_seen(replica).await?;
        let mine = |deleted: bool| {
            let mut bytes = Vec::new();
            for (name, seen) in &all {
                if seen.mine && seen.role == Role::Document && seen.deleted == deleted {
                    write_entry(&mut bytes, name, seen);
                }
            }
            STANDARD.encode(bytes)
        };
        let own_key = format!("{MANIFEST}own");
        let own = replica
            .records(&self.id, vec![own_key.clone()])
            .await
            .map_err(HostedError::replica)?;
        let before: List = own.first().and_then(seen::parse).unwrap_or_default();
        let list = List {
            n: before.n + 1,
            wrote: mine(false),
            deleted: mine(true),
        };
        let unchanged = (&list.wrote, &list.deleted) == (&before.wrote, &before.deleted);
        if !unchanged {
            self.send_manifest(replica, &list).await?;
        }
        let mut memory = self.memory();
        memory.manifest_due = false;
        memory.manifest_at = Some(self.environment.now());
        Ok(())
    }

    async fn send_manifest<R: RecordReplica>(
        &self,
        replica: &R,
        list: &List,
    ) -> Result<(), HostedError> {
        let name = self.account.manifest(&self.options.device);
        let content = json!({
            "references": [],
            "appData": {DOMAIN: {
                "v": 1,
                "type": mapping::MANIFEST,
                "device": self.options.device,
                "list": list,
            }},
        });
        let text = content.to_string();
        let keys = self.keychain();
        let mut base = self.all_of(replica, &name).await?;
        for _ in 0..3 {
            let parcel = Parcel {
                uuid: name.clone(),
                content_type: mapping::MANIFEST,
                content: Some(text.clone()),
                duplicate_of: None,
                created_at: None,
                base: base.clone(),
                after: Seen::default(),
                references: None,
            };
            let sealed = keys
                .seal(&name, &text, &mut Entropy(&self.environment))
                .ok_or(HostedError::KeysMissing { items: 0 })?;
            let position = Position {
                cursor: None,
                ..self.position(replica).await?
            };
            let page = self.sync(&[wire(&parcel, Some(sealed))], &position).await?;
            step::reached("list: written there");
            if let Some(saved) = page.saved.iter().find(|saved| saved.uuid == name) {
                let records = vec![
                    Seen::of(saved, Role::Manifest).record(&name),
                    seen::record(MANIFEST, "own", list),
                ];
                return replica
                    .put_records(&self.id, records)
                    .await
                    .map_err(HostedError::replica);
            }
            match page.conflicts.iter().find(|item| item.uuid == name) {
                Some(server) => base = Some(Seen::of(server, Role::Manifest)),
                // Not every server takes items of types it does not know.
                None => return Ok(()),
            }
        }
        Ok(())
    }

    async fn all_of<R: RecordReplica>(
        &self,
        replica: &R,
        name: &str,
    ) -> Result<Option<Seen>, HostedError> {
        let found = replica
            .records(&self.id, vec![format!("{ITEM}{name}")])
            .await
            .map_err(HostedError::replica)?;
        Ok(found.first().and_then(Seen::parse))
    }

    pub(crate) async fn all_seen<R: RecordReplica>(
        &self,
        replica: &R,
    ) -> Result<BTreeMap<String, Seen>, HostedError> {
        let all = replica
            .records_with_prefix(&self.id, ITEM)
            .await
            .map_err(HostedError::replica)?;
        Ok(all
            .iter()
            .filter_map(|record| Some((seen::name(record, ITEM).to_owned(), Seen::parse(record)?)))
            .collect())
    }

    /// A list of another device has arrived; what it says is looked at when everything is here.
    pub(crate) async fn take_manifest<R: RecordReplica>(
        &self,
        replica: &R,
        item: &str,
        content: &Value,
        records: &mut Vec<Record>,
    ) -> Result<(), HostedError> {
        let ours = content.get("appData").and_then(|data| data.get(DOMAIN));
        let device = ours
            .and_then(|ours| ours.get("device"))
            .and_then(Value::as_str);
        let list = ours
            .and_then(|ours| ours.get("list"))
            .and_then(|list| serde_json::from_value::<List>(list.clone()).ok());
        let (Some(device), Some(list)) = (device, list) else {
            return Ok(());
        };
        if self.account.manifest(device) != item {
            return Ok(());
        }
        let key = if device == self.options.device {
            "own"
        } else {
            device
        };
        let held = replica
            .records(&self.id, vec![format!("{MANIFEST}{key}")])
            .await
            .map_err(HostedError::replica)?;
        let before: List = held.first().and_then(seen::parse).unwrap_or_default();
        if list.n < before.n {
            let suspicion = Suspicion::older("manifest".to_owned());
            records.push(seen::record(SUSPICION, &suspicion.name(), &suspicion));
            return Ok(());
        }
        records.push(seen::record(MANIFEST, key, &list));
        self.memory().lists_changed = true;
        Ok(())
    }

    /// The server says that something is deleted. Some device should have said so, too.
    pub(crate) fn judge_deletion(&self, name: &str, seen: &Seen, records: &mut Vec<Record>) {
        let id = seen
            .document
            .as_ref()
            .map_or_else(|| name.to_owned(), DocId::to_string);
        let unexplained = Unexplained {
            id,
            n: seen.n,
            at: self.environment.now(),
        };
        records.push(seen::record(UNEXPLAINED, name, &unexplained));
        self.memory().lists_changed = true;
    }

    /// Everything was pulled: does it fit what the devices say they have written?
    async fn check_manifests<R: RecordReplica>(&self, replica: &R) -> Result<(), HostedError> {
        if !std::mem::take(&mut self.memory().lists_changed) {
            return Ok(());
        }
        let lists: Vec<(String, List)> = replica
            .records_with_prefix(&self.id, MANIFEST)
            .await
            .map_err(HostedError::replica)?
            .iter()
            .filter_map(|record| {
                Some((
                    seen::name(record, MANIFEST).to_owned(),
                    seen::parse(record)?,
                ))
            })
            .collect();
        let all = self.all_seen(replica).await?;
        let mut records: Vec<Record> = Vec::new();
        let mut suspicions = Vec::new();
        let mut deleted: BTreeMap<String, u32> = BTreeMap::new();
        for (_, list) in &lists {
            for entry in entries(&list.deleted) {
                let n = deleted.entry(entry.uuid).or_default();
                *n = (*n).max(entry.n);
            }
        }
        for (_, list) in lists.iter().filter(|(device, _)| device != "own") {
            for entry in entries(&list.wrote) {
                let explained = deleted.get(&entry.uuid).is_some_and(|n| *n >= entry.n);
                let seen = all.get(&entry.uuid);
                let found = judge(&entry, seen, explained);
                let is_missing = found
                    .as_ref()
                    .is_some_and(|found| found.kind == crate::SuspicionKind::Missing);
                if let (true, Some(seen)) = (is_missing, seen) {
                    // Whatever time the server gave it: it is not known, and is asked for.
                    let unknown = Seen {
                        at: 0,
                        iso: String::new(),
                        ..seen.clone()
                    };
                    records.push(unknown.record(&entry.uuid));
                }
                suspicions.extend(found);
            }
        }
        let now = self.environment.now();
        let unexplained = replica
            .records_with_prefix(&self.id, UNEXPLAINED)
            .await
            .map_err(HostedError::replica)?;
        for record in &unexplained {
            let name = seen::name(record, UNEXPLAINED);
            let Some(deletion) = seen::parse::<Unexplained>(record) else {
                continue;
            };
            // A device has said so, or it was given back.
            let is_back = all.get(name).is_some_and(|seen| !seen.deleted);
            if is_back || deleted.contains_key(name) {
                records.push(seen::forget(UNEXPLAINED, name));
            } else if now - deletion.at >= GRACE {
                suspicions.push(Suspicion::deleted(deletion.id));
                records.push(seen::forget(UNEXPLAINED, name));
            } else {
                self.memory().lists_changed = true;
            }
        }
        if suspicions
            .iter()
            .any(|suspicion| suspicion.kind == crate::SuspicionKind::Missing)
        {
            // It may have been one bad answer: the next round asks for everything that differs, also
            // when it is another process that makes it.
            records.push(self.compare_again());
        }
        for suspicion in suspicions {
            tracing::warn!(kind = ?suspicion.kind, about = suspicion.about, "the server is not to be trusted");
            records.push(seen::record(SUSPICION, &suspicion.name(), &suspicion));
        }
        if records.is_empty() {
            return Ok(());
        }
        replica
            .put_records(&self.id, records)
            .await
            .map_err(HostedError::replica)
    }

    /// What was found wrong with the server and not yet dismissed.
    pub async fn suspicions<R: RecordReplica>(
        &self,
        replica: &R,
    ) -> Result<Vec<Suspicion>, HostedError> {
        suspicions(replica, &self.id).await
    }
}

/// What was found wrong with a server and not yet dismissed.
pub async fn suspicions<R: RecordReplica>(
    replica: &R,
    remote: &sheaf_sync::RemoteId,
) -> Result<Vec<Suspicion>, HostedError> {
    let found = replica
        .records_with_prefix(remote, SUSPICION)
        .await
        .map_err(HostedError::replica)?;
    Ok(found.iter().filter_map(seen::parse).collect())
}

/// The person has seen them.
pub async fn dismiss_suspicions<R: RecordReplica>(
    replica: &R,
    remote: &sheaf_sync::RemoteId,
) -> Result<(), HostedError> {
    let found = replica
        .records_with_prefix(remote, SUSPICION)
        .await
        .map_err(HostedError::replica)?;
    let forget = found
        .into_iter()
        .map(|record| Record::forget(record.key))
        .collect();
    replica
        .put_records(remote, forget)
        .await
        .map_err(HostedError::replica)
}

/// `explained`: some device has deleted it since.
fn judge(entry: &Entry, seen: Option<&Seen>, explained: bool) -> Option<Suspicion> {
    if explained {
        // Whoever asks for everything for the first time is not told of what is gone.
        return None;
    }
    let Some(seen) = seen else {
        return Some(Suspicion::missing(entry.uuid.clone()));
    };
    if seen.closed {
        return None;
    }
    let about = seen
        .document
        .as_ref()
        .map_or_else(|| entry.uuid.clone(), DocId::to_string);
    let n = u32::try_from(seen.n).unwrap_or(u32::MAX);
    // An edit of another client may stand on an older state of ours.
    if n < entry.n && !seen.foreign {
        return Some(Suspicion::missing(about));
    }
    let same = n == entry.n && !seen.foreign && !seen.deleted;
    (same && short(&seen.hash) != entry.hash).then(|| Suspicion::forked(about))
}

fn short(hash: &str) -> [u8; 6] {
    let digest = marker::hash(hash.as_bytes());
    let mut short = [0; 6];
    for (to, from) in short.iter_mut().zip(digest.bytes()) {
        *to = from;
    }
    short
}

fn write_entry(bytes: &mut Vec<u8>, name: &str, seen: &Seen) {
    let Ok(uuid) = Uuid::try_parse(name) else {
        return;
    };
    bytes.extend_from_slice(uuid.as_bytes());
    bytes.extend_from_slice(&u32::try_from(seen.n).unwrap_or(u32::MAX).to_be_bytes());
    bytes.extend_from_slice(&short(&seen.hash));
}

fn entries(text: &str) -> Vec<Entry> {
    let bytes = STANDARD.decode(text).unwrap_or_default();
    bytes
        .chunks_exact(ENTRY)
        .filter_map(|entry| {
            let (uuid, rest) = entry.split_at(16);
            let (n, hash) = rest.split_at(4);
            Some(Entry {
                uuid: Uuid::from_slice(uuid).ok()?.to_string(),
                n: u32::from_be_bytes(n.try_into().ok()?),
                hash: hash.try_into().ok()?,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const UUID: &str = "3162fe3a-1b5b-4cf5-b88a-afcb9996b23a";

    fn seen(n: u64, hash: &str) -> Seen {
        Seen {
            role: Role::Document,
            n,
            hash: hash.into(),
            mine: true,
            ..Seen::default()
        }
    }

    fn entry(n: u64, hash: &str) -> Entry {
        let mut bytes = Vec::new();
        write_entry(&mut bytes, UUID, &seen(n, hash));
        entries(&STANDARD.encode(bytes)).remove(0)
    }

    fn judged(entry: &Entry, seen: Option<&Seen>) -> Option<crate::SuspicionKind> {
        judge(entry, seen, false).map(|suspicion| suspicion.kind)
    }

    #[test]
    fn what_a_device_wrote_has_to_be_there_or_something_newer() {
        use crate::SuspicionKind as Kind;
        let wrote = entry(5, "h");
        assert_eq!((wrote.uuid.as_str(), wrote.n), (UUID, 5));
        assert_eq!(judged(&wrote, Some(&seen(5, "h"))), None);
        assert_eq!(judged(&wrote, Some(&seen(6, "other"))), None);
        assert_eq!(judged(&wrote, None), Some(Kind::Missing));
        assert_eq!(judged(&wrote, Some(&seen(4, "h"))), Some(Kind::Missing));
        assert_eq!(judged(&wrote, Some(&seen(5, "other"))), Some(Kind::Forked));
        let foreign = Seen {
            foreign: true,
            ..seen(5, "other")
        };
        assert_eq!(judged(&wrote, Some(&foreign)), None);
        // A deletion of what was written later than anybody here has seen needs a device that made it.
        let deleted = |n| Seen {
            deleted: true,
            ..seen(n, "")
        };
        assert_eq!(judge(&wrote, None, true), None);
        assert_eq!(judged(&wrote, Some(&deleted(5))), None);
        assert_eq!(judged(&wrote, Some(&deleted(4))), Some(Kind::Missing));
        assert_eq!(judge(&wrote, Some(&deleted(4)), true), None);
    }

    #[test]
    fn a_list_that_is_no_list_lists_nothing() {
        for text in ["", "AAAA", "not base64!"] {
            assert!(entries(text).is_empty(), "{text}");
        }
    }
}
