//! Revision trees on the disk: loading one, writing what changed, minting.

use std::collections::HashMap;

use rusqlite::{Connection, params};
use sheaf_model::{Body, Revision, mint};
use sheaf_sync::{
    IncomingAttachment,
    mutant::{Mutant, planted},
};

use crate::{
    StoreError,
    heads::{DocKey, Head, NodeKey, find_draft, read_attachments, stored_revision},
    spare,
    tree::{At, Grafted, Tree},
    txn::Txn,
};

/// A document's tree of minted revisions, with the keys of its nodes, and its draft beside it.
pub(crate) struct StoredTree {
    pub(crate) doc: DocKey,
    pub(crate) tree: Tree,
    keys: Vec<NodeKey>,
    at: HashMap<NodeKey, At>,
    pub(crate) draft: Option<Head>,
    /// What stood alone was found to follow another revision.
    pub(crate) joined: bool,
}

impl StoredTree {
    pub(crate) fn empty(doc: DocKey) -> Self {
        Self {
            doc,
            tree: Tree::default(),
            keys: Vec::new(),
            at: HashMap::new(),
            draft: None,
            joined: false,
        }
    }

    pub(crate) fn load(sql: &Connection, doc: DocKey) -> Result<Self, StoreError> {
        let mut stored = Self {
            draft: find_draft(sql, doc)?,
            ..Self::empty(doc)
        };
        let mut statement = sql.prepare_cached(
            "SELECT node, generation, hash, parent, deleted, body IS NOT NULL,
                    EXISTS (SELECT 1 FROM known WHERE known.node = revisions.node)
             FROM revisions WHERE doc = ?1 AND hash IS NOT NULL",
        )?;
        let mut rows = statement.query([doc])?;
        let mut parents = Vec::new();
        while let Some(row) = rows.next()? {
            let revision = stored_revision(
                row.get(1)?,
                row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?,
            )?;
            let at = stored
                .tree
                .restore(revision, None, row.get(4)?, row.get(5)?, row.get(6)?);
            stored.remember(at, row.get(0)?);
            parents.push(row.get::<_, Option<NodeKey>>(3)?);
        }
        for (child, parent) in parents.into_iter().enumerate() {
            if let Some(parent) = parent.and_then(|key| stored.at.get(&key).copied()) {
                stored.tree.link(child, parent);
            }
        }
        Ok(stored)
    }

    fn remember(&mut self, at: At, key: NodeKey) {
        debug_assert_eq!(at, self.keys.len());
        self.keys.push(key);
        self.at.insert(key, at);
    }

    pub(crate) fn key(&self, at: At) -> NodeKey {
        self.keys[at]
    }

    pub(crate) fn at(&self, key: NodeKey) -> Option<At> {
        self.at.get(&key).copied()
    }

    /// The minted node the draft stands on.
    pub(crate) fn draft_parent(&self) -> Option<At> {
        self.draft
            .as_ref()
            .and_then(|draft| draft.parent)
            .and_then(|key| self.at(key))
    }

    /// Adds a revision with its history and its text. Answers the node when the revision is new.
    pub(crate) fn graft(
        &mut self,
        txn: &mut Txn<'_>,
        revision: &Revision,
        ancestors: &[Revision],
        deleted: bool,
        body: &str,
    ) -> Result<Option<At>, StoreError> {
        let grafted = self.tree.graft(revision, ancestors, deleted);
        self.write_nodes(txn, &grafted, body)?;
        self.write_joins(txn, &grafted)?;
        Ok(grafted.new.then(|| self.keys.len() - 1))
    }

