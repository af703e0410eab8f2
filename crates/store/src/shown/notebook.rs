//! The row of a notebook, and the notes that wait for one or lose theirs.

use rusqlite::{OptionalExtension, params};
use sheaf_model::{Body, Notebook};

use crate::{StoreError, counts::Counter, heads::DocKey, txn::Txn};

impl Txn<'_> {
    pub(super) fn show_notebook(&mut self, doc: DocKey, body: &Body) -> Result<(), StoreError> {
        let notebook = Notebook::read(body);
        let existed = self.notebook_exists(doc)?;
        let mut write = self.sql.prepare_cached(
            "INSERT INTO notebooks (doc, name, parent, manual_order, icon) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (doc) DO UPDATE SET name = ?2, parent = ?3, manual_order = ?4, icon = ?5",
        )?;
        let parent = notebook.parent.as_ref().map(AsRef::as_ref);
        write.execute(params![
            doc,
            notebook.name,
            parent as Option<&str>,
            notebook.order,
            body.get("icon").map(ToString::to_string),
        ])?;
        self.sidebar_changed();
        if existed {
            Ok(())
        } else {
            self.rehouse("place = ?1 AND place <> shown_in", doc, doc)
        }
    }

    pub(super) fn hide_notebook(&mut self, doc: DocKey) -> Result<(), StoreError> {
        if !self.notebook_exists(doc)? {
            return Ok(());
        }
        self.sql
            .prepare_cached("DELETE FROM notebooks WHERE doc = ?1")?
            .execute([doc])?;
        self.sidebar_changed();
        let default = self.default_notebook_key()?;
        if default == doc {
            return Ok(());
        }
        self.rehouse("shown_in = ?1 AND place = ?1", doc, default)
    }

    fn notebook_exists(&self, doc: DocKey) -> Result<bool, StoreError> {
        let mut find = self
            .sql
            .prepare_cached("SELECT doc FROM notebooks WHERE doc = ?1")?;
        Ok(find
            .query_row([doc], |row| row.get::<_, i64>(0))
            .optional()?
            .is_some())
    }

    /// Shows the notes that meet `condition` in `home`.
    fn rehouse(&mut self, condition: &str, of: DocKey, home: DocKey) -> Result<(), StoreError> {
        let mut select = self.sql.prepare_cached(&format!(
            "SELECT doc, shown_in, status FROM notes WHERE {condition}"
        ))?;
        let rows = select.query_map([of], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let notes: Vec<(DocKey, i64, i64)> = rows.collect::<Result<_, _>>()?;
        let mut update = self
            .sql
            .prepare_cached("UPDATE notes SET shown_in = ?2 WHERE doc = ?1")?;
        for (note, shown_in, status) in notes {
            if shown_in == home {
                continue;
            }
            update.execute([note, home])?;
            if status < 3 {
                self.count(Counter::Notebook, shown_in, -1);
                self.count(Counter::Notebook, home, 1);
            }
        }
        Ok(())
    }
}
