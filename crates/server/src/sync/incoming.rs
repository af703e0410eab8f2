//! Items as clients send them, read one by one: a broken item is answered for itself and never
//! spoils the call.

use serde_json::Value;
use sheaf_protocol::{ConflictKind, ItemIn, Micros};

/// An item that can be saved. `None`: not sent, or null.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    pub uuid: String,
    pub content_type: Option<String>,
    pub content: Option<String>,
    pub enc_item_key: Option<String>,
    pub items_key_id: Option<String>,
    pub auth_hash: Option<String>,
    pub duplicate_of: Option<String>,
    pub deleted: bool,
    pub created_at: Option<Micros>,
    /// The state this save was made on.
    pub base: Base,
}

/// What the client believes the item's `updated_at` to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    /// From `updated_at_timestamp`: must be equal.
    Exact(Micros),
    /// From ISO text of a client that has milliseconds only.
    Millisecond(Micros),
    /// Nothing sent. Older clients mean "new item"; it reads as the epoch.
    Unknown,
}

/// An item that cannot be saved, as it was sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Rejected {
    pub kind: ConflictKind,
    pub item: Value,
}

/// Which client sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// The published client of the newer generation (it says so in `x-snjs-version`). It takes the
    /// answer to a saved item of a type it does not know for corrupt and sends the item again, for
    /// ever; told `content_type_error` it stops.
    Snjs,
    /// Types are the clients' business.
    Other,
}

/// The types that `@standardnotes/snjs` 2.211.1 knows.
const SNJS_TYPES: [&str; 22] = [
    "SF|Item",
    "SN|KeySystemItemsKey",
    "SN|KeySystemRootKey",
    "SN|TrustedContact",
    "SN|VaultListing",
    "SN|RootKey|NoSync",
    "SN|ItemsKey",
    "SN|EncryptedStorage",
    "Note",
    "Tag",
    "SN|SmartTag",
    "SN|Component",
    "SN|Editor",
    "Extension",
    "SN|UserPreferences",
    "SN|HistorySession",
    "SN|Theme",
    "SN|File",
    "SN|FileSafe|Credentials",
    "SN|FileSafe|FileMetadata",
    "SN|FileSafe|Integration",
    "SN|ExtensionRepo",
];

/// `max_item_bytes`: of content and key together.
pub fn read_item(
    sent: ItemIn,
    max_item_bytes: usize,
    sender: Sender,
) -> Result<Incoming, Rejected> {
    match read(&sent, max_item_bytes, sender) {
        Ok(incoming) => Ok(incoming),
        Err(kind) => Err(Rejected {
            kind,
            item: serde_json::to_value(sent).unwrap_or_default(),
        }),
    }
}

fn read(sent: &ItemIn, max_item_bytes: usize, sender: Sender) -> Result<Incoming, ConflictKind> {
    let uuid = sent
        .uuid
        .as_str()
        .filter(|uuid| is_uuid(uuid))
        .ok_or(ConflictKind::UuidError)?;
    let content = text(&sent.content, ConflictKind::ContentError)?;
    let content_type = text(&sent.content_type, ConflictKind::ContentTypeError)?;
    if content_type
        .as_ref()
        .is_some_and(|name| name.is_empty() || name.len() > 255 || !handles(sender, name))
    {
        return Err(ConflictKind::ContentTypeError);
    }
    let field = |value| text(value, ConflictKind::InvalidServerItem);
    let incoming = Incoming {
        uuid: uuid.to_owned(),
        content_type,
        content,
        enc_item_key: field(&sent.enc_item_key)?,
        items_key_id: field(&sent.items_key_id)?,
        auth_hash: field(&sent.auth_hash)?,
        duplicate_of: field(&sent.duplicate_of)?,
        deleted: sent.deleted.as_bool().unwrap_or(false),
        created_at: time(&sent.created_at, &sent.created_at_timestamp),
        base: base(sent),
    };
    let length = |field: &Option<String>| field.as_ref().map_or(0, String::len);
    if length(&incoming.content) + length(&incoming.enc_item_key) > max_item_bytes {
        return Err(ConflictKind::InvalidServerItem);
    }
    Ok(incoming)
}

fn handles(sender: Sender, content_type: &str) -> bool {
    sender == Sender::Other || SNJS_TYPES.contains(&content_type)
}

