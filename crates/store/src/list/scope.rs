//! Scopes and orders as SQL. Keys are numbers of ours, so they are written into the statement.

use rusqlite::{Connection, OptionalExtension};
use sheaf_model::Status;

use crate::{
    Scope, Sort, SortKey, StoreError, counts::Counter, heads::find_document, sidebar::keys_below,
};

/// A condition on `notes`, and how many notes meet it when that is known without looking.
pub(crate) struct Condition {
    pub(crate) sql: String,
    pub(crate) total: u32,
}

pub(crate) fn condition(sql: &Connection, scope: &Scope) -> Result<Condition, StoreError> {
    let doc = |id| Ok::<_, StoreError>(find_document(sql, id)?.map_or(0, |row| row.doc));
    let (condition, counters) = match scope {
        Scope::All => ("trashed = 0".to_owned(), vec![(Counter::All, 0)]),
        Scope::Pinned => (
            "pinned = 1 AND trashed = 0".to_owned(),
            vec![(Counter::Pinned, 0)],
        ),
        Scope::Conflicts => ("conflicted = 1".to_owned(), vec![(Counter::Conflicts, 0)]),
        Scope::Trash => ("trashed = 1".to_owned(), vec![(Counter::Trash, 0)]),
        Scope::Notebook { id, deep } => {
            let keys = if *deep {
                keys_below(sql, id)?
            } else {
                vec![doc(id)?]
            };
            let counters = keys.iter().map(|key| (Counter::Notebook, *key)).collect();
            (format!("{} AND done = 0", in_notebooks(&keys)), counters)
        }
        Scope::Tag(id) => {
            let tag = doc(id)?;
            (
                format!("{} AND trashed = 0", with_tag(tag)),
                vec![(Counter::Tag, tag)],
            )
        }
        Scope::Status(status) => (
            format!("{} AND trashed = 0", with_status(*status)),
            vec![(Counter::Status, *status as i64)],
        ),
    };
    Ok(Condition {
        sql: condition,
        total: total(sql, &counters)?,
    })
}

pub(crate) fn in_notebooks(keys: &[i64]) -> String {
    match keys {
        [key] => format!("shown_in = {key}"),
        keys => {
            let keys: Vec<String> = keys.iter().map(ToString::to_string).collect();
            format!("shown_in IN ({})", keys.join(", "))
        }
    }
}

pub(crate) fn with_tag(tag: i64) -> String {
    format!("notes.doc IN (SELECT note FROM note_tags WHERE tag = {tag})")
}

/// `status > 0` is what lets SQLite use the index that leaves out notes without a status.
pub(crate) fn with_status(status: Status) -> String {
    match status {
        Status::None => "status = 0".to_owned(),
        other => format!("status = {} AND status > 0", other as i64),
    }
}

fn total(sql: &Connection, counters: &[(Counter, i64)]) -> Result<u32, StoreError> {
    let mut statement =
        sql.prepare_cached("SELECT notes FROM counts WHERE counter = ?1 AND key = ?2")?;
    let mut total = 0;
    for (counter, key) in counters {
        let notes = statement.query_row([*counter as i64, *key], |row| row.get::<_, i64>(0));
        total += notes.optional()?.unwrap_or(0);
    }
    Ok(u32::try_from(total).unwrap_or(0))
}

/// The order without a search; the key breaks ties so that pages neither repeat nor skip.
pub(crate) fn order(sort: Sort) -> String {
    let column = match sort.key {
        SortKey::Updated | SortKey::Relevance => "updated_at",
        SortKey::Created => "created_at",
        SortKey::Title => "title_key",
    };
    // Relevance has no other direction; titles read downwards by default like everything else.
    let direction = if sort.ascending && sort.key != SortKey::Relevance {
        "ASC"
    } else {
        "DESC"
    };
    format!("{column} {direction}, notes.doc {direction}")
}
