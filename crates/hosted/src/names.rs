//! Names of items: a document has the same one on every device of an account, and another in
//! every other account (design.md section 3).

use sheaf_model::{DocId, Kind, Revision};
use uuid::Uuid;

/// The account items belong to, as a namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Account(Uuid);

impl Account {
    /// From what the server calls the account. What is no UUID (older servers tell none) becomes
    /// one.
    pub(crate) fn new(name: &str) -> Self {
        Self(
            Uuid::try_parse(name)
                .unwrap_or_else(|_| Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes())),
        )
    }

    /// The item of a document. Documents that came from items of other clients carry the item's
    /// name in their own.
    pub(crate) fn item(&self, id: &DocId) -> String {
        match foreign_name(id) {
            Some(name) => name.to_owned(),
            None => self.derived(id.as_str()),
        }
    }

    /// The item that keeps the other side of a conflict.
    pub(crate) fn leaf(&self, id: &DocId, revision: &Revision) -> String {
        self.derived(&format!("leaf:{id}:{revision}"))
    }

    pub(crate) fn chunk(&self, blob: &str, number: usize) -> String {
        self.derived(&format!("chunk:{blob}:{number}"))
    }

    pub(crate) fn manifest(&self, device: &str) -> String {
        self.derived(&format!("manifest:{device}"))
    }

    /// Names of a document whose own one is taken by another account (servers that do not keep accounts
    /// apart). The same on every device, so that a document with two items is still one.
    pub(crate) fn other_items(&self, id: &DocId) -> impl Iterator<Item = String> {
        (1..=3).map(move |turn| self.derived(&format!("again:{turn}:{id}")))
    }

    pub(crate) fn is_other_item(&self, id: &DocId, item: &str) -> bool {
        self.other_items(id).any(|other| other == item)
    }

    pub(crate) fn derived(&self, name: &str) -> String {
        Uuid::new_v5(&self.0, name.as_bytes()).to_string()
    }
}

fn foreign_name(id: &DocId) -> Option<&str> {
    let rest = &id.as_str()[id.kind().prefix().len()..];
    is_uuid(rest).then_some(rest)
}

/// 36 characters in the form every client writes.
pub(crate) fn is_uuid(text: &str) -> bool {
    text.len() == 36 && Uuid::try_parse(text).is_ok()
}

/// The document of an item that another client made.
pub(crate) fn foreign_id(kind: Kind, uuid: &str) -> Option<DocId> {
    is_uuid(uuid)
        .then(|| DocId::parse(&format!("{}{uuid}", kind.prefix())).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> DocId {
        DocId::parse(text).unwrap()
    }

    /// Pinned: another value would double every note of an account.
    #[test]
    fn a_documents_name_never_changes_and_depends_on_the_account() {
        let anna = Account::new("3162fe3a-1b5b-4cf5-b88a-afcb9996b23a");
        let berta = Account::new("901751a0-0b85-4636-93a3-682c4779b634");
        let name = anna.item(&id("note:Bk5Ivk0T"));
        assert_eq!(name, "738b3a21-9f75-5c80-a5f8-32e189e9d605");
        assert_ne!(name, berta.item(&id("note:Bk5Ivk0T")));
        assert_ne!(name, anna.item(&id("tag:Bk5Ivk0T")));
    }

    #[test]
    fn an_item_of_another_client_keeps_its_name() {
        let uuid = "901751a0-0b85-4636-93a3-682c4779b634";
        let document = foreign_id(Kind::Note, uuid).unwrap();
        assert_eq!(document.as_str(), format!("note:{uuid}"));
        assert_eq!(Account::new("x").item(&document), uuid);
        assert_eq!(foreign_id(Kind::Note, "../etc/passwd"), None);
    }
}
