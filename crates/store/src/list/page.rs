//! One page of a list.

use rusqlite::Connection;
use serde::Deserialize;
use serde_json::value::RawValue;
use sheaf_query::parse;

use crate::{
    ListNotes, NotePage, Sort, StoreError,
    heads::DocKey,
    later::Unindexed,
    list::{
        MAX_PAGE,
        hits::Hits,
        scope::{self, Form},
        search::{filtered, search},
    },
    read,
    sidebar::keys_below,
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
    let within = match &list.within {
        Some(notebook) => Some(scope::in_notebooks(&keys_below(sql, notebook)?)),
        None => None,
    };
    let found = if let (true, Some(within)) = (query.is_empty(), &within) {
        let condition = scope::condition(sql, &list.scope, Form::List(list.sort.key))?;
        let condition = format!("{} AND {within}", condition.sql);
        filtered(sql, condition, None, list.sort, window)?
    } else if query.is_empty() {
        let condition = scope::condition(sql, &list.scope, Form::List(list.sort.key))?;
        let page = select(sql, &condition.sql, list.sort, window)?;
        Found {
            page,
            total: condition.total as usize,
            exact: true,
        }
    } else {
        search(
            sql,
            &query,
            (&list.scope, within.as_deref()),
            list.sort,
            window,
        )?
    };
    let hits = query.has_positive().then(|| Hits::of(&query));
    let mut rows = Vec::with_capacity(found.page.len());
    for doc in found.page {
        if let Some(hits) = &hits {
            if let Some((mut row, text)) = read::row_and_json(sql, doc, text_in)? {
                hits.show(&text, &mut row);
                rows.push(row);
            }
        } else if let Some((row, _)) = read::row(sql, doc)? {
            rows.push(row);
        }
    }
    let not_searched = if query.is_empty() {
        0
    } else {
        u32::try_from(Unindexed::count(sql)?).unwrap_or(u32::MAX)
    };
    let total = u32::try_from(found.total).unwrap_or(u32::MAX);
    Ok(NotePage {
        rows,
        total,
        total_is_exact: found.exact,
        not_searched,
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
    let text = statement.query_row([doc], |row| Ok(text_in(row.get_ref(0)?.as_str()?)))?;
    Ok(text?)
}

/// The text of a note's JSON, and nothing else of it. What is no text is none, as
/// [`sheaf_model::Note::read`] has it.
fn text_in(json: &str) -> serde_json::Result<String> {
    #[derive(Deserialize)]
    struct Body<'a> {
        #[serde(borrow, default)]
        body: Option<&'a RawValue>,
    }
    let body: Body<'_> = serde_json::from_str(json)?;
    match body.body.map(RawValue::get) {
        Some(text) if text.starts_with('"') => serde_json::from_str(text),
        _ => Ok(String::new()),
    }
}
