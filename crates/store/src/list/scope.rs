//! Scopes and orders as SQL. Keys are numbers of ours, so they are written into the statement.

use rusqlite::{Connection, OptionalExtension};
use sheaf_model::Status;

use crate::{
    Scope, Sort, SortKey, StoreError,
    counts::{Counter, TEMPLATE},
    heads::find_document,
    sidebar::keys_below,
};

/// A condition on `notes`, and how many notes meet it when that is known without looking.
pub(crate) struct Condition {
    pub(crate) sql: String,
    pub(crate) total: u32,
}

/// How a condition is written, for what SQLite makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// So that the indexes of the lists serve it.
    List(SortKey),
    /// So that `notes_by_search_row` answers it without a look at the note's row.
    Search,
}

impl Form {
    const fn in_view(self) -> &'static str {
        match self {
            Self::List(_) => "trashed = 0",
            Self::Search => "shown_in > 0",
        }
    }
}

pub(crate) fn condition(
    sql: &Connection,
    scope: &Scope,
    form: Form,
) -> Result<Condition, StoreError> {
    let doc = |id| Ok::<_, StoreError>(find_document(sql, id)?.map_or(0, |row| row.doc));
    let in_view = form.in_view();
    let (condition, counters) = match scope {
        Scope::All => {
            let all = total(sql, &[(Counter::All, 0)])?;
            let templates = templates(sql)?;
            // The sign keeps SQLite from choosing an index by this column.
            let condition = match form {
                Form::List(_) if templates > 0 => format!("{in_view} AND +shown_in <> {TEMPLATE}"),
                _ => in_view.to_owned(),
            };
            return Ok(Condition {
                sql: condition,
                total: all.saturating_sub(templates),
            });
        }
        Scope::Templates => {
            return Ok(Condition {
                sql: format!("shown_in = {TEMPLATE}"),
                total: templates(sql)?,
            });
        }
        // The sign keeps SQLite from choosing an index by this column.
        Scope::Pinned => (
            format!("pinned = 1 AND +{in_view}"),
            vec![(Counter::Pinned, 0)],
        ),
        Scope::Conflicts => ("conflicted = 1".to_owned(), vec![(Counter::Conflicts, 0)]),
        Scope::Trash => match form {
            Form::List(_) => ("trashed = 1".to_owned(), vec![(Counter::Trash, 0)]),
            Form::Search => ("shown_in = 0".to_owned(), vec![(Counter::Trash, 0)]),
        },
        Scope::Notebook { id, deep } => {
            let keys = if *deep {
                keys_below(sql, id)?
            } else {
                vec![doc(id)?]
            };
            let counters: Vec<_> = keys.iter().map(|key| (Counter::Notebook, *key)).collect();
            let inside = in_notebooks(&keys);
            return Ok(match form {
                Form::Search => Condition {
                    sql: format!("{inside} AND status < 3"),
                    total: total(sql, &counters)?,
                },
                Form::List(key) => notebook_list(sql, &inside, key, total(sql, &counters)?)?,
            });
        }
        Scope::Tag(id) => {
            let tag = doc(id)?;
            (
                format!("{} AND {in_view}", with_tag(tag)),
                vec![(Counter::Tag, tag)],
            )
        }
        Scope::Status(status) => {
            let counters = vec![(Counter::Status, *status as i64)];
            (format!("{} AND {in_view}", with_status(*status)), counters)
        }
    };
    Ok(Condition {
        sql: condition,
        total: total(sql, &counters)?,
    })
}

/// Few, and an index holds them together.
pub(crate) fn templates(sql: &Connection) -> Result<u32, StoreError> {
    let mut count = sql.prepare_cached("SELECT count(*) FROM notes WHERE shown_in = ?1")?;
    Ok(count.query_row([TEMPLATE], |row| row.get(0))?)
}

/// By time there is an index per notebook. By title or creation there is not: a notebook with many
/// of all notes is found soonest by reading all in order, a small one by sorting it.
fn notebook_list(
    sql: &Connection,
    inside: &str,
    key: SortKey,
    inside_total: u32,
) -> Result<Condition, StoreError> {
    let by_time = matches!(key, SortKey::Updated | SortKey::Relevance);
    let all = total(sql, &[(Counter::All, 0)])?;
    let sql = if by_time || inside_total < all / 16 {
        format!("{inside} AND done = 0")
    } else {
        format!("+{inside} AND +done = 0 AND trashed = 0")
    };
    Ok(Condition {
        sql,
        total: inside_total,
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
