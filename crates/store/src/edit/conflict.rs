//! More than one live leaf: reading them, writing a person's decision over them, and taking a
//! decision back.

use rusqlite::{Connection, OptionalExtension};
use sheaf_markdown::count_tasks;
use sheaf_model::{Body, DocId, Kind, Location, Millis, Note, NotePatch, mint};
use sheaf_sync::merge::{
    Leaves, Outcome, contains_lines, forget_merge_rule, merge_apart_from_words, merge_leaves,
};

use crate::{
    ConflictChoice, ConflictOutcome, ConflictRule, Decision, Leaf, LeafId, ResolvedConflicts,
    SnapshotReason, StoreError, Version,
    heads::{DocRow, Head, NodeKey, find_document, read_attachments, read_node},
    history::{Side, sides},
    merge_base::{Branch, merge_base},
    read,
    shown::Shown,
    stored_tree::StoredTree,
    txn::Txn,
};

/// A document in view and its live leaves, the shown one first.
struct Conflict {
    row: DocRow,
    stored: StoredTree,
    heads: Vec<Head>,
}

impl Conflict {
    fn load(sql: &Connection, id: &DocId) -> Result<Self, StoreError> {
        let row = find_document(sql, id)?.filter(|row| row.head.is_some());
        let row = row.ok_or_else(|| StoreError::NotFound(id.clone()))?;
        let stored = StoredTree::load(sql, row.doc)?;
        let heads = stored
            .live_heads()
            .into_iter()
            .map(|node| read_node(sql, node))
            .collect::<Result<Vec<_>, _>>()?;
        if heads.is_empty() {
            return Err(StoreError::NotFound(id.clone()));
        }
        Ok(Self { row, stored, heads })
    }

    fn shown(&self) -> &Head {
        &self.heads[0]
    }

    /// Where another leaf and the shown one parted.
    fn base(&self, sql: &Connection, other: &Head) -> Result<Option<Body>, StoreError> {
        let branch = |head| branch_of(&self.stored, head);
        merge_base(sql, &self.stored, branch(self.shown()), branch(other))
    }

    /// What the leaves say, each with where it parted from the shown one.
    fn leaves(&self, sql: &Connection) -> Result<Vec<Leaf>, StoreError> {
        let mut leaves = Vec::with_capacity(self.heads.len());
        for (place, head) in self.heads.iter().enumerate() {
            let base = if place == 0 {
                None
            } else {
                self.base(sql, head)?
            };
            leaves.push(Leaf {
                id: leaf_id(head)?,
                winner: place == 0,
                mine: is_from_here(sql, head)?,
                note: Note::read(&head.body),
                base: base.as_ref().map(Note::read),
            });
        }
        // Written before anybody took note of where: the shown one counts as this computer's.
        if !leaves.iter().any(|leaf| leaf.mine)
            && let Some(shown) = leaves.first_mut()
        {
            shown.mine = true;
        }
        Ok(leaves)
    }

    /// The leaves in one document: metadata by the rules, words of the shown leaf.
    fn metadata(&self, sql: &Connection, closed: &[&Head]) -> Result<Body, StoreError> {
        let mut merged = self.shown().body.clone();
        for other in closed {
            let base = self.base(sql, other)?;
            let leaves = Leaves {
                kind: Kind::Note,
                base: base.as_ref(),
                winner: &merged,
                other: &other.body,
                same_attachments: true,
            };
            merged = merge_apart_from_words(&leaves);
        }
        Ok(merged)
    }

    /// All leaves in one, when that loses no word: by the rules of merging, or because one text
    /// has every line of the other.
    fn provable(&self, sql: &Connection) -> Result<Option<Note>, StoreError> {
        let mut merged = self.shown().body.clone();
        for other in &self.heads[1..] {
            let base = self.base(sql, other)?;
            let digests = |head: &Head| {
                let held = read_attachments(sql, head.node)?.into_iter();
                let digests: Vec<_> = held.map(|held| (held.meta.name, held.meta.md5)).collect();
                Ok::<_, StoreError>(digests)
            };
            let leaves = Leaves {
                kind: Kind::Note,
                base: base.as_ref(),
                winner: &merged,
                other: &other.body,
                same_attachments: digests(self.shown())? == digests(other)?,
            };
            let one = match merge_leaves(&leaves, count_tasks) {
                Outcome::WinnerStands => continue,
                Outcome::Merged(body) => Some(body),
                Outcome::Conflict => containing(&merged, &other.body).cloned(),
            };
            let Some(one) = one else { return Ok(None) };
            merged = one;
        }
        Ok(Some(Note::read(&merged)))
    }
}

fn branch_of<'a>(stored: &StoredTree, head: &'a Head) -> (NodeKey, Branch<'a>) {
    (head.node, Branch::of_node(stored, head.node, &head.body))
}

