//! Notes as the shared data model writes them (`inkdrop-model`, note schema).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Body, DocId, Millis, document};

/// A note read from its document, every missing or malformed field replaced by its default.
/// The document itself stays the truth; see [`NotePatch`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub title: String,
    pub body: String,
    pub location: Location,
    pub tags: Vec<DocId>,
    pub status: Status,
    pub share: Share,
    pub pinned: bool,
    /// Time of the last change to the content. A move, a tag or a status does not touch it.
    pub updated_at: Millis,
    pub created_at: Millis,
    /// When this revision was written.
    pub timestamp: Millis,
    pub num_of_tasks: u32,
    pub num_of_checked_tasks: u32,
}

/// Where a note is. The trash and the templates are not documents, only values of `bookId`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Location {
    Notebook(DocId),
    Trash,
    Template,
}

impl Location {
    /// Reads a `bookId`. `None`: not a place a note can be in.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "trash" => Some(Self::Trash),
            "template" => Some(Self::Template),
            _ => {
                let id = DocId::parse(text).ok()?;
                (id.kind() == document::Kind::Notebook).then_some(Self::Notebook(id))
            }
        }
    }

    pub fn as_str(&self) -> &str {
        match self {
            Self::Notebook(id) => id.as_str(),
            Self::Trash => "trash",
            Self::Template => "template",
        }
    }
}

#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub enum Status {
    #[default]
    None,
    Active,
    OnHold,
    Completed,
    Dropped,
}

impl Status {
    pub const ALL: [Self; 5] = [
        Self::None,
        Self::Active,
        Self::OnHold,
        Self::Completed,
        Self::Dropped,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Active => "active",
            Self::OnHold => "onHold",
            Self::Completed => "completed",
            Self::Dropped => "dropped",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Share {
    #[default]
    Private,
    Public,
}

impl Share {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Public => "public",
        }
    }
}

impl Note {
    /// Reads a note leniently: documents without `timestamp` (before inkdrop-model 2.8), `tags`,
    /// `status`, `share` or `pinned` are ordinary; a `bookId` that names no place reads as the
    /// default notebook so that the note stays reachable.
    pub fn read(body: &Body) -> Self {
        let updated_at = read::millis(body, "updatedAt").unwrap_or(0);
        let location = read::text(body, "bookId").and_then(Location::parse);
        Self {
            title: read::text(body, "title").unwrap_or_default().to_owned(),
            body: read::text(body, "body").unwrap_or_default().to_owned(),
            location: location.unwrap_or_else(|| Location::Notebook(crate::notebook::default_id())),
            tags: read::tags(body),
            status: read::text(body, "status")
                .and_then(Status::parse)
                .unwrap_or_default(),
            share: match read::text(body, "share") {
                Some("public") => Share::Public,
                _ => Share::Private,
            },
            pinned: body.get("pinned").and_then(Value::as_bool).unwrap_or(false),
            updated_at,
            created_at: read::millis(body, "createdAt").unwrap_or(updated_at),
            timestamp: read::millis(body, "timestamp").unwrap_or(updated_at),
            num_of_tasks: read::count(body, "numOfTasks"),
            num_of_checked_tasks: read::count(body, "numOfCheckedTasks"),
        }
    }

    /// A complete document for a new note.
    pub fn to_body(&self) -> Body {
        let mut body = Body::new();
        body.insert("doctype".into(), "markdown".into());
        NotePatch {
            title: Some(self.title.clone()),
            body: Some(self.body.clone()),
            location: Some(self.location.clone()),
            tags: Some(self.tags.clone()),
            status: Some(self.status),
            share: Some(self.share),
            pinned: Some(self.pinned),
            updated_at: Some(self.updated_at),
            created_at: Some(self.created_at),
            timestamp: Some(self.timestamp),
            tasks: Some((self.num_of_tasks, self.num_of_checked_tasks)),
        }
        .apply(&mut body);
        body
    }
}

/// A change to some fields of a note's document; everything else in it stays as it was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NotePatch {
    pub title: Option<String>,
    pub body: Option<String>,
    pub location: Option<Location>,
    pub tags: Option<Vec<DocId>>,
    pub status: Option<Status>,
    pub share: Option<Share>,
    pub pinned: Option<bool>,
    pub updated_at: Option<Millis>,
    pub created_at: Option<Millis>,
    pub timestamp: Option<Millis>,
    /// (`numOfTasks`, `numOfCheckedTasks`), always recomputed from the body by the writer.
    pub tasks: Option<(u32, u32)>,
}

