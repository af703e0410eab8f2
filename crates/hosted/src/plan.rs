//! What a document's tree is on the server: one item with the winner, one for each other live
//! leaf, none for a document that is deleted. Pure.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use sheaf_model::{DocId, Kind, Millis, Revision, winner_order};
use sheaf_sync::OutgoingRevision;

use crate::{
    interpret::{references_hash, state},
    keys::put_base,
    mapping,
    marker::{self, DOMAIN, FileParts, Marker},
    names::Account,
    seen::{Role, Seen},
};

/// An item to be sent, before it is encrypted.
pub(crate) struct Parcel {
    pub(crate) uuid: String,
    pub(crate) content_type: &'static str,
    /// `None`: it is deleted.
    pub(crate) content: Option<String>,
    pub(crate) duplicate_of: Option<String>,
    pub(crate) created_at: Option<Millis>,
    pub(crate) base: Option<Seen>,
    /// What to remember once it is saved; the time is the server's.
    pub(crate) after: Seen,
    /// The notes a tag names.
    pub(crate) references: Option<Vec<String>>,
}

impl Parcel {
    /// What to remember before it is sent: whoever never hears the answer meets its own deletion as
    /// something the server says.
    pub(crate) fn before_sending(&self) -> Option<Seen> {
        let ends = self.content.is_none() && self.after.role == Role::Document;
        let base = self.base.as_ref().filter(|base| ends && !base.ending)?;
        Some(Seen {
            ending: true,
            ..base.clone()
        })
    }
}

/// Items of sides of a conflict, by the revision they are named after.
pub(crate) type Sides = BTreeMap<Revision, Seen>;

/// What has to be known of a document to send it.
pub(crate) struct Subject<'a> {
    pub(crate) id: &'a DocId,
    pub(crate) item: String,
    /// All leaves, deleted ones included.
    pub(crate) leaves: Vec<OutgoingRevision>,
    pub(crate) seen: Option<Seen>,
    /// What was seen of the items that hold, or held, another side of a conflict.
    pub(crate) sides: Sides,
    /// The notes of a tag or notebook.
    pub(crate) notes: &'a [String],
    /// The item of the notebook around a notebook.
    pub(crate) parent: Option<String>,
    /// The attachments of the winner, already sent.
    pub(crate) files: Vec<FileParts>,
    pub(crate) pad: bool,
}

/// The items a document needs on the server and does not have there. `force`: also when nothing
/// about the tree has changed (the references have).
pub(crate) fn plan(account: &Account, subject: &Subject<'_>, force: bool) -> Vec<Parcel> {
    let mut live: Vec<&OutgoingRevision> =
        subject.leaves.iter().filter(|leaf| !leaf.deleted).collect();
    live.sort_by(|a, b| winner_order((false, &b.revision), (false, &a.revision)));
    let Some((winner, others)) = live.split_first() else {
        return deletions(account, subject);
    };
    let mut parcels = Vec::new();
    // The other sides before the note that names them.
    let before = subject.seen.as_ref();
    let known = before.map_or(&[][..], |seen| &seen.leaves[..]);
    for other in others {
        if !known.contains(&other.revision) && !subject.holds(other) {
            parcels.push(leaf(account, subject, other));
        }
    }
    let main = main(subject, winner, others);
    let unchanged = before.is_some_and(|seen| {
        !seen.deleted && !main.after.state.is_empty() && seen.state == main.after.state
    });
    if !unchanged || force {
        parcels.push(main);
    }
    parcels.extend(subject.burials(account, |side| {
        others.iter().any(|other| other.revision == *side)
    }));
    parcels
}

impl Subject<'_> {
    /// Whether a side stands there already as it is here, or what stands there cannot be opened:
    /// nothing is written over that.
    fn holds(&self, other: &OutgoingRevision) -> bool {
        self.sides.get(&other.revision).is_some_and(|side| {
            side.closed || (!side.deleted && side.revision.as_ref() == Some(&other.revision))
        })
    }

    /// The ends of the items of all sides but those that stay. What the note itself was last seen to
    /// name is not asked: its save may have gone through where one of these did not.
    fn burials(&self, account: &Account, stays: impl Fn(&Revision) -> bool) -> Vec<Parcel> {
        self.sides
            .iter()
            .filter(|(revision, side)| side.role == Role::Leaf && !side.deleted && !stays(revision))
            .map(|(revision, side)| {
                let name = account.leaf(self.id, revision);
                deletion(name, self, Some(side.clone()))
            })
            .collect()
    }
}

