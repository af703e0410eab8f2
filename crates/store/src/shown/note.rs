//! The row of a note, its tags, its words, its counts.

use rusqlite::{OptionalExtension, params};
use sheaf_model::{DEFAULT_NOTEBOOK_ID, DocId, Location, Millis, Note};

use crate::{
    ChangeKind, StoreError,
    counts::{Standing, TEMPLATE, TRASH},
    heads::DocKey,
    shown::Shown,
    txn::Txn,
    words,
};

/// Characters of a list row's excerpt, and how much Markdown is read to find them.
const EXCERPT_CHARS: usize = 200;
const EXCERPT_SOURCE: usize = 800;
const TITLE_KEY_CHARS: usize = 80;

struct OldRow {
    standing: Standing,
    search_row: i64,
    created_at: Millis,
    title: String,
}

/// What the index of words is asked to do.
struct Texts<'a> {
    doc: DocKey,
    old: Option<&'a OldRow>,
    note: &'a Note,
}

impl Txn<'_> {
    pub(super) fn show_note(
        &mut self,
        id: &DocId,
        doc: DocKey,
        shown: Shown<'_>,
    ) -> Result<(), StoreError> {
        let note = Note::read(shown.body);
        let old = if shown.is_new {
            None
        } else {
            self.old_note(doc)?
        };
        let place = self.place_key(&note.location)?;
        let tags = note
            .tags
            .iter()
            .map(|tag| self.intern(tag))
            .collect::<Result<Vec<_>, _>>()?;
        let standing = Standing {
            place,
            shown_in: self.shown_place(place)?,
            status: note.status as i64,
            pinned: note.pinned,
            conflicted: shown
                .conflicted
                .unwrap_or_else(|| old.as_ref().is_some_and(|old| old.standing.conflicted)),
            tags,
        };
        let search_row = match &old {
            Some(old) if !shown.text_changed => old.search_row,
            _ => self.index_text(&Texts {
                doc,
                old: old.as_ref(),
                note: &note,
            })?,
        };
        let row = Written {
            doc,
            note: &note,
            standing: &standing,
            search_row,
            version: shown.seq,
        };
        match &old {
            Some(old) if row.differs_in_text_only(old) => self.write_text(&row)?,
            _ => self.write_note(&row)?,
        }
        self.write_tags(doc, old.as_ref(), &standing.tags)?;
        self.recount(old.as_ref().map(|old| &old.standing), Some(&standing));
        let kind = if old.is_some() {
            ChangeKind::Updated
        } else {
            ChangeKind::Created
        };
        self.note_changed(id, kind, Some(shown.seq));
        Ok(())
    }

    pub(super) fn hide_note(&mut self, id: &DocId, doc: DocKey) -> Result<(), StoreError> {
        let Some(old) = self.old_note(doc)? else {
            return Ok(());
        };
        self.recount(Some(&old.standing), None);
        for sql in [
            "DELETE FROM note_tags WHERE note = ?1",
            "DELETE FROM trashed_from WHERE doc = ?1",
            "DELETE FROM notes WHERE doc = ?1",
        ] {
            self.sql.prepare_cached(sql)?.execute([doc])?;
        }
        if self.forget_text(old.search_row)? {
            self.forget_title(doc)?;
        }
        self.note_changed(id, ChangeKind::Deleted, None);
        Ok(())
    }

    fn old_note(&self, doc: DocKey) -> Result<Option<OldRow>, StoreError> {
        let mut statement = self.sql.prepare_cached(
            "SELECT place, shown_in, status, pinned, conflicted, search_row, created_at, title
             FROM notes WHERE doc = ?1",
        )?;
        let row = statement.query_row([doc], |row| {
            let standing = Standing {
                place: row.get(0)?,
                shown_in: row.get(1)?,
                status: row.get(2)?,
                pinned: row.get(3)?,
                conflicted: row.get(4)?,
                tags: Vec::new(),
            };
            Ok(OldRow {
                standing,
                search_row: row.get(5)?,
                created_at: row.get(6)?,
                title: row.get(7)?,
            })
        });
        let Some(mut old) = row.optional()? else {
            return Ok(None);
        };
        let mut tags = self
            .sql
            .prepare_cached("SELECT tag FROM note_tags WHERE note = ?1 ORDER BY position")?;
        old.standing.tags = tags
            .query_map([doc], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        Ok(Some(old))
    }

    fn place_key(&mut self, location: &Location) -> Result<i64, StoreError> {
        match location {
            Location::Notebook(id) => self.intern(id),
            Location::Trash => Ok(TRASH),
            Location::Template => Ok(TEMPLATE),
        }
    }

    /// A note of a notebook that does not exist, or not yet, is shown in the default notebook.
    fn shown_place(&mut self, place: i64) -> Result<i64, StoreError> {
        if place <= 0 {
            return Ok(place);
        }
        let mut find = self
            .sql
            .prepare_cached("SELECT 1 FROM notebooks WHERE doc = ?1")?;
        if find.exists([place])? {
            return Ok(place);
        }
        self.default_notebook_key()
    }

    pub(crate) fn default_notebook_key(&mut self) -> Result<DocKey, StoreError> {
        let id = DocId::parse(DEFAULT_NOTEBOOK_ID).map_err(|_| StoreError::StoredValue)?;
        self.intern(&id)
    }

    fn write_note(&self, row: &Written<'_>) -> Result<(), StoreError> {
        let mut write = self.sql.prepare_cached(
            "INSERT INTO notes (doc, version, search_row, place, shown_in, status, pinned,
                 conflicted, updated_at, created_at, tasks, checked_tasks, title_key, title, excerpt)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
             ON CONFLICT (doc) DO UPDATE SET version = ?2, search_row = ?3, place = ?4,
                 shown_in = ?5, status = ?6, pinned = ?7, conflicted = ?8, updated_at = ?9,
                 created_at = ?10, tasks = ?11, checked_tasks = ?12, title_key = ?13, title = ?14,
                 excerpt = ?15",
        )?;
        let (note, standing) = (row.note, row.standing);
        write.execute(params![
            row.doc,
            row.version,
            row.search_row,
            standing.place,
            standing.shown_in,
            standing.status,
            standing.pinned,
            standing.conflicted,
            note.updated_at,
            note.created_at,
            note.num_of_tasks,
            note.num_of_checked_tasks,
            title_key(&note.title),
            note.title,
            excerpt(&note.body),
        ])?;
        Ok(())
    }

    /// Nearly every edit. SQLite writes each index that has one of the columns that are set, also
    /// when the value is the same, so those that did not change are not named.
    fn write_text(&self, row: &Written<'_>) -> Result<(), StoreError> {
        let mut write = self.sql.prepare_cached(
            "UPDATE notes SET version = ?2, search_row = ?3, conflicted = ?4, updated_at = ?5,
                 tasks = ?6, checked_tasks = ?7, excerpt = ?8 WHERE doc = ?1",
        )?;
        write.execute(params![
            row.doc,
            row.version,
            row.search_row,
            row.standing.conflicted,
            row.note.updated_at,
            row.note.num_of_tasks,
            row.note.num_of_checked_tasks,
            excerpt(&row.note.body),
        ])?;
        Ok(())
    }

    fn write_tags(
        &mut self,
        doc: DocKey,
        old: Option<&OldRow>,
        tags: &[DocKey],
    ) -> Result<(), StoreError> {
        if old.map_or(&[][..], |old| &old.standing.tags) == tags {
            return Ok(());
        }
        if old.is_some() {
            self.sql
                .prepare_cached("DELETE FROM note_tags WHERE note = ?1")?
                .execute([doc])?;
        }
        let mut insert = self
            .sql
            .prepare_cached("INSERT INTO note_tags (tag, note, position) VALUES (?1, ?2, ?3)")?;
        for (position, tag) in tags.iter().enumerate() {
            insert.execute(params![tag, doc, position as i64])?;
        }
        Ok(())
    }

    fn index_text(&mut self, texts: &Texts<'_>) -> Result<i64, StoreError> {
        let Texts { doc, old, note } = *texts;
        let was_indexed = match old {
            Some(old) => self.forget_text(old.search_row)?,
            None => false,
        };
        let title_stays =
            was_indexed && !self.words_later && old.is_some_and(|old| old.title == note.title);
        if was_indexed && !title_stays {
            self.forget_title(doc)?;
        }
        let row = self.next_search_row();
        if self.words_later {
            self.sql
                .prepare_cached("INSERT INTO unindexed VALUES (?1)")?
                .execute([row])?;
            self.add_unindexed(1);
            return Ok(row);
        }
        self.index_words_now(row, note)?;
        if !title_stays {
            self.index_title_now(doc, note)?;
        }
        Ok(row)
    }

    /// What waited for it.
    pub(crate) fn index_now(
        &mut self,
        doc: DocKey,
        row: i64,
        note: &Note,
    ) -> Result<(), StoreError> {
        self.index_words_now(row, note)?;
        self.index_title_now(doc, note)
    }

    fn index_words_now(&mut self, row: i64, note: &Note) -> Result<(), StoreError> {
        self.words_indexed();
        let mut insert = self
            .sql
            .prepare_cached("INSERT INTO search (rowid, title, body) VALUES (?1, ?2, ?3)")?;
        insert.execute(params![
            row,
            words::spaced(&note.title),
            words::spaced(&note.body)
        ])?;
        Ok(())
    }

    fn index_title_now(&self, doc: DocKey, note: &Note) -> Result<(), StoreError> {
        self.sql
            .prepare_cached("INSERT INTO title_parts (rowid, title) VALUES (?1, ?2)")?
            .execute(params![doc, note.title])?;
        Ok(())
    }

    /// Answers whether its words were still to be indexed.
    pub(crate) fn forget_unindexed(&mut self, row: i64) -> Result<bool, StoreError> {
        let mut delete = self
            .sql
            .prepare_cached("DELETE FROM unindexed WHERE search_row = ?1")?;
        let waited = delete.execute([row])? > 0;
        self.add_unindexed(-i64::from(waited));
        Ok(waited)
    }

    /// Answers whether there was something to forget, and so a title as well.
    fn forget_text(&mut self, search_row: i64) -> Result<bool, StoreError> {
        if self.forget_unindexed(search_row)? {
            return Ok(false);
        }
        self.sql
            .prepare_cached("DELETE FROM search WHERE rowid = ?1")?
            .execute([search_row])?;
        Ok(true)
    }

    fn forget_title(&self, doc: DocKey) -> Result<(), StoreError> {
        self.sql
            .prepare_cached("DELETE FROM title_parts WHERE rowid = ?1")?
            .execute([doc])?;
        Ok(())
    }
}

/// What is written about a note.
struct Written<'a> {
    doc: DocKey,
    note: &'a Note,
    standing: &'a Standing,
    search_row: i64,
    version: i64,
}

impl Written<'_> {
    fn differs_in_text_only(&self, old: &OldRow) -> bool {
        let (new, was) = (self.standing, &old.standing);
        new.place == was.place
            && new.shown_in == was.shown_in
            && new.status == was.status
            && new.pinned == was.pinned
            && self.note.created_at == old.created_at
            && self.note.title == old.title
    }
}

/// What titles are ordered and looked up by.
pub(crate) fn title_key(title: &str) -> String {
    title
        .trim_start()
        .chars()
        .take(TITLE_KEY_CHARS)
        .flat_map(char::to_lowercase)
        .collect()
}

fn excerpt(body: &str) -> String {
    let mut end = body.len().min(EXCERPT_SOURCE);
    while !body.is_char_boundary(end) {
        end -= 1;
    }
    sheaf_markdown::plain_text(&body[..end], EXCERPT_CHARS)
}