/// Which of two documents has every line of the other, under the same title.
fn containing<'a>(one: &'a Body, other: &'a Body) -> Option<&'a Body> {
    let (a, b) = (Note::read(one), Note::read(other));
    if a.title != b.title {
        None
    } else if contains_lines(&a.body, &b.body) {
        Some(one)
    } else if contains_lines(&b.body, &a.body) {
        Some(other)
    } else {
        None
    }
}

fn leaf_id(head: &Head) -> Result<LeafId, StoreError> {
    Ok(head.revision()?.map_or(LeafId::Draft, LeafId::Revision))
}

fn is_from_here(sql: &Connection, head: &Head) -> Result<bool, StoreError> {
    let mut find = sql.prepare_cached("SELECT here FROM revisions WHERE node = ?1")?;
    Ok(find.query_row([head.node], |row| row.get(0))?)
}

/// All live leaves, the shown one first.
pub(crate) fn leaves(sql: &Connection, id: &DocId) -> Result<Vec<Leaf>, StoreError> {
    Conflict::load(sql, id)?.leaves(sql)
}

/// The decision becomes an unsent edit of the shown leaf; the others get tombstones, but for those
/// that stay open. What each side said becomes a version.
pub(crate) fn resolve(
    txn: &mut Txn<'_>,
    id: &DocId,
    seen: &[LeafId],
    choice: ConflictChoice,
    now: Millis,
) -> Result<ConflictOutcome, StoreError> {
    let conflict = Conflict::load(txn.sql, id)?;
    let present = conflict
        .heads
        .iter()
        .map(leaf_id)
        .collect::<Result<Vec<_>, _>>()?;
    let same = present.len() == seen.len() && present.iter().all(|leaf| seen.contains(leaf));
    if !same {
        return Ok(ConflictOutcome::Stale {
            current: Box::new(read::note(txn.sql, id)?),
        });
    }
    if let Some(notebook) = &choice.notebook {
        super::home_for(txn, Some(notebook.clone()), now)?;
    }
    decide(txn, id, conflict, choice, now).map(ConflictOutcome::Decided)
}

fn decide(
    txn: &mut Txn<'_>,
    id: &DocId,
    mut conflict: Conflict,
    choice: ConflictChoice,
    now: Millis,
) -> Result<Decision, StoreError> {
    let mut closed = Vec::with_capacity(conflict.heads.len());
    for head in &conflict.heads[1..] {
        if !choice.keep_open.contains(&leaf_id(head)?) {
            closed.push(head);
        }
    }
    let mut body = conflict.metadata(txn.sql, &closed)?;
    let tasks = Some(count_tasks(&choice.body));
    NotePatch {
        title: Some(choice.title),
        body: Some(choice.body),
        location: choice.notebook.map(Location::Notebook),
        tags: choice.tags,
        status: choice.status,
        pinned: choice.pinned,
        tasks,
        updated_at: Some(now),
        timestamp: Some(now),
        ..NotePatch::default()
    }
    .apply(&mut body);
    forget_merge_rule(&mut body);
    let stay_open = conflict.heads.len() - 1 - closed.len();
    let sides = std::iter::once(conflict.shown()).chain(closed);
    let sides = sides
        .map(|head| Ok((leaf_id(head)?, head.node, head.body.clone())))
        .collect::<Result<Vec<_>, StoreError>>()?;
    for (_, node, _) in &sides[1..] {
        if let Some(at) = conflict.stored.at(*node) {
            conflict.stored.bury(txn, at)?;
        }
    }
    let doc = conflict.row.doc;
    let node = txn.put_draft(doc, Some(conflict.shown()), false, &body)?;
    for (_, closed, _) in &sides[1..] {
        join_attachments(txn, *closed, node)?;
    }
    let seq = txn.move_head(doc, Some(node), false)?;
    for (leaf, _, said) in sides {
        let side = Side {
            decision: seq,
            leaf,
        };
        txn.keep_version(id, &said, SnapshotReason::Decided, now, Some(&side))?;
    }
    txn.judge_draft(id, doc, &body, now)?;
    let shown = Shown {
        body: &body,
        conflicted: Some(stay_open > 0),
        text_changed: true,
        seq,
        is_new: false,
    };
    txn.show(id, doc, Some(shown))?;
    Ok(Version(seq))
}

/// Gives a decision the attachments that only a closed side has. Other bytes of the same name get a
/// name that begins with their digest, the same on every device.
fn join_attachments(txn: &mut Txn<'_>, from: NodeKey, into: NodeKey) -> Result<(), StoreError> {
    let mut present = read_attachments(txn.sql, into)?;
    for mut held in read_attachments(txn.sql, from)? {
        if present.iter().any(|one| one.meta.md5 == held.meta.md5) {
            continue;
        }
        if present.iter().any(|one| one.meta.name == held.meta.name) {
            let digest: String = held.meta.md5.chars().take(8).collect();
            held.meta.name = format!("{digest}-{}", held.meta.name);
        }
        txn.insert_attachment(into, &held)?;
        present.push(held);
    }
    Ok(())
}