fn deletions(account: &Account, subject: &Subject<'_>) -> Vec<Parcel> {
    let mut parcels = subject.burials(account, |_| false);
    let Some(seen) = subject.seen.as_ref().filter(|seen| !seen.deleted) else {
        return parcels;
    };
    let mut main = deletion(subject.item.clone(), subject, Some(seen.clone()));
    let tombstone = subject.leaves.iter().map(|leaf| &leaf.revision).max();
    main.after = Seen {
        deleted: true,
        mine: true,
        ending: false,
        foreign: false,
        revision: tombstone.cloned(),
        leaves: Vec::new(),
        inside: Vec::new(),
        state: String::new(),
        ..seen.clone()
    };
    parcels.push(main);
    parcels
}

fn deletion(uuid: String, subject: &Subject<'_>, base: Option<Seen>) -> Parcel {
    let content_type = mapping::content_type(subject.id.kind());
    Parcel {
        uuid,
        content_type,
        content: None,
        duplicate_of: None,
        created_at: None,
        base,
        after: Seen {
            role: Role::Leaf,
            deleted: true,
            content_type: content_type.to_owned(),
            ..Seen::default()
        },
        references: None,
    }
}

fn leaf(account: &Account, subject: &Subject<'_>, leaf: &OutgoingRevision) -> Parcel {
    let kind = subject.id.kind();
    let content_type = mapping::content_type(kind);
    let (mut content, meta) = mapping::write(kind, &leaf.body);
    let mut marker = Marker::new(
        subject.id,
        content_type,
        &leaf.revision,
        &leaf.ancestors,
        meta,
    );
    marker.leaf = true;
    marker.sum = marker::sum(&content, false);
    let after = Seen {
        role: Role::Leaf,
        document: Some(subject.id.clone()),
        revision: Some(leaf.revision.clone()),
        n: marker.n,
        content_type: content_type.to_owned(),
        ..Seen::default()
    };
    Parcel {
        uuid: account.leaf(subject.id, &leaf.revision),
        content_type,
        content: Some(finish(&mut content, marker, subject.pad)),
        duplicate_of: Some(subject.item.clone()),
        created_at: created_at(&leaf.body),
        base: subject.sides.get(&leaf.revision).cloned(),
        after,
        references: None,
    }
}

fn main(subject: &Subject<'_>, winner: &OutgoingRevision, others: &[&OutgoingRevision]) -> Parcel {
    let kind = subject.id.kind();
    let is_tag = kind == Kind::Tag || kind == Kind::Notebook;
    let content_type = mapping::content_type(kind);
    let (mut content, meta) = mapping::write(kind, &winner.body);
    let mut marker = Marker::new(
        subject.id,
        content_type,
        &winner.revision,
        &winner.ancestors,
        meta,
    );
    if is_tag {
        mapping::put_references(&mut content, subject.notes, subject.parent.as_deref());
        marker.refs = Some(references_hash(&mapping::note_references(&content)));
    }
    marker.leaves = others.iter().map(|other| other.revision.clone()).collect();
    marker.bury(
        subject
            .leaves
            .iter()
            .filter(|leaf| leaf.deleted)
            .map(|leaf| path(&leaf.revision, &leaf.ancestors))
            .collect(),
    );
    marker.files.clone_from(&subject.files);
    if let Some(seen) = &subject.seen {
        // Two over an edit of another client: then the chain is not expected to fit.
        marker.n = seen.n + if seen.foreign { 2 } else { 1 };
        marker.prev = Some(seen.hash.clone()).filter(|hash| !hash.is_empty());
    }
    marker.sum = marker::sum(&content, is_tag);
    let mut after = Seen {
        role: Role::Document,
        document: Some(subject.id.clone()),
        revision: Some(winner.revision.clone()),
        n: marker.n,
        mine: true,
        state: state(&marker),
        leaves: marker.leaves.clone(),
        content_type: content_type.to_owned(),
        inside: if kind == Kind::Note {
            mapping::containers(&winner.body)
        } else {
            Vec::new()
        },
        ..Seen::default()
    };
    let content = finish(&mut content, marker, subject.pad);
    after.hash = marker::hash(content.as_bytes());
    Parcel {
        uuid: subject.item.clone(),
        content_type,
        content: Some(content),
        duplicate_of: None,
        created_at: created_at(&winner.body),
        base: subject.seen.clone(),
        after,
        references: is_tag.then(|| subject.notes.to_vec()),
    }
}

