//! From what people call things to their ids: ids as they are, names when they are unambiguous.

use sheaf_ipc::{CreateTag, Sidebar, TagColor, TagRow};

use crate::{door::Door, failure::Failure};

/// `note:` may be left out.
pub(crate) fn note(text: &str) -> String {
    if text.starts_with("note:") {
        text.to_owned()
    } else {
        format!("note:{text}")
    }
}

pub(crate) fn notes(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| note(text)).collect()
}

pub(crate) async fn sidebar(door: &Door) -> Result<Sidebar, Failure> {
    Ok(door.call("sidebar", ()).await?)
}

pub(crate) async fn notebook(door: &Door, text: &str) -> Result<String, Failure> {
    let sidebar = sidebar(door).await?;
    let rows = sidebar
        .notebooks
        .iter()
        .map(|row| (row.id.as_str(), row.name.as_str()));
    resolve("notebook", text, &rows.collect::<Vec<_>>())
}

pub(crate) async fn tag(door: &Door, text: &str) -> Result<String, Failure> {
    let sidebar = sidebar(door).await?;
    let rows = sidebar
        .tags
        .iter()
        .map(|row| (row.id.as_str(), row.name.as_str()));
    resolve("tag", text, &rows.collect::<Vec<_>>())
}

/// Tags by id or name; a name nobody has yet becomes a tag.
pub(crate) async fn tags_or_new(door: &Door, texts: &[String]) -> Result<Vec<String>, Failure> {
    let mut ids = Vec::with_capacity(texts.len());
    for text in texts {
        match tag(door, text).await {
            Ok(id) => ids.push(id),
            Err(Failure::Usage(ambiguous)) => return Err(Failure::Usage(ambiguous)),
            Err(error) if text.starts_with("tag:") => return Err(error),
            Err(_) => {
                let request = CreateTag {
                    name: text.clone(),
                    color: TagColor::Default,
                };
                let created: TagRow = door.call("create_tag", request).await?;
                ids.push(created.id);
            }
        }
    }
    Ok(ids)
}

fn resolve(kind: &str, text: &str, rows: &[(&str, &str)]) -> Result<String, Failure> {
    let folded = text.to_lowercase();
    let ids = |chosen: &dyn Fn(&str, &str) -> bool| -> Vec<&str> {
        rows.iter()
            .filter(|(id, name)| chosen(id, name))
            .map(|(id, _)| *id)
            .collect()
    };
    for found in [
        ids(&|id, _| id == text),
        ids(&|_, name| name == text),
        ids(&|_, name| name.to_lowercase() == folded),
    ] {
        match found.as_slice() {
            [] => {}
            [id] => return Ok((*id).to_owned()),
            several => {
                let ids = several.join(", ");
                return Err(Failure::Usage(format!(
                    "There is more than one {kind} called {text}: {ids}."
                )));
            }
        }
    }
    Err(Failure::not_found(&format!("no {kind} is called {text}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: [(&str, &str); 4] = [
        ("book:1", "Work"),
        ("book:2", "work"),
        ("book:3", "Home"),
        ("book:4", "Home"),
    ];

    #[test]
    fn an_exact_name_wins_over_one_in_another_case() {
        assert_eq!(resolve("notebook", "work", &ROWS).unwrap(), "book:2");
        assert_eq!(resolve("notebook", "book:1", &ROWS).unwrap(), "book:1");
    }

    #[test]
    fn an_ambiguous_name_lists_the_ids() {
        let failure = resolve("notebook", "Home", &ROWS).unwrap_err();
        assert!(failure.to_string().contains("book:3, book:4"));
        assert_eq!(failure.exit_code(), 2);
    }

    #[test]
    fn an_unknown_name_is_not_found() {
        assert_eq!(resolve("tag", "x", &ROWS).unwrap_err().exit_code(), 1);
    }

    #[test]
    fn the_prefix_of_a_note_may_be_left_out() {
        assert_eq!(note("abc"), "note:abc");
        assert_eq!(note("note:abc"), "note:abc");
    }
}
