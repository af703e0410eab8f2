//! The row of a tag.

use rusqlite::params;
use sheaf_model::{Body, Tag};

use crate::{StoreError, heads::DocKey, txn::Txn};

impl Txn<'_> {
    pub(super) fn show_tag(&mut self, doc: DocKey, body: &Body) -> Result<(), StoreError> {
        let tag = Tag::read(body);
        let mut write = self.sql.prepare_cached(
            "INSERT INTO tags VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (doc) DO UPDATE SET name = ?2, name_key = ?3, color = ?4",
        )?;
        write.execute(params![
            doc,
            tag.name,
            tag_key(&tag.name),
            tag.color.as_str()
        ])?;
        self.sidebar_changed();
        Ok(())
    }

    pub(super) fn hide_tag(&mut self, doc: DocKey) -> Result<(), StoreError> {
        self.sql
            .prepare_cached("DELETE FROM tags WHERE doc = ?1")?
            .execute([doc])?;
        self.sidebar_changed();
        Ok(())
    }
}

/// Names that differ only in case or outer blanks are the same name.
pub(crate) fn tag_key(name: &str) -> String {
    name.trim().to_lowercase()
}
