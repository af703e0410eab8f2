//! What somebody who starts Sheaf a second time wants of the Sheaf that is running already.

use serde::{Deserialize, Serialize};
use sheaf_model::{DocId, Kind};

/// Handed over by a second process through the socket, or read from a link the system was asked to open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "visit",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Visit {
    /// Bring the window forward.
    Show,
    /// Show this note. `id` is a full document id, `note:…`.
    Note { id: String },
    /// A small window with a new note.
    QuickNote,
}

impl Visit {
    /// Reads `sheaf://note/ID`, and `inkdrop://note/ID` as it stands in notes of the shared format.
    ///
    /// Links come from anywhere: what does not name a note is `None`.
    pub fn from_link(link: &str) -> Option<Self> {
        let (scheme, rest) = link.split_once("://")?;
        if !["sheaf", "inkdrop"]
            .iter()
            .any(|known| scheme.eq_ignore_ascii_case(known))
        {
            return None;
        }
        let name = rest.strip_prefix("note/")?.trim_end_matches('/');
        // Ids may hold nearly anything; a link does not, it would be percent-encoded there.
        if name.contains(|c: char| c == '/' || c.is_whitespace() || c.is_control()) {
            return None;
        }
        let id = DocId::parse(&format!("note:{}", name.trim_start_matches("note:"))).ok()?;
        (id.kind() == Kind::Note).then(|| Self::Note { id: id.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_names_a_note_with_or_without_its_prefix() {
        let note = Some(Visit::Note {
            id: "note:a1-_B".to_owned(),
        });
        for link in [
            "sheaf://note/a1-_B",
            "SHEAF://note/a1-_B/",
            "sheaf://note/note:a1-_B",
            "inkdrop://note/a1-_B",
        ] {
            assert_eq!(Visit::from_link(link), note, "{link}");
        }
    }

    #[test]
    fn what_names_no_note_is_no_visit() {
        for link in [
            "",
            "sheaf:",
            "sheaf://",
            "sheaf://note/",
            "sheaf://note/../x",
            "sheaf://note/a\u{0}b",
            "sheaf://note/a b",
            "sheaf://book/a",
            "https://note/a",
            "file:///etc/passwd",
        ] {
            assert_eq!(Visit::from_link(link), None, "{link}");
        }
    }
}
