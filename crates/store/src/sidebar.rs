//! The sidebar, from the maintained counts.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;
use sheaf_model::{Body, DEFAULT_NOTEBOOK_ID, DocId, NotebookIcon, Status, TagColor};

use crate::{
    NotebookRow, Sidebar, StoreError, TagRow,
    counts::{self, Counter, Counts},
    heads::stored_id,
};

pub(crate) fn sidebar(sql: &Connection) -> Result<Sidebar, StoreError> {
    let counts = counts::stored(sql)?;
    let count = |counter: Counter, key: i64| number(&counts, counter, key);
    let templates = crate::list::templates(sql)?;
    Ok(Sidebar {
        notebooks: arrange(&stored_notebooks(sql)?, &counts),
        tags: tags(sql, &counts)?,
        statuses: Status::ALL
            .into_iter()
            .map(|status| (status, count(Counter::Status, status as i64)))
            .collect(),
        all: count(Counter::All, 0).saturating_sub(templates),
        pinned: count(Counter::Pinned, 0),
        conflicts: count(Counter::Conflicts, 0),
        trash: count(Counter::Trash, 0),
        templates,
        default_notebook: stored_id(DEFAULT_NOTEBOOK_ID)?,
    })
}

pub(crate) fn notebook_rows(sql: &Connection) -> Result<Vec<NotebookRow>, StoreError> {
    Ok(arrange(&stored_notebooks(sql)?, &counts::stored(sql)?))
}

fn number(counts: &Counts, counter: Counter, key: i64) -> u32 {
    let stored = counts.get(&(counter as i64, key)).copied().unwrap_or(0);
    u32::try_from(stored).unwrap_or(0)
}

fn tags(sql: &Connection, counts: &Counts) -> Result<Vec<TagRow>, StoreError> {
    let mut statement = sql.prepare_cached(
        "SELECT doc, id, name, color FROM tags JOIN documents USING (doc) ORDER BY name_key, id",
    )?;
    let mut rows = statement.query([])?;
    let mut tags = Vec::new();
    while let Some(row) = rows.next()? {
        let color: String = row.get(3)?;
        tags.push(TagRow {
            id: stored_id(&row.get::<_, String>(1)?)?,
            name: row.get(2)?,
            color: TagColor::parse(&color).unwrap_or_default(),
            notes: number(counts, Counter::Tag, row.get(0)?),
        });
    }
    Ok(tags)
}

pub(crate) struct StoredNotebook {
    pub(crate) doc: i64,
    pub(crate) id: DocId,
    pub(crate) name: String,
    pub(crate) parent: Option<String>,
    pub(crate) order: Option<i64>,
    icon: Option<NotebookIcon>,
}

/// In display order among siblings: by manual order, then those without one by name.
pub(crate) fn stored_notebooks(sql: &Connection) -> Result<Vec<StoredNotebook>, StoreError> {
    let mut statement = sql.prepare_cached(
        "SELECT doc, id, name, parent, manual_order, icon FROM notebooks JOIN documents USING (doc)",
    )?;
    let mut rows = statement.query([])?;
    let mut notebooks = Vec::new();
    while let Some(row) = rows.next()? {
        notebooks.push(StoredNotebook {
            doc: row.get(0)?,
            id: stored_id(&row.get::<_, String>(1)?)?,
            name: row.get(2)?,
            parent: row.get(3)?,
            order: row.get(4)?,
            icon: icon(row.get(5)?),
        });
    }
    notebooks.sort_by_cached_key(|notebook| {
        let order = notebook.order.unwrap_or(i64::MAX);
        (order, notebook.name.to_lowercase(), notebook.id.clone())
    });
    Ok(notebooks)
}

fn icon(stored: Option<String>) -> Option<NotebookIcon> {
    let value = serde_json::from_str(&stored?).ok()?;
    NotebookIcon::read(&Body::from_iter([("icon".to_owned(), value)]))
}

/// Depth first. What other clients wrote may have parents that do not exist or go in circles:
/// whatever the roots do not reach becomes a root itself, the first in order first.
fn arrange(notebooks: &[StoredNotebook], counts: &Counts) -> Vec<NotebookRow> {
    let ids: BTreeSet<&str> = notebooks
        .iter()
        .map(|notebook| notebook.id.as_str())
        .collect();
    let mut children: BTreeMap<Option<&str>, Vec<&StoredNotebook>> = BTreeMap::new();
    for notebook in notebooks {
        let parent = notebook
            .parent
            .as_deref()
            .filter(|parent| ids.contains(parent));
        children.entry(parent).or_default().push(notebook);
    }
    let mut tree = Arranged {
        children,
        counts,
        rows: Vec::new(),
        placed: BTreeSet::new(),
    };
    for root in tree.children.get(&None).cloned().unwrap_or_default() {
        tree.place(root, None, 0);
    }
    for notebook in notebooks {
        tree.place(notebook, None, 0);
    }
    tree.rows
}

struct Arranged<'a> {
    children: BTreeMap<Option<&'a str>, Vec<&'a StoredNotebook>>,
    counts: &'a Counts,
    rows: Vec<NotebookRow>,
    placed: BTreeSet<&'a DocId>,
}

impl<'a> Arranged<'a> {
    /// Answers how many notes are in the notebook and below.
    fn place(&mut self, notebook: &'a StoredNotebook, parent: Option<&DocId>, depth: u32) -> u32 {
        if !self.placed.insert(&notebook.id) {
            return 0;
        }
        let notes = number(self.counts, Counter::Notebook, notebook.doc);
        let at = self.rows.len();
        self.rows.push(NotebookRow {
            id: notebook.id.clone(),
            name: notebook.name.clone(),
            parent: parent.cloned(),
            depth,
            notes,
            notes_deep: notes,
            icon: notebook.icon.clone(),
        });
        let inside = self
            .children
            .get(&Some(notebook.id.as_str()))
            .cloned()
            .unwrap_or_default();
        let below: u32 = inside
            .into_iter()
            .map(|child| self.place(child, Some(&notebook.id), depth + 1))
            .sum();
        self.rows[at].notes_deep += below;
        self.rows[at].notes_deep
    }
}

/// The notebook and those shown below it.
pub(crate) fn keys_below(sql: &Connection, notebook: &DocId) -> Result<Vec<i64>, StoreError> {
    let stored = stored_notebooks(sql)?;
    let keys: BTreeMap<DocId, i64> = stored
        .iter()
        .map(|notebook| (notebook.id.clone(), notebook.doc))
        .collect();
    let rows = arrange(&stored, &Counts::new());
    let Some(start) = rows.iter().position(|row| row.id == *notebook) else {
        return Ok(Vec::new());
    };
    let depth = rows[start].depth;
    let below = rows[start + 1..].iter().take_while(|row| row.depth > depth);
    Ok(std::iter::once(&rows[start])
        .chain(below)
        .filter_map(|row| keys.get(&row.id).copied())
        .collect())
}