fn path(revision: &Revision, ancestors: &[Revision]) -> Vec<Revision> {
    let mut path = vec![revision.clone()];
    path.extend(ancestors.iter().cloned());
    path
}

fn created_at(body: &Map<String, Value>) -> Option<Millis> {
    body.get("createdAt").and_then(Value::as_i64)
}

/// What an empty padding would take: `,"pad":""`.
const FIELD: usize = 9;

/// Puts the marker in its place, padded when sizes are to be hidden.
fn finish(content: &mut Map<String, Value>, mut marker: Marker, pad: bool) -> String {
    let text = with_marker(content, &marker);
    if !pad {
        return text;
    }
    let wanted = size_class(text.len() + FIELD);
    marker.pad = "0".repeat(wanted - text.len() - FIELD);
    with_marker(content, &marker)
}

fn with_marker(content: &mut Map<String, Value>, marker: &Marker) -> String {
    let domains = content.entry("appData").or_insert_with(|| json!({}));
    if !domains.is_object() {
        *domains = json!({});
    }
    domains[DOMAIN] = serde_json::to_value(marker).unwrap_or_default();
    serde_json::to_string(content).unwrap_or_default()
}

/// Steps of 256 bytes up to 4 KiB, then an eighth of the next power of two.
pub(crate) fn size_class(bytes: usize) -> usize {
    const SMALL: usize = 4096;
    let step = if bytes <= SMALL {
        256
    } else {
        bytes.next_power_of_two() / 8
    };
    bytes.div_ceil(step) * step
}

/// An item as it travels.
pub(crate) fn wire(
    parcel: &Parcel,
    sealed: Option<(sheaf_crypto::Sealed, Option<String>)>,
) -> Value {
    let mut item = json!({
        "uuid": parcel.uuid,
        "content_type": parcel.content_type,
        "deleted": parcel.content.is_none(),
    });
    if let Some((sealed, key)) = sealed {
        item["content"] = sealed.content.into();
        item["enc_item_key"] = sealed.enc_item_key.into();
        if let Some(key) = key {
            item["items_key_id"] = key.into();
        }
    }
    if let Some(of) = &parcel.duplicate_of {
        item["duplicate_of"] = of.clone().into();
    }
    if let Some(at) = parcel.created_at.filter(|at| *at >= 0)
        && let Some(iso) = mapping::iso_of_millis(at)
    {
        item["created_at"] = iso.into();
        item["created_at_timestamp"] = at.saturating_mul(1000).into();
    }
    put_base(&mut item, parcel.base.as_ref());
    item
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padded_sizes_are_few_and_never_more_than_an_eighth_too_large() {
        let mut classes = std::collections::BTreeSet::new();
        for bytes in 1..100_000 {
            let class = size_class(bytes);
            assert!(class >= bytes, "{bytes}");
            assert!(class - bytes <= 256.max(bytes / 4), "{bytes} {class}");
            classes.insert(class);
        }
        assert!(classes.len() < 60, "{}", classes.len());
    }

    #[test]
    fn padding_reaches_its_class_exactly_and_changes_nothing_else() {
        let id = DocId::parse("note:a").unwrap();
        let revision = Revision::parse("1-abc").unwrap();
        for length in [0, 1, 100, 255, 256, 5000] {
            let mut content = Map::new();
            content.insert("text".into(), "x".repeat(length).into());
            let marker = Marker::new(&id, "Note", &revision, &[], Map::new());
            let text = finish(&mut content, marker.clone(), true);
            assert_eq!(text.len(), size_class(text.len()), "{length}");
            let read: Map<String, Value> = serde_json::from_str(&text).unwrap();
            let mut found = Marker::read(&read).unwrap();
            found.pad.clear();
            assert_eq!(found, marker);
        }
    }
}