    fn write_nodes(
        &mut self,
        txn: &mut Txn<'_>,
        grafted: &Grafted,
        body: &str,
    ) -> Result<(), StoreError> {
        let mut insert = txn.sql.prepare_cached(
            "INSERT INTO revisions (doc, generation, hash, parent, leaf, deleted, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?;
        for (place, &at) in grafted.added.iter().enumerate() {
            let is_the_revision = grafted.new && place + 1 == grafted.added.len();
            let node = self.tree.node(at);
            let parent = node.parent.map(|parent| self.keys[parent]);
            let key = insert.insert(params![
                self.doc,
                node.revision.generation() as i64,
                node.revision.hash(),
                parent,
                self.tree.is_leaf(at),
                node.deleted,
                is_the_revision.then_some(body),
            ])?;
            let above = node
                .parent
                .filter(|above| !grafted.added[..place].contains(above));
            if let Some(parent) = above.map(|above| self.keys[above]) {
                no_longer_leaf(txn, parent)?;
            }
            self.remember(at, key);
            self.tree.node_mut(at).has_body = is_the_revision;
        }
        Ok(())
    }

    fn write_joins(&mut self, txn: &mut Txn<'_>, grafted: &Grafted) -> Result<(), StoreError> {
        self.joined |= !grafted.joined.is_empty();
        for &at in &grafted.joined {
            let Some(parent) = self.tree.node(at).parent else {
                continue;
            };
            let mut join = txn
                .sql
                .prepare_cached("UPDATE revisions SET parent = ?2 WHERE node = ?1")?;
            join.execute([self.keys[at], self.keys[parent]])?;
            no_longer_leaf(txn, self.keys[parent])?;
        }
        Ok(())
    }

    /// Gives the draft its revision. From here on it is never altered.
    pub(crate) fn mint_draft(&mut self, txn: &mut Txn<'_>) -> Result<Option<At>, StoreError> {
        let Some(draft) = self.draft.take() else {
            return Ok(None);
        };
        let parent = draft.parent.and_then(|key| self.at(key));
        let parent_revision = parent.map(|at| self.tree.node(at).revision.clone());
        let attachments: Vec<_> = read_attachments(txn.sql, draft.node)?
            .into_iter()
            .map(|held| held.meta)
            .collect();
        let revision = mint(
            parent_revision.as_ref(),
            draft.deleted,
            &draft.body,
            &attachments,
        );
        if let Some(twin) = self.tree.find(&revision) {
            // The same edit of the same parent came back from elsewhere.
            txn.drop_draft(draft.node)?;
            return Ok(Some(twin));
        }
        let mut update = txn
            .sql
            .prepare_cached("UPDATE revisions SET generation = ?2, hash = ?3 WHERE node = ?1")?;
        update.execute(params![
            draft.node,
            revision.generation() as i64,
            revision.hash()
        ])?;
        if let Some(parent) = draft.parent {
            no_longer_leaf(txn, parent)?;
        }
        let at = self
            .tree
            .restore(revision, None, draft.deleted, true, false);
        if let Some(parent) = parent {
            self.tree.link(at, parent);
        }
        self.remember(at, draft.node);
        Ok(Some(at))
    }

    /// Adds a revision of our own, minted at once because it is the same everywhere.
    pub(crate) fn add_minted(
        &mut self,
        txn: &mut Txn<'_>,
        parent: At,
        deleted: bool,
        body: &Body,
        attachments: &[IncomingAttachment],
    ) -> Result<Option<At>, StoreError> {
        let above = self.tree.node(parent).revision.clone();
        let metas: Vec<_> = attachments.iter().map(|held| held.meta.clone()).collect();
        let revision = mint(Some(&above), deleted, body, &metas);
        let text = serde_json::to_string(body)?;
        let added = self.graft(txn, &revision, &[above], deleted, &text)?;
        if let Some(at) = added {
            for attachment in attachments {
                txn.insert_attachment(self.key(at), attachment)?;
            }
        }
        Ok(added)
    }

    /// An empty tombstone on top of a leaf, the same on every device.
    pub(crate) fn bury(&mut self, txn: &mut Txn<'_>, leaf: At) -> Result<(), StoreError> {
        self.add_minted(txn, leaf, true, &Body::new(), &[])?;
        Ok(())
    }

    /// Lets the texts of ancestors go that no merge should need any more: they become spare, and
    /// the oldest spare ones of all documents are forgotten.
    pub(crate) fn shed_texts(&mut self, txn: &mut Txn<'_>) -> Result<(), StoreError> {
        let needed = self.tree.needed_texts(self.draft_parent());
        for at in 0..self.tree.len() {
            if !self.tree.node(at).has_body {
                continue;
            }
            if planted(Mutant::BasesAreShed) && !self.tree.is_leaf(at) {
                spare::forget(txn, self.keys[at])?;
                self.tree.node_mut(at).has_body = false;
            } else if needed.contains(&at) {
                spare::need_again(txn, self.keys[at])?;
            } else {
                spare::put(txn, self.keys[at])?;
            }
        }
        spare::forget_oldest(txn)?;
        self.forget_oldest(txn)
    }

    /// Forgets ids so old that no remote will name them. In memory they stay.
    fn forget_oldest(&self, txn: &mut Txn<'_>) -> Result<(), StoreError> {
        for at in self.tree.forgotten() {
            let key = self.keys[at];
            for sql in [
                "DELETE FROM known WHERE node = ?1",
                "DELETE FROM spare_bases WHERE node = ?1",
                "DELETE FROM attachments WHERE node = ?1",
                "UPDATE revisions SET parent = NULL WHERE doc = ?2 AND parent = ?1",
                "DELETE FROM revisions WHERE node = ?1 AND doc = ?2",
            ] {
                let mut statement = txn.sql.prepare_cached(sql)?;
                if statement.parameter_count() == 2 {
                    statement.execute([key, self.doc])?;
                } else {
                    statement.execute([key])?;
                }
            }
        }
        Ok(())
    }

    /// What is shown: a live draft, else the winner among the live leaves.
    pub(crate) fn shown(&self) -> Option<NodeKey> {
        match &self.draft {
            Some(draft) if !draft.deleted => Some(draft.node),
            // The parent of a deletion that waits to be sent is gone from view.
            Some(_) => None,
            None => self.tree.live_leaves().first().map(|at| self.keys[*at]),
        }
    }

    /// Live leaves, the draft in its parent's place, the shown one first.
    pub(crate) fn live_heads(&self) -> Vec<NodeKey> {
        let parent = self.draft_parent();
        let leaves = self.tree.live_leaves();
        let draft = self
            .draft
            .iter()
            .filter(|draft| !draft.deleted)
            .map(|draft| draft.node);
        let minted = leaves
            .into_iter()
            .filter(|at| Some(*at) != parent)
            .map(|at| self.keys[at]);
        draft.chain(minted).collect()
    }
}

fn no_longer_leaf(txn: &Txn<'_>, node: NodeKey) -> Result<(), StoreError> {
    txn.sql
        .prepare_cached("UPDATE revisions SET leaf = 0 WHERE node = ?1")?
        .execute([node])?;
    Ok(())
}
