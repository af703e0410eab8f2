//! The query's language as FTS5 expressions and conditions on `notes`.

use rusqlite::Connection;
use sheaf_model::Status;
use sheaf_query::{Moments, Query, Term, TermKind};

use crate::{
    StoreError,
    list::scope::{in_notebooks, with_status, with_tag},
    shown::tag_key,
    sidebar::{keys_below, stored_notebooks},
    words::{is_unspaced, pairs},
};

/// A condition on the source of the note that is shown.
macro_rules! in_source {
    ($condition:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM documents AS d JOIN revisions ON revisions.node = d.head
                     WHERE d.doc = notes.doc AND (",
            $condition,
            "))"
        )
    };
}

/// A query taken apart.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Matching {
    /// What the index is asked for; `None`: no text is asked for.
    pub(crate) wanted: Option<String>,
    /// What must not match; only set without `wanted`, which otherwise contains it.
    pub(crate) unwanted: Option<String>,
    /// Conditions on `notes`, all of which must hold.
    pub(crate) conditions: Vec<String>,
}

pub(crate) fn matching(sql: &Connection, query: &Query) -> Result<Matching, StoreError> {
    let (mut wanted, mut unwanted, mut conditions) = (Vec::new(), Vec::new(), Vec::new());
    for Term { exclude, kind } in &query.terms {
        if let Some(text) = expression(sql, kind)? {
            if *exclude {
                unwanted.push(text);
            } else {
                wanted.push(text);
            }
        } else if let Some(condition) = condition(sql, kind)? {
            conditions.push(if *exclude {
                format!("NOT ({condition})")
            } else {
                condition
            });
        }
    }
    let unwanted = (!unwanted.is_empty()).then(|| unwanted.join(" OR "));
    if wanted.is_empty() {
        return Ok(Matching {
            wanted: None,
            unwanted,
            conditions,
        });
    }
    let mut expression = wanted.join(" AND ");
    if let Some(unwanted) = unwanted {
        expression = format!("({expression}) NOT ({unwanted})");
    }
    Ok(Matching {
        wanted: Some(expression),
        unwanted: None,
        conditions,
    })
}

/// `None`: not a matter of text, or text in which there is nothing to look for.
fn expression(sql: &Connection, kind: &TermKind) -> Result<Option<String>, StoreError> {
    Ok(match kind {
        TermKind::Word(text) => phrase(text, begins_others(sql, text)?),
        TermKind::Phrase(text) => phrase(text, false),
        TermKind::Title(text) => phrase(text, true).map(|phrase| format!("title : {phrase}")),
        TermKind::Body(text) => phrase(text, true).map(|phrase| format!("body : {phrase}")),
        TermKind::Book(_)
        | TermKind::Tag(_)
        | TermKind::Status(_)
        | TermKind::Has(_)
        | TermKind::Updated(_)
        | TermKind::Created(_) => None,
    })
}

/// Whether words of the index go on where `word` ends. When none does, asking for the word itself
/// finds the same: FTS5 then walks its list, where for a beginning it first copies every list there
/// may be. Words whose form in the index is not plain are taken to begin others.
fn begins_others(sql: &Connection, word: &str) -> Result<bool, StoreError> {
    if word.is_empty() || !word.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(true);
    }
    let word = word.to_ascii_lowercase();
    let mut next =
        sql.prepare_cached("SELECT term FROM temp.search_terms WHERE term >= ?1 LIMIT 1")?;
    // The least that can follow in a word of the index.
    let mut rows = next.query([format!("{word}0")])?;
    Ok(match rows.next()? {
        Some(row) => row
            .get_ref(0)?
            .as_bytes()
            .map_err(rusqlite::Error::from)?
            .starts_with(word.as_bytes()),
        None => false,
    })
}

/// The words of `text` in this order, the last one as a beginning when `open`. A run of an
/// unspaced script is a phrase of its pairs; at the end, where more may follow in the text, its
/// last character is not asked for alone, and one character is the beginning of a pair.
fn phrase(text: &str, open: bool) -> Option<String> {
    if !text.chars().any(char::is_alphanumeric) {
        return None;
    }
    let text = text.trim_end_matches(|c: char| !c.is_alphanumeric());
    let tail = text
        .chars()
        .rev()
        .take_while(|c| is_unspaced(*c))
        .map(char::len_utf8)
        .sum::<usize>();
    let (before, run) = text.split_at(text.len() - tail);
    let mut words = crate::words::spaced(before).into_owned();
    let mut tokens: Vec<&str> = pairs(run).collect();
    let single = tokens.len() == 1;
    if tokens.len() > 1 {
        tokens.pop();
    }
    words.push(' ');
    words.push_str(&tokens.join(" "));
    let star = if run.is_empty() { open } else { single };
    let quoted = words.trim().replace('"', "\"\"");
    Some(format!("\"{quoted}\"{}", if star { " *" } else { "" }))
}

