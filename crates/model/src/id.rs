//! Document ids. Opaque after the prefix: nanoids, UUIDs, `book:first` and compound ids
//! (`book:Bk5Ivk0T:HJu6tyRT`) have all been seen in real databases.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Kind;

/// The alphabet and length of ids made by the clients that share the data model (nanoid(8)).
/// We use 12 characters: a vault of 100,000 notes on 8 characters has a collision chance of
/// about 2·10⁻⁵, on 12 it is 10⁻¹², and the schema allows 128.
const ALPHABET: &[u8; 64] = b"useandom-26T198340PX75pxJACKVERYMINDBUSHWOLF_GQZbfghjklqvwyzrict";
const RANDOM_LEN: usize = 12;

/// Longest id the shared schema allows, in characters.
const MAX_LEN: usize = 128;

/// The id of a document of a kind Sheaf knows: `note:`, `book:`, `tag:`, `file:` or `sheaf-file:`
/// followed by at least one character.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DocId(String);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Another application's document, a design document or a local one.
    #[error("the id does not begin with a prefix of the shared data model")]
    UnknownPrefix,
    #[error("the id has nothing after its prefix, or more than 128 characters")]
    Length,
    /// Refused because such an id could not be written to a log or a URL safely.
    #[error("the id contains a control character")]
    ControlCharacter,
}

impl DocId {
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let kind = Kind::of_id(text).ok_or(IdError::UnknownPrefix)?;
        let rest = &text[kind.prefix().len()..];
        if rest.is_empty() || text.chars().count() > MAX_LEN {
            return Err(IdError::Length);
        }
        if text.chars().any(char::is_control) {
            return Err(IdError::ControlCharacter);
        }
        Ok(Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn kind(&self) -> Kind {
        Kind::of_id(&self.0).expect("a DocId is only made by `parse`, which checked the prefix")
    }
}

impl fmt::Debug for DocId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for DocId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for DocId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for DocId {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        Self::parse(&text)
    }
}

impl From<DocId> for String {
    fn from(id: DocId) -> Self {
        id.0
    }
}

/// A new id of `kind` from 12 random bytes. The caller supplies the randomness (the simulator
/// owns it in tests).
pub fn new_doc_id(kind: Kind, random: [u8; RANDOM_LEN]) -> DocId {
    let mut text = String::with_capacity(kind.prefix().len() + RANDOM_LEN);
    text.push_str(kind.prefix());
    text.extend(
        random
            .iter()
            .map(|byte| char::from(ALPHABET[usize::from(byte & 63)])),
    );
    DocId(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_seen_in_real_databases_are_accepted_as_they_are() {
        for id in [
            "note:Bk5Ivk0T",
            "tag:0ebd717b-5a0d-4d1c-8bd0-0f2a1d2c3b4a",
            "book:Bk5Ivk0T:HJu6tyRT",
            "book:first",
            "file:abc_-9",
            "sheaf-file:x",
        ] {
            assert_eq!(DocId::parse(id).unwrap().as_str(), id);
        }
    }

    #[test]
    fn ids_that_are_not_ours_are_told_apart_from_broken_ones() {
        assert_eq!(DocId::parse("_design/mobile"), Err(IdError::UnknownPrefix));
        assert_eq!(DocId::parse("trash"), Err(IdError::UnknownPrefix));
        assert_eq!(DocId::parse("note:"), Err(IdError::Length));
        assert_eq!(
            DocId::parse(&format!("note:{}", "x".repeat(124))),
            Err(IdError::Length)
        );
        assert_eq!(DocId::parse("note:a\nb"), Err(IdError::ControlCharacter));
    }

    #[test]
    fn new_ids_use_every_character_of_the_alphabet_and_nothing_else() {
        let ids: String = (0..=255u8)
            .map(|byte| String::from(new_doc_id(Kind::Note, [byte; RANDOM_LEN]))[5..].to_owned())
            .collect();
        let distinct: std::collections::BTreeSet<char> = ids.chars().collect();
        assert_eq!(distinct.len(), 64);
        assert!(
            distinct
                .iter()
                .all(|c| c.is_ascii_alphanumeric() || "_-".contains(*c))
        );
    }
}
