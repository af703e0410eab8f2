//! How connections are set up. Durability is decided here and nowhere else.

use std::{path::Path, time::Duration};

use rusqlite::{Connection, OpenFlags, config::DbConfig};

pub(crate) const DATABASE: &str = "notes.db";

/// Another process may checkpoint while we read; it is done in moments.
const BUSY: Duration = Duration::from_secs(5);

/// `synchronous=FULL`: a commit is on the disk when it returns, and that is what "saved" means.
/// Checkpoints are run by [`crate::checkpoint`] away from the typing path, which also cuts
/// the log off. `secure_delete=FAST` overwrites deleted text where that costs no
/// extra write. The cache is small because the system holds the file's pages anyway: 32 MB of it
/// were a third of the memory of a first pull and no faster; and because SQLite looks through the
/// whole of it at a commit that has balanced a tree (`pcache1TruncateUnsafe`), which with 8 MB was
/// a tenth of a saved edit.
const WRITER: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA fullfsync = ON;
    PRAGMA checkpoint_fullfsync = ON;
    PRAGMA journal_size_limit = -1;
    PRAGMA temp_store = MEMORY;
    PRAGMA secure_delete = FAST;
    PRAGMA foreign_keys = ON;
    PRAGMA trusted_schema = OFF;
    PRAGMA cache_size = -2048;
";

/// Memory maps stay off: they turn an I/O error into a crash (facts: reliability T9).
/// `search_terms` are the words of the search index (`list/matching.rs`).
const READER: &str = "
    PRAGMA temp_store = MEMORY;
    CREATE VIRTUAL TABLE temp.search_terms USING fts5vocab (main, search, instance);
    PRAGMA query_only = ON;
    PRAGMA trusted_schema = OFF;
    PRAGMA cache_size = -16384;
";

const STATEMENTS: usize = 128;

pub(crate) fn writer(dir: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(dir.join(DATABASE), flags)?;
    connection.busy_timeout(BUSY)?;
    connection.execute_batch(WRITER)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

/// Opened for writing by SQLite's own account of it, because a reader of a WAL database has to
/// be able to make the shared-memory file; `query_only` keeps it to reading.
pub(crate) fn reader(dir: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(dir.join(DATABASE), flags)?;
    connection.busy_timeout(BUSY)?;
    connection.execute_batch(READER)?;
    // Plans that depend on what a parameter is are made again whenever it changes.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}
