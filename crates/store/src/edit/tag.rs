//! Tags: names are unique without regard to case.

use rusqlite::{OptionalExtension, params};
use sheaf_model::{Body, DocId, Kind, Millis, Note, NotePatch, Tag, TagColor, check, new_doc_id};

use sheaf_sync::mutant::{Mutant, planted};

use crate::{
    IdBytes, StoreError, TagError, TagRow,
    counts::Counter,
    edit::Manner,
    heads::{find_document, read_head, stored_id},
    shown::tag_key,
    txn::Txn,
};

pub(crate) fn create(
    txn: &mut Txn<'_>,
    name: &str,
    color: TagColor,
    random: IdBytes,
    now: Millis,
) -> Result<TagRow, TagError> {
    if let Some(id) = named(txn, name)? {
        return Ok(row(txn, &id)?);
    }
    let id = new_doc_id(Kind::Tag, random);
    let tag = Tag {
        name: name.trim().to_owned(),
        color,
        updated_at: now,
        created_at: now,
    };
    let mut body = Body::new();
    tag.write(&mut body);
    check(&id, &body)?;
    txn.create_document(&id, &body, false, now)?;
    Ok(row(txn, &id)?)
}

pub(crate) fn rename(
    txn: &mut Txn<'_>,
    id: &DocId,
    name: &str,
    now: Millis,
) -> Result<(), TagError> {
    if let Some(other) = named(txn, name)?.filter(|other| other != id) {
        return Err(TagError::NameTaken(other));
    }
    change(txn, id, now, |tag| name.trim().clone_into(&mut tag.name))
}

pub(crate) fn set_color(
    txn: &mut Txn<'_>,
    id: &DocId,
    color: TagColor,
    now: Millis,
) -> Result<(), TagError> {
    change(txn, id, now, |tag| tag.color = color)
}

fn change(
    txn: &mut Txn<'_>,
    id: &DocId,
    now: Millis,
    edit: impl FnOnce(&mut Tag),
) -> Result<(), TagError> {
    live(txn, id)?;
    let (row, head) = read_head(txn.sql, id)?;
    let mut tag = Tag::read(&head.body);
    edit(&mut tag);
    tag.updated_at = now;
    let mut body = head.body.clone();
    tag.write(&mut body);
    check(id, &body)?;
    txn.edit_document(
        id,
        &row,
        &head,
        body,
        Manner {
            now,
            text_changed: false,
            stays_local: false,
        },
    )?;
    Ok(())
}

pub(crate) fn delete(txn: &mut Txn<'_>, id: &DocId, now: Millis) -> Result<u32, TagError> {
    live(txn, id)?;
    let notes = replace_everywhere(txn, id, None, Some(now))?;
    txn.delete_document(id)?;
    Ok(notes)
}

/// Takes a tag off its notes and puts `by` in its place. Without `now` the notes' times stay: then
/// the edit is the same on every device that makes it, and they do not conflict.
pub(crate) fn replace_everywhere(
    txn: &mut Txn<'_>,
    tag: &DocId,
    by: Option<&DocId>,
    now: Option<Millis>,
) -> Result<u32, StoreError> {
    let notes = notes_with(txn, tag)?;
    for id in &notes {
        let (row, head) = read_head(txn.sql, id)?;
        let mut tags: Vec<DocId> = Vec::new();
        for old in Note::read(&head.body).tags {
            let kept = if old == *tag { by.cloned() } else { Some(old) };
            tags.extend(kept.filter(|kept| !tags.contains(kept)));
        }
        let mut body = head.body.clone();
        NotePatch {
            tags: Some(tags),
            timestamp: now,
            ..NotePatch::default()
        }
        .apply(&mut body);
        let moment = now.unwrap_or_else(txn.clock);
        let manner = Manner {
            now: moment,
            text_changed: false,
            stays_local: true,
        };
        txn.edit_document(id, &row, &head, body, manner)?;
    }
    Ok(u32::try_from(notes.len()).unwrap_or(u32::MAX))
}

/// Where the tombstone of a tag that had a namesake points.
const MERGED_INTO: &str = "mergedInto";

/// The namesake stays; whoever tags with the other meanwhile, and has not heard of it, tags with the one that stays.
pub(crate) fn merge_into(txn: &mut Txn<'_>, kept: &DocId, other: &DocId) -> Result<(), StoreError> {
    replace_everywhere(txn, other, Some(kept), None)?;
    let mut last_words = Body::new();
    last_words.insert(MERGED_INTO.to_owned(), kept.as_str().into());
    txn.delete_document_saying(other, &last_words)
}