impl NotePatch {
    pub fn apply(self, body: &mut Body) {
        let mut put = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                body.insert(key.to_owned(), value);
            }
        };
        put("title", self.title.map(Value::from));
        put("body", self.body.map(Value::from));
        put("bookId", self.location.map(|at| Value::from(at.as_str())));
        put(
            "tags",
            self.tags
                .map(|tags| tags.iter().map(DocId::as_str).collect()),
        );
        put(
            "status",
            self.status.map(|status| Value::from(status.as_str())),
        );
        put("share", self.share.map(|share| Value::from(share.as_str())));
        put("pinned", self.pinned.map(Value::from));
        put("updatedAt", self.updated_at.map(Value::from));
        put("createdAt", self.created_at.map(Value::from));
        put("timestamp", self.timestamp.map(Value::from));
        put("numOfTasks", self.tasks.map(|(all, _)| Value::from(all)));
        put(
            "numOfCheckedTasks",
            self.tasks.map(|(_, checked)| Value::from(checked)),
        );
    }
}

/// Lenient readers shared by the typed views.
pub(crate) mod read {
    use serde_json::Value;

    use crate::{Body, DocId, Kind, Millis};

    pub(crate) fn text<'a>(body: &'a Body, key: &str) -> Option<&'a str> {
        body.get(key).and_then(Value::as_str)
    }

    /// Times are JSON numbers; a fraction is cut off, what lies beyond 64 bits is clamped by the
    /// cast and shown as the far future or past rather than lost.
    pub(crate) fn millis(body: &Body, key: &str) -> Option<Millis> {
        let value = body.get(key)?;
        value
            .as_i64()
            .or_else(|| value.as_f64().map(|float| float as i64))
    }

    pub(crate) fn count(body: &Body, key: &str) -> u32 {
        let count = body.get(key).and_then(Value::as_u64).unwrap_or(0);
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// Tag ids without repetition, in their order; entries that are no tag ids are skipped here
    /// and kept in the document.
    pub(crate) fn tags(body: &Body) -> Vec<DocId> {
        let mut tags = Vec::new();
        for entry in body
            .get("tags")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let id = entry.as_str().and_then(|text| DocId::parse(text).ok());
            if let Some(id) = id.filter(|id| id.kind() == Kind::Tag && !tags.contains(id)) {
                tags.push(id);
            }
        }
        tags
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(text: &str) -> Body {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_document_from_before_timestamps_reads_with_defaults() {
        let note = Note::read(&document(
            r#"{"doctype":"markdown","title":"t","body":"b","bookId":"book:first","updatedAt":5,"createdAt":3}"#,
        ));
        assert_eq!(note.timestamp, 5);
        assert_eq!(note.status, Status::None);
        assert_eq!(note.share, Share::Private);
        assert!(note.tags.is_empty() && !note.pinned);
    }

    #[test]
    fn fields_of_the_wrong_type_read_as_their_defaults() {
        let note = Note::read(&document(
            r#"{"title":7,"body":null,"bookId":"shelf:1","tags":"x","status":"later","pinned":"yes","updatedAt":"now","numOfTasks":-1}"#,
        ));
        assert_eq!((note.title.as_str(), note.body.as_str()), ("", ""));
        assert_eq!(note.location.as_str(), crate::DEFAULT_NOTEBOOK_ID);
        assert_eq!((note.num_of_tasks, note.updated_at), (0, 0));
    }

    #[test]
    fn a_patch_leaves_unknown_fields_and_their_order_alone() {
        let text = r#"{"zeta":{"deep":[1,2.5]},"title":"a","migratedBy":"x","body":"b"}"#;
        let mut doc = document(text);
        NotePatch {
            title: Some("new".into()),
            ..NotePatch::default()
        }
        .apply(&mut doc);
        assert_eq!(
            serde_json::to_string(&doc).unwrap(),
            r#"{"zeta":{"deep":[1,2.5]},"title":"new","migratedBy":"x","body":"b"}"#
        );
    }

    #[test]
    fn what_is_written_reads_back_equal() {
        let note = Note {
            title: "日本".into(),
            body: "- [ ] x".into(),
            location: Location::Trash,
            tags: vec![DocId::parse("tag:a").unwrap()],
            status: Status::OnHold,
            share: Share::Public,
            pinned: true,
            updated_at: 2,
            created_at: 1,
            timestamp: 3,
            num_of_tasks: 1,
            num_of_checked_tasks: 0,
        };
        assert_eq!(Note::read(&note.to_body()), note);
    }
}
