//! The schema is its migrations: append-only files, each with its documentation inside.

use rusqlite_migration::{M, Migrations};

/// Never edit a file of a released version; append one.
const FILES: [&str; 11] = [
    include_str!("0001_documents.sql"),
    include_str!("0002_remotes.sql"),
    include_str!("0003_lists.sql"),
    include_str!("0004_search.sql"),
    include_str!("0005_replacing.sql"),
    include_str!("0006_records.sql"),
    include_str!("0007_unindexed.sql"),
    include_str!("0008_history.sql"),
    include_str!("0009_title_rows.sql"),
    include_str!("0010_activity.sql"),
    include_str!("0011_icons.sql"),
];

/// `user_version` of a file this version writes.
pub(crate) const VERSION: u32 = FILES.len() as u32;

pub(crate) fn migrations() -> Migrations<'static> {
    Migrations::new(FILES.iter().map(|sql| M::up(sql)).collect())
}
