//! Asking the full-text index.
//!
//! Its rows follow recency, so the newest hits are found without looking at the rest
//! (facts: reliability T2). Every hit is joined to its note through `notes_by_search_row`, named in
//! the statement because SQLite would otherwise rather walk all notes in view for each hit.

use rusqlite::{Connection, OptionalExtension, params};
use sheaf_query::Query;

use crate::{
    Scope, Sort, SortKey, StoreError,
    counts::Counter,
    heads::DocKey,
    list::{
        RANKED, RANKED_UNCOUNTED, SORTED, infix,
        matching::{Matching, matching},
        page::{Found, Window, select},
        scope::{self, Form},
        weight,
    },
};

/// Words of titles count for more.
const BY_RANK: &str = "AND rank MATCH 'bm25(8.0, 1.0)'";
const JOINED: &str =
    "search CROSS JOIN notes INDEXED BY notes_by_search_row ON notes.search_row = search.rowid";

pub(super) fn search(
    sql: &Connection,
    query: &Query,
    (scope, within): (&Scope, Option<&str>),
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
    let whole_view = *scope == Scope::All && within.is_none() && conditions.is_empty();
    let condition = conditions
        .into_iter()
        .chain(within.map(str::to_owned))
        .fold(in_scope, |all, next| format!("{all} AND {next}"));
    let Some(wanted) = wanted else {
        return filtered(sql, condition, unwanted.as_deref(), sort, window);
    };
    let asked = Asked {
        wanted,
        condition,
        sort,
    };
    let hits = asked.hits(sql, query)?;
    if hits.rows.len() < infix::FEW {
        let all = Window {
            offset: 0,
            limit: infix::FEW,
        };
        let mut docs = asked.page(sql, &hits, all)?;
        let exact = infix::add(sql, query, &asked.condition, &mut docs)?;
        return Ok(Found {
            page: window.cut(&docs),
            total: docs.len(),
            exact,
        });
    }
    let page = asked.page(sql, &hits, window)?;
    let exact = hits.rows.len() <= RANKED;
    let total = if !exact {
        RANKED
    } else if whole_view && !any_in_trash(sql)? && scope::templates(sql)? == 0 {
        hits.rows.len()
    } else {
        asked.in_list(sql, &hits.rows, usize::MAX)?.len()
    };
    Ok(Found { page, total, exact })
}

