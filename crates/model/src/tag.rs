//! Tags (`tag:` documents).

use serde::{Deserialize, Serialize};

use crate::{Body, Millis, note::read};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    pub name: String,
    pub color: TagColor,
    pub updated_at: Millis,
    pub created_at: Millis,
}

/// The fourteen names of the data model; what they look like is the theme's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TagColor {
    #[default]
    Default,
    Red,
    Orange,
    Yellow,
    Olive,
    Green,
    Teal,
    Blue,
    Violet,
    Purple,
    Pink,
    Brown,
    Grey,
    Black,
}

impl TagColor {
    pub const ALL: [Self; 14] = [
        Self::Default,
        Self::Red,
        Self::Orange,
        Self::Yellow,
        Self::Olive,
        Self::Green,
        Self::Teal,
        Self::Blue,
        Self::Violet,
        Self::Purple,
        Self::Pink,
        Self::Brown,
        Self::Grey,
        Self::Black,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Red => "red",
            Self::Orange => "orange",
            Self::Yellow => "yellow",
            Self::Olive => "olive",
            Self::Green => "green",
            Self::Teal => "teal",
            Self::Blue => "blue",
            Self::Violet => "violet",
            Self::Purple => "purple",
            Self::Pink => "pink",
            Self::Brown => "brown",
            Self::Grey => "grey",
            Self::Black => "black",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|color| color.as_str() == text)
    }
}

impl Tag {
    pub fn read(body: &Body) -> Self {
        let updated_at = read::millis(body, "updatedAt").unwrap_or(0);
        Self {
            name: read::text(body, "name").unwrap_or_default().to_owned(),
            color: read::text(body, "color")
                .and_then(TagColor::parse)
                .unwrap_or_default(),
            updated_at,
            created_at: read::millis(body, "createdAt").unwrap_or(updated_at),
        }
    }

    /// Writes the fields into a document. `count` is required by the schema although every
    /// client computes it: an existing value is kept, a missing one becomes 0.
    pub fn write(&self, body: &mut Body) {
        body.insert("name".into(), self.name.clone().into());
        body.entry("count").or_insert_with(|| 0.into());
        body.insert("color".into(), self.color.as_str().into());
        body.insert("updatedAt".into(), self.updated_at.into());
        body.insert("createdAt".into(), self.created_at.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writing_keeps_a_count_somebody_else_maintains() {
        let mut body: Body = serde_json::from_str(r#"{"name":"a","count":7}"#).unwrap();
        let tag = Tag::read(&body);
        tag.write(&mut body);
        assert_eq!(body["count"], 7);
        assert_eq!(Tag::read(&body), tag);
    }
}
