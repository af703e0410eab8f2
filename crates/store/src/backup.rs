//! Complete copies of the database beside it: `backups/NAME.db` in the data directory. Taken before
//! something that could change everything at once: another remote, a newer schema. Attachments are
//! not copied; their bytes are never overwritten, only collected when no document has named them for
//! a while.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, backup::Backup};

use sheaf_model::Millis;

use crate::{Store, StoreError, connection, private_files};

const DIRECTORY: &str = "backups";

/// Older ones are removed.
const KEPT: usize = 5;

/// What an older version of Sheaf wrote; kept apart, so that switching remotes does not push it out.
const OLDER_SCHEMA: &str = "before-update-";
const KEPT_OF_OLDER_SCHEMAS: usize = 2;

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

/// Copies a database of schema `found` before it is brought up to date at `now`. The last two such
/// copies are kept.
pub(crate) fn before_migration(
    sql: &Connection,
    found: u32,
    now: Millis,
) -> Result<PathBuf, StoreError> {
    back_up(sql, &format!("{OLDER_SCHEMA}{now:013}-schema-{found}.db"))
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
    let of_older_schema = |path: &PathBuf| {
        path.file_name()
            .and_then(|name| name.to_str())
            .is_some_and(|name| name.starts_with(OLDER_SCHEMA))
    };
    let (of_older_schemas, others): (Vec<_>, Vec<_>) =
        copies.into_iter().partition(of_older_schema);
    for (copies, kept) in [(of_older_schemas, KEPT_OF_OLDER_SCHEMAS), (others, KEPT)] {
        for old in copies.iter().rev().skip(kept) {
            fs::remove_file(old)?;
        }
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

    /// A database as the version before this one left it.
    fn older_database(dir: &Path) {
        let _ = fs::remove_file(database_path(dir));
        drop(private_files::open_or_create(&database_path(dir)).unwrap());
        let mut sql = connection::writer(dir).unwrap();
        let older = crate::schema::VERSION as usize - 1;
        crate::schema::migrations()
            .to_version(&mut sql, older)
            .unwrap();
    }

    fn version_of(path: &Path) -> u32 {
        let sql = Connection::open(path).unwrap();
        sql.query_row("PRAGMA user_version", [], |row| row.get(0))
            .unwrap()
    }

    fn copies(dir: &Path) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(dir.join(DIRECTORY)) else {
            return Vec::new();
        };
        let mut found: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        found.sort();
        found
    }

    #[tokio::test]
    async fn before_a_newer_schema_the_file_is_copied_as_it_was() {
        let dir = tempfile::tempdir().unwrap();
        older_database(dir.path());
        drop(open(dir.path()));
        let made = copies(dir.path());
        assert_eq!(made.len(), 1, "{made:?}");
        assert_eq!(version_of(&made[0]), crate::schema::VERSION - 1);
        assert_eq!(
            version_of(&database_path(dir.path())),
            crate::schema::VERSION
        );
        drop(open(dir.path()));
        assert_eq!(copies(dir.path()), made, "nothing was brought up to date");
    }

    #[tokio::test]
    async fn a_new_database_is_not_copied() {
        let dir = tempfile::tempdir().unwrap();
        drop(open(dir.path()));
        assert_eq!(copies(dir.path()), Vec::<PathBuf>::new());
    }

    #[tokio::test]
    async fn the_last_two_older_schemas_stay_however_often_the_remote_is_switched() {
        let dir = tempfile::tempdir().unwrap();
        for now in 1..=3 {
            older_database(dir.path());
            let options = Options {
                clock: Arc::new(move || now),
            };
            drop(Store::open(dir.path(), options).unwrap());
        }
        let store = open(dir.path());
        for name in ["1", "2", "3", "4", "5", "6"] {
            store.back_up(name).await.unwrap();
        }
        let of_older = copies(dir.path())
            .into_iter()
            .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
            .filter(|name| name.starts_with(OLDER_SCHEMA))
            .map(|name| name[..OLDER_SCHEMA.len() + 13].to_owned());
        let expected = [2, 3].map(|now| format!("{OLDER_SCHEMA}{now:013}"));
        assert_eq!(of_older.collect::<Vec<_>>(), expected);
        assert_eq!(copies(dir.path()).len(), 2 + KEPT);
    }
}
