//! One page of a list.

use rusqlite::Connection;
use sheaf_model::{Body, Note};
use sheaf_query::parse;

use crate::{
    ListNotes, NotePage, Sort, StoreError,
    heads::DocKey,
    list::{
        MAX_PAGE,
        hits::show_hits,
        scope::{self, Form},
        search::search,
    },
    read,
};

/// The notes of a page and how many the whole list has.
pub(super) struct Found {
    pub(super) page: Vec<DocKey>,
    pub(super) total: usize,
    pub(super) exact: bool,
}

pub(crate) fn list(sql: &Connection, list: &ListNotes) -> Result<NotePage, StoreError> {
    let query = parse(&list.search);
    let window = Window {
        offset: list.offset as usize,
        limit: list.limit.min(MAX_PAGE) as usize,
    };
    let found = if query.is_empty() {
        let condition = scope::condition(sql, &list.scope, Form::List(list.sort.key))?;
        let page = select(sql, &condition.sql, list.sort, window)?;
        Found {
            page,
            total: condition.total as usize,
            exact: true,
        }
    } else {
        search(sql, &query, &list.scope, list.sort, window)?
    };
    let mut rows = Vec::with_capacity(found.page.len());
    for doc in found.page {
        let Some((mut row, _)) = read::row(sql, doc)? else {
            continue;
        };
        if query.has_positive() {
            show_hits(sql, doc, &mut row, &query)?;
        }
        rows.push(row);
    }
    let total = u32::try_from(found.total).unwrap_or(u32::MAX);
    Ok(NotePage {
        rows,
        total,
        total_is_exact: found.exact,
    })
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    pub(super) offset: usize,
    pub(super) limit: usize,
}

impl Window {
    pub(super) fn cut(self, docs: &[DocKey]) -> Vec<DocKey> {
        docs.iter()
            .skip(self.offset)
            .take(self.limit)
            .copied()
            .collect()
    }
}

pub(super) fn select(
    sql: &Connection,
    condition: &str,
    sort: Sort,
    window: Window,
) -> Result<Vec<DocKey>, StoreError> {
    let mut statement = sql.prepare_cached(&format!(
        "SELECT doc FROM notes WHERE {condition} ORDER BY {} LIMIT ?1 OFFSET ?2",
        scope::order(sort)
    ))?;
    let rows = statement.query_map([window.limit as i64, window.offset as i64], |row| {
        row.get(0)
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn text_of(sql: &Connection, doc: DocKey) -> Result<String, StoreError> {
    let mut statement = sql.prepare_cached(
        "SELECT revisions.body FROM documents
         JOIN revisions ON revisions.node = documents.head WHERE documents.doc = ?1",
    )?;
    let json: String = statement.query_row([doc], |row| row.get(0))?;
    let body: Body = serde_json::from_str(&json)?;
    Ok(Note::read(&body).body)
}
