//! Complete copies of the database beside it: `backups/NAME.db` in the data directory. Taken before
//! something that could change everything at once. Attachments are not copied; their bytes are
//! never overwritten, only collected when no document has named them for a while.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, backup::Backup};

use crate::{Store, StoreError, connection, private_files};

const DIRECTORY: &str = "backups";

/// Older ones are removed.
const KEPT: usize = 5;

/// Where the database of a data directory is.
pub fn database_path(dir: &Path) -> PathBuf {
    dir.join(connection::DATABASE)
}

impl Store {
    /// Copies the database as it is now, complete when this answers. `name` must sort after those
    /// of older copies: only the last five are kept.
    pub async fn back_up(&self, name: &str) -> Result<PathBuf, StoreError> {
        let name = format!("{name}.db");
        self.read(move |sql| back_up(sql, &name)).await
    }

    /// Attachments that exist, used or not.
    pub async fn attachment_count(&self) -> Result<u32, StoreError> {
        let count = "SELECT count(*) FROM documents WHERE head IS NOT NULL AND kind IN (3, 4)";
        self.read(move |sql| Ok(sql.query_row(count, [], |row| row.get(0))?))
            .await
    }
}

fn back_up(sql: &Connection, name: &str) -> Result<PathBuf, StoreError> {
    let database = sql.path().map(Path::new);
    let dir = database
        .and_then(Path::parent)
        .ok_or(io::Error::from(io::ErrorKind::NotFound))?
        .join(DIRECTORY);
    private_files::create_dir(&dir)?;
    let unfinished = dir.join("unfinished");
    // Left behind by a process that was killed.
    if unfinished.exists() {
        fs::remove_file(&unfinished)?;
    }
    drop(private_files::open_or_create(&unfinished)?);
    copy(sql, &unfinished)?;
    fs::File::open(&unfinished)?.sync_all()?;
    let finished = dir.join(name);
    fs::rename(&unfinished, &finished)?;
    private_files::sync_dir(&dir)?;
    prune(&dir)?;
    Ok(finished)
}

/// In one step: readers of a WAL database hold nobody up, and a copy in several steps would begin
/// anew with every edit.
fn copy(sql: &Connection, to: &Path) -> Result<(), StoreError> {
    let mut target = Connection::open(to)?;
    Backup::new(sql, &mut target)?.step(-1)?;
    // The copy stands alone, without files beside it.
    target.pragma_update(None, "journal_mode", "DELETE")?;
    Ok(())
}

fn prune(dir: &Path) -> io::Result<()> {
    let mut copies = Vec::new();
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "db") {
            copies.push(path);
        }
    }
    copies.sort();
    for old in copies.iter().rev().skip(KEPT) {
        fs::remove_file(old)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{ListNotes, NewNote, Options};

    fn open(dir: &Path) -> Store {
        let options = Options {
            clock: Arc::new(|| 0),
        };
        Store::open(dir, options).unwrap()
    }

    #[tokio::test]
    async fn a_copy_opens_by_itself_and_has_what_was_there() {
        let dir = tempfile::tempdir().unwrap();
        let store = open(dir.path());
        let note = |title: &str| NewNote {
            title: title.into(),
            body: "x".into(),
            ..NewNote::default()
        };
        store.create_note(note("before"), [1; 12], 1).await.unwrap();
        let copy = store.back_up("1").await.unwrap();
        store.create_note(note("after"), [2; 12], 2).await.unwrap();

        let other = tempfile::tempdir().unwrap();
        fs::copy(copy, database_path(other.path())).unwrap();
        let list = ListNotes {
            limit: 9,
            ..ListNotes::default()
        };
        let rows = open(other.path()).list_notes(list).await.unwrap().rows;
        let titles: Vec<_> = rows.into_iter().map(|row| row.title).collect();
        assert_eq!(titles, ["before"]);
    }

    #[tokio::test]
    async fn only_the_last_five_copies_are_kept() {
        let dir = tempfile::tempdir().unwrap();
        let store = open(dir.path());
        for name in ["1", "2", "3", "4", "5", "6", "7"] {
            store.back_up(name).await.unwrap();
        }
        let mut left: Vec<_> = fs::read_dir(dir.path().join(DIRECTORY))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left, ["3.db", "4.db", "5.db", "6.db", "7.db"]);
    }
}
