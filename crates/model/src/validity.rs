//! What the shared schema (`inkdrop-model` 2.11, templates of 2.12) accepts. Documents that fail
//! are kept locally and do not travel; the user is told which rule stands in the way.

use serde_json::Value;

use crate::{
    Body, DocId, Kind, Location, MAX_ICON_CHARS, NotebookIcon, Status, TagColor, file, note::read,
};

/// JSON Schema counts code points.
pub const MAX_TITLE_CHARS: usize = 256;
pub const MAX_BODY_CHARS: usize = 1_048_576;
const MAX_NAME_CHARS: usize = 64;
const MAX_FILE_NAME_CHARS: usize = 128;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    #[error("the title has {chars} characters; {max} travel")]
    TitleTooLong { chars: usize, max: usize },
    #[error("the text has {chars} characters; {max} travel")]
    BodyTooLong { chars: usize, max: usize },
    #[error("the name has {chars} characters; 1 to {max} travel")]
    NameLength { chars: usize, max: usize },
    #[error("the field {field} is missing or not of the type other clients expect")]
    Field { field: &'static str },
}

/// Checks a live document against the rules for its kind. `sheaf-file:` documents have no shared
/// schema and only need their own fields.
pub fn check(id: &DocId, body: &Body) -> Result<(), Invalid> {
    match id.kind() {
        Kind::Note => check_note(body),
        Kind::Notebook => {
            name(body, MAX_NAME_CHARS)?;
            numbers(body, &["updatedAt", "createdAt"])?;
            match body.get("parentBookId") {
                None | Some(Value::Null) => {}
                Some(Value::String(text)) if text.starts_with("book:") => {}
                Some(_) => {
                    return Err(Invalid::Field {
                        field: "parentBookId",
                    });
                }
            }
            check_icon(body)
        }
        Kind::Tag => {
            name(body, MAX_NAME_CHARS)?;
            numbers(body, &["count", "updatedAt", "createdAt"])?;
            one_of(body, "color", |text| TagColor::parse(text).is_some())
        }
        Kind::File => {
            name(body, MAX_FILE_NAME_CHARS)?;
            numbers(body, &["createdAt", "contentLength"])?;
            let content_type = read::text(body, "contentType").unwrap_or_default();
            if !file::SHARED_CONTENT_TYPES.contains(&content_type) {
                return Err(Invalid::Field {
                    field: "contentType",
                });
            }
            Ok(())
        }
        Kind::SheafFile => {
            name(body, MAX_FILE_NAME_CHARS)?;
            numbers(body, &["createdAt", "contentLength"])
        }
    }
}

/// Forms that this version does not know are left to whoever wrote them.
fn check_icon(body: &Body) -> Result<(), Invalid> {
    match NotebookIcon::read(body) {
        Some(NotebookIcon::Inline(svg)) if svg.chars().count() > MAX_ICON_CHARS => {
            Err(Invalid::Field { field: "icon" })
        }
        _ => Ok(()),
    }
}

fn check_note(body: &Body) -> Result<(), Invalid> {
    let title = read::text(body, "title").ok_or(Invalid::Field { field: "title" })?;
    let chars = title.chars().count();
    if chars > MAX_TITLE_CHARS {
        return Err(Invalid::TitleTooLong {
            chars,
            max: MAX_TITLE_CHARS,
        });
    }
    let text = read::text(body, "body").ok_or(Invalid::Field { field: "body" })?;
    // Bytes are an upper bound of characters: counting is only needed near the limit.
    if text.len() > MAX_BODY_CHARS {
        let chars = text.chars().count();
        if chars > MAX_BODY_CHARS {
            return Err(Invalid::BodyTooLong {
                chars,
                max: MAX_BODY_CHARS,
            });
        }
    }
    if read::text(body, "doctype") != Some("markdown") {
        return Err(Invalid::Field { field: "doctype" });
    }
    if read::text(body, "bookId")
        .and_then(Location::parse)
        .is_none()
    {
        return Err(Invalid::Field { field: "bookId" });
    }
    numbers(body, &["updatedAt", "createdAt"])?;
    one_of(body, "status", |text| Status::parse(text).is_some())?;
    one_of(body, "share", |text| matches!(text, "private" | "public"))
}

fn name(body: &Body, max: usize) -> Result<(), Invalid> {
    let name = read::text(body, "name").ok_or(Invalid::Field { field: "name" })?;
    let chars = name.chars().count();
    if chars == 0 || chars > max {
        return Err(Invalid::NameLength { chars, max });
    }
    Ok(())
}

fn numbers(body: &Body, fields: &[&'static str]) -> Result<(), Invalid> {
    match fields
        .iter()
        .find(|field| !body.get(**field).is_some_and(Value::is_number))
    {
        Some(field) => Err(Invalid::Field { field }),
        None => Ok(()),
    }
}

fn one_of(body: &Body, field: &'static str, ok: impl Fn(&str) -> bool) -> Result<(), Invalid> {
    match body.get(field) {
        None => Ok(()),
        Some(Value::String(text)) if ok(text) => Ok(()),
        Some(_) => Err(Invalid::Field { field }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(change: impl FnOnce(&mut Body)) -> Result<(), Invalid> {
        let mut body: Body = serde_json::from_str(
            r#"{"doctype":"markdown","title":"t","body":"b","bookId":"book:first","updatedAt":1,"createdAt":1,"timestamp":1}"#,
        )
        .unwrap();
        change(&mut body);
        check(&DocId::parse("note:x").unwrap(), &body)
    }

    #[test]
    fn lengths_count_characters_and_not_bytes() {
        assert_eq!(
            note(|b| drop(b.insert("title".into(), "日".repeat(256).into()))),
            Ok(())
        );
        assert_eq!(
            note(|b| drop(b.insert("title".into(), "a".repeat(257).into()))),
            Err(Invalid::TitleTooLong {
                chars: 257,
                max: 256
            })
        );
        assert_eq!(
            note(|b| drop(b.insert("body".into(), "é".repeat(MAX_BODY_CHARS).into()))),
            Ok(())
        );
        assert!(
            note(|b| drop(b.insert("body".into(), "a".repeat(MAX_BODY_CHARS + 1).into()))).is_err()
        );
    }

    #[test]
    fn a_note_names_the_field_that_stands_in_the_way() {
        assert_eq!(
            note(|b| drop(b.insert("status".into(), "later".into()))),
            Err(Invalid::Field { field: "status" })
        );
        assert_eq!(
            note(|b| drop(b.remove("body"))),
            Err(Invalid::Field { field: "body" })
        );
        assert_eq!(
            note(|b| drop(b.insert("bookId".into(), "template".into()))),
            Ok(())
        );
    }

    #[test]
    fn a_tag_needs_the_count_that_the_schema_requires() {
        let body: Body =
            serde_json::from_str(r#"{"name":"a","updatedAt":1,"createdAt":1}"#).unwrap();
        let id = DocId::parse("tag:x").unwrap();
        assert_eq!(check(&id, &body), Err(Invalid::Field { field: "count" }));
    }
}