/// No text is asked for: a list with more conditions.
pub(super) fn filtered(
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

/// The rows of the newest hits in the whole store, as many as matter. The index hands them out in
/// this order, and its answer is used for everything that follows: asking it anew costs most.
fn newest_hits(sql: &Connection, wanted: &str, most: usize) -> Result<Vec<i64>, StoreError> {
    let mut statement = sql.prepare_cached(
        "SELECT rowid FROM search WHERE search MATCH ?1 ORDER BY rowid DESC LIMIT ?2",
    )?;
    let rows = statement.query_map(params![wanted, most as i64], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The rows of all hits, the best first. FTS5 sorts by itself.
fn best_hits(sql: &Connection, wanted: &str) -> Result<Vec<i64>, StoreError> {
    let mut statement = sql.prepare_cached(&format!(
        "SELECT rowid FROM search WHERE search MATCH ?1 {BY_RANK} ORDER BY rank"
    ))?;
    let rows = statement.query_map([wanted], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Rows of the index, all of them or more than [`RANKED`].
struct Rows {
    rows: Vec<i64>,
    order: Order,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Newest,
    Best,
}

fn any_in_trash(sql: &Connection) -> Result<bool, StoreError> {
    let trash = "SELECT 1 FROM counts WHERE counter = ?1 AND notes > 0";
    Ok(sql.prepare_cached(trash)?.exists([Counter::Trash as i64])?)
}

/// A search of a list.
struct Asked {
    wanted: String,
    condition: String,
    sort: Sort,
}

impl Asked {
    /// What the index has. Counting the hits takes nearly as long as ranking them, so it is only
    /// done where they may be too many to be ranked.
    fn hits(&self, sql: &Connection, query: &Query) -> Result<Rows, StoreError> {
        let newest = |rows| Rows {
            rows,
            order: Order::Newest,
        };
        if self.sort.key == SortKey::Relevance {
            // One needs no sorting, and to see that there are two takes next to nothing.
            let rows = newest_hits(sql, &self.wanted, 2)?;
            if rows.len() < 2 {
                return Ok(newest(rows));
            }
            if weight::at_most(sql, query)?.is_some_and(|hits| hits <= RANKED_UNCOUNTED) {
                return Ok(Rows {
                    rows: best_hits(sql, &self.wanted)?,
                    order: Order::Best,
                });
            }
        }
        newest_hits(sql, &self.wanted, RANKED + 1).map(newest)
    }

    /// A window of the hits. Where they are too many to be ranked the best are the newest.
    fn page(
        &self,
        sql: &Connection,
        hits: &Rows,
        window: Window,
    ) -> Result<Vec<DocKey>, StoreError> {
        let newest = &hits.rows;
        match self.sort.key {
            SortKey::Relevance if hits.order == Order::Best => {
                let docs = self.in_list(sql, newest, window.offset + window.limit)?;
                let docs: Vec<DocKey> = docs.into_iter().map(|(doc, _)| doc).collect();
                Ok(window.cut(&docs))
            }
            SortKey::Relevance if (2..=RANKED).contains(&newest.len()) => {
                self.ordered(sql, BY_RANK, "rank", window)
            }
            SortKey::Relevance => self.newest(sql, newest, window),
            SortKey::Updated if !self.sort.ascending && newest.len() > SORTED => {
                self.newest(sql, newest, window)
            }
            SortKey::Updated if newest.len() <= RANKED => {
                let mut docs = self.in_list(sql, newest, usize::MAX)?;
                docs.sort_unstable_by_key(|(doc, updated)| (*updated, *doc));
                if !self.sort.ascending {
                    docs.reverse();
                }
                let docs: Vec<DocKey> = docs.into_iter().map(|(doc, _)| doc).collect();
                Ok(window.cut(&docs))
            }
            _ => self.ordered(sql, "", &scope::order(self.sort), window),
        }
    }

    fn newest(
        &self,
        sql: &Connection,
        newest: &[i64],
        window: Window,
    ) -> Result<Vec<DocKey>, StoreError> {
        let wanted = window.offset + window.limit;
        let docs = self.in_list(sql, newest, wanted)?;
        if docs.len() < wanted && newest.len() > RANKED {
            // Most of the newest are not in the list.
            return self.ordered(sql, "", "search.rowid DESC", window);
        }
        let docs: Vec<DocKey> = docs.into_iter().map(|(doc, _)| doc).collect();
        Ok(window.cut(&docs))
    }

    /// Of the notes with these rows the first `most` that are in the list, and when they last
    /// changed.
    fn in_list(
        &self,
        sql: &Connection,
        rows: &[i64],
        most: usize,
    ) -> Result<Vec<(DocKey, i64)>, StoreError> {
        let mut find = sql.prepare_cached(&format!(
            "SELECT doc, updated_at FROM notes INDEXED BY notes_by_search_row
             WHERE search_row = ?1 AND {}",
            self.condition
        ))?;
        let mut found = Vec::with_capacity(rows.len().min(most));
        for row in rows {
            if found.len() >= most {
                break;
            }
            let note = find.query_row([row], |row| Ok((row.get(0)?, row.get(1)?)));
            found.extend(note.optional()?);
        }
        Ok(found)
    }

    /// By asking the index again, for orders that are not its own.
    fn ordered(
        &self,
        sql: &Connection,
        ranked: &str,
        order: &str,
        window: Window,
    ) -> Result<Vec<DocKey>, StoreError> {
        let mut statement = sql.prepare_cached(&format!(
            "SELECT notes.doc FROM {JOINED}
             WHERE search MATCH ?1 {ranked} AND {} ORDER BY {order} LIMIT ?2 OFFSET ?3",
            self.condition
        ))?;
        let parameters = params![self.wanted, window.limit as i64, window.offset as i64];
        let rows = statement.query_map(parameters, |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