/// Notes that name a tag which went into a namesake name the namesake from now on. The edit is the same on every device.
pub(crate) fn follow_merged(txn: &mut Txn<'_>, tag: &DocId) -> Result<(), StoreError> {
    if planted(Mutant::NamesakesAreForgotten) {
        return Ok(());
    }
    let mut at = tag.clone();
    // Each goes into one with a lower id; what another program wrote there need not.
    for _ in 0..16 {
        let Some(next) = merged_into(txn, &at)? else {
            return Ok(());
        };
        let is_there = find_document(txn.sql, &next)?.is_some_and(|row| row.head.is_some());
        if is_there {
            replace_everywhere(txn, tag, Some(&next), None)?;
            return Ok(());
        }
        at = next;
    }
    Ok(())
}

fn merged_into(txn: &Txn<'_>, tag: &DocId) -> Result<Option<DocId>, StoreError> {
    let Some(row) = find_document(txn.sql, tag)?.filter(|row| row.head.is_none()) else {
        return Ok(None);
    };
    let mut tombstones = txn.sql.prepare_cached(
        "SELECT body FROM revisions WHERE doc = ?1 AND deleted = 1 AND body IS NOT NULL",
    )?;
    let bodies = tombstones.query_map([row.doc], |row| row.get::<_, String>(0))?;
    let mut found: Vec<DocId> = Vec::new();
    for body in bodies {
        let body: Body = serde_json::from_str(&body?)?;
        let target = body.get(MERGED_INTO).and_then(serde_json::Value::as_str);
        let target = target.and_then(|text| DocId::parse(text).ok());
        found.extend(target.filter(|target| target.kind() == Kind::Tag));
    }
    Ok(found.into_iter().min())
}

/// Tags that a note names and that are deleted.
pub(crate) fn dead_tags_of(txn: &Txn<'_>, note: &DocId) -> Result<Vec<DocId>, StoreError> {
    let mut statement = txn.sql.prepare_cached(
        "SELECT tag.id FROM documents AS note
         JOIN note_tags ON note_tags.note = note.doc
         JOIN documents AS tag ON tag.doc = note_tags.tag
         WHERE note.id = ?1 AND tag.head IS NULL AND tag.seq > 0",
    )?;
    let rows = statement.query_map([note.as_str()], |row| row.get::<_, String>(0))?;
    let ids: Vec<String> = rows.collect::<Result<_, _>>()?;
    ids.iter().map(|id| stored_id(id)).collect()
}

fn notes_with(txn: &Txn<'_>, tag: &DocId) -> Result<Vec<DocId>, StoreError> {
    let mut statement = txn.sql.prepare_cached(
        "SELECT note.id FROM documents AS tag
         JOIN note_tags ON note_tags.tag = tag.doc
         JOIN documents AS note ON note.doc = note_tags.note
         WHERE tag.id = ?1 ORDER BY note.doc",
    )?;
    let rows = statement.query_map([tag.as_str()], |row| row.get::<_, String>(0))?;
    let ids: Vec<String> = rows.collect::<Result<_, _>>()?;
    ids.iter().map(|id| stored_id(id)).collect()
}

fn named(txn: &Txn<'_>, name: &str) -> Result<Option<DocId>, StoreError> {
    let mut find = txn.sql.prepare_cached(
        "SELECT id FROM tags JOIN documents USING (doc) WHERE name_key = ?1 ORDER BY id LIMIT 1",
    )?;
    let id: Option<String> = find
        .query_row([tag_key(name)], |row| row.get(0))
        .optional()?;
    id.as_deref().map(stored_id).transpose()
}

fn live(txn: &Txn<'_>, id: &DocId) -> Result<(), StoreError> {
    let found = find_document(txn.sql, id)?.filter(|row| row.head.is_some());
    if id.kind() == Kind::Tag && found.is_some() {
        Ok(())
    } else {
        Err(StoreError::NotFound(id.clone()))
    }
}

fn row(txn: &Txn<'_>, id: &DocId) -> Result<TagRow, StoreError> {
    let (row, head) = read_head(txn.sql, id)?;
    let tag = Tag::read(&head.body);
    let mut count = txn
        .sql
        .prepare_cached("SELECT notes FROM counts WHERE counter = ?1 AND key = ?2")?;
    let notes: Option<u32> = count
        .query_row(params![Counter::Tag as i64, row.doc], |row| row.get(0))
        .optional()?;
    Ok(TagRow {
        id: id.clone(),
        name: tag.name,
        color: tag.color,
        notes: notes.unwrap_or(0),
    })
}