fn condition(sql: &Connection, kind: &TermKind) -> Result<Option<String>, StoreError> {
    Ok(match kind {
        TermKind::Book(name) => Some(in_notebooks(&notebooks_named(sql, name)?)),
        TermKind::Tag(name) => {
            let keys = tags_named(sql, name)?;
            let each: Vec<String> = keys.into_iter().map(with_tag).collect();
            Some(if each.is_empty() {
                "0".to_owned()
            } else {
                format!("({})", each.join(" OR "))
            })
        }
        TermKind::Status(name) => {
            let known = Status::ALL.into_iter().find(|status| {
                status
                    .as_str()
                    .eq_ignore_ascii_case(&name.replace([' ', '-'], ""))
            });
            Some(known.map_or_else(|| "0".to_owned(), with_status))
        }
        TermKind::Has(what) => Some(has(what).unwrap_or("0").to_owned()),
        TermKind::Updated(when) => Some(within("notes.updated_at", when)),
        TermKind::Created(when) => Some(within("notes.created_at", when)),
        TermKind::Word(_) | TermKind::Phrase(_) | TermKind::Title(_) | TermKind::Body(_) => None,
    })
}

/// Words for days are for whoever knows which day it is; here they match nothing.
fn within(column: &str, when: &str) -> String {
    let Some(Moments { from, until }) = Moments::read(when) else {
        return "0".to_owned();
    };
    let from = from.map(|from| format!("{column} >= {from}"));
    let until = until.map(|until| format!("{column} < {until}"));
    let both: Vec<String> = from.into_iter().chain(until).collect();
    both.join(" AND ")
}

/// What a note can have, read off its row or off its source. The source is looked into as the JSON
/// it is stored in, in which none of these signs is written differently.
fn has(what: &str) -> Option<&'static str> {
    Some(match what.to_ascii_lowercase().as_str() {
        "task" | "tasks" => "notes.tasks > 0",
        "todo" | "open" => "notes.tasks > notes.checked_tasks",
        "tag" | "tags" => "EXISTS (SELECT 1 FROM note_tags WHERE note_tags.note = notes.doc)",
        "conflict" => "notes.conflicted = 1",
        "title" => "notes.title <> ''",
        "attachment" | "attachments" | "file" => in_source!(
            "instr(body, '//file:') OR instr(body, '//file/')
             OR instr(body, '//sheaf-file:') OR instr(body, '//sheaf-file/')"
        ),
        "image" | "picture" => in_source!("instr(body, '![')"),
        "link" | "links" => in_source!(
            "instr(body, 'http://') OR instr(body, 'https://') OR instr(body, '[[')
             OR instr(body, '//note/') OR instr(body, '//note:')"
        ),
        "code" => in_source!("instr(body, '```') OR instr(body, '~~~')"),
        "math" => in_source!("instr(body, '$$')"),
        _ => return None,
    })
}

/// Notebooks of this name and those inside them.
fn notebooks_named(sql: &Connection, name: &str) -> Result<Vec<i64>, StoreError> {
    let wanted = tag_key(name);
    let mut keys = Vec::new();
    for notebook in stored_notebooks(sql)? {
        if tag_key(&notebook.name) == wanted {
            keys.extend(keys_below(sql, &notebook.id)?);
        }
    }
    Ok(keys)
}

fn tags_named(sql: &Connection, name: &str) -> Result<Vec<i64>, StoreError> {
    let mut statement = sql.prepare_cached("SELECT doc FROM tags WHERE name_key = ?1")?;
    let rows = statement.query_map([tag_key(name)], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_phrases_that_fts5_cannot_misread() {
        for (text, open, expected) in [
            ("shea", true, Some("\"shea\" *")),
            ("two words", false, Some("\"two words\"")),
            ("a\"b OR c*", true, Some("\"a\"\"b OR c\" *")),
            ("++", true, None),
            ("c++", true, Some("\"c\" *")),
            ("日", true, Some("\"日\" *")),
            ("日", false, Some("\"日\" *")),
            ("日本", true, Some("\"日本\"")),
            ("日本語", true, Some("\"日本 本語\"")),
            ("AB漢字", true, Some("\"AB 漢字\"")),
            ("AB漢", true, Some("\"AB 漢\" *")),
            ("漢字AB", true, Some("\"漢字 字 AB\" *")),
        ] {
            assert_eq!(phrase(text, open).as_deref(), expected, "{text}");
        }
    }
}
