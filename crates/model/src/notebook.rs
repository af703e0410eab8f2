//! Notebooks (`book:` documents).

use serde_json::{Value, json};

use crate::{Body, DocId, Kind, Millis, Revision, mint, note::read};

/// Code points that the shared schema lets an icon have (`inkdrop-model` 2.10, `yaml-schema/book.yaml`).
pub const MAX_ICON_CHARS: usize = 262_144;

/// Fixed, so that two fresh installations that meet in one database agree without a conflict.
/// `book:first` is what the reference's own first notebook is called in its samples.
pub const DEFAULT_NOTEBOOK_ID: &str = "book:first";

/// What stands before a notebook's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotebookIcon {
    /// The picture itself, as its author wrote it: hostile until it is drawn as a picture.
    Inline(String),
    /// A picture that is an attachment.
    File(DocId),
}

impl NotebookIcon {
    /// `None` also for a form this version does not know.
    pub fn read(body: &Body) -> Option<Self> {
        let icon = body.get("icon")?.as_object()?;
        match read::text(icon, "type")? {
            "inline" => read::text(icon, "svg").map(|svg| Self::Inline(svg.to_owned())),
            "file" => read::text(icon, "docId")
                .and_then(|id| DocId::parse(id).ok())
                .filter(|id| id.kind() == Kind::File)
                .map(Self::File),
            _ => None,
        }
    }

    /// Puts the icon into a document, or takes it away.
    pub fn write(icon: Option<&Self>, body: &mut Body) {
        let written = match icon {
            None => {
                body.shift_remove("icon");
                return;
            }
            Some(Self::Inline(svg)) => json!({ "type": "inline", "svg": svg }),
            Some(Self::File(id)) => json!({ "type": "file", "docId": id.as_str() }),
        };
        body.insert("icon".into(), written);
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notebook {
    pub name: String,
    /// `None`: at the root. May name a notebook that does not exist, or lie on a cycle, when
    /// another client wrote it; whoever builds the tree shows such notebooks at the root.
    pub parent: Option<DocId>,
    /// Manual order, ascending; without it notebooks sort by name (`inkdrop-model` 2.11).
    pub order: Option<i64>,
    pub updated_at: Millis,
    pub created_at: Millis,
}

impl Notebook {
    pub fn read(body: &Body) -> Self {
        let updated_at = read::millis(body, "updatedAt").unwrap_or(0);
        let parent = read::text(body, "parentBookId").and_then(|text| DocId::parse(text).ok());
        Self {
            name: read::text(body, "name").unwrap_or_default().to_owned(),
            parent: parent.filter(|id| id.kind() == Kind::Notebook),
            order: read::millis(body, "order"),
            updated_at,
            created_at: read::millis(body, "createdAt").unwrap_or(updated_at),
        }
    }

    /// Writes the fields into a document, leaving `icon`, `count` and unknown fields alone.
    pub fn write(&self, body: &mut Body) {
        body.insert("name".into(), self.name.clone().into());
        let parent = self
            .parent
            .as_ref()
            .map_or(Value::Null, |id| id.as_str().into());
        body.insert("parentBookId".into(), parent);
        if let Some(order) = self.order {
            body.insert("order".into(), order.into());
        } else {
            body.shift_remove("order");
        }
        body.insert("updatedAt".into(), self.updated_at.into());
        body.insert("createdAt".into(), self.created_at.into());
    }
}

pub(crate) fn default_id() -> DocId {
    DocId::parse(DEFAULT_NOTEBOOK_ID).expect("the constant is a valid notebook id")
}

/// The notebook every installation starts with: id, document and first revision are constants,
/// times included, so that any two installations have the same revision of it.
pub fn default_notebook() -> (DocId, Revision, Body) {
    let mut body = Body::new();
    Notebook {
        name: "First Notebook".into(),
        parent: None,
        order: None,
        updated_at: 0,
        created_at: 0,
    }
    .write(&mut body);
    (default_id(), mint(None, false, &body, &[]), body)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pinned for ever: a changed value would make two versions of Sheaf conflict on first contact.
    #[test]
    fn the_default_notebook_never_changes() {
        let (id, revision, body) = default_notebook();
        assert_eq!(id.as_str(), "book:first");
        assert_eq!(
            serde_json::to_string(&body).unwrap(),
            r#"{"name":"First Notebook","parentBookId":null,"updatedAt":0,"createdAt":0}"#
        );
        assert_eq!(revision.to_string(), "1-7933f04b5d1cff7fe21fcad19fad65ff");
    }

    #[test]
    fn writing_keeps_icons_and_unknown_fields() {
        let mut body: Body =
            serde_json::from_str(r#"{"name":"a","icon":{"type":"file","docId":"file:x"},"x":1}"#)
                .unwrap();
        let mut notebook = Notebook::read(&body);
        notebook.name = "b".into();
        notebook.write(&mut body);
        assert_eq!(body["icon"]["docId"], "file:x");
        assert_eq!(body["x"], 1);
        assert_eq!(Notebook::read(&body), notebook);
    }

    #[test]
    fn icons_come_back_as_they_were_written_and_strange_ones_are_none() {
        let mut body = Body::new();
        for icon in [
            NotebookIcon::Inline("<svg/>".into()),
            NotebookIcon::File(DocId::parse("file:x").unwrap()),
        ] {
            NotebookIcon::write(Some(&icon), &mut body);
            assert_eq!(NotebookIcon::read(&body), Some(icon));
        }
        NotebookIcon::write(None, &mut body);
        assert_eq!(body.get("icon"), None);
        for strange in [
            json!("<svg/>"),
            json!({"type": "inline"}),
            json!({"type": "file", "docId": "note:x"}),
            json!({"type": "emoji", "emoji": "x"}),
        ] {
            body.insert("icon".into(), strange);
            assert_eq!(NotebookIcon::read(&body), None);
        }
    }
}