/// Decides many conflicts by one rule. Notes without a conflict are passed over.
pub(crate) fn resolve_many(
    txn: &mut Txn<'_>,
    ids: &[DocId],
    rule: ConflictRule,
    now: Millis,
) -> Result<ResolvedConflicts, StoreError> {
    let mut resolved = ResolvedConflicts::default();
    for id in ids.iter().filter(|id| id.kind() == Kind::Note) {
        let conflict = match Conflict::load(txn.sql, id) {
            Ok(conflict) if conflict.heads.len() > 1 => conflict,
            Ok(_) | Err(StoreError::NotFound(_)) => continue,
            Err(error) => return Err(error),
        };
        let kept = match rule {
            ConflictRule::Mine => first_of(conflict.leaves(txn.sql)?, |leaf| leaf.mine),
            ConflictRule::Newest => newest(conflict.leaves(txn.sql)?),
            ConflictRule::Provable => conflict.provable(txn.sql)?,
        };
        let Some(kept) = kept else {
            resolved.left.push(id.clone());
            continue;
        };
        let choice = ConflictChoice {
            title: kept.title,
            body: kept.body,
            ..ConflictChoice::default()
        };
        let decision = decide(txn, id, conflict, choice, now)?;
        resolved.decisions.push((id.clone(), decision));
    }
    Ok(resolved)
}

fn first_of(leaves: Vec<Leaf>, wanted: impl Fn(&Leaf) -> bool) -> Option<Note> {
    leaves.into_iter().find(wanted).map(|leaf| leaf.note)
}

/// Of several written in the same moment the one shown.
fn newest(leaves: Vec<Leaf>) -> Option<Note> {
    let last = leaves.iter().map(|leaf| leaf.note.updated_at).max()?;
    first_of(leaves, |leaf| leaf.note.updated_at == last)
}

/// Takes decisions back. Answers how many notes have their versions side by side again.
pub(crate) fn reopen(
    txn: &mut Txn<'_>,
    decisions: &[(DocId, Decision)],
    now: Millis,
) -> Result<u32, StoreError> {
    let mut reopened = 0;
    for (id, decision) in decisions {
        match reopen_one(txn, id, *decision, now) {
            Ok(true) => reopened += 1,
            Ok(false) | Err(StoreError::NotFound(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(reopened)
}

/// The shown side is written back when nothing was written since. Every other side lives on below
/// its tombstone, which may have been sent and is never taken back itself: so every device that
/// does this makes the same revision.
fn reopen_one(
    txn: &mut Txn<'_>,
    id: &DocId,
    decision: Decision,
    now: Millis,
) -> Result<bool, StoreError> {
    let was = sides(txn.sql, id, decision.0)?;
    let Some((shown, others)) = was.split_first() else {
        return Ok(false);
    };
    let mut conflict = Conflict::load(txn.sql, id)?;
    let mut revived = false;
    for side in others {
        let Some(LeafId::Revision(revision)) = &side.leaf else {
            continue;
        };
        let tombstone = mint(Some(revision), true, &Body::new(), &[]);
        let Some(at) = conflict.stored.tree.find(&tombstone) else {
            continue;
        };
        let was = conflict.stored.tree.find(revision);
        let attachments = match was {
            Some(was) => read_attachments(txn.sql, conflict.stored.key(was))?,
            None => Vec::new(),
        };
        let back = conflict
            .stored
            .add_minted(txn, at, false, &side.document, &attachments)?;
        if let (Some(back), Some(was)) = (back, was) {
            txn.sql
                .prepare_cached(
                    "UPDATE revisions SET here = (SELECT here FROM revisions WHERE node = ?2)
                     WHERE node = ?1",
                )?
                .execute([conflict.stored.key(back), conflict.stored.key(was)])?;
        }
        revived |= back.is_some();
    }
    if !revived {
        return Ok(false);
    }
    let untouched = version(txn, conflict.row.doc)? == Some(decision.0);
    let head = conflict.shown().clone();
    if untouched {
        let mut body = shown.document.clone();
        forget_merge_rule(&mut body);
        let node = txn.put_draft(conflict.row.doc, Some(&head), false, &body)?;
        conflict.stored.draft = Some(read_node(txn.sql, node)?);
        txn.judge_draft(id, conflict.row.doc, &body, now)?;
    }
    conflict.stored.shed_texts(txn)?;
    let node = conflict.stored.shown();
    let seq = txn.move_head(conflict.row.doc, node, false)?;
    let Some(node) = node else { return Ok(false) };
    let body = read_node(txn.sql, node)?.body;
    let now_shown = Shown {
        body: &body,
        conflicted: Some(conflict.stored.live_heads().len() > 1),
        text_changed: true,
        seq,
        is_new: false,
    };
    txn.show(id, conflict.row.doc, Some(now_shown))?;
    Ok(true)
}

fn version(txn: &Txn<'_>, doc: i64) -> Result<Option<i64>, StoreError> {
    let mut find = txn
        .sql
        .prepare_cached("SELECT version FROM notes WHERE doc = ?1")?;
    Ok(find.query_row([doc], |row| row.get(0)).optional()?)
}
