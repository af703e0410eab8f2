//! Asking the full-text index.
//!
//! Its rows follow recency, so the newest hits are found without looking at the rest
//! (facts: reliability T2). Every hit is joined to its note through `notes_by_search_row`, named in
//! the statement because SQLite would otherwise rather walk all notes in view for each hit.

use rusqlite::{Connection, params};
use sheaf_query::Query;

use crate::{
    Scope, Sort, SortKey, StoreError,
    counts::Counter,
    heads::DocKey,
    list::{
        RANKED, SORTED, infix,
        matching::{Matching, matching},
        page::{Found, Window, select},
        scope::{self, Form},
    },
};

const JOINED: &str =
    "search CROSS JOIN notes INDEXED BY notes_by_search_row ON notes.search_row = search.rowid";

pub(super) fn search(
    sql: &Connection,
    query: &Query,
    scope: &Scope,
    sort: Sort,
    window: Window,
) -> Result<Found, StoreError> {
    let Matching {
        wanted,
        unwanted,
        conditions,
    } = matching(sql, query)?;
    let form = if wanted.is_some() {
        Form::Search
    } else {
        Form::List(sort.key)
    };
    let in_scope = scope::condition(sql, scope, form)?.sql;
    let whole_view = *scope == Scope::All && conditions.is_empty();
    let condition = conditions
        .into_iter()
        .fold(in_scope, |all, next| format!("{all} AND {next}"));
    let Some(wanted) = wanted else {
        return filtered(sql, condition, unwanted.as_deref(), sort, window);
    };
    let hits = hits(sql, &wanted)?;
    if hits < infix::FEW {
        let all = Window {
            offset: 0,
            limit: infix::FEW,
        };
        let mut docs = hits_in_order(sql, &wanted, &condition, sort, hits, all)?;
        let exact = infix::add(sql, query, &condition, &mut docs)?;
        return Ok(Found {
            page: window.cut(&docs),
            total: docs.len(),
            exact,
        });
    }
    let page = hits_in_order(sql, &wanted, &condition, sort, hits, window)?;
    let exact = hits <= RANKED;
    let total = if exact {
        total(sql, &wanted, &condition, whole_view, hits)?
    } else {
        RANKED
    };
    Ok(Found { page, total, exact })
}

/// No text is asked for: a list with more conditions.
fn filtered(
    sql: &Connection,
    mut condition: String,
    unwanted: Option<&str>,
    sort: Sort,
    window: Window,
) -> Result<Found, StoreError> {
    if let Some(unwanted) = unwanted {
        let literal = unwanted.replace('\'', "''");
        condition = format!(
            "{condition} AND search_row NOT IN
                (SELECT rowid FROM search WHERE search MATCH '{literal}')"
        );
    }
    let page = select(sql, &condition, sort, window)?;
    let count = format!("SELECT count(*) FROM notes WHERE {condition}");
    let total: i64 = sql
        .prepare_cached(&count)?
        .query_row([], |row| row.get(0))?;
    Ok(Found {
        page,
        total: usize::try_from(total).unwrap_or(0),
        exact: true,
    })
}

/// Counts hits as far as it matters, in the whole store.
fn hits(sql: &Connection, wanted: &str) -> Result<usize, StoreError> {
    let mut statement = sql.prepare_cached(
        "SELECT count(*) FROM (SELECT rowid FROM search WHERE search MATCH ?1 LIMIT ?2)",
    )?;
    let count: i64 = statement.query_row(params![wanted, RANKED as i64 + 1], |row| row.get(0))?;
    Ok(usize::try_from(count).unwrap_or(0))
}

/// How many of the hits are in the list.
fn total(
    sql: &Connection,
    wanted: &str,
    condition: &str,
    whole_view: bool,
    hits: usize,
) -> Result<usize, StoreError> {
    if whole_view {
        let trash = "SELECT 1 FROM counts WHERE counter = ?1 AND notes > 0";
        if !sql.prepare_cached(trash)?.exists([Counter::Trash as i64])? {
            return Ok(hits);
        }
    }
    let count = format!("SELECT count(*) FROM {JOINED} WHERE search MATCH ?1 AND {condition}");
    let total: i64 = sql
        .prepare_cached(&count)?
        .query_row([wanted], |row| row.get(0))?;
    Ok(usize::try_from(total).unwrap_or(0))
}

/// A window of the hits. Beyond [`RANKED`] the best are the newest.
fn hits_in_order(
    sql: &Connection,
    wanted: &str,
    condition: &str,
    sort: Sort,
    hits: usize,
    window: Window,
) -> Result<Vec<DocKey>, StoreError> {
    let (more, order) = match sort.key {
        // FTS5 sorts by itself and hands out the best first.
        SortKey::Relevance if hits <= RANKED => {
            ("AND rank MATCH 'bm25(8.0, 1.0)'", "rank".to_owned())
        }
        SortKey::Relevance => ("", "search.rowid DESC".to_owned()),
        SortKey::Updated if !sort.ascending && hits > SORTED => {
            ("", "search.rowid DESC".to_owned())
        }
        _ => ("", scope::order(sort)),
    };
    let mut statement = sql.prepare_cached(&format!(
        "SELECT notes.doc FROM {JOINED}
         WHERE search MATCH ?1 {more} AND {condition} ORDER BY {order} LIMIT ?2 OFFSET ?3"
    ))?;
    let parameters = params![wanted, window.limit as i64, window.offset as i64];
    let rows = statement.query_map(parameters, |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
