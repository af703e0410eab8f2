//! Notes that link to a note, and notes that name its title without a link.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, params};
use sheaf_markdown::{LinkTarget, RenderOptions};
use sheaf_model::DocId;
use sheaf_query::{Needles, Query, Term, TermKind};

use crate::{
    Mentions, NoteRow, Span, StoreError,
    heads::{DocKey, find_document},
    list::page::text_of,
    read, words,
};

/// Texts that are read for one answer, the newest first.
const MOST: usize = 300;
/// A shorter title is a word of many texts and names nothing.
const SHORTEST_TITLE: usize = 3;
const EXCERPT_CHARS: usize = 200;

pub(crate) fn mentions(sql: &Connection, id: &DocId) -> Result<Mentions, StoreError> {
    let document = find_document(sql, id)?.ok_or_else(|| StoreError::NotFound(id.clone()))?;
    let Some((note, _)) = read::row(sql, document.doc)? else {
        return Err(StoreError::NotFound(id.clone()));
    };
    let title = note.title.trim().to_owned();
    let by_title = !title.is_empty() && is_the_one(sql, document.doc, &title)?;
    let linking = by_id(sql, id)?;
    let naming = named(sql, &title)?;
    let complete = linking.len() < MOST && naming.len() < MOST;
    let mut seen = HashSet::from([document.doc]);
    let (mut linked, mut unlinked) = (Vec::new(), Vec::new());
    let needles = Needles::of(&Query {
        terms: vec![Term {
            exclude: false,
            kind: TermKind::Phrase(title.clone()),
        }],
    });
    for doc in linking.into_iter().chain(naming) {
        if !seen.insert(doc) {
            continue;
        }
        let Some((mut row, _)) = read::row(sql, doc)? else {
            continue;
        };
        let source = text_of(sql, doc)?;
        let links = sheaf_markdown::render(&source, &RenderOptions::default()).links;
        let link = links.iter().find(|link| match &link.target {
            LinkTarget::Document(to) => to == id.as_str(),
            LinkTarget::Wiki(to) => by_title && same_title(to, &title),
            LinkTarget::External(_) | LinkTarget::Fragment(_) => false,
        });
        if let Some(link) = link {
            show(&mut row, &source, link.line as usize, &needles);
            linked.push(row);
        } else if title.chars().count() >= SHORTEST_TITLE
            && let Some(line) = line_naming(&source, &needles)
        {
            show(&mut row, &source, line, &needles);
            unlinked.push(row);
        }
    }
    for rows in [&mut linked, &mut unlinked] {
        rows.sort_by_key(|row| std::cmp::Reverse(row.updated_at));
    }
    Ok(Mentions {
        linked,
        unlinked,
        complete,
    })
}

/// Whether a link by this title leads to this note: of several the newest is meant.
fn is_the_one(sql: &Connection, doc: DocKey, title: &str) -> Result<bool, StoreError> {
    Ok(called(sql, title)?.first() == Some(&doc))
}

/// Notes with this title outside of the trash, the newest first.
pub(crate) fn called(sql: &Connection, title: &str) -> Result<Vec<DocKey>, StoreError> {
    // The key is the beginning of the title in lower case.
    let key: String = crate::shown::title_key(title);
    let mut select = sql.prepare_cached(
        "SELECT doc, title FROM notes WHERE trashed = 0 AND title_key = ?1
         ORDER BY updated_at DESC",
    )?;
    let rows = select.query_map([key], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
    let mut docs = Vec::new();
    for row in rows {
        let (doc, found) = row?;
        if same_title(&found, title) {
            docs.push(doc);
        }
    }
    Ok(docs)
}

fn same_title(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}

/// Texts that hold the words of a link to this id.
fn by_id(sql: &Connection, id: &DocId) -> Result<Vec<DocKey>, StoreError> {
    let rest = id.as_str().split_once(':').map_or("", |(_, rest)| rest);
    texts_with(sql, &format!("note {rest}"))
}

fn named(sql: &Connection, title: &str) -> Result<Vec<DocKey>, StoreError> {
    texts_with(sql, title)
}

/// The newest notes whose text has these words next to each other.
pub(crate) fn texts_with(sql: &Connection, text: &str) -> Result<Vec<DocKey>, StoreError> {
    if !text.chars().any(char::is_alphanumeric) {
        return Ok(Vec::new());
    }
    let words = words::spaced(text);
    let phrase = format!("body : \"{}\"", words.trim().replace('"', "\"\""));
    let mut select = sql.prepare_cached(
        "SELECT rowid FROM search WHERE search MATCH ?1 ORDER BY rowid DESC LIMIT ?2",
    )?;
    let rows: Vec<i64> = select
        .query_map(params![phrase, MOST as i64], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut find =
        sql.prepare_cached("SELECT doc FROM notes WHERE search_row = ?1 AND shown_in <> 0")?;
    let mut docs = Vec::with_capacity(rows.len());
    for row in rows {
        docs.extend(
            find.query_row([row], |row| row.get::<_, DocKey>(0))
                .optional()?,
        );
    }
    Ok(docs)
}

fn line_naming(source: &str, needles: &Needles) -> Option<usize> {
    source
        .lines()
        .position(|line| !needles.highlights(line).is_empty())
}

/// The excerpt becomes the line that mentions.
fn show(row: &mut NoteRow, source: &str, line: usize, needles: &Needles) {
    let text = source.lines().nth(line).unwrap_or_default();
    let plain = sheaf_markdown::plain_text(text, EXCERPT_CHARS);
    row.excerpt_hits = needles
        .highlights(&plain)
        .into_iter()
        .filter_map(|(start, len)| {
            Some(Span {
                start: u32::try_from(start).ok()?,
                len: u32::try_from(len).ok()?,
            })
        })
        .collect();
    row.excerpt = plain;
}
