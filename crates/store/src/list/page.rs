//! One page of a list.

use rusqlite::{Connection, params};
use sheaf_model::{Body, Note};
use sheaf_query::{Query, highlights, parse};

use crate::{
    ListNotes, NotePage, NoteRow, Sort, SortKey, Span, StoreError,
    heads::DocKey,
    list::{
        MAX_PAGE, RANKED, infix,
        matching::{Matching, matching},
        scope::{self, Condition},
    },
    read,
};

/// Characters of plain text that a searched row shows, and how many of them before the hit.
const EXCERPT_CHARS: usize = 200;
const BEFORE_HIT: usize = 40;

/// The notes of a page and how many the whole list has.
struct Found {
    page: Vec<DocKey>,
    total: usize,
    exact: bool,
}

pub(crate) fn list(sql: &Connection, list: &ListNotes) -> Result<NotePage, StoreError> {
    let query = parse(&list.search);
    let condition = scope::condition(sql, &list.scope)?;
    let window = Window {
        offset: list.offset as usize,
        limit: list.limit.min(MAX_PAGE) as usize,
    };
    let found = if query.is_empty() {
        let page = select(sql, &condition.sql, list.sort, window)?;
        Found {
            page,
            total: condition.total as usize,
            exact: true,
        }
    } else {
        search(sql, &query, condition, list.sort, window)?
    };
    let mut rows = Vec::with_capacity(found.page.len());
    for doc in found.page {
        let Some((mut row, _)) = read::row(sql, doc)? else {
            continue;
        };
        if !query.is_empty() {
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
struct Window {
    offset: usize,
    limit: usize,
}

impl Window {
    fn cut(self, docs: &[DocKey]) -> Vec<DocKey> {
        docs.iter()
            .skip(self.offset)
            .take(self.limit)
            .copied()
            .collect()
    }
}

fn select(
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

fn search(
    sql: &Connection,
    query: &Query,
    scope: Condition,
    sort: Sort,
    window: Window,
) -> Result<Found, StoreError> {
    let Matching {
        wanted,
        unwanted,
        mut conditions,
    } = matching(sql, query)?;
    conditions.insert(0, scope.sql);
    let Some(wanted) = wanted else {
        return filtered(sql, &conditions, unwanted.as_deref(), sort, window);
    };
    let condition = conditions.join(" AND ");
    if hits(sql, &wanted)? > RANKED {
        return many(sql, &wanted, &condition, sort, window);
    }
    let mut docs = ranked(sql, &wanted, &condition, sort, None)?;
    let mut exact = true;
    if docs.len() < infix::FEW {
        exact = infix::add(sql, query, &condition, &mut docs)?;
    }
    Ok(Found {
        page: window.cut(&docs),
        total: docs.len(),
        exact,
    })
}

/// No text is asked for: a list with more conditions.
fn filtered(
    sql: &Connection,
    conditions: &[String],
    unwanted: Option<&str>,
    sort: Sort,
    window: Window,
) -> Result<Found, StoreError> {
    let mut condition = conditions.join(" AND ");
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

/// Counts hits as far as it matters.
fn hits(sql: &Connection, wanted: &str) -> Result<usize, StoreError> {
    let mut statement = sql.prepare_cached(
        "SELECT count(*) FROM (SELECT rowid FROM search WHERE search MATCH ?1 LIMIT ?2)",
    )?;
    let count: i64 = statement.query_row(params![wanted, RANKED as i64 + 1], |row| row.get(0))?;
    Ok(usize::try_from(count).unwrap_or(0))
}

/// All hits in order, or a window of them. The join starts from the index: for each hit one look
/// into `notes_by_search_row`.
fn ranked(
    sql: &Connection,
    wanted: &str,
    condition: &str,
    sort: Sort,
    window: Option<Window>,
) -> Result<Vec<DocKey>, StoreError> {
    let order = match sort.key {
        SortKey::Relevance => "bm25(search, 8.0, 1.0), notes.updated_at DESC".to_owned(),
        _ => scope::order(sort),
    };
    let window = window.unwrap_or(Window {
        offset: 0,
        limit: RANKED,
    });
    let mut statement = sql.prepare_cached(&format!(
        "SELECT notes.doc FROM search CROSS JOIN notes ON notes.search_row = search.rowid
         WHERE search MATCH ?1 AND {condition} ORDER BY {order} LIMIT ?2 OFFSET ?3"
    ))?;
    let rows = statement.query_map(
        params![wanted, window.limit as i64, window.offset as i64],
        |row| row.get(0),
    )?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// So many hits that ranking them would be felt. Rows of the index follow recency, so the newest
/// are found without looking at the rest; any other order is asked for knowingly and sorted.
fn many(
    sql: &Connection,
    wanted: &str,
    condition: &str,
    sort: Sort,
    window: Window,
) -> Result<Found, StoreError> {
    let newest = match sort.key {
        SortKey::Relevance => true,
        SortKey::Updated => !sort.ascending,
        SortKey::Created | SortKey::Title => false,
    };
    let page = if newest {
        let mut statement = sql.prepare_cached(&format!(
            "SELECT notes.doc FROM search CROSS JOIN notes ON notes.search_row = search.rowid
             WHERE search MATCH ?1 AND {condition}
             ORDER BY search.rowid DESC LIMIT ?2 OFFSET ?3"
        ))?;
        let rows = statement.query_map(
            params![wanted, window.limit as i64, window.offset as i64],
            |row| row.get(0),
        )?;
        rows.collect::<Result<_, _>>()?
    } else {
        ranked(sql, wanted, condition, sort, Some(window))?
    };
    let total = if page.len() < window.limit {
        window.offset + page.len()
    } else {
        RANKED
    };
    let exact = page.len() < window.limit && (window.offset == 0 || !page.is_empty());
    Ok(Found { page, total, exact })
}

fn show_hits(
    sql: &Connection,
    doc: DocKey,
    row: &mut NoteRow,
    query: &Query,
) -> Result<(), StoreError> {
    row.title_hits = spans(&row.title, query);
    let text = sheaf_markdown::plain_text(&text_of(sql, doc)?, usize::MAX);
    if let Some(first) = highlights(&text, query).first() {
        row.excerpt = around(&text, first.0);
    }
    row.excerpt_hits = spans(&row.excerpt, query);
    Ok(())
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

fn spans(text: &str, query: &Query) -> Vec<Span> {
    let span = |(start, len): (usize, usize)| {
        Some(Span {
            start: u32::try_from(start).ok()?,
            len: u32::try_from(len).ok()?,
        })
    };
    highlights(text, query)
        .into_iter()
        .filter_map(span)
        .collect()
}

/// A stretch of the text with the hit at `at` (UTF-16) near its beginning, cut at a space where
/// one is near.
fn around(text: &str, at: usize) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut units = 0;
    let hit = chars.iter().position(|c| {
        let here = units >= at;
        units += c.len_utf16();
        here
    });
    let hit = hit.unwrap_or(0);
    let mut start = hit.saturating_sub(BEFORE_HIT);
    if start > 0
        && let Some(space) = chars[start..hit].iter().position(|c| c.is_whitespace())
    {
        start += space + 1;
    }
    let end = (start + EXCERPT_CHARS).min(chars.len());
    let cut: String = chars[start..end].iter().collect();
    if start > 0 { format!("…{cut}") } else { cut }
}