/// Text or null; `otherwise` for anything else. NUL cannot be kept in a text of PostgreSQL
/// and no envelope contains it.
fn text(value: &Value, otherwise: ConflictKind) -> Result<Option<String>, ConflictKind> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) if !text.contains('\0') => Ok(Some(text.clone())),
        _ => Err(otherwise),
    }
}

fn base(sent: &ItemIn) -> Base {
    if let Some(micros) = sent.updated_at_timestamp.as_i64() {
        return Base::Exact(Micros(micros));
    }
    match sent.updated_at.as_str().and_then(Micros::from_iso) {
        Some(at) => Base::Millisecond(at),
        None => Base::Unknown,
    }
}

fn time(iso: &Value, micros: &Value) -> Option<Micros> {
    let exact = micros.as_i64().map(Micros);
    let given = exact.or_else(|| iso.as_str().and_then(Micros::from_iso));
    // Clients write the epoch, or nothing, into what is new; a client that reads it back shows 1970.
    given.filter(|at| at.0 > 0)
}

/// Clients make random ones; what matters is that it is short and plain. Case is kept: an
/// envelope names its uuid byte for byte.
pub fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const UUID: &str = "3162fe3a-1b5b-4cf5-b88a-afcb9996b23a";

    fn read_json(value: Value) -> Result<Incoming, ConflictKind> {
        read_item(serde_json::from_value(value).unwrap(), 100, Sender::Other)
            .map_err(|rejected| rejected.kind)
    }

    #[test]
    fn each_defect_has_its_own_answer() {
        let cases = [
            (
                json!({"uuid": "x", "content": "c"}),
                ConflictKind::UuidError,
            ),
            (json!({"uuid": 7}), ConflictKind::UuidError),
            (
                json!({"uuid": UUID, "content": {"a": 1}}),
                ConflictKind::ContentError,
            ),
            (
                json!({"uuid": UUID, "content_type": 5}),
                ConflictKind::ContentTypeError,
            ),
            (
                json!({"uuid": UUID, "content_type": ""}),
                ConflictKind::ContentTypeError,
            ),
            (
                json!({"uuid": UUID, "content": "x".repeat(101)}),
                ConflictKind::InvalidServerItem,
            ),
            (
                json!({"uuid": UUID, "enc_item_key": [1]}),
                ConflictKind::InvalidServerItem,
            ),
            (
                json!({"uuid": UUID, "content": "a\u{0}b"}),
                ConflictKind::ContentError,
            ),
        ];
        for (sent, expected) in cases {
            assert_eq!(read_json(sent.clone()).unwrap_err(), expected, "{sent}");
        }
    }

    /// `sync_tests/online.test.js` of the published client: it sent the item some hundred times a second.
    #[test]
    fn a_type_that_its_sender_cannot_read_back_is_refused() {
        let sent = |sender| {
            let item = json!({"uuid": UUID, "content_type": "Foo"});
            read_item(serde_json::from_value(item).unwrap(), 100, sender)
                .map_err(|rejected| rejected.kind)
        };
        assert_eq!(
            sent(Sender::Snjs).unwrap_err(),
            ConflictKind::ContentTypeError
        );
        assert!(sent(Sender::Other).is_ok());
    }

    #[test]
    fn an_item_that_says_it_was_made_in_1970_was_made_now() {
        let sent = json!({"uuid": UUID, "created_at_timestamp": 0, "created_at": "1970-01-01T00:00:00.000Z"});
        assert_eq!(read_json(sent).unwrap().created_at, None);
    }

    #[test]
    fn the_exact_timestamp_is_preferred_to_the_text() {
        let sent = json!({"uuid": UUID, "updated_at": "2021-05-31T20:51:50.383Z", "updated_at_timestamp": 5});
        assert_eq!(read_json(sent).unwrap().base, Base::Exact(Micros(5)));
        let older = json!({"uuid": UUID, "updated_at": "1970-01-01T00:00:00.000Z"});
        assert_eq!(read_json(older).unwrap().base, Base::Millisecond(Micros(0)));
        assert_eq!(
            read_json(json!({"uuid": UUID})).unwrap().base,
            Base::Unknown
        );
    }
}
